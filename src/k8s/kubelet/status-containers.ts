/**
 * Container statuses as the API shows them, from what the runtime says and what was shown before.
 * Upstream: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
 * Left out: RestartAllContainers in place, image volumes, devices' health.
 */
import { formatTime } from '../apimachinery/time.ts';
import type { ContainerStatus } from '../cri-api/types.ts';
import { containerShouldRestart } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { anyRegularContainerCreated, findContainer } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';

export interface Reason { readonly reason: string; readonly message: string }

const LOST_WHILE_DELETED = 'The container could not be located when the pod was deleted.  The container used to be Running';
export const LOST_WHEN_TERMINATED = 'The container could not be located when the pod was terminated';

/** Fields in the order and with the zero values that Go writes. */
function base(name: string, image: string): Any {
  return { name, state: {}, lastState: {}, ready: false, restartCount: 0, image, imageID: '' };
}

function terminated(c: ContainerStatus): Any {
  return {
    exitCode: c.exitCode, ...(c.reason ? { reason: c.reason } : {}), ...(c.message ? { message: c.message } : {}),
    startedAt: c.startedAt ? formatTime(c.startedAt) : c.state === 'CONTAINER_EXITED' ? ZERO_UNIX : null, finishedAt: formatTime(c.finishedAt), containerID: `containerd://${c.id}`,
  };
}
/** A container that never started has CRI's startedAt 0, which Go shows as the Unix epoch. */
const ZERO_UNIX = '1970-01-01T00:00:00Z';

function convert(c: ContainerStatus, spec: Any, old: Any): Any {
  const state: Any = {};
  let restarts = c.attempt;
  let lastState: Any = {};
  if (old) {
    restarts = Math.max(restarts, old.restartCount ?? 0);
    if (old.containerID !== `containerd://${c.id}` && old.state?.terminated) lastState = { terminated: old.state.terminated };
    else if (old.lastState?.terminated) lastState = { terminated: old.lastState.terminated };
  }
  if (c.state === 'CONTAINER_RUNNING') {
    state.running = { startedAt: formatTime(c.startedAt) };
    if (old?.state?.terminated && (old.restartCount ?? 0) >= c.attempt) restarts = (old.restartCount ?? 0) + 1;
  } else if (c.state === 'CONTAINER_EXITED') state.terminated = terminated(c);
  else if (c.state === 'CONTAINER_UNKNOWN' && old?.state?.running) {
    state.terminated = { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_WHEN_TERMINATED, startedAt: null, finishedAt: null };
    restarts = (old.restartCount ?? 0) + 1;
  } else state.waiting = {};
  const resources = spec?.resources ?? {};
  return {
    ...base(c.name, c.image), state, lastState, restartCount: restarts, imageID: c.imageRef, containerID: `containerd://${c.id}`,
    ...(old?.volumeMounts ? { volumeMounts: old.volumeMounts } : {}),
    ...(c.state === 'CONTAINER_RUNNING' && old?.started !== undefined ? { started: old.started } : {}),
    ...(resources.requests && Object.keys(resources.requests).length > 0 ? { allocatedResources: resources.requests } : {}),
    resources: { ...(resources.limits ? { limits: resources.limits } : {}), ...(resources.requests ? { requests: resources.requests } : {}) },
    user: { linux: { uid: c.user.uid, gid: c.user.gid, supplementalGroups: c.user.supplementalGroups } },
  };
}

function volumeMountStatuses(spec: Any): Any {
  const mounts = (spec.volumeMounts ?? []).map((m: Any) => ({
    name: m.name, mountPath: m.mountPath,
    ...(m.readOnly ? { readOnly: true, recursiveReadOnly: m.recursiveReadOnly === 'Enabled' || m.recursiveReadOnly === 'IfPossible' ? 'Enabled' : 'Disabled' } : {}),
  }));
  return mounts.length > 0 ? { volumeMounts: mounts } : {};
}

export interface ConvertOptions {
  readonly hasInitContainers: boolean;
  readonly isInitContainer: boolean;
  /** Why a container could not be started last time. */
  readonly reason: (container: string) => Reason | undefined;
}

/** Sorted by name, or for init containers in the order of the spec. */
export function containerStatuses(pod: Pod, status: PodStatus, previous: readonly Any[], specs: readonly Any[], options: ConvertOptions): Any[] {
  const old = (name: string): Any => previous.find((s) => s.name === name);
  const defaultReason = options.hasInitContainers ? 'PodInitializing' : 'ContainerCreating';
  const out: Record<string, Any> = {};
  for (const spec of specs) {
    const before = old(spec.name);
    let next: Any = { ...base(spec.name, spec.image), state: { waiting: { reason: defaultReason } }, ...volumeMountStatuses(spec) };
    if (before?.state?.terminated) next = before;
    else if (before) next = { ...next, restartCount: before.restartCount ?? 0, lastState: before.lastState ?? {} };
    if (!findContainer(status, spec.name) && before?.state?.running && next.state.waiting?.reason === defaultReason && !next.lastState?.terminated) {
      // It ran, and the runtime knows nothing of it any more.
      next = {
        ...next, lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_WHILE_DELETED, startedAt: null, finishedAt: null } },
        restartCount: (next.restartCount ?? 0) + (pod.metadata.deletionTimestamp === undefined ? 1 : 0),
      };
    }
    out[spec.name] = next;
  }
  const seen: Record<string, number> = {};
  for (const c of status.containers) {
    const spec = specs.find((s) => s.name === c.name);
    const count = seen[c.name] ?? 0;
    if (!spec || count >= 2) continue;
    const converted = convert(c, spec, old(c.name));
    if (count === 0) out[c.name] = converted;
    else out[c.name] = { ...out[c.name], lastState: converted.state };
    seen[c.name] = count + 1;
  }
  for (const spec of specs) {
    const found = findContainer(status, spec.name);
    if (options.isInitContainer) {
      if (found?.state === 'CONTAINER_EXITED' && found.exitCode === 0) continue;
      if (!found && anyRegularContainerCreated(pod, status) && spec.restartPolicy !== 'Always' && out[spec.name].state.waiting) {
        out[spec.name] = {
          ...out[spec.name],
          state: { terminated: { exitCode: 0, reason: 'Completed', message: 'Unable to get init container status from container runtime and pod has been initialized, treat it as exited normally', startedAt: null, finishedAt: null } },
        };
        continue;
      }
    }
    if (!shouldBeRestarted(spec, pod, found)) continue;
    const reason = options.reason(spec.name);
    if (!reason) continue;
    const now = out[spec.name];
    out[spec.name] = { ...now, ...(now.state.terminated ? { lastState: now.state } : {}), state: { waiting: { reason: reason.reason, ...(reason.message ? { message: reason.message } : {}) } } };
  }
  const names = options.isInitContainer ? specs.map((s) => s.name as string) : Object.keys(out).sort();
  return names.map((name) => out[name]);
}

/** Upstream: kubecontainer.ShouldContainerBeRestarted. */
export function shouldBeRestarted(spec: Any, pod: Pod, found: ContainerStatus | undefined): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (!found) return true;
  if (found.state === 'CONTAINER_RUNNING') return false;
  if (found.state !== 'CONTAINER_EXITED') return true;
  return containerShouldRestart(spec, pod, found.exitCode);
}
