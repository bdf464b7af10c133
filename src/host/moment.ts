/** A moment that survives corrections of the simulator: an anchor by meaning, and the exact place with its hash. */
import type { Moment } from '../protocol/protocol.ts';
import type { Simulator } from '../sim/simulator.ts';

/** What makes a record recognisable without names that chance made: kind, actor without node, verb, resource. */
function anchorOf(sim: Simulator, id: number): string {
  const r = sim.trace.get(id);
  const resource = r.subject.startsWith('/registry/') ? r.subject.split('/')[2] : r.subject.split(' ')[0];
  return [r.kind, r.actor.split('/')[0], r.verb, resource].join('|');
}

/** The moment at the cursor: the last write or send before it, counted among its like from record `origin` on. */
export function momentOf(sim: Simulator, origin: number): Moment {
  const end = sim.recordEnd();
  let anchorId = -1;
  for (let id = end - 1; id >= origin; id--) {
    const { kind } = sim.trace.get(id);
    if (kind === 'write' || kind === 'send' || kind === 'input') {
      anchorId = id;
      break;
    }
  }
  const anchor = anchorId < 0 ? '' : anchorOf(sim, anchorId);
  let n = 0;
  for (let id = origin; id <= anchorId; id++) if (anchorOf(sim, id) === anchor) n++;
  const anchorEvent = anchorId < 0 ? sim.position : sim.branch.eventOfRecord(anchorId) + 1;
  return { anchor, n, offset: sim.position - anchorEvent, at: sim.now, hash: sim.traceHash(), event: sim.position };
}

/** Finds the n-th record that matches the anchor from record `origin` on. Undefined: it does not occur on this line. */
export function findMoment(sim: Simulator, moment: Moment, origin: number): number | undefined {
  if (moment.anchor === '') return moment.event <= sim.branch.end ? moment.event : undefined;
  let n = 0;
  for (let id = origin; id < sim.trace.end; id++) {
    if (anchorOf(sim, id) !== moment.anchor) continue;
    n++;
    if (n === moment.n) return Math.min(sim.branch.end, sim.branch.eventOfRecord(id) + 1 + moment.offset);
  }
  return undefined;
}
