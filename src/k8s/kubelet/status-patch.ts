/**
 * The strategic merge patch between two pod statuses.
 * Upstream: pkg/util/pod/pod.go PatchPodStatus, apimachinery strategicpatch.CreateTwoWayMergePatch
 * Left out: nested lists with merge keys (a pod status has none).
 */
import type { Any } from './pod.ts';
import { semanticEqual } from './pod.ts';

/** Lists that merge by a key; all others are replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = { conditions: 'type', podIPs: 'ip', hostIPs: 'ip', resourceClaimStatuses: 'name' };

function diffObject(old: Any, next: Any): Any {
  let out: Any;
  for (const key of Object.keys(next)) {
    const a = old[key];
    const b = next[key];
    if (a === b || semanticEqual(a, b)) continue;
    if (isMap(a) && isMap(b)) {
      const inner = diffObject(a, b);
      if (inner !== undefined) (out ??= {})[key] = inner;
    } else (out ??= {})[key] = b;
  }
  for (const key of Object.keys(old)) if (next[key] === undefined && old[key] !== null && old[key] !== undefined) (out ??= {})[key] = null;
  return out;
}
function isMap(value: Any): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withKey(list: readonly Any[], key: string, value: unknown): Any {
  for (const one of list) if (one[key] === value) return one;
  return undefined;
}

function diffList(old: readonly Any[], next: readonly Any[], key: string): Any[] {
  const out: Any[] = [];
  for (const item of next) {
    const before = withKey(old, key, item[key]);
    if (before === item) continue;
    if (!before) out.push(item);
    else {
      const inner = diffObject(before, item);
      if (inner !== undefined) {
        inner[key] = item[key];
        out.push(inner);
      }
    }
  }
  for (const item of old) if (withKey(next, key, item[key]) === undefined) out.push({ $patch: 'delete', [key]: item[key] });
  return out;
}

/** Those that are in both stand in another order. */
function isMoved(old: readonly Any[], next: readonly Any[], key: string): boolean {
  let i = 0;
  for (const item of next) {
    if (withKey(old, key, item[key]) === undefined) continue;
    while (i < old.length && withKey(next, key, old[i][key]) === undefined) i++;
    if (i >= old.length || item[key] !== old[i][key]) return true;
    i++;
  }
  return false;
}

function diffField(out: Any, field: string, a: Any, b: Any): void {
  if (b === undefined || b === null) {
    out[field] = null;
    return;
  }
  const key = MERGE_KEYS[field];
  if (key !== undefined && Array.isArray(a) && a.length > 0) {
    const items = diffList(a, b, key);
    if (items.length > 0 || isMoved(a, b, key)) {
      const order: Any[] = [];
      for (const item of b) order.push({ [key]: item[key] });
      out[`$setElementOrder/${field}`] = order;
      if (items.length > 0) out[field] = items;
    }
  } else out[field] = isMap(a) && isMap(b) ? (diffObject(a, b) ?? {}) : b;
}

/** undefined: nothing to change. */
export function statusPatch(old: Any, next: Any): Any {
  const out: Any = {};
  for (const field of Object.keys(next)) {
    const a = old[field];
    const b = next[field];
    if (a !== b && !semanticEqual(a, b)) diffField(out, field, a, b);
  }
  for (const field of Object.keys(old)) if (!Object.hasOwn(next, field) && !semanticEqual(old[field], undefined)) diffField(out, field, old[field], undefined);
  return Object.keys(out).length > 0 ? out : undefined;
}
