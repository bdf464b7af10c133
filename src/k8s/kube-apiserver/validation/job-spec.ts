/**
 * The spec of a Job, alone or in a CronJob's template.
 * Upstream: validateJobSpec, validatePodFailurePolicy, validateSuccessPolicy, validateIndexesFormat in pkg/apis/batch/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { OMIT_VALUE, duplicate, invalid, notSupported, required, tooLong, tooMany } from '../../apimachinery/field-error.ts';
import { isDNS1123Label, isDomainPrefixedPath } from '../../apimachinery/validation-strings.ts';
import { has, list, nonNegative, qualifiedName, quote, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import type { PodOptions } from './pod-options.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { templateWarnings } from './pod-warnings.ts';

const MAX_INDEXED = 100000;
const goList = (items: readonly string[]): string => '[' + items.map(quote).join(' ') + ']';
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const STATUSES = ['False', 'True', 'Unknown'];
const OPERATORS = ['In', 'NotIn'];

type Interval = { readonly x: number; readonly y: number; readonly error?: undefined } | { readonly error: string };

// Go's strconv.Atoi.
const atoi = (t: string): number | undefined => /^[+-]?[0-9]+$/.test(t) && Math.abs(Number(t)) <= 2 ** 63 ? Number(t) : undefined;

export function indexInterval(text: string, completions: number): Interval {
  const ends = text.split('-');
  if (ends.length > 2) return { error: `the fragment ${quote(text)} violates the requirement that an index interval can have at most two parts separated by '-'` };
  const at = (t: string): number | string => {
    const n = atoi(t);
    if (n === undefined) return `cannot convert string to integer for index: ${quote(t)}`;
    return n >= completions ? `too large index: ${quote(t)}` : n;
  };
  const x = at(ends[0] as string);
  if (typeof x === 'string') return { error: x };
  if (ends.length === 1) return { x, y: x };
  const y = at(ends[1] as string);
  if (typeof y === 'string') return { error: y };
  return x >= y ? { error: `non-increasing order, previous: ${x}, current: ${y}` } : { x, y };
}

/** How many indexes a text like `0,2-4` names, or what is wrong with it. */
export function indexesCount(text: string, completions: number): number | string {
  if (text === '') return 0;
  let last: number | undefined; let total = 0;
  for (const part of text.split(',')) {
    const i = indexInterval(part, completions);
    if (i.error !== undefined) return i.error;
    if (last !== undefined && last >= i.x) return `non-increasing order, previous: ${last}, current: ${i.x}`;
    total += i.y - i.x + 1;
    last = i.y;
  }
  return total;
}

function exitCodes(errs: Errs, r: Obj, at: Path, containers: ReadonlySet<string>): void {
  const op: string = r.operator ?? '';
  if (op === '') errs.push(required(at.child('operator'), `valid values: ${goList(OPERATORS)}`));
  else if (!OPERATORS.includes(op)) errs.push(notSupported(at.child('operator'), op, OPERATORS));
  if (has(r.containerName) && !containers.has(r.containerName)) errs.push(invalid(at.child('containerName'), r.containerName, 'must be one of the container or initContainer names in the pod template'));
  const values: readonly number[] = list(r.values); const vp = at.child('values');
  if (values.length === 0) errs.push(invalid(vp, has(r.values) ? values : null, 'at least one value is required'));
  else if (values.length > 255) errs.push(tooMany(vp, values.length, 255));
  const seen = new Set<number>();
  let ordered = true;
  values.forEach((v, j) => {
    if (op === 'In' && v === 0) errs.push(invalid(vp.index(j), v, 'must not be 0 for the In operator'));
    if (seen.has(v)) errs.push(duplicate(vp.index(j), v));
    seen.add(v);
    if (j > 0 && (values[j - 1] as number) > v) ordered = false;
  });
  if (!ordered) errs.push(invalid(vp, values, 'must be ordered'));
}

function failurePolicy(errs: Errs, spec: Obj, at: Path): void {
  const rules = list(spec.podFailurePolicy.rules); const rp = at.child('rules');
  if (rules.length > 20) errs.push(tooMany(rp, rules.length, 20));
  const pod = spec.template?.spec ?? {};
  const containers = new Set<string>([...list(pod.containers), ...list(pod.initContainers)].map((c) => c.name ?? ''));
  rules.forEach((r, i) => {
    const p = rp.index(i); const action: string = r.action ?? '';
    if (action === '') errs.push(required(p.child('action'), `valid values: ${goList(ACTIONS)}`));
    else if (action === 'FailIndex') { if (!has(spec.backoffLimitPerIndex)) errs.push(invalid(p.child('action'), action, 'requires the backoffLimitPerIndex to be set')); }
    else if (!ACTIONS.includes(action)) errs.push(notSupported(p.child('action'), action, ACTIONS));
    if (has(r.onExitCodes)) exitCodes(errs, r.onExitCodes, p.child('onExitCodes'), containers);
    const conditions = list(r.onPodConditions); const cp = p.child('onPodConditions');
    if (conditions.length > 20) errs.push(tooMany(cp, conditions.length, 20));
    conditions.forEach((c, j) => {
      qualifiedName(errs, c.type ?? '', cp.index(j).child('type'));
      if (!c.status) errs.push(required(cp.index(j).child('status'), `valid values: ${goList(STATUSES)}`));
      else if (!STATUSES.includes(c.status)) errs.push(notSupported(cp.index(j).child('status'), c.status, STATUSES));
    });
    if (has(r.onExitCodes) && conditions.length > 0) errs.push(invalid(p, OMIT_VALUE, 'specifying both OnExitCodes and OnPodConditions is not supported'));
    if (!has(r.onExitCodes) && conditions.length === 0) errs.push(invalid(p, OMIT_VALUE, 'specifying one of OnExitCodes and OnPodConditions is required'));
  });
}

function successPolicy(errs: Errs, spec: Obj, at: Path): void {
  const rules = list(spec.successPolicy.rules); const rp = at.child('rules');
  // Upstream reads completions without asking whether they are there; a missing one is told elsewhere.
  const completions: number = spec.completions ?? 0;
  if (rules.length === 0) errs.push(required(rp, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > 20) errs.push(tooMany(rp, rules.length, 20));
  rules.forEach((r, i) => {
    const p = rp.index(i);
    if (!has(r.succeededCount) && !has(r.succeededIndexes)) errs.push(required(p, 'at least one of succeededCount or succeededIndexes must be specified'));
    let total = 0;
    if (has(r.succeededIndexes)) {
      const ip = p.child('succeededIndexes');
      if (r.succeededIndexes.length > 65536) errs.push(tooLong(ip, '', 65536));
      const n = indexesCount(r.succeededIndexes, completions);
      if (typeof n === 'string') errs.push(invalid(ip, r.succeededIndexes, `error parsing succeededIndexes: ${n}`));
      else total = n;
    }
    if (!has(r.succeededCount)) return;
    const cp = p.child('succeededCount');
    nonNegative(errs, r.succeededCount, cp);
    if (r.succeededCount > completions) errs.push(invalid(cp, r.succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`));
    if (has(r.succeededIndexes) && r.succeededCount > total) errs.push(invalid(cp, r.succeededCount, `must be less than or equal to ${total} (the number of indexes in the specified succeededIndexes field)`));
  });
}

function indexed(errs: Errs, spec: Obj, at: Path): void {
  const { completions, parallelism, maxFailedIndexes } = spec;
  const many = 'when completions are above 100000 and used with backoff limit per index';
  if (!has(completions)) errs.push(required(at.child('completions'), 'when completion mode is Indexed'));
  if (has(parallelism) && parallelism > MAX_INDEXED) errs.push(invalid(at.child('parallelism'), parallelism, `must be less than or equal to ${MAX_INDEXED} when completion mode is Indexed`));
  if (has(completions) && has(maxFailedIndexes) && maxFailedIndexes > completions) errs.push(invalid(at.child('maxFailedIndexes'), maxFailedIndexes, 'must be less than or equal to completions'));
  if (has(maxFailedIndexes) && maxFailedIndexes > MAX_INDEXED) errs.push(invalid(at.child('maxFailedIndexes'), maxFailedIndexes, `must be less than or equal to ${MAX_INDEXED}`));
  if (!has(completions) || completions <= MAX_INDEXED || !has(spec.backoffLimitPerIndex)) return;
  if (!has(maxFailedIndexes)) errs.push(required(at.child('maxFailedIndexes'), 'must be specified when completions is above 100000'));
  if (has(parallelism) && parallelism > 10000) errs.push(invalid(at.child('parallelism'), parallelism, `must be less than or equal to 10000 ${many}`));
  if (has(maxFailedIndexes) && maxFailedIndexes > 10000) errs.push(invalid(at.child('maxFailedIndexes'), maxFailedIndexes, `must be less than or equal to 10000 ${many}`));
}

export function jobSpec(errs: Errs, spec: Obj, at: Path, opts: PodOptions): void {
  for (const f of ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished', 'backoffLimitPerIndex', 'maxFailedIndexes']) if (has(spec[f])) nonNegative(errs, spec[f], at.child(f));
  if (has(spec.maxFailedIndexes) && !has(spec.backoffLimitPerIndex)) errs.push(required(at.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  if (has(spec.managedBy)) {
    errs.push(...isDomainPrefixedPath(at.child('managedBy'), spec.managedBy));
    if (spec.managedBy.length > 63) errs.push(tooLong(at.child('managedBy'), '', 63));
  }
  const mode = spec.completionMode;
  if (has(mode) && mode !== 'NonIndexed' && mode !== 'Indexed') errs.push(notSupported(at.child('completionMode'), mode, ['NonIndexed', 'Indexed']));
  if (mode === 'Indexed') indexed(errs, spec, at);
  if (!has(mode) || mode === 'NonIndexed') {
    for (const f of ['backoffLimitPerIndex', 'maxFailedIndexes']) if (has(spec[f])) errs.push(invalid(at.child(f), spec[f], 'requires indexed completion mode'));
  }
  if (has(spec.podFailurePolicy)) failurePolicy(errs, spec, at.child('podFailurePolicy'));
  if (has(spec.successPolicy)) {
    if (mode !== 'Indexed') errs.push(invalid(at.child('successPolicy'), toInternal('batch.SuccessPolicy', spec.successPolicy), 'requires indexed completion mode'));
    else successPolicy(errs, spec, at.child('successPolicy'));
  }
  const replacement = spec.podReplacementPolicy; const rp = at.child('podReplacementPolicy');
  if (has(replacement)) {
    if (has(spec.podFailurePolicy)) { if (replacement !== 'Failed') errs.push(notSupported(rp, replacement, ['Failed'])); }
    else if (replacement !== 'Failed' && replacement !== 'TerminatingOrFailed') errs.push(notSupported(rp, replacement, ['Failed', 'TerminatingOrFailed']));
  }
  const template = spec.template ?? {}; const tp = at.child('template');
  validatePodTemplate(errs, template, tp, opts);
  const policy: string = template.spec?.restartPolicy ?? ''; const pp = tp.child('spec', 'restartPolicy');
  if (policy === 'Always' || policy === '') errs.push(required(pp, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') errs.push(notSupported(pp, policy, ['OnFailure', 'Never']));
  else if (has(spec.podFailurePolicy) && policy !== 'Never') errs.push(invalid(pp, policy, 'only "Never" is supported when podFailurePolicy is specified'));
}

/** Upstream: WarningsForJobSpec. */
export function jobSpecWarnings(spec: Obj, at: Path): string[] {
  const out: string[] = [];
  if (spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 100000 && (spec.parallelism ?? 0) > 10000) {
    out.push(`${at}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`);
  }
  out.push(...templateWarnings(spec.template, at.child('template')));
  return out;
}

/** Whether an indexed Job's last pod has a host name. */
export const validHostname = (name: string): boolean => isDNS1123Label(name).length === 0;
