/** Performs the steps of a scenario as inputs of a session, so that they stand in its document as if they had been typed. */
import type { ScenarioStep } from '../scenario/scenario.ts';
import { kindNumber } from '../trace/trace.ts';
import type { Session } from './session.ts';
import { commandResult } from './workstation.ts';

const SECOND = 1_000_000;
const QUIET = 5 * SECOND;
const LONGEST = 180 * SECOND;
const COMMAND = 600 * SECOND;

/** `run` runs to a virtual time; it may let other work in between. */
export async function performStep(session: Session, step: ScenarioStep, run: (at: number) => Promise<void>): Promise<void> {
  const { sim } = session;
  switch (step.kind) {
    case 'command': {
      let line = step.command;
      if (step.stdin !== undefined) {
        const path = `manifest-${session.files().length + 1}.yaml`;
        session.input({ kind: 'edit', path, text: step.stdin, apply: false });
        line = line.replace(/ -f -(?= |$)/, ` -f ${path}`);
      }
      const process = session.peek.size('workstation', 'processes') + 1;
      session.input({ kind: 'command', line });
      if (step.background) return;
      const end = sim.now + COMMAND;
      while (sim.now < end && commandResult(sim, process) === undefined) await run(sim.now + SECOND / 10);
      return;
    }
    case 'settle': {
      const end = sim.now + LONGEST;
      for (let last = sim.now; sim.now < end && sim.now - last < QUIET; ) {
        const from = sim.recordEnd();
        await run(sim.now + SECOND);
        if (wroteSince(session, from)) last = sim.now;
      }
      return;
    }
    case 'wait':
      return run(sim.now + step.seconds * SECOND);
    case 'until': {
      const second = Math.floor(sim.now / SECOND);
      const ahead = (step.second - (second % 60) + 60) % 60;
      return run((second + (ahead === 0 ? 60 : ahead)) * SECOND);
    }
    case 'at':
      return run(step.micros);
    case 'interrupt':
      session.input({ kind: 'interrupt' });
      return;
    case 'fault':
      if (step.action === 'cut' || step.action === 'heal') session.input({ kind: 'fault', fault: step.action, a: step.component, b: step.target });
      else session.input({ kind: 'fault', fault: step.action, target: step.target ? `${step.component}/${step.target}` : step.component });
  }
}

/** Whether anything but leases and what kubelets say of their nodes was stored since a record. */
function wroteSince(session: Session, from: number): boolean {
  const { sim } = session;
  const write = kindNumber('write');
  const strings = sim.trace.strings.list;
  for (let id = from; id < sim.recordEnd(); id++) {
    const { chunk, at } = sim.trace.locate(id);
    if (chunk.kind[at] !== write) continue;
    const key = strings[chunk.subject[at]];
    // kube-apiserver notes the same write once more, by its resource
    if (key.startsWith('/registry/') && !key.startsWith('/registry/leases/') && !key.startsWith('/registry/minions/')) return true;
  }
  return false;
}
