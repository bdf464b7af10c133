/**
 * ControllerRevisions.
 * Upstream: ValidateControllerRevisionCreate/Update in pkg/apis/apps/validation/validation.go
 * Left out: JSON that does not parse: decoding refused it.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { has, nonNegative, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual } from './internal-form.ts';
import { invalid } from '../../apimachinery/field-error.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const DATA = path('data');

function common(errs: Errs, r: Obj): void {
  validateObjectMeta(errs, r.metadata, true, nameIsDNSSubdomain);
  nonNegative(errs, r.revision, path('revision'));
}

export function validateCreate(r: Obj): FieldError[] {
  const errs: FieldError[] = [];
  common(errs, r);
  if (!has(r.data)) errs.push(required(DATA, 'data is mandatory'));
  else if (typeof r.data !== 'object' || Array.isArray(r.data)) errs.push(required(DATA, 'data must be a valid JSON object'));
  return errs;
}

export function validateUpdate(r: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, r.metadata, old.metadata);
  common(errs, r);
  // Compared as raw bytes upstream, which keep the request's spacing; values are what we keep.
  if (!jsonEqual(r.data, old.data)) errs.push(invalid(DATA, r.data ?? null, 'field is immutable'));
  return errs;
}
