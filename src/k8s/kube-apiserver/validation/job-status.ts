/**
 * Writes of a Job's status.
 * Upstream: validateJobStatus, ValidateJobStatusUpdate in pkg/apis/batch/validation/validation.go, getStatusValidationOptions in pkg/registry/batch/job/strategy.go
 * Left out: nothing (gate JobManagedBy is on: rules apply to what changes).
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { OMIT_VALUE, duplicate, invalid, path, required } from '../../apimachinery/field-error.ts';
import { has, list, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual, toInternal } from './internal-form.ts';
import { indexInterval, indexesCount } from './job-spec.ts';
import { validateObjectMetaUpdate } from './metadata.ts';
import { counters } from './workload.ts';

const STATUS = path('status');
const CONDITIONS = STATUS.child('conditions');

const isTrue = (s: Obj, type: string): boolean => list(s.conditions).some((c) => c.type === type && c.status === 'True');

function uncounted(errs: Errs, pods: Obj): void {
  const seen = new Set<string>();
  for (const f of ['succeeded', 'failed']) {
    list(pods[f]).forEach((uid, i) => {
      const p = STATUS.child('uncountedTerminatedPods').child(f).index(i);
      if (uid === '') errs.push(invalid(p, uid, 'must not be empty'));
      else if (seen.has(uid)) errs.push(duplicate(p, uid));
      else seen.add(uid);
    });
  }
}

/** The first index that is both failed and completed. */
function overlap(completed: string, failed: string, completions: number): number | undefined {
  if (completed === '' || failed === '') return undefined;
  const read = (t: string): { x: number; y: number }[] => t.split(',').map((p) => indexInterval(p, completions)).filter((i): i is { x: number; y: number } => i.error === undefined);
  const a = read(completed); const b = read(failed);
  let i = 0; let j = 0;
  for (;;) {
    const c = a[i]; const f = b[j];
    if (c === undefined || f === undefined) return undefined;
    if (c.x <= f.y && f.x <= c.y) return Math.max(c.x, f.x);
    if (c.x <= f.x) i++; else j++;
  }
}

export function validateStatusUpdate(job: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const s = job.status ?? {}; const o = old.status ?? {}; const spec = job.spec;
  validateObjectMetaUpdate(errs, job.metadata, old.metadata);
  const is = (t: string): boolean => isTrue(s, t); const was = (t: string): boolean => isTrue(o, t);
  const changed = (f: string): boolean => !jsonEqual(s[f], o[f]);
  const flipped = (t: string): boolean => is(t) !== was(t);
  const complete = is('Complete'); const failed = is('Failed'); const finished = complete || failed;
  const finishedChanged = finished !== (was('Complete') || was('Failed'));
  const indexed = spec.completionMode === 'Indexed';
  const conditions = (why: string): void => { errs.push(invalid(CONDITIONS, OMIT_VALUE, why)); };
  counters(errs, s, STATUS, ['active', 'succeeded', 'failed', 'ready', 'terminating']);
  if (has(s.uncountedTerminatedPods)) uncounted(errs, s.uncountedTerminatedPods);
  if ((flipped('Complete') || flipped('Failed')) && complete && failed) conditions('cannot set Complete=True and Failed=true conditions');
  if ((flipped('Complete') || flipped('FailureTarget')) && complete && is('FailureTarget')) conditions('cannot set Complete=True and FailureTarget=true conditions');
  const cp = STATUS.child('completionTime');
  if (flipped('Complete') || changed('completionTime')) {
    if (has(s.completionTime) && !complete) errs.push(invalid(cp, s.completionTime, 'cannot set completionTime when there is no Complete=True condition'));
    if (!has(s.completionTime) && complete) errs.push(required(cp, 'completionTime is required for Complete jobs'));
  }
  // Times are texts of one form: they compare as texts.
  if ((changed('startTime') || changed('completionTime')) && has(s.startTime) && has(s.completionTime) && s.completionTime < s.startTime) errs.push(invalid(cp, s.completionTime, 'must be equal to or after `startTime`'));
  if ((flipped('Failed') || changed('failedIndexes')) && failed && !is('FailureTarget')) conditions('cannot set Failed=True condition without the FailureTarget=true condition');
  if ((flipped('Complete') || flipped('SuccessCriteriaMet')) && complete && !is('SuccessCriteriaMet')) conditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  if ((finishedChanged || changed('active')) && (s.active ?? 0) > 0 && finished) errs.push(invalid(STATUS.child('active'), s.active, 'active>0 is invalid for finished job'));
  if ((finishedChanged || changed('startTime')) && !(spec.suspend === true && spec.completions === 0) && !has(s.startTime) && finished) errs.push(required(STATUS.child('startTime'), 'startTime is required for finished job'));
  const pods = s.uncountedTerminatedPods;
  if ((finishedChanged || changed('uncountedTerminatedPods')) && finished && list(pods?.failed).length + list(pods?.succeeded).length > 0) {
    errs.push(invalid(STATUS.child('uncountedTerminatedPods'), toInternal('batch.UncountedTerminatedPods', pods), 'must be empty for finished job'));
  }
  const ip = STATUS.child('completedIndexes'); const fp = STATUS.child('failedIndexes');
  const done: string = s.completedIndexes ?? '';
  const bad = (text: string): string | undefined => { const n = indexesCount(text, spec.completions); return typeof n === 'string' ? n : undefined; };
  if (changed('completedIndexes') && has(spec.completions)) { const why = bad(done); if (why !== undefined) errs.push(invalid(ip, done, `error parsing completedIndexes: ${why}`)); }
  if (changed('failedIndexes') && has(spec.completions) && has(spec.backoffLimitPerIndex) && has(s.failedIndexes)) { const why = bad(s.failedIndexes); if (why !== undefined) errs.push(invalid(fp, s.failedIndexes, `error parsing failedIndexes: ${why}`)); }
  if (changed('completedIndexes') && done !== '' && !indexed) errs.push(invalid(ip, done, 'cannot set non-empty completedIndexes when non-indexed completion mode'));
  if (changed('failedIndexes') && !has(spec.backoffLimitPerIndex) && has(s.failedIndexes)) errs.push(invalid(fp, s.failedIndexes, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'));
  if ((changed('failedIndexes') || changed('completedIndexes')) && has(spec.completions) && has(s.failedIndexes)) {
    const at = overlap(done, s.failedIndexes, spec.completions);
    if (at !== undefined) errs.push(invalid(fp, s.failedIndexes, `failedIndexes and completedIndexes overlap at index: ${at}`));
  }
  if ((finishedChanged || changed('terminating')) && (s.terminating ?? 0) > 0 && finished) errs.push(invalid(STATUS.child('terminating'), s.terminating, 'terminating>0 is invalid for finished job'));
  if ((changed('ready') || changed('active')) && (s.ready ?? 0) > (s.active ?? 0)) errs.push(invalid(STATUS.child('ready'), s.ready, 'cannot set more ready pods than active'));
  if (is('SuccessCriteriaMet') && failed) conditions('cannot set SuccessCriteriaMet=True and Failed=true conditions');
  if (is('SuccessCriteriaMet') && is('FailureTarget')) conditions('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  if (has(spec.successPolicy) && !is('SuccessCriteriaMet') && complete) conditions('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
  for (const t of ['Failed', 'Complete', 'FailureTarget']) if (was(t) && !is(t)) conditions(`cannot disable the terminal ${t}=True condition`);
  if ((s.failed ?? 0) < (o.failed ?? 0)) errs.push(invalid(STATUS.child('failed'), s.failed ?? 0, 'cannot decrease the failed counter'));
  if ((!indexed || spec.completions !== spec.parallelism) && (s.succeeded ?? 0) < (o.succeeded ?? 0)) errs.push(invalid(STATUS.child('succeeded'), s.succeeded ?? 0, 'cannot decrease the succeeded counter'));
  if (has(s.completionTime) && has(o.completionTime) && s.completionTime !== o.completionTime) errs.push(invalid(cp, s.completionTime, 'field is immutable'));
  const resuming = was('Suspended') && list(s.conditions).some((c) => c.type === 'Suspended' && c.status === 'False');
  if (changed('startTime') && !resuming && has(o.startTime) && spec.suspend !== true) errs.push(invalid(STATUS.child('startTime'), s.startTime ?? null, 'field is immutable for unsuspended job once set'));
  if (was('SuccessCriteriaMet') && !is('SuccessCriteriaMet')) conditions('cannot disable the SuccessCriteriaMet=True condition');
  if (was('Complete') && !was('SuccessCriteriaMet') && is('SuccessCriteriaMet')) conditions('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions');
  return errs;
}
