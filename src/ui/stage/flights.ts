// Messages as flights over the stage: which way, from when to when in story time. Made once per stretch of trace, independent of the layout.
import { KINDS } from '../../protocol/stage.ts';
import type { Kind, TraceWindow } from '../../protocol/stage.ts';
import { toStory } from './story.ts';
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

export function flightsOf(w: TraceWindow): Flights {
  const { messages: m, gates: g, actors, texts } = w, list: Flight[] = [];
  const passed = new Map<number, number[]>();
  for (let i = 0; i < g.count; i++) { const list2 = passed.get(g.request[i]); if (list2) list2.push(i); else passed.set(g.request[i], [i]); }
  for (let i = 0; i < m.count; i++) {
    const from = actors[m.from[i]], to = actors[m.to[i]], kind = KINDS[m.kind[i]], a = clientKey(from), b = clientKey(to);
    let way: string;
    if (kind === 'req' && b === 'api') way = `in:${a}`;
    else if (a === 'api' && b === 'etcd') way = 'in>etcd';
    else if (a === 'etcd') way = kind === 'watch' ? 'etcd>cache' : 'etcd>out';
    else if (a === 'api') way = kind === 'watch' ? `cache:${cacheOf(texts[m.resource[i]] ?? '')}:${b}` : `out:${b}`;
    else if (b.startsWith('cri/')) way = `cri:${to.node}`;
    else if (a.startsWith('cri/')) way = `irc:${from.node}`;
    else continue;
    const t0 = toStory(w.story, m.sent[i]), t1 = Math.max(t0 + 1, toStory(w.story, m.arrives[i])), label = texts[m.label[i]] ?? '';
    list.push({ way, kind, t0, t1, label, seq: m.seq[i], cause: m.cause[i], code: m.code[i], gates: null, refused: -1 });
    const at = passed.get(m.seq[i]);
    if (at) {
      const times = at.map((j) => toStory(w.story, g.at[j])), last = at[at.length - 1], refused = g.verdict[last] === 1 ? g.gate[last] : -1;
      list.push({ way: 'gates', kind: 'req', t0: t1, t1: Math.max(t1 + 1, times[times.length - 1]), label, seq: m.seq[i], cause: m.cause[i], code: 0, gates: times, refused });
    }
  }
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
