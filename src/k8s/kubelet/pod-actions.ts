/**
 * What has to happen so that a pod runs as its spec wants: sandbox, containers to kill and to start.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, computeInitContainerActions
 * Left out: RestartAllContainers in place, resizes that need a restart.
 */
import { hashString, hex32 } from '../../base/hash.ts';
import { containers, containerShouldRestart, ephemeralContainers, initContainers, isRestartableInit, restartPolicy } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { anyRegularContainerCreated, findContainer, sandboxChanged } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import { shouldBeRestarted } from './status-containers.ts';

export type KillReason = '' | 'StartupProbe' | 'LivenessProbe' | 'FailedPostStartHook' | 'Unknown';
export interface ContainerToKill { readonly id: string; readonly name: string; readonly message: string; readonly reason: KillReason }
export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly sandboxId: string;
  readonly attempt: number;
  readonly initToStart: readonly number[];
  readonly toStart: readonly number[];
  readonly ephemeralToStart: readonly number[];
  readonly toKill: readonly ContainerToKill[];
}
/** Result of a probe of a container, if one is known. */
export type ProbeLookup = (containerId: string, type: 'liveness' | 'startup') => 'Success' | 'Failure' | 'Unknown' | undefined;

export function containerHash(container: Any): string {
  return hex32(hashString(`${container.name}\n${container.image}`));
}

export function computePodActions(pod: Pod, status: PodStatus, probes: ProbeLookup): PodActions {
  const { changed, attempt, sandboxId } = sandboxChanged(pod, status);
  const none: PodActions = { killPod: changed, createSandbox: changed, sandboxId, attempt, initToStart: [], toStart: [], ephemeralToStart: [], toKill: [] };
  if (changed) {
    if (restartPolicy(pod) === 'Never' && attempt !== 0 && status.containers.length !== 0) return { ...none, createSandbox: false };
    const toStart: number[] = [];
    containers(pod).forEach((c, i) => {
      const once = c.restartPolicy ? c.restartPolicy === 'OnFailure' : restartPolicy(pod) === 'OnFailure';
      const found = findContainer(status, c.name);
      if (!(once && found?.state === 'CONTAINER_EXITED' && found.exitCode === 0)) toStart.push(i);
    });
    if (toStart.length === 0 && anyRegularContainerCreated(pod, status)) return { ...none, createSandbox: false };
    return initContainers(pod).length > 0 ? { ...none, initToStart: [0] } : { ...none, toStart };
  }
  const ephemeralToStart: number[] = [];
  ephemeralContainers(pod).forEach((c, i) => { if (!findContainer(status, c.name)) ephemeralToStart.push(i); });
  const toKill: ContainerToKill[] = [];
  const init = initActions(pod, status, probes, toKill);
  const base: PodActions = { ...none, ephemeralToStart, initToStart: init.toStart, toKill, killPod: init.killPod };
  if (init.killPod || !init.initialized) return base;
  const toStart: number[] = [];
  let keep = 0;
  containers(pod).forEach((c, i) => {
    const found = findContainer(status, c.name);
    if (!found || found.state !== 'CONTAINER_RUNNING') {
      if (shouldBeRestarted(c, pod, found)) {
        toStart.push(i);
        if (found?.state === 'CONTAINER_UNKNOWN') toKill.push({ id: found.id, name: c.name, message: 'Container is in "unknown" state, try killing it before restart', reason: 'Unknown' });
      }
      return;
    }
    let restart = c.restartPolicy ? c.restartPolicy !== 'Never' : restartPolicy(pod) !== 'Never';
    let message = '';
    let reason: KillReason = '';
    if (found.hash !== containerHash(c)) {
      message = `Container ${c.name} definition changed`;
      restart = true;
    } else if (c.livenessProbe && probes(found.id, 'liveness') === 'Failure') {
      message = `Container ${c.name} failed liveness probe`;
      reason = 'LivenessProbe';
    } else if (c.startupProbe && probes(found.id, 'startup') === 'Failure') {
      message = `Container ${c.name} failed startup probe`;
      reason = 'StartupProbe';
    } else {
      keep++;
      return;
    }
    if (restart) {
      message = `${message}, will be restarted`;
      toStart.push(i);
    }
    toKill.push({ id: found.id, name: c.name, message, reason });
  });
  if (keep === 0 && toStart.length === 0) return { ...base, toKill, killPod: true, initToStart: [], toStart };
  return { ...base, toKill, toStart };
}

/** The next init container to run, and the sidecars that have to come back. */
function initActions(pod: Pod, status: PodStatus, probes: ProbeLookup, toKill: ContainerToKill[]): { initialized: boolean; killPod: boolean; toStart: number[] } {
  const specs = initContainers(pod);
  if (specs.length === 0) return { initialized: true, killPod: false, toStart: [] };
  let initialized = containers(pod).some((c) => {
    const state = findContainer(status, c.name)?.state;
    return state === 'CONTAINER_CREATED' || state === 'CONTAINER_RUNNING';
  });
  let previously = initialized;
  const toStart: number[] = [];
  for (let i = specs.length - 1; i >= 0; i--) {
    const c = specs[i];
    const sidecar = isRestartableInit(c);
    const found = findContainer(status, c.name);
    if (!found) {
      if (previously && sidecar) toStart.push(i);
      continue;
    }
    if (previously && !sidecar) continue;
    const kill = (what: string, reason: KillReason): void => {
      toKill.push({ id: found.id, name: c.name, message: `Init container ${c.name} ${what}`, reason });
      toStart.push(i);
    };
    if (found.state === 'CONTAINER_CREATED') toStart.push(i);
    else if (found.state === 'CONTAINER_RUNNING') {
      if (sidecar) {
        const startup = c.startupProbe ? probes(found.id, 'startup') : 'Success';
        if (startup !== 'Success') {
          if (startup === 'Failure') kill('failed startup probe', 'StartupProbe');
        } else {
          if (i === specs.length - 1) initialized = true;
          else if (!previously) toStart.push(i + 1);
          if (found.hash !== containerHash(c)) kill('definition changed', '');
          else if (c.livenessProbe && probes(found.id, 'liveness') === 'Failure') kill('failed liveness probe', 'LivenessProbe');
        }
      }
    } else if (found.state === 'CONTAINER_EXITED') {
      if (sidecar) toStart.push(i);
      else if (found.exitCode !== 0) {
        if (!containerShouldRestart(c, pod, found.exitCode)) return { initialized: false, killPod: true, toStart: [] };
        toStart.push(i);
      } else if (i === specs.length - 1) initialized = true;
      else toStart.push(i + 1);
    } else {
      if (!sidecar && restartPolicy(pod) === 'Never') return { initialized: false, killPod: true, toStart: [] };
      kill(`is in "unknown" state, try killing it before restart`, 'Unknown');
    }
    if (!previously) previously = true;
  }
  // No init container has run yet: begin with the first.
  if (!previously) toStart.push(0);
  toStart.reverse();
  return { initialized, killPod: false, toStart };
}
