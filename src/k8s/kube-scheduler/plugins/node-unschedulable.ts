/**
 * Refuses cordoned nodes unless the pod tolerates the taint they stand for.
 * Upstream: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go
 */
import { toleratedBy } from '../framework/taints.ts';
import { Action, type Plugin, type Status } from '../framework/types.ts';

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const REFUSED: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) were unschedulable'] };

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  weight: 0,
  events: [
    {
      resource: 'Node', actions: Action.Add | Action.UpdateNodeTaint,
      hint: (_pod, event) => !event.object!.spec?.unschedulable && (event.old === undefined || event.old.spec?.unschedulable === true),
    },
    {
      resource: 'Pod', actions: Action.UpdatePodToleration,
      hint: (pod, event) => event.object?.metadata.uid === pod.metadata.uid && toleratedBy(TAINT, event.object.spec.tolerations),
    },
  ],
  preFilter: ({ pod }) => ({ check: (info) => (info.node.spec?.unschedulable && !toleratedBy(TAINT, pod.spec.tolerations) ? REFUSED : undefined) }),
};
