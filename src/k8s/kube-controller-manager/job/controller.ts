/**
 * The job controller: pods until enough have succeeded. Finished pods are counted with the help of a finalizer: first noted as
 * uncounted in the status, then freed, then added to the counters.
 *
 * Upstream: pkg/controller/job/job_controller.go
 * Left out: see rules.ts; adoption of pods.
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { ApiError, guarded, isNotFound, must, succeeded } from '../answers.ts';
import { ConsistencyStore } from '../consistency.ts';
import { Expectations } from '../expectations.ts';
import { identityOf } from '../identity.ts';
import type { Condition } from '../objects.ts';
import { conditionOf, controllerOf, keyOf, newControllerRef, splitKey } from '../objects.ts';
import { deletePods, podFromTemplate, slowStartCreate } from '../pod-control.ts';
import { isPodActive, isPodReady, isPodTerminating, sortForDeletion } from '../pods.ts';
import type { Backoff } from './rules.ts';
import {
  backoffLeft, condition, ensureCondition, formatIndexes, indexOf, isFinished, isIndexed, isPodFailed, isSuspended, isTracked, nextBackoff, parseIndexes, pastBackoffLimitOnFailure, podTemplate, trackingFinalizer,
} from './rules.ts';

const gvr = 'batch/v1/jobs';
const identity = identityOf('job-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'job-controller', client: identity };
const expectations = new Expectations('job expectations');
const consistency = new ConsistencyStore('job writes');
/** `<job key> <pod uid>`: finalizers that were removed and whose removal the cache has not shown yet. */
const removedCell = 'job removed finalizers';
const backoffCell = 'job pod backoff';
/** Uids of Jobs that were written as finished. */
const finishedCell = 'job finished';
const batchPeriod: Micros = 1_000_000;
const maxPerSync = 500;

interface Sync {
  job: KubeObject;
  readonly key: string;
  readonly pods: readonly KubeObject[];
  /** Uids whose finalizer removal is under way. */
  readonly removed: readonly string[];
  readonly backoff: Backoff;
  active: number;
  ready: number;
  terminating: number;
  succeeded: number;
  indexes: number[];
  finished: Condition | undefined;
}

const set = (s: Sync, status: Record<string, unknown>): void => {
  const next: Record<string, unknown> = { ...s.job.status, ...status };
  for (const k of Object.keys(next)) if (next[k] === undefined || (next[k] === 0 && ['active', 'succeeded', 'failed'].includes(k)) || (next[k] === '' && k === 'completedIndexes')) delete next[k];
  s.job = { ...s.job, status: next };
};

const uncounted = (s: Sync): { succeeded: readonly string[]; failed: readonly string[] } => ({ succeeded: s.job.status?.uncountedTerminatedPods?.succeeded ?? [], failed: s.job.status?.uncountedTerminatedPods?.failed ?? [] });

function setUncounted(s: Sync, good: readonly string[], bad: readonly string[]): void {
  set(s, { uncountedTerminatedPods: { ...(good.length === 0 ? {} : { succeeded: good }), ...(bad.length === 0 ? {} : { failed: bad }) } });
}

function* writeStatus(s: Sync): Program {
  s.job = must(yield* client.updateSub(gvr, 'status', s.job));
  const { job, key } = s;
  yield* act((p: ProcessContext) => consistency.wroteAt(p, key, job.metadata.uid, gvr, job.metadata.resourceVersion));
}

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    if (!consistency.ready(p, key)) return 'stale' as const;
    const job = p.informer(gvr).get(key);
    if (job === undefined || isFinished(job)) {
      expectations.delete(p, key);
      if (p.cell(backoffCell).has(key)) p.cell(backoffCell).delete(key);
      if (job !== undefined && p.cell(finishedCell).has(job.metadata.uid)) p.cell(finishedCell).delete(job.metadata.uid);
      return undefined;
    }
    if (p.cell(finishedCell).has(job.metadata.uid)) return undefined;
    const pods = p.informer('pods').byIndex('controller', job.metadata.uid);
    return {
      job, pods, satisfied: expectations.satisfied(p, key),
      removed: p.cell(removedCell).prefix(`${key} `).map((k) => k.slice(key.length + 1)),
      record: p.cell<Backoff>(backoffCell).get(key) ?? { failures: 0, last: 0 },
    };
  });
  if (start === undefined) return 'done';
  if (start === 'stale') return 'retry';
  const { job, pods, removed, satisfied } = start;
  if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return 'done';
  const at = yield* now();
  const counted = uncounted({ job } as Sync);
  const fresh = (known: readonly string[]) => (pod: KubeObject): boolean => isTracked(pod) && !removed.includes(pod.metadata.uid) && !known.includes(pod.metadata.uid);
  const newGood = pods.filter(fresh(counted.succeeded)).filter((pod) => pod.status?.phase === 'Succeeded');
  const newBad = pods.filter(fresh(counted.failed)).filter((pod) => isPodFailed(pod, job));
  const activePods = pods.filter(isPodActive);
  const s: Sync = {
    job, key, pods, removed, backoff: nextBackoff(start.record, newGood, newBad),
    active: activePods.length, ready: activePods.filter(isPodReady).length, terminating: pods.filter(isPodTerminating).length,
    succeeded: (job.status?.succeeded ?? 0) + newGood.length + counted.succeeded.length, indexes: [], finished: undefined,
  };
  const failed = (job.status?.failed ?? 0) + newBad.length + counted.failed.length;
  if (job.status?.uncountedTerminatedPods === undefined) setUncounted(s, [], []);
  if (job.status?.startTime === undefined && !isSuspended(job)) set(s, { startTime: formatTime(at) });
  const conditions: readonly Condition[] = job.status?.conditions ?? [];
  const target = conditionOf(conditions, 'FailureTarget');
  if (conditionOf(conditions, 'SuccessCriteriaMet')?.status === 'True') s.finished = conditionOf(conditions, 'SuccessCriteriaMet');
  else if (target?.status === 'True') s.finished = condition(at, 'Failed', target.reason ?? '', target.message ?? '');
  else if (failed > (job.spec.backoffLimit ?? 6) || pastBackoffLimitOnFailure(job, pods)) s.finished = condition(at, 'FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  else if (job.spec.activeDeadlineSeconds !== undefined && !isSuspended(job)) {
    const left = (parseTime(s.job.status.startTime) ?? at) + job.spec.activeDeadlineSeconds * 1e6 - at;
    if (left <= 0) s.finished = condition(at, 'FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline');
    else yield* act((p: ProcessContext) => p.queue('job').addAfter(key, left));
  }
  if (isIndexed(job)) {
    const done = parseIndexes(job.status?.completedIndexes, job.spec.completions);
    for (const pod of pods) if (pod.status?.phase === 'Succeeded' && indexOf(pod) >= 0 && indexOf(pod) < job.spec.completions && !done.includes(indexOf(pod))) done.push(indexOf(pod));
    s.indexes = done;
    s.succeeded = done.length;
  }
  let error: string | undefined;
  let suspendChanged = false;
  if (s.finished !== undefined) {
    const before = s.active;
    const going = yield* remove(s, activePods);
    error = going.error;
    if (going.count !== before || !satisfied) s.finished = undefined;
  } else {
    const managed = satisfied && job.metadata.deletionTimestamp === undefined;
    if (managed) error = yield* manage(s, activePods, at);
    const complete = job.spec.completions === undefined ? s.succeeded > 0 && s.active === 0 : s.succeeded >= job.spec.completions && s.active === 0;
    if (complete) s.finished = condition(at, 'SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods');
    else if (managed) suspendChanged = yield* noteSuspension(s, at);
  }
  const was = job.status ?? {};
  const flush = suspendChanged || s.active !== (was.active ?? 0) || s.ready !== was.ready || s.terminating !== was.terminating;
  set(s, { active: s.active, ready: s.ready, terminating: s.terminating });
  yield* track(s, flush);
  if (error !== undefined) throw new ApiError(error);
  return 'done';
}

function* noteSuspension(s: Sync, at: Micros): Program<boolean> {
  const suspended = isSuspended(s.job);
  const old: readonly Condition[] = s.job.status?.conditions ?? [];
  const next = ensureCondition(old, suspended ? condition(at, 'Suspended', 'JobSuspended', 'Job suspended') : condition(at, 'Suspended', 'JobResumed', 'Job resumed', 'False'));
  if (next === old) return false;
  set(s, { conditions: next, startTime: suspended ? undefined : formatTime(at) });
  const { job } = s;
  yield* act((p: ProcessContext) => p.event(source, job, 'Normal', suspended ? 'Suspended' : 'Resumed', suspended ? 'Job suspended' : 'Job resumed'));
  return true;
}

/** Deletes pods and takes them off the counts. */
function* remove(s: Sync, pods: readonly KubeObject[]): Program<{ readonly count: number; readonly error: string | undefined }> {
  const kept: KubeObject[] = [];
  const error = yield* deletePods(client, source, s.job, pods, (p, pod) => expectations.deletionObserved(p, s.key, pod.metadata.uid));
  const count = error === undefined ? pods.length : kept.length;
  s.active -= count;
  s.terminating += count;
  if (error === undefined) s.ready -= pods.filter(isPodReady).length;
  return { count, error };
}

function* manage(s: Sync, activePods: readonly KubeObject[], at: Micros): Program<string | undefined> {
  const { job, key } = s;
  const parallelism: number = job.spec.parallelism ?? 1;
  const completions: number | undefined = job.spec.completions;
  const wanted = isSuspended(job) ? 0
    : completions === undefined ? (s.succeeded > 0 ? s.active : parallelism)
    : Math.max(0, Math.min(completions - s.succeeded, parallelism));
  const excess = Math.min(Math.max(0, s.active - wanted), maxPerSync);
  if (excess > 0 || isSuspended(job)) {
    const going = sortForDeletion(activePods, [], at).slice(0, excess);
    yield* act((p: ProcessContext) => expectations.expectDeletions(p, key, going.map((pod) => pod.metadata.uid)));
    return (yield* remove(s, going)).error;
  }
  let missing = wanted - s.active - (job.spec.podReplacementPolicy === 'Failed' ? s.terminating : 0);
  if (missing <= 0) return undefined;
  const wait = backoffLeft(s.backoff, at);
  if (wait > 0) {
    yield* act((p: ProcessContext) => p.queue('job').addAfter(key, Math.max(wait, batchPeriod)));
    return undefined;
  }
  missing = Math.min(missing, maxPerSync);
  let indexes: (number | undefined)[] = Array.from({ length: missing }, () => undefined);
  if (isIndexed(job)) {
    const taken = new Set([...s.indexes, ...activePods.map(indexOf)]);
    indexes = [];
    for (let i = 0; i < completions! && indexes.length < missing; i++) if (!taken.has(i)) indexes.push(i);
  }
  yield* act((p: ProcessContext) => expectations.expectCreations(p, key, indexes.length));
  const reference = newControllerRef(job, 'batch/v1', 'Job');
  const requests = indexes.map((index) => {
    const body = podFromTemplate(job, podTemplate(job, index), reference) as { metadata: Record<string, unknown> };
    return client.request.create('pods', job.metadata.namespace ?? '', index === undefined ? body : { ...body, metadata: { ...body.metadata, generateName: `${job.metadata.name}-${index}-` } });
  });
  const made = yield* slowStartCreate(client, source, job, requests, (p, answer) => {
    if (succeeded(answer)) consistency.wroteAt(p, key, job.metadata.uid, 'pods', (answer.body as KubeObject).metadata.resourceVersion);
  });
  s.active += made.successes;
  const skipped = indexes.length - made.successes;
  if (skipped > 0) yield* act((p: ProcessContext) => expectations.creationObserved(p, key, skipped));
  return made.error;
}

/** Moves uids whose pods are free of the finalizer from `uncounted` into the counters; true if any moved. */
function settle(s: Sync, held: ReadonlySet<string>): boolean {
  const { succeeded: good, failed: bad } = uncounted(s);
  const [stillGood, stillBad] = [good.filter((u) => held.has(u)), bad.filter((u) => held.has(u))];
  const [a, b] = [good.length - stillGood.length, bad.length - stillBad.length];
  if (a + b === 0) return false;
  set(s, { succeeded: (s.job.status?.succeeded ?? 0) + a, failed: (s.job.status?.failed ?? 0) + b });
  setUncounted(s, stillGood, stillBad);
  return true;
}

function* track(s: Sync, mustFlush: boolean): Program {
  const { key } = s;
  let flush = mustFlush;
  const held = new Set(s.pods.filter((pod) => isTracked(pod) && !s.removed.includes(pod.metadata.uid)).map((pod) => pod.metadata.uid));
  const before = uncounted(s);
  if (settle(s, held)) flush = true;
  const free: KubeObject[] = [];
  let { succeeded: good, failed: bad } = uncounted(s);
  for (const pod of s.pods) {
    const { uid } = pod.metadata;
    if (!isTracked(pod) || s.removed.includes(uid)) continue;
    const failedPod = isPodFailed(pod, s.job);
    if (!(s.job.metadata.deletionTimestamp !== undefined || s.finished !== undefined || pod.status?.phase === 'Succeeded' || failedPod)) continue;
    free.push(pod);
    if (pod.status?.phase === 'Succeeded' && !before.failed.includes(uid)) {
      if (!isIndexed(s.job) && !before.succeeded.includes(uid)) {
        good = [...good, uid];
        flush = true;
      }
    } else if ((failedPod || (s.finished !== undefined && s.finished.type !== 'SuccessCriteriaMet')) && !before.failed.includes(uid)) {
      bad = [...bad, uid];
      flush = true;
    }
    if (good.length + bad.length >= maxPerSync) break;
  }
  setUncounted(s, good, bad);
  if (isIndexed(s.job)) {
    const text = formatIndexes(s.indexes);
    if (text !== (s.job.status?.completedIndexes ?? '')) flush = true;
    set(s, { succeeded: s.indexes.length, completedIndexes: text });
  }
  const at = yield* now();
  const conditions: readonly Condition[] = s.job.status?.conditions ?? [];
  if (s.finished?.type === 'FailureTarget') {
    set(s, { conditions: [...conditions, s.finished] });
    flush = true;
    s.finished = condition(at, 'Failed', s.finished.reason ?? '', s.finished.message ?? '');
  } else if (s.finished?.type === 'SuccessCriteriaMet') {
    if (conditionOf(conditions, 'SuccessCriteriaMet') === undefined) {
      set(s, { conditions: [...conditions, s.finished] });
      flush = true;
    }
    s.finished = condition(at, 'Complete', s.finished.reason ?? '', s.finished.message ?? '');
  }
  if (flush) {
    yield* writeStatus(s);
    yield* act((p: ProcessContext) => {
      if (s.backoff.failures > 0 || p.cell(backoffCell).has(key)) p.cell<Backoff>(backoffCell).set(key, s.backoff);
    });
    flush = false;
  }
  let failed = false;
  if (free.length > 0) {
    yield* act((p: ProcessContext) => free.forEach((pod) => p.cell(removedCell).set(`${key} ${pod.metadata.uid}`, 1)));
    const answers = yield* client.all(free.map((pod) => removeFinalizer(pod)));
    yield* act((p: ProcessContext) => answers.forEach((answer, i) => {
      const cellKey = `${key} ${free[i]!.metadata.uid}`;
      if (succeeded(answer)) consistency.wroteAt(p, key, s.job.metadata.uid, 'pods', (answer.body as KubeObject).metadata.resourceVersion);
      else if (p.cell(removedCell).has(cellKey)) p.cell(removedCell).delete(cellKey);
    }));
    answers.forEach((answer, i) => {
      if (succeeded(answer) || isNotFound(answer)) held.delete(free[i]!.metadata.uid);
      else failed = true;
    });
  }
  if (settle(s, held)) flush = true;
  if (failed) {
    if (flush) yield* writeStatus(s);
    throw new ApiError('removing tracking finalizers');
  }
  const done = enactFinished(s, at);
  if (!flush && !done) return;
  yield* writeStatus(s);
  if (done) yield* noteFinished(s);
}

function enactFinished(s: Sync, at: Micros): boolean {
  const { succeeded: good, failed: bad } = uncounted(s);
  if (s.finished === undefined || good.length + bad.length > 0 || s.terminating > 0) return false;
  set(s, { conditions: ensureCondition(s.job.status?.conditions ?? [], s.finished), ...(s.finished.type === 'Complete' ? { completionTime: formatTime(at) } : {}) });
  return true;
}

function* noteFinished(s: Sync): Program {
  const { job, finished } = s;
  yield* act((p: ProcessContext) => {
    if (finished!.type === 'Complete') {
      if (job.spec.completions !== undefined && (job.status?.succeeded ?? 0) > job.spec.completions) p.event(source, job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached');
      p.event(source, job, 'Normal', 'Completed', 'Job completed');
    } else p.event(source, job, 'Warning', finished!.reason ?? '', finished!.message ?? '');
    p.cell(finishedCell).set(job.metadata.uid, 1);
  });
}

function removeFinalizer(pod: KubeObject): ReturnType<typeof client.request.patch> {
  return client.request.patch('pods', pod.metadata.namespace ?? '', pod.metadata.name, 'application/strategic-merge-patch+json', { metadata: { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] } });
}

/** A pod whose Job has gone must not be held by the finalizer. */
function* syncOrphan(key: string): Program<SyncResult> {
  const { namespace, name } = splitKey(key);
  const pod = yield* act((p: ProcessContext) => {
    const found = p.informer('pods').get(key);
    return found !== undefined && isTracked(found) && resolve(p, namespace, controllerOf(found)) === undefined ? found : undefined;
  });
  if (pod === undefined) return 'done';
  const [answer] = yield* client.all([removeFinalizer(pod)]);
  return succeeded(answer!) || isNotFound(answer!) ? 'done' : name === '' ? 'done' : 'retry';
}

function resolve(p: ProcessContext, namespace: string | undefined, ref: OwnerReference | undefined): KubeObject | undefined {
  if (ref?.kind !== 'Job') return undefined;
  const job = p.informer(gvr).get(`${namespace}/${ref.name}`);
  return job?.metadata.uid === ref.uid ? job : undefined;
}

function onPod(p: ProcessContext, event: InformerEvent): void {
  const pod = event.object;
  const ref = controllerOf(pod);
  if (ref?.kind !== 'Job') return;
  const job = resolve(p, pod.metadata.namespace, ref);
  if (job === undefined) {
    if (event.type !== 'delete' && isTracked(pod)) p.queue('job/orphans').add(keyOf(pod));
    return;
  }
  const key = keyOf(job);
  const { uid } = pod.metadata;
  if ((event.type === 'delete' || !isTracked(pod)) && p.cell(removedCell).has(`${key} ${uid}`)) p.cell(removedCell).delete(`${key} ${uid}`);
  if (event.type === 'delete' || pod.metadata.deletionTimestamp !== undefined) expectations.deletionObserved(p, key, uid);
  else if (event.type === 'add') expectations.creationObserved(p, key);
  p.queue('job').addAfter(key, batchPeriod);
}

function onJob(p: ProcessContext, event: InformerEvent): void {
  const job = event.object;
  const key = keyOf(job);
  if (event.type === 'delete') {
    expectations.delete(p, key);
    consistency.clear(p, key, job.metadata.uid);
    for (const one of p.cell(removedCell).prefix(`${key} `)) p.cell(removedCell).delete(one);
    for (const pod of p.informer('pods').byIndex('controller', job.metadata.uid)) if (isTracked(pod)) p.queue('job/orphans').add(keyOf(pod));
  }
  if (event.type === 'update' && event.old.metadata.generation === job.metadata.generation) p.queue('job').addAfter(key, batchPeriod);
  else p.queue('job').add(key);
}

export const jobController: ControllerDefinition = {
  name: 'job',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.job,
  informers: [gvr, 'pods'],
  handlers: { [gvr]: onJob, pods: onPod },
  sync: (key) => guarded(sync(key)),
  queues: { orphans: { workers: 1, serviceTime: serviceTime.job, sync: (key) => guarded(syncOrphan(key)) } },
  backoff: { base: 1_000_000, max: 60_000_000 },
  cells: [expectations.cell, consistency.cell, removedCell, backoffCell, finishedCell],
};
