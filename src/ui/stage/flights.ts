// Messages as flights over the stage: which way, from when to when in story time. Made once per stretch of trace, independent of the layout.
import { KINDS } from '../../protocol/stage.ts';
import type { Kind, StoryMap, TraceWindow } from '../../protocol/stage.ts';
import { nominalLength, storyMs } from './pace.ts';
import { buildStory, toStory } from './story.ts';
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
  refused: number;
}
export interface Flights {
  list: readonly Flight[];
  longest: number;
  /** Indexes into `list` of passages through the gates, in order of time. */
  passages: readonly number[];
}
/** Before time is known: the flights of a window in virtual microseconds. */
interface Leg { way: string; kind: Kind; v0: number; v1: number; label: string; seq: number; cause: number; code: number; heartbeat: boolean; gates: readonly number[] | null; refused: number }

function legsOf(w: TraceWindow): Leg[] {
  const { messages: m, gates: g, actors, texts } = w, legs: Leg[] = [];
  const passed = new Map<number, number[]>(), answered = new Map<number, number>();
  for (let i = 0; i < g.count; i++) { const at = passed.get(g.request[i]); if (at) at.push(i); else passed.set(g.request[i], [i]); }
  for (let i = 0; i < m.count; i++) if (actors[m.from[i]].kind === 'kube-apiserver' && !answered.has(m.cause[i])) answered.set(m.cause[i], m.sent[i]);
  for (let i = 0; i < m.count; i++) {
    const from = actors[m.from[i]], to = actors[m.to[i]], kind = KINDS[m.kind[i]], a = clientKey(from), b = clientKey(to), resource = texts[m.resource[i]] ?? '';
    let way: string;
    if (kind === 'req' && b === 'api') way = `in:${a}`;
    else if (a === 'api' && b === 'etcd') way = 'in>etcd';
    else if (a === 'etcd') way = kind === 'watch' ? 'etcd>cache' : 'etcd>out';
    else if (a === 'api') way = kind === 'watch' ? `cache:${cacheOf(resource)}:${b}` : `out:${b}`;
    else if (b.startsWith('cri/')) way = `cri:${to.node}`;
    else if (a.startsWith('cri/')) way = `irc:${from.node}`;
    else continue;
    const label = texts[m.label[i]] ?? '', heartbeat = resource === 'leases' || /\bleases\b/.test(label), seq = m.seq[i], v1 = Math.max(m.arrives[i], m.sent[i] + 1);
    legs.push({ way, kind, v0: m.sent[i], v1, label, seq, cause: m.cause[i], code: m.code[i], heartbeat, gates: null, refused: -1 });
    const at = passed.get(seq);
    if (!at) continue;
    const last = at[at.length - 1], end = Math.max(v1 + 1, g.at[last], answered.get(seq) ?? 0), n = at.length, spread = g.at[last] - v1 > 50;
    legs.push({ way: 'gates', kind: 'req', v0: v1, v1: end, label, seq, cause: m.cause[i], code: 0, heartbeat, refused: g.verdict[last] === 1 ? g.gate[last] : -1, gates: at.map((j, k) => (spread ? g.at[j] : v1 + ((end - v1) * (k + 0.6)) / n)) });
  }
  return legs;
}
/** Story time of a window: each leg gets the time its way needs, what is parallel passes together, quiet gaps at most a second. */
export function storyFor(w: TraceWindow, from: number, to: number): StoryMap {
  const stretches: Stretch[] = legsOf(w).map((l) => ({ from: l.v0, to: l.v1, story: storyMs(l.way, l.heartbeat) }));
  return buildStory(stretches, from, to);
}
/** `plain`: time runs at a real speed, so a message shorter than its way's time is drawn longer than it took, never hurried. */
export function flightsOf(w: TraceWindow, map: StoryMap, plain: boolean): Flights {
  const list: Flight[] = legsOf(w).map((l) => {
    const t0 = toStory(map, l.v0), t1 = Math.max(t0 + 1, toStory(map, l.v1)), least = plain ? nominalLength(l.way) / 1.05 : 0;
    return { way: l.way, kind: l.kind, t0, t1: Math.max(t1, t0 + least), label: l.label, seq: l.seq, cause: l.cause, code: l.code, heartbeat: l.heartbeat, refused: l.refused, gates: l.gates === null ? null : t1 - t0 < least ? l.gates.map((_, k) => t0 + (least * (k + 0.6)) / 9) : l.gates.map((v) => toStory(map, v)) };
  });
  list.sort((p, q) => p.t0 - q.t0 || p.seq - q.seq);
  let longest = 0;
  const passages: number[] = [];
  list.forEach((f, i) => { longest = Math.max(longest, f.t1 - f.t0); if (f.gates) passages.push(i); });
  return { list, longest, passages };
}
/** Index of the first flight that leaves at or after `t`. */
export function firstFrom(f: Flights, t: number): number {
  let lo = 0, hi = f.list.length;
  while (lo < hi) { const m = (lo + hi) >> 1; if (f.list[m].t0 < t) lo = m + 1; else hi = m; }
  return lo;
}
