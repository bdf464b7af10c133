// Ways that messages take, as polylines measured once: a point and a heading for any length along them.
export interface Point { x: number; y: number }
export interface Curve {
  length: number;
  xs: Float32Array;
  ys: Float32Array;
  /** Length along the curve at each point. */
  at: Float32Array;
}
export interface Place { x: number; y: number; angle: number }

export function curve(points: readonly Point[]): Curve {
  const kept = points.filter((p, i) => i === 0 || Math.abs(p.x - points[i - 1].x) + Math.abs(p.y - points[i - 1].y) > 0.01);
  const n = Math.max(1, kept.length), xs = new Float32Array(n), ys = new Float32Array(n), at = new Float32Array(n);
  let length = 0;
  kept.forEach((p, i) => {
    if (i > 0) length += Math.hypot(p.x - kept[i - 1].x, p.y - kept[i - 1].y);
    xs[i] = p.x; ys[i] = p.y; at[i] = length;
  });
  return { length, xs, ys, at };
}
/** The piece of the curve that holds length `s`: index of its first point. */
export function pieceAt(c: Curve, s: number): number {
  let lo = 0, hi = c.at.length - 2;
  while (lo < hi) { const m = (lo + hi + 1) >> 1; if (c.at[m] <= s) lo = m; else hi = m - 1; }
  return Math.max(0, lo);
}
export function placeAt(c: Curve, s: number): Place {
  const n = c.xs.length;
  if (n < 2) return { x: c.xs[0] ?? 0, y: c.ys[0] ?? 0, angle: 0 };
  const t = Math.min(c.length, Math.max(0, s)), i = pieceAt(c, t), w = c.at[i + 1] - c.at[i], u = w === 0 ? 0 : (t - c.at[i]) / w;
  const dx = c.xs[i + 1] - c.xs[i], dy = c.ys[i + 1] - c.ys[i];
  return { x: c.xs[i] + dx * u, y: c.ys[i] + dy * u, angle: Math.atan2(dy, dx) };
}
/** Length along the curve of its point nearest to `p`. */
export function lengthNear(c: Curve, p: Point): number {
  let best = Infinity, s = 0;
  for (let i = 0; i < c.xs.length; i++) { const d = Math.hypot(c.xs[i] - p.x, c.ys[i] - p.y); if (d < best) { best = d; s = c.at[i]; } }
  return s;
}
/** A string between a component and the rim: leaves both vertically. */
export function stringPoints(x1: number, y1: number, x2: number, y2: number): Point[] {
  const dy = y2 - y1, n = Math.max(2, Math.ceil(Math.hypot(x2 - x1, dy) / 4)), out: Point[] = [];
  for (let i = 0; i <= n; i++) {
    const u = i / n, v = 1 - u, a = v * v * v, b = 3 * v * v * u, c = 3 * v * u * u, d = u * u * u;
    out.push({ x: a * x1 + b * x1 + c * x2 + d * x2, y: a * y1 + b * (y1 + dy * 0.55) + c * (y2 - dy * 0.55) + d * y2 });
  }
  return out;
}
export const stringPath = (x1: number, y1: number, x2: number, y2: number): string =>
  `M${r(x1)} ${r(y1)}C${r(x1)} ${r(y1 + (y2 - y1) * 0.55)} ${r(x2)} ${r(y2 - (y2 - y1) * 0.55)} ${r(x2)} ${r(y2)}`;
export const r = (n: number): number => Math.round(n * 10) / 10;

/** A race track: a rectangle with round corners, walked clockwise from the left end of its upper edge. */
export class Track {
  readonly x: number; readonly y: number; readonly w: number; readonly h: number; readonly r: number;
  readonly perimeter: number;
  constructor(x: number, y: number, w: number, h: number, radius: number) {
    this.x = x; this.y = y; this.w = w; this.h = h; this.r = Math.min(radius, h / 2, w / 2);
    this.perimeter = 2 * (w - 2 * this.r) + 2 * (h - 2 * this.r) + 2 * Math.PI * this.r;
  }
  private get legs(): number[] { const q = (Math.PI * this.r) / 2, a = this.w - 2 * this.r, b = this.h - 2 * this.r; return [a, q, b, q, a, q, b, q]; }
  point(u: number): Point {
    let s = ((u % this.perimeter) + this.perimeter) % this.perimeter, i = 0;
    const legs = this.legs;
    while (i < 7 && s > legs[i]) { s -= legs[i]; i++; }
    const { x, y, w, h, r: R } = this, corner = (cx: number, cy: number, from: number): Point => { const a = from + s / R; return { x: cx + R * Math.cos(a), y: cy + R * Math.sin(a) }; };
    switch (i) {
      case 0: return { x: x + R + s, y };
      case 1: return corner(x + w - R, y + R, -Math.PI / 2);
      case 2: return { x: x + w, y: y + R + s };
      case 3: return corner(x + w - R, y + h - R, 0);
      case 4: return { x: x + w - R - s, y: y + h };
      case 5: return corner(x + R, y + h - R, Math.PI / 2);
      case 6: return { x, y: y + h - R - s };
      default: return corner(x + R, y + R, Math.PI);
    }
  }
  /** Where along the track the point nearest to `p` lies. */
  near(p: Point): number {
    let best = Infinity, at = 0;
    const n = Math.ceil(this.perimeter);
    for (let i = 0; i < n; i++) { const q = this.point((i / n) * this.perimeter), d = (q.x - p.x) ** 2 + (q.y - p.y) ** 2; if (d < best) { best = d; at = (i / n) * this.perimeter; } }
    return at;
  }
  /** Points from one place to another; `way` 1 clockwise, -1 anticlockwise, 0 the shorter. */
  walk(from: number, to: number, way: 1 | -1 | 0 = 0): Point[] {
    const P = this.perimeter, ahead = (((to - from) % P) + P) % P;
    const dir = way === 0 ? (ahead <= P / 2 ? 1 : -1) : way, len = dir === 1 ? ahead : P - ahead, n = Math.max(1, Math.ceil(len / 3)), out: Point[] = [];
    for (let i = 0; i <= n; i++) out.push(this.point(from + (dir * len * i) / n));
    return out;
  }
}
