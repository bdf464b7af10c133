/**
 * Strategic merge patches: applying them, and making them from two or three versions of an object.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/{patch,meta}.go, util/mergepatch/errors.go
 * Left out: preconditions; the conflict report of `apply --overwrite=false`.
 */
import type { FieldSchema, TypeSchema } from '../api/schema.ts';
import { equal } from './change.ts';
import { goQuote, goValue } from './goquote.ts';
import type { Parsed } from './parsed.ts';
import { compareStrings } from './utf8.ts';

type Plain = { readonly [key: string]: unknown };
type Draft = Record<string, unknown>;

const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const DELETE_LIST = '$deleteFromPrimitiveList';
const ORDER = '$setElementOrder';
const ORDER_OF = ORDER + '/';

class PatchError { readonly message: string; constructor(message: string) { this.message = message; } }
const fail = (message: string): never => { throw new PatchError(message); };

const isMap = (v: unknown): v is Plain => typeof v === 'object' && v !== null && !Array.isArray(v);
const kindOf = (v: unknown): string => (v === null || v === undefined ? 'nil' : Array.isArray(v) ? 'slice' : typeof v === 'object' ? 'map' : typeof v);
const noMergeKey = (m: Plain, key: string): never => fail(`map: ${goValue(m)} does not contain declared merge key: ${key}`);

interface Meta { readonly type: TypeSchema | undefined; readonly strategy: string; readonly retainKeys: boolean; readonly mergeKey: string }

function lookup(type: TypeSchema | undefined, key: string): Meta {
  if (type === undefined) return fail(`unable to find api field ${goQuote(key)}`);
  // Maps of strings to anything have no fields of their own: their values carry no strategy.
  if (type.kind === 'map') return { type: elementOf(type.element), strategy: '', retainKeys: false, mergeKey: '' };
  const f: FieldSchema | undefined = type.byName.get(key);
  if (f === undefined) {
    if (type.kind !== 'struct') return { type: undefined, strategy: '', retainKeys: false, mergeKey: '' };
    return fail(`unable to find api field in struct ${type.go.slice(type.go.indexOf('.') + 1)} for the json field ${goQuote(key)}`);
  }
  let meta = metas.get(f);
  if (meta === undefined) {
    const strategies = f.patchStrategies.filter((s) => s !== 'retainKeys');
    metas.set(f, (meta = { type: elementOf(f.type), strategy: strategies[0] ?? '', retainKeys: f.patchStrategies.includes('retainKeys'), mergeKey: f.patchMergeKey ?? '' }));
  }
  return meta;
}
const metas = new Map<FieldSchema, Meta>();

function elementOf(type: TypeSchema | undefined): TypeSchema | undefined {
  let t = type;
  while (t !== undefined && t.kind === 'list') t = t.element;
  return t;
}

interface Options { /** Apply parallel lists to the list itself; false while two patches are merged. */ readonly parallel: boolean; /** Nulls that match nothing vanish. */ readonly dropNulls: boolean }

/** Applies a strategic merge patch to a whole object. Shares what the patch does not touch. */
export function applyStrategicMergePatch(type: TypeSchema, original: unknown, patch: unknown): Parsed<unknown> {
  if (!isMap(patch)) return { error: 'cannot unmarshal patch: expected a map' };
  return guarded(() => mergeMap(isMap(original) ? original : {}, patch, type, { parallel: true, dropNulls: true }, 0));
}

function guarded<T>(work: () => T): Parsed<T> {
  try { return { value: work() }; } catch (e) {
    if (e instanceof PatchError) return { error: e.message };
    throw e;
  }
}

function mergeMap(original: Plain, patchGiven: Plain, type: TypeSchema | undefined, options: Options, depth: number): Plain {
  if (depth > 200) fail('patch is nested too deeply');
  const directive = patchGiven[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'replace') { const { [DIRECTIVE]: _, ...rest } = patchGiven; return rest; }
    if (directive === 'delete') return {};
    fail(`unknown patch type: ${goValue(directive)} in map: ${goValue(patchGiven)}`);
  }
  const out: Draft = { ...original };
  let patch = patchGiven as Draft;
  let changed = false;
  if (hasDirectives(patchGiven)) {
    patch = { ...patchGiven };
    changed = retain(out, patch, options);
    for (const key of Object.keys(patch)) if (key.startsWith(ORDER_OF)) { orderList(out, patch, key, type, options, depth); changed = true; }
  }
  for (const given of sortedKeys(patch)) {
    const value = patch[given];
    if (value === undefined) continue;
    let key = given;
    let isDelete = false;
    if (key.startsWith(DELETE_LIST)) {
      if (!options.parallel) { out[key] = value; changed = true; continue; }
      key = key.slice(DELETE_LIST.length + 1);
      isDelete = true;
    }
    if (value === null) {
      if (key in out) { delete out[key]; changed = true; }
      if (options.dropNulls) continue;
    }
    const now = out[key];
    let next: unknown;
    if (!(key in out) || kindOf(now) !== kindOf(value)) {
      if (isDelete) continue;
      next = removeDirectives(options.dropNulls ? discardNulls(value, 0) : value, 0);
    } else if (isMap(now)) {
      const m = lookup(type, key);
      next = m.strategy === 'replace' ? value : mergeMap(now, value as Plain, m.type, options, depth + 1);
    } else if (Array.isArray(now)) {
      const m = lookup(type, key);
      next = m.strategy === 'merge' || isDelete ? mergeList(now, value as unknown[], m.type, m.mergeKey, options, isDelete, depth) : value;
      if (equal(next, now)) next = now;
    } else next = value;
    if (next === undefined) { if (key in out) { delete out[key]; changed = true; } continue; }
    if (next !== now || !(key in out)) { out[key] = next; changed = true; }
  }
  return changed ? out : original;
}

function hasDirectives(patch: Plain): boolean {
  for (const key in patch) if (key.charCodeAt(0) === 36 && (key === RETAIN || key.startsWith(ORDER_OF))) return true;
  return false;
}

/** Keys in order of bytes. What a client of ours made is mostly in order already. */
function sortedKeys(patch: Plain): readonly string[] {
  const keys = Object.keys(patch);
  for (let i = 1; i < keys.length; i++) if (keys[i - 1] > keys[i]) return keys.sort(compareStrings);
  return keys;
}

function retain(out: Draft, patch: Draft, options: Options): boolean {
  const keys = patch[RETAIN];
  if (keys === undefined) return false;
  delete patch[RETAIN];
  if (!options.parallel) {
    if (out[RETAIN] !== undefined && !equal(out[RETAIN], keys)) fail(`${goValue(out[RETAIN])} and ${goValue(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`);
    out[RETAIN] = keys;
    return true;
  }
  if (!Array.isArray(keys)) return fail('invalid patch format of retainKeys');
  const list: readonly unknown[] = keys;
  for (const k of Object.keys(patch)) {
    if (patch[k] === null || k.startsWith(DELETE_LIST) || k.startsWith(ORDER)) continue;
    if (!list.includes(k)) fail('invalid patch format of retainKeys');
  }
  let changed = false;
  for (const k of Object.keys(out)) if (!list.includes(k)) { delete out[k]; changed = true; }
  return changed;
}

function orderList(out: Draft, patch: Draft, key: string, type: TypeSchema | undefined, options: Options, depth: number): void {
  const order = patch[key];
  if (!Array.isArray(order)) return fail(`expected a slice, but received a ${kindOf(order)}`);
  if (!options.parallel) {
    if (out[key] !== undefined && !equal(out[key], order)) fail('invalid patch format of setElementOrder list');
    out[key] = order;
  }
  delete patch[key];
  const field = key.slice(ORDER.length + 1);
  const now = out[field], change = patch[field];
  if (now !== undefined && now !== null && !Array.isArray(now)) fail(`expected a slice, but received a ${kindOf(now)}`);
  if (change !== undefined && change !== null && !Array.isArray(change)) fail(`expected a slice, but received a ${kindOf(change)}`);
  const m = lookup(type, field);
  const nowList = (now ?? undefined) as unknown[] | undefined;
  const changeList = (change ?? undefined) as unknown[] | undefined;
  checkOrder(changeList ?? [], order, m.mergeKey);
  let merged: unknown[];
  if (nowList !== undefined && changeList === undefined) merged = nowList;
  else if (nowList === undefined && changeList !== undefined) {
    const v = removeDirectives(changeList, 0);
    if (v === undefined) return;
    merged = v as unknown[];
  } else if (nowList !== undefined && changeList !== undefined) merged = m.strategy === 'merge' ? mergeList(nowList, changeList, m.type, m.mergeKey, options, false, depth) : changeList;
  else return;
  const both = [...(nowList ?? []), ...(changeList ?? [])];
  if (both.length === 0) { if (merged.length === 0) { out[field] = merged; delete patch[field]; return; } fail('no elements in any of the given slices'); }
  out[field] = normalizeOrder(merged, order, order, nowList ?? [], m.mergeKey);
  delete patch[field];
}

function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const list = mergeKey === '' ? patch : patch.filter((v) => !isMap(v) || v[DIRECTIVE] !== 'delete');
  let p = 0, o = 0;
  while (p < list.length && o < order.length) {
    const item = list[p];
    if (isMap(item) && item[DIRECTIVE] !== undefined) { p++; continue; }
    if (keyOf(item, mergeKey) === keyOf(order[o], mergeKey)) p++;
    o++;
  }
  if (p < list.length && o >= order.length) fail(`The order in patch list:\n${goValue(patch)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`);
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '' || !isMap(item)) return item;
  return item[mergeKey] === undefined ? noMergeKey(item, mergeKey) : item[mergeKey];
}

function mergeList(original: readonly unknown[], patch: readonly unknown[], type: TypeSchema | undefined, mergeKey: string, options: Options, isDelete: boolean, depth: number): unknown[] {
  if (original.length === 0 && patch.length === 0) return [];
  const all = [...original, ...patch];
  const kind = kindOf(all[0]);
  if (all.some((v) => kindOf(v) !== kind)) fail('list element types are not identical: ' + goValue(all));
  if (kind === 'slice') fail('lists of lists are not supported');
  if (kind !== 'map') {
    if (options.parallel && isDelete) return original.filter((v) => !patch.includes(v));
    const merged = [...new Set(all)];
    return normalizeOrder(merged, patch, patch, original, '');
  }
  if (mergeKey === '') fail(`cannot merge lists without merge key for ${type?.go ?? ''}`);
  let list = [...original] as Plain[];
  const changes: Plain[] = [];
  let replace = false;
  for (const item of patch as Plain[]) {
    const d = item[DIRECTIVE];
    if (d === undefined) { changes.push(item); continue; }
    if (d === 'delete') {
      const key = item[mergeKey];
      if (key === undefined) noMergeKey(item, mergeKey);
      list = list.filter((v) => v[mergeKey] !== key);
    } else if (d === 'replace') replace = true;
    else if (d === 'merge') fail('merging lists cannot yet be specified in the patch');
    else fail(`unknown patch type: ${goValue(d)} in map: ${goValue(item)}`);
  }
  if (replace) return normalizeOrder(changes, [], [], changes, mergeKey);
  const serverOrder = list.slice();
  for (const item of changes) {
    const key = item[mergeKey];
    if (key === undefined) noMergeKey(item, mergeKey);
    const at = list.findIndex((v) => v[mergeKey] === key);
    if (at >= 0) list[at] = mergeMap(list[at], item, type, options, depth + 1);
    else list.push(options.dropNulls ? removeDirectives(item, 0) as Plain : item);
  }
  return normalizeOrder(list, changes, changes, serverOrder, mergeKey);
}

/** Elements the patch names in its order, the others in the server's, interleaved by the server's where it knows both. */
function normalizeOrder(merged: readonly unknown[], partitionBy: readonly unknown[], patchOrder: readonly unknown[], serverOrder: readonly unknown[], mergeKey: string): unknown[] {
  const inPatch = new Set(partitionBy.map((v) => keyOf(v, mergeKey)));
  const mine: unknown[] = [], theirs: unknown[] = [];
  for (const v of merged) (inPatch.has(keyOf(v, mergeKey)) ? mine : theirs).push(v);
  const patchIndex = indexOf(patchOrder, mergeKey), serverIndex = indexOf(serverOrder, mergeKey);
  const right = sortBy(mine, patchIndex, mergeKey), left = sortBy(theirs, serverIndex, mergeKey);
  const out: unknown[] = [];
  let i = 0, j = 0;
  while (i < left.length || j < right.length) {
    if (i >= left.length) out.push(right[j++]);
    else if (j >= right.length) out.push(left[i++]);
    else {
      const a = serverIndex.get(keyOf(left[i], mergeKey)), b = serverIndex.get(keyOf(right[j], mergeKey));
      if (a !== undefined && b !== undefined && a < b) out.push(left[i++]);
      else out.push(right[j++]);
    }
  }
  return out;
}

function indexOf(list: readonly unknown[], mergeKey: string): Map<unknown, number> {
  const out = new Map<unknown, number>();
  list.forEach((v, i) => { const k = keyOf(v, mergeKey); if (!out.has(k)) out.set(k, i); });
  return out;
}

function sortBy(list: readonly unknown[], order: ReadonlyMap<unknown, number>, mergeKey: string): unknown[] {
  const deletes = mergeKey === '' ? [] : list.filter((v) => isMap(v) && v[DIRECTIVE] === 'delete');
  const out = deletes.length === 0 ? list.slice() : list.filter((v) => !isMap(v) || v[DIRECTIVE] !== 'delete');
  // Upstream's comparison calls unknown elements smaller than all: an insertion sort shows the same result.
  const less = (a: unknown, b: unknown): boolean => {
    const x = order.get(keyOf(a, mergeKey)), y = order.get(keyOf(b, mergeKey));
    return x !== undefined && y !== undefined ? x < y : true;
  };
  for (let i = 1; i < out.length; i++) for (let j = i; j > 0 && less(out[j], out[j - 1]); j--) { const t = out[j]; out[j] = out[j - 1]; out[j - 1] = t; }
  return [...out, ...deletes];
}

/** Without nulls in maps. Shares what has none. */
function discardNulls(v: unknown, depth: number): unknown {
  if (typeof v !== 'object' || v === null || depth > 200) return v;
  if (Array.isArray(v)) {
    let list: unknown[] | undefined;
    for (let i = 0; i < v.length; i++) {
      const x = discardNulls(v[i], depth + 1);
      if (x !== v[i]) (list ??= v.slice())[i] = x;
    }
    return list ?? v;
  }
  const map = v as Plain;
  let out: Draft | undefined;
  let dropped = false;
  for (const k in map) {
    const x = map[k] === null ? undefined : discardNulls(map[k], depth + 1);
    if (map[k] === null) dropped = true;
    else if (x !== map[k]) (out ??= { ...map })[k] = x;
  }
  return dropped ? keep(out ?? map, (k) => map[k] !== null) : out ?? map;
}

function keep(map: Plain, wanted: (key: string) => boolean): Plain {
  const out: Draft = {};
  for (const k in map) if (wanted(k)) out[k] = map[k];
  return out;
}

const isDirective = (key: string): boolean => key.charCodeAt(0) === 36 && (key === DIRECTIVE || key === RETAIN || key.startsWith(ORDER) || key.startsWith(DELETE_LIST));

/** A patch's value as content: directives gone. Undefined if nothing is left to keep. Shares what has none. */
function removeDirectives(v: unknown, depth: number): unknown {
  if (typeof v !== 'object' || v === null || depth > 200) return v;
  if (Array.isArray(v)) {
    const list: unknown[] = [];
    let same = true;
    for (const item of v) {
      const x = removeDirectives(item, depth + 1);
      if (x !== item) same = false;
      if (x !== undefined) list.push(x);
    }
    return same ? v : list;
  }
  const map = v as Plain;
  if (map[DIRECTIVE] === 'delete') return undefined;
  let out: Draft | undefined;
  let dropped = false;
  for (const k in map) {
    if (isDirective(k)) { dropped = true; continue; }
    const x = removeDirectives(map[k], depth + 1);
    if (x === undefined) dropped = true;
    if (x !== map[k]) (out ??= { ...map })[k] = x;
  }
  const whole = out ?? map;
  return dropped ? keep(whole, (k) => !isDirective(k) && whole[k] !== undefined) : whole;
}

// --- making patches ---

interface DiffOptions { readonly ignoreChanges?: boolean; readonly ignoreDeletions?: boolean; readonly order?: boolean; readonly retainKeys?: boolean }

/** The patch that turns `original` into `modified`. Upstream: CreateTwoWayMergePatch. */
export function createTwoWayMergePatch(type: TypeSchema, original: Plain, modified: Plain): Parsed<Plain> {
  return guarded(() => diffMaps(original, modified, type, { order: true }));
}

/** `kubectl apply`: changes from current to modified, removals from original (last applied) to modified. Upstream: CreateThreeWayMergePatch. */
export function createThreeWayMergePatch(type: TypeSchema, original: Plain, modified: Plain, current: Plain): Parsed<Plain> {
  return guarded(() => {
    const changes = diffMaps(current, modified, type, { ignoreDeletions: true, order: true });
    const removals = diffMaps(original, modified, type, { ignoreChanges: true, order: true });
    return mergeMap(removals, changes, type, { parallel: false, dropNulls: false }, 0);
  });
}

function diffMaps(original: Plain, modified: Plain, type: TypeSchema | undefined, options: DiffOptions): Draft {
  const patch: Draft = {};
  const kept: string[] = [];
  const inner: DiffOptions = options;
  for (const key of Object.keys(modified)) {
    const b = modified[key];
    if (b === undefined) continue;
    if (options.retainKeys && b !== null) kept.push(key);
    const a = original[key];
    if (a === undefined || kindOf(a) !== kindOf(b)) {
      if (!options.ignoreChanges) patch[key] = b;
      continue;
    }
    if (key === DIRECTIVE) { if (a !== b) patch[key] = b; continue; }
    if (a === b) { if (!isMap(a) && !Array.isArray(a)) continue; }
    if (isMap(a)) {
      if (equal(a, b)) continue;
      const m = lookup(type, key);
      if (m.strategy === 'replace') { if (!options.ignoreChanges) patch[key] = b; continue; }
      const d = diffMaps(a, b as Plain, m.type, { ...inner, retainKeys: m.retainKeys });
      if (Object.keys(d).length > 0) patch[key] = d;
    } else if (Array.isArray(a)) {
      if (equal(a, b)) continue;
      const m = lookup(type, key);
      if (m.strategy === 'merge') diffLists(patch, key, a, b as unknown[], m, { ...inner, retainKeys: m.retainKeys });
      else if (!options.ignoreChanges) patch[key] = b;
    } else if (a !== b && !options.ignoreChanges) patch[key] = b;
  }
  if (!options.ignoreDeletions) for (const key of Object.keys(original)) if (original[key] !== undefined && modified[key] === undefined) patch[key] = null;
  if (kept.length > 0 && (Object.keys(patch).length > 0 || Object.keys(modified).some((k) => modified[k] !== undefined && original[k] === undefined))) patch[RETAIN] = kept.sort(compareStrings);
  return patch;
}

function diffLists(patch: Draft, key: string, original: readonly unknown[], modified: readonly unknown[], m: Meta, options: DiffOptions): void {
  if (original.length === 0) {
    if (modified.length > 0 && !options.ignoreChanges) patch[key] = modified;
    return;
  }
  const kind = kindOf(original[0]);
  if ([...original, ...modified].some((v) => kindOf(v) !== kind)) fail('list element types are not identical: ' + goValue([...original, ...modified]));
  if (kind === 'slice') fail('lists of lists are not supported');
  if (kind === 'map') {
    const mk = m.mergeKey;
    const a = original as readonly Plain[], b = modified as readonly Plain[];
    for (const v of [...a, ...b]) if (v[mk] === undefined) noMergeKey(v, mk);
    const before = new Map(a.map((v) => [v[mk], v]));
    const after = new Set(b.map((v) => v[mk]));
    const changes: Plain[] = [];
    for (const v of b) {
      const old = before.get(v[mk]);
      if (old === undefined) { if (!options.ignoreChanges) changes.push(v); continue; }
      const d = diffMaps(old, v, m.type, options);
      if (Object.keys(d).length > 0) changes.push({ ...d, [mk]: v[mk] });
    }
    const deletions = options.ignoreDeletions ? [] : [...a].sort((x, y) => compareStrings(String(x[mk]), String(y[mk]))).filter((v) => !after.has(v[mk])).map((v) => ({ [DIRECTIVE]: 'delete', [mk]: v[mk] }));
    const list = [...changes, ...deletions];
    if (list.length > 0) patch[key] = list;
    const sameOrder = a.length === b.length && a.every((v, i) => v[mk] === b[i][mk]);
    if (options.order && ((!options.ignoreChanges && (list.length > 0 || !sameOrder)) || (!options.ignoreDeletions && list.length > 0)) && b.length > 0) {
      patch[`${ORDER}/${key}`] = b.map((v) => ({ [mk]: v[mk] }));
    }
    return;
  }
  const additions = options.ignoreChanges ? [] : modified.filter((v) => !original.includes(v));
  const deletions = options.ignoreDeletions ? [] : [...new Set(original.filter((v) => !modified.includes(v)))].sort((x, y) => compareStrings(String(x), String(y)));
  if (additions.length > 0) patch[key] = additions;
  if (deletions.length > 0) patch[`${DELETE_LIST}/${key}`] = deletions;
  if (options.order && modified.length > 0 && ((!options.ignoreDeletions && deletions.length > 0) || !options.ignoreChanges)) patch[`${ORDER}/${key}`] = modified;
}
