/**
 * DaemonSets.
 * Upstream: ValidateDaemonSet & co. in pkg/apis/apps/validation/validation.go, pkg/registry/apps/daemonset/strategy.go (warnings)
 * Left out: templateGeneration, which v1 keeps in an annotation and the server alone raises.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isValidLabelValue, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { isEmptySelector } from './affinity.ts';
import { has, list, nonNegative, nonNegativeField, selectorMatches, selectorParses, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { intOrPercent, intOrPercentValue, notAbove100Percent } from './int-or-percent.ts';
import { metaForm, sortedMap, toInternal } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { templateWarnings } from './pod-warnings.ts';
import { MISMATCH, collisionCount, counters, immutableSelector } from './workload.ts';

const SPEC = path('spec');
const TEMPLATE = SPEC.child('template');
const STATUS = path('status');

function updateStrategy(errs: Errs, s: Obj, at: Path): void {
  if (s?.type === 'OnDelete') return;
  if (s?.type !== 'RollingUpdate') { errs.push(notSupported(at, toInternal('apps.DaemonSetUpdateStrategy', s ?? {}), ['RollingUpdate', 'OnDelete'])); return; }
  const rp = at.child('rollingUpdate');
  if (!has(s.rollingUpdate)) { errs.push(required(rp, '')); return; }
  const unavailable = s.rollingUpdate.maxUnavailable ?? 0; const surge = s.rollingUpdate.maxSurge ?? 0;
  intOrPercent(errs, unavailable, rp.child('maxUnavailable'));
  intOrPercent(errs, surge, rp.child('maxSurge'));
  notAbove100Percent(errs, unavailable, rp.child('maxUnavailable'));
  notAbove100Percent(errs, surge, rp.child('maxSurge'));
  const a = intOrPercentValue(unavailable) !== 0; const b = intOrPercentValue(surge) !== 0;
  if (a && b) errs.push(invalid(rp.child('maxSurge'), surge, 'may not be set when maxUnavailable is non-zero'));
  else if (!a && !b) errs.push(required(rp.child('maxUnavailable'), 'cannot be 0 when maxSurge is 0'));
}

function validateSpec(errs: Errs, spec: Obj, opts: PodOptions, laxSelector: boolean): void {
  const selector = spec.selector; const template = spec.template ?? {};
  validateLabelSelector(errs, selector, SPEC.child('selector'), laxSelector);
  if (selectorParses(selector) && !selectorMatches(selector, template.metadata?.labels)) errs.push(invalid(TEMPLATE.child('metadata', 'labels'), sortedMap(template.metadata?.labels), MISMATCH));
  if (has(selector) && isEmptySelector(selector)) errs.push(invalid(SPEC.child('selector'), metaForm(selector), 'empty selector is invalid for daemonset'));
  validatePodTemplate(errs, template, TEMPLATE, opts);
  const policy = template.spec?.restartPolicy ?? '';
  if (policy !== 'Always') errs.push(notSupported(TEMPLATE.child('spec', 'restartPolicy'), policy, ['Always']));
  if (has(template.spec?.activeDeadlineSeconds)) errs.push(forbidden(TEMPLATE.child('spec', 'activeDeadlineSeconds'), 'activeDeadlineSeconds in DaemonSet is not Supported'));
  nonNegativeField(errs, spec, 'minReadySeconds', SPEC);
  updateStrategy(errs, spec.updateStrategy, SPEC.child('updateStrategy'));
  if (has(spec.revisionHistoryLimit)) nonNegative(errs, spec.revisionHistoryLimit, SPEC.child('revisionHistoryLimit'));
}

export function validateCreate(ds: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, ds.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, ds.spec, podOptions(false), false);
  return errs;
}

export function validateUpdate(ds: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, ds.metadata, old.metadata);
  if (ds.spec === old.spec) return errs;
  immutableSelector(errs, ds.spec.selector, old.spec.selector, SPEC.child('selector'));
  const opts = podOptions(false, old.spec.template?.spec ?? {}, old.spec.template?.metadata ?? {});
  const lax = opts.allowInvalidLabelValueInSelector || list(old.spec.selector?.matchExpressions).some((e) => list(e.values).some((v) => isValidLabelValue(v).length > 0));
  validateSpec(errs, ds.spec, opts, lax);
  return errs;
}

export function validateStatusUpdate(ds: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, ds.metadata, old.metadata);
  counters(errs, ds.status ?? {}, STATUS, ['currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled',
    'numberAvailable', 'numberUnavailable', 'collisionCount']);
  collisionCount(errs, ds.status ?? {}, old.status, STATUS);
  return errs;
}

export function warnings(ds: Obj, old?: Obj): string[] {
  return old !== undefined && ds.spec.template === old.spec.template ? [] : templateWarnings(ds.spec.template, TEMPLATE);
}
