/**
 * CronJobs.
 * Upstream: ValidateCronJobCreate, ValidateCronJobUpdate in pkg/apis/batch/validation/validation.go, pkg/registry/batch/cronjob/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { cronScheduleError } from './cron-schedule.ts';
import { asciiLower, has, nonNegative, type Errs, type Obj } from './field-checks.ts';
import { metaForm } from './internal-form.ts';
import { jobSpec, jobSpecWarnings } from './job-spec.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { isTimeZone } from './time-zones.ts';
import { nameWarning } from './workload.ts';

const SPEC = path('spec');
const JOB = SPEC.child('jobTemplate');
const ZONE_PART = /^[A-Za-z.\-_0-9+]{1,14}$/;

function timeZone(errs: Errs, zone: Obj, at: Path): void {
  if (!has(zone)) return;
  if (zone === '') { errs.push(invalid(at, zone, 'timeZone must be nil or non-empty string')); return; }
  const parts: string[] = zone.split('/');
  if (parts.some((p) => p === '.' || p === '..' || p.startsWith('-') || !ZONE_PART.test(p))) { errs.push(invalid(at, zone, `unknown time zone ${zone}`)); return; }
  const local = asciiLower(zone) === 'local';
  if (local) errs.push(invalid(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  if (zone === 'Local') return;
  if (!isTimeZone(zone)) errs.push(invalid(at, zone, `unknown time zone ${zone}`));
}

function validateSpec(errs: Errs, spec: Obj, old: Obj, opts: PodOptions): void {
  const schedule: string = spec.schedule ?? ''; const sp = SPEC.child('schedule');
  if (schedule === '') errs.push(required(sp, ''));
  else {
    const bad = cronScheduleError(schedule);
    if (bad !== undefined) errs.push(invalid(sp, schedule, bad));
    if (schedule.includes('TZ')) {
      const kept = old !== undefined && (old.schedule ?? '').includes('TZ');
      if (!kept) errs.push(invalid(sp, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
      else if (has(spec.timeZone)) errs.push(invalid(sp, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
    }
  }
  if (has(spec.startingDeadlineSeconds)) nonNegative(errs, spec.startingDeadlineSeconds, SPEC.child('startingDeadlineSeconds'));
  if (old === undefined || (old.timeZone ?? null) !== (spec.timeZone ?? null)) timeZone(errs, spec.timeZone, SPEC.child('timeZone'));
  const policy: string = spec.concurrencyPolicy ?? '';
  if (policy === '') errs.push(required(SPEC.child('concurrencyPolicy'), ''));
  else if (!['Allow', 'Forbid', 'Replace'].includes(policy)) errs.push(notSupported(SPEC.child('concurrencyPolicy'), policy, ['Allow', 'Forbid', 'Replace']));
  const job = spec.jobTemplate?.spec ?? {};
  jobSpec(errs, job, JOB.child('spec'), opts);
  if (has(job.selector)) errs.push(invalid(JOB.child('spec', 'selector'), metaForm(job.selector), '`selector` will be auto-generated'));
  if (job.manualSelector === true) errs.push(notSupported(JOB.child('spec', 'manualSelector'), true, ['nil', 'false']));
  for (const f of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) if (has(spec[f])) nonNegative(errs, spec[f], SPEC.child(f));
}

export function validateCreate(cj: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, cj.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, cj.spec ?? {}, undefined, podOptions(false));
  if ((cj.metadata.name ?? '').length > 52) errs.push(invalid(path('metadata', 'name'), cj.metadata.name, 'must be no more than 52 characters'));
  return errs;
}

export function validateUpdate(cj: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, cj.metadata, old.metadata);
  if (cj.spec === old.spec) return errs;
  const template = old.spec?.jobTemplate?.spec?.template;
  validateSpec(errs, cj.spec ?? {}, old.spec ?? {}, podOptions(false, template?.spec ?? {}, template?.metadata ?? {}));
  return errs;
}

/** Upstream checks nothing but what every kind obeys. */
export function validateStatusUpdate(): FieldError[] { return []; }

export function warnings(cj: Obj, old?: Obj): string[] {
  const at = JOB.child('spec');
  const spec = cj.spec?.jobTemplate?.spec ?? {};
  if (old === undefined) return [...nameWarning(cj), ...jobSpecWarnings(spec, at)];
  const out = (cj.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : jobSpecWarnings(spec, at);
  if ((cj.spec?.schedule ?? '').includes('TZ')) {
    out.push('cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details');
  }
  return out;
}
