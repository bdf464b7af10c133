/**
 * Jobs: create and update.
 * Upstream: ValidateJob, ValidateJobUpdate in pkg/apis/batch/validation/validation.go, pkg/registry/batch/job/strategy.go
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { invalid, path, required } from '../../apimachinery/field-error.ts';
import { isValidLabelValue, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { has, list, selectorMatches, selectorParses, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual, metaForm, semanticEqual, sortedMap, toInternal } from './internal-form.ts';
import { jobSpec, jobSpecWarnings, validHostname } from './job-spec.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { MISMATCH, immutableSelector, nameWarning } from './workload.ts';

export { validateStatusUpdate } from './job-status.ts';

const SPEC = path('spec');
const TEMPLATE = SPEC.child('template');
const UID = 'controller-uid'; const NAME = 'job-name';
const PREFIX = 'batch.kubernetes.io/';

function generatedSelector(errs: Errs, job: Obj, prefixed: boolean): void {
  const spec = job.spec;
  if (spec.manualSelector === true || !has(spec.selector)) return;
  const uid: string = job.metadata.uid ?? ''; const name: string = job.metadata.name ?? '';
  if (uid === '') errs.push(required(path('metadata', 'uid'), ''));
  const labels = spec.template?.metadata?.labels ?? {};
  const expected: Record<string, string> = { [UID]: uid, [NAME]: name };
  if (prefixed) { expected[PREFIX + UID] = uid; expected[PREFIX + NAME] = name; }
  for (const k of prefixed ? [UID, NAME, PREFIX + UID, PREFIX + NAME] : [UID, NAME]) {
    const at = TEMPLATE.child('metadata').child('labels').key(k);
    if (labels[k] === undefined) errs.push(required(at, `must be '${expected[k]}'`));
    else if (labels[k] !== expected[k]) errs.push(invalid(at, sortedMap(labels), `must be '${expected[k]}'`));
  }
  if (selectorParses(spec.selector) && !selectorMatches(spec.selector, expected)) errs.push(invalid(SPEC.child('selector'), metaForm(spec.selector), '`selector` not auto-generated'));
}

function validateSpec(errs: Errs, spec: Obj, opts: PodOptions, laxSelector: boolean): void {
  jobSpec(errs, spec, SPEC, opts);
  if (!has(spec.selector)) errs.push(required(SPEC.child('selector'), ''));
  else validateLabelSelector(errs, spec.selector, SPEC.child('selector'), laxSelector);
  const labels = spec.template?.metadata?.labels;
  if (selectorParses(spec.selector) && !selectorMatches(spec.selector, labels)) errs.push(invalid(TEMPLATE.child('metadata', 'labels'), sortedMap(labels), MISMATCH));
}

function validateJob(errs: Errs, job: Obj, opts: PodOptions, prefixed: boolean, laxSelector: boolean): void {
  validateObjectMeta(errs, job.metadata, true, nameIsDNSSubdomain);
  generatedSelector(errs, job, prefixed);
  validateSpec(errs, job.spec, opts, laxSelector);
  if (job.spec.completionMode !== 'Indexed' || !(job.spec.completions > 0)) return;
  const host = `${job.metadata.name}-${job.spec.completions - 1}`;
  if (!validHostname(host)) errs.push(invalid(path('metadata', 'name'), job.metadata.name, `will not able to create pod with invalid DNS label: ${host}`));
}

export function validateCreate(job: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateJob(errs, job, podOptions(false), true, false);
  return errs;
}

/** The old template with the new one's scheduling directives, which a Job that has not started may change. */
function withDirectives(old: Obj, now: Obj): Obj {
  const spec = { ...old.spec, nodeSelector: now.spec?.nodeSelector, tolerations: now.spec?.tolerations, schedulingGates: now.spec?.schedulingGates };
  const a = old.spec?.affinity; const b = now.spec?.affinity;
  if (has(a) || has(b)) {
    const merged = { ...a, nodeAffinity: b?.nodeAffinity };
    spec.affinity = !has(b) && !has(merged.podAffinity) && !has(merged.podAntiAffinity) ? undefined : merged;
  }
  return { ...old, metadata: { ...old.metadata, labels: now.metadata?.labels, annotations: now.metadata?.annotations }, spec };
}

const withResources = (old: Obj, now: Obj): Obj => list(old).length !== list(now).length || !has(old) ? old
  : old.map((c: Obj, i: number) => (c.name === now[i].name ? { ...c, resources: now[i].resources } : c));

function templateUpdate(errs: Errs, spec: Obj, old: Obj, mutable: boolean): void {
  const now = spec.template ?? {};
  const before = mutable ? withDirectives(old.template ?? {}, now) : old.template ?? {};
  if (old.suspend === true && mutable) {
    const pod = now.spec ?? {};
    const allowed = { ...before.spec, containers: withResources(before.spec?.containers, pod.containers), initContainers: withResources(before.spec?.initContainers, pod.initContainers) };
    if (!jsonEqual(pod, allowed) && !semanticEqual('PodSpec', pod, allowed)) errs.push(invalid(SPEC.child('template.spec'), toInternal('PodSpec', pod), 'field is immutable'));
  } else if (!jsonEqual(now, before) && !semanticEqual('PodTemplateSpec', now, before)) errs.push(invalid(TEMPLATE, toInternal('PodTemplateSpec', now), 'field is immutable'));
}

export function validateUpdate(job: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const spec = job.spec; const oldSpec = old.spec;
  const opts = podOptions(false, oldSpec.template?.spec ?? {}, oldSpec.template?.metadata ?? {});
  const oldLabels = oldSpec.template?.metadata?.labels ?? {};
  const prefixed = oldLabels[PREFIX + UID] !== undefined && oldLabels[PREFIX + NAME] !== undefined;
  const lax = opts.allowInvalidLabelValueInSelector || list(oldSpec.selector?.matchExpressions).some((e) => list(e.values).some((v) => isValidLabelValue(v).length > 0));
  validateJob(errs, job, opts, prefixed, lax);
  validateObjectMetaUpdate(errs, job.metadata, old.metadata);
  validateSpec(errs, spec, opts, lax);
  const pointer = (f: string, shown: Obj): void => { if (!jsonEqual(spec[f], oldSpec[f])) errs.push(invalid(SPEC.child(f), shown ?? null, 'field is immutable')); };
  if (spec.completionMode !== 'Indexed') pointer('completions', spec.completions);
  else if (spec.completions !== oldSpec.completions && has(spec.completions) && spec.completions !== spec.parallelism) {
    errs.push(invalid(SPEC.child('completions'), spec.completions, 'can only be modified in tandem with spec.parallelism'));
  }
  immutableSelector(errs, spec.selector, oldSpec.selector, SPEC.child('selector'));
  const suspended = list(old.status?.conditions).some((c) => c.type === 'Suspended' && c.status === 'True');
  templateUpdate(errs, spec, oldSpec, oldSpec.suspend === true && (!has(old.status?.startTime) || suspended) && (old.status?.active ?? 0) === 0);
  pointer('completionMode', spec.completionMode);
  pointer('podFailurePolicy', has(spec.podFailurePolicy) ? toInternal('batch.PodFailurePolicy', spec.podFailurePolicy) : null);
  pointer('backoffLimitPerIndex', spec.backoffLimitPerIndex);
  pointer('managedBy', spec.managedBy);
  pointer('successPolicy', has(spec.successPolicy) ? toInternal('batch.SuccessPolicy', spec.successPolicy) : null);
  return errs;
}

export function warnings(job: Obj, old?: Obj): string[] {
  if (old === undefined) return [...nameWarning(job), ...jobSpecWarnings(job.spec, SPEC)];
  return (job.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : jobSpecWarnings(job.spec, SPEC);
}
