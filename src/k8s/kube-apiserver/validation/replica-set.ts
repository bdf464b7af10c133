/**
 * ReplicaSets.
 * Upstream: ValidateReplicaSet & co. in pkg/apis/apps/validation/validation.go, pkg/registry/apps/replicaset/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { path } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { nonNegativeField, type Errs, type Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { templateWarnings } from './pod-warnings.ts';
import { counters, immutableSelector, nameWarning, notAbove, selectorAndTemplate } from './workload.ts';

const SPEC = path('spec');
const TEMPLATE = SPEC.child('template');
const STATUS = path('status');

function validateSpec(errs: Errs, spec: Obj, opts: PodOptions, unchangedTemplate: boolean): void {
  nonNegativeField(errs, spec, 'replicas', SPEC);
  nonNegativeField(errs, spec, 'minReadySeconds', SPEC);
  // Upstream says deployment here too.
  selectorAndTemplate(errs, spec, SPEC, opts, 'deployment', unchangedTemplate);
}

export function validateCreate(rs: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, rs.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, rs.spec, podOptions(false), false);
  return errs;
}

export function validateUpdate(rs: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, rs.metadata, old.metadata);
  if (rs.spec === old.spec) return errs;
  validateSpec(errs, rs.spec, podOptions(false, old.spec.template?.spec ?? {}, old.spec.template?.metadata ?? {}), rs.spec.template === old.spec.template);
  immutableSelector(errs, rs.spec.selector, old.spec.selector, SPEC.child('selector'));
  return errs;
}

/** Status counters of ReplicaSets and ReplicationControllers. */
export function validateStatusUpdate(rs: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const s = rs.status ?? {};
  validateObjectMetaUpdate(errs, rs.metadata, old.metadata);
  counters(errs, s, STATUS, ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas']);
  notAbove(errs, s, STATUS, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', 'cannot be greater than status.replicas');
  notAbove(errs, s, STATUS, ['availableReplicas'], 'readyReplicas', 'cannot be greater than readyReplicas');
  return errs;
}

export function warnings(rs: Obj, old?: Obj): string[] {
  if (old === undefined) return [...nameWarning(rs), ...templateWarnings(rs.spec.template, TEMPLATE)];
  return (rs.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : templateWarnings(rs.spec.template, TEMPLATE);
}
