/** What the files of random scenarios share: each scenario runs plainly once, invariants checked after every event; then one property is held against it. */
import { expect, it } from 'vitest';
import { checkInvariants } from './invariants.ts';
import { bootedCluster, perform, randomActs } from './random-scenario.ts';
import type { Simulator } from '../sim/simulator.ts';

/** A hundred scenarios a run; `npm test` asks for a thousand. */
const COUNT = Number(process.env.ORRERY_SCENARIOS ?? 100);
/** Properties take turns, so that the scenarios are shared out among all of them. */
const PROPERTIES = 6;
/** Events after the last act. */
export const TAIL = 300;

/** A plain run: its trace hash and its state at the end, where it began and ended, and the simulator, standing at the end. */
export interface PlainRun { readonly hash: number; readonly state: string; readonly end: number; readonly start: number; readonly sim: Simulator }

export const state = (sim: Simulator): string => JSON.stringify(sim.serialise());

const sorted = (text: string): string => JSON.stringify(JSON.parse(text), (_, value: unknown) =>
  (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value));

/** Equal states. A field set to undefined and set again stands elsewhere in its object than after a turn through JSON: the order of fields does not count. */
export function expectSameState(sim: Simulator, wanted: string): void {
  const mine = state(sim);
  expect(mine === wanted || sorted(mine) === sorted(wanted), 'the same state').toBe(true);
}

export function holds(turn: number, name: string, property: (seed: number, plain: PlainRun) => void): void {
  it(`${name}: equal hashes, invariants hold`, () => {
    for (let seed = turn; seed < COUNT; seed += PROPERTIES) {
      const sim = bootedCluster();
      const start = sim.position;
      checkInvariants(sim);
      perform(sim, randomActs(seed), TAIL);
      sim.observer = null;
      sim.tap = null;
      try {
        property(seed, { hash: sim.traceHash(), state: state(sim), end: sim.position, start, sim });
      } catch (error) {
        throw new Error(`scenario ${seed}: ${String(error)}`, { cause: error });
      }
    }
  }, 600_000);
}
