/**
 * Journeys through recorded history. A state is reached by undoing or redoing journal entries where the journal holds them,
 * by leaping over spans and performing the rest of one again where only the coarse past is kept, and from a checkpoint where
 * nothing was journalled.
 */
import { assert } from '../base/assert.ts';
import type { Branch, Checkpoint } from './branch.ts';
import type { Container } from './container.ts';
import { Journal, type JournalEntry } from './journal.ts';
import type { ApplyPart } from './net.ts';
import { SPAN } from './past.ts';

/** What a journey does to the simulator. */
export interface Vehicle {
  readonly containers: readonly Container<unknown>[];
  /**
   * Performs recorded events of the current line again, from boundary `from` (where the containers stand) to boundary `to`.
   * Nothing is noted but the writes, in `journal`.
   */
  perform(from: number, to: number, journal: Journal | null): void;
}

/** The writes of some events that the coarse past no longer holds, made anew: events [base, end) of `owner`, all of one span. */
export interface Scratch { readonly owner: Branch; readonly base: number; end: number; readonly journal: Journal }

export class Travel {
  private scratch: Scratch | null = null;

  constructor(private readonly vehicle: Vehicle) {}

  /** Brings the containers from boundary `from` of `line`, where they stand, to its boundary `to`. */
  go(line: Branch, from: number, to: number): void {
    let at = from;
    let restored = false;
    while (at !== to) {
      const back = to < at;
      const owner = line.owner(back ? at - 1 : at);
      const next = back ? Math.max(to, owner.firstEvent) : Math.min(to, line.leaves(owner));
      at = this.within(owner, line, at, next);
      if (at === next) continue;
      const checkpoint = nearest(line, to);
      if (restored || (to > at && checkpoint.event <= at)) {
        this.vehicle.perform(at, to, null);
        return;
      }
      checkpoint.contents.forEach((content, i) => this.vehicle.containers[i].restore(content));
      at = checkpoint.event;
      restored = true;
    }
  }

  /** The writes of event `event` of `owner` if this journey's place made them anew. */
  changes(owner: Branch, event: number): JournalEntry[] {
    const scratch = this.scratch;
    if (scratch === null || scratch.owner !== owner || event < scratch.base || event >= scratch.end) return [];
    return scratch.journal.slice(offset(scratch, event), offset(scratch, event + 1));
  }

  /** What a branch that begins at boundary `event` of `owner` needs in order to find the way back from there. */
  lead(owner: Branch, event: number): Scratch | null {
    const scratch = this.scratch;
    return scratch !== null && covers(scratch, owner, event) ? scratch : null;
  }

  /** Moves between boundaries of events that `owner` owns. Answers how far it came: `there`, or where the way ends. */
  private within(owner: Branch, line: Branch, here: number, there: number): number {
    const past = owner.past;
    if (past === null || here < past.from || there < past.from) return here;
    const fine = past.end;
    let at = here;
    if (at >= fine) {
      const to = Math.max(there, fine);
      this.replay(owner.journal, owner.boundary(at).journal, owner.boundary(to).journal);
      at = to;
      if (at === there) return at;
    }
    if (past.edge(at) !== at) {
      const scratch = this.covering(owner, line, at);
      if (scratch === null) return at;
      this.scratch = scratch;
      const inside = there >= scratch.base && there < scratch.base + SPAN;
      const to = inside ? Math.min(there, scratch.end) : scratch.base;
      this.replay(scratch.journal, offset(scratch, at), offset(scratch, to));
      at = to;
      if (inside) return this.extend(scratch, there);
    }
    const edge = past.edge(Math.min(there, fine));
    past.leap(at, edge, this.leap);
    at = edge;
    if (at === there) return at;
    if (at === fine) {
      this.replay(owner.journal, owner.boundary(at).journal, owner.boundary(there).journal);
      return there;
    }
    this.scratch = { owner, base: at, end: at, journal: new Journal() };
    return this.extend(this.scratch, there);
  }

  /** From the end of what `scratch` holds, or from within, on to `to`. */
  private extend(scratch: Scratch, to: number): number {
    if (to > scratch.end) {
      this.vehicle.perform(scratch.end, to, scratch.journal);
      scratch.end = to;
      assert(scratch.journal.length === offset(scratch, to), 'events performed again write what they wrote');
    }
    return to;
  }

  private covering(owner: Branch, line: Branch, at: number): Scratch | null {
    if (this.scratch !== null && covers(this.scratch, owner, at)) return this.scratch;
    const lead = line.childOf(owner)?.lead ?? null;
    return lead !== null && covers(lead, owner, at) ? lead : null;
  }

  private readonly apply = (container: number, key: string | number, value: unknown): void => this.vehicle.containers[container].apply(key, value);

  /** A container makes a far journey when it is next looked at: most are not before the next one. */
  private readonly leap: ApplyPart = (container, net, part, backwards) => this.vehicle.containers[container].owe(net, part, backwards);

  private replay(journal: Journal, here: number, there: number): void {
    const back = there < here;
    journal.replay(back ? there : here, back ? here : there, back, this.apply, this.leap);
  }
}

/** Entries of `scratch` before boundary `event`. */
function offset(scratch: Scratch, event: number): number {
  return scratch.owner.boundary(event).journal - scratch.owner.boundary(scratch.base).journal;
}

function covers(scratch: Scratch, owner: Branch, event: number): boolean {
  return scratch.owner === owner && event >= scratch.base && event <= scratch.end;
}

/** The latest checkpoint of `line` at or before boundary `event`. */
function nearest(line: Branch, event: number): Checkpoint {
  let best: Checkpoint | undefined;
  for (let branch: Branch | null = line, limit = event; branch; limit = Math.min(limit, branch.firstEvent), branch = branch.parent) {
    for (const checkpoint of branch.checkpoints) if (checkpoint.event <= limit && (!best || checkpoint.event > best.event)) best = checkpoint;
  }
  assert(best, 'a checkpoint to start from');
  return best;
}
