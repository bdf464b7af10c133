/**
 * One worker per pod: syncs come one after the other, updates that arrive meanwhile merge into one.
 * Upstream: pkg/kubelet/pod_workers.go
 * Left out: static pods, restarts with the same uid, and the periodic resync of a pod at rest: a sync of unchanged inputs changes nothing,
 * so only pods whose last sync failed (back-offs, mounts) or that have a deadline come back by themselves.
 */
import type { ProcessContext } from '../client-go/types.ts';
import { timing } from '../timing.ts';
import { isTerminalPhase, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { armRelist, newerThan } from './pleg.ts';
import { flag, nextTick, table } from './state.ts';
import type { PodUpdate, Worker, WorkType } from './state.ts';
import { recount } from './usage.ts';

const idle = (uid: string): Worker => ({
  uid, startedAt: 0, terminatingAt: 0, startedTerminating: false, terminatedAt: 0, finished: false, deleted: false, evicted: false, gracePeriod: 0, lastSync: -1,
});

export function worker(p: ProcessContext, uid: string): Worker | undefined {
  return table(p, 'workers').get(uid);
}
export function changeWorker(p: ProcessContext, uid: string, change: Partial<Worker>): void {
  const now = worker(p, uid);
  if (now) table(p, 'workers').set(uid, { ...now, ...change });
}
export function isTerminationRequested(p: ProcessContext, uid: string): boolean {
  return (worker(p, uid)?.terminatingAt ?? 0) > 0;
}

/** The grace period can only shrink; it is at least one second. */
function effectiveGrace(w: Worker, pod: Pod, override: number | undefined): number {
  let grace = w.gracePeriod;
  let overridden = false;
  for (const given of [pod.metadata.deletionGracePeriodSeconds, override]) {
    if (given !== undefined && (grace === 0 || given < grace)) {
      grace = given;
      overridden = true;
    }
  }
  if (!overridden && grace === 0) grace = (pod.spec as Any).terminationGracePeriodSeconds ?? 0;
  return Math.max(1, grace);
}

export function updatePod(p: ProcessContext, update: PodUpdate): void {
  const { pod } = update;
  const uid = uidOf(pod);
  const workers = table(p, 'workers');
  let w = workers.get(uid);
  if (!w) {
    w = idle(uid);
    // After a restart: a pod that ended before only has to be cleaned up.
    if (isTerminalPhase(pod.status?.phase)) {
      const cached = table(p, 'cache').get(uid)?.status;
      const alive = cached && (cached.containers.some((c) => c.state === 'CONTAINER_RUNNING') || cached.sandboxes.some((s) => s.state === 'SANDBOX_READY'));
      if (!alive) w = { ...w, terminatedAt: p.now || 1, terminatingAt: p.now || 1, startedTerminating: true };
    }
  }
  if (w.finished || (w.terminatingAt > 0 && update.type === 'create' && workers.has(uid))) return;
  let became = false;
  if (w.terminatingAt === 0) {
    if (pod.metadata.deletionTimestamp !== undefined) {
      w = { ...w, deleted: true, terminatingAt: p.now || 1 };
      became = true;
    } else if (isTerminalPhase(pod.status?.phase) || update.type === 'kill') {
      w = { ...w, terminatingAt: p.now || 1, evicted: update.kill?.evict === true };
      became = true;
    }
  } else if (pod.metadata.deletionTimestamp !== undefined && !w.deleted) w = { ...w, deleted: true };
  let shortened = false;
  if (w.terminatedAt === 0 && w.terminatingAt > 0) {
    const grace = effectiveGrace(w, pod, update.kill?.gracePeriod);
    shortened = w.gracePeriod !== 0 && w.gracePeriod !== grace;
    w = { ...w, gracePeriod: grace, ...(update.kill?.status ? { killStatus: update.kill.status } : {}) };
  }
  w = { ...w, pending: update };
  if ((became || shortened) && table(p, 'awaiting').has(uid)) {
    // The sync that waits ends within this call, and what is pending begins.
    setWorker(p, uid, w);
    p.deliver(`cancel ${uid}`, true);
    const now = worker(p, uid);
    if (now) start(p, uid, now);
  } else start(p, uid, w);
}

function setWorker(p: ProcessContext, uid: string, w: Worker): void {
  const workers = table(p, 'workers');
  const ended = workers.get(uid)?.terminatedAt ?? 0;
  workers.set(uid, w);
  if (w.terminatedAt !== ended) recount(p, uid);
}

/** Keeps `w`. If the worker is free, takes the pending update and begins its sync as soon as the cache is new enough. */
function start(p: ProcessContext, uid: string, w: Worker): void {
  if (w.work || !w.pending || w.finished) return setWorker(p, uid, w);
  const work: WorkType = w.terminatedAt > 0 ? 'terminated' : w.terminatingAt > 0 ? 'terminating' : 'sync';
  // A pod that never started and is to end has nothing to stop; it is terminated by the same steps.
  const waits = !newerThan(p, uid, w.lastSync);
  setWorker(p, uid, { ...w, pending: undefined, active: w.pending, work, startedAt: w.startedAt || p.now || 1 });
  if (waits) {
    table(p, 'waiting').set(uid, 1);
    armRelist(p);
  } else run(p, uid, work);
}

function run(p: ProcessContext, uid: string, work: WorkType): void {
  p.spawn('syncPod', { uid, work });
}

/** After a relist: syncs that waited for it. */
export function cacheRefreshed(p: ProcessContext): void {
  const waiting = table(p, 'waiting');
  if (waiting.size === 0) return;
  for (const uid of waiting.keys().slice()) {
    const w = worker(p, uid)!;
    if (!newerThan(p, uid, w.lastSync)) {
      armRelist(p);
      continue;
    }
    waiting.delete(uid);
    run(p, uid, w.work!);
  }
}

export interface SyncOutcome {
  readonly error?: string;
  /** The pod came to its end by itself. */
  readonly terminal?: boolean;
  /** The runtime was changed: look at the pod again now. */
  readonly relist?: boolean;
  /** When a container's back-off ends; the sync comes back then instead of after the default time. */
  readonly backoffUntil?: number;
  readonly cancelled?: boolean;
}

/** The sync ended: the next phase follows at once, an error comes back later. */
export function syncDone(p: ProcessContext, uid: string, work: WorkType, outcome: SyncOutcome): void {
  const w = worker(p, uid);
  if (!w) return;
  let next: Worker = { ...w, work: undefined, lastSync: p.now };
  table(p, 'awaiting').delete(uid);
  let transition = false;
  if (outcome.cancelled || outcome.error !== undefined) {
    // The next update is there already, or the retry below brings it.
  } else if (work === 'terminated') {
    next = { ...next, finished: true, pending: undefined };
  } else if (work === 'terminating') {
    next = { ...next, terminatedAt: p.now || 1, killStatus: undefined, pending: next.pending ?? next.active };
    transition = true;
  } else if (outcome.terminal) {
    next = { ...next, terminatingAt: next.terminatingAt || p.now || 1, startedTerminating: true, pending: next.pending ?? next.active };
    transition = true;
  }
  if (next.terminatingAt > 0 && next.gracePeriod === 0 && next.active) next = { ...next, gracePeriod: effectiveGrace(next, next.active.pod, undefined) };
  if (outcome.error !== undefined && !outcome.cancelled) {
    const wait = outcome.backoffUntil !== undefined ? Math.max(0, outcome.backoffUntil - p.now) : timing.kubelet.podWorkerBackoff;
    const limited = Math.min(wait, timing.kubelet.resyncInterval);
    const n = flag(p, 'counters');
    // wait.Jitter with factor 0.5.
    enqueue(p, uid, limited + Math.floor((limited * 0.5 * (p.draw('pod-worker-jitter', uid, n + p.now % 1000003) % 1000)) / 1000));
  } else if (transition) notDue(p, uid);
  start(p, uid, next);
}

/** To be synced again after `delay`, at the next tick of the sync loop. */
export function enqueue(p: ProcessContext, uid: string, delay: number): void {
  notDue(p, uid);
  const at = p.now + delay;
  table(p, 'due').set(uid, at);
  table(p, 'dueAt').set(dueKey(at, uid), uid);
  armSyncTicker(p);
}
const dueKey = (at: number, uid: string): string => `${String(at).padStart(16, '0')} ${uid}`;

/** Not to be synced again by itself. */
export function notDue(p: ProcessContext, uid: string): void {
  const at = table(p, 'due').get(uid);
  if (at === undefined) return;
  table(p, 'due').delete(uid);
  table(p, 'dueAt').delete(dueKey(at, uid));
}

export function armSyncTicker(p: ProcessContext): void {
  const dueAt = table(p, 'dueAt');
  if (dueAt.size === 0) return;
  const period = timing.kubelet.syncTicker;
  const tick = nextTick(p, period);
  const wait = table(p, 'due').get(dueAt.get(dueAt.range('', undefined, 1)[0])!)! - p.now;
  p.setTimer('syncTicker', wait <= tick ? tick : tick + Math.ceil((wait - tick) / period) * period);
}

/** Upstream: syncLoop's syncCh. */
export function syncTicker(p: ProcessContext): void {
  const dueAt = table(p, 'dueAt');
  const now = dueAt.range('', dueKey(p.now + 1, '')).map((key) => dueAt.get(key)!).sort();
  for (const uid of now) {
    notDue(p, uid);
    const pod = table(p, 'pods').get(uid);
    if (pod) updatePod(p, { pod, type: 'sync' });
  }
  armSyncTicker(p);
}
