/**
 * An object seen as fields, by its schema: which paths it has, and which differ between two versions of it.
 * Subtrees equal by reference are skipped.
 * Upstream: sigs.k8s.io/structured-merge-diff/typed/{compare,tofieldset,merge,remove}.go
 * Left out: schemas that changed under stored sets; deduced types (an untyped value is one leaf).
 */
import type { FieldSchema, TypeSchema } from '../api/schema.ts';
import { equal } from './change.ts';
import { EMPTY_SET, isEmptySet } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { Walk, type Comparison } from './field-shapes.ts';
import { toJson } from './json-emit.ts';
import type { Parsed } from './parsed.ts';

type Plain = { readonly [key: string]: unknown };
type Draft = Record<string, FieldSet>;
const LEAF = EMPTY_SET;

type Shape = 'leaf' | 'list' | 'map';

/** How a place is divided: lists and maps that server-side apply treats as one value are leaves. */
function shapeOf(type: TypeSchema, field: FieldSchema | undefined): Shape {
  if (type.kind === 'list') return field?.listType === 'map' || field?.listType === 'set' ? 'list' : 'leaf';
  if (type.kind === 'struct' || type.kind === 'map') return type.atomic || field?.atomic === true ? 'leaf' : 'map';
  return 'leaf';
}

const isEmpty = (v: unknown): boolean => {
  if (v === undefined || v === null) return true;
  if (typeof v !== 'object') return false;
  if (Array.isArray(v)) return v.length === 0;
  for (const _ in v) return false;
  return true;
};

/** Names of fields and elements repeat in every set: their texts are made once. Cleared when hostile input has filled it. */
class Names {
  private readonly texts = new Map<string, string>();
  constructor(private readonly make: (name: string) => string) {}

  of(name: string): string {
    let text = this.texts.get(name);
    if (text === undefined) {
      if (this.texts.size > 20_000) this.texts.clear();
      this.texts.set(name, (text = this.make(name)));
    }
    return text;
  }
}

const fieldNames = new Names((name) => 'f:' + name);
const valueNames = new Names((value) => 'v:' + toJson(value));
/** By the one key of a list whose elements have a text as their only key. */
const singleKeys = new Map<string, Names>();

/** `k:{"name":"a"}` or `v:"x"`: how an element of a set or keyed list is named. */
function elementName(type: TypeSchema, field: FieldSchema, item: unknown): string {
  if (field.listType === 'set') return typeof item === 'string' ? valueNames.of(item) : 'v:' + toJson(item);
  if (typeof item !== 'object' || item === null) return 'k:{}';
  const keys = field.listKeys;
  if (keys.length === 1) {
    const name = keys[0], value = (item as Plain)[name];
    if (typeof value === 'string') {
      let names = singleKeys.get(name);
      if (names === undefined) singleKeys.set(name, (names = new Names((v) => 'k:' + toJson({ [name]: v }))));
      return names.of(value);
    }
  }
  const key: Record<string, unknown> = {};
  for (const name of keys) {
    const value = (item as Plain)[name] ?? type.element!.byName.get(name)?.default;
    if (value !== undefined && value !== null) key[name] = value;
  }
  return 'k:' + toJson(key);
}

/** The node of a value that came or went as a whole: it and everything below it are members. */
function fullNode(type: TypeSchema, field: FieldSchema | undefined, value: unknown, depth: number): FieldSet {
  if (typeof value !== 'object' || shapeOf(type, field) === 'leaf' || isEmpty(value) || depth > 100) return LEAF;
  const out: Draft = { '.': LEAF };
  if (type.kind === 'list') {
    for (const item of value as readonly unknown[]) {
      const name = elementName(type, field!, item);
      // An element given twice is owned as a whole, without its fields.
      out[name] = name in out ? LEAF : fullNode(type.element!, undefined, item, depth + 1);
    }
  } else if (type.kind === 'map') {
    for (const key in value as Plain) {
      const item = (value as Plain)[key];
      if (item !== undefined) out[fieldNames.of(key)] = fullNode(type.element!, undefined, item, depth + 1);
    }
  } else {
    const { byName } = type;
    for (const key in value as Plain) {
      const item = (value as Plain)[key], f = byName.get(key);
      if (item !== undefined && f !== undefined) out[fieldNames.of(key)] = fullNode(f.type, f, item, depth + 1);
    }
  }
  return out;
}

/** Two versions of an object, or two values of one type. What an object says of its owners (metadata.managedFields) is no field of it. */
export function compareFields(type: TypeSchema, before: unknown, after: unknown): Comparison {
  const walk = new Walk(type);
  const known = walkMaps(walk, type, before as Plain, after as Plain, 0);
  if (known && walk.answer !== undefined) return walk.answer;
  const gained: Draft = {}, removed: Draft = {};
  compareMaps(type, before as Plain, after as Plain, gained, removed, 0);
  const comparison: Comparison = { gained, removed };
  if (known) walk.answer = comparison;
  return comparison;
}

/** Tokens of a walk that are no names. */
const END = 0, GAINED = 1, REMOVED = 2, MODIFIED = 3, INTO = 4, LEAF_HERE = 5, NODE_HERE = 6;

/** Walks what `fullNode` says of a value. */
function walkFull(walk: Walk, type: TypeSchema, field: FieldSchema | undefined, value: unknown, depth: number): void {
  if (typeof value !== 'object' || shapeOf(type, field) === 'leaf' || isEmpty(value) || depth > 100) { walk.step(LEAF_HERE); return; }
  walk.step(NODE_HERE);
  if (type.kind === 'list') {
    for (const item of value as readonly unknown[]) {
      walk.step(elementName(type, field!, item));
      walkFull(walk, type.element!, undefined, item, depth + 1);
    }
  } else if (type.kind === 'map') {
    for (const key in value as Plain) {
      const item = (value as Plain)[key];
      if (item === undefined) continue;
      walk.step(key);
      walkFull(walk, type.element!, undefined, item, depth + 1);
    }
  } else {
    const { byName } = type;
    for (const key in value as Plain) {
      const item = (value as Plain)[key], f = byName.get(key);
      if (item === undefined || f === undefined) continue;
      walk.step(key);
      walkFull(walk, f.type, f, item, depth + 1);
    }
  }
  walk.step(END);
}

/** Walks what `compareAt` notes. False: a list is too long or names an element twice, so nothing is remembered. */
function walkAt(walk: Walk, type: TypeSchema, field: FieldSchema | undefined, key: string, l: unknown, r: unknown, depth: number): boolean {
  if (l === r) return true;
  if (l === undefined || r === undefined) {
    walk.step(l === undefined ? GAINED : REMOVED);
    walk.step(key);
    walkFull(walk, type, field, l === undefined ? r : l, depth);
    return true;
  }
  const shape = shapeOf(type, field);
  if (shape === 'leaf' || (isEmpty(l) && isEmpty(r)) || depth > 100) {
    if (!equal(l, r)) {
      walk.step(MODIFIED);
      walk.step(key);
    }
    return true;
  }
  walk.step(INTO);
  walk.step(key);
  const seen = shape === 'list' ? walkLists(walk, type, field!, (l ?? []) as readonly unknown[], (r ?? []) as readonly unknown[], depth + 1)
    : walkMaps(walk, type, (l ?? {}) as Plain, (r ?? {}) as Plain, depth + 1);
  walk.step(END);
  return seen;
}

function walkMaps(walk: Walk, type: TypeSchema, l: Plain, r: Plain, depth: number): boolean {
  const isMap = type.kind === 'map', { byName } = type;
  const owners = depth === 1 && type.name === 'meta.v1.ObjectMeta';
  for (const key in r) {
    const b = r[key], a = l[key];
    if (a === b || (owners && key === 'managedFields')) continue;
    const f = isMap ? undefined : byName.get(key);
    if ((isMap || f !== undefined) && !walkAt(walk, isMap ? type.element! : f!.type, f, key, a, b, depth)) return false;
  }
  for (const key in l) {
    if (l[key] === undefined || r[key] !== undefined || (owners && key === 'managedFields')) continue;
    const f = isMap ? undefined : byName.get(key);
    if (!isMap && f === undefined) continue;
    walk.step(REMOVED);
    walk.step(key);
    walkFull(walk, isMap ? type.element! : f!.type, f, l[key], depth);
  }
  return true;
}

function walkLists(walk: Walk, type: TypeSchema, field: FieldSchema, l: readonly unknown[], r: readonly unknown[], depth: number): boolean {
  const before = uniqueNames(type, field, l), after = before === undefined ? undefined : uniqueNames(type, field, r);
  if (before === undefined || after === undefined) return false;
  for (let i = 0; i < before.length; i++) {
    const at = after[i] === before[i] ? i : after.indexOf(before[i]);
    if (!walkAt(walk, type.element!, undefined, before[i], l[i], at < 0 ? undefined : r[at], depth)) return false;
  }
  for (let i = 0; i < after.length; i++) if (before[i] !== after[i] && !before.includes(after[i]) && !walkAt(walk, type.element!, undefined, after[i], undefined, r[i], depth)) return false;
  return true;
}

/** Compares two values at one place and notes the place and what lies below it under `key` in the outcome. */
function compareAt(type: TypeSchema, field: FieldSchema | undefined, key: string, l: unknown, r: unknown, gained: Draft, removed: Draft, depth: number): void {
  if (l === r) return;
  if (l === undefined) { gained[key] = fullNode(type, field, r, depth); return; }
  if (r === undefined) { removed[key] = fullNode(type, field, l, depth); return; }
  const shape = shapeOf(type, field);
  if (shape === 'leaf' || (isEmpty(l) && isEmpty(r)) || depth > 100) {
    if (!equal(l, r)) gained[key] = LEAF;
    return;
  }
  const g: Draft = {}, d: Draft = {};
  if (shape === 'list') compareLists(type, field!, (l ?? []) as readonly unknown[], (r ?? []) as readonly unknown[], g, d, depth + 1);
  else compareMaps(type, (l ?? {}) as Plain, (r ?? {}) as Plain, g, d, depth + 1);
  if (!isEmptySet(g)) gained[key] = g;
  if (!isEmptySet(d)) removed[key] = d;
}

function compareMaps(type: TypeSchema, l: Plain, r: Plain, gained: Draft, removed: Draft, depth: number): void {
  const isMap = type.kind === 'map', { byName } = type;
  // Neither its owners nor what it says of them are fields that someone owns.
  const owners = depth === 1 && type.name === 'meta.v1.ObjectMeta';
  for (const key in r) {
    const b = r[key], a = l[key];
    if (a === b || (owners && key === 'managedFields')) continue;
    if (isMap) { compareAt(type.element!, undefined, fieldNames.of(key), a, b, gained, removed, depth); continue; }
    const f = byName.get(key);
    if (f !== undefined) compareAt(f.type, f, fieldNames.of(key), a, b, gained, removed, depth);
  }
  for (const key in l) {
    if (l[key] === undefined || r[key] !== undefined || (owners && key === 'managedFields')) continue;
    const f = isMap ? undefined : byName.get(key);
    if (isMap || f !== undefined) removed[fieldNames.of(key)] = fullNode(isMap ? type.element! : f!.type, f, l[key], depth);
  }
}

/** The field and type below a map's or struct's key; undefined for a key the schema does not know. */
function below(type: TypeSchema, key: string): { type: TypeSchema; field: FieldSchema | undefined } | undefined {
  if (type.kind === 'map') return { type: type.element!, field: undefined };
  const field = type.byName.get(key);
  return field === undefined ? undefined : { type: field.type, field };
}

function groups(type: TypeSchema, field: FieldSchema, list: readonly unknown[]): Map<string, unknown[]> {
  const out = new Map<string, unknown[]>();
  for (const item of list) {
    const name = elementName(type, field, item);
    const g = out.get(name);
    if (g === undefined) out.set(name, [item]);
    else g.push(item);
  }
  return out;
}

/** Names of a list's elements; undefined when it is long or names one twice. */
function uniqueNames(type: TypeSchema, field: FieldSchema, list: readonly unknown[]): readonly string[] | undefined {
  if (list.length > 16) return undefined;
  const names: string[] = [];
  for (let i = 0; i < list.length; i++) {
    const name = elementName(type, field, list[i]);
    if (names.includes(name)) return undefined;
    names.push(name);
  }
  return names;
}

function compareLists(type: TypeSchema, field: FieldSchema, l: readonly unknown[], r: readonly unknown[], gained: Draft, removed: Draft, depth: number): void {
  const element = type.element!;
  const before = uniqueNames(type, field, l), after = before === undefined ? undefined : uniqueNames(type, field, r);
  if (before !== undefined && after !== undefined) {
    for (let i = 0; i < before.length; i++) {
      const at = after[i] === before[i] ? i : after.indexOf(before[i]);
      compareAt(element, undefined, before[i], l[i], at < 0 ? undefined : r[at], gained, removed, depth);
    }
    for (let i = 0; i < after.length; i++) if (before[i] !== after[i] && !before.includes(after[i])) compareAt(element, undefined, after[i], undefined, r[i], gained, removed, depth);
    return;
  }
  const left = groups(type, field, l), right = groups(type, field, r);
  const visit = (name: string): void => {
    const a = left.get(name) ?? [], b = right.get(name) ?? [];
    if (a.length <= 1 && b.length <= 1) compareAt(element, undefined, name, a[0], b[0], gained, removed, depth);
    else if (a.length >= 2 && b.length >= 2) { if (!equal(a, b)) gained[name] = LEAF; }
    else if (a.length >= 2) {
      if (b.length === 1) compareAt(element, undefined, name, undefined, b[0], gained, removed, depth);
      removed[name] = LEAF;
    } else {
      if (a.length === 1) compareAt(element, undefined, name, a[0], undefined, gained, removed, depth);
      gained[name] = LEAF;
    }
  };
  for (const name of left.keys()) visit(name);
  for (const name of right.keys()) if (!left.has(name)) visit(name);
}

/** The fields a configuration names: leaves, empty maps, list elements, map keys, but no struct just because something is in it. */
export function fieldSetOf(type: TypeSchema, value: unknown): FieldSet {
  const out: Draft = {};
  collectMap(type, value as Plain, out, 0);
  return out;
}

function collectMap(type: TypeSchema, value: Plain, out: Draft, depth: number): void {
  for (const key of Object.keys(value)) {
    const item = value[key];
    const t = below(type, key);
    if (item === undefined || t === undefined) continue;
    const n = collectNode(t.type, t.field, item, depth + 1);
    const emptyMap = item === null || (typeof item === 'object' && !Array.isArray(item) && isEmpty(item));
    if (n === LEAF || emptyMap) out['f:' + key] = LEAF;
    else if (type.kind === 'map') out['f:' + key] = { '.': LEAF, ...n };
    else if (!isEmptySet(n)) out['f:' + key] = n;
  }
}

/** LEAF for a leaf; otherwise what is inside (a fresh, possibly empty set: an empty list names nothing). */
function collectNode(type: TypeSchema, field: FieldSchema | undefined, value: unknown, depth: number): FieldSet {
  const shape = shapeOf(type, field);
  if (shape === 'leaf' || typeof value !== 'object' || value === null || depth > 100) return LEAF;
  const out: Draft = {};
  if (shape === 'map') { collectMap(type, value as Plain, out, depth); return out; }
  const list = value as readonly unknown[];
  for (const item of list) {
    const name = elementName(type, field!, item);
    if (name in out) { out[name] = LEAF; continue; }
    const n = collectNode(type.element!, undefined, item, depth + 1);
    out[name] = n === LEAF || isEmptySet(n) ? LEAF : { '.': LEAF, ...n };
  }
  return out;
}

/** `live` with `config` laid over it: maps and keyed lists merge, leaves replace, null removes. The list order is the configuration's where it says one. */
export function mergeFields(type: TypeSchema, live: unknown, config: unknown): Parsed<unknown> {
  try { return { value: mergeAt(type, undefined, live, config, 0) }; } catch (e) {
    if (e instanceof MergeError) return { error: e.message };
    throw e;
  }
}
class MergeError { readonly message: string; constructor(message: string) { this.message = message; } }

function mergeAt(type: TypeSchema, field: FieldSchema | undefined, live: unknown, config: unknown, depth: number): unknown {
  if (config === undefined) return live;
  const shape = shapeOf(type, field);
  if (shape === 'leaf' || live === undefined || live === null || config === null || depth > 100) return equal(live, config) ? live : config;
  if (shape === 'map') {
    const out: Record<string, unknown> = { ...(live as Plain) };
    let changed = false;
    for (const key of Object.keys(config as Plain)) {
      const t = below(type, key);
      if (t === undefined) continue;
      const next = mergeAt(t.type, t.field, out[key], (config as Plain)[key], depth + 1);
      if (next !== out[key]) { out[key] = next; changed = true; }
    }
    return changed ? out : live;
  }
  const mine = live as readonly unknown[], theirs = config as readonly unknown[];
  const left = groups(type, field!, mine), right = groups(type, field!, theirs);
  for (const [name, items] of right) if (items.length > 1) throw new MergeError(`duplicate entries for key [${name.slice(2)}]`);
  // Elements of the live list stay before the configuration's element they stood before.
  const out: unknown[] = [];
  const done = new Set<string>();
  let i = 0;
  const names = mine.map((item) => elementName(type, field!, item));
  for (const [name, [item]] of right) {
    const at = names.indexOf(name, i);
    if (at >= 0) {
      for (; i < at; i++) if (!right.has(names[i])) { out.push(mine[i]); done.add(names[i]); }
      i = at + 1;
    }
    const before = left.get(name);
    out.push(before === undefined || before.length > 1 ? item : mergeAt(type.element!, undefined, before[0], item, depth + 1));
  }
  for (; i < mine.length; i++) if (!right.has(names[i])) out.push(mine[i]);
  return out.length === mine.length && out.every((v, k) => v === mine[k]) ? live : out;
}

/** `value` without the members of `set`. */
export function removeFields(type: TypeSchema, value: unknown, set: FieldSet): unknown {
  return removeAt(type, undefined, value, set, 0);
}

const member = (n: FieldSet): boolean => '.' in n || isEmptySet(n);

function removeAt(type: TypeSchema, field: FieldSchema | undefined, value: unknown, set: FieldSet, depth: number): unknown {
  if (typeof value !== 'object' || value === null || isEmptySet(set) || depth > 100) return value;
  const shape = shapeOf(type, field);
  if (shape === 'leaf') return value;
  if (shape === 'list') {
    let changed = false;
    const out: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      const n = set[elementName(type, field!, item)];
      if (n === undefined) { out.push(item); continue; }
      if (member(n)) { changed = true; continue; }
      const next = removeAt(type.element!, undefined, item, n, depth + 1);
      if (next !== item) changed = true;
      out.push(next);
    }
    return !changed ? value : out.length === 0 ? undefined : out;
  }
  let out: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const n = set['f:' + key];
    const t = n === undefined ? undefined : below(type, key);
    if (n === undefined || t === undefined) continue;
    const item = (value as Plain)[key];
    const next = member(n) ? undefined : removeAt(t.type, t.field, item, n, depth + 1);
    if (next === item) continue;
    out ??= { ...(value as Plain) };
    if (next === undefined) delete out[key];
    else out[key] = next;
  }
  return out === undefined ? value : out;
}
