/**
 * Asks the runtime what became of the pods, and wakes the workers of those that changed.
 * Upstream: pkg/kubelet/pleg/generic.go, pkg/kubelet/container/cache.go
 *
 * Upstream relists every second. Here the tick fires only when it could find something: the runtime said that a container ended, the kubelet
 * itself changed something there, or a worker waits for a fresher look. A tick without any of these would list what the kubelet knows
 * already. Ticks stay on the one-second grid, so that everything is seen at the moment upstream would see it.
 */
import { act, sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { ListPodsResponse, RuntimePod } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { cri, criFailed } from './cri-client.ts';
import { cacheRefreshed, updatePod } from './pod-workers.ts';
import { emptyStatus, podStatusOf } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import { meta, nextTick, setMeta, table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { runtimePodsChanged } from './housekeeping.ts';

/** Of when the cache is. A tick that had nothing to find counts as a relist. */
function freshness(p: ProcessContext): number {
  const m = meta(p);
  if (m.relistArmed || m.relistRunning || m.relistTime < 0) return m.relistTime;
  return Math.max(m.relistTime, p.now + nextTick(p, timing.kubelet.relist) - timing.kubelet.relist);
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
  if (meta(p).relistArmed) return;
  setMeta(p, { relistTime: freshness(p), relistArmed: true });
  p.setTimer('relist', nextTick(p, timing.kubelet.relist));
}
export function relistTick(p: ProcessContext): void {
  setMeta(p, { relistArmed: false, relistRunning: true });
  p.spawn('relist', {});
}

const states = (status: PodStatus): Record<string, string> => {
  const out: Record<string, string> = {};
  for (const s of status.sandboxes) out[s.id] = s.state === 'SANDBOX_READY' ? 'running' : 'exited';
  for (const c of status.containers) out[c.id] = c.state === 'CONTAINER_RUNNING' ? 'running' : c.state === 'CONTAINER_EXITED' ? 'exited' : 'unknown';
  return out;
};

/** Takes in what the runtime says; true if there is an event that is worth a sync. Returns ids of containers that died, too. */
function take(p: ProcessContext, uid: string, pod: RuntimePod | undefined, at: number): { worthy: boolean; died: readonly string[] } {
  const cache = table(p, 'cache');
  const old = cache.get(uid)?.status;
  const before = old ? states(old) : {};
  let next = pod ? podStatusOf(pod) : undefined;
  // A pod whose sandbox is gone keeps its last address.
  if (next && next.ips.length === 0 && old && old.ips.length > 0 && !next.sandboxes.some((s) => s.state === 'SANDBOX_READY')) next = { ...next, ips: old.ips };
  const after = next ? states(next) : {};
  if (next) {
    cache.set(uid, { status: next, observed: at });
    if (!table(p, 'pods').has(uid)) table(p, 'departed').set(uid, 1);
  } else cache.delete(uid);
  const died: string[] = [];
  let worthy = false;
  for (const id of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [a, b] = [before[id], after[id]];
    if (a === b) continue;
    // ContainerRemoved alone is worth no sync; a container that was created or is unknown is `ContainerChanged`, which is filtered.
    if (b === 'running') worthy = true;
    if (b === 'exited' || (b === undefined && a !== 'exited')) {
      worthy = true;
      died.push(id);
    }
  }
  return { worthy, died };
}

/** One relist of everything, or of one pod. */
export function* relist(args: { config: KubeletConfig; uid?: string }): Program {
  const asked = yield* act((p: ProcessContext) => ({ at: p.now, since: meta(p).relistToken }));
  const answer = yield* cri<ListPodsResponse>(args.config.node, { method: 'ListPods', since: asked.since, ...(args.uid !== undefined ? { uid: args.uid } : {}) }, args.uid === undefined ? args.config.node : args.uid);
  if (criFailed(answer)) {
    yield* act((p: ProcessContext) => {
      if (args.uid === undefined) setMeta(p, { relistRunning: false });
      armRelist(p);
    });
    return;
  }
  yield* sleep(timing.kubelet.relistWork);
  yield* act((p: ProcessContext) => {
    if (args.uid === undefined) setMeta(p, { relistToken: answer.token, relistTime: asked.at, relistRunning: false });
    const changed: string[] = [];
    const take1 = (uid: string, pod: RuntimePod | undefined): void => {
      const { worthy, died } = take(p, uid, pod, asked.at);
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

