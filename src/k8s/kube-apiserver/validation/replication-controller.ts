/**
 * ReplicationControllers.
 * Upstream: ValidateReplicationController & co. in pkg/apis/core/validation/validation.go, pkg/registry/core/replicationcontroller/strategy.go (warnings)
 * Left out: annotations of fields that once could not be converted.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { has, nonNegative, nonNegativeField, size, type Errs, type Obj } from './field-checks.ts';
import { sortedMap } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { templateWarnings } from './pod-warnings.ts';
import { MISMATCH, nameWarning } from './workload.ts';

export { validateStatusUpdate } from './replica-set.ts';

const SPEC = path('spec');
const TEMPLATE = SPEC.child('template');

function validateSpec(errs: Errs, spec: Obj, opts: PodOptions): void {
  nonNegativeField(errs, spec, 'minReadySeconds', SPEC);
  if (size(spec.selector) === 0) errs.push(required(SPEC.child('selector'), ''));
  if (!has(spec.replicas)) errs.push(required(SPEC.child('replicas'), ''));
  else nonNegative(errs, spec.replicas, SPEC.child('replicas'));
  const template = spec.template;
  if (!has(template)) { errs.push(required(TEMPLATE, '')); return; }
  const labels = template.metadata?.labels;
  if (Object.keys(spec.selector ?? {}).some((k) => labels?.[k] !== spec.selector[k])) errs.push(invalid(TEMPLATE.child('metadata', 'labels'), sortedMap(labels), MISMATCH));
  validatePodTemplate(errs, template, TEMPLATE, opts);
  const policy = template.spec?.restartPolicy ?? '';
  if (policy !== 'Always') errs.push(notSupported(TEMPLATE.child('spec', 'restartPolicy'), policy, ['Always']));
  if (has(template.spec?.activeDeadlineSeconds)) errs.push(forbidden(TEMPLATE.child('spec', 'activeDeadlineSeconds'), 'activeDeadlineSeconds in ReplicationController is not Supported'));
}

export function validateCreate(rc: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, { ...rc.metadata, generateName: undefined }, true, nameIsDNSSubdomain);
  validateSpec(errs, rc.spec ?? {}, podOptions(false));
  return errs;
}

export function validateUpdate(rc: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, rc.metadata, old.metadata);
  validateSpec(errs, rc.spec ?? {}, podOptions(false, old.spec?.template?.spec, old.spec?.template?.metadata));
  return errs;
}

export function warnings(rc: Obj, old?: Obj): string[] {
  if (old === undefined) return [...nameWarning(rc), ...templateWarnings(rc.spec?.template, TEMPLATE)];
  // Upstream looks at the old template here.
  return (rc.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : templateWarnings(old.spec?.template, TEMPLATE);
}
