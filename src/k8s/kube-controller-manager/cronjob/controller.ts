/**
 * The cron job controller: a Job at each scheduled time.
 *
 * Upstream: pkg/controller/cronjob/{cronjob_controllerv2,utils}.go
 * Left out: time zones other than UTC (noted as unknown).
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { epochUnixSeconds, formatTime, parseTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { ApiError, errorText, guarded, hasCause, isAlreadyExists, isNotFound, must, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import type { Condition } from '../objects.ts';
import { compareText, controllerOf, isControlledBy, keyOf, newControllerRef } from '../objects.ts';
import type { Schedule } from './schedule.ts';
import { mostRecent, nextTime, parseSchedule } from './schedule.ts';

const gvr = 'batch/v1/cronjobs';
const jobs = 'batch/v1/jobs';
const identity = identityOf('cronjob-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'cronjob-controller', client: identity };
const delta: Micros = 100_000;

interface Active { readonly uid: string; readonly name: string; readonly namespace: string }
interface Work { cj: KubeObject; dirty: boolean }

const active = (w: Work): readonly Active[] => w.cj.status?.active ?? [];

function setStatus(w: Work, changes: Record<string, unknown>): void {
  const status: Record<string, unknown> = { ...w.cj.status, ...changes };
  if (Array.isArray(status.active) && status.active.length === 0) delete status.active;
  w.cj = { ...w.cj, status };
  w.dirty = true;
}

function* note(w: Work, type: 'Normal' | 'Warning', reason: string, message: string): Program {
  const { cj } = w;
  yield* act((p: ProcessContext) => p.event(source, cj, type, reason, message));
}

function finished(job: KubeObject): string | undefined {
  return ((job.status?.conditions ?? []) as Condition[]).find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')?.type;
}

function* deleteJob(w: Work, job: KubeObject): Program<boolean> {
  const answer = yield* client.delete(jobs, job.metadata.namespace ?? '', job.metadata.name, { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' });
  if (!succeeded(answer)) {
    yield* note(w, 'Warning', 'FailedDelete', `Deleted job: ${errorText(answer)}`);
    return false;
  }
  setStatus(w, { active: active(w).filter((j) => j.uid !== job.metadata.uid) });
  yield* note(w, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
  return true;
}

function* cleanup(w: Work, children: readonly KubeObject[]): Program {
  for (const [type, limit] of [['Complete', w.cj.spec.successfulJobsHistoryLimit], ['Failed', w.cj.spec.failedJobsHistoryLimit]] as const) {
    if (limit === undefined) continue;
    const done = children.filter((j) => finished(j) === type).sort((a, b) => compareText(a.status?.startTime ?? '~', b.status?.startTime ?? '~') || compareText(a.metadata.name, b.metadata.name));
    for (const job of done.slice(0, Math.max(0, done.length - limit))) yield* deleteJob(w, job);
  }
}

function wait(w: Work, s: Schedule, at: Micros): SyncResult {
  const earliest = parseTime(w.cj.status?.lastScheduleTime) ?? parseTime(w.cj.metadata.creationTimestamp) ?? at;
  const r = mostRecent(s, earliest, at);
  const next = nextTime(s, r.recent ?? (r.missed === 'none' ? r.earliest : at));
  return next === undefined ? 'done' : { after: Math.max(0, next + delta - at) };
}

function* reconcileActive(w: Work, children: readonly KubeObject[]): Program {
  for (const job of children) {
    const listed = active(w).some((j) => j.uid === job.metadata.uid);
    const type = finished(job);
    if (!listed && type === undefined) {
      const live = must(yield* client.get(gvr, w.cj.metadata.namespace ?? '', w.cj.metadata.name));
      if (((live.status?.active ?? []) as Active[]).some((j) => j.uid === job.metadata.uid)) {
        w.cj = live;
        continue;
      }
      yield* note(w, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
    } else if (type !== undefined) {
      if (listed) {
        setStatus(w, { active: active(w).filter((j) => j.uid !== job.metadata.uid) });
        yield* note(w, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${type}`);
      }
      const time: string | undefined = job.status?.completionTime;
      if (type === 'Complete' && time !== undefined && (w.cj.status?.lastSuccessfulTime === undefined || time > w.cj.status.lastSuccessfulTime)) setStatus(w, { lastSuccessfulTime: time });
    }
  }
  for (const j of active(w)) {
    if (children.some((c) => c.metadata.uid === j.uid)) continue;
    const answer = yield* client.get(jobs, j.namespace, j.name);
    if (isNotFound(answer)) {
      yield* note(w, 'Normal', 'MissingJob', `Active job went missing: ${j.name}`);
      setStatus(w, { active: active(w).filter((one) => one.uid !== j.uid) });
    } else must(answer);
  }
}

function* schedule(w: Work): Program<SyncResult> {
  const { cj } = w;
  if (cj.metadata.deletionTimestamp !== undefined) return 'done';
  const zone: string | undefined = cj.spec.timeZone;
  if (zone !== undefined && zone !== 'UTC' && zone !== 'Etc/UTC') {
    yield* note(w, 'Warning', 'UnknownTimeZone', `invalid timeZone: "${zone}": unknown time zone ${zone}`);
    return 'done';
  }
  if (cj.spec.suspend === true) return 'done';
  const s = parseSchedule(cj.spec.schedule);
  if (s === undefined) {
    yield* note(w, 'Warning', 'UnparseableSchedule', `unparseable schedule: "${cj.spec.schedule}" : expected exactly 5 fields`);
    return 'done';
  }
  const at = yield* now();
  const deadline: number | undefined = cj.spec.startingDeadlineSeconds;
  let earliest = parseTime(cj.status?.lastScheduleTime) ?? parseTime(cj.metadata.creationTimestamp) ?? at;
  if (deadline !== undefined) earliest = Math.max(earliest, at - deadline * 1e6);
  const { recent, missed } = mostRecent(s, earliest, at);
  if (recent === undefined) return wait(w, s, at);
  if (missed === 'many') yield* note(w, 'Warning', 'TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew');
  if (deadline !== undefined && recent + deadline * 1e6 < at) {
    yield* note(w, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${formatTime(recent)}`);
    return wait(w, s, at);
  }
  const name = `${cj.metadata.name}-${Math.floor((epochUnixSeconds + recent / 1e6) / 60)}`;
  if (active(w).some((j) => j.name === name) || cj.status?.lastScheduleTime === formatTime(recent)) return wait(w, s, at);
  if (cj.spec.concurrencyPolicy === 'Forbid' && active(w).length > 0) {
    yield* note(w, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid');
    return wait(w, s, at);
  }
  if (cj.spec.concurrencyPolicy === 'Replace') {
    for (const j of active(w)) {
      const answer = yield* client.get(jobs, j.namespace, j.name);
      if (!succeeded(answer)) yield* note(w, 'Warning', 'FailedGet', `Get job: ${errorText(answer)}`);
      if (!(yield* deleteJob(w, must(answer)))) throw new ApiError(`could not replace job ${j.namespace}/${j.name}`);
    }
  }
  const template = cj.spec.jobTemplate;
  const answer = yield* client.create(jobs, cj.metadata.namespace ?? '', {
    apiVersion: 'batch/v1', kind: 'Job',
    metadata: {
      name,
      ...(template.metadata?.labels === undefined ? {} : { labels: template.metadata.labels }),
      annotations: { ...template.metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': formatTime(recent) },
      creationTimestamp: formatTime(recent),
      ownerReferences: [newControllerRef(cj, 'batch/v1', 'CronJob')],
    },
    spec: template.spec,
  });
  let job: KubeObject;
  if (succeeded(answer)) {
    job = answer.body as KubeObject;
    yield* note(w, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
  } else if (isAlreadyExists(answer)) {
    job = must(yield* client.get(jobs, cj.metadata.namespace ?? '', name));
    if (!isControlledBy(job, cj) || active(w).some((j) => j.uid === job.metadata.uid)) return 'done';
  } else {
    if (!hasCause(answer, 'NamespaceTerminating')) yield* note(w, 'Warning', 'FailedCreate', `Error creating job: ${errorText(answer)}`);
    throw new ApiError(errorText(answer), answer);
  }
  const { namespace, uid, resourceVersion } = job.metadata;
  setStatus(w, { active: [...active(w), { apiVersion: 'batch/v1', kind: 'Job', namespace, name: job.metadata.name, uid, resourceVersion }], lastScheduleTime: formatTime(recent) });
  return wait(w, s, at);
}

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const cj = p.informer(gvr).get(key);
    return cj === undefined ? undefined : { cj, children: p.informer(jobs).byIndex('controller', cj.metadata.uid) };
  });
  if (start === undefined) return 'done';
  const w: Work = { cj: start.cj, dirty: false };
  yield* cleanup(w, start.children);
  let result: SyncResult = 'done';
  let failed: ApiError | undefined;
  try {
    yield* reconcileActive(w, start.children);
    result = yield* schedule(w);
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    failed = thrown;
  }
  if (w.dirty) must(yield* client.updateSub(gvr, 'status', w.cj));
  if (failed !== undefined) throw failed;
  return result;
}

export const cronJobController: ControllerDefinition = {
  name: 'cronjob',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.cronjob,
  informers: [gvr, jobs],
  handlers: {
    [gvr]: (p, event) => {
      if (event.type === 'update' && (event.old.spec.schedule !== event.object.spec.schedule || event.old.spec.timeZone !== event.object.spec.timeZone)) {
        const s = parseSchedule(event.object.spec.schedule);
        if (s === undefined) {
          p.event(source, event.object, 'Warning', 'UnParseableCronJobSchedule', `unparseable schedule for cronjob: ${event.object.spec.schedule}`);
          return;
        }
      }
      p.queue('cronjob').add(keyOf(event.object));
    },
    [jobs]: (p, event) => {
      const ref = controllerOf(event.object);
      if (ref?.kind !== 'CronJob') return;
      const key = `${event.object.metadata.namespace}/${ref.name}`;
      if (p.informer(gvr).get(key)?.metadata.uid === ref.uid) p.queue('cronjob').add(key);
    },
  },
  sync: (key) => guarded(sync(key)),
};
