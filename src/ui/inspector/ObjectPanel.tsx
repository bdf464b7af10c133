// An object at this moment: its YAML with the lines the last write changed, every write to it, the chain of causes, who owns which field.
import { lazy, Suspense, useMemo, useState } from 'react';
import type { JSX, KeyboardEvent } from 'react';
import type { ObjectRef, Simplification, ObjectView, WriteView } from '../../protocol/protocol.ts';
import { clockText } from '../chrome/Caption.tsx';
import { goTo } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { useT } from '../words.tsx';
import { Causes } from './Causes.tsx';
import { Diff, dotted } from './Diff.tsx';
import { useNow } from './now.ts';
import { linePaths, touches } from './yaml-paths.ts';

const TABS = ['object', 'history', 'cause', 'managers'] as const;
type Tab = (typeof TABS)[number];
export function ObjectPanel({ target }: { target: ObjectRef }): JSX.Element {
  const t = useT(), view = useNow('object', { ref: target }), [tab, setTab] = useState<Tab>('object'), event = useSession((s) => s.cursor.event);
  const arrows = (e: KeyboardEvent<HTMLDivElement>): void => {
    const d = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (d === 0) return;
    e.preventDefault(); e.stopPropagation();
    const next = TABS[(TABS.indexOf(tab) + d + TABS.length) % TABS.length];
    setTab(next); document.getElementById(`tab-${next}`)?.focus();
  };
  const past = view?.history.filter((w) => w.event < event) ?? [], ref = view?.ref ?? target, last = past.at(-1);
  return (
    <>
      <div className="tabs real" role="tablist" aria-label={t('insp.tabs')} onKeyDown={arrows}>{TABS.map((k) => <button key={k} id={`tab-${k}`} type="button" role="tab" aria-selected={k === tab} aria-controls="tab-panel" tabIndex={k === tab ? 0 : -1} className={k === tab ? 'on' : ''} onClick={() => setTab(k)}>{t(`insp.${k}`)}</button>)}</div>
      <div className="insp-scroll" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        <div className="sec"><h2 className="ttl">{ref.kind}/{ref.name}</h2><dl className="rows">{ref.namespace !== '' && <><dt>namespace</dt><dd>{ref.namespace}</dd></>}{last && <><dt>{t('insp.revision')}</dt><dd>{last.revision}</dd><dt>{t('insp.lastWrite')}</dt><dd>{last.manager || last.actor} · {clockText(last.at)}</dd></>}</dl>
          {view && view.simplified.length > 0 && <Simplified of={view.simplified} />}{view && !view.exists && <p className="note">{past.length > 0 ? t('insp.gone') : t('insp.notYet')}</p>}<Silent target={ref} /></div>
        {view?.exists && tab === 'object' && <Waits target={ref} />}
        {view && (tab === 'object' ? <Yaml view={view} /> : tab === 'history' ? <History writes={view.history} event={event} /> : tab === 'cause' ? (last ? <Causes record={last.cause >= 0 ? last.cause : last.record} /> : <p className="slot-empty">{t('insp.noWrite')}</p>) : <Managers view={view} />)}
      </div>
    </>
  );
}
/** A dashed chip; its press says what differs from a real cluster. */
function Simplified({ of }: { of: readonly Simplification[] }): JSX.Element {
  const t = useT();
  return <details className="simple"><summary>{t('simple')}</summary><ul>{of.map((s) => <li key={s.reason + s.what}>{t(`simple.${s.reason}`, { what: s.what })}</li>)}</ul></details>;
}
/** The API goes on saying Running of a Pod whose node is silent: the picture's `?` is ours, and that is said. */
function Silent({ target }: { target: ObjectRef }): JSX.Element | null {
  const t = useT(), silent = useSession((s) => target.kind === 'Pod' && (s.projection?.nodes.some((n) => n.ready === 'Unknown' && n.pods.some((p) => p.namespace === target.namespace && p.name === target.name && p.state === 'unknown')) ?? false));
  return silent ? <p className="note">{t('insp.silent')}</p> : null;
}
const PodCycle = lazy(() => import('../stage/CycleTable.tsx').then((all) => ({ default: all.PodCycle })));
/** A Pod without a node: what each node said when the scheduler last asked. */
function Waits({ target }: { target: ObjectRef }): JSX.Element | null {
  const t = useT(), bound = useSession((s) => s.projection?.nodes.some((n) => n.pods.some((p) => p.namespace === target.namespace && p.name === target.name)) ?? true);
  return target.kind === 'Pod' && !bound ? <section className="sec wide"><h2>{t('insp.waits')}<i>{t('insp.waits.by')}</i></h2><Suspense fallback={null}><PodCycle pod={`${target.namespace}/${target.name}`} /></Suspense></section> : null;
}
function Yaml({ view }: { view: ObjectView }): JSX.Element | null {
  const t = useT(), lines = useMemo(() => view.yaml.replace(/\n$/, '').split('\n'), [view.yaml]), paths = useMemo(() => linePaths(lines.join('\n')), [lines]);
  if (!view.exists) return null;
  const changed = view.changed.length > 0 && view.history.length > 1 ? view.changed : [];
  return (
    <div className="sec"><h2>{t('insp.now')}<i>{changed.length > 0 ? t('insp.changed', { n: changed.length }) : ''}</i></h2>
      <pre className="y code" tabIndex={0}>{lines.map((line, i) => { const hit = changed.some((c) => c.after !== undefined && touches(c.path, paths[i])), m = /^(\s*(?:- )?)([^:\s][^:]*:)(.*)$/.exec(line); return <span key={i} className={`ln${hit ? ' add' : ''}`}>{m ? <>{m[1]}<span className="k">{m[2]}</span><span className="v">{m[3]}</span></> : <span className="v">{line}</span>}{'\n'}</span>; })}</pre>
      {changed.some((c) => c.after === undefined) && <Diff changes={changed.filter((c) => c.after === undefined)} />}
    </div>
  );
}
function History({ writes, event }: { writes: readonly WriteView[]; event: number }): JSX.Element {
  const t = useT(), newest = [...writes].reverse(), at = writes.findLast((w) => w.event < event), [open, setOpen] = useState<number | null>(null), shown = open ?? at?.record ?? -1;
  if (writes.length === 0) return <p className="slot-empty">{t('insp.noWrite')}</p>;
  return (
    <div className="sec"><h2>{t('insp.every')}<i>{t('insp.of', { n: writes.filter((w) => w.event < event).length, of: writes.length })}</i></h2>
      <ol className="writes">{newest.map((w) => (
        <li key={w.record} className={`${w === at ? 'here' : ''}${w.event >= event ? ' later' : ''}`}>
          <button type="button" aria-current={w === at ? 'step' : undefined} onClick={() => { setOpen(w.record); void goTo({ record: w.record }); }}><code>{w.revision}</code><span><b className={w.actor === 'workstation' ? 'mine' : ''}>{w.actor === 'workstation' ? t('insp.you', { manager: w.manager || 'kubectl' }) : w.manager || w.actor}</b><small>{summary(w)}</small></span><time className="m">{clockText(w.at)}</time></button>
          {w.record === shown && w.verb === 'update' && <Diff changes={w.changes.filter((c) => c.path !== 'metadata.resourceVersion').sort((a, b) => Number(DULL.test(a.path)) - Number(DULL.test(b.path)))} />}
        </li>
      ))}</ol>
    </div>
  );
}
const DULL = /resourceVersion|managedFields|lastTransitionTime|lastUpdateTime|observedGeneration|lastHeartbeatTime|lastProbeTime|\.(message|reason|containerID|imageID|startedAt|startTime|started)$/;
/** What a write did in one line: the verb of a create or delete, else the fields that are worth a word; what got a value before what lost one. */
function summary(w: WriteView): string {
  if (w.verb !== 'update') return w.verb;
  const worth = w.changes.filter((c) => !DULL.test(c.path)), said = worth.length > 0 ? worth : w.changes.filter((c) => !/resourceVersion|managedFields/.test(c.path));
  return [...said].sort((a, b) => Number(a.after === undefined) - Number(b.after === undefined)).slice(0, 3).map((c) => { const name = c.path.replace(/^status\.conditions\[([^\]]+)\]\.status$/, '$1').replace(/^status\.conditions/, '').replace(/^.*\.(?=[^.]+\.[^.]+$)/, ''), v = c.after ?? '–'; return v.length < 26 && !v.startsWith('{') ? `${name}: ${v}` : name; }).join(', ') || w.verb;
}
/** `[{"name":"nginx"}]`, as the API keeps it, in the form the other views use: `[nginx]`. */
const named = (field: string): string => field.replace(/\[\{("[^"]+":("[^"]*"|\d+),?)+\}\]/g, (all) => { try { return `[${Object.values(JSON.parse(all.slice(1, -1)) as Record<string, unknown>).join(' ')}]`; } catch { return all; } });
function Managers({ view }: { view: ObjectView }): JSX.Element {
  const t = useT();
  if (view.managers.length === 0) return <p className="slot-empty">{t('insp.noManagers')}</p>;
  return <>{view.managers.map((m, i) => <section key={i} className="sec"><h2><code>{m.manager}</code><i>{m.operation}{m.subresource !== '' && ` · ${m.subresource}`}</i></h2><ul className="paths">{m.fields.map((f) => <li key={f}>{dotted(named(f))}</li>)}</ul></section>)}<p className="note pad">{t('insp.managers.why')}</p></>;
}
