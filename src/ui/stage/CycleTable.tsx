// The opened scheduler: one cycle, pods by nodes, every verdict and number. A node is asked no further after its first no: those cells are dotted.
import type { JSX } from 'react';
import type { CycleView } from '../../protocol/protocol.ts';
import { useNow } from '../inspector/now.ts';
import { usePrediction } from '../lesson/prediction.ts';
import { useAnswer } from '../stores/ask.ts';
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { select } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { firstFrom } from './flights.ts';
import type { Flights } from './flights.ts';
import { PodGlyph } from './glyphs.tsx';
import { cutMiddle, shortPod } from './text.ts';

/** The record the table speaks of: the last binding the scheduler sent at or before this moment. */
function lastBinding(flights: Flights, story: number): number {
  for (let i = Math.min(flights.list.length - 1, firstFrom(flights, story + 0.5)); i >= 0; i--) { const f = flights.list[i]; if (f.t0 <= story + 0.5 && f.way === 'in:sch' && /bind/.test(f.label)) return f.seq; }
  return -1;
}
const podName = (cycle: CycleView): string => cycle.pod.slice(cycle.pod.lastIndexOf('/') + 1);
/** The cycle at the playhead: of the lesson's step, else the newest; of one Pod if given. */
function useCycle(pod?: string): CycleView | null | undefined {
  const flights = useSession((s) => s.flights), told = useSession((s) => (s.caption?.id.endsWith('.schedule') ? s.caption.record : -1)), bound = useClock((s) => (pod === undefined ? lastBinding(flights, s.story) : -1)), asked = useNow('lastCycle', pod === undefined ? {} : { pod }), newest = asked?.record ?? -1;
  // on the way to the lesson's own cycle, one from before the lesson would be taken for it
  const began = useSession((s) => (s.lesson?.id === 'create-deployment' && s.marks.length > 0 ? s.lesson.steps[0].caption.record : -1)), latest = Math.max(bound, told, newest);
  const record = pod !== undefined ? newest : latest < began ? -1 : latest;
  // undefined: not known yet, which is not the same as none
  return useAnswer('cycle', record >= 0 ? { record } : null) ?? (record >= 0 || asked === null ? undefined : null);
}
export default function CycleTable(): JSX.Element {
  const t = useT(), cycle = useCycle();
  if (!cycle) return <p className="cycle-none">{cycle === null && t('cycle.none')}</p>;
  return <><Scheduling cycle={cycle} /><div className="cycle-main"><Table cycle={cycle} /></div></>;
}
/** The cycle at the playhead without its card, for the inspector where the stage has no room for it. */
export function PlainCycle(): JSX.Element {
  const t = useT(), cycle = useCycle();
  return cycle ? <Table cycle={cycle} narrow /> : <p className="cycle-none">{cycle === null && t('cycle.none')}</p>;
}
/** Why a Pod is where it is, or nowhere: its newest cycle, for the inspector. */
export function PodCycle({ pod }: { pod: string }): JSX.Element | null {
  const cycle = useCycle(pod);
  return cycle ? <Table cycle={cycle} narrow /> : null;
}
/** The Pod that is being scheduled, below the queues. */
function Scheduling({ cycle }: { cycle: CycleView }): JSX.Element {
  const t = useT(), asked = usePrediction(), name = podName(cycle), now = asked !== null && asked.cycle.pod === cycle.pod, where = now && asked.answer === '' ? '?' : cycle.chosen;
  return (
    <div className="cycle-pod"><small>{t(now ? 'cycle.now' : 'cycle.last')}</small><svg width="62" height="36" viewBox="-4 -4 62 36" aria-hidden="true"><PodGlyph x={2} y={1} h={24} state="pending" containers={1} selected={now} /></svg><code title={cycle.pod}>…-{shortPod(name)}</code><small>{t('cycle.attempt', { n: cycle.attempt })}{where !== '' && ` → ${where}`}</small></div>
  );
}
export function Table({ cycle, narrow = false }: { cycle: CycleView; narrow?: boolean }): JSX.Element {
  return cycle.chosen === '' ? <Refused cycle={cycle} narrow={narrow} /> : <Scored cycle={cycle} />;
}
function NodeButton({ name }: { name: string }): JSX.Element { return <button type="button" onClick={() => select({ kind: 'object', resource: 'nodes', namespace: '', name })}>{cutMiddle(name, 12)}</button>; }
function Scored({ cycle }: { cycle: CycleView }): JSX.Element {
  const t = useT(), asked = usePrediction(), open = asked !== null && asked.answer === '' && asked.cycle.pod === cycle.pod, nodes = cycle.nodes.slice(0, 6), scores = plugins(nodes.map((n) => n.scores.map((s) => s.plugin))), refused = nodes.flatMap((n) => n.filters.filter((f) => !f.ok).map((f) => ({ node: n.name, ...f })));
  // plugins that say the same of every node decide nothing; the deciding ones are shown first
  const spread = (p: string): number => { const v = nodes.map((n) => (n.scores.find((s) => s.plugin === p)?.normalized ?? 0) * (n.scores.find((s) => s.plugin === p)?.weight ?? 1)); return Math.max(...v) - Math.min(...v); };
  const rows = [...scores].sort((a, b) => spread(b) - spread(a)).slice(0, 4), hidden = open ? rows[0] : '';
  return (
    <table className="cycle">
      <caption>{t('cycle.of', { pod: cutMiddle(cycle.pod, 34), n: cycle.attempt })}{cycle.nodes.length > nodes.length && ` · ${t('cycle.more', { n: cycle.nodes.length - nodes.length })}`}</caption>
      <thead><tr><th scope="col">…-{shortPod(podName(cycle))}</th>{nodes.map((n) => <th key={n.name} scope="col"><NodeButton name={n.name} /></th>)}</tr></thead>
      <tbody>
        <tr><th scope="row">Filter</th>{nodes.map((n) => { const no = n.filters.find((f) => !f.ok); return <td key={n.name} className={no ? 'no' : 'ok'} title={no?.reason}>{no ? `✕ ${no.plugin}` : '✓'}</td>; })}</tr>
        {rows.map((p) => <tr key={p} className={p === hidden ? 'now' : ''}><th scope="row">{p === hidden && <b aria-hidden="true">▸ </b>}{p} <i>×{nodes.map((n) => n.scores.find((s) => s.plugin === p)?.weight).find((w) => w !== undefined) ?? 1}</i></th>{nodes.map((n) => { const s = n.scores.find((x) => x.plugin === p); return <td key={n.name} className={s && p !== hidden ? '' : 'dot'}>{p === hidden ? '·' : s ? s.normalized : '…'}</td>; })}</tr>)}
        <tr className="sum"><th scope="row">{t('cycle.total')}</th>{nodes.map((n) => <td key={n.name}>{open ? '?' : n.name === cycle.chosen ? <b>{n.total}</b> : n.scores.length > 0 ? n.total : '…'}</td>)}</tr>
        {refused.length > 0 && <tr><td className="why" colSpan={nodes.length + 1}>{refused.slice(0, 2).map((r) => `${r.node}: ${r.reason}`).join(' · ')}</td></tr>}
      </tbody>
    </table>
  );
}
/** No node fits: each with its first no and the reason for it, in the order in which the plugins were asked. */
function Refused({ cycle, narrow }: { cycle: CycleView; narrow: boolean }): JSX.Element {
  const t = useT(), nodes = cycle.nodes.slice(0, 7), asked = plugins(nodes.map((n) => n.filters.map((f) => f.plugin)));
  return (
    <table className={`cycle refused${narrow ? ' narrow' : ''}`}>
      <caption>{t('cycle.asked', { n: cycle.attempt, k: cycle.nodes.filter((n) => n.filters.every((f) => f.ok)).length, of: cycle.nodes.length })}{cycle.nodes.length > nodes.length && ` · ${t('cycle.more', { n: cycle.nodes.length - nodes.length })}`}</caption>
      {!narrow && <thead><tr><th scope="col">…-{shortPod(podName(cycle))}</th>{asked.map((p) => <th key={p} scope="col">{p.replace(/([a-z])([A-Z])/g, '$1\u200b$2')}</th>)}<th scope="col" /></tr></thead>}
      <tbody>{nodes.map((n) => {
        const no = n.filters.find((f) => !f.ok);
        return <tr key={n.name}><th scope="row"><NodeButton name={n.name} /></th>{!narrow && asked.map((p) => { const f = n.filters.find((x) => x.plugin === p); return <td key={p} className={f ? (f.ok ? 'ok' : 'no') : 'dot'}>{f ? (f.ok ? '✓' : '⊗') : '…'}</td>; })}<td className="why">{no && <>{narrow && <b>{no.plugin}: </b>}{no.reason}</>}</td></tr>;
      })}</tbody>
      {!narrow && <tfoot><tr><td colSpan={asked.length + 2}>{t('cycle.notAsked')}</td></tr></tfoot>}
    </table>
  );
}
function plugins(lists: readonly (readonly string[])[]): string[] { const out: string[] = []; for (const l of lists) for (const p of l) if (!out.includes(p)) out.push(p); return out; }
