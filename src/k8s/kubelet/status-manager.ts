/**
 * Tells the API server what became of the pods. Statuses are noted at once and written by one loop, one pod after the other; what changes
 * while a write is on its way is told by the next one, so that quick changes merge.
 * Upstream: pkg/kubelet/status/status_manager.go
 * Left out: static and mirror pods.
 */
import { doing } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { isStatus } from '../apimachinery/request.ts';
import { formatTime } from '../apimachinery/time.ts';
import { clientFor } from '../client-go/client.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { timing } from '../timing.ts';
import { clients } from './events.ts';
import { containerShouldRestart, containers, initContainers, isRestartableInit, isTerminalPhase, namespaceOf, restartPolicy, semanticEqual, semanticFields, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { flag, setFlag, table } from './state.ts';
import type { KubeletConfig, VersionedStatus } from './state.ts';
import { condition, containersReady, isOwned, isShared, podReady, terminalReadyConditions } from './status-conditions.ts';
import { LOST_WHEN_TERMINATED } from './status-containers.ts';
import { statusPatch } from './status-patch.ts';
import { recount } from './usage.ts';

const NONE: readonly Any[] = [];
function ofType(list: readonly Any[] | undefined, type: string): Any {
  for (const c of list ?? NONE) if (c.type === type) return c;
  return undefined;
}

/** Equal for the kubelet: conditions of others do not count, and of its own only status, reason and message. */
function equalByKubelet(a: Any, b: Any): boolean {
  let count = 0;
  for (const c of b.conditions ?? NONE) if (isMine(c.type)) count++;
  for (const c of a.conditions ?? NONE) {
    if (!isMine(c.type)) continue;
    count--;
    const other = ofType(b.conditions, c.type);
    if (c === other) continue;
    if (!other || other.status !== c.status || (other.message ?? '') !== (c.message ?? '') || (other.reason ?? '') !== (c.reason ?? '')) return false;
  }
  return count === 0 && semanticFields(a, b, NOT_COMPARED);
}
const isMine = (type: string): boolean => isOwned(type) || isShared(type);
const NOT_COMPARED = ['conditions', 'resourceClaimStatuses', 'extendedResourceClaimStatus'];

/** Containers do not come back from the dead, unless they may restart. */
function illegalTransition(old: Any, next: Any, pod: Pod): boolean {
  if (restartPolicy(pod) === 'Always') return false;
  const specs = [...containers(pod), ...initContainers(pod)];
  const check = (before: readonly Any[], after: readonly Any[]): boolean => before.some((was) => {
    if (!was.state?.terminated) return false;
    const spec = specs.find((c) => c.name === was.name);
    if (!spec || (isRestartableInit(spec) && initContainers(pod).includes(spec)) || containerShouldRestart(spec, pod, was.state.terminated.exitCode ?? 0)) return false;
    return after.some((is) => is.name === was.name && !is.state?.terminated);
  });
  return check(old.containerStatuses ?? [], next.containerStatuses ?? []) || check(old.initContainerStatuses ?? [], next.initContainerStatuses ?? []);
}

const TIMED = ['ContainersReady', 'Ready', 'Initialized', 'PodReadyToStartContainers', 'PodScheduled', 'DisruptionTarget', 'AllContainersRestarting'];

/** The conditions with the times of their last change; one that is as it was before is the same object. */
function withTimes(p: ProcessContext, conditions: readonly Any[], old: readonly Any[] | undefined): Any[] {
  const out: Any[] = [];
  for (const c of conditions) {
    if (!TIMED.includes(c.type)) {
      out.push(c);
      continue;
    }
    const before = ofType(old, c.type);
    const same = before !== undefined && before.status === c.status;
    const at = same ? before.lastTransitionTime : formatTime(p.now);
    if (c.lastTransitionTime === at) out.push(c);
    else if (same && isKept(before, c)) out.push(before);
    else {
      const timed = { ...c };
      timed.lastTransitionTime = at;
      out.push(timed);
    }
  }
  return out;
}
/** Equal but for the time, and written by the kubelet: with the fields of status-conditions.ts in their order. */
function isKept(before: Any, c: Any): boolean {
  const now = Object.keys(c);
  const then = Object.keys(before);
  if (now.length !== then.length) return false;
  for (let i = 0; i < now.length; i++) if (now[i] !== then[i] || (now[i] !== 'lastTransitionTime' && c[now[i]] !== before[then[i]])) return false;
  return true;
}

/** `generation`: null leaves what the status says of it. */
function update(p: ProcessContext, pod: Pod, status: Any, generation: number | undefined | null, force: boolean, finished: boolean): void {
  const uid = uidOf(pod);
  const statuses = table(p, 'statuses');
  const cached = statuses.get(uid);
  const old: Any = cached?.status ?? pod.status ?? {};
  if (illegalTransition(old, status, pod)) return;
  const next: Any = { ...status };
  if (generation !== null) next.observedGeneration = generation;
  if (status.conditions) next.conditions = withTimes(p, status.conditions, old.conditions);
  next.startTime = old.startTime ?? status.startTime ?? formatTime(p.now);
  if ((old.observedGeneration ?? 0) > (next.observedGeneration ?? 0)) next.observedGeneration = old.observedGeneration;
  if (cached && !force && equalByKubelet(cached.status, next)) return;
  const version = (cached?.version ?? 0) + 1;
  const podIsFinished = finished || (cached?.podIsFinished ?? false);
  statuses.set(uid, { status: next, version, name: pod.metadata.name, namespace: namespaceOf(pod), podIsFinished });
  if ((table(p, 'apiVersions').get(uid) ?? 0) < version) table(p, 'untold').set(uid, 1);
  table(p, 'unchecked').set(uid, 1);
  if (podIsFinished) table(p, 'finished').set(uid, 1);
  if (isTerminalPhase(next.phase) || isTerminalPhase(cached?.status.phase)) recount(p, uid);
  wake(p);
}

/** Nothing is to be told of the pod any more. */
export function forgetStatus(p: ProcessContext, uid: string): void {
  for (const name of FORGOTTEN) table(p, name).delete(uid);
  recount(p, uid);
}
const FORGOTTEN = ['statuses', 'untold', 'unchecked', 'finished'] as const;

/** The status channel holds one token; the loop takes it when it is free. */
function wake(p: ProcessContext): void {
  if (flag(p, 'statusRunning') !== 0) {
    if (flag(p, 'statusPending') === 0) setFlag(p, 'statusPending', 1);
    return;
  }
  setFlag(p, 'statusRunning', 1);
  // The other goroutine gets its turn after the one that woke it.
  p.setTimer('statusBatch', 0, { all: false });
}

export function getStatus(p: ProcessContext, uid: string): Any {
  return table(p, 'statuses').get(uid)?.status;
}

/** A status just generated. With a deletion under way it is written even if it is the same. */
export function setPodStatus(p: ProcessContext, pod: Pod, status: Any): void {
  update(p, pod, status, pod.metadata.generation, pod.metadata.deletionTimestamp !== undefined, false);
}

/** A new sandbox is up: told before its images are pulled. Upstream: OnPodSandboxReady. */
export function setSandboxReady(p: ProcessContext, pod: Pod): void {
  const old = getStatus(p, uidOf(pod)) ?? pod.status ?? {};
  const ready = condition(pod, 'PodReadyToStartContainers', 'True');
  const conditions: Any[] = [];
  let found = false;
  for (const c of old.conditions ?? NONE) {
    const its = c.type === ready.type;
    conditions.push(its ? ready : c);
    found ||= its;
  }
  if (!found) conditions.push(ready);
  setPodStatus(p, pod, { ...old, conditions });
}

function changeContainer(p: ProcessContext, pod: Pod, containerId: string, change: (status: Any) => Any, ready: boolean): void {
  const old = getStatus(p, uidOf(pod));
  if (!old) return;
  const full = `containerd://${containerId}`;
  const apply = (list: readonly Any[] | undefined): readonly Any[] | undefined => list?.map((s) => (s.containerID === full ? change(s) : s));
  const next: Any = { ...old, ...(old.containerStatuses ? { containerStatuses: apply(old.containerStatuses) } : {}), ...(old.initContainerStatuses ? { initContainerStatuses: apply(old.initContainerStatuses) } : {}) };
  if (semanticEqual(next.containerStatuses, old.containerStatuses) && semanticEqual(next.initContainerStatuses, old.initContainerStatuses)) return;
  if (ready) {
    const all = [...(next.initContainerStatuses ?? []), ...(next.containerStatuses ?? [])];
    const fresh = [podReady(pod, next.conditions ?? [], all, next.phase), containersReady(pod, all, next.phase)];
    next.conditions = (next.conditions ?? []).map((c: Any) => fresh.find((f) => f.type === c.type) ?? c);
  }
  update(p, pod, next, null, false, false);
}
export function setContainerReadiness(p: ProcessContext, pod: Pod, containerId: string, ready: boolean): void {
  changeContainer(p, pod, containerId, (s) => ({ ...s, ready }), true);
}
export function setContainerStartup(p: ProcessContext, pod: Pod, containerId: string, started: boolean): void {
  changeContainer(p, pod, containerId, (s) => ({ ...s, started }), false);
}

const lost = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: LOST_WHEN_TERMINATED, startedAt: null, finishedAt: null } };

function hasInitialized(pod: Pod): boolean {
  if (initContainers(pod).length === 0) return true;
  const status: Any = pod.status ?? {};
  if ((status.containerStatuses ?? []).some((s: Any) => s.lastState?.terminated || !s.state?.waiting)) return true;
  const list: readonly Any[] = status.initContainerStatuses ?? [];
  const last = list[list.length - 1];
  const spec = initContainers(pod)[list.length - 1];
  if (!last || !spec) return false;
  if (isRestartableInit(spec)) return Boolean(last.state?.running && last.started);
  return last.lastState?.terminated?.exitCode === 0 || last.state?.terminated?.exitCode === 0;
}

/** The pod's last status: every container ended, the phase is final. Upstream: TerminatePod. */
export function terminatePod(p: ProcessContext, pod: Pod): void {
  const status: Any = { ...(getStatus(p, uidOf(pod)) ?? pod.status) };
  if (hasInitialized(pod) && status.containerStatuses) status.containerStatuses = status.containerStatuses.map((s: Any) => (s.state?.terminated ? s : { ...s, state: lost }));
  if (status.initContainerStatuses) {
    const list: readonly Any[] = status.initContainerStatuses;
    let count = list.length > 0 ? 1 : 0;
    for (let i = list.length - 1; i >= 0; i--) if (!list[i].state?.waiting || list[i].lastState?.terminated) { count = i + 1; break; }
    status.initContainerStatuses = list.map((s, i) => (i < count && !s.state?.terminated ? { ...s, state: lost } : s));
  }
  if (!isTerminalPhase(status.phase)) status.phase = 'Failed';
  update(p, pod, status, null, true, true);
}

const OF_OTHERS = ['resourceClaimStatuses', 'extendedResourceClaimStatus', 'nominatedNodeName', 'resize'];

/** Keeps the conditions of others, and holds back a final phase while containers may run. */
function merge(pod: Pod, old: Any, given: Any, mayRun: boolean, at: string): Any {
  const next: Any = { ...given };
  const conditions: Any[] = [];
  for (const c of old.conditions ?? NONE) if (!isOwned(c.type)) conditions.push(c);
  const ending = !isTerminalPhase(old.phase) && isTerminalPhase(next.phase);
  for (const c of next.conditions ?? NONE) {
    if (isOwned(c.type)) conditions.push(c);
    else if (isShared(c.type) && ending && !mayRun) {
      const timed = ofType(old.conditions, c.type)?.status === c.status ? c : { ...c, lastTransitionTime: at };
      const i = conditions.findIndex((d) => d.type === c.type);
      if (i >= 0) conditions[i] = timed;
      else conditions.push(timed);
    }
  }
  next.conditions = conditions;
  for (const field of OF_OTHERS) if (old[field] !== undefined) next[field] = old[field];
  if (ending && mayRun) {
    next.phase = old.phase;
    next.reason = old.reason;
    next.message = old.message;
  }
  if (isTerminalPhase(next.phase) && (ofType(next.conditions, 'Ready')?.status === 'True' || ofType(next.conditions, 'ContainersReady')?.status === 'True')) {
    for (const c of terminalReadyConditions(pod, next.phase)) {
      const before = ofType(next.conditions, c.type);
      const timed = { ...c, lastTransitionTime: before?.status === c.status ? before.lastTransitionTime : at };
      next.conditions = before ? next.conditions.map((d: Any) => (d.type === c.type ? timed : d)) : [...next.conditions, timed];
    }
  }
  return next;
}

function couldHaveRunningContainers(p: ProcessContext, uid: string): boolean {
  const worker = table(p, 'workers').get(uid);
  // A pod that no worker ever took has nothing running, unless this kubelet has only just started.
  return worker ? worker.terminatedAt === 0 : !p.informer('pods').hasSynced();
}

function canBeDeleted(pod: Pod, finished: boolean): boolean {
  return pod.metadata.deletionTimestamp !== undefined && isTerminalPhase(pod.status?.phase) && finished;
}

/** What a periodic pass has to tell: what was not told yet, what can be deleted, what the server sees differently. */
function stale(p: ProcessContext, uid: string, status: VersionedStatus): boolean {
  if (table(p, 'untold').has(uid)) return true;
  const pod = table(p, 'pods').get(uid);
  if (!pod) return false;
  return canBeDeleted(pod, status.podIsFinished) || !equalByKubelet(pod.status ?? {}, status.status);
}

interface Todo { readonly uid: string; readonly status: VersionedStatus }

/** Those for whom a pass has something to tell, sorted by uid. */
function todo(p: ProcessContext, all: boolean): Todo[] {
  const out: Todo[] = [];
  const statuses = table(p, 'statuses');
  const open = table(p, all ? 'unchecked' : 'untold');
  for (const uid of all ? open.keys().slice() : open.keys()) {
    const status = statuses.get(uid)!;
    if (!all || stale(p, uid, status)) out.push({ uid, status });
    else open.delete(uid);
  }
  return out;
}

/** What has to be changed at the server, null: nothing. A pod that becomes ready is noted in the trace. */
function patchFor(p: ProcessContext, pod: Pod, uid: string, status: VersionedStatus): Any {
  const old: Any = pod.status ?? {};
  const patch = statusPatch(old, merge(pod, old, status.status, couldHaveRunningContainers(p, uid), formatTime(p.now)));
  if (!patch) return null;
  for (const c of patch.conditions ?? NONE) {
    if (c.type !== 'Ready' || c.status !== 'True') continue;
    p.record('note', 'Ready', `pods ${status.namespace}/${status.name}`);
    break;
  }
  return patch;
}

function told(p: ProcessContext, uid: string, version: number): void {
  const now = table(p, 'statuses').get(uid);
  if (!now) return;
  table(p, 'apiVersions').set(uid, version);
  if (now.version <= version) table(p, 'untold').delete(uid);
  else table(p, 'untold').set(uid, 1);
}

/** One pass of the loop: one pod after the other. */
export function* syncBatch(config: KubeletConfig, all: boolean): Program {
  const client = clientFor(clients.kubelet(config));
  const open = (yield doing((p: ProcessContext) => todo(p, all))) as readonly Todo[];
  for (const { uid, status } of open) {
    const { namespace, name, version } = status;
    const got = yield* client.get('pods', namespace, name);
    if (got.code !== 200 || isStatus(got.body)) continue;
    let pod = got.body as Pod;
    if (uidOf(pod) !== uid) {
      yield doing((p: ProcessContext) => forgetStatus(p, uid));
      continue;
    }
    yield { op: 'sleep', us: timing.kubelet.statusSyncPod };
    const patch: Any = yield doing((p: ProcessContext) => {
      const made = patchFor(p, pod, uid, status);
      if (!made) told(p, uid, version);
      return made;
    });
    if (patch) {
      const patched = yield* client.patch('pods', namespace, name, 'application/strategic-merge-patch+json', { metadata: { uid }, status: patch }, 'status');
      if (patched.code !== 200) continue;
      pod = patched.body as Pod;
      yield doing((p: ProcessContext) => told(p, uid, version));
    }
    if (!canBeDeleted(pod, status.podIsFinished)) continue;
    const deleted = yield* client.delete('pods', namespace, name, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0, preconditions: { uid } });
    if (deleted.code !== 200 && deleted.code !== 404) continue;
    yield doing((p: ProcessContext) => {
      forgetStatus(p, uid);
      table(p, 'apiVersions').delete(uid);
    });
  }
}

/** After a pass: the next one at once if something was noted meanwhile; a periodic pass as long as something is not settled. */
export function batchDone(p: ProcessContext): void {
  if (flag(p, 'statusPending') !== 0) {
    setFlag(p, 'statusPending', 0);
    p.setTimer('statusBatch', 0, { all: false });
    return;
  }
  setFlag(p, 'statusRunning', 0);
  // What the server sees differently is noticed when it tells so (podChanged); here only what was not told, or waits for its deletion.
  if (table(p, 'untold').size > 0 || table(p, 'finished').size > 0) armStatusTicker(p);
}

/** The ten-second ticker runs only while a pass could find something. */
export function armStatusTicker(p: ProcessContext): void {
  const since = p.now - flag(p, 'startedAt');
  p.setTimer('statusTicker', timing.kubelet.statusSync - (since % timing.kubelet.statusSync));
}
export function statusTicker(p: ProcessContext): void {
  if (flag(p, 'statusRunning') !== 0) {
    armStatusTicker(p);
    return;
  }
  setFlag(p, 'statusRunning', 1);
  p.setTimer('statusBatch', 0, { all: true });
}
