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
  const out: Any = {};
  for (const key of Object.keys(next)) {
    if (semanticEqual(old[key], next[key])) continue;
    const [a, b] = [old[key], next[key]];
    if (isMap(a) && isMap(b)) {
      const inner = diffObject(a, b);
      if (Object.keys(inner).length > 0) out[key] = inner;
    } else out[key] = b;
  }
  for (const key of Object.keys(old)) if (old[key] !== null && old[key] !== undefined && next[key] === undefined) out[key] = null;
  return out;
}
function isMap(value: Any): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function diffList(old: readonly Any[], next: readonly Any[], key: string): Any[] {
  const out: Any[] = [];
  for (const item of next) {
    const before = old.find((o) => o[key] === item[key]);
    if (!before) out.push(item);
    else {
      const inner = diffObject(before, item);
      if (Object.keys(inner).length > 0) out.push({ ...inner, [key]: item[key] });
    }
  }
  for (const item of old) if (!next.some((n) => n[key] === item[key])) out.push({ $patch: 'delete', [key]: item[key] });
  return out;
}

/** undefined: nothing to change. */
export function statusPatch(old: Any, next: Any): Any {
  const out: Any = {};
  for (const field of new Set([...Object.keys(next), ...Object.keys(old)])) {
    const [a, b] = [old[field], next[field]];
    if (semanticEqual(a, b)) continue;
    const key = MERGE_KEYS[field];
    if (b === undefined || b === null) out[field] = null;
    else if (key && Array.isArray(a) && a.length > 0) {
      const items = diffList(a, b, key);
      const order = b.map((item: Any) => ({ [key]: item[key] }));
      const kept = a.filter((item: Any) => b.some((n: Any) => n[key] === item[key])).map((item: Any) => item[key]);
      const moved = b.filter((item: Any) => kept.includes(item[key])).some((item: Any, i: number) => item[key] !== kept[i]);
      if (items.length > 0 || moved) {
        out[`$setElementOrder/${field}`] = order;
        if (items.length > 0) out[field] = items;
      }
    } else if (isMap(a) && isMap(b)) out[field] = diffObject(a, b);
    else out[field] = b;
  }
  return Object.keys(out).length > 0 ? out : undefined;
}
