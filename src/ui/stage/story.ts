// Story time: a monotone, piecewise linear map from virtual time, so that a hop can be seen and a quiet minute does not have to be sat through.
import type { StoryMap } from '../../protocol/stage.ts';

function segment(xs: Float64Array, x: number): number {
  let lo = 0, hi = xs.length - 2;
  while (lo < hi) { const m = (lo + hi + 1) >> 1; if (xs[m] <= x) lo = m; else hi = m - 1; }
  return Math.max(0, lo);
}
function map(xs: Float64Array, ys: Float64Array, x: number): number {
  if (xs.length === 0) return x;
  if (xs.length === 1 || x <= xs[0]) return ys[0];
  const last = xs.length - 1;
  if (x >= xs[last]) return ys[last];
  const i = segment(xs, x), w = xs[i + 1] - xs[i];
  return w === 0 ? ys[i] : ys[i] + ((x - xs[i]) / w) * (ys[i + 1] - ys[i]);
}
/** Story milliseconds of a virtual time in microseconds. */
export const toStory = (m: StoryMap, virtual: number): number => map(m.virtual, m.story, virtual);
/** Virtual microseconds of a story time in milliseconds. */
export const toVirtual = (m: StoryMap, story: number): number => map(m.story, m.virtual, story);

export interface Stretch { from: number; to: number; story: number }
/** How much is done between two yields of work that is cut into slices: well under a millisecond. */
export const SLICE = 512;
/** Builds the map: at each moment the fastest pace that still gives every stretch its story time; where nothing happens, at most `quiet` ms a gap. */
export function buildStory(stretches: readonly Stretch[], from: number, to: number, quiet = 1000): StoryMap {
  const work = storySlices(stretches, from, to, quiet);
  for (;;) { const { done, value } = work.next(); if (done) return value; }
}
/** The same in slices. */
export function* storySlices(stretches: readonly Stretch[], from: number, to: number, quiet = 1000): Generator<void, StoryMap> {
  const all = new Float64Array(stretches.length * 2 + 2);
  let n = 0;
  all[n++] = from; all[n++] = to;
  for (const s of stretches) { if (s.from > from && s.from < to) all[n++] = s.from; if (s.to > from && s.to < to) all[n++] = s.to; }
  const xs = all.subarray(0, n).sort();
  let edges = 1;
  for (let i = 1; i < n; i++) if (xs[i] !== xs[edges - 1]) xs[edges++] = xs[i];
  yield;
  const starts = inOrder(stretches);
  yield;
  const virtual = xs.slice(0, edges), story = new Float64Array(edges), active = new Fastest();
  let next = 0, t = 0, until = -Infinity;
  for (let i = 1; i < edges; i++) {
    const a = virtual[i - 1], b = virtual[i];
    for (; next < starts.length && starts[next].from <= a; next++) { const s = starts[next]; if (s.to > a) { active.add(s.story / Math.max(1, s.to - s.from), s.to); until = Math.max(until, s.to); } }
    t += until > a ? active.pace(a) * (b - a) : Math.min(quiet, (b - a) / 1000);
    story[i] = t;
    if (i % SLICE === 0) yield;
  }
  return { virtual, story };
}
function inOrder(stretches: readonly Stretch[]): readonly Stretch[] {
  for (let i = 1; i < stretches.length; i++) if (stretches[i].from < stretches[i - 1].from) return [...stretches].sort((a, b) => a.from - b.from);
  return stretches;
}
/** Paces with their ends, the fastest on top; what has ended is dropped when it comes up. */
class Fastest {
  private readonly heap: { pace: number; to: number }[] = [];
  add(pace: number, to: number): void {
    const h = this.heap, one = { pace, to };
    let i = h.length;
    h.push(one);
    while (i > 0) { const up = (i - 1) >> 1; if (h[up].pace >= pace) break; h[i] = h[up]; i = up; }
    h[i] = one;
  }
  /** The fastest pace of those that last beyond `at`; 0 if there is none. */
  pace(at: number): number { while (this.heap.length > 0 && this.heap[0].to <= at) this.pop(); return this.heap[0]?.pace ?? 0; }
  private pop(): void {
    const h = this.heap, last = h.pop();
    if (last === undefined || h.length === 0) return;
    let i = 0;
    for (;;) { let down = 2 * i + 1; if (down >= h.length) break; if (down + 1 < h.length && h[down + 1].pace > h[down].pace) down++; if (h[down].pace <= last.pace) break; h[i] = h[down]; i = down; }
    h[i] = last;
  }
}
