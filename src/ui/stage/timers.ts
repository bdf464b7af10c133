// Timers are the planets: a periodic thing is a body on an orbit, and at its mark it fires its request. Only in open sky, never in front of a card, at most five.
import type { Layout, Rect } from './layout.ts';
import type { TimerView } from '../../protocol/stage.ts';
import type { Ink } from './paint.ts';
import { orbitRadii } from './sky.tsx';

const TURN = 2 * Math.PI, rad = (deg: number): number => (deg * Math.PI) / 180;
/** A body goes round once a period, clockwise, and fires at its own mark. The marks stand in open sky, near what fires: the leaders' above their cards, the nodes' at the sides. */
const INNER = [140, 42].map(rad), OUTER = [192, 146, -28, 24].map(rad);
export function bodyAngle(t: TimerView, virtual: number, mark: number): number {
  const left = Math.max(0, t.next - virtual) / t.period;
  return mark + left * TURN;
}
const inside = (r: Rect, x: number, y: number): boolean => x > r.x - 10 && x < r.x + r.w + 10 && y > r.y - 16 && y < r.y + r.h + 10;
/** So long before and after its mark a body wears the colour of the request it fires. */
const FIRING = 60_000;
export function paintTimers(g: CanvasRenderingContext2D, L: Layout, timers: readonly TimerView[], virtual: number, ink: Ink, rest: boolean): void {
  if (L.compact || L.hub.level !== 0) return;
  const { inner, outer } = orbitRadii(L), cards: Rect[] = [L.you, L.controllers, L.scheduler, L.hub, L.etcd, ...L.nodes];
  const hidden = (x: number, y: number): boolean => x < 0 || y < 0 || x > L.w || y > L.h || cards.some((c) => inside(c, x, y));
  let drawn = 0, near = 0, far = 0;
  for (const t of timers) {
    if (drawn >= 5) break;
    const quick = t.period <= 5_000_000, radius = quick ? inner : outer, a = bodyAngle(t, virtual, quick ? INNER[near++ % INNER.length] : OUTER[far++ % OUTER.length]), x = L.sky.x + radius * Math.cos(a), y = L.sky.y - radius * Math.sin(a);
    if (hidden(x, y)) continue;
    drawn++;
    const left = t.next - virtual, fires = left < FIRING || t.period - left < FIRING;
    g.save();
    g.strokeStyle = fires ? ink.req : ink.t1; g.lineWidth = 1.6;
    for (let i = 0; i < 6; i++) { g.globalAlpha = 0.5 - i * 0.08; g.beginPath(); const from = a + (i * 26 * Math.PI) / 180 / 6, to = a + ((i + 1) * 26 * Math.PI) / 180 / 6; if (cards.some((c) => inside(c, L.sky.x + radius * Math.cos(to), L.sky.y - radius * Math.sin(to)))) break; g.arc(L.sky.x, L.sky.y, radius, -to, -from); g.stroke(); }
    g.globalAlpha = rest ? 0.7 : 1;
    g.fillStyle = ink.bg; g.beginPath(); g.arc(x, y, 5.8, 0, 7); g.fill();
    g.fillStyle = fires ? ink.req : ink.t1; g.beginPath(); g.arc(x, y, 3.2, 0, 7); g.fill();
    g.restore();
  }
}
