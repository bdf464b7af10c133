/**
 * One scheduling decision as a pure function: prefilter, filter, prescore, score, normalise, choose. It reads the snapshot it
 * is given and nothing else, so that asking again (`explain`) gives the same answer.
 * Upstream: pkg/scheduler/schedule_one.go schedulePod, findNodesThatFitPod, prioritizeNodes; framework/runtime/framework.go
 */
import { PLUGINS } from '../plugins/registry.ts';
import type { Cycle, NodeInfo, Plugin, PreFilter, PreScore, Status } from './types.ts';

const MIN_FEASIBLE = 100;
const MIN_PERCENTAGE = 5;

export type Check = Exclude<PreFilter, 'skip' | { readonly reject: Status }>;
export interface ActiveFilter { readonly plugin: string; readonly filter: Check }
export interface Refusal { readonly node: string; readonly plugin: string; readonly status: Status }

export interface Diagnosis {
  /** Every node that was checked and refused, in the order of the checks. */
  readonly refusals: readonly Refusal[];
  /** For nodes that were not looked at one by one. */
  readonly absent?: Status;
  readonly preFilterMessage: string;
  readonly unschedulablePlugins: readonly string[];
}

export interface NodeScore { readonly name: string; readonly total: number }

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

export interface PreFilterResult {
  readonly filters: readonly ActiveFilter[];
  readonly nodeNames?: readonly string[];
  readonly nodeNamePlugins: readonly string[];
  readonly rejected?: { readonly plugin: string; readonly status: Status };
}

/** Upstream: RunPreFilterPlugins. The first refusal ends it. */
export function runPreFilter(cycle: Cycle, plugins: readonly Plugin[] = PLUGINS): PreFilterResult {
  const filters: ActiveFilter[] = [];
  let nodeNames: readonly string[] | undefined;
  const nodeNamePlugins: string[] = [];
  for (const plugin of plugins) {
    if (!plugin.preFilter) continue;
    const answer = plugin.preFilter(cycle);
    if (answer === 'skip') continue;
    if ('reject' in answer) return { filters, nodeNamePlugins, rejected: { plugin: plugin.name, status: answer.reject } };
    filters.push({ plugin: plugin.name, filter: answer });
    if (answer.nodeNames) {
      const names: readonly string[] = answer.nodeNames;
      nodeNamePlugins.push(plugin.name);
      nodeNames = nodeNames === undefined ? names : nodeNames.filter((name) => names.includes(name));
      if (nodeNames.length === 0) {
        const [first, ...more] = nodeNamePlugins;
        const reason = more.length === 0 ? `node(s) didn't satisfy plugin ${first}` : `node(s) didn't satisfy plugin(s) [${nodeNamePlugins.join(' ')}] simultaneously`;
        return { filters, nodeNamePlugins, rejected: { plugin: plugin.name, status: { code: 'UnschedulableAndUnresolvable', reasons: [reason] } } };
      }
    }
  }
  return { filters, ...(nodeNames ? { nodeNames } : {}), nodeNamePlugins };
}

/** The first refusal of the node, if any. */
export function runFilters(filters: readonly ActiveFilter[], info: NodeInfo): { plugin: string; status: Status } | undefined {
  for (let i = 0; i < filters.length; i++) {
    const status = filters[i].filter.check(info);
    if (status !== undefined) return { plugin: filters[i].plugin, status };
  }
  return undefined;
}

/** Filters as they stand when pods of equal or higher priority, nominated to the node, were already there. */
function filtersWithNominated(cycle: Cycle, filters: readonly ActiveFilter[], info: NodeInfo, withPod: (info: NodeInfo, pod: NodeInfo['pods'][number]) => NodeInfo): { filters: readonly ActiveFilter[]; info: NodeInfo } | undefined {
  const priority = cycle.pod.spec.priority ?? 0;
  const others = cycle.snapshot.nominated(info.name).filter((one) => (one.spec.priority ?? 0) >= priority && one.metadata.uid !== cycle.pod.metadata.uid);
  if (others.length === 0) return undefined;
  let changed = filters;
  let now = info;
  for (const other of others) {
    now = withPod(now, other);
    changed = withChange(changed, other, now, 1);
  }
  return { filters: changed, info: now };
}

/** The filters' states with a pod added to or removed from a node. */
export function withChange(filters: readonly ActiveFilter[], pod: NodeInfo['pods'][number], info: NodeInfo, delta: 1 | -1): readonly ActiveFilter[] {
  return filters.map((one) => {
    const next = one.filter.with?.(pod, info, delta);
    return next && next !== 'skip' && !('reject' in next) ? { plugin: one.plugin, filter: next } : one;
  });
}

/** Upstream: RunFilterPluginsWithNominatedPods: must pass with the nominated pods and without. */
export function checkNode(cycle: Cycle, filters: readonly ActiveFilter[], info: NodeInfo, withPod: (info: NodeInfo, pod: NodeInfo['pods'][number]) => NodeInfo): { plugin: string; status: Status } | undefined {
  const nominated = filtersWithNominated(cycle, filters, info, withPod);
  return (nominated && runFilters(nominated.filters, nominated.info)) ?? runFilters(filters, info);
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

/** The node with the highest total; among equals the one that `pick(n)` (0 <= pick < n) names. */
export function selectHost(feasible: readonly NodeInfo[], totals: readonly number[], pick: (n: number) => number): string {
  let best = -Infinity;
  let equals: number[] = [];
  for (let i = 0; i < totals.length; i++) {
    if (totals[i] > best) {
      best = totals[i];
      equals = [i];
    } else if (totals[i] === best) equals.push(i);
  }
  return feasible[equals.length === 1 ? equals[0] : equals[pick(equals.length)]].name;
}

export interface Found { readonly feasible: readonly NodeInfo[]; readonly diagnosis: Diagnosis; readonly filters: readonly ActiveFilter[]; readonly nextStart: number }

type WithPod = (info: NodeInfo, pod: NodeInfo['pods'][number]) => NodeInfo;

/** Upstream: findNodesThatFitPod. `start`: where the last search ended. */
export function findNodesThatFit(cycle: Cycle, start: number, withPod: WithPod): Found {
  const all = cycle.snapshot.nodes;
  const pre = runPreFilter(cycle);
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
export function schedule(cycle: Cycle, start: number, pick: (n: number) => number, withPod: WithPod): Outcome {
  if (cycle.snapshot.nodes.length === 0) return { kind: 'no nodes' };
  const { feasible, diagnosis, filters, nextStart } = findNodesThatFit(cycle, start, withPod);
  if (feasible.length === 0) return { kind: 'unschedulable', diagnosis, filters, nextStart };
  const node = feasible.length === 1 ? feasible[0].name : selectHost(feasible, runScores(cycle, feasible).totals, pick);
  return { kind: 'scheduled', node, feasible: feasible.length, diagnosis, nextStart };
}
