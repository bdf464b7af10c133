/**
 * HorizontalPodAutoscalers, written as autoscaling/v1 or v2.
 * Upstream: pkg/apis/autoscaling/validation/validation.go, pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go
 * Left out: v1's annotations that carry v2 metrics.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isPathSegmentName, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, dns1123Label, has, list, type Errs, type Obj } from './field-checks.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { canonicalQuantity, quantitySign } from './quantities.ts';
import { containerResourceName } from './resource-names.ts';
import { counters } from './workload.ts';

const SPEC = path('spec');
const TYPES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const SOURCES = ['object', 'external', 'pods', 'resource', 'containerResource'];
const SOURCE_OF: Readonly<Record<string, string>> = { Object: 'object', Pods: 'pods', Resource: 'resource', External: 'external', ContainerResource: 'containerResource' };

function pathName(errs: Errs, name: Obj, at: Path, why = ''): void {
  if (!name) errs.push(required(at, why));
  else complain(errs, at, name, isPathSegmentName(name));
}

/** `any`: no look at the version; `group`: it must name an API group. */
type VersionRule = 'any' | 'core' | 'group';

function reference(errs: Errs, ref: Obj, at: Path, rule: VersionRule): void {
  pathName(errs, ref?.kind, at.child('kind'));
  pathName(errs, ref?.name, at.child('name'));
  const version: string = ref?.apiVersion ?? '';
  if (rule === 'any') return;
  const parts = version.split('/');
  if (parts.length > 2) errs.push(invalid(at.child('apiVersion'), version, `unexpected GroupVersion string: ${version}`));
  else if (rule === 'group' && (parts.length < 2 || parts[0] === '')) errs.push(invalid(at.child('apiVersion'), version, 'apiVersion must specify API group'));
}

function target(errs: Errs, t: Obj, at: Path): void {
  const type: string = t?.type ?? '';
  if (type === '') errs.push(required(at.child('type'), 'must specify a metric target type'));
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) errs.push(invalid(at.child('type'), type, 'must be either Utilization, Value, or AverageValue'));
  for (const f of ['value', 'averageValue']) if (has(t?.[f]) && quantitySign(t[f]) !== 1) errs.push(invalid(at.child(f), canonicalQuantity(t[f]), 'must be positive'));
  if (has(t?.averageUtilization) && t.averageUtilization < 1) errs.push(invalid(at.child('averageUtilization'), t.averageUtilization, 'must be greater than 0'));
}

function source(errs: Errs, kind: string, s: Obj, at: Path, rule: VersionRule): void {
  const t = s.target ?? {}; const tp = at.child('target');
  switch (kind) {
    case 'object':
      reference(errs, s.describedObject, at.child('describedObject'), rule);
      pathName(errs, s.metric?.name, at.child('metric').child('name'), 'must specify a metric name');
      target(errs, t, tp);
      if (!has(t.value) && !has(t.averageValue)) errs.push(required(tp.child('averageValue'), 'must set either a target value or averageValue'));
      return;
    case 'external':
      pathName(errs, s.metric?.name, at.child('metric').child('name'), 'must specify a metric name');
      target(errs, t, tp);
      if (!has(t.value) && !has(t.averageValue)) errs.push(required(tp.child('averageValue'), 'must set either a target value for metric or a per-pod target'));
      if (has(t.value) && has(t.averageValue)) errs.push(forbidden(tp.child('value'), 'may not set both a target value for metric and a per-pod target'));
      return;
    case 'pods':
      pathName(errs, s.metric?.name, at.child('metric').child('name'), 'must specify a metric name');
      target(errs, t, tp);
      if (!has(t.averageValue)) errs.push(required(tp.child('averageValue'), 'must specify a positive target averageValue'));
      return;
    default:
  }
  if (!s.name) errs.push(required(at.child('name'), 'must specify a resource name'));
  else if (kind === 'containerResource') containerResourceName(errs, s.name, at.child('name'));
  if (kind === 'containerResource') {
    if (!s.container) errs.push(required(at.child('container'), 'must specify a container'));
    else dns1123Label(errs, s.container, at.child('container'));
  }
  target(errs, t, tp);
  if (!has(t.averageUtilization) && !has(t.averageValue)) errs.push(required(tp.child('averageUtilization'), 'must set either a target raw value or a target utilization'));
  if (has(t.averageUtilization) && has(t.averageValue)) errs.push(forbidden(tp.child('averageValue'), 'may not set both a target raw value and a target utilization'));
}

function metric(errs: Errs, m: Obj, at: Path, rule: VersionRule): void {
  const type: string = m.type ?? '';
  if (type === '') errs.push(required(at.child('type'), 'must specify a metric source type'));
  if (!TYPES.includes(type)) errs.push(notSupported(at.child('type'), type, TYPES));
  const present = SOURCES.filter((s) => has(m[s]));
  const first = present[0];
  if (first !== undefined) source(errs, first, m[first], at.child(first), rule);
  const expected = SOURCE_OF[type];
  if (expected === undefined) errs.push(notSupported(at.child('type'), type, TYPES));
  else if (!has(m[expected])) errs.push(required(at.child(expected), 'must populate information for the given metric source'));
  if (present.length !== 1) for (const p of present) if (p !== expected) errs.push(forbidden(at.child(p), 'must populate the given metric source only'));
}

function scalingRules(errs: Errs, r: Obj, at: Path): void {
  if (!has(r)) return;
  const window = r.stabilizationWindowSeconds; const wp = at.child('stabilizationWindowSeconds');
  if (has(window) && window < 0) errs.push(invalid(wp, window, 'must be greater than or equal to zero'));
  if (has(window) && window > 3600) errs.push(invalid(wp, window, 'must be less than or equal to 3600'));
  if (has(r.selectPolicy) && !['Disabled', 'Max', 'Min'].includes(r.selectPolicy)) errs.push(notSupported(at.child('selectPolicy'), r.selectPolicy, ['Disabled', 'Max', 'Min']));
  const pp = at.child('policies');
  if (list(r.policies).length === 0) errs.push(required(pp, 'must specify at least one Policy'));
  list(r.policies).forEach((p, i) => {
    const ip = pp.index(i);
    if (p.type !== 'Pods' && p.type !== 'Percent') errs.push(notSupported(ip.child('type'), p.type ?? '', ['Percent', 'Pods']));
    for (const f of ['value', 'periodSeconds']) if ((p[f] ?? 0) <= 0) errs.push(invalid(ip.child(f), p[f] ?? 0, 'must be greater than zero'));
    if (p.periodSeconds > 1800) errs.push(invalid(ip.child('periodSeconds'), p.periodSeconds, 'must be less than or equal to 1800'));
  });
  if (has(r.tolerance) && quantitySign(r.tolerance) < 0) errs.push(invalid(at.child('tolerance'), canonicalQuantity(r.tolerance), 'must be greater than or equal to 0'));
}

/** The metrics, whichever version they came in. */
function metricsOf(hpa: Obj): readonly Obj[] {
  if (hpa.apiVersion !== 'autoscaling/v1') return list(hpa.spec?.metrics);
  const cpu = hpa.spec?.targetCPUUtilizationPercentage;
  return has(cpu) ? [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }] : [];
}

interface Lax { readonly lowest: number; readonly target: VersionRule; readonly metrics: VersionRule }

function validateSpec(errs: Errs, hpa: Obj, lax: Lax): void {
  const spec = hpa.spec ?? {};
  const max: number = spec.maxReplicas ?? 0;
  if (has(spec.minReplicas) && spec.minReplicas < lax.lowest) errs.push(invalid(SPEC.child('minReplicas'), spec.minReplicas, `must be greater than or equal to ${lax.lowest}`));
  if (max === 0) errs.push(required(SPEC.child('maxReplicas'), 'must be set and greater than 0'));
  else if (max < 0) errs.push(invalid(SPEC.child('maxReplicas'), max, 'must be greater than or equal to 1'));
  if (has(spec.minReplicas) && max < spec.minReplicas) errs.push(invalid(SPEC.child('maxReplicas'), max, 'must be greater than or equal to `minReplicas`'));
  reference(errs, spec.scaleTargetRef, SPEC.child('scaleTargetRef'), lax.target);
  const metrics = metricsOf(hpa);
  metrics.forEach((m, i) => metric(errs, m, SPEC.child('metrics').index(i), lax.metrics));
  if (spec.minReplicas === 0 && !metrics.some((m) => m.type === 'Object' || m.type === 'External')) errs.push(forbidden(SPEC.child('metrics'), 'must specify at least one Object or External metric to support scaling to zero replicas'));
  scalingRules(errs, spec.behavior?.scaleUp, SPEC.child('behavior').child('scaleUp'));
  scalingRules(errs, spec.behavior?.scaleDown, SPEC.child('behavior').child('scaleDown'));
}

export function validateCreate(hpa: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, hpa.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, hpa, { lowest: 1, target: targetRule(hpa), metrics: 'core' });
  return errs;
}

// Only ReplicationControllers of the core group can be scaled.
const targetRule = (hpa: Obj): VersionRule => (hpa.spec?.scaleTargetRef?.kind === 'ReplicationController' ? 'core' : 'group');
const badVersion = (ref: Obj): boolean => (ref?.apiVersion ?? '').split('/').length > 2;

export function validateUpdate(hpa: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, hpa.metadata, old.metadata);
  const now = hpa.spec?.scaleTargetRef ?? {}; const before = old.spec?.scaleTargetRef ?? {};
  const sameTarget = (now.apiVersion ?? '') === (before.apiVersion ?? '') && (now.kind ?? '') === (before.kind ?? '');
  validateSpec(errs, hpa, { lowest: old.spec?.minReplicas === 0 ? 0 : 1, target: sameTarget ? 'any' : targetRule(hpa),
    metrics: metricsOf(old).some((m) => badVersion(m.object?.describedObject)) ? 'any' : 'core' });
  return errs;
}

export function validateStatusUpdate(hpa: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, hpa.metadata, old.metadata);
  counters(errs, hpa.status ?? {}, path('status'), ['currentReplicas', 'desiredReplicas']);
  return errs;
}
