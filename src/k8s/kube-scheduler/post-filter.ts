/**
 * What happens when a pod fits nowhere: DynamicResources has nothing to give back, DefaultPreemption looks for victims.
 * Upstream: pkg/scheduler/framework/preemption/preemption.go, plugins/defaultpreemption/default_preemption.go, framework/runtime RunPostFilterPlugins
 * Left out (so far): evicting; a node where lower pods could make room is reported as without victims.
 */
import type { Diagnosis } from './framework/cycle.ts';
import { fitErrorText } from './framework/fit-error.ts';
import type { Cycle, NodeInfo, Status } from './framework/types.ts';

const NOT_HELPFUL: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['Preemption is not helpful for scheduling'] };
const NO_VICTIMS: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['No preemption victims found for incoming pod'] };
const DYNAMIC_RESOURCES = 'no new claims to deallocate';

/** Nodes where taking pods away could help. */
export function potentialNodes(cycle: Cycle, diagnosis: Diagnosis): readonly NodeInfo[] {
  const refused = new Map(diagnosis.refusals.map((one) => [one.node, one.status.code]));
  const absent = diagnosis.absent?.code ?? 'UnschedulableAndUnresolvable';
  return cycle.snapshot.nodes.filter((info) => (refused.get(info.name) ?? absent) === 'Unschedulable');
}

/** The part of the FitError's text that tells of preemption. */
export function postFilterMessage(cycle: Cycle, diagnosis: Diagnosis): string {
  if (cycle.pod.spec.preemptionPolicy === 'Never') return `${DYNAMIC_RESOURCES}, preemption: not eligible due to preemptionPolicy=Never.`;
  const nodes = potentialNodes(cycle, diagnosis);
  const text = fitErrorText(cycle.snapshot.nodes.length, {
    refusals: nodes.map((info) => ({ node: info.name, plugin: 'DefaultPreemption', status: NO_VICTIMS })), absent: NOT_HELPFUL, preFilterMessage: '', unschedulablePlugins: [],
  }, '');
  return `${DYNAMIC_RESOURCES}, preemption: ${text}`;
}
