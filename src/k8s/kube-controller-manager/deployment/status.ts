/**
 * A Deployment's status: counts from its ReplicaSets, and the conditions Available, Progressing and ReplicaFailure.
 *
 * Upstream: pkg/controller/deployment/{sync,progress}.go, util/deployment_util.go
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Condition } from '../objects.ts';
import { conditionOf, omitEmpty } from '../objects.ts';
import { actualReplicas, availableReplicas, deploymentComplete, maxUnavailable, readyReplicas, replicasOf, specReplicas, terminatingReplicas } from './arithmetic.ts';

export type Status = Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };

export function newCondition(now: Micros, type: string, status: string, reason: string, message: string): Condition {
  const at = formatTime(now);
  return { type, status, lastUpdateTime: at, lastTransitionTime: at, reason, message };
}

export function removeCondition(status: Status, type: string): Status {
  const conditions = (status.conditions ?? []).filter((c) => c.type !== type);
  return { ...status, conditions: conditions.length === 0 ? undefined : conditions };
}

/** No change if status and reason stand already; else the condition moves to the end. */
export function setCondition(status: Status, condition: Condition): Status {
  const current = conditionOf(status.conditions, condition.type);
  if (current !== undefined && current.status === condition.status && current.reason === condition.reason) return status;
  const next = current !== undefined && current.status === condition.status ? { ...condition, lastTransitionTime: current.lastTransitionTime } : condition;
  return { ...status, conditions: [...(status.conditions ?? []).filter((c) => c.type !== condition.type), next] };
}

export function hasProgressDeadline(d: KubeObject): boolean {
  const seconds = d.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== null && seconds !== 2147483647;
}

/** `all` holds the new ReplicaSet too, if there is one. */
export function calculateStatus(now: Micros, d: KubeObject, all: readonly (KubeObject | undefined)[], newRS: KubeObject | undefined): Status {
  const available = availableReplicas(all);
  const status: Status = omitEmpty({
    observedGeneration: d.metadata.generation ?? 0,
    replicas: actualReplicas(all),
    updatedReplicas: actualReplicas([newRS]),
    readyReplicas: readyReplicas(all),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, specReplicas(all) - available),
    collisionCount: d.status?.collisionCount as number | undefined,
    terminatingReplicas: terminatingReplicas(all),
    conditions: d.status?.conditions as Condition[] | undefined,
  }, ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas']);
  return available >= replicasOf(d) - maxUnavailable(d)
    ? setCondition(status, newCondition(now, 'Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'))
    : setCondition(status, newCondition(now, 'Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'));
}

const count = (status: Status | undefined, field: string): number => Number(status?.[field] ?? 0);

function progressed(d: KubeObject, next: Status): boolean {
  const old: Status | undefined = d.status;
  return count(next, 'updatedReplicas') > count(old, 'updatedReplicas')
    || count(next, 'replicas') - count(next, 'updatedReplicas') < count(old, 'replicas') - count(old, 'updatedReplicas')
    || count(next, 'readyReplicas') > count(old, 'readyReplicas')
    || count(next, 'availableReplicas') > count(old, 'availableReplicas');
}

function timedOut(now: Micros, d: KubeObject, next: Status): boolean {
  const condition = conditionOf(next.conditions, 'Progressing');
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const from = parseTime(condition.lastUpdateTime);
  return from !== undefined && from + d.spec.progressDeadlineSeconds * 1e6 < now;
}

/** The status of a rollout: counts, and how it progresses. */
export function rolloutStatus(now: Micros, d: KubeObject, all: readonly (KubeObject | undefined)[], newRS: KubeObject | undefined): Status {
  let status = calculateStatus(now, d, all, newRS);
  if (!hasProgressDeadline(d)) status = removeCondition(status, 'Progressing');
  const current = conditionOf(d.status?.conditions, 'Progressing');
  const complete = count(status, 'replicas') === count(status, 'updatedReplicas') && current?.reason === 'NewReplicaSetAvailable';
  const subject = newRS === undefined ? `Deployment "${d.metadata.name}"` : `ReplicaSet "${newRS.metadata.name}"`;
  if (hasProgressDeadline(d) && !complete) {
    if (deploymentComplete(d, status)) {
      status = setCondition(status, newCondition(now, 'Progressing', 'True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`));
    } else if (progressed(d, status)) {
      let condition = newCondition(now, 'Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`);
      if (current !== undefined) {
        if (current.status === 'True') condition = { ...condition, lastTransitionTime: current.lastTransitionTime };
        // Removed first, so that it is written anew and its lastUpdateTime moves.
        status = removeCondition(status, 'Progressing');
      }
      status = setCondition(status, condition);
    } else if (timedOut(now, d, status)) {
      status = setCondition(status, newCondition(now, 'Progressing', 'False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`));
    }
  }
  const failure = replicaFailure(all, newRS);
  return failure === undefined ? removeCondition(status, 'ReplicaFailure') : setCondition(status, failure);
}

function replicaFailure(all: readonly (KubeObject | undefined)[], newRS: KubeObject | undefined): Condition | undefined {
  for (const rs of [newRS, ...all]) {
    const c = conditionOf(rs?.status?.conditions, 'ReplicaFailure');
    if (c === undefined) continue;
    return { type: c.type, status: c.status, lastUpdateTime: c.lastTransitionTime, lastTransitionTime: c.lastTransitionTime, reason: c.reason, message: c.message };
  }
  return undefined;
}
