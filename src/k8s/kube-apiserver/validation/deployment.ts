/**
 * Deployments.
 * Upstream: ValidateDeployment & co. in pkg/apis/apps/validation/validation.go, pkg/registry/apps/deployment/strategy.go (warnings)
 * Left out: rollbackTo, which v1 does not have.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { has, nonNegative, nonNegativeField, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import { intOrPercent, intOrPercentValue, notAbove100Percent } from './int-or-percent.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { templateWarnings } from './pod-warnings.ts';
import { collisionCount, counters, immutableSelector, nameWarning, notAbove, selectorAndTemplate } from './workload.ts';

const SPEC = path('spec');
const TEMPLATE = SPEC.child('template');
const STATUS = path('status');

function strategy(errs: Errs, s: Obj, at: Path): void {
  const rolling = s?.rollingUpdate; const rp = at.child('rollingUpdate');
  switch (s?.type ?? '') {
    case 'Recreate':
      if (has(rolling)) errs.push(forbidden(rp, "may not be specified when strategy `type` is 'Recreate'"));
      break;
    case 'RollingUpdate':
      if (!has(rolling)) { errs.push(required(rp, 'this should be defaulted and never be nil')); break; }
      intOrPercent(errs, rolling.maxUnavailable ?? 0, rp.child('maxUnavailable'));
      intOrPercent(errs, rolling.maxSurge ?? 0, rp.child('maxSurge'));
      if (intOrPercentValue(rolling.maxUnavailable ?? 0) === 0 && intOrPercentValue(rolling.maxSurge ?? 0) === 0) {
        errs.push(invalid(rp.child('maxUnavailable'), rolling.maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'));
      }
      notAbove100Percent(errs, rolling.maxUnavailable ?? 0, rp.child('maxUnavailable'));
      break;
    default: errs.push(notSupported(at, toInternal('apps.DeploymentStrategy', s ?? {}), ['Recreate', 'RollingUpdate']));
  }
}

function validateSpec(errs: Errs, spec: Obj, opts: PodOptions, unchangedTemplate: boolean): void {
  nonNegativeField(errs, spec, 'replicas', SPEC);
  selectorAndTemplate(errs, spec, SPEC, opts, 'deployment', unchangedTemplate);
  strategy(errs, spec.strategy, SPEC.child('strategy'));
  nonNegativeField(errs, spec, 'minReadySeconds', SPEC);
  if (has(spec.revisionHistoryLimit)) nonNegative(errs, spec.revisionHistoryLimit, SPEC.child('revisionHistoryLimit'));
  const deadline = spec.progressDeadlineSeconds;
  if (!has(deadline)) return;
  nonNegative(errs, deadline, SPEC.child('progressDeadlineSeconds'));
  if (deadline <= (spec.minReadySeconds ?? 0)) errs.push(invalid(SPEC.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds'));
}

export function validateCreate(d: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, d.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, d.spec, podOptions(false), false);
  return errs;
}

export function validateUpdate(d: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, d.metadata, old.metadata);
  if (d.spec === old.spec) return errs;
  validateSpec(errs, d.spec, podOptions(false, old.spec.template?.spec ?? {}, old.spec.template?.metadata ?? {}), d.spec.template === old.spec.template);
  immutableSelector(errs, d.spec.selector, old.spec.selector, SPEC.child('selector'));
  return errs;
}

export function validateStatusUpdate(d: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const s = d.status ?? {};
  validateObjectMetaUpdate(errs, d.metadata, old.metadata);
  counters(errs, s, STATUS, ['observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas', 'terminatingReplicas', 'collisionCount']);
  notAbove(errs, s, STATUS, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], 'replicas', 'cannot be greater than status.replicas');
  notAbove(errs, s, STATUS, ['availableReplicas'], 'readyReplicas', 'cannot be greater than readyReplicas');
  collisionCount(errs, s, old.status, STATUS);
  return errs;
}

export function warnings(d: Obj, old?: Obj): string[] {
  if (old === undefined) return [...nameWarning(d), ...templateWarnings(d.spec.template, TEMPLATE)];
  return (d.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : templateWarnings(d.spec.template, TEMPLATE);
}
