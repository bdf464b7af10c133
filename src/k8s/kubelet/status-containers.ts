/**
 * Container statuses as the API shows them, from what the runtime says and what was shown before.
 * Upstream: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
 * Left out: RestartAllContainers in place, image volumes, devices' health.
 */
import { formatTime } from '../apimachinery/time.ts';
import type { ContainerStatus } from '../cri-api/types.ts';
import { containerShouldRestart, named } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { anyRegularContainerCreated, findContainer } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';

export interface Reason { readonly reason: string; readonly message: string }

const LOST_WHILE_DELETED = 'The container could not be located when the pod was deleted.  The container used to be Running';
export const LOST_WHEN_TERMINATED = 'The container could not be located when the pod was terminated';

/** Fields in the order and with the zero values that Go writes. */
function base(name: string, state: Any, lastState: Any, restartCount: number, image: string, imageID: string): Any {
  return { name, state, lastState, ready: false, restartCount, image, imageID };
}
const EMPTY: Any = {};
const NONE: readonly Any[] = [];

function terminated(c: ContainerStatus): Any {
  const out: Any = { exitCode: c.exitCode };
  if (c.reason) out.reason = c.reason;
  if (c.message) out.message = c.message;
  out.startedAt = c.startedAt ? formatTime(c.startedAt) : c.state === 'CONTAINER_EXITED' ? ZERO_UNIX : null;
  out.finishedAt = formatTime(c.finishedAt);
  out.containerID = `containerd://${c.id}`;
  return out;
}
/** A container that never started has CRI's startedAt 0, which Go shows as the Unix epoch. */
const ZERO_UNIX = '1970-01-01T00:00:00Z';

function convert(c: ContainerStatus, spec: Any, old: Any): Any {
  const id = `containerd://${c.id}`;
  let state: Any;
  let restarts = c.attempt;
  let lastState: Any = EMPTY;
  if (old) {
    restarts = Math.max(restarts, old.restartCount ?? 0);
    if (old.containerID !== id && old.state?.terminated) lastState = { terminated: old.state.terminated };
    else if (old.lastState?.terminated) lastState = { terminated: old.lastState.terminated };
  }
  if (c.state === 'CONTAINER_RUNNING') {
    state = { running: { startedAt: formatTime(c.startedAt) } };
    if (old?.state?.terminated && (old.restartCount ?? 0) >= c.attempt) restarts = (old.restartCount ?? 0) + 1;
  } else if (c.state === 'CONTAINER_EXITED') state = { terminated: terminated(c) };
  else if (c.state === 'CONTAINER_UNKNOWN' && old?.state?.running) {
    state = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_WHEN_TERMINATED, startedAt: null, finishedAt: null } };
    restarts = (old.restartCount ?? 0) + 1;
  } else state = { waiting: {} };
  const given = spec?.resources ?? EMPTY;
  const out = base(c.name, state, lastState, restarts, c.image, c.imageRef);
  out.containerID = id;
  if (old?.volumeMounts) out.volumeMounts = old.volumeMounts;
  if (c.state === 'CONTAINER_RUNNING' && old?.started !== undefined) out.started = old.started;
  if (given.requests && Object.keys(given.requests).length > 0) out.allocatedResources = given.requests;
  const resources: Any = {};
  if (given.limits) resources.limits = given.limits;
  if (given.requests) resources.requests = given.requests;
  out.resources = resources;
  out.user = { linux: { uid: c.user.uid, gid: c.user.gid, supplementalGroups: c.user.supplementalGroups } };
  return out;
}

/** A container that the runtime was not seen to have. */
function waiting(spec: Any, reason: string): Any {
  const out = base(spec.name, { waiting: { reason } }, EMPTY, 0, spec.image, '');
  const mounts: Any[] = [];
  for (const m of spec.volumeMounts ?? NONE) {
    mounts.push(m.readOnly
      ? { name: m.name, mountPath: m.mountPath, readOnly: true, recursiveReadOnly: m.recursiveReadOnly === 'Enabled' || m.recursiveReadOnly === 'IfPossible' ? 'Enabled' : 'Disabled' }
      : { name: m.name, mountPath: m.mountPath });
  }
  if (mounts.length > 0) out.volumeMounts = mounts;
  return out;
}

export interface ConvertOptions {
  readonly hasInitContainers: boolean;
  readonly isInitContainer: boolean;
  /** Why a container could not be started last time. */
  readonly reason: (container: string) => Reason | undefined;
}

/** Sorted by name, or for init containers in the order of the spec. */
export function containerStatuses(pod: Pod, status: PodStatus, previous: readonly Any[], specs: readonly Any[], options: ConvertOptions): Any[] {
  if (specs.length === 0) return [];
  const defaultReason = options.hasInitContainers ? 'PodInitializing' : 'ContainerCreating';
  const out: Record<string, Any> = {};
  for (const spec of specs) {
    // What the runtime says of it comes below.
    if (findContainer(status, spec.name)) continue;
    const before = named(previous, spec.name);
    let next: Any;
    if (before?.state?.terminated) next = before;
    else {
      next = waiting(spec, defaultReason);
      if (before) {
        next.restartCount = before.restartCount ?? 0;
        next.lastState = before.lastState ?? EMPTY;
      }
    }
    if (before?.state?.running && next.state.waiting?.reason === defaultReason && !next.lastState?.terminated) {
      // It ran, and the runtime knows nothing of it any more.
      next = {
        ...next, lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_WHILE_DELETED, startedAt: null, finishedAt: null } },
        restartCount: (next.restartCount ?? 0) + (pod.metadata.deletionTimestamp === undefined ? 1 : 0),
      };
    }
    out[spec.name] = next;
  }
  for (const spec of specs) {
    let count = 0;
    for (const c of status.containers) {
      if (c.name !== spec.name) continue;
      const converted = convert(c, spec, named(previous, c.name));
      // The newest, and of the one before it how it ended.
      if (count++ === 0) out[c.name] = converted;
      else {
        out[c.name].lastState = converted.state;
        break;
      }
    }
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
    const next: Any = { ...now };
    if (now.state.terminated) next.lastState = now.state;
    next.state = { waiting: reason.message ? { reason: reason.reason, message: reason.message } : { reason: reason.reason } };
    out[spec.name] = next;
  }
  const list: Any[] = [];
  if (options.isInitContainer) for (const spec of specs) list.push(out[spec.name]);
  else if (specs.length === 1) list.push(out[specs[0].name]);
  else for (const name of Object.keys(out).sort()) list.push(out[name]);
  return list;
}

/** Upstream: kubecontainer.ShouldContainerBeRestarted. */
export function shouldBeRestarted(spec: Any, pod: Pod, found: ContainerStatus | undefined): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  if (!found) return true;
  if (found.state === 'CONTAINER_RUNNING') return false;
  if (found.state !== 'CONTAINER_EXITED') return true;
  return containerShouldRestart(spec, pod, found.exitCode);
}
