// A window that is too full says how far it reaches, and the next one goes on from there.
import { expect, it } from 'vitest';
import { BOOTED, Session } from './session.ts';
import { windowOf } from './window.ts';

it('tells where it was cut; windows one after the other hold every message', () => {
  const { trace } = new Session({ scenario: '', seed: 2, inputs: [] }).sim, whole = windowOf(trace, { from: 0, to: BOOTED });
  expect(whole.to).toBe(BOOTED);
  const seen = new Set<number>();
  let from = 0, windows = 0;
  for (; from <= BOOTED; windows++) {
    const w = windowOf(trace, { from, to: BOOTED, limit: 300 });
    expect(w.to).toBeGreaterThanOrEqual(from);
    for (const seq of w.messages.seq) seen.add(seq);
    from = w.to + 1;
  }
  expect(windows).toBeGreaterThan(2);
  expect([...seen].sort((a, b) => a - b)).toEqual([...whole.messages.seq].sort((a, b) => a - b));
});
