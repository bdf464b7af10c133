/** Travel within one simulator: undo, redo, forks. See random-properties.ts. */
import { describe, expect } from 'vitest';
import { draws } from './random-scenario.ts';
import { expectSameState, holds } from './random-properties.ts';

describe('random scenarios, travelled in', () => {
  holds(0, 'undo all, redo all', (_, { hash, state, end, start, sim }) => {
    sim.seek(start);
    sim.seek(end);
    expectSameState(sim, state);
    expect(sim.traceHash()).toBe(hash);
  });

  holds(1, 'undo k and run on', (seed, { hash, state, end, start, sim }) => {
    const last = Math.max(start, ...sim.branch.inputs.map((input) => input.event + 1));
    sim.seek(last + (draws(seed ^ 0x5eed)(1000) % Math.max(1, end - last)));
    sim.fork();
    while (sim.position < end) sim.step();
    expect(sim.traceHash()).toBe(hash);
    expectSameState(sim, state);
  });

  holds(3, 'a fork, and back', (seed, { hash, state, end, start, sim }) => {
    const trunk = sim.branch;
    sim.seek(start + (draws(seed ^ 0xf0)(1000) % (end - start)));
    sim.input({ kind: 'stop', component: 'kube-scheduler' });
    for (let i = 0; i < 100; i++) sim.step();
    sim.switchTo(trunk, end);
    expectSameState(sim, state);
    expect(sim.traceHash()).toBe(hash);
  });
});
