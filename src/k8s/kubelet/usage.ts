/**
 * What the pods of the node take of it, counted as they come and go, so that a pod is admitted without a look at all others.
 * Upstream: pkg/kubelet/lifecycle/predicate.go (NodeInfo of the active pods), pkg/scheduler/framework/types.go NodeInfo.AddPod
 */
import { milliOf, wholeOf } from '../apimachinery/quantity.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { containers, initContainers, isTerminalPhase } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { podRequests } from './pod-resources.ts';
import { table } from './state.ts';

/** Milli-CPUs and bytes. `spec`: what it was counted from. */
export interface Usage {
  readonly pods: number;
  readonly cpu: number;
  readonly memory: number;
  readonly storage: number;
  readonly ports: readonly string[];
  readonly spec: unknown;
}

const NONE: readonly string[] = [];
const NOTHING: Usage = { pods: 0, cpu: 0, memory: 0, storage: 0, ports: NONE, spec: null };

function portsOf(list: readonly Any[], into: string[] | null): string[] | null {
  for (const c of list) for (const port of c.ports ?? NONE) if (port.hostPort) (into ??= []).push(`${port.protocol ?? 'TCP'}/${port.hostPort}`);
  return into;
}
/** `protocol/port`. */
export function hostPorts(pod: Pod): readonly string[] {
  return portsOf(initContainers(pod), portsOf(containers(pod), null)) ?? NONE;
}

export function usageOf(pod: Pod): Usage {
  const requests = podRequests(pod);
  return { pods: 1, cpu: milliOf(requests.cpu), memory: wholeOf(requests.memory), storage: wholeOf(requests['ephemeral-storage']), ports: hostPorts(pod), spec: pod.spec };
}

/** The sum over all pods that take something: rejected and ended ones use nothing. */
export function totalUsage(p: ProcessContext): Usage {
  return table(p, 'usage').get('') ?? NOTHING;
}

/** Whether one of the pods that are counted has this port of the node. */
export function portTaken(p: ProcessContext, port: string): boolean {
  return table(p, 'ports').range(`${port} `, `${port}!`, 1).length > 0;
}

/** To be called after whatever decides on it changed: the pod, the phase that the kubelet means to tell, the end of its worker. */
export function recount(p: ProcessContext, uid: string): void {
  const cell = table(p, 'usage');
  const pod = table(p, 'pods').get(uid);
  const before = cell.get(uid);
  const counts = pod !== undefined && !isTerminalPhase(table(p, 'statuses').get(uid)?.status.phase ?? pod.status?.phase) && !isTerminalPhase(pod.status?.phase)
    && (table(p, 'workers').get(uid)?.terminatedAt ?? 0) === 0;
  if (!counts) {
    if (before) replace(p, uid, before, undefined);
  } else if (before?.spec !== pod.spec) replace(p, uid, before, usageOf(pod));
}

function replace(p: ProcessContext, uid: string, before: Usage | undefined, after: Usage | undefined): void {
  const cell = table(p, 'usage');
  const ports = table(p, 'ports');
  const sum = cell.get('') ?? NOTHING;
  const [minus, plus] = [before ?? NOTHING, after ?? NOTHING];
  if (before) for (const port of before.ports) ports.delete(`${port} ${uid}`);
  if (after) {
    for (const port of after.ports) ports.set(`${port} ${uid}`, 1);
    cell.set(uid, after);
  } else cell.delete(uid);
  const pods = sum.pods - minus.pods + plus.pods;
  const cpu = sum.cpu - minus.cpu + plus.cpu;
  const memory = sum.memory - minus.memory + plus.memory;
  const storage = sum.storage - minus.storage + plus.storage;
  if (pods !== sum.pods || cpu !== sum.cpu || memory !== sum.memory || storage !== sum.storage) cell.set('', { pods, cpu, memory, storage, ports: NONE, spec: null });
}
