/**
 * Applies defaults to a whole object: the schema's own, then each struct's rule, parents before children.
 * Subtrees that cannot hold a default are not walked, nor what a patch left as it was.
 * Upstream: zz_generated.defaults.go (SetObjectDefaults_*)
 * Left out: custom resources' schema defaults.
 */
import type { FieldSchema, TypeSchema } from '../schema.ts';
import { appsRules } from './apps.ts';
import { coreRules, resourceList } from './core.ts';
import { otherRules } from './others.ts';
import type { Rules, Struct } from './rules.ts';

const RULES: Rules = { ...coreRules, ...appsRules, ...otherRules };

const reach = new Map<TypeSchema, boolean>();

/** A zero value as default says something only where the field could be absent. */
const meaningful = (f: FieldSchema): boolean => f.default !== undefined && typeof f.default !== 'object' && (f.pointer || (f.default !== '' && f.default !== 0 && f.default !== false));

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

/** What there is to do in a struct: its own rule, fields that have a default (`value`), fields below which one can stand (`type`). */
interface Plan {
  readonly rule: ((value: Struct) => Struct) | undefined;
  readonly fields: readonly { readonly name: string; readonly value: unknown; readonly type: TypeSchema | undefined }[];
}
const plans = new Map<TypeSchema, Plan>();

function planOf(type: TypeSchema): Plan {
  let plan = plans.get(type);
  if (plan === undefined) {
    const fields: { name: string; value: unknown; type: TypeSchema | undefined }[] = [];
    for (const f of type.fields) {
      const value = meaningful(f) ? f.default : undefined, deep = reaches(f.type, new Set());
      if (value !== undefined || deep) fields.push({ name: f.name, value, type: deep ? f.type : undefined });
    }
    plans.set(type, (plan = { rule: RULES[type.name], fields }));
  }
  return plan;
}

const elements = new Map<TypeSchema, boolean>();

/** Whether a default can stand in the elements of a list or map. */
function inElements(type: TypeSchema): boolean {
  let known = elements.get(type);
  if (known === undefined) elements.set(type, (known = reaches(type.element!, new Set())));
  return known;
}

/** `object` with every default set. The same reference if nothing was missing. `known`: a defaulted object that `object` was made from. */
export function applyDefaults<T extends object>(type: TypeSchema, object: T, known?: object): T {
  return walk(type, object, known, 0) as T;
}

function walk(type: TypeSchema, value: unknown, known: unknown, depth: number): unknown {
  if (value === known || typeof value !== 'object' || value === null || depth > 100) return value;
  switch (type.kind) {
    case 'struct': return struct(type, value as Struct, known as Struct | undefined, depth);
    case 'list': return inElements(type) ? list(type, value as readonly unknown[], known, depth) : value;
    case 'map': {
      if (type.name === 'core.v1.ResourceList') return resourceList(value as Struct);
      return inElements(type) ? map(type, value as Struct, known as Struct | undefined, depth) : value;
    }
    default: return value;
  }
}

function list(type: TypeSchema, value: readonly unknown[], known: unknown, depth: number): readonly unknown[] {
  const before = Array.isArray(known) ? known as readonly unknown[] : NO_ITEMS;
  let next: unknown[] | undefined;
  for (let i = 0; i < value.length; i++) {
    const v = walk(type.element!, value[i], before[i], depth + 1);
    if (v !== value[i]) (next ??= value.slice())[i] = v;
  }
  return next ?? value;
}
const NO_ITEMS: readonly unknown[] = [];

function map(type: TypeSchema, value: Struct, known: Struct | undefined, depth: number): Struct {
  let next: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const v = walk(type.element!, value[key], known?.[key], depth + 1);
    if (v !== value[key]) (next ??= { ...value })[key] = v;
  }
  return next ?? value;
}

function struct(type: TypeSchema, value: Struct, known: Struct | undefined, depth: number): Struct {
  const { rule, fields } = planOf(type);
  const out = rule === undefined ? value : rule(value);
  let copy: Record<string, unknown> | undefined;
  for (const f of fields) {
    const now = out[f.name] as unknown;
    if (now === undefined || now === null || now === '') {
      if (f.value !== undefined) (copy ??= { ...out })[f.name] = f.value;
      continue;
    }
    if (f.type === undefined) continue;
    const next = walk(f.type, now, known?.[f.name], depth + 1);
    if (next !== now) (copy ??= { ...out })[f.name] = next;
  }
  return copy ?? out;
}
