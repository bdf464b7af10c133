/**
 * Checks that many kinds share: numbers, names, labels, selectors, addresses. Each appends to `errs`; nothing is returned or thrown.
 * Upstream: pkg/apis/core/validation/validation.go, staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go
 * Left out: error origins and declarative marks, which no client sees.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, required } from '../../apimachinery/field-error.ts';
import {
  isDNS1123Label, isDNS1123Subdomain, isQualifiedName, isValidCIDRForLegacyField, isValidIPForLegacyField, isValidLabelValue, isValidPortName, isValidPortNum,
  type Complaints,
} from '../../apimachinery/validation-strings.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { goQuote } from '../../apimachinery/goquote.ts';
import { isIpv6, parseCidr, parseIp } from '../../apimachinery/ip.ts';

/** A decoded, defaulted v1 value: zero values are absent. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Obj = any;
export type Errs = FieldError[];

const EMPTY: readonly Obj[] = Object.freeze([]);
/** A list field; absent is empty. */
export const list = (v: Obj): readonly Obj[] => v ?? EMPTY;
/** Number of entries of a map field. */
export const size = (v: Obj): number => v === undefined || v === null ? 0 : Object.keys(v).length;
/** Present, where upstream has a pointer. */
export const has = (v: Obj): boolean => v !== undefined && v !== null;
/** Keys of a map in byte order. Upstream walks maps in random order; the scorer compares such parts as sets. */
export function sortedKeys(map: Obj): readonly string[] {
  if (map === undefined || map === null) return EMPTY as readonly string[];
  const keys = Object.keys(map);
  return keys.length < 2 ? keys : keys.sort(compareStrings);
}

/** One `Invalid value` for each complaint. */
export function complain(errs: Errs, at: Path, value: unknown, complaints: Complaints): void {
  for (const c of complaints) errs.push(invalid(at, value, c));
}

export function nonNegative(errs: Errs, value: number | undefined, at: Path): void {
  if (value !== undefined && value < 0) errs.push(invalid(at, value, 'must be greater than or equal to 0'));
}

export function positive(errs: Errs, value: number | undefined, at: Path): void {
  if ((value ?? 0) <= 0) errs.push(invalid(at, value ?? 0, 'must be greater than zero'));
}

/** Like nonNegative for a child of `at`, whose path is only built for an error. */
export function nonNegativeField(errs: Errs, obj: Obj, field: string, at: Path): void {
  const v = obj[field];
  if (v !== undefined && v < 0) errs.push(invalid(at.child(field), v, 'must be greater than or equal to 0'));
}

export const dns1123Label = (errs: Errs, value: string, at: Path): void => complain(errs, at, value, isDNS1123Label(value));
export const dns1123Subdomain = (errs: Errs, value: string, at: Path): void => complain(errs, at, value, isDNS1123Subdomain(value));
export const qualifiedName = (errs: Errs, value: string, at: Path): void => complain(errs, at, value, isQualifiedName(value));

/** Upstream: ValidateLabelName. */
export const labelName = (errs: Errs, name: string, at: Path): void => complain(errs, at, name, isQualifiedName(name));

/** Upstream: ValidateLabels. */
export function validateLabels(errs: Errs, labels: Obj, at: Path): void {
  if (labels === undefined || labels === null) return;
  for (const k of sortedKeys(labels)) {
    complain(errs, at, k, isQualifiedName(k));
    const value: string = labels[k] ?? '';
    const bad = isValidLabelValue(value);
    if (bad.length > 0) complain(errs, at, value, bad);
  }
}

/** Upstream: ValidateLabelSelector. `allowInvalidValues`: an update of an object that already had some. */
export function validateLabelSelector(errs: Errs, selector: Obj, at: Path, allowInvalidValues = false): void {
  if (!has(selector)) return;
  validateLabels(errs, selector.matchLabels, at.child('matchLabels'));
  list(selector.matchExpressions).forEach((e, i) => {
    const ep = at.child('matchExpressions').index(i);
    const n = list(e.values).length;
    switch (e.operator) {
      case 'In': case 'NotIn':
        if (n === 0) errs.push(required(ep.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
        break;
      case 'Exists': case 'DoesNotExist':
        if (n > 0) errs.push(forbidden(ep.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        break;
      default: errs.push(invalid(ep.child('operator'), e.operator ?? '', 'not a valid selector operator'));
    }
    labelName(errs, e.key ?? '', ep.child('key'));
    if (!allowInvalidValues) list(e.values).forEach((v, j) => complain(errs, ep.child('values').index(j), v, isValidLabelValue(v)));
  });
}

/** Whether upstream's LabelSelectorAsSelector accepts it (it checks keys, values and operators again). */
export function selectorParses(selector: Obj): boolean {
  if (!has(selector)) return true;
  for (const k of Object.keys(selector.matchLabels ?? {})) if (isQualifiedName(k).length > 0 || isValidLabelValue(selector.matchLabels[k]).length > 0) return false;
  for (const e of list(selector.matchExpressions)) {
    const n = list(e.values).length;
    switch (e.operator) {
      case 'In': case 'NotIn': if (n === 0) return false; break;
      case 'Exists': case 'DoesNotExist': if (n > 0) return false; break;
      default: return false;
    }
    if (isQualifiedName(e.key ?? '').length > 0) return false;
    for (const v of list(e.values)) if (isValidLabelValue(v).length > 0) return false;
  }
  return true;
}

/** Label selector against labels; nil selects nothing, an empty one everything. */
export function selectorMatches(selector: Obj, labels: Obj): boolean {
  if (!has(selector)) return false;
  const map = labels ?? {};
  const get = (k: string): string | undefined => Object.hasOwn(map, k) ? map[k] : undefined;
  for (const k of Object.keys(selector.matchLabels ?? {})) if (get(k) !== selector.matchLabels[k]) return false;
  for (const e of list(selector.matchExpressions)) {
    const v = get(e.key);
    switch (e.operator) {
      case 'In': if (v === undefined || !list(e.values).includes(v)) return false; break;
      case 'NotIn': if (v !== undefined && list(e.values).includes(v)) return false; break;
      case 'Exists': if (v === undefined) return false; break;
      default: if (v !== undefined) return false;
    }
  }
  return true;
}

/** An int-or-string port. */
export function portNumOrName(errs: Errs, port: number | string | undefined, at: Path): void {
  if (typeof port === 'string') complain(errs, at, port, isValidPortName(port));
  else complain(errs, at, port ?? 0, isValidPortNum(port ?? 0));
}

/** Feature gate StrictIPCIDRValidation is on in 1.36; `old`: addresses the object had before may stay as they are. */
export function legacyIP(errs: Errs, at: Path, value: string, old: readonly string[] = []): void {
  for (const e of isValidIPForLegacyField(at, value, true, old)) errs.push(e);
}
export function legacyCIDR(errs: Errs, at: Path, value: string, old: readonly string[] = []): void {
  for (const e of isValidCIDRForLegacyField(at, value, true, old)) errs.push(e);
}

/** Upstream: netutils.IsDualStackIPStrings: false also if a text is no address (`bad` names it). */
export function dualStackIPs(texts: readonly string[]): { readonly dual: boolean; readonly bad?: string } {
  let v4 = false; let v6 = false;
  for (const t of texts) {
    const ip = parseIp(t);
    if (ip === undefined) return { dual: false, bad: `invalid IP[${texts.indexOf(t)}]: ` + '<nil>' };
    if (isIpv6(ip)) v6 = true; else v4 = true;
  }
  return { dual: v4 && v6 };
}

export function dualStackCIDRs(texts: readonly string[]): boolean {
  let v4 = false; let v6 = false;
  for (const t of texts) {
    const c = parseCidr(t);
    if (c === undefined) return false;
    if (isIpv6(c.ip)) v6 = true; else v4 = true;
  }
  return v4 && v6;
}

/** Upstream: ValidateEndpointIP. */
export function endpointIP(errs: Errs, text: string, at: Path): void {
  const ip = parseIp(text);
  if (ip === undefined) { errs.push(invalid(at, text, 'must be a valid IP address')); return; }
  const b = ip.bytes;
  const v6 = b.length === 16;
  const allZero = b.every((x) => x === 0);
  if (allZero) errs.push(invalid(at, text, `may not be unspecified (${text})`));
  if (v6 ? b[15] === 1 && b.slice(0, 15).every((x) => x === 0) : b[0] === 127) errs.push(invalid(at, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (v6 ? b[0] === 0xfe && ((b[1] as number) & 0xc0) === 0x80 : b[0] === 169 && b[1] === 254) errs.push(invalid(at, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (v6 ? b[0] === 0xff && ((b[1] as number) & 0x0f) === 0x02 : b[0] === 224 && b[1] === 0 && b[2] === 0) errs.push(invalid(at, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
}

export const isIPv4Text = (t: string): boolean => { const ip = parseIp(t); return ip !== undefined && !isIpv6(ip); };
export const isIPv6Text = (t: string): boolean => { const ip = parseIp(t); return ip !== undefined && isIpv6(ip); };

/** ASCII lower case: the only case mapping in the engine. Upstream lower-cases Unicode; such characters are refused by the checks that follow. */
export const asciiLower = (t: string): string => t.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));

/** Go's %q. */
export const quote = goQuote;

/** Upstream: path.IsAbs. */
export const isAbsolute = (p: string): boolean => p.startsWith('/');

/** Upstream: validatePathNoBacksteps. */
export function noBacksteps(errs: Errs, target: string, at: Path): void {
  if (target.includes('..') && target.split('/').includes('..')) errs.push(invalid(at, target, "must not contain '..'"));
}

/** Upstream: validateLocalDescendingPath. */
export function localDescendingPath(errs: Errs, target: string, at: Path): void {
  if (isAbsolute(target)) errs.push(invalid(at, target, 'must be a relative path'));
  noBacksteps(errs, target, at);
}

/** Upstream: ValidateLocalNonReservedPath. */
export function localNonReservedPath(errs: Errs, target: string, at: Path): void {
  localDescendingPath(errs, target, at);
  if (target.startsWith('..') && !target.startsWith('../')) errs.push(invalid(at, target, "must not start with '..'"));
}

/** Calls `visit` for every init, regular and ephemeral container. Upstream: VisitContainersWithPath. */
export function visitContainers(spec: Obj, at: Path, visit: (container: Obj, at: Path) => void): void {
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    const items = spec[field];
    if (!has(items) || items.length === 0) continue;
    const p = at.child(field);
    for (let i = 0; i < items.length; i++) visit(items[i], p.index(i));
  }
}
