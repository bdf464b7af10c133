/**
 * Refuses nodes with taints the pod does not tolerate; prefers nodes with fewer intolerable PreferNoSchedule taints.
 * Upstream: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go
 */
import { defaultNormalize } from '../framework/scores.ts';
import { toleratedBy, untoleratedTaint, type Taint, type Toleration } from '../framework/taints.ts';
import { Action, type Plugin, type Status } from '../framework/types.ts';

const REFUSED: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['node(s) had untolerated taint(s)'] };

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  weight: 3,
  events: [
    {
      resource: 'Node', actions: Action.Add | Action.UpdateNodeTaint,
      hint: (pod, event) => (event.old === undefined || untoleratedTaint(event.old, pod) !== undefined) && untoleratedTaint(event.object!, pod) === undefined,
    },
    { resource: 'Pod', actions: Action.UpdatePodToleration, hint: (pod, event) => event.object?.metadata.uid === pod.metadata.uid },
  ],
  preFilter: ({ pod }) => ({ check: (info) => (info.node.spec?.taints && untoleratedTaint(info.node, pod) ? REFUSED : undefined) }),
  preScore({ pod }) {
    const tolerations = ((pod.spec.tolerations ?? []) as readonly Toleration[]).filter((one) => !one.effect || one.effect === 'PreferNoSchedule');
    return {
      score(info) {
        const taints: readonly Taint[] | undefined = info.node.spec?.taints;
        if (!taints) return 0;
        let count = 0;
        for (const taint of taints) if (taint.effect === 'PreferNoSchedule' && !toleratedBy(taint, tolerations)) count++;
        return count;
      },
      normalize: (scores: number[]) => defaultNormalize(scores, true),
    };
  },
};
