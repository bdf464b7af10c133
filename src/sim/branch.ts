/**
 * A branch: one line of history. It owns its events from `firstEvent` on; everything before belongs to its parent. Boundary n
 * is the moment after n events (of the whole line), so boundary `firstEvent` is the fork point.
 */
import { Trace } from '../trace/trace.ts';
import { Journal } from './journal.ts';
import type { InputBody } from './event-queue.ts';
import { Past, SPAN } from './past.ts';
import type { Scratch } from './travel.ts';

export interface Boundary { readonly journal: number; readonly time: number; readonly seq: number; readonly record: number }

export interface LoggedInput { readonly event: number; readonly at: number; readonly body: InputBody }

export interface Checkpoint { readonly event: number; readonly boundary: Boundary; readonly contents: readonly ReadonlyMap<string | number, unknown>[] }

export class Branch {
  readonly journal = new Journal();
  readonly trace: Trace;
  readonly inputs: LoggedInput[] = [];
  checkpoints: Checkpoint[] = [];
  /** What is older than the journal; the journal holds the events from its end on. Null while nothing is journalled. */
  past: Past | null;
  /** The way back into the parent's coarse past, if this branch left it within a span. */
  lead: Scratch | null = null;
  private size = 1024;
  private journalAt = new Float64Array(1024);
  private timeAt = new Float64Array(1024);
  private seqAt = new Float64Array(1024);
  private recordAt = new Int32Array(1024);
  private boundaries = 0;

  constructor(readonly id: number, readonly parent: Branch | null, readonly firstEvent: number, start: Boundary, trace: Trace) {
    this.trace = trace;
    this.past = new Past(firstEvent);
    this.add(0, start.time, start.seq, start.record);
  }

  /** Number of events of the whole line, shared past included. */
  get end(): number {
    return this.firstEvent + this.boundaries - 1;
  }

  /** The boundary after one more event. */
  add(journal: number, time: number, seq: number, record: number): void {
    if (this.boundaries === this.size) this.grow();
    const i = this.boundaries++;
    this.journalAt[i] = journal;
    this.timeAt[i] = time;
    this.seqAt[i] = seq;
    this.recordAt[i] = record;
  }

  boundary(event: number): Boundary {
    if (event < this.firstEvent) return this.parent!.boundary(event);
    const i = event - this.firstEvent;
    return { journal: this.journalAt[i], time: this.timeAt[i], seq: this.seqAt[i], record: this.recordAt[i] };
  }

  /** The branch of this line that owns the event with this ordinal. */
  owner(event: number): Branch {
    return event >= this.firstEvent || !this.parent ? this : this.parent.owner(event);
  }

  /** True if the journal holds the events from `from` on that this branch owns. */
  holds(from: number): boolean {
    return this.past !== null && from >= this.past.end;
  }

  /** Folds the oldest spans until the journal holds at most `entries` of them, and the newest span's. */
  fold(entries: number): void {
    const past = this.past;
    if (past === null) return;
    while (past.end + SPAN <= this.end && this.journal.length - this.boundary(past.end).journal > entries) {
      const to = this.boundary(past.end + SPAN).journal;
      past.push(this.journal.net(this.boundary(past.end).journal, to));
      this.journal.forget(to);
    }
  }

  /** The branch on the line to this one that left `owner`; undefined when `owner` is this branch. */
  childOf(owner: Branch): Branch | undefined {
    if (owner === this) return undefined;
    return this.parent === owner ? this : this.parent!.childOf(owner);
  }

  /** The event at which the line to this branch leaves `owner`; Infinity when `owner` is this branch. */
  leaves(owner: Branch): number {
    return this.childOf(owner)?.firstEvent ?? Infinity;
  }

  /** The last event boundary at or before virtual time `at`. */
  eventAtTime(at: number): number {
    if (this.parent && this.timeAt[0] > at) return this.parent.eventAtTime(at);
    let low = 0;
    let high = this.boundaries - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.timeAt[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return this.firstEvent + low;
  }

  /** The event (ordinal) during which record `id` was noted. */
  eventOfRecord(id: number): number {
    const { chunk, at } = this.trace.locate(id);
    return chunk.event[at];
  }

  inputAt(event: number): LoggedInput | undefined {
    const owner = this.owner(event);
    return owner.inputs.find((input) => input.event === event);
  }

  private grow(): void {
    this.size *= 2;
    const wide = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const next = new Float64Array(this.size);
      next.set(old);
      return next;
    };
    this.journalAt = wide(this.journalAt);
    this.timeAt = wide(this.timeAt);
    this.seqAt = wide(this.seqAt);
    const records = new Int32Array(this.size);
    records.set(this.recordAt);
    this.recordAt = records;
  }
}
