/**
 * PriorityClasses.
 * Upstream: pkg/apis/scheduling/validation/validation.go, pkg/apis/scheduling/v1/helpers.go
 * Left out: Workloads and PodGroups, which are alpha.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { forbidden, path } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import type { Obj } from './field-checks.ts';
import { immutableField, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { preemptionPolicy } from './pod-spec.ts';

const SYSTEM: Readonly<Record<string, number>> = { 'system-node-critical': 2000001000, 'system-cluster-critical': 2000000000 };

function systemProblem(pc: Obj): string | undefined {
  const name: string = pc.metadata.name;
  const value = SYSTEM[name];
  if (value === undefined) return `${name} is not a known system priority class`;
  if ((pc.value ?? 0) !== value) return `value of ${name} PriorityClass must be ${value}`;
  return pc.globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

export function validateCreate(pc: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, pc.metadata, false, nameIsDNSSubdomain);
  if ((pc.metadata.name ?? '').startsWith('system-')) {
    const problem = systemProblem(pc);
    if (problem !== undefined) errs.push(forbidden(path('metadata', 'name'), `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`));
  } else if ((pc.value ?? 0) > 1000000000) errs.push(forbidden(path('value'), 'maximum allowed value of a user defined priority is 1000000000'));
  preemptionPolicy(errs, pc.preemptionPolicy, path('preemptionPolicy'));
  return errs;
}

export function validateUpdate(pc: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, pc.metadata, old.metadata);
  if ((pc.value ?? 0) !== (old.value ?? 0)) errs.push(forbidden(path('value'), 'may not be changed in an update.'));
  immutableField(errs, pc.preemptionPolicy, old.preemptionPolicy, path('preemptionPolicy'));
  return errs;
}
