/**
 * Prefilter and filter: which nodes a pod may go to, plugin by plugin.
 * Upstream: pkg/scheduler/framework/runtime/framework.go RunPreFilterPlugins, RunFilterPluginsWithNominatedPods
 */
import type { Cycle, NodeInfo, Plugin, PreFilter, Status } from './types.ts';

export type WithPod = (info: NodeInfo, pod: NodeInfo['pods'][number]) => NodeInfo;
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

export interface PreFilterResult {
  readonly filters: readonly ActiveFilter[];
  readonly nodeNames?: readonly string[];
  readonly nodeNamePlugins: readonly string[];
  readonly rejected?: { readonly plugin: string; readonly status: Status };
}

/** Upstream: RunPreFilterPlugins. The first refusal ends it. */
export function runPreFilter(cycle: Cycle, plugins: readonly Plugin[]): PreFilterResult {
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
function filtersWithNominated(cycle: Cycle, filters: readonly ActiveFilter[], info: NodeInfo, withPod: WithPod): { filters: readonly ActiveFilter[]; info: NodeInfo } | undefined {
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
export function checkNode(cycle: Cycle, filters: readonly ActiveFilter[], info: NodeInfo, withPod: WithPod): { plugin: string; status: Status } | undefined {
  const nominated = filtersWithNominated(cycle, filters, info, withPod);
  return (nominated && runFilters(nominated.filters, nominated.info)) ?? runFilters(filters, info);
}
