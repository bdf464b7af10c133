// A component at this moment: whether it runs, its timers, and its containers with what the last event changed in them.
import type { JSX } from 'react';
import { clockText } from '../chrome/Caption.tsx';
import { input } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { useT } from '../words.tsx';
import { useNow } from './now.ts';

export function ComponentPanel({ name, node }: { name: string; node: string }): JSX.Element {
  const t = useT(), address = node !== '' && !node.startsWith('gate/') ? `${name}/${node}` : name, view = useNow('component', { name: address }), at = useSession((s) => s.cursor.at);
  return (
    <div className="insp-scroll" tabIndex={0} role="region" aria-label={address}>
      <div className="sec"><h2 className="ttl">{address}</h2>{view && <dl className="rows"><dt>{t('comp.state')}</dt><dd className={view.up ? '' : 'bad'}>{view.up ? t('comp.up') : t('stage.stopped')}</dd></dl>}
        {view && address !== 'workstation' && <div className="acts"><button type="button" className="btn" onClick={() => void input({ kind: 'fault', fault: view.up ? 'stop' : 'start', target: address })}>{view.up ? t('break.stop') : t('break.start')}</button></div>}</div>
      {view && view.timers.length > 0 && <div className="sec"><h2>{t('comp.timers')}<i>{view.timers.length}</i></h2><dl className="rows">{view.timers.slice(0, 12).map((x, i) => [<dt key={`t${i}`} className="m">{x.name}</dt>, <dd key={`d${i}`}>{t('comp.in', { time: `${((x.at - at) / 1e6).toFixed(3)} s` })} · {clockText(x.at)}</dd>])}</dl></div>}
      {view?.containers.filter((c) => c.size > 0).map((c) => (
        <details key={c.name} className="sec" open={c.entries.some((e) => e.changed) || (c.size <= 4 && c.entries.length > 0)}><summary><b className="m">{c.name}</b> <i>{c.size}</i></summary><dl className="kv">{c.entries.map((e) => <div key={e.key} className={e.changed ? 'add' : ''}><dt>{e.key || '·'}</dt><dd>{e.value}</dd></div>)}</dl>{c.size > c.entries.length && <p className="quiet">{t('insp.more', { n: c.size - c.entries.length })}</p>}</details>
      ))}
    </div>
  );
}
