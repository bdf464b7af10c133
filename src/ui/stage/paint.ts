// Paints a Picture on a canvas. Colours come from the design tokens; nothing here decides what is shown.
import { pieceAt, placeAt } from './curve.ts';
import type { Curve } from './curve.ts';
import type { Kind } from '../../protocol/stage.ts';
import type { Picture } from './picture.ts';

export type Ink = Record<Kind | 'bg' | 't1' | 'brass' | 'bad' | 'mono', string>;
export function inkFrom(element: Element): Ink {
  const css = getComputedStyle(element), c = (n: string): string => css.getPropertyValue(`--${n}`).trim();
  return { req: c('req'), res: c('res'), watch: c('watch'), cri: c('cri'), pkt: c('pkt'), bg: c('bg'), t1: c('t1'), brass: c('brass'), bad: c('bad'), mono: c('mono') };
}
let shapes: Partial<Record<Kind, Path2D>> | null = null;
const shapeOf = (k: Kind): Path2D | undefined => {
  shapes ??= { req: new Path2D('M-8-5.5H2L8.5 0 2 5.5H-8L-5 0Z'), watch: new Path2D('M0-7 7 0 0 7-7 0Z'), cri: new Path2D('M-7-5.5H3.5V-3.4H8V-1.2H3.5V1.2H8V3.4H3.5V5.5H-7Z') };
  return shapes[k];
};
function trace(g: CanvasRenderingContext2D, c: Curve, from: number, to: number): void {
  g.beginPath();
  const a = placeAt(c, from), b = placeAt(c, to);
  g.moveTo(a.x, a.y);
  for (let i = pieceAt(c, from) + 1; i < c.at.length && c.at[i] < to; i++) g.lineTo(c.xs[i], c.ys[i]);
  g.lineTo(b.x, b.y);
}
function dotted(g: CanvasRenderingContext2D, k: Kind): void { if (k === 'watch') { g.setLineDash([0.1, 5]); g.lineCap = 'round'; } }

export function paint(g: CanvasRenderingContext2D, p: Picture, ink: Ink): void {
  for (const l of p.lines) {
    if (l.to < 1) continue;
    g.save(); g.strokeStyle = ink[l.kind]; g.lineWidth = l.width; g.globalAlpha = l.alpha; dotted(g, l.kind);
    trace(g, l.curve, 0, l.to); g.stroke(); g.restore();
  }
  for (const s of p.ribbons) {
    g.save(); g.fillStyle = ink[s.kind]; g.strokeStyle = ink[s.kind]; g.lineCap = 'round'; g.lineJoin = 'round';
    g.globalAlpha = 0.2; g.lineWidth = 4 + 3 * Math.log10(Math.max(1, s.rate)); trace(g, s.curve, 0, s.curve.length); g.stroke(); g.globalAlpha = 1;
    for (let u = s.offset; u < s.curve.length; u += 21) {
      const q = placeAt(s.curve, u);
      g.save(); g.translate(q.x, q.y); g.rotate(q.angle); g.beginPath();
      if (s.kind === 'watch') { g.arc(0, 0, 1.7, 0, 7); g.fill(); } else if (s.kind === 'res') { g.arc(0, 0, 2.1, 0, 7); g.lineWidth = 1.2; g.stroke(); } else { g.moveTo(-2, -3); g.lineTo(2, 0); g.lineTo(-2, 3); g.lineWidth = 1.5; g.stroke(); }
      g.restore();
    }
    g.restore();
  }
  for (const m of p.glyphs) {
    if (m.tail && m.tail.at > 8) {
      g.save(); g.strokeStyle = ink[m.kind]; g.globalAlpha = 0.7 * m.alpha; g.lineWidth = m.kind === 'watch' ? 2.6 : 1.6; dotted(g, m.kind);
      trace(g, m.tail.curve, Math.max(0, m.tail.at - m.tail.length), Math.max(0, m.tail.at - 6)); g.stroke(); g.restore();
    }
    if (m.halo) { g.save(); g.strokeStyle = ink.brass; g.lineWidth = 1; g.beginPath(); g.arc(m.x, m.y, 15, 0, 7); g.stroke(); g.restore(); }
    g.save(); g.globalAlpha = m.alpha; g.translate(m.x, m.y); g.rotate(m.kind === 'watch' || m.kind === 'res' ? 0 : m.angle); g.scale(m.scale, m.scale);
    if (m.kind === 'res') {
      g.beginPath(); g.arc(0, 0, 5.2, 0, 7); g.fillStyle = ink.bg; g.fill(); g.strokeStyle = m.error ? ink.bad : ink.res; g.lineWidth = 2.4; g.stroke();
      if (m.error) { g.beginPath(); g.moveTo(-3.4, 3.4); g.lineTo(3.4, -3.4); g.lineWidth = 1.6; g.stroke(); }
    } else if (m.kind === 'pkt') { g.fillStyle = ink.pkt; g.beginPath(); g.arc(0, 0, 3.2, 0, 7); g.fill(); }
    else { const shape = shapeOf(m.kind); g.fillStyle = ink[m.kind]; if (shape) g.fill(shape); }
    g.restore();
    if (m.count > 1) {
      g.save(); g.font = `600 11px ${ink.mono}`;
      const text = String(m.count), w = g.measureText(text).width + 8, side = Math.abs(Math.cos(m.angle)) > 0.7, x = m.x + (side ? 0 : 16), y = m.y + (side ? -17 : 0);
      g.fillStyle = ink.bg; g.beginPath(); g.roundRect(x - w / 2, y - 8, w, 16, 8); g.fill(); g.strokeStyle = ink[m.kind]; g.lineWidth = 1; g.stroke();
      g.fillStyle = ink.t1; g.textAlign = 'center'; g.fillText(text, x, y + 4); g.restore();
    }
  }
  for (const l of p.labels) {
    g.save(); g.font = `11px ${ink.mono}`;
    const w = g.measureText(l.text).width + 12, x = l.spot.anchor === 'end' ? l.spot.x - w : l.spot.anchor === 'middle' ? l.spot.x - w / 2 : l.spot.x;
    g.globalAlpha = 0.94; g.fillStyle = ink.bg; g.beginPath(); g.roundRect(x, l.spot.y - 10, w, 19, 4); g.fill();
    g.globalAlpha = 1; g.fillStyle = ink.t1; g.textAlign = 'left'; g.fillText(l.text, x + 6, l.spot.y + 4); g.restore();
  }
}
