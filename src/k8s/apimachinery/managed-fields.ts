/**
 * Who owns which field: managedFields after an update, and server-side apply.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/*.go, sigs.k8s.io/structured-merge-diff/merge/update.go
 * Left out: entries of another version of the same kind (they stay as they are until overwritten).
 */
import { emptyStruct } from './decode.ts';
import type { TypeSchema } from '../api/schema.ts';
import type { KubeObject, ManagedFieldsEntry, Status, StatusCause } from '../api/types.ts';
import { equal, semanticEqual, withoutField } from './change.ts';
import { EMPTY_SET, difference, exclude, fieldPaths, has, intersection, isEmptySet, members, pathText, union } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { remembered } from './field-shapes.ts';
import { goQuote } from './goquote.ts';
import { parseJson } from './json.ts';
import { toJson } from './json-emit.ts';
import { applyConflict, badRequest, internalError } from './status-errors.ts';
import { compareFields, fieldSetOf, mergeFields, removeFields } from './typed-fields.ts';
import { compareStrings } from './utf8.ts';

/** Update entries beyond this many are merged into `ancient-changes`. */
const MAX_UPDATE_MANAGERS = 10;

const STRIP = fieldPaths(['apiVersion'], ['kind'], ['metadata'], ['metadata', 'name'], ['metadata', 'namespace'], ['metadata', 'creationTimestamp'], ['metadata', 'selfLink'],
  ['metadata', 'uid'], ['metadata', 'clusterName'], ['metadata', 'generation'], ['metadata', 'managedFields'], ['metadata', 'resourceVersion']);

/** What the main endpoint and the status endpoint of most kinds do not let a client set. */
export const RESET_STATUS = fieldPaths(['status']);
export const RESET_SPEC = fieldPaths(['spec']);

export interface Writer {
  readonly type: TypeSchema;
  /** Of the request: `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly subresource?: string;
  /** Field manager: the request's, else the first word of the user agent. '' counts as `unknown`. */
  readonly manager: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  /** Fields this endpoint resets (RESET_STATUS, RESET_SPEC, fieldPaths(…)): changes there are nobody's. */
  readonly reset?: FieldSet;
}

type Entry = ManagedFieldsEntry & { readonly fieldsV1: FieldSet };

const managers = new Map<string, string>();

/** The first word of a user agent, up to 128 bytes: `kubectl/v1.36.3 …` -> `kubectl`. Upstream: managerOrUserAgent, prefixFromUserAgent. */
export function managerFromUserAgent(userAgent: string): string {
  let manager = managers.get(userAgent);
  if (manager === undefined) {
    if (managers.size > 1000) managers.clear();
    managers.set(userAgent, (manager = firstWord(userAgent)));
  }
  return manager;
}

function firstWord(userAgent: string): string {
  let out = '';
  const slash = userAgent.indexOf('/');
  for (const c of slash < 0 ? userAgent : userAgent.slice(0, slash)) {
    if (c < ' ' || c === '\x7f') continue;
    if (out.length >= 128) break;
    out += c;
  }
  return out;
}

const sameManager = (e: ManagedFieldsEntry, manager: string, operation: string, apiVersion: string, subresource: string): boolean =>
  e.manager === manager && e.operation === operation && (operation === 'Apply' || e.apiVersion === apiVersion) && (e.subresource ?? '') === subresource;

function entry(manager: string, operation: 'Apply' | 'Update', apiVersion: string, time: string | undefined, fieldsV1: FieldSet, subresource: string): Entry {
  return { manager, operation, apiVersion, ...(time === undefined ? {} : { time }), fieldsType: 'FieldsV1', fieldsV1, ...(subresource === '' ? {} : { subresource }) };
}

function valid(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.every((e) => (e.operation === 'Apply' || e.operation === 'Update') && Boolean(e.apiVersion) && e.fieldsType === 'FieldsV1' && (e.fieldsV1 === undefined || (typeof e.fieldsV1 === 'object' && e.fieldsV1 !== null)));
}

/** Sorted by operation, time, manager, version, subresource: the order on the wire. */
function sortEntries(list: Entry[]): Entry[] {
  return list.sort((p, q) => compareStrings(p.operation ?? '', q.operation ?? '') || compareStrings(p.time ?? '', q.time ?? '') || compareStrings(p.manager ?? '', q.manager ?? '')
    || compareStrings(p.apiVersion ?? '', q.apiVersion ?? '') || compareStrings(p.subresource ?? '', q.subresource ?? ''));
}

function isReset(list: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (list === undefined || list === null) return false;
  return list.length === 0 || (list.length === 1 && Object.keys(list[0]).length === 0);
}

function withEntries(object: KubeObject, entries: readonly Entry[] | undefined): KubeObject {
  const metadata = object.metadata;
  if (entries === undefined || entries.length === 0) return metadata.managedFields === undefined ? object : { ...object, metadata: withoutField(metadata, 'managedFields') };
  return metadata.managedFields === entries ? object : { ...object, metadata: { ...metadata, managedFields: entries } };
}

/** The entries before this request: the client's if it sent some, else the live object's; undefined if they were reset. */
function startingEntries(live: KubeObject | undefined, next: KubeObject, subresource: string): readonly Entry[] {
  const stored = live?.metadata.managedFields ?? [];
  const fromLive = (valid(stored) ? stored : []) as readonly Entry[];
  if (subresource !== '') return fromLive;
  const given = next.metadata.managedFields;
  if (isReset(given)) return [];
  if (given === undefined || given === null || given.length === 0 || !valid(given)) return fromLive;
  return given as readonly Entry[];
}

/**
 * `next` with the managedFields it has after a create (`live` undefined), update or patch by `writer`.
 * Call it where upstream does: after decoding, defaulting or patching, before admission and before the strategy prepares the object (what those
 * set is nobody's). Both objects are canonical and defaulted. Returns `next` itself if it is right already.
 */
export function updateManagedFields(writer: Writer, live: KubeObject | undefined, next: KubeObject): KubeObject {
  const subresource = writer.subresource ?? '';
  const start = startingEntries(live, next, subresource);
  if (start.length === 0 && live !== undefined && live.metadata.uid) return withEntries(next, undefined);
  const entries = updateEntries(writer, live, next, start);
  const stored = live?.metadata.managedFields as readonly Entry[] | undefined;
  const same = stored !== undefined && stored.length === entries.length && entries.every((e, i) => e === stored[i]);
  return withEntries(next, same ? stored : entries);
}

/** Compared apart: neither its owners nor what it says of itself are fields that someone owns. */
function withoutOwners(object: KubeObject | undefined): object | undefined {
  if (object === undefined) return undefined;
  return object.metadata?.managedFields === undefined ? object : { ...object, metadata: withoutField(object.metadata, 'managedFields') };
}

const unionKnown = remembered(union), differenceKnown = remembered(difference), excludeKnown = remembered(exclude);

function updateEntries(writer: Writer, live: KubeObject | undefined, next: KubeObject, start: readonly Entry[]): Entry[] {
  const subresource = writer.subresource ?? '';
  const manager = writer.manager === '' ? 'unknown' : writer.manager;
  let { gained, removed } = compareFields(writer.type, live ?? emptyStruct(writer.type), next);
  if (writer.reset !== undefined) { gained = excludeKnown(gained, writer.reset); removed = excludeKnown(removed, writer.reset); }
  const touched = unionKnown(gained, removed);
  let entries: Entry[] = [];
  for (const e of start) {
    const before = e.fieldsV1 ?? EMPTY_SET;
    const after = e.apiVersion === writer.apiVersion ? differenceKnown(before, touched) : before;
    if (after === before && e.fieldsV1 !== undefined) { if (!isEmptySet(after)) entries.push(e); } else if (!isEmptySet(after)) entries.push({ ...e, fieldsV1: after });
  }
  const mine = differenceKnown(gained, STRIP);
  if (!isEmptySet(mine)) {
    const at = entries.findIndex((e) => sameManager(e, manager, 'Update', writer.apiVersion, subresource));
    const previous = at < 0 ? EMPTY_SET : entries[at].fieldsV1;
    const made = entry(manager, 'Update', writer.apiVersion, writer.time, unionKnown(previous, mine), subresource);
    entries = at < 0 ? [...entries, made] : entries.map((e, i) => (i === at ? made : e));
  }
  return sortEntries(cap(entries));
}

function cap(entries: Entry[]): Entry[] {
  const updaters = entries.filter((e) => e.operation === 'Update');
  if (updaters.length <= MAX_UPDATE_MANAGERS) return entries;
  updaters.sort((a, b) => compareStrings(a.time ?? '', b.time ?? '') || compareStrings(identifier(a), identifier(b)));
  let length = updaters.length;
  const first = new Map<string, Entry>();
  let out = entries;
  for (const e of updaters) {
    if (length <= MAX_UPDATE_MANAGERS) break;
    const version = e.apiVersion ?? '';
    const oldest = first.get(version);
    if (oldest === undefined) { first.set(version, e); continue; }
    const at = out.findIndex((x) => sameManager(x, 'ancient-changes', 'Update', version, ''));
    const bucket = at >= 0 ? out[at] : oldest;
    const merged = entry('ancient-changes', 'Update', version, e.time, union(e.fieldsV1, bucket.fieldsV1), '');
    out = [...out.filter((x) => x !== e && x !== bucket && (at >= 0 || x !== oldest)), merged];
    length--;
  }
  return out;
}

/** Upstream sorts equal times by this text. */
function identifier(e: ManagedFieldsEntry): string {
  return toJson({ manager: e.manager, operation: e.operation, apiVersion: e.operation === 'Apply' ? undefined : e.apiVersion, subresource: e.subresource }, { sort: false });
}

/**
 * `next`, or `live`'s managedFields in it if only their times would change: such a write is none.
 * Upstream: apiserver/pkg/endpoints/handlers/fieldmanager/equality.go
 */
export function ignoreManagedFieldsTimes(live: KubeObject, next: KubeObject): KubeObject {
  const a = live.metadata.managedFields, b = next.metadata.managedFields;
  if (a === b || a === undefined || b === undefined || a.length !== b.length) return next;
  const strip = (e: ManagedFieldsEntry): object => withoutField(e, 'time');
  const rest = [...a];
  for (const e of b) {
    const at = rest.findIndex((x) => equal(strip(x), strip(e)));
    if (at < 0) return next;
    rest.splice(at, 1);
  }
  if (!semanticEqual(withoutOwners(live), withoutOwners(next))) return next;
  return { ...next, metadata: { ...next.metadata, managedFields: a } };
}

// --- server-side apply ---

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export type ApplyAnswer = { readonly object: KubeObject; readonly status?: undefined } | { readonly status: Status; readonly object?: undefined };

interface Conflict { readonly owner: Entry; readonly path: readonly string[] }

/**
 * Server-side apply of `config` (as the client wrote it, decoded strictly but neither canonical nor defaulted) onto `live`
 * (undefined: it will be created). The object that comes back still needs its defaults. `write` is the same without managedFields' reset.
 */
export function applyConfiguration(writer: Writer & { readonly force: boolean }, live: KubeObject | undefined, config: KubeObject): ApplyAnswer {
  if (config.apiVersion !== writer.apiVersion) return { status: badRequest(`Incorrect version specified in apply patch. Specified patch version: ${config.apiVersion}, expected: ${writer.apiVersion}`) };
  if (config.metadata?.managedFields !== undefined && config.metadata.managedFields !== null) return { status: badRequest('metadata.managedFields must be nil') };
  const base = (live ?? { ...emptyStruct(writer.type), apiVersion: writer.apiVersion, kind: config.kind }) as KubeObject;
  const stored = base.metadata?.managedFields ?? [];
  if (!valid(stored)) return { status: internalError('failed to decode managed fields') };
  let entries = stored as readonly Entry[];
  if (entries.length === 0 && live !== undefined) entries = updateEntries({ ...writer, manager: 'before-first-apply' }, undefined, live, []);
  const bare = withoutOwners(base) as KubeObject;
  let force = writer.force;
  for (;;) {
    const done = applyOnce({ ...writer, force }, bare, config, entries);
    if ('conflicts' in done) {
      let conflicts = done.conflicts;
      if (writer.manager === 'kubectl' && !force) {
        const allowed = allowedByLastApplied(writer, bare);
        if (allowed !== undefined) {
          conflicts = conflicts.filter((c) => !has(allowed, c.path));
          if (conflicts.length === 0) { force = true; continue; }
        }
      }
      return { status: conflictStatus(conflicts) };
    }
    if ('error' in done) return { status: internalError(done.error) };
    let object = done.object;
    if (writer.manager === 'kubectl' && object.metadata.annotations?.[LAST_APPLIED]) object = withLastApplied(object, config);
    return { object: withEntries(object, done.entries) };
  }
}

function applyOnce(writer: Writer & { readonly force: boolean }, live: KubeObject, config: KubeObject, start: readonly Entry[]): { object: KubeObject; entries: Entry[] } | { conflicts: Conflict[] } | { error: string } {
  const subresource = writer.subresource ?? '';
  const manager = writer.manager === '' ? 'unknown' : writer.manager;
  const merged = mergeFields(writer.type, live, config);
  if (merged.error !== undefined) return { error: 'failed to merge config: ' + merged.error };
  let set = fieldSetOf(writer.type, config);
  if (writer.reset !== undefined) set = exclude(set, writer.reset);
  const previous = start.find((e) => sameManager(e, manager, 'Apply', writer.apiVersion, subresource));
  const others = start.filter((e) => e !== previous);
  let object = merged.value as KubeObject;
  if (previous !== undefined && !isEmptySet(previous.fieldsV1)) {
    const owned = others.reduce((all, e) => union(all, e.fieldsV1 ?? EMPTY_SET), set);
    object = removeFields(writer.type, object, difference(withNamedParents(previous.fieldsV1), withNamedParents(owned))) as KubeObject;
    if (object.metadata === undefined) object = { ...object, metadata: live.metadata };
  }
  let { gained, removed } = compareFields(writer.type, live, object);
  if (writer.reset !== undefined) { gained = exclude(gained, writer.reset); removed = exclude(removed, writer.reset); }
  const conflicts: Conflict[] = [];
  for (const owner of others) for (const path of members(intersection(owner.fieldsV1 ?? EMPTY_SET, gained))) conflicts.push({ owner, path });
  if (conflicts.length > 0 && !writer.force) return { conflicts };
  const touched = union(gained, removed);
  const entries: Entry[] = [];
  for (const e of others) {
    const after = difference(e.fieldsV1 ?? EMPTY_SET, touched);
    if (!isEmptySet(after)) entries.push(after === e.fieldsV1 ? e : { ...e, fieldsV1: after });
  }
  const mine = difference(set, STRIP);
  const changed = !equal(live, object);
  if (!isEmptySet(mine)) entries.push(entry(manager, 'Apply', writer.apiVersion, changed ? writer.time : previous?.time, mine, subresource));
  return { object, entries: sortEntries(entries) };
}

/** Struct fields and map keys that hold a member count as members themselves. */
function withNamedParents(set: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const k of Object.keys(set)) {
    if (k === '.') { out[k] = set[k]; continue; }
    const inner = withNamedParents(set[k]);
    out[k] = k.startsWith('f:') && !isEmptySet(inner) && !('.' in inner) ? { '.': EMPTY_SET, ...inner } : inner;
  }
  return out;
}

function allowedByLastApplied(writer: Writer, live: KubeObject): FieldSet | undefined {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  const last = parseJson(text).value as KubeObject | undefined;
  if (typeof last !== 'object' || last === null || last.apiVersion !== writer.apiVersion) return undefined;
  const { gained, removed } = compareFields(writer.type, last, live);
  return difference(difference(fieldSetOf(writer.type, last), gained), removed);
}

function withLastApplied(object: KubeObject, config: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = config.metadata.annotations ?? {};
  const kept = { ...config, metadata: Object.keys(annotations).length === 0 ? withoutField(config.metadata, 'annotations') : { ...config.metadata, annotations } };
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: toJson(kept) + '\n' } } };
}

function ownerText(e: Entry): string {
  let text = goQuote(e.manager ?? '');
  if (e.subresource) text += ` with subresource ${goQuote(e.subresource)}`;
  return e.operation === 'Update' ? `${text} using ${e.apiVersion}` : text;
}

function conflictStatus(given: readonly Conflict[]): Status {
  const conflicts = [...given].sort((a, b) => compareStrings(identifier(a.owner), identifier(b.owner)) || compareStrings(pathText(a.path), pathText(b.path)));
  const causes = conflicts.map((c): StatusCause => ({ reason: 'FieldManagerConflict', message: `conflict with ${ownerText(c.owner)}`, field: pathText(c.path) }));
  if (conflicts.length === 1) return applyConflict(causes, `Apply failed with 1 conflict: conflict with ${ownerText(conflicts[0].owner)}: ${pathText(conflicts[0].path)}`);
  const lines: string[] = [];
  let owner: Entry | undefined;
  for (const c of conflicts) {
    if (c.owner !== owner) { owner = c.owner; lines.push(`conflicts with ${ownerText(owner)}:`); }
    lines.push('- ' + pathText(c.path));
  }
  return applyConflict(causes, `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`);
}
