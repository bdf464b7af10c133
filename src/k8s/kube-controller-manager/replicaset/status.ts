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
import type { LabelSelector } from '../selector.ts';
import { mapMatches, selectorMatches } from '../selector.ts';
import type { Tally } from './tally.ts';

export type Status = Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };

/** What the claimed active pods come to. */
export interface Counts {
  readonly active: number;
  /** Those that carry all the template's labels. */
  readonly labelled: number;
  readonly ready: number;
  readonly available: number;
}

export function countPods(now: Micros, rs: KubeObject, active: readonly KubeObject[]): Counts {
  let labelled = 0;
  let ready = 0;
  let available = 0;
  const labels = rs.spec.template?.metadata?.labels ?? NO_LABELS;
  const minReadySeconds: number = rs.spec.minReadySeconds ?? 0;
  for (const pod of active) {
    if (mapMatches(labels, pod.metadata.labels)) labelled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, minReadySeconds, now)) available++;
  }
  return { active: active.length, labelled, ready, available };
}

const NO_LABELS = {};

/** The same from a tally, and the terminating ones; undefined when each pod must be looked at: not all are the set's, or time decides. */
export function countTally(rs: KubeObject, selector: LabelSelector, { groups, others }: Tally): Counts & { readonly terminating: number } | undefined {
  if (others > 0 || (rs.spec.minReadySeconds ?? 0) !== 0) return undefined;
  const wanted = rs.spec.template?.metadata?.labels ?? NO_LABELS;
  let active = 0;
  let labelled = 0;
  let ready = 0;
  let terminating = 0;
  for (const group of groups) {
    if (!selectorMatches(selector, group.labels)) return undefined;
    active += group.active;
    if (mapMatches(wanted, group.labels)) labelled += group.active;
    ready += group.ready;
    terminating += group.terminating;
  }
  return { active, labelled, ready, available: ready, terminating };
}

/** `terminating` undefined: the field is not used (ReplicationControllers). `error`: why pods could not be made or removed. */
export function calculateStatus(now: Micros, rs: KubeObject, { active, labelled, ready, available }: Counts, terminating: number | undefined, error: string | undefined): Status {
  let conditions: readonly Condition[] | undefined = rs.status?.conditions;
  const failure = conditionOf(conditions, 'ReplicaFailure');
  if (error !== undefined && failure === undefined) {
    const diff = active - (rs.spec.replicas ?? 1);
    conditions = [...(conditions ?? []), { type: 'ReplicaFailure', status: 'True', lastTransitionTime: formatTime(now), reason: diff < 0 ? 'FailedCreate' : diff > 0 ? 'FailedDelete' : '', message: error }];
  } else if (error === undefined && failure !== undefined) {
    conditions = conditions!.filter((c) => c.type !== 'ReplicaFailure');
  }
  return omitEmpty({
    replicas: active,
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
