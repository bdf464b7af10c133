/**
 * Cleans up: records of pods that are gone, sandboxes nobody needs, dead containers beyond the newest.
 * Upstream: pkg/kubelet/kubelet_pods.go HandlePodCleanups, pod_container_deletor.go, kuberuntime/kuberuntime_gc.go
 * Left out: the one-minute period of garbage collection (it shows nowhere outside the node); image garbage.
 */
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { timing } from '../timing.ts';
import { forgetBackoffs } from './backoff.ts';
import { cri } from './cri-client.ts';
import { notDue } from './pod-workers.ts';
import { removeProbes } from './prober.ts';
import { flag, table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { forgetStatus } from './status-manager.ts';

/** Something may have to be cleaned up: look at the next tick. */
export function armHousekeeping(p: ProcessContext): void {
  const period = timing.kubelet.housekeeping;
  const since = p.now - flag(p, 'startedAt');
  p.setTimer('housekeeping', period - (since % period));
}

/** Containers of a pod died: of each name only the newest dead one is kept. */
export function runtimePodsChanged(p: ProcessContext, uid: string, died: readonly string[]): void {
  const status = table(p, 'cache').get(uid)?.status;
  if (!status) return;
  const remove: string[] = [];
  for (const name of new Set(status.containers.filter((c) => died.includes(c.id)).map((c) => c.name))) {
    const dead = status.containers.filter((c) => c.name === name && c.state === 'CONTAINER_EXITED');
    for (const c of dead.slice(1)) remove.push(c.id);
  }
  if (remove.length > 0) p.spawn('removeFromRuntime', { containers: remove, sandboxes: [] });
}

export function* removeFromRuntime(config: KubeletConfig, args: { containers: readonly string[]; sandboxes: readonly string[] }): Program {
  for (const id of args.containers) yield* cri(config.node, { method: 'RemoveContainer', containerId: id }, id.slice(0, 13));
  for (const id of args.sandboxes) yield* cri(config.node, { method: 'RemovePodSandbox', podSandboxId: id }, id.slice(0, 13));
}

/** A pod that is gone from its source and whose worker is done leaves no trace; a running pod nobody knows is stopped. */
export function housekeeping(p: ProcessContext): void {
  if (!p.informer('pods').hasSynced()) {
    armHousekeeping(p);
    return;
  }
  const pods = table(p, 'pods');
  const workers = table(p, 'workers');
  const departed = table(p, 'departed');
  let again = false;
  const sandboxes: string[] = [];
  const uids = departed.keys().slice();
  for (const uid of uids) {
    if (pods.has(uid)) continue;
    const w = workers.get(uid);
    if (!w) continue;
    if (!w.finished) {
      again = true;
      continue;
    }
    workers.delete(uid);
    forgetStatus(p, uid);
    table(p, 'apiVersions').delete(uid);
    table(p, 'volumes').delete(uid);
    notDue(p, uid);
    for (const key of table(p, 'reasons').prefix(`${uid} `)) table(p, 'reasons').delete(key);
    for (const key of table(p, 'pullErrors').prefix(`${uid}_`)) table(p, 'pullErrors').delete(key);
    forgetBackoffs(p, uid);
    removeProbes(p, uid);
    for (const s of table(p, 'cache').get(uid)?.status.sandboxes ?? []) sandboxes.push(s.id);
    table(p, 'cache').delete(uid);
  }
  for (const uid of uids) {
    if (workers.has(uid) && !pods.has(uid)) continue;
    departed.delete(uid);
    const cached = pods.has(uid) ? undefined : table(p, 'cache').get(uid);
    if (!cached) continue;
    // Orphaned: deleted while this kubelet did not look.
    for (const s of cached.status.sandboxes) sandboxes.push(s.id);
    table(p, 'cache').delete(uid);
  }
  if (sandboxes.length > 0) p.spawn('removeFromRuntime', { containers: [], sandboxes });
  if (again) armHousekeeping(p);
}

