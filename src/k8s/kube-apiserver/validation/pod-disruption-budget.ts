/**
 * PodDisruptionBudgets.
 * Upstream: pkg/apis/policy/validation/validation.go, pkg/registry/policy/poddisruptionbudget/strategy.go
 * Left out: the form of status conditions.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { invalid, notSupported, path } from '../../apimachinery/field-error.ts';
import { has, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { intOrPercent, notAbove100Percent } from './int-or-percent.ts';
import { toInternal } from './internal-form.ts';
import { counters } from './workload.ts';

const SPEC = path('spec');
const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function validateSpec(errs: Errs, spec: Obj, lax: boolean): void {
  if (has(spec.minAvailable) && has(spec.maxUnavailable)) errs.push(invalid(SPEC, toInternal('policy.PodDisruptionBudgetSpec', spec), 'minAvailable and maxUnavailable cannot be both set'));
  for (const f of ['minAvailable', 'maxUnavailable']) {
    if (!has(spec[f])) continue;
    intOrPercent(errs, spec[f], SPEC.child(f));
    notAbove100Percent(errs, spec[f], SPEC.child(f));
  }
  validateLabelSelector(errs, spec.selector, SPEC.child('selector'), lax);
  const policy = spec.unhealthyPodEvictionPolicy;
  if (has(policy) && !POLICIES.includes(policy)) errs.push(notSupported(SPEC.child('unhealthyPodEvictionPolicy'), policy, POLICIES));
}

/** Upstream leaves the name to the rules of every kind. */
export function validateCreate(pdb: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateSpec(errs, pdb.spec ?? {}, false);
  return errs;
}

export function validateUpdate(pdb: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const before: FieldError[] = [];
  validateLabelSelector(before, old.spec?.selector, SPEC);
  validateSpec(errs, pdb.spec ?? {}, before.length > 0);
  return errs;
}

export function validateStatusUpdate(pdb: Obj): FieldError[] {
  const errs: FieldError[] = [];
  counters(errs, pdb.status ?? {}, path('status'), ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods']);
  return errs;
}
