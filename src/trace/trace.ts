/**
 * The trace: every record that was ever noted, in typed columns of chunks. Append-only per branch; seeking never removes
 * a record. The hash is a chain over the content of the records (string contents, never intern numbers).
 */
import { finish, mix, mixNumber } from '../base/hash.ts';
import { Strings } from './strings.ts';

export const RECORD_KINDS = ['event', 'send', 'gate', 'write', 'enqueue', 'dequeue', 'schedule', 'input', 'fault', 'start', 'drop', 'output', 'state', 'note'] as const;
export type RecordKindName = (typeof RECORD_KINDS)[number];
const KIND_NUMBER = new Map<string, number>(RECORD_KINDS.map((kind, index) => [kind, index]));
export function kindNumber(kind: RecordKindName): number {
  return KIND_NUMBER.get(kind)!;
}

export const MESSAGE_TYPES = ['', 'request', 'response', 'watch', 'cri', 'packet', 'signal', 'timer', 'resume', 'failed'] as const;
const TYPE_NUMBER = new Map<string, number>(MESSAGE_TYPES.map((type, index) => [type, index]));
export function typeNumber(type: string): number {
  return TYPE_NUMBER.get(type) ?? 0;
}

export const TRACE_CHUNK = 1 << 14;

/** Columns of one chunk. Numbers in actor, peer, verb, subject, detail are string ids. */
export interface TraceChunk {
  readonly kind: Uint8Array;
  /** Message type number (send and event records). */
  readonly type: Uint8Array;
  readonly time: Float64Array;
  /** Ordinal of the event in which the record was noted. */
  readonly event: Int32Array;
  /** Record id of the cause, -1 for none. */
  readonly cause: Int32Array;
  readonly actor: Int32Array;
  readonly peer: Int32Array;
  readonly verb: Int32Array;
  readonly subject: Int32Array;
  readonly detail: Int32Array;
  /** send: time of arrival; gate, write: revision or code; schedule: feasible nodes … */
  readonly value: Float64Array;
  /** Status code of a response, or 0. */
  readonly code: Int32Array;
  /** send: microseconds between the record's time and the message's departure (the sender's service time). */
  readonly delay: Int32Array;
}

function makeChunk(size = TRACE_CHUNK): TraceChunk {
  const ints = (): Int32Array => new Int32Array(size);
  return {
    kind: new Uint8Array(size), type: new Uint8Array(size), time: new Float64Array(size), event: ints(), cause: ints(),
    actor: ints(), peer: ints(), verb: ints(), subject: ints(), detail: ints(), value: new Float64Array(size), code: ints(), delay: ints(),
  };
}

const NO_CHUNK = makeChunk(0);

/** A record taken out of the columns. */
export interface TraceRecord {
  readonly id: number; readonly kind: RecordKindName; readonly type: string; readonly time: number; readonly event: number; readonly cause: number;
  readonly actor: string; readonly peer: string; readonly verb: string; readonly subject: string; readonly detail: string; readonly value: number; readonly code: number; readonly delay: number;
}

export class Trace {
  private readonly chunks: TraceChunk[] = [];
  /** The chunk being written. */
  private tail = NO_CHUNK;
  /** Chain values after each 1,024 records. */
  private readonly marks: number[] = [];
  length = 0;

  /** `first`: the global number of this trace's first record; `parent`: the trace that owns the records before it. */
  constructor(readonly strings: Strings, readonly first = 0, readonly parent: Trace | null = null) {}

  /** Global number of the next record. */
  get end(): number {
    return this.first + this.length;
  }

  append(kind: number, type: number, time: number, event: number, cause: number, actor: number, peer: number, verb: number, subject: number, detail: number, value: number, code: number, delay: number): number {
    const at = this.length & (TRACE_CHUNK - 1);
    if (at === 0) this.chunks[this.length >> 14] = this.tail = makeChunk();
    const chunk = this.tail;
    chunk.kind[at] = kind;
    chunk.type[at] = type;
    chunk.time[at] = time;
    chunk.event[at] = event;
    chunk.cause[at] = cause;
    chunk.actor[at] = actor;
    chunk.peer[at] = peer;
    chunk.verb[at] = verb;
    chunk.subject[at] = subject;
    chunk.detail[at] = detail;
    chunk.value[at] = value;
    chunk.code[at] = code;
    chunk.delay[at] = delay;
    return this.first + this.length++;
  }

  /** The chunk that holds record `id` and its index there. Ids of the shared past are found in the parent. */
  locate(id: number): { chunk: TraceChunk; at: number } {
    if (id < this.first) return this.parent!.locate(id);
    const local = id - this.first;
    return { chunk: this.chunks[local >> 14], at: local & (TRACE_CHUNK - 1) };
  }

  get(id: number): TraceRecord {
    const { chunk, at } = this.locate(id);
    const list = this.strings.list;
    return {
      id, kind: RECORD_KINDS[chunk.kind[at]], type: MESSAGE_TYPES[chunk.type[at]], time: chunk.time[at], event: chunk.event[at], cause: chunk.cause[at],
      actor: list[chunk.actor[at]], peer: list[chunk.peer[at]], verb: list[chunk.verb[at]], subject: list[chunk.subject[at]],
      detail: list[chunk.detail[at]], value: chunk.value[at], code: chunk.code[at], delay: chunk.delay[at],
    };
  }

  /** Hash of the content of all records before `end` (a global number), as an unsigned 32-bit integer. */
  hash(end: number = this.end): number {
    return finish(this.chain(end));
  }

  private chain(end: number): number {
    if (end < this.first) return this.parent!.chain(end);
    const base = this.parent ? this.parent.chain(this.first) : 0x2545f491;
    let done = Math.min(this.marks.length, (end - this.first) >> 10);
    let h = done === 0 ? base : this.marks[done - 1];
    const hashes = this.strings.hashes;
    for (let i = done << 10; i < end - this.first; i++) {
      const c = this.chunks[i >> 14];
      const at = i & (TRACE_CHUNK - 1);
      h = mix(h, c.kind[at] | (c.type[at] << 8));
      h = mixNumber(h, c.time[at]);
      h = mix(mix(mix(h, c.event[at]), c.cause[at]), c.code[at]);
      h = mix(mix(h, hashes[c.actor[at]]), hashes[c.peer[at]]);
      h = mix(mix(mix(h, hashes[c.verb[at]]), hashes[c.subject[at]]), hashes[c.detail[at]]);
      h = mix(mixNumber(h, c.value[at]), c.delay[at]);
      if (((i + 1) & 1023) === 0 && this.marks.length === i >> 10) this.marks.push(h);
    }
    return h;
  }
}
