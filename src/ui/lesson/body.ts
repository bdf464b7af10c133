// The body of a request as YAML lines, with the fields that a gate added marked: what was sent and what was never typed, in one text.
import type { FieldChange } from '../../protocol/protocol.ts';

export interface BodyLine { text: string; added: boolean }
type Tree = { [key: string]: unknown };
const isMap = (v: unknown): v is Tree => typeof v === 'object' && v !== null && !Array.isArray(v);

/** How many values a request's body holds: JSON's leaves, YAML's lines. */
export function fieldsOf(request: string): number {
  const body = request.slice(request.indexOf('\n\n') + 2);
  const leaves = (v: unknown): number => (v !== null && typeof v === 'object' ? Object.values(v).reduce((n: number, x) => n + leaves(x), 0) : 1);
  try { return leaves(JSON.parse(body)); } catch { return body.split('\n').filter((l) => /: \S/.test(l)).length; }
}
/** `spec.containers[nginx].image` in its pieces. */
const steps = (path: string): string[] => path.match(/[^.[\]]+|\[[^\]]*\]/g) ?? [];
/** The sent body with the added fields put in their places; fields of a list are found by its items' names. Null where the body is not JSON. */
export function bodyLines(request: string, changes: readonly FieldChange[]): BodyLine[] | null {
  let body: unknown;
  try { body = JSON.parse(request.slice(request.indexOf('\n\n') + 2)); } catch { return null; }
  if (!isMap(body)) return null;
  const added = new WeakMap<object, Set<string>>();
  for (const c of changes) {
    if (c.after === undefined || c.before !== undefined) continue;
    const path = steps(c.path), last = path.pop();
    if (/(^|[.[])(__proto__|constructor|prototype)\b/.test(c.path)) continue;
    let at: unknown = body;
    for (const p of path) {
      const name = p.startsWith('[') ? p.slice(1, -1) : null;
      if (name !== null) at = Array.isArray(at) ? at.find((x) => isMap(x) && (x.name === name || x.type === name)) ?? at[Number(name)] : undefined;
      else if (isMap(at)) { const made: Tree = {}; if (at[p] === undefined) { at[p] = made; mark(added, at, p); } at = at[p]; } else at = undefined;
    }
    if (isMap(at) && last !== undefined && !last.startsWith('[')) { at[last] = c.after; mark(added, at, last); }
  }
  const out: BodyLine[] = [];
  emit(body, 0, added, out, false);
  return out;
}
function mark(to: WeakMap<object, Set<string>>, map: Tree, key: string): void { const keys = to.get(map); if (keys) keys.add(key); else to.set(map, new Set([key])); }
function emit(map: Tree, depth: number, added: WeakMap<object, Set<string>>, out: BodyLine[], all: boolean, lead = ''): void {
  let first = lead;
  if (depth > 40) return;
  for (const key of Object.keys(map)) {
    const value = map[key], isNew = all || (added.get(map)?.has(key) ?? false), pad = '  '.repeat(depth), head = first === '' ? `${pad}${key}:` : `${first}${key}:`;
    // what is empty was not said
    if (isMap(value) && Object.keys(value).length === 0) continue;
    first = '';
    if (isMap(value)) { out.push({ text: head, added: isNew }); emit(value, depth + 1, added, out, isNew); }
    else if (Array.isArray(value)) {
      out.push({ text: head, added: isNew });
      for (const item of value) if (isMap(item)) emit(item, depth + 1, added, out, isNew, `${pad}- `); else out.push({ text: `${pad}- ${scalar(item)}`, added: isNew });
    } else out.push({ text: `${head} ${scalar(value)}`, added: isNew });
  }
}
const scalar = (v: unknown): string => (typeof v === 'string' ? v : JSON.stringify(v)).slice(0, 200);
