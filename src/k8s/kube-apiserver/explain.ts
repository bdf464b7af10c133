/**
 * What every gate says to a request, and which fields it changes: recomputed from the request and the state of a moment.
 * Pure: nothing is sent, written or recorded.
 */
import type { KubeObject, Status } from '../api/types.ts';
import type { ApiRequest } from '../apimachinery/request.ts';
import type { Cell, Context } from '../../sim/types.ts';
import type { Exchange, Gate } from './exchange.ts';
import { isRefusal, openExchange } from './exchange.ts';
import { passFilters } from './filters.ts';
import { buildCreation } from './handlers/create.ts';
import { decideDeletion } from './handlers/delete.ts';
import { buildUpdate } from './handlers/update.ts';
import { readDeleteOptions } from './delete-options.ts';
import type { DeleteOptions } from './codec.ts';
import { storageKey } from './resources.ts';
import type { State } from './state.ts';
import { validateDelete } from './write-path.ts';

/** `before` absent: added; `after` absent: removed. Paths as in field errors: `spec.containers[0].image`. */
export interface FieldChange { readonly path: string; readonly before?: unknown; readonly after?: unknown }
export interface GateExplanation extends Gate { readonly changes: readonly FieldChange[] }
export interface Explanation {
  readonly gates: readonly GateExplanation[];
  readonly warnings: readonly string[];
  /** What would be stored, or the refusal; absent for reads. */
  readonly result?: KubeObject | Status;
}

const MAX_CHANGES = 500;
const MAX_DEPTH = 50;

/** Leaves in which two values differ. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const out: FieldChange[] = [];
  const walk = (a: unknown, b: unknown, path: string, depth: number): void => {
    if (a === b || out.length >= MAX_CHANGES) return;
    const bothLists = Array.isArray(a) && Array.isArray(b);
    const bothMaps = !bothLists && typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && !Array.isArray(a) && !Array.isArray(b);
    if (depth < MAX_DEPTH && bothLists) {
      for (let i = 0; i < Math.max(a.length, b.length); i++) walk(a[i], b[i], `${path}[${i}]`, depth + 1);
    } else if (depth < MAX_DEPTH && bothMaps) {
      const x = a as Record<string, unknown>;
      const y = b as Record<string, unknown>;
      for (const k of [...new Set([...Object.keys(x), ...Object.keys(y)])].sort()) {
        if (path === 'metadata' && k === 'managedFields') continue;
        walk(x[k], y[k], path === '' ? k : /^[A-Za-z0-9]+$/.test(k) ? `${path}.${k}` : `${path}[${k}]`, depth + 1);
      }
    } else out.push({ path, ...(a === undefined ? {} : { before: a }), ...(b === undefined ? {} : { after: b }) });
  };
  walk(before, after, '', 0);
  return out;
}

/** A container whose writes stay here. */
function overlay<V>(cell: Cell<V>): Cell<V> {
  const written = new Map<string, V | undefined>();
  return {
    get: (k) => (written.has(k) ? written.get(k) : cell.get(k)), has: (k) => (written.has(k) ? written.get(k) !== undefined : cell.has(k)),
    set: (k, v) => { written.set(k, v); }, delete: (k) => { written.set(k, undefined); },
    get size() { return cell.size; }, keys: () => cell.keys(), range: (a, b) => cell.range(a, b), prefix: (p) => cell.prefix(p),
  };
}

/** `now` in microseconds; `draw` as the server's context has it. */
export function explainRequest(real: State, request: ApiRequest, now: number, draw: Context['draw']): Explanation {
  const state: State = { ...real, counters: overlay(real.counters) };
  const ctx = { now, self: real.address, cause: -1, draw } as unknown as Context;
  const x = openExchange(state, ctx, request);
  if (x === undefined) return { gates: [], warnings: [] };
  const explained: Exchange = { ...x, snapshots: [] };
  const old = request.name === undefined ? undefined : state.objects.get(storageKey(x.resource, request.namespace ?? '', request.name));
  const result = run(explained, request, old);
  let before: unknown;
  const gates = explained.gates.map((g): GateExplanation => {
    const taken = explained.snapshots!.filter((s) => s.gate === g.gate);
    const last = taken.at(-1);
    const changes = last === undefined || g.code !== 0 ? [] : fieldChanges(before ?? last.object, last.object);
    if (last !== undefined) before = last.object;
    return { ...g, changes };
  });
  if (result !== undefined && !isRefusal(result)) {
    const stored = fieldChanges(request.verb === 'create' ? before ?? result : old ?? before, result);
    gates.push({ gate: 'storage', detail: request.verb === 'delete' ? 'delete' : old === undefined ? 'create' : stored.length === 0 ? 'unchanged' : 'update', code: 0, changes: stored });
  }
  return { gates, warnings: explained.warnings, ...(result === undefined ? {} : { result }) };
}

function run(x: Exchange, request: ApiRequest, old: KubeObject | undefined): KubeObject | Status | undefined {
  const refused = passFilters(x);
  if (refused !== undefined) return refused;
  if (request.verb === 'create' && request.subresource === undefined && x.resource.prefix !== '') {
    const made = buildCreation(x, 2);
    return isRefusal(made) ? made : made.object;
  }
  if (request.verb === 'update' || request.verb === 'patch') return buildUpdate(x, old, 1);
  if (request.verb === 'delete' && old !== undefined) {
    const options = readDeleteOptions(x);
    if (isRefusal(options)) return options;
    const decided = decideDeletion(x, options as DeleteOptions, old);
    if (isRefusal(decided)) return decided;
    return validateDelete(x, old) ?? (decided.kind === 'mark' ? decided.object : old);
  }
  return undefined;
}
