/**
 * What a pod asks for: the larger of its containers' sum and each init container's need, with sidecars, overhead, pod-level
 * amounts, and the amounts still allocated during an in-place resize.
 * Upstream: staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests; pkg/scheduler/util/pod_resources.go
 * Left out: DRA's node allocatable claims.
 */
import type { KubeObject } from '../../api/types.ts';
import { milliOf, wholeOf } from '../../apimachinery/quantity.ts';
import type { Resources } from './types.ts';

export const DEFAULT_MILLI_CPU = 100;
export const DEFAULT_MEMORY = 200 * 1024 * 1024;

interface Amounts { [name: string]: number }

export interface PodRequests {
  readonly requested: Resources;
  readonly nonZero: { readonly cpu: number; readonly memory: number };
}

function read(list: Readonly<Record<string, string>> | undefined): Amounts {
  const amounts: Amounts = {};
  for (const name of Object.keys(list ?? {})) amounts[name] = name === 'cpu' ? milliOf(list![name]) : wholeOf(list![name]);
  return amounts;
}

function addTo(into: Amounts, more: Amounts): void {
  for (const name of Object.keys(more)) into[name] = (into[name] ?? 0) + more[name];
}

function raiseTo(into: Amounts, other: Amounts): void {
  for (const name of Object.keys(other)) if (!(into[name] >= other[name])) into[name] = other[name];
}

/* eslint-disable @typescript-eslint/no-explicit-any */
function containerRequests(container: any, status: any, nonMissing: boolean): Amounts {
  const amounts = read(container.resources?.requests);
  if (status) {
    raiseTo(amounts, read(status.resources?.requests));
    raiseTo(amounts, read(status.allocatedResources));
  }
  if (nonMissing) {
    amounts.cpu ??= DEFAULT_MILLI_CPU;
    amounts.memory ??= DEFAULT_MEMORY;
  }
  return amounts;
}

function total(pod: KubeObject, nonMissing: boolean): Amounts {
  const spec = pod.spec;
  const statuses: any[] | undefined = pod.status?.containerStatuses;
  const sum: Amounts = {};
  for (const container of spec.containers ?? []) addTo(sum, containerRequests(container, statuses?.find((one) => one.name === container.name), nonMissing));
  const sidecars: Amounts = {};
  const init: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const amounts = containerRequests(container, undefined, nonMissing);
    if (container.restartPolicy === 'Always') {
      addTo(sum, amounts);
      addTo(sidecars, amounts);
      raiseTo(init, sidecars);
    } else {
      addTo(amounts, sidecars);
      raiseTo(init, amounts);
    }
  }
  raiseTo(sum, init);
  const podLevel = read(spec.resources?.requests);
  for (const name of Object.keys(podLevel)) sum[name] = podLevel[name];
  addTo(sum, read(spec.overhead));
  return sum;
}

export function toResources(amounts: Amounts): Resources {
  let scalar: Record<string, number> | undefined;
  for (const name of Object.keys(amounts).sort()) {
    if (name !== 'cpu' && name !== 'memory' && name !== 'ephemeral-storage' && name !== 'pods') (scalar ??= {})[name] = amounts[name];
  }
  return { cpu: amounts.cpu ?? 0, memory: amounts.memory ?? 0, ephemeral: amounts['ephemeral-storage'] ?? 0, ...(scalar ? { scalar } : {}) };
}

export function resourcesOf(list: Readonly<Record<string, string>> | undefined): Resources {
  return toResources(read(list));
}

const bySpec = new WeakMap<object, PodRequests>();
const byPod = new WeakMap<object, PodRequests>();

/** The pod's requests, remembered: by its spec while no status says otherwise. */
export function podRequests(pod: KubeObject): PodRequests {
  const resized = (pod.status?.containerStatuses as any[] | undefined)?.some((one) => one.allocatedResources || one.resources?.requests) === true;
  const memo = resized ? byPod : bySpec;
  const key = resized ? pod : pod.spec;
  let known = memo.get(key);
  if (known === undefined) {
    const nonZero = total(pod, true);
    known = { requested: toResources(total(pod, false)), nonZero: { cpu: nonZero.cpu ?? 0, memory: nonZero.memory ?? 0 } };
    memo.set(key, known);
  }
  return known;
}

function combine(a: Resources, b: Resources, sign: 1 | -1): Resources {
  let scalar = a.scalar;
  if (b.scalar) {
    const merged: Record<string, number> = { ...a.scalar };
    for (const name of Object.keys(b.scalar)) merged[name] = (merged[name] ?? 0) + sign * b.scalar[name];
    scalar = merged;
  }
  return { cpu: a.cpu + sign * b.cpu, memory: a.memory + sign * b.memory, ephemeral: a.ephemeral + sign * b.ephemeral, ...(scalar ? { scalar } : {}) };
}

export function addResources(a: Resources, b: Resources): Resources {
  return combine(a, b, 1);
}

export function subtractResources(a: Resources, b: Resources): Resources {
  return combine(a, b, -1);
}
