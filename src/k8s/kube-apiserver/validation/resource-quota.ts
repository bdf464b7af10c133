/**
 * ResourceQuotas.
 * Upstream: ValidateResourceQuota & co. in pkg/apis/core/validation/validation.go, pkg/registry/core/resourcequota/strategy.go (warnings)
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { invalid, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { has, list, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { canonicalQuantity, compareQuantities } from './quantities.ts';
import { isStandardQuotaResource, quotaResourceName } from './resource-names.ts';
import { resourceQuantity } from './resources.ts';

const SPEC = path('spec');
const STATUS = path('status');
const SCOPES = new Set(['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'VolumeAttributesClass', 'CrossNamespacePodAffinity']);
const COMPUTE = new Set(['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']);
const CLAIMS = new Set(['persistentvolumeclaims', 'requests.storage']);

function scopeCounts(scope: string, resource: string): boolean {
  switch (scope) {
    case 'Terminating': case 'NotTerminating': case 'NotBestEffort': case 'PriorityClass': case 'CrossNamespacePodAffinity': return COMPUTE.has(resource);
    case 'BestEffort': return resource === 'pods';
    case 'VolumeAttributesClass': return CLAIMS.has(resource);
    default: return true;
  }
}

function amounts(errs: Errs, map: Obj, at: Path): void {
  for (const k of sortedKeys(map)) {
    const p = at.key(k);
    quotaResourceName(errs, k, p);
    resourceQuantity(errs, k, map[k], p);
  }
}

function conflicting(errs: Errs, scopes: ReadonlySet<string>, shown: Obj, at: Path): void {
  for (const [a, b] of [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const) if (scopes.has(a) && scopes.has(b)) errs.push(invalid(at, shown, 'conflicting scopes'));
}

function validateSpec(errs: Errs, spec: Obj): void {
  amounts(errs, spec.hard, SPEC.child('hard'));
  const hard = sortedKeys(spec.hard).filter(isStandardQuotaResource);
  if (list(spec.scopes).length > 0) {
    const at = SPEC.child('scopes');
    for (const s of list(spec.scopes)) {
      if (!SCOPES.has(s)) errs.push(invalid(at, spec.scopes, 'unsupported scope'));
      for (const k of hard) if (!scopeCounts(s, k)) errs.push(invalid(at, spec.scopes, 'unsupported scope applied to resource'));
    }
    conflicting(errs, new Set(list(spec.scopes)), spec.scopes, at);
  }
  if (!has(spec.scopeSelector)) return;
  const at = SPEC.child('scopeSelector').child('matchExpressions');
  const names = new Set<string>();
  for (const r of list(spec.scopeSelector.matchExpressions)) {
    const scope: string = r.scopeName ?? ''; const op: string = r.operator ?? '';
    if (!SCOPES.has(scope)) errs.push(invalid(at.child('scopeName'), scope, 'unsupported scope'));
    for (const k of hard) if (!scopeCounts(scope, k)) errs.push(invalid(at, toInternal('ScopeSelector', spec.scopeSelector), 'unsupported scope applied to resource'));
    if (scope !== 'PriorityClass' && scope !== 'VolumeAttributesClass' && SCOPES.has(scope) && op !== 'Exists') {
      errs.push(invalid(at.child('operator'), op, "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"));
    }
    const n = list(r.values).length;
    if (op === 'In' || op === 'NotIn') { if (n === 0) errs.push(required(at.child('values'), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")); }
    else if (op === 'Exists' || op === 'DoesNotExist') { if (n !== 0) errs.push(invalid(at.child('values'), r.values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")); }
    else errs.push(invalid(at.child('operator'), op, 'not a valid selector operator'));
    names.add(scope);
  }
  conflicting(errs, names, spec.scopes ?? null, at);
}

function validateAmountsOfStatus(errs: Errs, status: Obj): void {
  amounts(errs, status?.hard, STATUS.child('hard'));
  amounts(errs, status?.used, STATUS.child('used'));
}

export function validateCreate(q: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, q.metadata, true, nameIsDNSSubdomain);
  validateSpec(errs, q.spec ?? {});
  validateAmountsOfStatus(errs, q.status);
  return errs;
}

export function validateUpdate(q: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, q.metadata, old.metadata);
  validateSpec(errs, q.spec ?? {});
  const now = new Set(list(q.spec?.scopes)); const before = new Set(list(old.spec?.scopes));
  if (now.size !== before.size || list(q.spec?.scopes).some((s) => !before.has(s))) errs.push(invalid(SPEC.child('scopes'), q.spec?.scopes ?? null, 'field is immutable'));
  return errs;
}

export function validateStatusUpdate(q: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, q.metadata, old.metadata);
  if (!q.metadata.resourceVersion) errs.push(required(path('resourceVersion'), ''));
  if (q.status !== old.status) validateAmountsOfStatus(errs, q.status);
  return errs;
}

/** Only new quotas are warned about requests above limits. */
export function warnings(q: Obj, old?: Obj): string[] {
  if (old !== undefined) return [];
  const hard = q.spec?.hard ?? {};
  const out: string[] = [];
  for (const r of ['cpu', 'memory', 'storage', 'ephemeral-storage']) {
    let name = 'requests.' + r;
    if (!has(hard[name]) && (r === 'cpu' || r === 'memory') && has(hard[r])) name = r;
    const limit = 'limits.' + r;
    if (has(hard[name]) && has(hard[limit]) && compareQuantities(hard[name], hard[limit]) > 0) {
      out.push(`ResourceQuota ${name} (${canonicalQuantity(hard[name])}) should be less than ${limit} (${canonicalQuantity(hard[limit])})`);
    }
  }
  return out;
}
