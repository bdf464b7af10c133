/**
 * Story time: a monotone, piecewise linear map from virtual time, computed from the trace alone, so that a hop can be seen and a quiet
 * minute does not have to be sat through. At each moment the pace is the slowest that anything in flight asks for.
 */
export interface Stretch { readonly from: number; readonly to: number; /** Story milliseconds this stretch should last. */ readonly story: number }
export interface StoryMap { readonly virtual: Float64Array; readonly story: Float64Array }

/** A quiet gap lasts at most so many story milliseconds. */
const QUIET = 1000;

export function storyOf(stretches: readonly Stretch[], from: number, to: number): StoryMap {
  const starts = stretches.filter((s) => s.to > from && s.from < to).sort((a, b) => a.from - b.from || a.to - b.to);
  const edges = [from, to];
  for (const s of starts) {
    if (s.from > from) edges.push(s.from);
    if (s.to < to) edges.push(s.to);
  }
  edges.sort((a, b) => a - b);
  const xs = edges.filter((x, i) => i === 0 || x !== edges[i - 1]);
  const virtual = new Float64Array(xs.length);
  const story = new Float64Array(xs.length);
  virtual[0] = xs[0] ?? from;
  let active: Stretch[] = [];
  let next = 0;
  let t = 0;
  for (let i = 1; i < xs.length; i++) {
    const [a, b] = [xs[i - 1], xs[i]];
    while (next < starts.length && starts[next].from <= a) active.push(starts[next++]);
    active = active.filter((s) => s.to > a);
    let pace = 0;
    for (const s of active) pace = Math.max(pace, s.story / Math.max(1, s.to - s.from));
    t += active.length > 0 ? pace * (b - a) : Math.min(QUIET, (b - a) / 1000);
    virtual[i] = b;
    story[i] = t;
  }
  return { virtual, story };
}
