// The opened scheduler: one cycle, pods by nodes, every verdict and number. A node is asked no further after its first no: those cells are dotted.
import type { JSX } from 'react';
import type { CycleView } from '../../protocol/protocol.ts';
import { useAnswer } from '../stores/ask.ts';
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { select } from '../stores/view.ts';
import { useT } from '../words.tsx';
import { firstFrom } from './flights.ts';
import type { Flights } from './flights.ts';
import { cutMiddle, shortPod } from './text.ts';

/** The record the table speaks of: the last binding the scheduler sent at or before this moment. */
function lastBinding(flights: Flights, story: number): number {
  for (let i = Math.min(flights.list.length - 1, firstFrom(flights, story + 0.5)); i >= 0; i--) { const f = flights.list[i]; if (f.t0 <= story + 0.5 && f.way === 'in:sch' && /bind/.test(f.label)) return f.seq; }
  return -1;
}
export default function CycleTable(): JSX.Element {
  const t = useT(), flights = useSession((s) => s.flights), told = useSession((s) => (s.caption?.id.endsWith('.schedule') ? s.caption.record : -1)), bound = useClock((s) => lastBinding(flights, s.story)), record = bound >= 0 ? bound : told;
  const cycle = useAnswer('cycle', record >= 0 ? { record } : null);
  return cycle ? <Table cycle={cycle} /> : <p className="cycle-none">{t('cycle.none')}</p>;
}
export function Table({ cycle }: { cycle: CycleView }): JSX.Element {
  const t = useT(), nodes = cycle.nodes.slice(0, 6), scores = plugins(nodes.map((n) => n.scores.map((s) => s.plugin))), refused = nodes.flatMap((n) => n.filters.filter((f) => !f.ok).map((f) => ({ node: n.name, ...f })));
  // plugins that say the same of every node decide nothing; the deciding ones are shown first
  const spread = (p: string): number => { const v = nodes.map((n) => n.scores.find((s) => s.plugin === p)?.normalized ?? 0); return Math.max(...v) - Math.min(...v); };
  const rows = [...scores].sort((a, b) => spread(b) - spread(a)).slice(0, 4);
  return (
    <table className="cycle">
      <caption>{t('cycle.of', { pod: cutMiddle(cycle.pod, 34), n: cycle.attempt })}{cycle.nodes.length > nodes.length && ` · ${t('cycle.more', { n: cycle.nodes.length - nodes.length })}`}</caption>
      <thead><tr><th scope="col">…-{shortPod(cycle.pod.slice(cycle.pod.lastIndexOf('/') + 1))}</th>{nodes.map((n) => <th key={n.name} scope="col"><button type="button" onClick={() => select({ kind: 'object', resource: 'nodes', namespace: '', name: n.name })}>{cutMiddle(n.name, 12)}</button></th>)}</tr></thead>
      <tbody>
        <tr><th scope="row">Filter</th>{nodes.map((n) => { const no = n.filters.find((f) => !f.ok); return <td key={n.name} className={no ? 'no' : 'ok'} title={no?.reason}>{no ? `✕ ${no.plugin}` : '✓'}</td>; })}</tr>
        {rows.map((p) => <tr key={p}><th scope="row">{p} <i>×{nodes.map((n) => n.scores.find((s) => s.plugin === p)?.weight).find((w) => w !== undefined) ?? 1}</i></th>{nodes.map((n) => { const s = n.scores.find((x) => x.plugin === p); return <td key={n.name} className={s ? '' : 'dot'}>{s ? s.normalized : '…'}</td>; })}</tr>)}
        <tr className="sum"><th scope="row">{t('cycle.total')}</th>{nodes.map((n) => <td key={n.name}>{n.name === cycle.chosen ? <b>{n.total}</b> : n.scores.length > 0 ? n.total : '…'}</td>)}</tr>
        {refused.length > 0 && <tr><td className="why" colSpan={nodes.length + 1}>{refused.slice(0, 2).map((r) => `${r.node}: ${r.reason}`).join(' · ')}</td></tr>}
      </tbody>
    </table>
  );
}
function plugins(lists: readonly (readonly string[])[]): string[] { const out: string[] = []; for (const l of lists) for (const p of l) if (!out.includes(p)) out.push(p); return out; }
