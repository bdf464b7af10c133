/** The contract between the simulator and the components that live in it. Types only. */
import type { ProgramFunction } from './program.ts';

/** A whole number of microseconds since the scenario's epoch (or a span of them). */
export type Micros = number;

/** Which picture a message has, and which link model it uses. */
export type MessageType = 'request' | 'response' | 'watch' | 'cri' | 'packet' | 'signal';

/** What a person reads on a message. All three are short; `subject` is `resource namespace/name` or a key, `code` an HTTP status or 0. */
export interface Label {
  /** POST, PUT, PATCH, GET, WATCH, DELETE; ADDED, MODIFIED, DELETED, BOOKMARK; RunPodSandbox …; Range, Txn. */
  readonly verb: string;
  readonly subject: string;
  readonly code?: number;
}

export interface Message {
  readonly type: MessageType;
  readonly from: string;
  readonly to: string;
  readonly label: Label;
  /** Plain, immutable. */
  readonly body: unknown;
  /** The call this belongs to: of a request, who waits for the answer; of a response, whom it answers. */
  readonly re?: { readonly program: number; readonly slot: number } | undefined;
  /** The ordered stream this message is part of (watches, logs). Messages of one stream never overtake each other. */
  readonly stream?: string | undefined;
}

export interface SendOptions {
  /** Time that passes in the sender before the message leaves (service time). */
  readonly delay?: Micros;
  readonly stream?: string;
}

/** What a component may do during one event. Everything it writes goes through containers it declared. */
export interface Context {
  readonly now: Micros;
  /** Address of the component this context belongs to. */
  readonly self: string;
  /** The record id of the event that is being handled: the default cause of everything done in it. */
  readonly cause: number;
  send(to: string, type: MessageType, body: unknown, label: Label, options?: SendOptions): void;
  /** Answers a request message (one that carries `re`). */
  reply(request: Message, body: unknown, label: Label, options?: SendOptions): void;
  /** Sets (or moves) the timer called `name`: `timer(name, body)` of this component runs after `delay`. */
  setTimer(name: string, delay: Micros, body?: unknown): void;
  clearTimer(name: string): void;
  /** Starts a program of this component (by its name in `programs`). Returns its id. */
  spawn(program: string, args: unknown): number;
  /** Ends a program without running it further (Ctrl-C, a cancelled context). */
  kill(id: number): void;
  /** Puts an item into a mailbox of this component; a program in `receive` takes it. */
  deliver(box: string, item: unknown): void;
  /** Drops a mailbox and all that is in it. */
  closeBox(box: string): void;
  /** A 32-bit unsigned draw: hash(seed, component, purpose, key, n). Equal arguments give equal draws; count n yourself in a container. */
  draw(purpose: string, key: string, n: number): number;
  /** Notes a fact in the trace. `verb`, `subject` short strings; `value` a number (revision, code, count). Returns the record id. */
  record(kind: RecordKind, verb: string, subject: string, value?: number, detail?: string): number;
}

export type RecordKind =
  | 'event' | 'send' | 'gate' | 'write' | 'enqueue' | 'dequeue' | 'schedule' | 'input' | 'fault' | 'start' | 'drop' | 'output' | 'state' | 'note';

/** One process (or thing) of the cluster. The object itself holds no state but container handles. */
export interface Component {
  readonly address: string;
  readonly programs?: Readonly<Record<string, ProgramFunction>>;
  /** The process starts: at boot, and again after a stop or crash (then its volatile containers are empty). */
  start(ctx: Context): void;
  /** A message arrived. Responses to this component's own calls never come here: the executor takes them. */
  message(ctx: Context, message: Message): void;
  timer?(ctx: Context, name: string, body: unknown): void;
  /** A program of this component returned. */
  done?(ctx: Context, program: string, args: unknown, result: unknown, id: number): void;
  /** A connection to `peer` broke: the peer's process ended or the link was cut for long. */
  peerLost?(ctx: Context, peer: string): void;
  /** Addresses this component holds connections to, as a client. Both ends hear `peerLost`. */
  readonly peers?: readonly string[];
  /** What `act` functions of this component's programs receive: a richer view of the same context. Must hold no state. */
  context?(ctx: Context): Context;
}

export interface ContainerOptions {
  /** A volatile container is emptied when its owner's process ends. Default: volatile. */
  readonly durable?: boolean;
  /** Keeps its keys sorted (by UTF-16 code units), so that `keys`, `range` and `prefix` are cheap. */
  readonly ordered?: boolean;
}

/** A journalled map from string keys to plain immutable values. The only place where a component may keep state. */
export interface Cell<V> {
  get(key: string): V | undefined;
  has(key: string): boolean;
  set(key: string, value: V): void;
  delete(key: string): void;
  readonly size: number;
  /** All keys, sorted. Cheap only for ordered containers. Do not write to the container while using it: copy first. */
  keys(): readonly string[];
  /** Sorted keys k with from <= k < to (to undefined: no end), at most `limit`. */
  range(from: string, to?: string, limit?: number): string[];
  /** Sorted keys that begin with `prefix`. */
  prefix(prefix: string): string[];
}

/** Given to component factories: declares containers. Only before the simulation starts. */
export interface Host {
  container<V>(owner: string, name: string, options?: ContainerOptions): Cell<V>;
}
