/**
 * One scheduling decision as a pure function: prefilter, filter, prescore, score, normalise, choose. It reads the snapshot it
 * is given and nothing else, so that asking again (`explain`) gives the same answer.
 * Upstream: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes; framework/runtime/framework.go
 */
import { PLUGINS } from '../plugins/registry.ts';
import { checkNode, runPreFilter, type ActiveFilter, type Diagnosis, type Refusal, type WithPod } from './filtering.ts';
import type { Cycle, NodeInfo, Plugin, PreScore, Status } from './types.ts';

const MIN_FEASIBLE = 100;
const MIN_PERCENTAGE = 5;

export type Outcome =
  | { readonly kind: 'no nodes' }
  | { readonly kind: 'unschedulable'; readonly diagnosis: Diagnosis; readonly filters: readonly ActiveFilter[]; readonly nextStart: number }
  | { readonly kind: 'scheduled'; readonly node: string; readonly feasible: number; readonly diagnosis: Diagnosis; readonly nextStart: number };

/** How many feasible nodes end the search. Upstream: numFeasibleNodesToFind with percentageOfNodesToScore 0. */
export function numFeasibleNodesToFind(nodes: number): number {
  if (nodes < MIN_FEASIBLE) return nodes;
  const percentage = Math.max(MIN_PERCENTAGE, 50 - Math.trunc(nodes / 125));
  return Math.max(MIN_FEASIBLE, Math.trunc((nodes * percentage) / 100));
}

export interface PluginScores { readonly plugin: string; readonly weight: number; readonly raw: readonly number[]; readonly normalized: readonly number[] }

/** Scores of all feasible nodes by all plugins that have something to say. */
export function runScores(cycle: Cycle, feasible: readonly NodeInfo[], plugins: readonly Plugin[] = PLUGINS): { totals: number[]; byPlugin: PluginScores[] } {
  const totals = new Array<number>(feasible.length).fill(0);
  const byPlugin: PluginScores[] = [];
  for (const plugin of plugins) {
    if (!plugin.preScore || plugin.weight === 0) continue;
    const scorer: PreScore = plugin.preScore(cycle, feasible);
    if (scorer === 'skip') continue;
    const raw = new Array<number>(feasible.length);
    for (let i = 0; i < feasible.length; i++) raw[i] = scorer.score(feasible[i]);
    const normalized = scorer.normalize ? raw.slice() : raw;
    scorer.normalize?.(normalized, feasible);
    for (let i = 0; i < feasible.length; i++) totals[i] += normalized[i] * plugin.weight;
    byPlugin.push({ plugin: plugin.name, weight: plugin.weight, raw, normalized });
  }
  return { totals, byPlugin };
}

/**
 * The node with the highest total. Among equals nothing is drawn (upstream draws for nodes that an extender scored alone): the root of a
 * heap is taken, built as Go's container/heap builds it over the nodes in the order in which they were found.
 */
export function selectHost(feasible: readonly NodeInfo[], totals: readonly number[]): string {
  const heap = totals.map((_, i) => i);
  for (let top = Math.floor(heap.length / 2) - 1; top >= 0; top--) {
    for (let i = top; ;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && totals[heap[child + 1]] > totals[heap[child]]) child++;
      if (totals[heap[child]] <= totals[heap[i]]) break;
      [heap[i], heap[child]] = [heap[child], heap[i]];
      i = child;
    }
  }
  return feasible[heap[0]].name;
}

export interface Found { readonly feasible: readonly NodeInfo[]; readonly diagnosis: Diagnosis; readonly filters: readonly ActiveFilter[]; readonly nextStart: number }

/** Upstream: findNodesThatFitPod. `start`: where the last search ended. */
export function findNodesThatFit(cycle: Cycle, start: number, withPod: WithPod): Found {
  const all = cycle.snapshot.nodes;
  const pre = runPreFilter(cycle, PLUGINS);
  if (pre.rejected) {
    const { plugin, status } = pre.rejected;
    const diagnosis = { refusals: [], absent: status, preFilterMessage: status.reasons.join(', '), unschedulablePlugins: [...new Set([...pre.nodeNamePlugins, plugin])] };
    return { feasible: [], diagnosis, filters: pre.filters, nextStart: start };
  }
  const nominatedNode = cycle.pod.status?.nominatedNodeName;
  const nominated = nominatedNode ? cycle.snapshot.get(nominatedNode) : undefined;
  if (nominated && checkNode(cycle, pre.filters, nominated, withPod) === undefined) {
    return { feasible: [nominated], diagnosis: { refusals: [], preFilterMessage: '', unschedulablePlugins: [] }, filters: pre.filters, nextStart: start };
  }
  const nodes = pre.nodeNames ? pre.nodeNames.flatMap((name) => cycle.snapshot.get(name) ?? []) : all;
  const wanted = numFeasibleNodesToFind(nodes.length);
  const feasible: NodeInfo[] = [];
  const refusals: Refusal[] = [];
  const rejecting = new Set<string>(pre.nodeNamePlugins);
  for (let i = 0; i < nodes.length && feasible.length < wanted; i++) {
    const info = nodes[(start + i) % nodes.length];
    const refused = checkNode(cycle, pre.filters, info, withPod);
    if (refused === undefined) feasible.push(info);
    else {
      refusals.push({ node: info.name, ...refused });
      rejecting.add(refused.plugin);
    }
  }
  const absent: Status | undefined = pre.nodeNames ? { code: 'UnschedulableAndUnresolvable', reasons: [`node(s) didn't satisfy plugin(s) [${pre.nodeNamePlugins.join(' ')}]`] } : undefined;
  return {
    feasible,
    diagnosis: { refusals, ...(absent ? { absent } : {}), preFilterMessage: '', unschedulablePlugins: [...rejecting] },
    filters: pre.filters,
    nextStart: all.length === 0 ? 0 : (start + feasible.length + refusals.length) % all.length,
  };
}

/** The whole decision. */
export function schedule(cycle: Cycle, start: number, withPod: WithPod): Outcome {
  if (cycle.snapshot.nodes.length === 0) return { kind: 'no nodes' };
  const { feasible, diagnosis, filters, nextStart } = findNodesThatFit(cycle, start, withPod);
  if (feasible.length === 0) return { kind: 'unschedulable', diagnosis, filters, nextStart };
  const node = feasible.length === 1 ? feasible[0].name : selectHost(feasible, runScores(cycle, feasible).totals);
  return { kind: 'scheduled', node, feasible: feasible.length, diagnosis, nextStart };
}
