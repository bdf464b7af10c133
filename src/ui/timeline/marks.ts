// The marks on the lanes, painted on a canvas: of thousands in a stretch only what can be told apart is drawn. Pure: rows and scale in, strokes out.
import type { Kind } from '../../protocol/stage.ts';
import type { ArrowRow, Rows } from './rows.ts';
import type { Scale } from './scale.ts';

export const HEAD = 42, LANE = 21;
export const laneY = (lane: number): number => HEAD + lane * LANE + LANE / 2;
export type Ink = Record<Kind | 'hair' | 'line' | 'raised' | 'brass' | 't1' | 't2' | 'font', string>;
export function inkFrom(element: Element): Ink {
  const css = getComputedStyle(element), c = (n: string): string => css.getPropertyValue(`--${n}`).trim();
  return { req: c('req'), res: c('res'), watch: c('watch'), cri: c('cri'), pkt: c('pkt'), hair: c('hair'), line: c('line'), raised: c('raised'), brass: c('brass'), t1: c('t1'), t2: c('t2'), font: css.fontFamily };
}
/** How many arrows are drawn, and how near each other two of the same two lanes may be. */
const ARROWS = 140;
/** Arrows are drawn where one looks: those nearest to the playhead. In order of leaving. */
export function nearest(arrows: readonly ArrowRow[], now: number): readonly ArrowRow[] {
  if (arrows.length <= ARROWS) return arrows;
  let lo = 0, hi = arrows.length;
  while (lo < hi) { const m = (lo + hi) >> 1; if (arrows[m].sent < now) lo = m + 1; else hi = m; }
  let from = lo, to = lo;
  while (to - from < ARROWS) { if (to >= arrows.length || (from > 0 && now - arrows[from - 1].sent <= arrows[to].sent - now)) from--; else to++; }
  return arrows.slice(from, to);
}
export function paintMarks(g: CanvasRenderingContext2D, rows: Rows, scale: Scale, now: number, left: number, right: number, ink: Ink): void {
  const folded = (v: number): boolean => scale.folds.some((f) => v > f.from && v < f.to);
  g.strokeStyle = ink.hair; g.globalAlpha = 0.6; g.lineWidth = 1; g.beginPath();
  for (let i = 0; i < rows.lanes.length; i++) { const y = HEAD + (i + 1) * LANE - 0.5; g.moveTo(left, y); g.lineTo(right, y); }
  g.stroke(); g.globalAlpha = 1;
  g.fillStyle = ink.line;
  const beat = rows.lanes.map(() => -9);
  for (const b of rows.beats) { const x = scale.x(b.at); if (x - beat[b.lane] < 1 || folded(b.at)) continue; beat[b.lane] = x; g.fillRect(x, laneY(b.lane) - 3, 2, 6); }
  paintSpans(g, rows, scale, right, ink);
  const shown = nearest(rows.arrows, now).filter((a) => scale.x(a.sent + 1000) - scale.x(a.sent) > 0.4);
  g.lineCap = 'round'; g.globalAlpha = shown.length > 80 ? 0.6 : 0.9;
  for (const a of shown) paintArrow(g, scale.x(a.sent), scale.x(a.arrives), a, ink);
  g.globalAlpha = 1; g.setLineDash([]); g.lineCap = 'butt';
  const last = [-9, -9], y = laneY(rows.etcd) + 7;
  for (const w of rows.writes) { const x = scale.x(w.at), k = Number(w.mine); if (x - last[k] < 0.7) continue; last[k] = x; g.fillStyle = w.mine ? ink.brass : ink.t1; g.beginPath(); g.moveTo(x - 4, y); g.lineTo(x + 4, y); g.lineTo(x, y - 7); g.fill(); }
}
/** Spans with their labels, where there is room behind them. What would cover the one before to the pixel is left out. */
function paintSpans(g: CanvasRenderingContext2D, rows: Rows, scale: Scale, right: number, ink: Ink): void {
  const n = rows.spans.length, xs = new Float64Array(n), next = new Int32Array(n).fill(-1), seen = rows.lanes.map(() => -1), drawn = rows.lanes.map(() => -9), ends = rows.lanes.map(() => -1);
  for (let i = 0; i < n; i++) xs[i] = scale.x(rows.spans[i].from);
  // the next span of the same lane that begins visibly later
  for (let i = n - 1; i >= 0; i--) { const lane = rows.spans[i].lane; let k = seen[lane]; while (k >= 0 && xs[k] <= xs[i] + 0.5) k = next[k]; next[i] = k; seen[lane] = i; }
  g.lineWidth = 1; g.strokeStyle = ink.line; g.font = `11px ${ink.font}`;
  const labels: { x: number; y: number; text: string }[] = [];
  for (let i = 0; i < n; i++) {
    const s = rows.spans[i], x = xs[i], end = Math.max(x + 2, scale.x(s.to)), y = laneY(s.lane);
    if (end > drawn[s.lane] + 0.8) {
      drawn[s.lane] = end;
      g.beginPath(); g.roundRect(x, y - 6, end - x, 12, Math.min(2, (end - x) / 2));
      if (s.waits) g.setLineDash([2, 3]); else { g.fillStyle = ink.raised; g.fill(); }
      g.stroke();
      if (s.waits) g.setLineDash([]);
    }
    const tw = s.label.length * 6.2 + 8;
    if (s.label !== '' && s.lane !== rows.etcd && end + tw < (next[i] < 0 ? Infinity : xs[next[i]]) && end + tw < right && x > ends[s.lane]) { labels.push({ x: end + 6, y: y + 4, text: s.label }); ends[s.lane] = end + tw; }
  }
  g.fillStyle = ink.t2;
  for (const l of labels) g.fillText(l.text, l.x, l.y);
}
function paintArrow(g: CanvasRenderingContext2D, x1: number, x2: number, a: ArrowRow, ink: Ink): void {
  const down = a.to > a.from, y1 = laneY(a.from) + (down ? 6 : -6), y2 = laneY(a.to) + (down ? -7 : 7), m = (y1 + y2) / 2, watch = a.kind === 'watch', width = watch ? 1.5 : 1.1, u = (width * 7) / 8 * (y2 >= m ? 1 : -1);
  g.strokeStyle = g.fillStyle = ink[a.kind]; g.lineWidth = width;
  g.setLineDash(watch ? [1, 3.4] : []);
  g.beginPath(); g.moveTo(x1, y1); g.bezierCurveTo(x1, m, x2, m, x2, y2); g.stroke();
  g.beginPath(); g.moveTo(x2, y2 + 0.5 * u); g.lineTo(x2 - 3 * u, y2 - 5.5 * u); g.lineTo(x2 + 3 * u, y2 - 5.5 * u); g.fill();
}
