/**
 * Keeps a pod out of the queues while it has scheduling gates.
 * Upstream: pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go
 */
import { Action, type Plugin } from '../framework/types.ts';

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  weight: 0,
  events: [{ resource: 'Pod', actions: Action.UpdatePodSchedulingGatesEliminated, hint: (pod, event) => event.object?.metadata.uid === pod.metadata.uid }],
  preEnqueue(pod) {
    const gates: readonly { name: string }[] = pod.spec.schedulingGates ?? [];
    return gates.length === 0 ? undefined : { code: 'UnschedulableAndUnresolvable', reasons: [`waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`] };
  },
};
