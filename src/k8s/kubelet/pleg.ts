/**
 * Asks the runtime what became of the pods, and wakes the workers of those that changed.
 * Upstream: pkg/kubelet/pleg/generic.go, pkg/kubelet/container/cache.go
 *
 * Upstream relists every second. Here the tick fires only when it could find something: the runtime said that a container ended, the kubelet
 * itself changed something there, or a worker waits for a fresher look. A tick without any of these would list what the kubelet knows
 * already. Ticks stay on the one-second grid, so that everything is seen at the moment upstream would see it.
 */
import { doing } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { ContainerStatus, ListPodsResponse, PodSandboxStatus, RuntimePod } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { criCall, criFailed } from './cri-client.ts';
import type { CriAnswer } from './cri-client.ts';
import { cacheRefreshed, updatePod } from './pod-workers.ts';
import { emptyStatus, podStatusOf } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import { flag, nextTick, setFlag, table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { runtimePodsChanged } from './housekeeping.ts';

/** Of when the cache is. A tick that had nothing to find counts as a relist. */
function freshness(p: ProcessContext): number {
  const last = flag(p, 'relistTime', -1);
  if (last < 0 || flag(p, 'relistArmed') !== 0 || flag(p, 'relistRunning') !== 0) return last;
  return Math.max(last, p.now + nextTick(p, timing.kubelet.relist) - timing.kubelet.relist);
}

/** The cache knows of the pod what was so after `since`. */
export function newerThan(p: ProcessContext, uid: string, since: number): boolean {
  const fresh = freshness(p);
  if (since < 0) return fresh >= 0;
  return fresh > since || (table(p, 'cache').get(uid)?.observed ?? -1) >= since;
}

export function cachedStatus(p: ProcessContext, uid: string): PodStatus {
  return table(p, 'cache').get(uid)?.status ?? emptyStatus;
}

/** The next tick of the grid relists. */
export function armRelist(p: ProcessContext): void {
  if (flag(p, 'relistArmed') !== 0) return;
  setFlag(p, 'relistTime', freshness(p));
  setFlag(p, 'relistArmed', 1);
  p.setTimer('relist', nextTick(p, timing.kubelet.relist));
}
export function relistTick(p: ProcessContext): void {
  setFlag(p, 'relistArmed', 0);
  setFlag(p, 'relistRunning', 1);
  beginRelist(p);
}

type State = 'running' | 'exited' | 'unknown';
const sandboxState = (s: PodSandboxStatus): State => (s.state === 'SANDBOX_READY' ? 'running' : 'exited');
const containerState = (c: ContainerStatus): State => (c.state === 'CONTAINER_RUNNING' ? 'running' : c.state === 'CONTAINER_EXITED' ? 'exited' : 'unknown');
/** undefined: it is not there. */
function stateOf(status: PodStatus | undefined, id: string): State | undefined {
  if (!status) return undefined;
  for (const s of status.sandboxes) if (s.id === id) return sandboxState(s);
  for (const c of status.containers) if (c.id === id) return containerState(c);
  return undefined;
}
const NOBODY: readonly string[] = [];

/** Takes in what the runtime says; true if there is an event that is worth a sync. Returns ids of containers that died, too. */
function take(p: ProcessContext, uid: string, pod: RuntimePod | undefined, at: number): { worthy: boolean; died: readonly string[] } {
  const cache = table(p, 'cache');
  const old = cache.get(uid)?.status;
  let next = pod ? podStatusOf(pod) : undefined;
  // A pod whose sandbox is gone keeps its last address.
  if (next && next.ips.length === 0 && old && old.ips.length > 0 && !next.sandboxes.some((s) => s.state === 'SANDBOX_READY')) next = { ...next, ips: old.ips };
  if (next) {
    cache.set(uid, { status: next, observed: at });
    if (!table(p, 'pods').has(uid)) table(p, 'departed').set(uid, 1);
  } else cache.delete(uid);
  let died: string[] | undefined;
  let worthy = false;
  const compare = (id: string, a: State | undefined, b: State | undefined): void => {
    if (a === b) return;
    // ContainerRemoved alone is worth no sync; a container that was created or is unknown is `ContainerChanged`, which is filtered.
    if (b === 'running') worthy = true;
    if (b === 'exited' || (b === undefined && a !== 'exited')) {
      worthy = true;
      (died ??= []).push(id);
    }
  };
  if (next) {
    for (const s of next.sandboxes) compare(s.id, stateOf(old, s.id), sandboxState(s));
    for (const c of next.containers) compare(c.id, stateOf(old, c.id), containerState(c));
  }
  if (old) {
    for (const s of old.sandboxes) if (stateOf(next, s.id) === undefined) compare(s.id, sandboxState(s), undefined);
    for (const c of old.containers) if (stateOf(next, c.id) === undefined) compare(c.id, containerState(c), undefined);
  }
  return { worthy, died: died ?? NOBODY };
}

/** `at`: when it was begun; `since`: the token of the relist of everything before. */
export interface RelistArgs { readonly at: number; readonly since: number; readonly uid?: string }

/** Begins a relist of everything, or of one pod. */
export function beginRelist(p: ProcessContext, uid?: string): void {
  const since = flag(p, 'relistToken');
  p.spawn('relist', uid === undefined ? { at: p.now, since } : { at: p.now, since, uid });
}

export function* relist(config: KubeletConfig, args: RelistArgs): Program {
  const { at, since, uid } = args;
  const answer = (yield criCall(config.node, uid === undefined ? { method: 'ListPods', since } : { method: 'ListPods', since, uid }, uid ?? config.node)) as CriAnswer<ListPodsResponse>;
  if (criFailed(answer)) {
    yield doing((p: ProcessContext) => {
      if (uid === undefined) setFlag(p, 'relistRunning', 0);
      armRelist(p);
    });
    return;
  }
  yield { op: 'sleep', us: timing.kubelet.relistWork };
  yield doing((p: ProcessContext) => {
    if (uid === undefined) {
      setFlag(p, 'relistToken', answer.token);
      setFlag(p, 'relistTime', at);
      setFlag(p, 'relistRunning', 0);
    }
    const changed: string[] = [];
    const take1 = (uid: string, pod: RuntimePod | undefined): void => {
      const { worthy, died } = take(p, uid, pod, at);
      if (worthy) changed.push(uid);
      if (died.length > 0) runtimePodsChanged(p, uid, died);
    };
    for (const pod of answer.pods) take1(pod.uid, pod);
    for (const uid of answer.gone) take1(uid, undefined);
    for (const uid of changed) {
      const pod = table(p, 'pods').get(uid);
      if (pod) updatePod(p, { pod, type: 'sync' });
    }
    cacheRefreshed(p);
  });
}

