/**
 * Leases.
 * Upstream: pkg/apis/coordination/validation/validation.go
 * Left out: LeaseCandidate, which is not served by default.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path } from '../../apimachinery/field-error.ts';
import { isQualifiedName, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, has, type Errs, type Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const SPEC = path('spec');

function validateSpec(errs: Errs, spec: Obj): void {
  if (has(spec.leaseDurationSeconds) && spec.leaseDurationSeconds <= 0) errs.push(invalid(SPEC.child('leaseDurationSeconds'), spec.leaseDurationSeconds, 'must be greater than 0'));
  if (has(spec.leaseTransitions) && spec.leaseTransitions < 0) errs.push(invalid(SPEC.child('leaseTransitions'), spec.leaseTransitions, 'must be greater than or equal to 0'));
  if (has(spec.strategy)) {
    // Upstream names the field twice.
    const at = SPEC.child('strategy').child('strategy');
    if (!spec.strategy.includes('/')) { if (spec.strategy !== 'OldestEmulationVersion') errs.push(notSupported(at, spec.strategy, ['OldestEmulationVersion'])); }
    else complain(errs, at, spec.strategy, isQualifiedName(spec.strategy));
  }
  if (spec.preferredHolder && !spec.strategy) errs.push(forbidden(SPEC.child('preferredHolder'), 'may only be specified if `strategy` is defined'));
}

export function validateCreate(lease: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, lease.metadata, true, nameIsDNSSubdomain, undefined, false);
  validateSpec(errs, lease.spec ?? {});
  return errs;
}

export function validateUpdate(lease: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, lease.metadata, old.metadata, undefined, false);
  validateSpec(errs, lease.spec ?? {});
  return errs;
}
