/** The same scenario in another simulator: from serialised state, without history, without a journal. See random-properties.ts. */
import { describe, expect } from 'vitest';
import { bootedCluster, draws, perform, randomActs } from './random-scenario.ts';
import { TAIL, expectSameState, holds, state as stateOf } from './random-properties.ts';

describe('random scenarios, performed again', () => {
  holds(2, 'amnesia', (seed, { state }) => {
    // Two simulators hand the state, as text, to each other. The receiver is new or fifty events behind: what a closure remembers is wrong.
    let spare = bootedCluster();
    const end = perform(bootedCluster(), randomActs(seed), TAIL, (sim) => {
      if (sim.position % 50 !== 0) return sim;
      const receiver = spare;
      spare = sim;
      receiver.restore(JSON.parse(stateOf(sim)));
      return receiver;
    });
    expectSameState(end, state);
  });

  holds(4, 'seek by checkpoint, journal and re-execution', (seed, { end, start, sim }) => {
    const place = start + (draws(seed ^ 0x5ee)(100_000) % (end - start));
    sim.seek(place);
    const wanted = { state: stateOf(sim), hash: sim.traceHash() };
    for (const options of [{ historyEntries: 1 }, { journal: false }]) {
      const other = perform(bootedCluster(options), randomActs(seed), TAIL);
      other.seek(place);
      expect(other.traceHash()).toBe(wanted.hash);
      expectSameState(other, wanted.state);
    }
  });

  holds(5, 'journal off', (seed, { hash, state }) => {
    const other = perform(bootedCluster({ journal: false }), randomActs(seed), TAIL);
    expect(other.traceHash()).toBe(hash);
    expectSameState(other, state);
  });
});
