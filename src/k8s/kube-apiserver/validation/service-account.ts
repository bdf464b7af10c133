/**
 * ServiceAccounts.
 * Upstream: ValidateServiceAccount in pkg/apis/core/validation/validation.go, pkg/registry/core/serviceaccount/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import type { Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';

export function validateCreate(sa: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, sa.metadata, true, nameIsDNSSubdomain);
  return errs;
}

export function validateUpdate(sa: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, sa.metadata, old.metadata);
  validateObjectMeta(errs, sa.metadata, true, nameIsDNSSubdomain);
  return errs;
}

export function warnings(sa: Obj, old?: Obj): string[] {
  if (sa.metadata.annotations?.[MOUNTABLE] === undefined || old?.metadata.annotations?.[MOUNTABLE] !== undefined) return [];
  return [`metadata.annotations[${MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`];
}
