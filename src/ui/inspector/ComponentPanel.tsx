// A component at this moment: whether it runs, its timers, and its containers with what the last event changed in them.
import type { JSX } from 'react';
import { clockText } from '../chrome/Caption.tsx';
import { input } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { useT } from '../words.tsx';
import { selectObject } from './Inspector.tsx';
import { useNow } from './now.ts';

export function ComponentPanel({ name, node }: { name: string; node: string }): JSX.Element {
  const t = useT(), address = node !== '' && !node.startsWith('gate/') ? `${name}/${node}` : name, view = useNow('component', { name: address }), at = useSession((s) => s.cursor.at);
  // a stream's own timeout is one of dozens and says little: they are counted
  const timers = view?.timers.filter((x) => !x.name.startsWith('watch ')) ?? [], streams = (view?.timers.length ?? 0) - timers.length;
  return (
    <div className="insp-scroll" tabIndex={0} role="region" aria-label={address}>
      <div className="sec"><h2 className="ttl">{address}</h2>{view && <dl className="rows"><dt>{t('comp.state')}</dt><dd className={view.up ? '' : 'bad'}>{view.up ? t('comp.up') : t('stage.stopped')}</dd></dl>}
        {view && address !== 'workstation' && <div className="acts"><button type="button" className="btn" onClick={() => void input({ kind: 'fault', fault: view.up ? 'stop' : 'start', target: address })}>{view.up ? t('break.stop') : t('break.start')}</button></div>}</div>
      {view && view.timers.length > 0 && <div className="sec"><h2>{t('comp.timers')}<i>{view.timers.length}</i></h2><ul className="timers">{timers.slice(0, 12).map((x, i) => <li key={i}><code title={x.name}>{x.name}</code><span>{t('comp.in', { time: span(x.at - at) })}</span><time className="m">{clockText(x.at)}</time></li>)}{streams > 0 && <li className="quiet">{t('comp.streams', { n: streams })}</li>}</ul></div>}
      {view?.containers.filter((c) => c.size > 0).map((c) => (
        <details key={c.name} className="sec" open={c.entries.some((e) => e.changed) || (c.size <= 4 && c.entries.length > 0)}><summary><b className="m">{c.name}</b> <i>{c.size}</i></summary><dl className="kv">{c.entries.map((e) => <Entry key={e.key} entry={e} />)}</dl>{c.size > c.entries.length && <p className="quiet">{t('insp.more', { n: c.size - c.entries.length })}</p>}</details>
      ))}
    </div>
  );
}
const span = (us: number): string => (us < 60_000_000 ? `${(us / 1e6).toFixed(3)} s` : us < 3_600_000_000 ? `${(us / 6e7).toFixed(1)} min` : `${(us / 3.6e9).toFixed(1)} h`);
/** An entry of a container: an object is named and can be opened, a plain record is said field by field. */
function Entry({ entry: e }: { entry: { key: string; value: string; changed: boolean } }): JSX.Element {
  const kind = /"kind":"([A-Za-z]+)"/.exec(e.value.slice(0, 120))?.[1], version = /"apiVersion":"([^"]+)"/.exec(e.value.slice(0, 120))?.[1], slash = e.key.lastIndexOf('/'), name = e.key.slice(slash + 1);
  return <div className={e.changed ? 'add' : ''}><dt>{kind && version && name !== '' ? <button type="button" onClick={() => selectObject({ apiVersion: version, kind, namespace: slash < 0 ? '' : e.key.slice(e.key.lastIndexOf('/', slash - 1) + 1, slash), name })}>{e.key}</button> : e.key}</dt><dd>{kind && version ? `${kind} ${version}` : said(e.value)}</dd></div>;
}
/** JSON without its punctuation: "phase watching · version 391". What is cut or nested stands as it is. */
function said(value: string): string {
  let v: unknown;
  try { v = JSON.parse(value); } catch { return value; }
  if (v === null || typeof v !== 'object') return String(v);
  const plain = Object.entries(v).filter(([, x]) => x === null || typeof x !== 'object' || Object.keys(x).length === 0);
  return plain.length === Object.keys(v).length ? plain.map(([k, x]) => (Array.isArray(v) ? String(x) : `${k} ${x !== null && typeof x === 'object' ? '–' : String(x)}`)).join(' · ') : value;
}
