/**
 * Questions about pods that several controllers ask: active, ready, available; which to delete first.
 *
 * Upstream: pkg/controller/controller_utils.go, pkg/api/v1/pod/util.go
 * Left out: nothing a client can see; ties that upstream leaves to sort.Sort's chance keep the order given.
 */
import type { Micros } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Condition } from './objects.ts';
import { compareText, conditionOf } from './objects.ts';

export function isPodTerminal(pod: KubeObject): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

export function isPodActive(pod: KubeObject): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

export function isPodTerminating(pod: KubeObject): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}

export function readyCondition(pod: KubeObject): Condition | undefined {
  return conditionOf(pod.status?.conditions, 'Ready');
}

export function isPodReady(pod: KubeObject): boolean {
  return readyCondition(pod)?.status === 'True';
}

export function isPodAvailable(pod: KubeObject, minReadySeconds: number, now: Micros): boolean {
  const c = readyCondition(pod);
  if (c?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const since = parseTime(c.lastTransitionTime);
  return since !== undefined && since + minReadySeconds * 1e6 <= now;
}

/** Microseconds until the next ready pod becomes available; undefined when none waits. */
export function nextAvailabilityCheck(pods: readonly KubeObject[], minReadySeconds: number, now: Micros): Micros | undefined {
  let least: Micros | undefined;
  for (const pod of pods) {
    const c = readyCondition(pod);
    const since = c?.status === 'True' ? parseTime(c.lastTransitionTime) : undefined;
    if (since === undefined || minReadySeconds <= 0) continue;
    const wait = since + minReadySeconds * 1e6 - now;
    if (wait > 0 && (least === undefined || wait < least)) least = wait;
  }
  return least;
}

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

function restarts(pod: KubeObject): readonly [number, number] {
  let regular = 0;
  let sidecar = 0;
  for (const c of pod.status?.containerStatuses ?? []) regular = Math.max(regular, c.restartCount ?? 0);
  const sidecars = (pod.spec?.initContainers ?? []).filter((c: { restartPolicy?: string }) => c.restartPolicy === 'Always').map((c: { name: string }) => c.name);
  for (const c of pod.status?.initContainerStatuses ?? []) if (sidecars.includes(c.name)) sidecar = Math.max(sidecar, c.restartCount ?? 0);
  return [regular, sidecar];
}

/** floor(log2(nanoseconds)), -1 for none: the buckets of LogarithmicScaleDown. */
function ageRank(age: Micros): number {
  if (age <= 0) return -1;
  let rank = -1;
  for (let n = age * 1000; n >= 1; n = Math.floor(n / 2)) rank++;
  return rank;
}

function deletionCost(pod: KubeObject): number {
  const text = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'];
  if (text === undefined || !/^(0|-?[1-9]\d{0,9})$/.test(text)) return 0;
  return Number(text);
}

/** Which pods go first. `related`: all pods of the ReplicaSets with the same owner. */
export function sortForDeletion(pods: readonly KubeObject[], related: readonly KubeObject[], now: Micros): KubeObject[] {
  const onNode: Record<string, number> = {};
  for (const pod of related) if (isPodActive(pod)) onNode[pod.spec.nodeName ?? ''] = (onNode[pod.spec.nodeName ?? ''] ?? 0) + 1;
  const rows = pods.map((pod) => {
    const ready = isPodReady(pod);
    return {
      pod, ready,
      node: pod.spec.nodeName ?? '',
      phase: phaseOrder[pod.status?.phase ?? ''] ?? 0,
      cost: deletionCost(pod),
      rank: onNode[pod.spec.nodeName ?? ''] ?? 0,
      readyAt: ready ? parseTime(readyCondition(pod)?.lastTransitionTime) : undefined,
      created: parseTime(pod.metadata.creationTimestamp),
      restarts: restarts(pod),
    };
  });
  type Row = (typeof rows)[number];
  const byAge = (a: Micros | undefined, b: Micros | undefined, x: Row, y: Row): number => {
    if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
    return ageRank(now - a) - ageRank(now - b) || compareText(x.pod.metadata.uid, y.pod.metadata.uid);
  };
  rows.sort((a, b) => {
    if ((a.node === '') !== (b.node === '')) return a.node === '' ? -1 : 1;
    if (a.phase !== b.phase) return a.phase - b.phase;
    if (a.ready !== b.ready) return a.ready ? 1 : -1;
    if (a.cost !== b.cost) return a.cost - b.cost;
    if (a.rank !== b.rank) return b.rank - a.rank;
    if (a.ready && b.ready && a.readyAt !== b.readyAt) return byAge(a.readyAt, b.readyAt, a, b);
    if (a.restarts[0] !== b.restarts[0]) return b.restarts[0] - a.restarts[0];
    if (a.restarts[1] !== b.restarts[1]) return b.restarts[1] - a.restarts[1];
    if (a.created !== b.created) return byAge(a.created, b.created, a, b);
    return 0;
  });
  return rows.map((r) => r.pod);
}
