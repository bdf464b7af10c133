import { describe, expect, it } from 'vitest';
import { findFolds, lastBurst, makeScale, stamp } from './scale.ts';

const S = 1_000_000;
describe('the time scale', () => {
  const busy = [{ from: 2 * S, to: 2.4 * S }, { from: 70 * S, to: 70.1 * S }], beats = [10, 20, 30, 40, 50, 60].map((s) => s * S);
  it('folds a quiet minute and counts its heartbeats', () => {
    const f = findFolds(busy, beats, 0, 72 * S, new Set());
    expect(f.length).toBe(1); expect(f[0].beats).toBe(6);
    expect(findFolds(busy, beats, 0, 72 * S, new Set([Math.round(f[0].from)]))).toEqual([]);
  });
  it('is monotone and can be read back', () => {
    const folds = findFolds(busy, beats, 0, 72 * S, new Set()), s = makeScale(0, 72 * S, folds, 70.05 * S, busy, 178, 1416);
    let last = -1;
    for (let v = 0; v <= 72 * S; v += S / 4) { const x = s.x(v); expect(x).toBeGreaterThanOrEqual(last); expect(s.x(s.at(x))).toBeCloseTo(x, 3); last = x; }
    expect(s.x(0)).toBe(178); expect(s.x(72 * S)).toBeCloseTo(1416, 5);
  });
  it('gives the burst at the playhead half of the width', () => {
    const b = lastBurst(busy, 70.05 * S), s = makeScale(0, 72 * S, [], 70.05 * S, busy, 0, 1000);
    if (!b) throw new Error('no burst');
    expect(s.x(b.to) - s.x(b.from)).toBeCloseTo(500, 0);
  });
  it('writes moments with no more digits than they need', () => { expect(stamp(72_300_000, S)).toBe('1:12'); expect(stamp(72_340_000, 10_000)).toBe('1:12.34'); });
});
