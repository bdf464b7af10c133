/**
 * Builds strategic merge patches: between two versions of an object, and the three-way one of `kubectl apply`.
 * Upstream: k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (CreateTwoWayMergePatch, CreateThreeWayMergePatch)
 * Left out: conflict detection (`--overwrite=false`).
 */
import { schemaOfObject } from '../api/schema.ts';
import type { FieldSchema, TypeSchema } from '../api/schema.ts';
import { equal } from '../apimachinery/change.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { compareStrings } from '../apimachinery/utf8.ts';

type Obj = Readonly<Record<string, unknown>>;
type Patch = Record<string, unknown>;

interface Mode { readonly additions: boolean; readonly deletions: boolean; readonly order: boolean }

const isMap = (v: unknown): v is Obj => typeof v === 'object' && v !== null && !Array.isArray(v);
const MAX_DEPTH = 200;

function fieldOf(type: TypeSchema | undefined, name: string): { type: TypeSchema | undefined; field: FieldSchema | undefined } {
  if (type === undefined) return { type: undefined, field: undefined };
  if (type.kind === 'map') return { type: type.element, field: undefined };
  const field = type.byName.get(name);
  return { type: field?.type, field };
}

/** undefined: a JSON merge (no schema): every list is replaced. */
function diffMaps(before: Obj, after: Obj, type: TypeSchema | undefined, mode: Mode, depth: number): Patch {
  const patch: Patch = {};
  if (depth > MAX_DEPTH) return patch;
  for (const key of Object.keys(before).sort(compareStrings)) {
    const a = before[key];
    const b = after[key];
    if (a === undefined) continue;
    if (b === undefined) {
      if (mode.deletions) patch[key] = null;
      continue;
    }
    diffField(key, a, b, type, mode, patch, depth);
  }
  if (mode.additions) {
    for (const key of Object.keys(after).sort(compareStrings)) {
      if (before[key] === undefined && after[key] !== undefined) patch[key] = after[key];
    }
  }
  return patch;
}

function diffField(key: string, a: unknown, b: unknown, type: TypeSchema | undefined, mode: Mode, patch: Patch, depth: number): void {
  const { type: inner, field } = fieldOf(type, key);
  const strategies = field?.patchStrategies ?? [];
  if (isMap(a) && isMap(b)) {
    if (strategies.includes('replace')) {
      if (mode.additions && !equal(a, b)) patch[key] = b;
      return;
    }
    const child = diffMaps(a, b, inner, mode, depth + 1);
    const retain = strategies.includes('retainKeys') && mode.additions && !equal(a, b);
    if (retain) child['$retainKeys'] = Object.keys(b).sort(compareStrings);
    if (Object.keys(child).length > 0) patch[key] = child;
    return;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    if (!strategies.includes('merge')) {
      if (mode.additions && !equal(a, b)) patch[key] = b;
      return;
    }
    if (field?.patchMergeKey !== undefined && [...a, ...b].every(isMap)) diffListOfMaps(key, a as Obj[], b as Obj[], field.patchMergeKey, inner?.element, mode, patch, depth);
    else diffListOfScalars(key, a, b, mode, patch);
    return;
  }
  if (mode.additions && !equal(a, b)) patch[key] = b;
}

function diffListOfMaps(key: string, a: readonly Obj[], b: readonly Obj[], mergeKey: string, type: TypeSchema | undefined, mode: Mode, patch: Patch, depth: number): void {
  const keyOf = (item: Obj): string => toJson(item[mergeKey]);
  const old = new Map(a.map((item) => [keyOf(item), item] as const));
  const now = new Map(b.map((item) => [keyOf(item), item] as const));
  const changed: Obj[] = [];
  const sorted = (items: readonly Obj[]): Obj[] => [...items].sort((x, y) => compareStrings(String(x[mergeKey]), String(y[mergeKey])));
  for (const item of sorted(b)) {
    const before = old.get(keyOf(item));
    if (before === undefined) {
      if (mode.additions) changed.push(item);
      continue;
    }
    const child = diffMaps(before, item, type, mode, depth + 1);
    if (Object.keys(child).length > 0) changed.push({ ...child, [mergeKey]: item[mergeKey] });
  }
  const deleted: Obj[] = [];
  if (mode.deletions) for (const item of sorted(a)) if (!now.has(keyOf(item))) deleted.push({ $patch: 'delete', [mergeKey]: item[mergeKey] });
  const all = [...deleted, ...changed];
  if (all.length > 0) patch[key] = all;
  if (mode.order) {
    const order = b.map((item) => ({ [mergeKey]: item[mergeKey] }));
    const common = a.map(keyOf).filter((k) => now.has(k));
    const reordered = !equal(common, b.map(keyOf).filter((k) => old.has(k)));
    if (all.length > 0 || reordered) patch[`$setElementOrder/${key}`] = order;
  }
}

function diffListOfScalars(key: string, a: readonly unknown[], b: readonly unknown[], mode: Mode, patch: Patch): void {
  const added = b.filter((v) => !a.includes(v));
  const deleted = a.filter((v) => !b.includes(v));
  if (mode.additions && added.length > 0) patch[key] = added;
  if (mode.deletions && deleted.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = deleted;
  if (mode.order && (added.length > 0 || (mode.deletions && deleted.length > 0))) patch[`$setElementOrder/${key}`] = b;
}

/** Joins two patches of the same object. Upstream: MergeStrategicMergeMapPatchUsingLookupPatchMeta. */
function mergePatches(a: Patch, b: Patch, type: TypeSchema | undefined, depth: number): Patch {
  const out: Patch = { ...a };
  if (depth > MAX_DEPTH) return out;
  for (const key of Object.keys(b)) {
    const x = out[key];
    const y = b[key];
    const { type: inner, field } = fieldOf(type, key);
    if (isMap(x) && isMap(y)) out[key] = mergePatches(x, y, inner, depth + 1);
    else if (Array.isArray(x) && Array.isArray(y) && field?.patchMergeKey !== undefined) {
      const mergeKey = field.patchMergeKey;
      const list: Obj[] = [...(x as Obj[])];
      for (const item of y as Obj[]) {
        const at = list.findIndex((other) => equal(other[mergeKey], item[mergeKey]));
        if (at < 0) list.push(item);
        else list[at] = mergePatches(list[at], item, inner?.element, depth + 1);
      }
      out[key] = list;
    } else out[key] = y;
  }
  return out;
}

const schemaFor = (object: Obj): TypeSchema | undefined => schemaOfObject(String(object['apiVersion']), String(object['kind']));

/** The strategic merge patch (or, for kinds without a schema, the JSON merge patch) that turns `before` into `after`. */
export function twoWayPatch(before: Obj, after: Obj): Obj {
  const type = schemaFor(after);
  return diffMaps(before, after, type, { additions: true, deletions: true, order: type !== undefined }, 0);
}

/**
 * The patch of `kubectl apply`: fields of `modified` that differ from `current`, and removal of what `original` had and `modified` has not.
 * `original` undefined: nothing is removed.
 */
export function threeWayPatch(original: Obj | undefined, modified: Obj, current: Obj): Obj {
  const type = schemaFor(modified);
  const delta = diffMaps(current, modified, type, { additions: true, deletions: false, order: type !== undefined }, 0);
  const deletions = original === undefined ? {} : diffMaps(original, modified, type, { additions: false, deletions: true, order: false }, 0);
  return mergePatches(deletions, delta, type, 0);
}

export const hasSchema = (object: Obj): boolean => schemaFor(object) !== undefined;
