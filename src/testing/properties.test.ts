import { describe, expect, it } from 'vitest';
import { checkInvariants } from './invariants.ts';
import { bootedCluster, draws, perform, randomActs } from './random-scenario.ts';
import type { Simulator } from '../sim/simulator.ts';

/** A hundred scenarios a run; `npm test` asks for a thousand. */
const COUNT = Number(process.env.ORRERY_SCENARIOS ?? 100);
const TAIL = 300;
const state = (sim: Simulator): string => JSON.stringify(sim.serialise());

/** One property: what is done with a scenario after its plain run; must end in the same trace and the same state. */
const properties: Record<string, (seed: number, plain: { hash: number; state: string; end: number; start: number; sim: Simulator }) => void> = {
  'undo all, redo all': (_, { hash, state: wanted, end, start, sim }) => {
    sim.seek(start);
    sim.seek(end);
    expect(state(sim) === wanted).toBe(true);
    expect(sim.traceHash()).toBe(hash);
  },
  'undo k and run on': (seed, { hash, state: wanted, end, start, sim }) => {
    const last = Math.max(start, ...sim.branch.inputs.map((input) => input.event + 1));
    sim.seek(last + (draws(seed ^ 0x5eed)(1000) % Math.max(1, end - last)));
    sim.fork();
    while (sim.position < end) sim.step();
    expect(sim.traceHash()).toBe(hash);
    expect(state(sim) === wanted).toBe(true);
  },
  amnesia: (seed, { state: wanted }) => {
    const end = perform(bootedCluster(), randomActs(seed), TAIL, (sim) => {
      if (sim.position % 50 !== 0) return sim;
      const fresh = bootedCluster();
      fresh.restore(JSON.parse(state(sim)));
      return fresh;
    });
    expect(state(end) === wanted).toBe(true);
  },
  'a fork, and back': (seed, { hash, state: wanted, end, start, sim }) => {
    const trunk = sim.branch;
    sim.seek(start + (draws(seed ^ 0xf0)(1000) % (end - start)));
    sim.input({ kind: 'stop', component: 'kube-scheduler' });
    for (let i = 0; i < 100; i++) sim.step();
    sim.switchTo(trunk, end);
    expect(state(sim) === wanted).toBe(true);
    expect(sim.traceHash()).toBe(hash);
  },
  'seek by checkpoint, journal and re-execution': (seed, { end, start, sim }) => {
    const place = start + (draws(seed ^ 0x5ee)(100_000) % (end - start));
    sim.seek(place);
    const wanted = { state: state(sim), hash: sim.traceHash() };
    for (const options of [{ historyEntries: 1 }, { journal: false }]) {
      const other = perform(bootedCluster(options), randomActs(seed), TAIL);
      other.seek(place);
      expect(other.traceHash()).toBe(wanted.hash);
      expect(state(other) === wanted.state).toBe(true);
    }
  },
  'journal off': (seed, { hash, state: wanted }) => {
    const other = perform(bootedCluster({ journal: false }), randomActs(seed), TAIL);
    expect(other.traceHash()).toBe(hash);
    expect(state(other) === wanted).toBe(true);
  },
};

describe('random scenarios', () => {
  const names = Object.keys(properties);
  names.forEach((name, index) => {
    it(`${name}: equal hashes, invariants hold`, () => {
      for (let seed = index; seed < COUNT; seed += names.length) {
        const sim = bootedCluster();
        const start = sim.position;
        checkInvariants(sim);
        perform(sim, randomActs(seed), TAIL);
        sim.observer = null;
        sim.tap = null;
        try {
          properties[name](seed, { hash: sim.traceHash(), state: state(sim), end: sim.position, start, sim });
        } catch (error) {
          throw new Error(`scenario ${seed}: ${String(error)}`, { cause: error });
        }
      }
    }, 600_000);
  });
});
