// Time along the timeline. It is not linear: long quiet stretches are folded, and the last burst before the playhead gets half the width.
export interface Fold { from: number; to: number; /** Heartbeats inside. */ beats: number }
export interface Scale { x(virtual: number): number; at(x: number): number; folds: readonly (Fold & { x: number })[]; ticks: readonly { x: number; text: string }[]; from: number; to: number }
export interface Busy { from: number; to: number }

/** In order of beginning; what already is stays as it is. */
function inOrder(busy: readonly Busy[]): readonly Busy[] {
  for (let i = 1; i < busy.length; i++) if (busy[i].from < busy[i - 1].from) return [...busy].sort((p, q) => p.from - q.from);
  return busy;
}
/** Stretches with nothing but heartbeats, longer than 20 s or a third of the view. */
export function findFolds(busy: readonly Busy[], beats: readonly number[], from: number, to: number, open: ReadonlySet<number>): Fold[] {
  const out: Fold[] = [], least = Math.min(20_000_000, (to - from) / 3), add = (a: number, b: number): void => {
    const pad = Math.min(400_000, (b - a) * 0.06), f = a + pad, t = b - pad;
    if (t - f < Math.max(least, 2_000_000) || open.has(Math.round(f))) return;
    out.push({ from: f, to: t, beats: beats.filter((v) => v >= f && v <= t).length });
  };
  let end = from;
  for (const b of inOrder(busy)) { if (b.from > end) add(end, Math.min(b.from, to)); end = Math.max(end, b.to); if (end >= to) break; }
  if (end < to) add(end, to);
  return out;
}
const FOLD_W = 16;
export function makeScale(from: number, to: number, folds: readonly Fold[], now: number, busy: readonly Busy[], x0: number, x1: number): Scale {
  // knots of a monotone map: real stretches get width by their length, folds a fixed width, the last burst before `now` half of the rest
  const room = x1 - x0 - folds.length * FOLD_W, parts: { a: number; b: number; fold: boolean; weight: number }[] = [];
  let at = from;
  for (const f of folds) { parts.push({ a: at, b: f.from, fold: false, weight: 0 }, { a: f.from, b: f.to, fold: true, weight: 0 }); at = f.to; }
  parts.push({ a: at, b: to, fold: false, weight: 0 });
  const burst = lastBurst(busy, now), split: typeof parts = [];
  for (const p of parts) {
    const cuts = p.fold || !burst ? [] : [burst.from, burst.to].filter((v) => v > p.a && v < p.b);
    let a = p.a;
    for (const c of cuts) { split.push({ ...p, a, b: c }); a = c; }
    split.push({ ...p, a });
  }
  const real = split.filter((p) => !p.fold), total = real.reduce((n, p) => n + (p.b - p.a), 0) || 1, last = burst ? real.find((p) => p.a <= burst.from + 1 && p.b >= burst.to - 1 && p.b > p.a) : undefined;
  const share = last && real.length > 1 ? Math.max(0.5, (last.b - last.a) / total) : 1;
  for (const p of real) p.weight = last && real.length > 1 ? (p === last ? share : ((p.b - p.a) / Math.max(1, total - (last.b - last.a))) * (1 - share)) : (p.b - p.a) / total;
  const vs: number[] = [from], xs: number[] = [x0];
  for (const p of split) { vs.push(p.b); xs.push(xs[xs.length - 1] + (p.fold ? FOLD_W : p.weight * room)); }
  const map = (a: readonly number[], b: readonly number[], v: number): number => { if (v <= a[0]) return b[0]; for (let i = 1; i < a.length; i++) if (v <= a[i]) return a[i] === a[i - 1] ? b[i] : b[i - 1] + ((v - a[i - 1]) / (a[i] - a[i - 1])) * (b[i] - b[i - 1]); return b[b.length - 1]; };
  const x = (v: number): number => map(vs, xs, v);
  const ticks: { x: number; text: string }[] = [];
  for (const p of real) ticks.push(...ticksOf(p.a, p.b, x));
  return { x, at: (px) => map(xs, vs, px), folds: folds.map((f) => ({ ...f, x: (x(f.from) + x(f.to)) / 2 })), ticks: spaced(ticks).filter((k) => k.x + k.text.length * 6.7 + 6 < x1 && !folds.some((f) => { const fx = (x(f.from) + x(f.to)) / 2; return fx > k.x - 8 && fx < k.x + k.text.length * 6.7 + 14; })), from, to };
}
const PAUSE = 60_000;
/** The run of work at or before `now`, with no pause of more than 60 ms in it, from its first to its last moment. */
export function lastBurst(busy: readonly Busy[], now: number): Busy | null {
  const all = inOrder(busy);
  let found: { from: number; to: number } | null = null;
  for (const b of all) {
    if (found && b.from - found.to < PAUSE) { found.to = Math.max(found.to, b.to); continue; }
    if (b.from > now + PAUSE) break;
    found = { from: b.from, to: b.to };
  }
  return found && { from: found.from - 4000, to: found.to + 12_000 };
}
const STEPS = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 60_000_000, 120_000_000, 300_000_000, 600_000_000, 3_600_000_000];
export function stamp(us: number, step: number): string {
  const s = us / 1e6, m = Math.floor(s / 60), rest = s - m * 60, digits = step >= 1_000_000 ? 0 : step >= 100_000 ? 1 : step >= 10_000 ? 2 : 3;
  return `${m}:${rest.toFixed(digits).padStart(digits === 0 ? 2 : 3 + digits, '0')}`;
}
function ticksOf(a: number, b: number, x: (v: number) => number): { x: number; text: string }[] {
  const width = x(b) - x(a);
  if (width < 40) return [];
  const per = (b - a) / width, step = STEPS.find((s) => s / per >= 92) ?? STEPS[STEPS.length - 1], out: { x: number; text: string }[] = [];
  for (let v = Math.ceil(a / step) * step; v <= b; v += step) out.push({ x: x(v), text: stamp(v, step) });
  return out;
}
/** A tick whose label would run into the next goes. */
const spaced = (t: { x: number; text: string }[]): { x: number; text: string }[] => t.sort((p, q) => p.x - q.x).filter((k, i, all) => i === all.length - 1 || all[i + 1].x - k.x > k.text.length * 6.7 + 8);
