/**
 * Sets of field paths, in the very form in which managedFields carries them (FieldsV1): a tree whose keys are path elements
 * (`f:spec`, `k:{"name":"a"}`, `v:"x"`), `{}` is a member without children, `.` marks a member that has children.
 * Sets are immutable and share subtrees; an operation that changes nothing returns its first operand.
 * Upstream: sigs.k8s.io/structured-merge-diff/fieldpath/{set,element,serialize}.go
 * Left out: index elements, which no Kubernetes type uses.
 */
import { jsonString } from './json-emit.ts';

export interface FieldSet { readonly [element: string]: FieldSet }
/** Also a node of a set: at the root `{}` is the empty set, below it a lone member. */
export const EMPTY_SET: FieldSet = Object.freeze({});
const LEAF = EMPTY_SET;

/** A set of the given paths of field names. `fieldPaths(['status'], ['metadata', 'labels'])`. */
export function fieldPaths(...paths: readonly (readonly string[])[]): FieldSet {
  let out = EMPTY_SET;
  for (const path of paths) {
    let node: FieldSet = LEAF;
    for (let i = path.length - 1; i >= 0; i--) node = { ['f:' + path[i]]: node };
    out = union(out, node);
  }
  return out;
}

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

function isMember(node: FieldSet): boolean { return '.' in node || isEmptySet(node); }

/** A node from its parts; undefined if nothing is left. */
function node(member: boolean, children: Record<string, FieldSet> | undefined): FieldSet | undefined {
  if (children === undefined || isEmptySet(children)) return member ? LEAF : undefined;
  if (member && !('.' in children)) return { '.': LEAF, ...children };
  return children;
}

/** Members of either. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  let out: Record<string, FieldSet> | undefined;
  for (const k in b) {
    if (k === '.') continue;
    const mine = a[k];
    const next = mine === undefined ? b[k] : unionNode(mine, b[k]);
    if (next !== mine) (out ??= { ...a })[k] = next;
  }
  return out ?? a;
}

function unionNode(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const am = isMember(a), bm = isMember(b);
  const children = union(a, b);
  if (isEmptySet(a)) {
    if (isEmptySet(b)) return a;
    return bm ? b : { '.': LEAF, ...b };
  }
  if (!am && bm) return { '.': LEAF, ...children };
  return children;
}

/** Members of `a` that are not members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  let out: Record<string, FieldSet> | undefined;
  let gone = 0;
  for (const k in a) {
    if (k === '.') continue;
    const other = b[k];
    if (other === undefined) continue;
    const mine = a[k];
    const next = differenceNode(mine, other);
    if (next === mine) continue;
    if (next === undefined) gone++;
    (out ??= { ...a })[k] = next as FieldSet;
  }
  if (out === undefined) return a;
  return gone === 0 ? out : withoutGone(out);
}

/** Without the keys that hold undefined. (Made anew: engines keep an object from which a key was deleted as a slow table.) */
function withoutGone(set: Readonly<Record<string, FieldSet | undefined>>): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const k in set) {
    const node = set[k];
    if (node !== undefined) out[k] = node;
  }
  return out;
}

function differenceNode(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const am = isMember(a), bm = isMember(b);
  if (isEmptySet(a)) return bm ? undefined : a;
  const children = difference(a, b);
  if (children === a && !(am && bm)) return a;
  return node(am && !bm, '.' in children ? withoutGone({ ...children, '.': undefined as never }) as Record<string, FieldSet> : children);
}

/** Members of both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const out: Record<string, FieldSet> = {};
  for (const k in a) {
    if (k === '.' || b[k] === undefined) continue;
    const inner = intersection(a[k], b[k]);
    const { '.': _, ...rest } = inner;
    const next = node(isMember(a[k]) && isMember(b[k]), rest);
    if (next !== undefined) out[k] = next;
  }
  return out;
}

/** `a` without the members of `b` and all that lies below them. */
export function exclude(a: FieldSet, b: FieldSet): FieldSet {
  let out: Record<string, FieldSet> | undefined;
  for (const k in b) {
    const mine = a[k];
    if (k === '.' || mine === undefined) continue;
    if (isMember(b[k])) { out ??= { ...a }; delete out[k]; continue; }
    const { '.': _, ...children } = mine;
    const kept = exclude(children, b[k]);
    if (kept === children) continue;
    const next = node(isMember(mine), kept);
    out ??= { ...a };
    if (next === undefined) delete out[k];
    else out[k] = next;
  }
  return out ?? a;
}

/** Whether the set has this very path as a member. */
export function has(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set;
  for (const step of path) {
    at = at[step];
    if (at === undefined) return false;
  }
  return path.length > 0 && isMember(at);
}

/** Every member's path, parents first, in the order of the tree. */
export function members(set: FieldSet, prefix: readonly string[] = [], out: string[][] = []): string[][] {
  for (const k of Object.keys(set)) {
    if (k === '.') continue;
    const here = [...prefix, k];
    if (isMember(set[k])) out.push(here);
    members(set[k], here, out);
  }
  return out;
}

/** As conflicts print it: `.spec.containers[name="a"].image`, `.metadata.finalizers[="x"]`. */
export function pathText(path: readonly string[]): string {
  let out = '';
  for (const e of path) {
    const body = e.slice(2);
    if (e.startsWith('f:')) out += '.' + body;
    else if (e.startsWith('v:')) out += '[=' + body + ']';
    else {
      const key = JSON.parse(body) as Record<string, unknown>;
      out += '[' + Object.keys(key).sort().map((k) => `${k}=${typeof key[k] === 'string' ? jsonString(key[k]) : String(key[k])}`).join(',') + ']';
    }
  }
  return out;
}
