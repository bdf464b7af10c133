/**
 * JSON merge patches: null removes, maps merge, everything else replaces.
 * Upstream: RFC 7386; staging/src/k8s.io/apimachinery/pkg/util/jsonmergepatch (three-way, for kinds without a schema)
 * Left out: nothing.
 */
import { equal, withField, withoutField } from './change.ts';

type Plain = { readonly [key: string]: unknown };
const isMap = (v: unknown): v is Plain => typeof v === 'object' && v !== null && !Array.isArray(v);

/** `target` with `patch` applied; shares what the patch does not touch. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  let out: Plain = isMap(target) ? target : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === undefined) continue;
    if (value === null) out = withoutField(out, key);
    else out = withField(out, key, applyMergePatch(out[key], value));
  }
  return out;
}

/** The patch that turns `original` into `modified`. Upstream: jsonpatch.CreateMergePatch. */
export function createMergePatch(original: Plain, modified: Plain): Plain {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(modified)) {
    const a = original[key], b = modified[key];
    if (b === undefined) continue;
    if (!(key in original)) out[key] = b;
    else if (isMap(a) && isMap(b)) {
      const inner = createMergePatch(a, b);
      if (Object.keys(inner).length > 0) out[key] = inner;
    } else if (!equal(a, b)) out[key] = b;
  }
  for (const key of Object.keys(original)) if (original[key] !== undefined && modified[key] === undefined) out[key] = null;
  return out;
}

function keep(patch: Plain, wanted: (value: unknown) => boolean): Plain {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(patch)) {
    const v = patch[key];
    if (isMap(v)) {
      const inner = keep(v, wanted);
      if (Object.keys(inner).length > 0) out[key] = inner;
    } else if (wanted(v)) out[key] = v;
  }
  return out;
}

/** Adds and changes from current to modified, removals from original to modified. Upstream: CreateThreeWayJSONMergePatch. */
export function createThreeWayMergePatchJson(original: Plain, modified: Plain, current: Plain): Plain {
  const changes = keep(createMergePatch(current, modified), (v) => v !== null);
  const removals = keep(createMergePatch(original, modified), (v) => v === null);
  return mergeBoth(removals, changes);
}

function mergeBoth(a: Plain, b: Plain): Plain {
  const out: Record<string, unknown> = { ...a };
  for (const key of Object.keys(b)) out[key] = isMap(out[key]) && isMap(b[key]) ? mergeBoth(out[key] as Plain, b[key] as Plain) : b[key];
  return out;
}
