/**
 * A ReplicaSet's (and a ReplicationController's) status.
 *
 * Upstream: pkg/controller/replicaset/replica_set_utils.go
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Condition } from '../objects.ts';
import { conditionOf, equal, omitEmpty } from '../objects.ts';
import { isPodAvailable, isPodReady } from '../pods.ts';
import { mapMatches } from '../selector.ts';

export type Status = Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };

/** `terminating` undefined: the field is not used (ReplicationControllers). `error`: why pods could not be made or removed. */
export function calculateStatus(now: Micros, rs: KubeObject, active: readonly KubeObject[], terminating: number | undefined, error: string | undefined): Status {
  let labelled = 0;
  let ready = 0;
  let available = 0;
  const labels = rs.spec.template?.metadata?.labels ?? {};
  for (const pod of active) {
    if (mapMatches(labels, pod.metadata.labels)) labelled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, rs.spec.minReadySeconds ?? 0, now)) available++;
  }
  let conditions: readonly Condition[] | undefined = rs.status?.conditions;
  const failure = conditionOf(conditions, 'ReplicaFailure');
  if (error !== undefined && failure === undefined) {
    const diff = active.length - (rs.spec.replicas ?? 1);
    conditions = [...(conditions ?? []), { type: 'ReplicaFailure', status: 'True', lastTransitionTime: formatTime(now), reason: diff < 0 ? 'FailedCreate' : diff > 0 ? 'FailedDelete' : '', message: error }];
  } else if (error === undefined && failure !== undefined) {
    conditions = conditions!.filter((c) => c.type !== 'ReplicaFailure');
  }
  return omitEmpty({
    replicas: active.length,
    fullyLabeledReplicas: labelled,
    readyReplicas: ready,
    availableReplicas: available,
    terminatingReplicas: terminating,
    observedGeneration: rs.status?.observedGeneration as number | undefined,
    conditions: conditions === undefined || conditions.length === 0 ? undefined : conditions,
  }, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']);
}

/** Whether there is anything to write. */
export function statusDiffers(rs: KubeObject, next: Status): boolean {
  const old: Status = rs.status ?? {};
  const same = (field: string): boolean => (old[field] ?? 0) === (next[field] ?? 0);
  return !(same('replicas') && same('fullyLabeledReplicas') && same('readyReplicas') && same('availableReplicas')
    && old.terminatingReplicas === next.terminatingReplicas
    && (rs.metadata.generation ?? 0) === (old.observedGeneration ?? 0)
    && equal(old.conditions, next.conditions));
}
