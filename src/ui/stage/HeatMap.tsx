// Hundreds of nodes and more: a cell a node, a pixel block a Pod, painted once per projection into one image.
import { useEffect, useRef } from 'react';
import type { JSX } from 'react';
import { useSession } from '../stores/session.ts';
import { useView } from '../stores/view.ts';
import { useGeometry } from './geometry.ts';
import type { PodState } from '../../protocol/stage.ts';

type Rgb = [number, number, number];
function rgb(css: string): Rgb { const h = css.trim().replace('#', ''); return [parseInt(h.slice(0, 2), 16) || 0, parseInt(h.slice(2, 4), 16) || 0, parseInt(h.slice(4, 6), 16) || 0]; }
const TOKEN: Record<PodState, string> = { pending: 't3', creating: 'req', notready: 'warn', ready: 'ok', term: 't2', crash: 'bad', done: 't3', failed: 'bad', unknown: 't2' };
export function HeatMap(): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null), L = useGeometry((g) => g.layout), nodes = useSession((s) => s.projection?.nodes), dark = useView((s) => s.dark);
  useEffect(() => {
    const c = ref.current, g = c?.getContext('2d');
    if (!c || !g || !nodes) return;
    const dpr = devicePixelRatio || 1, W = Math.round(L.w * dpr), H = Math.round(L.h * dpr), image = g.createImageData(W, H), css = getComputedStyle(c), col = (n: string): Rgb => rgb(css.getPropertyValue(`--${n}`));
    c.width = W; c.height = H;
    const colours = new Map(Object.entries(TOKEN).map(([s, t]) => [s, col(t)] as const)), ground = col('hair');
    const fill = (x: number, y: number, w: number, h: number, [r, gr, b]: Rgb, a: number): void => {
      const x1 = Math.min(W, Math.round((x + w) * dpr)), y1 = Math.min(H, Math.round((y + h) * dpr));
      for (let j = Math.max(0, Math.round(y * dpr)); j < y1; j++) for (let i = Math.max(0, Math.round(x * dpr)), k = (j * W + i) * 4; i < x1; i++, k += 4) { image.data[k] = r; image.data[k + 1] = gr; image.data[k + 2] = b; image.data[k + 3] = a; }
    };
    const byName = new Map(nodes.map((n) => [n.name, n]));
    for (const b of L.nodes) {
      const n = byName.get(b.name);
      if (!n) continue;
      fill(b.x, b.y, b.w, b.h, n.ready === 'True' ? ground : col('bad'), n.ready === 'True' ? 150 : 110);
      const per = Math.max(1, Math.ceil(Math.sqrt(n.pods.length))), s = Math.max(1 / dpr, Math.min(4, (b.w - 1) / per)), draw = s > 2 ? s - 0.6 : s;
      n.pods.forEach((p, i) => { const y = b.y + 0.5 + Math.floor(i / per) * s; if (y < b.y + b.h) fill(b.x + 0.5 + (i % per) * s, y, draw, draw, colours.get(p.state) ?? ground, p.state === 'ready' ? 158 : 255); });
    }
    g.putImageData(image, 0, 0);
  }, [L, nodes, dark]);
  return <canvas ref={ref} style={{ position: 'absolute', left: 0, top: 0, width: L.w, height: L.h, pointerEvents: 'none' }} aria-hidden="true" />;
}
