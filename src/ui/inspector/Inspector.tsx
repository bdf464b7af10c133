// The inspector: an object, a message, a component, or the list of everything that can be found by name.
import { lazy, Suspense, useMemo, useState } from 'react';
import type { JSX } from 'react';
import type { ObjectRef } from '../../protocol/protocol.ts';
import { useSession } from '../stores/session.ts';
import { select, useView } from '../stores/view.ts';
import type { Selection } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { ComponentPanel } from './ComponentPanel.tsx';
import { MessagePanel } from './MessagePanel.tsx';
import { useNow } from './now.ts';
import { ObjectPanel } from './ObjectPanel.tsx';
import { clockText } from '../chrome/Caption.tsx';
import { back, useTrail } from './trail.ts';

const Cycle = lazy(() => import('../stage/CycleTable.tsx').then((all) => ({ default: all.PlainCycle })));

export const refOf = (s: Extract<Selection, { kind: 'object' }>): ObjectRef => { const at = s.resource.lastIndexOf('|'); return at < 0 ? { apiVersion: '', kind: s.resource, namespace: s.namespace, name: s.name } : { apiVersion: s.resource.slice(0, at), kind: s.resource.slice(at + 1), namespace: s.namespace, name: s.name }; };
/** The stage knows Pods and nodes by their resource; everything else is named by version and kind. */
const STAGE: Readonly<Record<string, string>> = { 'v1|Pod': 'pods', 'v1|Node': 'nodes' };
export const selectObject = (ref: ObjectRef): void => { const key = `${ref.apiVersion}|${ref.kind}`; select({ kind: 'object', resource: STAGE[key] ?? key, namespace: ref.namespace, name: ref.name }); };

export default function Inspector(): JSX.Element {
  const t = useT(), selection = useView((s) => s.selection), wide = useView((s) => s.width === 'wide'), left = useTrail((s) => s.left.at(-1));
  return (
    <div className="insp">
      {left && <button type="button" className="insp-all insp-back" onClick={back}>← {t('cause.back', { time: clockText(left.at) })}</button>}
      {selection !== null && <button type="button" className="insp-all" onClick={() => select(null)}>‹ {t('insp.all')}</button>}
      {selection === null ? <Everything /> : selection.kind === 'object' ? <ObjectPanel key={`${selection.resource}/${selection.namespace}/${selection.name}`} target={refOf(selection)} /> : selection.kind === 'message' ? <MessagePanel record={selection.seq} /> : <>
        <ComponentPanel name={selection.component} node={selection.node} />
        {selection.component === 'kube-scheduler' && !wide && <section className="sec wide"><h2>{t('insp.cycle')}</h2><Suspense fallback={null}><Cycle /></Suspense></section>}
      </>}
    </div>
  );
}
function Everything(): JSX.Element {
  const t = useT(), found = useNow('objects', {}), processes = useNow('components', {}), [text, setText] = useState(''), selectable = useSession((s) => s.status !== 'loading');
  const groups = useMemo(() => {
    const out = new Map<string, ObjectRef[]>(), words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const r of found?.refs ?? []) { const label = `${r.kind} ${r.namespace}/${r.name}`.toLowerCase(); if (!words.every((w) => label.includes(w))) continue; const list = out.get(r.kind); if (list) list.push(r); else out.set(r.kind, [r]); }
    const rank = (k: string): number => { const i = ORDER.indexOf(k); return i < 0 ? ORDER.length : i; };
    return [...out].sort((a, b) => rank(a[0]) - rank(b[0]) || (a[0] < b[0] ? -1 : 1));
  }, [found, text]);
  const match = (processes?.components ?? []).filter((c) => c.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <div className="insp-scroll">
      <div className="sec"><h2><label htmlFor="find-object">{t('insp.find')}</label><i>{found ? t('insp.count', { n: found.refs.length }) : ''}</i></h2><input id="find-object" className="field" type="search" value={text} placeholder={t('insp.find.hint')} disabled={!selectable} onChange={(e) => setText(e.target.value)} /></div>
      {groups.map(([kind, refs]) => (
        <section key={kind} className="sec tight"><h2>{kind}<i>{refs.length}</i></h2>
          <ul className="names">{refs.slice(0, text === '' ? 12 : 200).map((r) => <li key={`${r.apiVersion}/${r.namespace}/${r.name}`}><button type="button" onClick={() => selectObject(r)}>{r.name}{r.namespace !== '' && r.namespace !== 'default' && <i> {r.namespace}</i>}</button></li>)}{text === '' && refs.length > 12 && <li className="quiet">{t('insp.more', { n: refs.length - 12 })}</li>}</ul>
        </section>
      ))}
      {match.length > 0 && <section className="sec tight"><h2>{t('insp.components')}<i>{match.length}</i></h2><ul className="names">{match.slice(0, 40).map((c) => <li key={c.name}><button type="button" onClick={() => { const at = c.name.indexOf('/'); select({ kind: 'component', component: at < 0 ? c.name : c.name.slice(0, at), node: at < 0 ? '' : c.name.slice(at + 1) }); }}>{c.name}{!c.up && <i> {t('stage.stopped')}</i>}</button></li>)}</ul></section>}
      {found && groups.length === 0 && match.length === 0 && <p className="slot-empty">{t('insp.nothing', { text })}</p>}
    </div>
  );
}
const ORDER = ['Deployment', 'ReplicaSet', 'Pod', 'Service', 'EndpointSlice', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ConfigMap', 'Node'];
