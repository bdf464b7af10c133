/** What the inspector asks: an object with its history, a message as HTTP, a component's containers, the chain of causes. */
import { toYaml } from '../k8s/apimachinery/yaml-emit.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import type { ApiRequest, ApiResponse } from '../k8s/apimachinery/request.ts';
import { applyDefaults } from '../k8s/api/defaults/defaulting.ts';
import { schemaOfObject } from '../k8s/api/schema.ts';
import { resourceByName } from '../k8s/api/resources.ts';
import type { ApiserverContext } from '../k8s/kube-apiserver/kube-apiserver.ts';
import { resourceOfKind, storageKey } from '../k8s/kube-apiserver/resources.ts';
import type { KeyValue } from '../k8s/etcd/types.ts';
import type { CauseView, ComponentView, FieldChange, MessageView, ObjectRef, ObjectView, WriteView } from '../protocol/protocol.ts';
import type { Message } from '../sim/types.ts';
import type { Simulator } from '../sim/simulator.ts';
import { uriOf } from './audit.ts';
import { objectOf, type Peek } from './peek.ts';
import { simplifiedOf } from './simplified.ts';
import { messageOf } from './window.ts';

const LIMIT = 64 * 1024;
const MAX_CHANGES = 200;

/** Field by field: what is different between two plain values. Lists of named things are compared by name. */
export function changesBetween(before: unknown, after: unknown, path = '', out: FieldChange[] = []): FieldChange[] {
  if (before === after || out.length >= MAX_CHANGES) return out;
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    for (const key of keys) if (!(path === 'metadata' && key === 'managedFields')) changesBetween(before[key], after[key], path ? `${path}.${key}` : key, out);
    return out;
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every((item) => isMap(item) && typeof (item.name ?? item.type) === 'string')) {
    const nameOf = (item: Record<string, unknown>): string => String(item.name ?? item.type);
    const names = [...new Set([...before, ...after].map(nameOf))];
    for (const name of names) changesBetween(before.find((item) => nameOf(item) === name), after.find((item) => nameOf(item) === name), `${path}[${name}]`, out);
    return out;
  }
  const [a, b] = [text(before), text(after)];
  if (a !== b) out.push({ path, ...(a === undefined ? {} : { before: a }), ...(b === undefined ? {} : { after: b }) });
  return out;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : typeof value === 'string' ? value : cut(JSON.stringify(value));
}

function cut(value: string): string {
  return value.length > LIMIT ? `${value.slice(0, LIMIT)}…` : value;
}

/** With an empty apiVersion, `kind` is a resource's name. */
export function fullRef(ref: ObjectRef): ObjectRef {
  const resource = ref.apiVersion === '' ? resourceByName(ref.kind) : undefined;
  return resource ? { ...ref, apiVersion: resource.apiVersion, kind: resource.kind } : ref;
}

export function keyOfRef(ref: ObjectRef): string | undefined {
  const resource = resourceOfKind(ref.apiVersion, ref.kind);
  return resource ? storageKey(resource, ref.namespace, ref.name) : undefined;
}

/** An object at the cursor and every write to it on this line, newest last. */
export function objectView(peek: Peek, asked: ObjectRef): ObjectView {
  const ref = fullRef(asked);
  const key = keyOfRef(ref);
  const history = key === undefined ? [] : historyOf(peek.sim, key);
  const kv = key === undefined ? undefined : peek.container<KeyValue>('etcd', 'kvs')?.get(key);
  const object = kv ? objectOf(kv) : null;
  const here = history.filter((write) => write.event < peek.sim.position);
  const managers = (object?.metadata.managedFields ?? []).map((entry) => ({
    manager: entry.manager ?? '', operation: entry.operation ?? '', time: entry.time ?? '', subresource: entry.subresource ?? '', fields: fieldPaths(entry.fieldsV1),
  }));
  return { ref, exists: object !== null, simplified: object ? simplifiedOf(object) : [], yaml: object ? cut(toYaml(withoutManagedFields(object))) : '', changed: here.at(-1)?.changes ?? [], history, managers };
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function fieldPaths(fields: unknown, prefix = '', out: string[] = []): string[] {
  if (!isMap(fields) || out.length > 100) return out;
  for (const key of Object.keys(fields).sort()) {
    if (key === '.') continue;
    const name = key.startsWith('f:') ? `${prefix}.${key.slice(2)}` : `${prefix}[${key.slice(2)}]`;
    const inner = fields[key];
    if (isMap(inner) && Object.keys(inner).some((one) => one !== '.')) fieldPaths(inner, name, out);
    else out.push(name.replace(/^\./, ''));
  }
  return out;
}

/** All writes to an etcd key on the current line (the future too), from the trace and the journal. */
function historyOf(sim: Simulator, key: string): WriteView[] {
  const out: WriteView[] = [];
  const strings = sim.strings;
  const subject = strings.id(key);
  const start = sim.position;
  for (let id = 0; id < sim.trace.end; id++) {
    const { chunk, at } = sim.trace.locate(id);
    if (chunk.subject[at] !== subject || strings.list[chunk.verb[at]] === '' || sim.trace.get(id).kind !== 'write') continue;
    const event = chunk.event[at];
    const entry = sim.changes(event).find((change) => change.key === key && (change.new === undefined || isMap(change.new)));
    const before = entry?.old ? objectOf(entry.old as KeyValue) : null;
    const after = entry?.new ? objectOf(entry.new as KeyValue) : null;
    const cause = causeOfWrite(sim, id);
    out.push({ record: id, revision: chunk.value[at], at: chunk.time[at], event, actor: cause.actor, manager: newestManager(after), verb: strings.list[chunk.verb[at]] === 'delete' ? 'delete' : before ? 'update' : 'create', changes: changesBetween(before ?? {}, after ?? {}), cause: cause.record });
  }
  if (sim.position !== start) sim.seek(start);
  return out;
}

function newestManager(object: KubeObject | null): string {
  const entries = object?.metadata.managedFields ?? [];
  let newest = '';
  let time = '';
  for (const entry of entries) {
    if ((entry.time ?? '') >= time) {
      time = entry.time ?? '';
      newest = entry.manager ?? '';
    }
  }
  return newest;
}

/** The request to kube-apiserver that led to a write: its record and who sent it. */
function causeOfWrite(sim: Simulator, id: number): { record: number; actor: string } {
  for (let at = id, hops = 0; at >= 0 && hops < 32; hops++) {
    const record = sim.trace.get(at);
    if (record.kind === 'send' && record.peer === 'kube-apiserver' && record.type === 'request') return { record: at, actor: record.actor };
    at = record.cause;
  }
  return { record: -1, actor: 'kube-apiserver' };
}

/** Walks the causes back to an input, a fault or the start; the first entry is the record asked for. */
export function causesOf(sim: Simulator, record: number): CauseView[] {
  const chain: CauseView[] = [];
  for (let at = record; at >= 0 && chain.length < 500; ) {
    const r = sim.trace.get(at);
    if (r.kind !== 'event' || r.type === 'timer' || chain.length === 0) {
      const words = r.kind === 'event' && r.type === 'timer' ? `timer ${r.verb}` : [r.verb, r.subject].filter(Boolean).join(' ');
      chain.push({ record: at, event: r.event, at: r.time, kind: r.kind === 'event' && r.type === 'timer' ? 'timer' : r.kind, actor: r.actor || 'you', text: words });
    }
    at = r.cause;
  }
  return chain;
}

/** Finds the message of a send record in the state just after it was sent. */
function messageBody(sim: Simulator, record: number): Message | undefined {
  const event = sim.branch.eventOfRecord(record);
  const here = sim.position;
  sim.seek(event + 1);
  const r = sim.trace.get(record);
  const found = sim.pending().find((pending) => pending.kind === 'message' && pending.cause === record && pending.target === r.peer)?.message;
  sim.seek(here);
  return found;
}

export function messageView(sim: Simulator, record: number): MessageView {
  const id = sim.trace.get(record).kind === 'send' ? record : Math.max(0, messageOf(sim.trace, record));
  const r = sim.trace.get(id);
  const message = messageBody(sim, id);
  let request = '';
  let response = '';
  if (message) {
    if (r.type === 'response') {
      response = responseText(message.body as ApiResponse);
      const asked = messageOf(sim.trace, r.cause);
      const before = asked >= 0 ? messageBody(sim, asked) : undefined;
      if (before) request = requestText(before);
    } else request = requestText(message);
  }
  const gates = r.type === 'request' && r.peer === 'kube-apiserver' ? withChanges(sim, id, gatesOf(sim, id), message) : [];
  return { record: id, type: r.type, from: r.actor, to: r.peer, verb: r.verb, subject: r.subject, code: r.code, sent: r.time + r.delay, arrives: r.value, request, response, gates };
}

function gatesOf(sim: Simulator, request: number): MessageView['gates'] {
  const out: { gate: string; verdict: string; detail: string; changes: FieldChange[] }[] = [];
  for (let id = request + 1; id < sim.trace.end && id < request + 20_000; id++) {
    const { chunk, at } = sim.trace.locate(id);
    const record = sim.trace.get(id);
    if (record.kind === 'gate' && messageOf(sim.trace, id) === request) out.push({ gate: record.verb, verdict: record.detail.startsWith('refused') ? 'refused' : 'passed', detail: record.detail, changes: [] });
    else if (out.length > 0 && chunk.time[at] > sim.trace.get(request).value + 2_000_000) break;
  }
  return out;
}

/** What each gate changed in the object: recomputed from the state just before the request came, since a gate keeps only its verdict. */
function withChanges(sim: Simulator, request: number, gates: MessageView['gates'], message: Message | undefined): MessageView['gates'] {
  const body = message?.body as ApiRequest | undefined;
  if (!body || typeof body !== 'object' || !['create', 'update', 'patch', 'delete'].includes(body.verb)) return gates;
  const here = sim.position;
  try {
    sim.seek(arrivalOf(sim, request));
    const told = (sim.contextOf('kube-apiserver') as ApiserverContext | undefined)?.explain?.(body).gates ?? [];
    return gates.map((gate) => {
      if (gate.gate === 'decode' && body.verb === 'create') return { ...gate, changes: defaultsOf(message!) };
      const changes = gate.verdict === 'refused' ? [] : told.find((one) => one.gate === gate.gate)?.changes ?? [];
      return { ...gate, changes: changes.slice(0, MAX_CHANGES).map((one) => ({ path: one.path, ...(one.before === undefined ? {} : { before: text(one.before)! }), ...(one.after === undefined ? {} : { after: text(one.after)! }) })) };
    });
  } finally {
    sim.seek(here);
  }
}

/** The event at which a message was delivered; where it has not been yet, the present. */
function arrivalOf(sim: Simulator, message: number): number {
  for (let id = message + 1; id < sim.trace.end && id < message + 20_000; id++) {
    const { chunk, at } = sim.trace.locate(id);
    if (chunk.cause[at] === message && sim.trace.get(id).kind === 'event') return chunk.event[at];
  }
  return sim.position;
}

/** What defaulting adds to the body of a create: recomputed, since the gate keeps only its verdict. */
function defaultsOf(message: Message): FieldChange[] {
  const { verb, text, body } = message.body as ApiRequest;
  if (verb !== 'create') return [];
  try {
    const given = (body ?? JSON.parse(text ?? 'null')) as KubeObject | null;
    const type = given === null ? undefined : schemaOfObject(given.apiVersion, given.kind);
    return type && given ? changesBetween(given, applyDefaults(type, given)).flatMap(leavesOf) : [];
  } catch {
    return [];
  }
}

/** A map that was added as a whole, as the fields in it. */
function leavesOf(change: FieldChange): FieldChange[] {
  if (change.before !== undefined || change.after === undefined || !change.after.startsWith('{"')) return [change];
  const map = JSON.parse(change.after) as Record<string, unknown>;
  return Object.keys(map).sort().flatMap((key) => leavesOf({ path: `${change.path}.${key}`, after: text(map[key])! }));
}

function requestText(message: Message): string {
  const body = message.body as ApiRequest;
  if (typeof body !== 'object' || body === null || !('verb' in body) || !('userAgent' in body)) return cut(JSON.stringify(body, null, 2) ?? '');
  const method = { get: 'GET', list: 'GET', watch: 'GET', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' }[body.verb];
  const head = [`${method} ${uriOf(body)} HTTP/2`, `User-Agent: ${body.userAgent}`, `Accept: ${body.accept === 'table' ? 'application/json;as=Table;v=v1;g=meta.k8s.io' : 'application/json'}`];
  if (body.patchType) head.push(`Content-Type: ${body.patchType}`);
  else if (body.contentType) head.push(`Content-Type: ${body.contentType}`);
  const content = body.text ?? (body.body === undefined ? '' : toYaml(body.body));
  return cut(`${head.join('\n')}\n\n${content}`);
}

function responseText(body: ApiResponse): string {
  if (typeof body !== 'object' || body === null || typeof body.code !== 'number') return cut(JSON.stringify(body, null, 2) ?? '');
  const content = typeof body.body === 'string' ? body.body : toYaml(body.body);
  return cut(`HTTP/2 ${body.code}\n${(body.warnings ?? []).map((warning) => `Warning: 299 - "${warning}"\n`).join('')}\n${content}`);
}

/** A component's containers with the entries that the last event changed. */
export function componentView(peek: Peek, name: string): ComponentView {
  const { sim } = peek;
  const changed = new Set(sim.changes(sim.position - 1).map((entry) => `${entry.container}\n${entry.key}`));
  return {
    name, up: sim.isUp(name),
    containers: peek.owned(name).filter((container) => container.name !== 'timers').map((container) => ({
      name: container.name, size: container.size,
      entries: container.keys().slice(0, 50).map((key) => ({ key, value: cut(JSON.stringify(container.get(key)) ?? '').slice(0, 400), changed: changed.has(`${container.index}\n${key}`) })),
    })),
    timers: sim.pending().filter((event) => event.kind === 'timer' && event.target === name).map((event) => ({ name: event.name!, at: event.at })).sort((a, b) => a.at - b.at).slice(0, 50),
  };
}
