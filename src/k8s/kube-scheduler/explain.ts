/**
 * Why here, why not there: the whole table of a scheduling cycle, recomputed from the state of that moment by the very
 * functions that decided.
 */
import type { ProcessContext } from '../client-go/types.ts';
import { listersOf, SchedulerCache } from './cache.ts';
import { findNodesThatFit, runScores, selectHost } from './framework/cycle.ts';
import { checkNode, runPreFilter } from './framework/filtering.ts';
import { withPod } from './framework/node-info.ts';
import type { Cycle } from './framework/types.ts';
import { PLUGINS } from './plugins/registry.ts';
import type { InFlight } from './queue.ts';

export interface ExplainedNode {
  readonly name: string;
  /** One verdict per plugin that was asked, up to and with the first refusal; empty: the node was not looked at. */
  readonly filters: readonly { readonly plugin: string; readonly ok: boolean; readonly reason?: string }[];
  readonly scores: readonly { readonly plugin: string; readonly raw: number; readonly normalized: number; readonly weight: number }[];
  /** Sum of normalized times weight; null when the node was not scored. */
  readonly total: number | null;
}

export interface ExplainedCycle {
  /** In the order in which the scheduler lists them. */
  readonly nodes: readonly ExplainedNode[];
  readonly chosen: string | null;
  /** A plugin refused the pod before any node was looked at. */
  readonly rejected?: { readonly plugin: string; readonly reason: string };
}

/** `start` as for `schedule`. */
export function explainCycle(cycle: Cycle, start: number): ExplainedCycle {
  const found = findNodesThatFit(cycle, start, withPod);
  const pre = runPreFilter(cycle, PLUGINS);
  if (pre.rejected) {
    return { nodes: cycle.snapshot.nodes.map(({ name }) => ({ name, filters: [], scores: [], total: null })), chosen: null, rejected: { plugin: pre.rejected.plugin, reason: pre.rejected.status.reasons.join(', ') } };
  }
  const place = new Map(found.feasible.map((info, i) => [info.name, i]));
  const refused = new Map(found.diagnosis.refusals.map((one) => [one.node, one]));
  const { totals, byPlugin } = found.feasible.length > 1 ? runScores(cycle, found.feasible) : { totals: [], byPlugin: [] };
  const nodes = cycle.snapshot.nodes.map((info): ExplainedNode => {
    const at = place.get(info.name);
    const refusal = refused.get(info.name) ?? (at === undefined && pre.nodeNames && !pre.nodeNames.includes(info.name) ? checkNode(cycle, pre.filters, info, withPod) : undefined);
    if (at === undefined && refusal === undefined) return { name: info.name, filters: [], scores: [], total: null };
    const filters: { plugin: string; ok: boolean; reason?: string }[] = [];
    for (const { plugin } of pre.filters) {
      if (refusal?.plugin === plugin) {
        filters.push({ plugin, ok: false, reason: refusal.status.reasons.join(', ') });
        break;
      }
      filters.push({ plugin, ok: true });
    }
    const scores = at === undefined ? [] : byPlugin.map((one) => ({ plugin: one.plugin, raw: one.raw[at], normalized: one.normalized[at], weight: one.weight }));
    return { name: info.name, filters, scores, total: at === undefined || totals.length === 0 ? null : totals[at] };
  });
  const chosen = found.feasible.length === 0 ? null : found.feasible.length === 1 ? found.feasible[0].name : selectHost(found.feasible, totals);
  return { nodes, chosen, ...(found.diagnosis.preFilterMessage ? { rejected: { plugin: found.diagnosis.unschedulablePlugins[0] ?? '', reason: found.diagnosis.preFilterMessage } } : {}) };
}

/**
 * The cycle of the pod that is in flight now. `p`: the scheduler's context with the state just before its `cycle` timer runs.
 * Null when no pod is in flight.
 */
export function explainInFlight(p: ProcessContext): ExplainedCycle | null {
  const flying = p.cell<InFlight>('in flight').get('');
  if (!flying) return null;
  const { pod } = flying.entry;
  const cycle: Cycle = { pod, snapshot: new SchedulerCache(p, listersOf(p)).snapshot() };
  const start = p.cell<{ readonly nextStart: number }>('loop').get('')?.nextStart ?? 0;
  return explainCycle(cycle, start);
}
