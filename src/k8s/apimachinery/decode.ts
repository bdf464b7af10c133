/**
 * From a decoded value to a typed object, and back in the form in which the server would write it: unknown fields and nulls dropped,
 * empty values kept or dropped as Go's omitempty says, times and quantities in canonical text.
 * Upstream: sigs.k8s.io/json (strict errors), Go's encoding/json (type errors), the JSON round trip of k8s.io/api's structs
 * Left out: the literal of a wrong number (`1.0`, `1e3` print as `1`, `1000`).
 */
import type { FieldSchema, TypeSchema } from '../api/schema.ts';
import { duplicateKeys, setOwn } from './json.ts';
import { jsonNumber } from './json-emit.ts';
import { parseQuantity, quantityText } from './quantity.ts';
import { goTimeError, normaliseTime } from './time-text.ts';

export interface Decoded {
  /** The canonical object. Undefined if `error` is set. */
  readonly value?: unknown;
  /** A value that does not fit its field; the first one, as Go reports it. */
  readonly error?: string;
  /** Unknown and duplicate fields: `unknown field "spec.foo"`. At most 100. */
  readonly strict: readonly string[];
}

class Fatal { readonly message: string; constructor(message: string) { this.message = message; } }

interface State {
  strict: string[];
  saved: string | undefined;
  /** Go's error context: the struct last entered and the names of the fields passed (lists and maps add none). */
  struct: TypeSchema | undefined;
  readonly steps: string[];
  /** Keys and indexes from the top to the value at hand. Texts are made of them only when something is wrong. */
  readonly at: (string | number)[];
  /** The value comes from a map (a strategic merge patch), not from JSON: other words, the first wrong value ends it, int32 wraps. */
  readonly fromMap: boolean;
}

function placeOf(state: State, key?: string): string {
  let text = '';
  for (const step of key === undefined ? state.at : [...state.at, key]) text += typeof step === 'number' ? '[' + step + ']' : text === '' ? step : '.' + step;
  return text;
}

/**
 * Decodes `raw` as `type`. Values that come back were either made here or are `raw`'s own, unchanged. `known`: a canonical value of the
 * type (what a patch started from); what `raw` shares with it by reference at the same place is not looked at again.
 * `fromMap`: as runtime.DefaultUnstructuredConverter does it, not as encoding/json.
 */
export function decodeTyped(type: TypeSchema, raw: unknown, known?: unknown, fromMap = false): Decoded {
  const state: State = { strict: [], saved: undefined, struct: undefined, steps: [], at: [], fromMap };
  try {
    const value = decodeValue(type, raw, state, 0, known);
    if (state.saved !== undefined) return { error: state.saved, strict: state.strict };
    return { value, strict: fromMap ? state.strict.sort() : state.strict };
  } catch (e) {
    if (e instanceof Fatal) return { error: e.message, strict: state.strict };
    throw e;
  }
}

/** As `decodeTyped`, of what a typed client built: such a body lacks at most what Go writes of itself, which is quicker to see than to make. */
export function decodeBuilt(type: TypeSchema, raw: unknown, known?: unknown): Decoded {
  const value = complete(type, raw, known, 0);
  return value === UNSURE ? decodeTyped(type, raw, known) : { value, strict: NOTHING_STRICT };
}
const NOTHING_STRICT: readonly string[] = [];

/** The canonical form of an object that fits its type (a typed client's body). Throws if it does not fit. */
export function normalise<T>(type: TypeSchema, value: T): T {
  const d = decodeBuilt(type, value);
  if (d.error !== undefined) throw new Error(d.error);
  return d.value as T;
}

function jsonKind(raw: unknown): string {
  if (Array.isArray(raw)) return 'array';
  switch (typeof raw) {
    case 'string': return 'string';
    case 'number': return 'number';
    case 'boolean': return 'bool';
    default: return 'object';
  }
}

function typeErrorText(state: State, what: string, goType: string): string {
  if (state.struct === undefined) return `json: cannot unmarshal ${what} into Go value of type ${goType}`;
  const { name } = state.struct;
  return `json: cannot unmarshal ${what} into Go struct field ${name.slice(name.lastIndexOf('.') + 1)}.${state.steps.join('.')} of type ${goType}`;
}

function save(state: State, what: string, goType: string): void {
  if (state.saved === undefined) state.saved = typeErrorText(state, what, goType);
}

/** Upstream: apimachinery/pkg/runtime/converter.go, fromUnstructured. */
function refuseFromMap(state: State, raw: unknown, type: TypeSchema): void {
  if (!state.fromMap) return;
  const kind = Array.isArray(raw) ? 'slice' : typeof raw === 'string' ? 'string' : typeof raw === 'boolean' ? 'bool' : typeof raw !== 'number' ? 'map' : Number.isInteger(raw) ? 'int64' : 'float64';
  switch (type.kind) {
    case 'list': case 'bytes': throw new Fatal('cannot restore slice from ' + kind);
    case 'map': throw new Fatal('cannot restore map from ' + kind);
    case 'struct': throw new Fatal('cannot restore struct from: ' + kind);
    case 'string': throw new Fatal(kind === 'int64' ? 'cannot convert int64 to ' + type.go : 'unrecognized type: string');
    case 'int32': case 'int64': throw new Fatal(kind === 'float64' ? 'cannot convert float64 to ' + type.go : 'unrecognized type: ' + type.kind);
    default: throw new Fatal('unrecognized type: ' + type.kind);
  }
}

function strict(state: State, message: string): void {
  if (state.strict.length < 100 && !state.strict.includes(message)) state.strict.push(message);
}

const MAX_DEPTH = 600;

function decodeValue(type: TypeSchema, raw: unknown, state: State, depth: number, known?: unknown): unknown {
  if (raw === known && typeof raw === 'object' && raw !== null) return raw;
  if (depth > MAX_DEPTH) throw new Fatal('exceeded max depth');
  switch (type.kind) {
    case 'string':
      if (typeof raw === 'string') return raw;
      if (raw === null) return '';
      refuseFromMap(state, raw, type);
      save(state, jsonKind(raw), type.go);
      return '';
    case 'bool':
      if (typeof raw === 'boolean') return raw;
      if (raw === null) return false;
      refuseFromMap(state, raw, type);
      save(state, jsonKind(raw), type.go);
      return false;
    case 'int32': case 'int64': {
      if (raw === null) return 0;
      if (typeof raw !== 'number') { refuseFromMap(state, raw, type); save(state, jsonKind(raw), type.go); return 0; }
      const limit = type.kind === 'int32' ? 2147483648 : 9223372036854775808;
      if (state.fromMap && type.kind === 'int32' && Number.isInteger(raw)) return raw | 0;
      if (!Number.isInteger(raw)) refuseFromMap(state, raw, type);
      if (!Number.isInteger(raw) || raw >= limit || raw < -limit) { save(state, 'number ' + jsonNumber(raw), type.go); return 0; }
      return raw;
    }
    case 'float64':
      if (typeof raw === 'number') return raw;
      if (raw !== null) { refuseFromMap(state, raw, type); save(state, jsonKind(raw), type.go); }
      return 0;
    case 'bytes': return decodeBytes(raw, state, type);
    case 'quantity': {
      if (raw === null) return '0';
      const q = parseQuantity(typeof raw === 'string' ? trim(raw) : typeof raw === 'number' ? jsonNumber(raw) : 'x');
      if (q.error !== undefined) throw new Fatal(q.error);
      return quantityText(q.value!);
    }
    case 'intOrString':
      if (typeof raw === 'string') return raw;
      if (raw === null) return 0;
      if (typeof raw !== 'number') throw new Fatal(typeErrorText(state, jsonKind(raw), 'int32'));
      if (!Number.isInteger(raw) || raw > 2147483647 || raw < -2147483648) throw new Fatal(typeErrorText(state, 'number ' + jsonNumber(raw), 'int32'));
      return raw;
    case 'time': case 'microTime': {
      if (raw === null) return null;
      if (typeof raw !== 'string') throw new Fatal(typeErrorText(state, jsonKind(raw), 'string'));
      const micro = type.kind === 'microTime';
      const text = normaliseTime(raw, micro);
      if (text === undefined) throw new Fatal(goTimeError(raw, micro));
      return text;
    }
    case 'any': return raw;
    case 'list': return decodeList(type, raw, state, depth, known as never);
    case 'map': return decodeMap(type, raw, state, depth, known as never);
    case 'struct': return decodeStruct(type, raw, state, depth, known as never);
  }
}

function trim(text: string): string { return text.replace(/^[ \t\n\v\f\r\u0085\u00a0]+|[ \t\n\v\f\r\u0085\u00a0]+$/g, ''); }

/** Position of the first wrong byte of standard base64, or -1. Line breaks are skipped, as Go does. */
export function base64Error(text: string): number {
  let quantum = 0;
  let i = 0;
  while (i < text.length) {
    const c = text[i];
    if (c === '\n' || c === '\r') { i++; continue; }
    if (c === '=') {
      if (quantum < 2) return i;
      let j = i + 1;
      const skip = (): void => { while (text[j] === '\n' || text[j] === '\r') j++; };
      skip();
      if (quantum === 2) {
        if (j >= text.length) return text.length;
        if (text[j] !== '=') return j;
        j++;
        skip();
      }
      return j < text.length ? j : -1;
    }
    if (!/^[A-Za-z0-9+/]$/.test(c)) return i;
    quantum = (quantum + 1) % 4;
    i++;
  }
  // A cut quantum is reported at its beginning.
  if (quantum === 0) return -1;
  let back = quantum;
  let at = text.length;
  while (back > 0) if (text[--at] !== '\n' && text[at] !== '\r') back--;
  return at;
}

function decodeBytes(raw: unknown, state: State, type: TypeSchema): unknown {
  if (raw === null) return null;
  if (typeof raw !== 'string') {
    refuseFromMap(state, raw, type);
    save(state, jsonKind(raw), type.go);
    return null;
  }
  const wrong = base64Error(raw);
  if (wrong >= 0 && state.fromMap) throw new Fatal('error decoding from json: illegal base64 data at input byte ' + wrong);
  if (wrong >= 0) { state.saved ??= 'illegal base64 data at input byte ' + wrong; return null; }
  return raw.replace(/[\r\n]/g, '');
}

function decodeList(type: TypeSchema, raw: unknown, state: State, depth: number, known: readonly unknown[] | undefined): unknown {
  if (raw === null || raw === undefined) return null;
  if (!Array.isArray(raw)) { refuseFromMap(state, raw, type); save(state, jsonKind(raw), type.go); return null; }
  const out: unknown[] = [];
  let same = true;
  for (let i = 0; i < raw.length; i++) {
    const item: unknown = raw[i];
    state.at.push(i);
    const value = type.elementPointer && item === null ? null : decodeValue(type.element!, item ?? null, state, depth + 1, known?.[i]);
    state.at.pop();
    out.push(value);
    if (value !== item) same = false;
  }
  return same ? raw : out;
}

function decodeMap(type: TypeSchema, raw: unknown, state: State, depth: number, known: Record<string, unknown> | undefined): unknown {
  if (raw === null || raw === undefined) return null;
  if (typeof raw !== 'object' || Array.isArray(raw)) { refuseFromMap(state, raw, type); save(state, jsonKind(raw), type.go); return null; }
  const map = raw as Record<string, unknown>;
  const repeated = duplicateKeys(raw);
  for (const key of repeated) strict(state, `duplicate field "${placeOf(state, key)}"`);
  let same = true;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(map)) {
    const item = map[key];
    if (item === undefined) { same = false; continue; }
    state.at.push(key);
    const value = type.elementPointer && item === null ? null : decodeValue(type.element!, item, state, depth + 1, known?.[key]);
    state.at.pop();
    if (value !== item) same = false;
    setOwn(out, key, value);
  }
  return same ? map : out;
}

function isZero(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return true;
  if (typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

/** What Go writes for a field that was not given; undefined if it writes nothing. */
function absent(f: FieldSchema, depth: number): unknown {
  if (f.pointer) return f.omitEmpty ? undefined : null;
  const t = f.type;
  switch (t.kind) {
    case 'struct': return f.omitZero ? undefined : emptyStruct(t, depth);
    case 'time': case 'microTime': return f.omitZero ? undefined : null;
    case 'quantity': return f.omitZero ? undefined : '0';
    case 'intOrString': return f.omitZero ? undefined : 0;
    default:
      if (f.omitEmpty || f.omitZero) return undefined;
      return t.kind === 'string' ? '' : t.kind === 'bool' ? false : t.kind === 'int32' || t.kind === 'int64' || t.kind === 'float64' ? 0 : null;
  }
}

const empties = new Map<TypeSchema, object>();

/** The canonical form of a struct of which nothing is set: `{}` for most. Shared. */
export function emptyStruct(type: TypeSchema, depth = 0): object {
  let e = empties.get(type);
  if (e === undefined) {
    const out: Record<string, unknown> = {};
    if (depth < 50) for (const f of type.fields) {
      const v = absent(f, depth + 1);
      if (v !== undefined) out[f.name] = v;
    }
    empties.set(type, (e = out));
  }
  return e;
}

const written = new Map<TypeSchema, readonly { readonly name: string; readonly value: unknown }[]>();

/** The fields that Go writes even when they were not given. */
function alwaysWritten(type: TypeSchema): readonly { readonly name: string; readonly value: unknown }[] {
  let known = written.get(type);
  if (known === undefined) {
    known = type.fields.map((f) => ({ name: f.name, value: absent(f, 0) })).filter((f) => f.value !== undefined);
    written.set(type, known);
  }
  return known;
}

function decodeStruct(type: TypeSchema, raw: unknown, state: State, depth: number, known: Record<string, unknown> | undefined): unknown {
  if (raw === null || raw === undefined) return emptyStruct(type);
  if (typeof raw !== 'object' || Array.isArray(raw)) { refuseFromMap(state, raw, type); save(state, jsonKind(raw), type.go); return emptyStruct(type); }
  const map = raw as Record<string, unknown>;
  const { struct } = state;
  const repeated = duplicateKeys(raw);
  const out: Record<string, unknown> = {};
  let same = true;
  const keys = Object.keys(map);
  for (const key of keys) {
    const item = map[key];
    const f = type.byName.get(key);
    if (f === undefined) {
      if (item !== undefined) strict(state, `unknown field "${placeOf(state, key)}"`);
      same = false;
      continue;
    }
    if (repeated.includes(key)) strict(state, `duplicate field "${placeOf(state, key)}"`);
    if (item === undefined) { same = false; continue; }
    if (item === null && (f.pointer || f.type.kind === 'list' || f.type.kind === 'map' || f.type.kind === 'bytes')) { if (f.omitEmpty) same = false; else out[key] = null; continue; }
    if (!state.fromMap) state.struct = type;
    state.steps.push(f.embedded === undefined ? key : f.embedded + '.' + key);
    state.at.push(key);
    const value = decodeValue(f.type, item, state, depth + 1, known?.[key]);
    state.at.pop();
    state.steps.pop();
    if (!f.pointer && f.omitEmpty && dropsEmpty(f) && isZero(value) || f.omitZero && (value === null || isZero(value))) { same = false; continue; }
    // The store keeps no difference between an empty list or map and none.
    const kept = !f.pointer && !f.omitEmpty && (f.type.kind === 'list' || f.type.kind === 'map') && isZero(value) ? null : value;
    out[key] = kept;
    if (kept !== item) same = false;
  }
  state.struct = struct;
  for (const { name, value } of alwaysWritten(type)) {
    if (name in out) continue;
    out[name] = value;
    same = false;
  }
  return same ? map : out;
}

/** Go's omitempty knows no empty struct: only scalars, lists and maps can be empty. */
function dropsEmpty(f: FieldSchema): boolean {
  switch (f.type.kind) {
    case 'struct': case 'time': case 'microTime': case 'quantity': case 'intOrString': case 'any': return false;
    default: return true;
  }
}

const CANONICAL_TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const CANONICAL_MICRO_TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;

/** Texts of quantities seen to be canonical: few, and they come often. */
const quantities = new Set<string>();
const MAX_QUANTITIES = 1000;

function isCanonicalQuantity(text: string): boolean {
  if (quantities.has(text)) return true;
  const q = parseQuantity(text);
  if (q.error !== undefined || quantityText(q.value!) !== text) return false;
  if (quantities.size < MAX_QUANTITIES) quantities.add(text);
  return true;
}

/** Says that the slow way must be taken. */
const UNSURE = Symbol('unsure');

/** What `decodeTyped` would return without a word: `raw` itself, or with the fields added that Go always writes; UNSURE when it may be something else. */
function complete(type: TypeSchema, raw: unknown, known: unknown, depth: number): unknown {
  switch (type.kind) {
    case 'string': return typeof raw === 'string' ? raw : UNSURE;
    case 'bool': return typeof raw === 'boolean' ? raw : UNSURE;
    case 'int32': return typeof raw === 'number' && Number.isInteger(raw) && raw < 2147483648 && raw >= -2147483648 ? raw : UNSURE;
    case 'int64': return typeof raw === 'number' && Number.isInteger(raw) && raw < 9223372036854775808 && raw >= -9223372036854775808 ? raw : UNSURE;
    case 'float64': return typeof raw === 'number' ? raw : UNSURE;
    case 'bytes': return raw === '' ? raw : UNSURE;
    case 'quantity': return typeof raw === 'string' && isCanonicalQuantity(raw) ? raw : UNSURE;
    case 'intOrString': return typeof raw === 'string' || (typeof raw === 'number' && Number.isInteger(raw) && raw <= 2147483647 && raw >= -2147483648) ? raw : UNSURE;
    case 'time': return raw === null || (typeof raw === 'string' && (CANONICAL_TIME.test(raw) || normaliseTime(raw, false) === raw)) ? raw : UNSURE;
    case 'microTime': return raw === null || (typeof raw === 'string' && (CANONICAL_MICRO_TIME.test(raw) || normaliseTime(raw, true) === raw)) ? raw : UNSURE;
    case 'any': return raw;
    default: break;
  }
  if (typeof raw !== 'object' || raw === null || depth > MAX_DEPTH) return UNSURE;
  if (raw === known) return raw;
  if (type.kind === 'list') return completeList(type, raw, known, depth);
  if (Array.isArray(raw) || duplicateKeys(raw).length > 0) return UNSURE;
  return type.kind === 'map' ? completeMap(type, raw as Fields, known as Fields, depth) : completeStruct(type, raw as Fields, known as Fields, depth);
}
type Fields = Readonly<Record<string, unknown>>;

function completeList(type: TypeSchema, raw: object, known: unknown, depth: number): unknown {
  if (!Array.isArray(raw)) return UNSURE;
  const before: readonly unknown[] = Array.isArray(known) ? known : NOTHING_STRICT;
  let out: unknown[] | undefined;
  for (let i = 0; i < raw.length; i++) {
    const item: unknown = raw[i];
    if (item === null && type.elementPointer) continue;
    const value = complete(type.element!, item, before[i], depth + 1);
    if (value === UNSURE) return UNSURE;
    if (value !== item) (out ??= raw.slice())[i] = value;
  }
  return out ?? raw;
}

function completeMap(type: TypeSchema, raw: Fields, known: Fields | undefined | null, depth: number): unknown {
  let out: Record<string, unknown> | undefined;
  for (const key in raw) {
    const item = raw[key];
    if (item === null && type.elementPointer) continue;
    const value = complete(type.element!, item, known?.[key], depth + 1);
    if (value === UNSURE) return UNSURE;
    if (value !== item) (out ??= { ...raw })[key] = value;
  }
  return out ?? raw;
}

function completeStruct(type: TypeSchema, raw: Fields, known: Fields | undefined | null, depth: number): unknown {
  const { byName } = type;
  let out: Record<string, unknown> | undefined;
  let dropped = false;
  for (const key in raw) {
    const item = raw[key];
    const f = byName.get(key);
    if (f === undefined) return UNSURE;
    if (item === undefined) { dropped = true; continue; }
    if (item === null) {
      const { kind } = f.type;
      if (f.pointer || kind === 'list' || kind === 'map' || kind === 'bytes') { if (f.omitEmpty) return UNSURE; }
      else if (kind !== 'time' && kind !== 'microTime') return UNSURE;
      else if (f.omitZero) { dropped = true; (out ??= { ...raw })[key] = undefined; }
      continue;
    }
    if (!f.pointer && (f.omitEmpty ? dropsEmpty(f) : f.type.kind === 'list' || f.type.kind === 'map') && isZero(item)) return UNSURE;
    if (f.omitZero && isZero(item)) return UNSURE;
    const value = complete(f.type, item, known?.[key], depth + 1);
    if (value === UNSURE) return UNSURE;
    if (value !== item) (out ??= { ...raw })[key] = value;
  }
  const always = alwaysWritten(type);
  for (let i = 0; i < always.length; i++) if (raw[always[i].name] === undefined) (out ??= { ...raw })[always[i].name] = always[i].value;
  return dropped ? withoutUndefined(out ?? raw) : out ?? raw;
}

function withoutUndefined(fields: Fields): Fields {
  const out: Record<string, unknown> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) out[key] = value;
  }
  return out;
}
