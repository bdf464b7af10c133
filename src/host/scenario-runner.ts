/**
 * Carries out the steps of a scenario on a cluster: boots it, waits until it has settled, then types the commands, waits and
 * breaks things, exactly as the recorder did on the real one.
 */
import type { Scenario, ScenarioStep } from '../scenario/scenario.ts';
import type { Simulator } from '../sim/simulator.ts';
import { auditor, isQuiet, type AuditEvent } from './audit.ts';
import { createCluster, type ClusterConfig } from '../k8s/cluster.ts';
import { commandResult, startCommand } from './workstation.ts';

const SECOND = 1_000_000;
/** "Settled": for 5 s nothing was written but leases and node heartbeats; at most 180 s. */
const QUIET = 5 * SECOND;
const LONGEST = 180 * SECOND;
/** A command that does not end by itself is interrupted after so long. */
const COMMAND = 600 * SECOND;

export interface CommandOutcome { readonly kind: 'Command'; readonly command: string; readonly stdout: string; readonly stderr: string; readonly exitCode: number }
export type RunLine = AuditEvent | { readonly kind: 'ScenarioStart' } | CommandOutcome;

export interface RunOptions extends Partial<ClusterConfig> { readonly onStep?: (step: ScenarioStep) => void }

export interface Run { readonly sim: Simulator; readonly at: { lastWrite: number } }

/** A booted cluster that has settled. `out` receives the audit events from the first on. */
export function bootScenario(scenario: Scenario, options: RunOptions, out: (line: RunLine) => void): Run {
  const { settings } = scenario;
  const sim = createCluster({ seed: 1, addons: false, nodes: settings.nodes, cpu: settings.cpu, memory: settings.memory, ...options });
  const at = { lastWrite: 0 };
  sim.tap = auditor((event) => {
    if (!isQuiet(event)) at.lastWrite = sim.now;
    out(event);
  });
  sim.boot();
  sim.runUntil(10 * SECOND);
  settle({ sim, at });
  return { sim, at };
}

export function runScenario(scenario: Scenario, options: RunOptions, out: (line: RunLine) => void): Simulator {
  const run = bootScenario(scenario, options, out);
  out({ kind: 'ScenarioStart' });
  for (const step of scenario.steps) {
    options.onStep?.(step);
    perform(run, step, out);
  }
  return run.sim;
}

function perform(run: Run, step: ScenarioStep, out: (line: RunLine) => void): void {
  const { sim } = run;
  switch (step.kind) {
    case 'command': {
      const id = startCommand(sim, step.command, step.stdin);
      if (step.background) return;
      const end = sim.now + COMMAND;
      let result = commandResult(sim, id);
      while (!result && sim.now < end && sim.nextTime() !== undefined) {
        sim.step();
        result = commandResult(sim, id);
      }
      out({ kind: 'Command', command: step.command, stdout: result?.stdout ?? '', stderr: result?.stderr ?? '', exitCode: result?.exitCode ?? 130 });
      return;
    }
    case 'settle':
      settle(run);
      return;
    case 'wait':
      sim.runUntil(sim.now + step.seconds * SECOND);
      return;
    case 'until': {
      const second = Math.floor(sim.now / SECOND) % 60;
      const ahead = (step.second - second + 60) % 60;
      sim.runUntil((Math.floor(sim.now / SECOND) + (ahead === 0 ? 60 : ahead)) * SECOND);
      return;
    }
    case 'at':
      sim.runUntil(step.micros);
      return;
    case 'interrupt':
      sim.input({ kind: 'signal', to: 'workstation', body: { signal: 'SIGINT' }, label: { verb: '^C', subject: '' } });
      return;
    case 'fault': {
      if (step.action === 'cut' || step.action === 'heal') sim.input({ kind: step.action, a: step.component, b: step.target });
      else sim.input({ kind: step.action, component: step.target ? `${step.component}/${step.target}` : step.component });
      return;
    }
  }
}

/** Runs until nothing was written for five seconds. */
export function settle(run: Run): void {
  const { sim, at } = run;
  const start = sim.now;
  at.lastWrite = Math.max(at.lastWrite, start);
  while (sim.now < start + LONGEST) {
    const goal = Math.min(start + LONGEST, at.lastWrite + QUIET);
    if (sim.now >= goal) return;
    sim.runUntil(goal);
  }
}
