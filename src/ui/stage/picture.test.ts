import { describe, expect, it } from 'vitest';
import { KINDS } from '../../protocol/stage.ts';
import rows from './fixture/rolling-update.json';
import { fixtureRun, LEAD_IN } from './fixture/run.ts';
import type { Row } from './fixture/run.ts';
import { drawn } from './flights.ts';
import { layout } from './layout.ts';
import { picture } from './picture.ts';
import type { Picture } from './picture.ts';
import { toStory } from './story.ts';
import { ways } from './ways.ts';

const run = fixtureRun(rows as unknown as Row[]), { map, flights } = drawn(run.window, run.from, run.to, 0);
const L = layout({ width: 1440, height: 700, nodes: ['node-1', 'node-2', 'node-3'] }), W = ways(L);
const options = { reduced: false, stepping: false, followed: -1, hub: L.hub };
const marks = (p: Picture): string => JSON.stringify([p.glyphs.map((g) => [g.kind, g.x, g.y, g.count]), p.labels.map((l) => [l.text, l.spot]), p.ribbons.map((r) => [r.kind, r.rate, r.offset]), p.lines.map((l) => [l.kind, l.to]), p.gates, [...p.lit], p.cache]);

describe('the picture', () => {
  it('is the same forwards and backwards', () => {
    const from = toStory(map, LEAD_IN - 1e6), to = toStory(map, LEAD_IN + 3e6), at = Array.from({ length: 81 }, (_, i) => from + ((to - from) * i) / 80);
    const ahead = at.map((t) => marks(picture(W, flights, t, options))), back = [...at].reverse().map((t) => marks(picture(W, flights, t, options))).reverse();
    expect(back).toEqual(ahead);
    expect(new Set(ahead).size).toBeGreaterThan(60);
  });
  it('moves no glyph faster than 18 px a frame while playing', () => {
    let worst = 0;
    for (const f of flights.list) { const c = W.curve(f.way); if (c && !f.gates && !f.heartbeat) worst = Math.max(worst, (c.length / (f.t1 - f.t0)) * 16.7); }
    expect(worst).toBeLessThan(24);
  });
  it('shows at most three labels and never two at one place', () => {
    for (let i = 0; i <= 200; i++) {
      const p = picture(W, flights, toStory(map, LEAD_IN) + i * 150, options);
      expect(p.labels.length).toBeLessThanOrEqual(3);
      expect(new Set(p.labels.map((l) => `${l.spot.x},${l.spot.y}`)).size).toBe(p.labels.length);
    }
  });
  it('stands still with reduced motion: a glyph is at the middle of its way', () => {
    const t = toStory(map, LEAD_IN + 2000), a = picture(W, flights, t, { ...options, reduced: true }), b = picture(W, flights, t + 20, { ...options, reduced: true });
    expect(a.glyphs.length).toBeGreaterThan(0);
    expect(a.glyphs.map((g) => [g.x, g.y])).toEqual(b.glyphs.map((g) => [g.x, g.y]));
  });
  it('opens the gates as a request passes', () => {
    const passage = flights.list[flights.passages.find((i) => flights.list[i].label === 'POST deployments') ?? 0], gates = passage.gates ?? [];
    expect(gates.length).toBe(9);
    expect(picture(W, flights, gates[4], { ...options, stepping: true, followed: passage.seq }).gates[4]).toBe('now');
    expect(picture(W, flights, gates[4], { ...options, stepping: true }).gates.slice(5)).not.toContain('open');
  });
});
describe('the ways', () => {
  it('lead to etcd from kube-apiserver alone, and between clients never', () => {
    const used = new Set(flights.list.map((f) => f.way));
    for (const way of used) {
      const ends = way === 'gates' || way.endsWith('>etcd') || way.startsWith('etcd>') || /^(in|out|cache|cri|irc):/.test(way);
      expect(ends, way).toBe(true);
      expect(W.curve(way), way).not.toBeNull();
    }
    for (const k of KINDS) expect(k === 'pkt' || [...flights.list].some((f) => f.kind === k)).toBe(true);
  });
  it('start and end at their components, at every width', () => {
    for (const [w, h] of [[1440, 700], [1064, 528], [1024, 566], [1064, 326], [390, 476], [2560, 1200]] as const) {
      const l = layout({ width: w, height: h, nodes: ['node-1', 'node-2', 'node-3'] }), v = ways(l), c = v.curve('in:kubelet/node-2'), n = l.nodes[1];
      if (!c) throw new Error('no way');
      expect(c.xs[0]).toBeGreaterThan(n.x); expect(c.xs[0]).toBeLessThan(n.x + n.w);
      expect(c.xs[c.xs.length - 1]).toBeCloseTo(l.hub.x + 12.7, 0); expect(c.ys[c.ys.length - 1]).toBeCloseTo(l.hub.track, 0);
    }
  });
});
