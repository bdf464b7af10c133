/**
 * A stretch of the trace as the page draws it: messages, gates, spans and writes as typed columns, ready to be transferred.
 */
import type { Actor, ActorKind, Gates, Messages, Spans, TraceWindow, Writes } from '../protocol/stage.ts';
import { kindNumber, typeNumber, type Trace } from '../trace/trace.ts';

export const GATES = ['authn', 'audit', 'APF', 'authz', 'default', 'mutate', 'validate', 'admit', 'store'];
/** Gates as the engine notes them -> gates as the stage draws them (decoding happens on the way to defaulting). */
const GATE_INDEX: Readonly<Record<string, number>> = {
  authentication: 0, authn: 0, audit: 1, 'priority and fairness': 2, APF: 2, apf: 2, authorization: 3, authz: 3, decode: 4, default: 4, defaulting: 4, 'mutating admission': 5, mutate: 5, validation: 6, validate: 6, 'validating admission': 7, admit: 7, storage: 8, store: 8,
};

const [SEND, GATE, WRITE, EVENT] = [kindNumber('send'), kindNumber('gate'), kindNumber('write'), kindNumber('event')];
const [REQUEST, RESPONSE, WATCH, CRI, SIGNAL] = ['request', 'response', 'watch', 'cri', 'signal'].map(typeNumber);

const KIND_OF_PREFIX: Readonly<Record<string, ActorKind>> = {
  workstation: 'you', outside: 'you', 'kube-apiserver': 'kube-apiserver', etcd: 'etcd', 'kube-controller-manager': 'kube-controller-manager',
  'kube-scheduler': 'kube-scheduler', kubelet: 'kubelet', 'kube-proxy': 'kube-proxy', 'container-runtime': 'container-runtime', coredns: 'coredns',
};

export function actorOf(address: string): Actor {
  const slash = address.indexOf('/');
  const name = slash < 0 ? address : address.slice(0, slash);
  return { kind: KIND_OF_PREFIX[name] ?? 'client', name, node: slash < 0 ? '' : address.slice(slash + 1) };
}

export interface WindowOptions {
  readonly from: number;
  readonly to: number;
  /** At most so many messages (but all of one instant); the rest of the window is left out and `to` is cut. */
  readonly limit?: number;
}

/** First record whose time is >= `at`. */
export function recordAtTime(trace: Trace, at: number): number {
  let low = 0;
  let high = trace.end;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { chunk, at: i } = trace.locate(middle);
    if (chunk.time[i] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function windowOf(trace: Trace, options: WindowOptions): TraceWindow {
  const { from, to } = options;
  const strings = trace.strings.list;
  const actors: Actor[] = [];
  const actorIds = new Map<number, number>();
  const actor = (id: number): number => {
    let n = actorIds.get(id);
    if (n === undefined) {
      n = actors.length;
      actorIds.set(id, n);
      actors.push(actorOf(strings[id]));
    }
    return n;
  };
  const texts: string[] = [''];
  const textIds = new Map<string, number>([['', 0]]);
  const text = (value: string): number => {
    let n = textIds.get(value);
    if (n === undefined) {
      n = texts.length;
      textIds.set(value, n);
      texts.push(value);
    }
    return n;
  };

  const rows: { seq: number; kind: number; from: number; to: number; sent: number; arrives: number; label: number; resource: number; code: number; cause: number }[] = [];
  const gates: { request: number; gate: number; at: number; verdict: number }[] = [];
  const writes: { at: number; revision: number; mine: number; key: number }[] = [];
  const spans: { actor: number; from: number; to: number; label: number; waits: number }[] = [];
  const opened = new Map<number, number>();
  // A message may have left a little before the window and still fly in it.
  const begin = recordAtTime(trace, from - 2_000_000);
  const limit = options.limit ?? 60_000;
  let reached = -1;
  let cut = false;
  for (let id = begin; id < trace.end; id++) {
    const { chunk, at } = trace.locate(id);
    const time = chunk.time[at];
    if (time > to) break;
    // an instant is told whole, or the page would show half of it
    if (rows.length >= limit && time > reached) {
      cut = true;
      break;
    }
    reached = time;
    const kind = chunk.kind[at];
    if (kind === SEND) {
      const type = chunk.type[at];
      const sent = time + chunk.delay[at];
      const arrives = chunk.value[at];
      const cause = messageOf(trace, chunk.cause[at]);
      if (type === RESPONSE && cause >= 0) {
        const received = trace.locate(cause);
        spans.push({ actor: actor(chunk.actor[at]), from: received.chunk.value[received.at], to: sent, label: text(`${strings[received.chunk.verb[received.at]]} ${short(strings[received.chunk.subject[received.at]])}`), waits: 0 });
      }
      if (arrives < from) continue;
      const verb = strings[chunk.verb[at]];
      const subject = strings[chunk.subject[at]];
      const glyph = type === REQUEST || type === SIGNAL ? 0 : type === RESPONSE ? 1 : type === WATCH ? 2 : type === CRI ? 3 : 4;
      if (type === SIGNAL) continue;
      rows.push({ seq: id, kind: glyph, from: actor(chunk.actor[at]), to: actor(chunk.peer[at]), sent, arrives, label: text(`${verb} ${short(subject)}`), resource: text(resourceOf(subject)), code: chunk.code[at], cause });
    } else if (kind === GATE) {
      const gate = GATE_INDEX[strings[chunk.verb[at]]];
      if (gate === undefined) continue;
      const request = messageOf(trace, id);
      if (request < 0) continue;
      const n = opened.get(request) ?? 0;
      opened.set(request, n + 1);
      gates.push({ request, gate, at: time + n, verdict: strings[chunk.detail[at]].startsWith('refused') ? 1 : 0 });
    } else if (kind === WRITE) {
      writes.push({ at: time, revision: chunk.value[at], mine: mine(trace, id, strings) ? 1 : 0, key: text(strings[chunk.subject[at]]) });
    }
  }
  rows.sort((a, b) => a.sent - b.sent || a.seq - b.seq);
  const inside = writes.filter((write) => write.at >= from);
  return {
    to: cut ? Math.max(from, reached) : to, actors, texts,
    messages: {
      count: rows.length, seq: Float64Array.from(rows, (r) => r.seq), kind: Uint8Array.from(rows, (r) => r.kind), from: Uint16Array.from(rows, (r) => r.from), to: Uint16Array.from(rows, (r) => r.to),
      sent: Float64Array.from(rows, (r) => r.sent), arrives: Float64Array.from(rows, (r) => r.arrives), label: Uint32Array.from(rows, (r) => r.label), resource: Uint32Array.from(rows, (r) => r.resource),
      code: Uint16Array.from(rows, (r) => r.code), cause: Float64Array.from(rows, (r) => r.cause),
    } satisfies Messages,
    gates: { count: gates.length, request: Float64Array.from(gates, (g) => g.request), gate: Uint8Array.from(gates, (g) => g.gate), at: Float64Array.from(gates, (g) => g.at), verdict: Uint8Array.from(gates, (g) => g.verdict) } satisfies Gates,
    spans: { count: spans.length, actor: Uint16Array.from(spans, (s) => s.actor), from: Float64Array.from(spans, (s) => s.from), to: Float64Array.from(spans, (s) => s.to), label: Uint32Array.from(spans, (s) => s.label), waits: Uint8Array.from(spans, (s) => s.waits) } satisfies Spans,
    writes: { count: inside.length, at: Float64Array.from(inside, (w) => w.at), revision: Float64Array.from(inside, (w) => w.revision), mine: Uint8Array.from(inside, (w) => w.mine), key: Uint32Array.from(inside, (w) => w.key) } satisfies Writes,
  };
}

/** The record of the message in whose handling record `id` was noted (or the message itself): -1 when a timer or input was the reason. */
export function messageOf(trace: Trace, id: number): number {
  for (let at = id, hops = 0; at >= 0 && hops < 64; hops++) {
    const { chunk, at: i } = trace.locate(at);
    if (chunk.kind[i] === SEND) return at;
    if (chunk.kind[i] === EVENT && chunk.type[i] > SIGNAL) return -1;
    at = chunk.cause[i];
  }
  return -1;
}

/** True if the chain of causes of a record ends at an input (and not at the start): the user's own writes. */
function mine(trace: Trace, id: number, strings: readonly string[]): boolean {
  for (let at = id, hops = 0; at >= 0 && hops < 24; hops++) {
    const { chunk, at: i } = trace.locate(at);
    if (strings[chunk.actor[i]] === 'workstation') return true;
    at = chunk.cause[i];
  }
  return false;
}

function resourceOf(subject: string): string {
  const space = subject.indexOf(' ');
  const head = space < 0 ? subject : subject.slice(0, space);
  const slash = head.indexOf('/');
  return slash > 0 ? head.slice(0, slash) : head;
}

/** `pods/status default/web-1` -> `…/web-1/status`-like short forms, as the stage writes them. */
export function short(subject: string): string {
  if (subject.startsWith('/registry/')) {
    // the resource and the name: groups, namespaces and etcd's older names say nothing here
    const parts = subject.slice('/registry/'.length).split('/').filter((part, i) => part !== '' && !(i === 0 && part.includes('.')) && part !== 'specs');
    return parts.length < 2 ? parts.join('/') : `${parts[0] === 'minions' ? 'nodes' : parts[0]}/${parts[parts.length - 1]}`;
  }
  const space = subject.indexOf(' ');
  if (space < 0) return subject;
  const resource = subject.slice(0, space);
  const name = subject.slice(subject.lastIndexOf('/') + 1);
  const [plain, sub] = resource.split('/');
  const last = subject.indexOf('/', space) < 0 ? subject.slice(space + 1) : name;
  return last === '' ? resource : `${plain}/${last}${sub ? `/${sub}` : ''}`;
}

/** The buffers of a window, for the transfer list. */
export function transferables(window: TraceWindow): ArrayBuffer[] {
  const columns = [window.messages, window.gates, window.spans, window.writes].flatMap((group) => Object.values(group)).filter((value): value is Float64Array => ArrayBuffer.isView(value));
  return [...new Set(columns.map((column) => column.buffer as ArrayBuffer))];
}
