/**
 * v1 values as upstream's internal structs: how errors print whole values (`Invalid value: {"Key":"a",…}`), how two are compared
 * semantically, and the unified diff of a refused update.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/{util/diff/diff.go,api/equality/semantic.go,conversion/deep_equal.go}
 * Left out: go-cmp's diff format, which is behind a build tag.
 */
import { toJson } from '../../apimachinery/json-emit.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { INTERNAL_TYPES } from './internal-types.ts';
import { unifiedDiff } from './unified-diff.ts';
import { canonicalQuantity, compareQuantities } from './quantities.ts';
import type { Obj } from './field-checks.ts';

interface FieldSpec { readonly go: string; readonly json: string; readonly kind: string }

const types = new Map<string, readonly FieldSpec[]>();

function fieldsOf(type: string): readonly FieldSpec[] {
  if (types.size === 0) {
    for (const line of INTERNAL_TYPES.trim().split('\n')) {
      const [name, ...fields] = line.split(' ');
      types.set(name as string, fields.map((f) => {
        const colon = f.indexOf(':');
        const [go, json] = f.slice(0, colon).split('=') as [string, string | undefined];
        return { go, json: json ?? (go.slice(0, 1).toLowerCase() + go.slice(1)), kind: f.slice(colon + 1) };
      }));
    }
  }
  const spec = types.get(type);
  if (spec === undefined) throw new Error('no internal type ' + type);
  return spec;
}

const META_ORDER = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp',
  'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields', 'matchLabels', 'matchExpressions', 'key', 'operator', 'values'];

/** A metav1 value with its keys in declaration order, maps sorted; null if absent. */
export function metaForm(value: Obj, depth = 0): Obj {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || depth > 20) return value;
  if (Array.isArray(value)) return value.map((v) => metaForm(v, depth + 1));
  const out: Obj = {};
  const rank = (k: string): number => { const i = META_ORDER.indexOf(k); return i < 0 ? META_ORDER.length : i; };
  for (const k of Object.keys(value).sort((a, b) => rank(a) - rank(b) || compareStrings(a, b))) {
    out[k] = k === 'labels' || k === 'annotations' || k === 'matchLabels' ? sortedMap(value[k]) : metaForm(value[k], depth + 1);
  }
  return out;
}

/** A map as Go prints it: keys sorted; null if absent. */
export function sortedMap(value: Obj): Obj {
  if (value === undefined || value === null) return null;
  const out: Obj = {};
  for (const k of Object.keys(value).sort(compareStrings)) out[k] = value[k];
  return out;
}

function convert(kind: string, value: Obj): Obj {
  if (value === undefined) value = null;
  if (kind.startsWith('[]')) return value === null ? null : (value as Obj[]).map((v) => convert(kind.slice(2), v));
  if (kind.startsWith('{}')) {
    if (value === null) return null;
    const out: Obj = {};
    for (const k of Object.keys(value).sort(compareStrings)) out[k] = convert(kind.slice(2), value[k]);
    return out;
  }
  if (kind.startsWith('*')) return value === null ? null : convert(kind.slice(1), value);
  switch (kind) {
    case 's': return value ?? '';
    case 'b': return value ?? false;
    case 'i': case 'I': return value ?? 0;
    case 't': return value;
    case 'q': return value === null ? '0' : canonicalQuantity(value);
    case 'M': return metaForm(value ?? {});
    default: return toInternal(kind, value ?? {});
  }
}

/** The internal struct, its keys in declaration order and every field present. `type` names a line of the table. */
export function toInternal(type: string, v1: Obj): Obj {
  const out: Obj = {};
  const value = type === 'PodSpec' ? withHostFields(v1) : v1;
  for (const f of fieldsOf(type)) {
    if (f.go === '^') Object.assign(out, toInternal(f.kind, value));
    else if (f.go === '^metadata') Object.assign(out, metaForm(value.metadata ?? {}));
    else out[f.go] = convert(f.kind, value[f.json]);
  }
  return out;
}

// The internal pod security context holds the host namespaces that v1 keeps in the pod's spec.
function withHostFields(spec: Obj): Obj {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  return { ...spec, securityContext: { ...spec.securityContext, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } };
}

/** The same JSON value; shared references end the walk. */
export function jsonEqual(a: Obj, b: Obj, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 100) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!jsonEqual(a[i], b[i], depth + 1)) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  let n = 0;
  for (const k in a) { if (a[k] === undefined) continue; n++; if (!jsonEqual(a[k], b[k], depth + 1)) return false; }
  for (const k in b) if (b[k] !== undefined) n--;
  return n === 0;
}

function kindEqual(kind: string, a: Obj, b: Obj): boolean {
  if (a === b) return true;
  if (kind.startsWith('[]')) {
    const x = (a ?? []) as Obj[]; const y = (b ?? []) as Obj[];
    return x.length === y.length && x.every((v, i) => kindEqual(kind.slice(2), v, y[i]));
  }
  if (kind.startsWith('{}')) {
    const x = a ?? {}; const y = b ?? {};
    const keys = Object.keys(x);
    return keys.length === Object.keys(y).length && keys.every((k) => k in y && kindEqual(kind.slice(2), x[k], y[k]));
  }
  if (kind.startsWith('*')) {
    const none = (v: Obj): boolean => v === null || v === undefined;
    return none(a) || none(b) ? none(a) && none(b) : kindEqual(kind.slice(1), a, b);
  }
  switch (kind) {
    case 's': return (a ?? '') === (b ?? '');
    case 'b': return (a ?? false) === (b ?? false);
    case 'i': case 'I': return (a ?? 0) === (b ?? 0);
    case 't': return (a ?? null) === (b ?? null);
    case 'q': return compareQuantities(a ?? '0', b ?? '0') === 0;
    case 'M': return metaEqual(a ?? {}, b ?? {});
    default: return semanticEqual(kind, a ?? {}, b ?? {});
  }
}

// Empty lists and maps of a metav1 value equal absent ones.
function metaEqual(a: Obj, b: Obj, depth = 0): boolean {
  if (a === b) return true;
  const empty = (v: Obj): boolean => v === undefined || v === null || v === '' || v === 0 || v === false || (typeof v === 'object' && Object.keys(v).length === 0);
  if (empty(a) && empty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > 50) return false;
  for (const k of Object.keys(a)) if (!metaEqual(a[k], b[k], depth + 1)) return false;
  for (const k of Object.keys(b)) if (!(k in a) && !empty(b[k])) return false;
  return true;
}

/** Upstream's Semantic.DeepEqual of two structs: quantities by value, nil and empty lists and maps alike, pointers by presence. */
export function semanticEqual(type: string, a: Obj, b: Obj): boolean {
  if (a === b) return true;
  const x = type === 'PodSpec' ? withHostFields(a ?? {}) : a ?? {};
  const y = type === 'PodSpec' ? withHostFields(b ?? {}) : b ?? {};
  return fieldsOf(type).every((f) =>
    f.go === '^' ? semanticEqual(f.kind, x, y) : f.go === '^metadata' ? metaEqual(x.metadata ?? {}, y.metadata ?? {}) : kindEqual(f.kind, x[f.json], y[f.json]));
}

/** Semantic.DeepEqual of metav1 values (label selectors, maps, lists of strings). */
export function semanticMetaEqual(a: Obj, b: Obj): boolean { return metaEqual(a, b); }

/** Like `semanticMetaEqual`, for pointers: absent and present differ. */
export function semanticPointerEqual(a: Obj, b: Obj): boolean { return kindEqual('*M', a, b); }

/** The text a refused update ends with: what would change, as internal JSON. */
export function internalDiff(type: string, before: Obj, after: Obj): string {
  const pretty = (v: Obj): string => toJson(toInternal(type, v), { indent: ' ', sort: false });
  return unifiedDiff(pretty(before), pretty(after));
}
