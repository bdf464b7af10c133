// Scenarios: the library, free play with nodes and seed of one's own, and what this browser keeps.
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { LIBRARY } from '../../scenario/library/index-by-id.ts';
import { openDocument, openSaved } from '../runs.ts';
import { forget, refreshRuns, useKeeper } from '../saved/keeper.ts';
import { stepForward } from '../stores/clock.ts';
import { setView } from '../stores/view.ts';
import { Rich, useT } from '../words.tsx';

export default function Scenarios(): JSX.Element {
  const t = useT(), { runs, id, denied } = useKeeper(), [nodes, setNodes] = useState(3), [seed, setSeed] = useState(1);
  useEffect(() => { void refreshRuns(); }, []);
  const close = (): void => setView({ panel: null });
  return (
    <div className="panel scen">
      <div className="grow"><h2>{t('scen.library')}</h2>
        <ul className="cards">
          <li><button type="button" onClick={() => { close(); void openDocument({ scenario: '', seed, inputs: [], lesson: 'create-deployment' }, { offer: true }); }}><b>{t('scen.lesson')}</b><span><Rich text={t('top.crumb')} /></span></button></li>
          {LIBRARY.map((s) => <li key={s.id}><button type="button" onClick={() => { close(); void openDocument({ scenario: s.text, seed, inputs: [], title: t(`scen.${s.id}`), lesson: s.id }, {}).then((open) => { if (open) stepForward('lesson'); }); }}><b>{t(`scen.${s.id}`)}</b><span>{t(`scen.${s.id}.why`)}</span></button></li>)}
        </ul>
      </div>
      <div className="free"><h2>{t('scen.free')}</h2>
        <form onSubmit={(e) => { e.preventDefault(); close(); void openDocument({ scenario: `@ orrery 1\n@ nodes ${nodes}\n`, seed, inputs: [] }, {}); setView({ terminal: true }); }}>
          <label>{t('scen.nodes')}<input className="field" type="number" min={1} max={5000} value={nodes} onChange={(e) => setNodes(Math.max(1, Math.min(5000, Math.floor(Number(e.target.value)) || 1)))} /></label>
          <label>{t('scen.seed')}<input className="field" type="number" min={0} max={4294967295} value={seed} onChange={(e) => setSeed(Math.max(0, Math.min(0xffffffff, Math.floor(Number(e.target.value)) || 0)))} /></label>
          <button type="submit" className="btn">{t('scen.start')}</button>
        </form>
        <h2>{t('scen.saved')}</h2>
        {runs.length === 0 ? <p className="quiet">{denied ? t('saved.denied') : t('scen.none')}</p> : <ul className="saved">{runs.slice(0, 20).map((r) => <li key={r.id}><button type="button" aria-current={r.id === id ? 'true' : undefined} onClick={() => { close(); void openSaved(r); }}>{r.title || t('scen.untitled')}<i>{t('scen.inputs', { n: r.document.inputs.length })}</i></button>{r.id !== id && <button type="button" className="pane-x" aria-label={t('scen.delete', { title: r.title })} onClick={() => void forget(r.id)}>×</button>}</li>)}</ul>}
      </div>
      <button type="button" className="btn close" onClick={close}>{t('set.close')}</button>
    </div>
  );
}
