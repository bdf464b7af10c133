// Break…: stops and starts processes and whole nodes, cuts and heals links. Everything here is an input, and stands in the run's document.
import { useState } from 'react';
import type { JSX } from 'react';
import { begin, letHappen } from '../stores/clock.ts';
import { hasEngine, input } from '../stores/engine.ts';
import { setView } from '../stores/view.ts';
import { useNow } from '../inspector/now.ts';
import { useT } from '../words.tsx';

const PARTS = ['kubelet', 'kube-proxy', 'container-runtime'];
export default function Break(): JSX.Element {
  const t = useT(), now = useNow('components', {}), [error, setError] = useState(''), [a, setA] = useState('kube-apiserver'), [b, setB] = useState('etcd');
  const all = now?.components ?? [], up = (name: string): boolean => all.find((c) => c.name === name)?.up ?? true;
  const control = all.filter((c) => !c.name.includes('/') && c.name !== 'workstation'), nodes = [...new Set(all.filter((c) => c.name.startsWith('kubelet/')).map((c) => c.name.slice(8)))];
  const act = async (list: readonly Parameters<typeof input>[0][]): Promise<void> => { if (!hasEngine()) return; begin(); try { for (const one of list) await input(one); letHappen(); setError(''); } catch (e) { setError(e instanceof Error ? e.message : String(e)); } };
  const flip = (names: readonly string[], stop: boolean): void => void act(names.filter((n) => all.some((c) => c.name === n) && up(n) === stop).map((target) => ({ kind: 'fault', fault: stop ? 'stop' : 'start', target })));
  return (
    <div className="panel">
      <div><h2>{t('break.components')}</h2><ul className="switches">{control.map((c) => <li key={c.name}><button type="button" className="switch" aria-pressed={!c.up} onClick={() => flip([c.name], c.up)}><code>{c.name}</code><span className={c.up ? 'ok' : 'bad'}>{c.up ? t('break.stop') : t('break.start')}</span></button></li>)}</ul></div>
      <div><h2>{t('break.nodes')}</h2><ul className="switches">{nodes.slice(0, 12).map((n) => { const parts = PARTS.map((p) => `${p}/${n}`), on = up(`kubelet/${n}`); return <li key={n}><button type="button" className="switch" aria-pressed={!on} onClick={() => flip(parts, on)}><code>{n}</code><span className={on ? 'ok' : 'bad'}>{on ? t('break.power') : t('break.boot')}</span></button></li>; })}</ul></div>
      <div><h2>{t('break.links')}</h2>
        <form className="cut" onSubmit={(e) => { e.preventDefault(); void act([{ kind: 'fault', fault: 'cut', a, b }]); }}>
          <select aria-label={t('break.a')} value={a} onChange={(e) => setA(e.target.value)}>{all.map((c) => <option key={c.name}>{c.name}</option>)}</select><span aria-hidden="true">—</span><select aria-label={t('break.b')} value={b} onChange={(e) => setB(e.target.value)}>{all.map((c) => <option key={c.name}>{c.name}</option>)}</select><button type="submit" className="btn" disabled={a === b}>{t('break.cut')}</button>
        </form>
        <ul className="switches">{now?.cuts.map((c) => <li key={`${c.a} ${c.b}`}><button type="button" className="switch" onClick={() => void act([{ kind: 'fault', fault: 'heal', a: c.a, b: c.b }])}><code>{c.a} ✕ {c.b}</code><span className="bad">{t('break.heal')}</span></button></li>)}</ul>
      </div>
      <p className="note">{t('break.why')}</p>{error !== '' && <p className="note bad" role="alert">{error}</p>}
      <button type="button" className="btn close" onClick={() => setView({ panel: null })}>{t('set.close')}</button>
    </div>
  );
}
