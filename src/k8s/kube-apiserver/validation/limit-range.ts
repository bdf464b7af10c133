/**
 * LimitRanges.
 * Upstream: ValidateLimitRange in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, path, required } from '../../apimachinery/field-error.ts';
import { isQualifiedName, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, has, list, size, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { validateObjectMeta } from './metadata.ts';
import { canonicalQuantity as text, compareQuantities as compare, quantityMilliValue, quantityValue } from './quantities.ts';
import { containerResourceName, isOvercommitAllowed, resourceName } from './resource-names.ts';

const LIMITS = path('spec', 'limits');
const TYPES = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
// Beyond it thousandths would overflow an int64.
const MAX_MILLI = 2 ** 63 / 1000;

function limitType(errs: Errs, type: string, at: Path): void {
  const bad = isQualifiedName(type);
  if (bad.length > 0) complain(errs, at, type, bad);
  else if (!type.includes('/') && !TYPES.has(type)) errs.push(invalid(at, type, 'must be a standard limit type or fully qualified'));
}

// Go's %f: six decimals.
function decimals(n: number): string {
  if (n === Infinity) return '+Inf';
  if (n !== n) return 'NaN';
  return n.toFixed(6);
}

function relations(errs: Errs, l: Obj, k: string, at: Path): void {
  const pod = l.type === 'Pod';
  const min = l.min?.[k]; const max = l.max?.[k]; const ratio = l.maxLimitRequestRatio?.[k];
  const def = pod ? undefined : l.default?.[k]; const req = pod ? undefined : l.defaultRequest?.[k];
  const bad = (field: string, shown: Obj, why: string): void => { errs.push(invalid(at.child(field).key(k), text(shown), why)); };
  if (has(min) && has(max) && compare(min, max) > 0) bad('min', min, `min value ${text(min)} is greater than max value ${text(max)}`);
  if (has(req) && has(min) && compare(min, req) > 0) bad('defaultRequest', req, `min value ${text(min)} is greater than default request value ${text(req)}`);
  if (has(req) && has(max) && compare(req, max) > 0) bad('defaultRequest', req, `default request value ${text(req)} is greater than max value ${text(max)}`);
  if (has(req) && has(def) && compare(req, def) > 0) bad('defaultRequest', req, `default request value ${text(req)} is greater than default limit value ${text(def)}`);
  if (has(def) && has(min) && compare(min, def) > 0) bad('default', min, `min value ${text(min)} is greater than default value ${text(def)}`);
  if (has(def) && has(max) && compare(def, max) > 0) bad('default', max, `default value ${text(def)} is greater than max value ${text(max)}`);
  if (has(ratio) && compare(ratio, '1') < 0) bad('maxLimitRequestRatio', ratio, `ratio ${text(ratio)} is less than 1`);
  if (has(ratio) && has(min) && has(max)) {
    let r = quantityValue(ratio); let lo = quantityValue(min); let hi = quantityValue(max);
    if (r < MAX_MILLI && lo < MAX_MILLI && hi < MAX_MILLI) { r = quantityMilliValue(ratio) / 1000; lo = quantityMilliValue(min); hi = quantityMilliValue(max); }
    if (r > hi / lo) bad('maxLimitRequestRatio', ratio, `ratio ${text(ratio)} is greater than max/min = ${decimals(hi / lo)}`);
  }
  if (!isOvercommitAllowed(k) && has(def) && has(req) && compare(def, req) !== 0) {
    bad('defaultRequest', req, `default value ${text(def)} must equal to defaultRequest value ${text(req)} in ${k}`);
  }
}

export function validateCreate(lr: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, lr.metadata, true, nameIsDNSSubdomain);
  const seen = new Set<string>();
  list(lr.spec?.limits).forEach((l, i) => {
    const at = LIMITS.index(i);
    const type: string = l.type ?? '';
    limitType(errs, type, at.child('type'));
    if (seen.has(type)) errs.push(duplicate(at.child('type'), type));
    seen.add(type);
    const keys: Record<string, true> = {};
    const names = (field: string): void => {
      for (const k of sortedKeys(l[field])) {
        const p = at.child(field).key(k);
        if (type === 'Pod' || type === 'Container') containerResourceName(errs, k, p); else resourceName(errs, k, p);
        keys[k] = true;
      }
    };
    names('max'); names('min');
    if (type === 'Pod') {
      for (const f of ['default', 'defaultRequest']) if (size(l[f]) > 0) errs.push(forbidden(at.child(f), "may not be specified when `type` is 'Pod'"));
    } else { names('default'); names('defaultRequest'); }
    if (type === 'PersistentVolumeClaim' && !has(l.min?.storage) && !has(l.max?.storage)) {
      errs.push(required(at.child('limits'), 'either minimum or maximum storage value is required, but neither was provided'));
    }
    names('maxLimitRequestRatio');
    for (const k of sortedKeys(keys)) relations(errs, l, k, at);
  });
  return errs;
}

/** Upstream checks an update like a new one. */
export const validateUpdate = (lr: Obj): FieldError[] => validateCreate(lr);
