/**
 * Tools for values that are never changed in place: set, remove and compare, sharing every unchanged subtree.
 * Upstream: none (Go copies deeply); `semanticEqual` is apimachinery/pkg/api/equality.Semantic.
 * Left out: nothing.
 */

type Plain = { readonly [key: string]: unknown };

const isMap = (v: unknown): v is Plain => typeof v === 'object' && v !== null && !Array.isArray(v);

/** Deeper values are never equal: decoders refuse them long before. */
const MAX_DEPTH = 500;

/** Deep equality of plain values. Equal references end the walk; undefined properties count as absent. */
export function equal(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equal(a[i], b[i], depth + 1)) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const x = a as Plain, y = b as Plain;
  let n = 0;
  for (const key in x) {
    if (x[key] === undefined) continue;
    n++;
    if (!equal(x[key], y[key], depth + 1)) return false;
  }
  for (const key in y) if (y[key] !== undefined) n--;
  return n === 0;
}

function isEmpty(v: unknown): boolean {
  if (v === undefined || v === null) return true;
  if (typeof v !== 'object') return false;
  if (Array.isArray(v)) return v.length === 0;
  for (const key in v as Plain) if ((v as Plain)[key] !== undefined) return false;
  return true;
}

/** As `equal`, but an absent, null or empty list or map equals another of them, at any depth. */
export function semanticEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!semanticEqual(a[i], b[i], depth + 1)) return false;
    return true;
  }
  const x = a as Plain, y = b as Plain;
  for (const key in x) if (!semanticEqual(x[key], y[key], depth + 1)) return false;
  for (const key in y) if (!(key in x) && !isEmpty(y[key])) return false;
  return true;
}

/** `object` with `field` set; the same reference if it already holds this very value. Undefined removes the field. */
export function withField<T extends object>(object: T, field: string, value: unknown): T {
  if ((object as Plain)[field] === value && (value !== undefined || !(field in object))) return object;
  if (value === undefined) return withoutField(object, field);
  return { ...object, [field]: value };
}

/** `object` without `field`; the same reference if it has none. */
export function withoutField<T extends object>(object: T, field: string): T {
  if (!(field in object)) return object;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(object)) if (key !== field) out[key] = (object as Plain)[key];
  return out as T;
}

/** The value at a path of field names and list indexes; undefined where the way ends. */
export function getAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Plain)[step as string];
  }
  return at;
}

/**
 * `value` with the place at `path` set, every map on the way made if absent. An undefined value removes the last field.
 * A list index must exist (or be one past the end).
 */
export function setAt<T>(value: T, path: readonly (string | number)[], leaf: unknown): T {
  return put(value, path, 0, leaf) as T;
}

function put(value: unknown, path: readonly (string | number)[], i: number, leaf: unknown): unknown {
  if (i === path.length) return leaf;
  const step = path[i];
  if (typeof step === 'number') {
    const list = Array.isArray(value) ? value : [];
    const next = put(list[step], path, i + 1, leaf);
    if (next === list[step] && step < list.length) return value;
    const copy = list.slice();
    copy[step] = next;
    return copy;
  }
  const map = isMap(value) ? value : {};
  if (leaf === undefined && !(step in map)) return value;
  return withField(map === value ? map : { ...map }, step, put(map[step], path, i + 1, leaf));
}

/**
 * `after`, with every subtree that equals the one in `before` replaced by `before`'s reference, so that later comparisons end early
 * and versions share memory. Returns `before` itself if nothing differs.
 */
export function shareUnchanged<T>(before: unknown, after: T, depth = 0): T {
  if (before === after) return after;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null || depth > MAX_DEPTH) return after;
  if (Array.isArray(after)) {
    if (!Array.isArray(before)) return after;
    let same = before.length === after.length;
    const out = after.map((item: unknown, i) => {
      const shared = shareUnchanged(before[i], item, depth + 1);
      if (shared !== before[i]) same = false;
      return shared;
    });
    return (same ? before : out) as T;
  }
  if (Array.isArray(before)) return after;
  const x = before as Plain, y = after as Plain;
  let same = true;
  const out: Record<string, unknown> = {};
  const keys = Object.keys(y);
  for (const key of keys) {
    const shared = shareUnchanged(x[key], y[key], depth + 1);
    if (shared !== x[key] || !(key in x)) same = false;
    out[key] = shared;
  }
  if (same && Object.keys(x).length === keys.length) return before as T;
  return out as T;
}

/** Freezes a value and all below it. For tests. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const key of Object.keys(value)) deepFreeze((value as Plain)[key]);
  }
  return value;
}
