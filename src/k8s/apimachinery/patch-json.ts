/**
 * JSON patches (RFC 6902).
 * Upstream: gopkg.in/evanphx/json-patch.v4 as kube-apiserver uses it
 * Left out: that library's wording of failed operations; kube-apiserver hides it behind one sentence (422).
 */
import { equal } from './change.ts';
import type { Parsed } from './parsed.ts';

export interface JsonPatchOperation { readonly op: string; readonly path: string; readonly from?: string; readonly value?: unknown }
/** Upstream: the handler's limit. */
export const MAX_JSON_PATCH_OPERATIONS = 10_000;

type Plain = Record<string, unknown>;
class Failed { readonly message: string; constructor(message: string) { this.message = message; } }

/** The steps of a pointer. What stands before the first slash is not looked at, as in that library. */
function pointer(text: string): string[] {
  const parts = text.split('/');
  return parts.slice(1).map((s) => s.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function index(list: readonly unknown[], step: string, insert: boolean): number {
  if (insert && step === '-') return list.length;
  if (!/^[-+]?[0-9]+$/.test(step)) throw new Failed('invalid array index: ' + step);
  let i = Number(step);
  const limit = insert ? list.length : list.length - 1;
  // Negative indexes count from the end, as that library allows by default.
  if (i < 0) i += insert ? list.length + 1 : list.length;
  if (i < 0 || i > limit) throw new Failed('Unable to access invalid index: ' + step);
  return i;
}

/** A key that a map lacks reads as null; everything before the last step has to be there. */
function read(doc: unknown, steps: readonly string[]): unknown {
  if (steps.length === 0) throw new Failed('doc is missing path');
  let at = doc;
  steps.forEach((step, i) => {
    if (Array.isArray(at)) at = at[index(at, step, false)];
    else if (typeof at === 'object' && at !== null) at = Object.hasOwn(at, step) ? (at as Plain)[step] : null;
    else throw new Failed('doc is missing path');
    if (i < steps.length - 1 && (typeof at !== 'object' || at === null)) throw new Failed('doc is missing path');
  });
  return at;
}

type Edit = 'add' | 'remove' | 'replace';

function edit(doc: unknown, steps: readonly string[], i: number, how: Edit, value: unknown): unknown {
  if (steps.length === 0) throw new Failed('doc is missing path');
  const step = steps[i];
  const last = i === steps.length - 1;
  if (Array.isArray(doc)) {
    const at = index(doc, step, last && how === 'add');
    const out = doc.slice();
    if (!last) out[at] = edit(doc[at], steps, i + 1, how, value);
    else if (how === 'add') out.splice(at, 0, value);
    else if (how === 'remove') out.splice(at, 1);
    else out[at] = value;
    return out;
  }
  if (typeof doc !== 'object' || doc === null) throw new Failed('doc is missing path');
  const map = doc as Plain;
  // That library's replace asks whether the key can be read, and a missing one can: it is added.
  if (!Object.hasOwn(map, step) && (!last || how === 'remove')) throw new Failed('doc is missing key: ' + step);
  if (step === '__proto__') throw new Failed('unsupported key');
  const out = { ...map };
  if (last && how === 'remove') delete out[step];
  else out[step] = last ? value : edit(map[step], steps, i + 1, how, value);
  return out;
}

/** A whole document takes another's place only if that is a map or a list. */
function whole(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) throw new Failed('replace operation value must be object or array');
  return value;
}

/** Applies all operations or none. The error is for logs: clients get upstream's general sentence. */
export function applyJsonPatch(doc: unknown, operations: readonly JsonPatchOperation[]): Parsed<unknown> {
  let at = doc;
  try {
    for (const o of operations) {
      const path = pointer(o.path);
      switch (o.op) {
        case 'add': at = edit(at, path, 0, 'add', o.value ?? null); break;
        case 'remove': at = edit(at, path, 0, 'remove', undefined); break;
        case 'replace': at = o.path === '' ? whole(o.value) : edit(at, path, 0, 'replace', o.value ?? null); break;
        case 'move': { const from = pointer(o.from ?? ''); const v = read(at, from); at = edit(edit(at, from, 0, 'remove', undefined), path, 0, 'add', v); break; }
        case 'copy': at = edit(at, path, 0, 'add', read(at, pointer(o.from ?? ''))); break;
        case 'test': {
          const v = o.path === '' ? at : read(at, path);
          if (!equal(v, o.value ?? null)) return { error: `testing value ${o.path} failed` };
          break;
        }
        default: return { error: `Unexpected kind: ${o.op}` };
      }
    }
  } catch (e) {
    if (e instanceof Failed) return { error: e.message };
    throw e;
  }
  return { value: at };
}
