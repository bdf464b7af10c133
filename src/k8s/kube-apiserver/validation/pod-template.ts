/**
 * PodTemplates.
 * Upstream: ValidatePodTemplate in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { path } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import type { Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions } from './pod-options.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { templateWarnings } from './pod-warnings.ts';

const TEMPLATE = path('template');

export function validateCreate(t: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, t.metadata, true, nameIsDNSSubdomain);
  validatePodTemplate(errs, t.template ?? {}, TEMPLATE, podOptions(false));
  return errs;
}

export function validateUpdate(t: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, t.metadata, old.metadata);
  validatePodTemplate(errs, t.template ?? {}, TEMPLATE, podOptions(false, old.template?.spec ?? {}, old.template?.metadata ?? {}));
  return errs;
}

export function warnings(t: Obj, old?: Obj): string[] {
  return old !== undefined && (t.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : templateWarnings(t.template, TEMPLATE);
}
