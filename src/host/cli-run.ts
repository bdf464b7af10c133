/** `orrery run` and `orrery hash`. */
import { hex32 } from '../base/hash.ts';
import { parseScenario } from '../scenario/scenario.ts';
import { runScenario } from './scenario-runner.ts';

/** Prints what golden's README asks for: audit events, ScenarioStart, Command lines. */
export function run(text: string, seed: number, print: (line: string) => void): void {
  const sim = runScenario(parseScenario(text), { seed, simulator: { journal: false } }, (line) => print(JSON.stringify(line)));
  print(JSON.stringify({ kind: 'End', traceHash: hex32(sim.traceHash()) }));
}

export function hash(text: string, seed: number, print: (line: string) => void): void {
  print(hex32(runScenario(parseScenario(text), { seed, simulator: { journal: false } }, () => {}).traceHash()));
}
