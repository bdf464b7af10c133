/**
 * Applies defaults to a whole object: the schema's own, then each struct's rule, parents before children.
 * Subtrees that cannot hold a default are not walked; objects defaulted before are known by reference.
 * Upstream: zz_generated.defaults.go (SetObjectDefaults_*)
 * Left out: custom resources' schema defaults.
 */
import { markCanonical } from '../../apimachinery/decode.ts';
import type { FieldSchema, TypeSchema } from '../schema.ts';
import { appsRules } from './apps.ts';
import { coreRules, resourceList } from './core.ts';
import { otherRules } from './others.ts';
import type { Rules, Struct } from './rules.ts';

const RULES: Rules = { ...coreRules, ...appsRules, ...otherRules };

const defaulted = new WeakMap<object, TypeSchema>();
const reach = new Map<TypeSchema, boolean>();

const meaningful = (f: FieldSchema): boolean => f.default !== undefined && f.default !== '' && f.default !== 0 && f.default !== false && typeof f.default !== 'object';

function ownRules(t: TypeSchema): boolean {
  return t.name === 'core.v1.ResourceList' || (t.kind === 'struct' && (RULES[t.name] !== undefined || t.fields.some(meaningful)));
}

/** Whether a default can stand in this type or below. */
function reaches(type: TypeSchema, open: Set<TypeSchema>): boolean {
  const known = reach.get(type);
  if (known !== undefined) return known;
  if (open.has(type)) return false;
  open.add(type);
  const found = ownRules(type) || (type.element !== undefined && reaches(type.element, open)) || type.fields.some((f) => reaches(f.type, open));
  open.delete(type);
  // An answer found inside a cycle may depend on the way in: only the outermost is kept.
  if (found || open.size === 0) reach.set(type, found);
  return found;
}

/** `object` with every default set. The same reference if nothing was missing. */
export function applyDefaults<T extends object>(type: TypeSchema, object: T): T {
  return walk(type, object, 0) as T;
}

function walk(type: TypeSchema, value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > 100) return value;
  if (defaulted.get(value) === type) return value;
  let out: unknown = value;
  switch (type.kind) {
    case 'struct': out = struct(type, value as Struct, depth); break;
    case 'list': {
      const list = value as readonly unknown[];
      if (!reaches(type.element!, new Set())) break;
      let changed = false;
      const next = list.map((item) => { const v = walk(type.element!, item, depth + 1); if (v !== item) changed = true; return v; });
      if (changed) out = next;
      break;
    }
    case 'map': {
      if (type.name === 'core.v1.ResourceList') { out = resourceList(value as Struct); break; }
      if (!reaches(type.element!, new Set())) break;
      const map = value as Struct;
      let next: Record<string, unknown> | undefined;
      for (const key of Object.keys(map)) {
        const v = walk(type.element!, map[key], depth + 1);
        if (v !== map[key]) (next ??= { ...map })[key] = v;
      }
      if (next !== undefined) out = next;
      break;
    }
    default: return value;
  }
  if (out !== value) markCanonical(out as object, type);
  defaulted.set(out as object, type);
  return out;
}

function struct(type: TypeSchema, value: Struct, depth: number): Struct {
  const rule = RULES[type.name];
  let out = rule === undefined ? value : rule(value);
  let copy: Record<string, unknown> | undefined;
  for (const f of type.fields) {
    const now = out[f.name] as unknown;
    if (now === undefined || now === null || now === '') {
      if (meaningful(f)) { copy ??= { ...out }; copy[f.name] = f.default; }
      continue;
    }
    if (typeof now !== 'object' || !reaches(f.type, new Set())) continue;
    const next = walk(f.type, now, depth + 1);
    if (next !== now) { copy ??= { ...out }; copy[f.name] = next; }
  }
  if (copy !== undefined) out = copy;
  return out;
}
