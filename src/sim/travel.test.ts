import { describe, expect, it } from 'vitest';
import { makePair, stateOf } from '../testing/pair.ts';
import { SPAN } from './past.ts';
import type { Simulator } from './simulator.ts';

/** Boundaries drawn over the line, by a small linear congruence. */
function places(end: number, count: number, seed: number): number[] {
  const out: number[] = [];
  for (let i = 0, x = seed; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    out.push(x % (end + 1));
  }
  return out;
}

function both(run: (sim: Simulator) => void): { fine: Simulator; coarse: Simulator } {
  const fine = makePair(11);
  const coarse = makePair(11, { historyEntries: 2000 });
  run(fine);
  run(coarse);
  return { fine, coarse };
}

function expectEqual(coarse: Simulator, fine: Simulator): void {
  expect(coarse.now).toBe(fine.now);
  expect(coarse.traceHash()).toBe(fine.traceHash());
  expect(stateOf(coarse) === stateOf(fine)).toBe(true);
}

describe('journeys through the coarse past', () => {
  it('reach the state that the journal gives, from anywhere', () => {
    const { fine, coarse } = both((sim) => sim.runUntil(7_000_000));
    const past = coarse.branch.past!;
    expect(past.end).toBeGreaterThan(33 * SPAN);
    expect(coarse.branch.journal.start).toBeGreaterThan(0);
    for (const place of [...places(coarse.branch.end, 25, 3), 0, past.end, past.end - 1, past.end + 1, SPAN, SPAN - 1, coarse.branch.end]) {
      fine.seek(place);
      coarse.seek(place);
      expectEqual(coarse, fine);
    }
  });

  it('add up: many of them, far and near, with nothing read on the way', () => {
    const { fine, coarse } = both((sim) => sim.runUntil(7_000_000));
    const end = coarse.branch.end;
    for (let round = 0; round < 4; round++) {
      for (const place of [...places(end, 12, round + 40), 0, end, 3 * SPAN, 0]) coarse.seek(place);
      fine.seek(0);
      expectEqual(coarse, fine);
      for (const place of places(end, 3, round + 90)) coarse.seek(place);
      fine.seek(places(end, 3, round + 90)[2]);
      expectEqual(coarse, fine);
    }
  });

  it('go event by event over the edges of spans, both ways, with the writes of each event', () => {
    const { fine, coarse } = both((sim) => sim.runUntil(700_000));
    for (const from of [SPAN + 6, 500, 2 * SPAN + 4]) {
      fine.seek(from);
      coarse.seek(from);
      for (let n = 0; n < 40; n++) {
        const to = from + (n < 20 ? -n : n - 40);
        fine.seek(to);
        coarse.seek(to);
        expectEqual(coarse, fine);
        const changes = coarse.changes(to - 1);
        if (changes.length > 0) expect(changes).toEqual(fine.changes(to - 1));
      }
    }
  });

  it('come back from a branch that left the coarse past within a span', () => {
    const { fine, coarse } = both((sim) => {
      sim.runUntil(300_000);
      sim.seek(700);
      sim.input({ kind: 'stop', component: 'b' });
      sim.runUntil(sim.now + 20_000);
    });
    const left = coarse.branch;
    const trunk = { fine: fine.branches[0], coarse: coarse.branches[0] };
    for (const place of [695, left.end, 690, 100, left.end, 3000 % left.end, 701]) {
      fine.seek(place);
      coarse.seek(place);
      expectEqual(coarse, fine);
    }
    for (const place of [trunk.coarse.end, 699, 710, 5]) {
      fine.switchTo(trunk.fine, place);
      coarse.switchTo(trunk.coarse, place);
      expectEqual(coarse, fine);
      fine.switchTo(fine.branches[1], left.end);
      coarse.switchTo(left, left.end);
      expectEqual(coarse, fine);
    }
    // What performs new events goes on as if it had never been away.
    fine.runUntil(fine.now + 50_000);
    coarse.runUntil(coarse.now + 50_000);
    expectEqual(coarse, fine);
  });

  it('pass a stretch that was not journalled', () => {
    const { fine, coarse } = both((sim) => {
      sim.runUntil(30_000);
      sim.setJournal(false);
      sim.runUntil(60_000);
      sim.setJournal(true);
      sim.runUntil(400_000);
    });
    const straight = makePair(11);
    straight.runUntil(400_000);
    for (const place of places(coarse.branch.end, 12, 5)) {
      straight.seek(place);
      coarse.seek(place);
      fine.seek(place);
      expectEqual(coarse, straight);
      expectEqual(fine, straight);
    }
  });
});
