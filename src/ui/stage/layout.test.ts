import { describe, expect, it } from 'vitest';
import { between } from './geometry.ts';
import { layout } from './layout.ts';
import type { Layout, Rect } from './layout.ts';

const names = (n: number): string[] => Array.from({ length: n }, (_, i) => `node-${i + 1}`);
const apart = (a: Rect, b: Rect): boolean => a.x + a.w <= b.x + 0.5 || b.x + b.w <= a.x + 0.5 || a.y + a.h <= b.y + 0.5 || b.y + b.h <= a.y + 0.5;
const cards = (l: Layout): Rect[] => [l.hub, l.controllers, l.scheduler, l.etcd, ...(l.compact ? [] : [l.you]), ...l.nodes];

describe('layout', () => {
  for (const [w, h] of [[1440, 700], [1064, 700], [1064, 528], [1440, 500], [1024, 566], [1064, 326], [390, 476], [1920, 900], [3440, 1300]] as const)
    for (const n of [1, 3, 6, 10]) it(`keeps ${n} nodes and everything else apart and inside at ${w}x${h}`, () => {
      const l = layout({ width: w, height: h, nodes: names(n) }), all = cards(l);
      for (const c of all) { expect(c.x).toBeGreaterThanOrEqual(-0.5); expect(c.x + c.w).toBeLessThanOrEqual(w + 0.5); expect(c.y).toBeGreaterThanOrEqual(-0.5); }
      for (let i = 0; i < all.length; i++) for (let j = i + 1; j < all.length; j++) expect(apart(all[i], all[j]), `${i} ${j} ${JSON.stringify([all[i], all[j]])}`).toBe(true);
    });
  it('keeps places: outside left, control plane above, etcd right, nodes below', () => {
    for (const [w, h] of [[1440, 700], [1064, 326], [1024, 566]] as const) {
      const l = layout({ width: w, height: h, nodes: names(3) });
      expect(l.you.x + l.you.w).toBeLessThan(l.hub.x); expect(l.etcd.x).toBeGreaterThan(l.hub.x + l.hub.w);
      expect(l.controllers.y + l.controllers.h).toBeLessThan(l.hub.y); expect(l.nodes[0].y).toBeGreaterThan(l.hub.y + l.hub.h);
      expect(l.controllers.x).toBeLessThan(l.scheduler.x);
    }
  });
  it('drops a level as nodes become many, and places every one', () => {
    expect(layout({ width: 1440, height: 700, nodes: names(3) }).nodeLevel).toBe(0);
    expect(layout({ width: 1440, height: 700, nodes: names(10) }).nodeLevel).toBe(1);
    expect(layout({ width: 1440, height: 700, nodes: names(100) }).nodeLevel).toBe(2);
    const heat = layout({ width: 1440, height: 700, nodes: names(5000) });
    expect(heat.nodeLevel).toBe(3); expect(heat.nodes.length).toBe(5000);
    expect(Math.max(...heat.nodes.map((b) => b.y + b.h))).toBeLessThanOrEqual(700);
  });
});
describe('a move from one layout to another', () => {
  it('keeps levels and words of the goal and moves places only', () => {
    const a = layout({ width: 1440, height: 700, nodes: names(3) }), b = layout({ width: 1064, height: 700, nodes: names(3), focus: 'gates' }), half = between(a, b, 0.5);
    expect(between(a, b, 1)).toEqual(b);
    expect(half.hub.level).toBe(b.hub.level); expect(half.focus).toBe('gates'); expect(half.nodes[1].name).toBe('node-2');
    expect(half.hub.x).toBeCloseTo((a.hub.x + b.hub.x) / 2);
  });
});
