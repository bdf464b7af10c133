/**
 * The numbers of a rollout: surge, unavailability, proportions.
 *
 * Upstream: pkg/controller/deployment/util/deployment_util.go, staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go
 */
import type { KubeObject } from '../../api/types.ts';

/** An int or a percentage of `total`. Unreadable texts count as 0, as validation lets none pass. */
export function scaledValue(value: unknown, total: number, roundUp: boolean): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\d{1,9}%$/.test(value)) return 0;
  const scaled = Number(value.slice(0, -1)) * total / 100;
  return roundUp ? Math.ceil(scaled) : Math.floor(scaled);
}

export function replicasOf(object: KubeObject): number {
  return object.spec.replicas ?? 1;
}

export function isRollingUpdate(d: KubeObject): boolean {
  return d.spec.strategy?.type === 'RollingUpdate';
}

function fenceposts(d: KubeObject): { readonly surge: number; readonly unavailable: number } {
  const desired = replicasOf(d);
  const rolling = d.spec.strategy?.rollingUpdate;
  const surge = scaledValue(rolling?.maxSurge ?? 0, desired, true);
  const unavailable = scaledValue(rolling?.maxUnavailable ?? 0, desired, false);
  // Both may resolve to zero by rounding: then one pod may be missing, or nothing could ever move.
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export function maxSurge(d: KubeObject): number {
  return isRollingUpdate(d) ? fenceposts(d).surge : 0;
}

export function maxUnavailable(d: KubeObject): number {
  if (!isRollingUpdate(d) || replicasOf(d) === 0) return 0;
  return Math.min(fenceposts(d).unavailable, replicasOf(d));
}

type Sets = readonly (KubeObject | undefined)[];

function sum(sets: Sets, of: (rs: KubeObject) => number | undefined): number {
  let total = 0;
  for (const rs of sets) if (rs !== undefined) total += of(rs) ?? 0;
  return total;
}

export const specReplicas = (sets: Sets): number => sum(sets, replicasOf);
export const actualReplicas = (sets: Sets): number => sum(sets, (rs) => rs.status?.replicas);
export const readyReplicas = (sets: Sets): number => sum(sets, (rs) => rs.status?.readyReplicas);
export const availableReplicas = (sets: Sets): number => sum(sets, (rs) => rs.status?.availableReplicas);

/** Undefined as long as one ReplicaSet that was looked at does not say. */
export function terminatingReplicas(sets: Sets): number | undefined {
  let total = 0;
  for (const rs of sets) {
    const terminating: number | undefined = rs?.status?.terminatingReplicas;
    if (rs === undefined || ((rs.status?.observedGeneration ?? 0) === 0 && terminating === undefined)) continue;
    if (terminating === undefined) return undefined;
    total += terminating;
  }
  return total;
}

/** How many replicas the new ReplicaSet may have now. */
export function newRSReplicas(d: KubeObject, all: Sets, newReplicas: number): number {
  const desired = replicasOf(d);
  if (!isRollingUpdate(d)) return desired;
  const max = desired + scaledValue(d.spec.strategy.rollingUpdate?.maxSurge ?? 0, desired, true);
  const current = specReplicas(all);
  if (current >= max) return newReplicas;
  return newReplicas + Math.min(max - current, desired - newReplicas);
}

/** Half away from zero. */
function roundHalf(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}

/** A ReplicaSet's share of `toAdd` replicas (negative: to remove), `added` of which are given out. */
export function proportion(d: KubeObject, rs: KubeObject, toAdd: number, added: number): number {
  const size = replicasOf(rs);
  if (size === 0 || toAdd === 0 || toAdd === added) return 0;
  const allowed = toAdd - added;
  const share = fraction(d, rs);
  return toAdd > 0 ? Math.min(share, allowed) : Math.max(share, allowed);
}

function fraction(d: KubeObject, rs: KubeObject): number {
  const desired = replicasOf(d);
  const size = replicasOf(rs);
  if (desired === 0) return -size;
  const before = countAnnotation(rs, 'deployment.kubernetes.io/max-replicas') || (d.status?.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalf((size * (desired + maxSurge(d))) / before) - size;
}

/** A whole number of an annotation, or undefined. */
export function countAnnotation(rs: KubeObject, name: string): number | undefined {
  const text = rs.metadata.annotations?.[name];
  if (text === undefined || !/^\d{1,10}$/.test(text) || Number(text) > 2147483647) return undefined;
  return Number(text);
}

export function deploymentComplete(d: KubeObject, status: Record<string, unknown>): boolean {
  const desired = replicasOf(d);
  return (status.updatedReplicas ?? 0) === desired && (status.replicas ?? 0) === desired && (status.availableReplicas ?? 0) === desired
    && Number(status.observedGeneration ?? 0) >= (d.metadata.generation ?? 0);
}
