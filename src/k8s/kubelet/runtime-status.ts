/**
 * What the runtime last said of a pod, as the pod worker sees it.
 * Upstream: pkg/kubelet/container/runtime.go (PodStatus), kuberuntime/util (PodSandboxChanged)
 */
import type { ContainerStatus, PodSandboxStatus, RuntimePod } from '../cri-api/types.ts';
import { containers, isHostNetwork } from './pod.ts';
import type { Pod } from './pod.ts';

export interface PodStatus {
  readonly ips: readonly string[];
  /** Newest first. */
  readonly sandboxes: readonly PodSandboxStatus[];
  readonly containers: readonly ContainerStatus[];
}
export const emptyStatus: PodStatus = { ips: [], sandboxes: [], containers: [] };

export function podStatusOf(pod: RuntimePod): PodStatus {
  const latest = pod.sandboxes[0];
  return { ips: latest?.state === 'SANDBOX_READY' && latest.ip !== '' ? [latest.ip] : [], sandboxes: pod.sandboxes, containers: pod.containers };
}

export function findContainer(status: PodStatus, name: string): ContainerStatus | undefined {
  for (const c of status.containers) if (c.name === name) return c;
  return undefined;
}

/** A new sandbox is needed: which attempt it is, and the one that was there. */
export interface SandboxNeed { readonly changed: boolean; readonly attempt: number; readonly sandboxId: string }
const FIRST: SandboxNeed = { changed: true, attempt: 0, sandboxId: '' };
export function sandboxChanged(pod: Pod, status: PodStatus): SandboxNeed {
  const latest = status.sandboxes[0];
  if (!latest) return FIRST;
  let ready = 0;
  for (const s of status.sandboxes) if (s.state === 'SANDBOX_READY') ready++;
  if (ready > 1 || latest.state !== 'SANDBOX_READY') return { changed: true, attempt: latest.attempt + 1, sandboxId: latest.id };
  if (latest.hostNetwork !== isHostNetwork(pod)) return { changed: true, attempt: latest.attempt + 1, sandboxId: '' };
  if (!isHostNetwork(pod) && latest.ip === '') return { changed: true, attempt: latest.attempt + 1, sandboxId: latest.id };
  return { changed: false, attempt: latest.attempt, sandboxId: latest.id };
}

export function anyRegularContainerCreated(pod: Pod, status: PodStatus): boolean {
  for (const c of containers(pod)) {
    const found = findContainer(status, c.name);
    if (found !== undefined && found.state !== 'CONTAINER_UNKNOWN') return true;
  }
  return false;
}

/** Any regular container of the current sandbox exists. */
export function anyActiveRegularContainer(pod: Pod, status: PodStatus): boolean {
  const active = status.sandboxes[0]?.state === 'SANDBOX_READY' ? status.sandboxes[0].id : '';
  if (active === '') return false;
  for (const c of containers(pod)) for (const s of status.containers) if (s.name === c.name && s.sandboxId === active) return true;
  return false;
}
