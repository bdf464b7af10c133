// Messages as flights over the stage: which way, from when to when in story time. Made once per stretch of trace, independent of the layout.
import { KINDS } from '../../protocol/stage.ts';
import type { Kind, StoryMap, TraceWindow } from '../../protocol/stage.ts';
import { nominalLength, storyMs } from './pace.ts';
import { SLICE, storySlices, toStory } from './story.ts';
import type { Stretch } from './story.ts';
import { cacheOf, clientKey } from './ways.ts';

export interface Flight {
  way: string;
  kind: Kind;
  /** Story milliseconds. */
  t0: number; t1: number;
  label: string;
  /** Sequence number of the message (of the request, for its passage through the gates). */
  seq: number;
  cause: number;
  code: number;
  heartbeat: boolean;
  /** Only for the passage through the gates: story times at which gates 0.. were passed, and the gate that refused, or -1. */
  gates: readonly number[] | null;
  /** Which gates those are, 0..8: an update passes the first four, reads, and then the rest. */
  gateNos: readonly number[];
  refused: number;
}
export interface Flights {
  list: readonly Flight[];
  longest: number;
  /** Indexes into `list` of passages through the gates, in order of time. */
  passages: readonly number[];
  /** For every `BLOCK` flights the latest end among them: a block that ended long ago is passed in one step. */
  ends: Float64Array;
}
const BLOCK = 64;
export const NO_FLIGHTS: Flights = { list: [], longest: 0, passages: [], ends: new Float64Array(0) };
const LEASE = /(^|[/ ])leases([/ ]|$)/;
const CODES: Readonly<Record<number, string>> = { 200: '200 OK', 201: '201 Created', 202: '202 Accepted', 400: '400 Bad Request', 401: '401 Unauthorized', 403: '403 Forbidden', 404: '404 Not Found', 409: '409 Conflict', 410: '410 Gone', 422: '422 Invalid', 429: '429 Too Many Requests', 500: '500 Error' };
/** Before time is known: the flights of a window in virtual microseconds. */
interface Leg { way: string; kind: Kind; v0: number; v1: number; label: string; seq: number; cause: number; code: number; heartbeat: boolean; gates: readonly number[] | null; gateNos: readonly number[]; refused: number }

function* legsOf(w: TraceWindow): Generator<void, Leg[]> {
  const { messages: m, gates: g, actors, texts } = w, legs: Leg[] = [];
  const passed = new Map<number, number[]>(), next = new Map<number, number>(), later = new Map<number, number>();
  for (let i = 0; i < g.count; i++) { if (i % (8 * SLICE) === 0) yield; const at = passed.get(g.request[i]); if (at) at.push(i); else passed.set(g.request[i], [i]); }
  // gates take no virtual time of their own: they are shown during the first part of the hop that follows them
  yield;
  for (let i = 0; i < m.count; i++) if (actors[m.from[i]].kind === 'kube-apiserver' && KINDS[m.kind[i]] !== 'watch' && passed.has(m.cause[i]) && !next.has(m.cause[i])) { next.set(m.cause[i], i); later.set(m.seq[i], m.sent[i] + (m.arrives[i] - m.sent[i]) * 0.7); }
  // after a read of etcd a request goes on through the gates: it keeps the label it came with
  const row = new Map<number, number>();
  for (let i = 0; i < m.count; i++) row.set(m.seq[i], i);
  const asked = (cause: number): string => { for (let at = row.get(cause), hops = 0; at !== undefined && hops < 6; at = row.get(m.cause[at]), hops++) if (actors[m.to[at]].kind === 'kube-apiserver' && KINDS[m.kind[at]] === 'req') return texts[m.label[at]] ?? ''; return ''; };
  for (let i = 0; i < m.count; i++) {
    if (i % SLICE === 0) yield;
    const from = actors[m.from[i]], to = actors[m.to[i]], kind = KINDS[m.kind[i]], a = clientKey(from), b = clientKey(to), resource = texts[m.resource[i]] ?? '';
    let way: string;
    if (kind === 'req' && b === 'api') way = `in:${a}`;
    else if (a === 'api' && b === 'etcd') way = 'in>etcd';
    else if (a === 'etcd') way = kind === 'watch' ? 'etcd>cache' : 'etcd>out';
    else if (a === 'api') way = kind === 'watch' ? `cache:${cacheOf(resource)}:${b}` : `out:${b}`;
    else if (b.startsWith('cri/')) way = `cri:${to.node}`;
    else if (a.startsWith('cri/')) way = `irc:${from.node}`;
    else continue;
    const label = kind === 'res' && m.code[i] > 0 && !way.startsWith('irc:') ? CODES[m.code[i]] ?? String(m.code[i]) : texts[m.label[i]] ?? '', heartbeat = LEASE.test(resource) || LEASE.test(label), seq = m.seq[i], v1 = Math.max(m.arrives[i], m.sent[i] + 1);
    legs.push({ way, kind, v0: Math.min(v1 - 1, later.get(seq) ?? m.sent[i]), v1, label, seq, cause: m.cause[i], code: m.code[i], heartbeat, gates: null, gateNos: [], refused: -1 });
    const at = passed.get(seq);
    // what is noted when etcd has answered a read is the answer itself: it travels as a response, not through the gates
    if (!at || (kind !== 'req' && at.every((j) => g.gate[j] === 8))) continue;
    const last = at[at.length - 1], after = next.get(seq), end = Math.max(v1 + 1, g.at[last], after === undefined ? 0 : later.get(m.seq[after]) ?? 0), n = at.length, spread = g.at[last] - v1 > 50;
    legs.push({ way: 'gates', kind: 'req', v0: v1, v1: end, label: kind === 'req' ? label : asked(m.cause[i]), seq, gateNos: at.map((j) => g.gate[j]), cause: m.cause[i], code: 0, heartbeat, refused: g.verdict[last] === 1 ? g.gate[last] : -1, gates: at.map((j, k) => (spread ? g.at[j] : v1 + ((end - v1) * (k + 0.6)) / n)) });
  }
  return legs;
}
/** A stretch of trace made ready for drawing: its map of time and its flights. */
export interface Drawn { map: StoryMap; flights: Flights; speed: number }
/**
 * Made in slices of well under a millisecond, so that the page can go on drawing in between. At speed 0 each leg gets the story time its way needs,
 * what is parallel passes together, quiet gaps at most a second; at a real speed a message shorter than its way's time is drawn longer than it took, never hurried.
 */
export function* drawnSlices(w: TraceWindow, from: number, to: number, speed: number): Generator<void, Drawn> {
  const legs = yield* legsOf(w), plain = speed !== 0;
  const map = plain ? { virtual: Float64Array.of(from, to), story: Float64Array.of(0, (to - from) / 1000 / speed) } : yield* storySlices(legs.map((l): Stretch => ({ from: l.v0, to: l.v1, story: storyMs(l.way, l.heartbeat) })), from, to);
  const list: Flight[] = [];
  for (const l of legs) {
    const t0 = toStory(map, l.v0), t1 = Math.max(t0 + 1, toStory(map, l.v1)), least = plain ? nominalLength(l.way) / 1.05 : 0;
    list.push({ way: l.way, kind: l.kind, t0, t1: Math.max(t1, t0 + least), label: l.label, seq: l.seq, cause: l.cause, code: l.code, heartbeat: l.heartbeat, gateNos: l.gateNos, refused: l.refused, gates: l.gates === null ? null : t1 - t0 < least ? l.gates.map((_, k) => t0 + (least * (k + 0.6)) / 9) : l.gates.map((v) => toStory(map, v)) });
    if (list.length % SLICE === 0) yield;
  }
  list.sort((p, q) => p.t0 - q.t0 || p.seq - q.seq);
  yield;
  let longest = 0;
  const passages: number[] = [], ends = new Float64Array(Math.ceil(list.length / BLOCK)).fill(-Infinity);
  list.forEach((f, i) => { longest = Math.max(longest, f.t1 - f.t0); const b = Math.floor(i / BLOCK); ends[b] = Math.max(ends[b], f.t1); if (f.gates) passages.push(i); });
  return { map, speed, flights: { list, longest, passages, ends } };
}
/** The same at once. */
export function drawn(w: TraceWindow, from: number, to: number, speed: number): Drawn {
  const work = drawnSlices(w, from, to, speed);
  for (;;) { const { done, value } = work.next(); if (done) return value; }
}
/** Calls `each` for the flights that leave by `to` and end after `from`, in order of leaving. */
export function during(f: Flights, from: number, to: number, each: (flight: Flight, index: number) => void): void {
  for (let i = firstFrom(f, from - f.longest); i < f.list.length && f.list[i].t0 <= to; i++) {
    if (i % BLOCK === 0 && f.ends[i / BLOCK] <= from) { i += BLOCK - 1; continue; }
    if (f.list[i].t1 > from) each(f.list[i], i);
  }
}
/** Index of the first flight that leaves at or after `t`. */
export function firstFrom(f: Flights, t: number): number {
  let lo = 0, hi = f.list.length;
  while (lo < hi) { const m = (lo + hi) >> 1; if (f.list[m].t0 < t) lo = m + 1; else hi = m; }
  return lo;
}
