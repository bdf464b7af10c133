/**
 * Pull policies of containers and image volumes.
 * Upstream: validatePullPolicy in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { notSupported, required } from '../../apimachinery/field-error.ts';
import type { Errs } from './field-checks.ts';

const POLICIES = ['Always', 'IfNotPresent', 'Never'];

export function pullPolicy(errs: Errs, policy: string, at: Path): void {
  if (policy === '') errs.push(required(at, ''));
  else if (!POLICIES.includes(policy)) errs.push(notSupported(at, policy, POLICIES));
}
