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
/** Builds the map: at each moment the fastest pace that still gives every stretch its story time; where nothing happens, at most `quiet` ms a gap. */
export function buildStory(stretches: readonly Stretch[], from: number, to: number, quiet = 1000): StoryMap {
  const edges = new Set<number>([from, to]);
  for (const s of stretches) { if (s.from > from && s.from < to) edges.add(s.from); if (s.to > from && s.to < to) edges.add(s.to); }
  const xs = [...edges].sort((a, b) => a - b), starts = [...stretches].sort((a, b) => a.from - b.from);
  const virtual = new Float64Array(xs.length), story = new Float64Array(xs.length);
  let active: Stretch[] = [], next = 0, t = 0;
  virtual[0] = xs[0];
  for (let i = 1; i < xs.length; i++) {
    const a = xs[i - 1], b = xs[i];
    while (next < starts.length && starts[next].from <= a) active.push(starts[next++]);
    active = active.filter((s) => s.to > a);
    let pace = 0;
    for (const s of active) pace = Math.max(pace, s.story / Math.max(1, s.to - s.from));
    t += active.length > 0 ? pace * (b - a) : Math.min(quiet, (b - a) / 1000);
    virtual[i] = b; story[i] = t;
  }
  return { virtual, story };
}
