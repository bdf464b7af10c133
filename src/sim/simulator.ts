/**
 * The simulator: one queue of events on a virtual clock, journalled containers, a tree of branches. `step` performs the next
 * event or, inside recorded history, redoes it; `seek` goes to any event of the line; `input` is the only influence from outside.
 * Contract: the same components, seed and inputs give the same trace hash, however one travels in between.
 */
import { assert } from '../base/assert.ts';
import { finish, mixNumber, mixString } from '../base/hash.ts';
import { Strings } from '../trace/strings.ts';
import { Trace, kindNumber, typeNumber } from '../trace/trace.ts';
import { Branch, type LoggedInput } from './branch.ts';
import { Container, type JournalSlot } from './container.ts';
import { EventQueue, type EventKind, type InputBody, type SimEvent } from './event-queue.ts';
import { Executor, type ProgramRecord } from './executor.ts';
import { NumberedContainer } from './numbered-container.ts';
import { Latency, linkKey, type LatencyTable } from './network.ts';
import type { Call } from './program.ts';
import type { Cell, Component, ContainerOptions, Context, Host, Label, Message, MessageType, Micros, RecordKind, SendOptions } from './types.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { Past, SPAN } from './past.ts';
import { Travel } from './travel.ts';

export interface SimulatorOptions {
  readonly seed: number;
  readonly latency: LatencyTable;
  /** Without a journal there is no undo: seeking re-executes. Default true. */
  readonly journal?: boolean;
  /** Journal entries to keep of a branch; older events are kept as spans (past.ts). Default 600,000. */
  readonly historyEntries?: number;
  /** Events between checkpoints while nothing is journalled. Default 16,384. */
  readonly checkpointEvery?: number;
}

/** How long a cut connection is kept before both ends give it up (HTTP/2: 30 s until a ping, 15 s for its answer). */
const CONNECTION_LOST: Micros = 45_000_000;

/** net.Dialer's Timeout in client-go's transport. */
const DIAL_TIMEOUT: Micros = 30_000_000;

interface Runtime { readonly component: Component; readonly ctx: Context; readonly executor: Executor; readonly timers: Container<number>; readonly hash: number; readonly id: number }

export class Simulator implements Host {
  readonly strings = new Strings();
  readonly branches: Branch[] = [];
  branch: Branch;
  /** Events performed so far on the current line, at the current position. */
  position = 0;
  now: Micros = 0;
  /** Called after every newly performed event with the journal slice of that event (for invariant checkers). */
  observer: ((event: SimEvent, from: number, to: number) => void) | null = null;
  /** Sees every message that is newly sent, with its record, departure and arrival. Must not influence anything (audit export). */
  tap: ((message: Message, record: number, departs: Micros, arrives: Micros) => void) | null = null;

  private readonly containers: Container<unknown>[] = [];
  private readonly slot: JournalSlot = { journal: null };
  private readonly runtimes = new Map<string, Runtime>();
  private readonly order: Runtime[] = [];
  private readonly queue: EventQueue;
  private readonly processes: Container<string>;
  private readonly links: Container<Micros>;
  private readonly parked: Container<Message>;
  private readonly latency: Latency;
  private seq = 1;
  private record = 0;
  /** Re-executing recorded history: nothing is appended, record numbers are only counted. */
  private muted = false;
  private cause = -1;
  private journalling: boolean;
  private readonly travel = new Travel({ containers: this.containers, perform: (from, to, journal) => this.performAgain(from, to, journal) });

  constructor(readonly options: SimulatorOptions) {
    this.latency = new Latency(options.seed, options.latency);
    this.journalling = options.journal ?? true;
    this.branch = new Branch(0, null, 0, { journal: 0, time: 0, seq: 1, record: 0 }, new Trace(this.strings));
    this.branches.push(this.branch);
    this.attachJournal();
    this.queue = new EventQueue(this.containers.length, 'sim', 'queue', true, this.slot);
    this.containers.push(this.queue as Container<unknown>);
    this.processes = this.container<string>('sim', 'processes', { durable: true, ordered: true }) as Container<string>;
    this.links = this.container<Micros>('sim', 'links', { durable: true, ordered: true }) as Container<Micros>;
    this.parked = this.container<Message>('sim', 'parked', { durable: true, ordered: true }) as Container<Message>;
  }

  // ---------------------------------------------------------------- building

  container<V>(owner: string, name: string, options: ContainerOptions = {}): Cell<V> {
    assert(this.order.length === 0 || this.position === 0, 'containers are declared before the start');
    const container = new Container<V>(this.containers.length, owner, name, options.durable ?? false, options.ordered ?? false, this.slot);
    this.containers.push(container as Container<unknown>);
    return container;
  }

  /** Adds a process. `up: false`: it is there but not started. */
  add(component: Component): void {
    const address = component.address;
    assert(!this.runtimes.has(address), `one component at ${address}`);
    const timers = this.container<number>(address, 'timers', { ordered: true }) as Container<number>;
    const programs = new NumberedContainer<ProgramRecord>(this.containers.length, address, 'programs', false, this.slot);
    this.containers.push(programs as Container<unknown>);
    const boxes = this.container<never>(address, 'boxes') as Container<never>;
    const runtime = { component, timers, hash: finish(mixString(mixNumber(this.options.seed, 0), address)), id: this.strings.id(address) } as { -readonly [K in keyof Runtime]: Runtime[K] };
    runtime.ctx = this.makeContext(address, runtime);
    runtime.executor = new Executor(component, {
      ctx: runtime.ctx,
      sendCall: (call, program, slot) => this.sendCall(address, call, program, slot),
      resumeAfter: (us, program) => this.push(this.now + us, 'resume', address, this.cause, undefined, undefined, undefined, program),
      nextId: () => this.seq++,
    }, programs, boxes);
    this.runtimes.set(address, runtime);
    this.order.push(runtime);
  }

  /** Starts every component, `gap` microseconds apart, in the order in which they were added. The first event of all. */
  boot(gap: Micros = 0): void {
    this.input({ kind: 'boot', gap });
  }

  // ---------------------------------------------------------------- running

  /** True if the next step redoes recorded history. */
  get inHistory(): boolean {
    return this.position < this.branch.end;
  }

  /** Virtual time of the next event; undefined when nothing is left to do. */
  nextTime(): Micros | undefined {
    if (this.inHistory) return this.branch.boundary(this.position + 1).time;
    return this.queue.peek()?.at;
  }

  /** Performs (or redoes) one event. False when there is none. */
  step(): boolean {
    if (this.inHistory) {
      this.goTo(this.position + 1);
      return true;
    }
    const event = this.queue.peek();
    if (!event) return false;
    this.firstCheckpoint();
    this.queue.remove(event.seq);
    this.perform(event);
    return true;
  }

  /** Steps until the next event would lie after `time`, or `maxEvents` were performed. True when time was reached. */
  runUntil(time: Micros, maxEvents = Infinity): boolean {
    for (let n = 0; ; n++) {
      const next = this.nextTime();
      if (next === undefined || next > time) break;
      if (n >= maxEvents) return false;
      this.step();
    }
    if (!this.inHistory && this.now < time) this.now = time;
    return true;
  }

  /**
   * An influence from outside, now. In the past of the line it makes a new branch; the old one stays. `body.kind`:
   * 'boot'; 'signal' {to, body, label}: a message from outside to a component; 'stop' | 'start' {component}; 'cut' | 'heal' {a, b}.
   */
  input(body: InputBody): void {
    if (this.inHistory) this.fork();
    this.firstCheckpoint();
    const at = Math.max(this.now, this.branch.boundary(this.position).time);
    this.branch.inputs.push({ event: this.position, at, body });
    this.performInput({ event: this.position, at, body });
  }

  // ---------------------------------------------------------------- travelling

  /** Goes to the boundary after `event` events of the current line. */
  seek(event: number): void {
    assert(event >= 0 && event <= this.branch.end, `event ${event} is on the line`);
    this.goTo(event);
  }

  /** Switches to another branch's line, to the boundary after `event` events of it. */
  switchTo(branch: Branch, event: number): void {
    if (branch !== this.branch) {
      const shared = this.sharedPrefix(this.branch, branch);
      if (this.position > shared) this.goTo(shared);
      this.branch = branch;
      this.attachJournal();
    }
    this.seek(event);
  }

  /** Makes a new branch at the current position; what follows is its own. */
  fork(): Branch {
    const at = this.position;
    const boundary = this.branch.boundary(at);
    const owner = at < this.branch.firstEvent ? this.branch.owner(at) : this.branch;
    const branch = new Branch(this.branches.length, owner, at, boundary, new Trace(this.strings, boundary.record, owner.trace));
    branch.lead = this.travel.lead(owner, at);
    this.branches.push(branch);
    this.branch = branch;
    this.attachJournal();
    return branch;
  }

  /** Switches the journal on or off for what is performed from now on. */
  setJournal(on: boolean): void {
    assert(!this.inHistory, 'the journal is switched at the end of the line');
    this.journalling = on;
    this.attachJournal();
    if (on) this.branch.past = new Past(this.position);
    if (this.position > 0) this.checkpoint();
  }

  // ---------------------------------------------------------------- reading

  /** The chain hash of all records up to the current position. */
  traceHash(): number {
    return this.branch.trace.hash(this.branch.boundary(this.position).record);
  }

  /** Number of records up to the current position. */
  recordEnd(): number {
    return this.branch.boundary(this.position).record;
  }

  get trace(): Trace {
    return this.branch.trace;
  }

  isUp(address: string): boolean {
    return this.processes.get(address) === 'up';
  }

  /** The links cut at this moment, as `a b`. */
  cutLinks(): readonly string[] {
    return this.links.keys();
  }

  component(address: string): Component | undefined {
    return this.runtimes.get(address)?.component;
  }

  /** The context a component's functions receive: for recomputing, from the state of this moment, what it decided. Do not write with it. */
  contextOf(address: string): Context | undefined {
    const runtime = this.runtimes.get(address);
    return runtime && (runtime.component.context?.(runtime.ctx) ?? runtime.ctx);
  }

  addresses(): string[] {
    return this.order.map((runtime) => runtime.component.address);
  }

  /** All containers, for inspection, hashing and serialisation. */
  allContainers(): readonly Container<unknown>[] {
    return this.containers;
  }

  /** The events in flight or waiting, in no order. */
  pending(): SimEvent[] {
    return this.queue.keys().map((key) => this.queue.get(key)!);
  }

  /** The journal entries of event number `event` of the line; of the coarse past only those near the current position, else empty. */
  changes(event: number): JournalEntry[] {
    const owner = this.branch.owner(event);
    if (event < 0 || event >= this.branch.end) return [];
    return owner.holds(event) ? owner.journal.slice(owner.boundary(event).journal, owner.boundary(event + 1).journal) : this.travel.changes(owner, event);
  }

  /** The whole state as plain JSON values, and back (the amnesia test; saved documents keep only inputs). */
  serialise(): unknown {
    return {
      scalars: [this.position, this.now, this.seq, this.record],
      containers: this.containers.map((container) => [container.owner, container.name, container.keys().map((key) => [key, container.get(key)])]),
    };
  }

  /** Takes over a serialised state. The trace of this simulator begins here: compare hashes of what follows, not of the whole. */
  restore(state: unknown): void {
    const { scalars, containers } = state as { scalars: [number, number, number, number]; containers: [string, string, [string, unknown][]][] };
    containers.forEach(([owner, name, entries], i) => {
      assert(this.containers[i]?.owner === owner && this.containers[i].name === name, `container ${owner}/${name} stands where it stood`);
      this.containers[i].restore(new Map(entries));
    });
    [this.position, this.now, this.seq, this.record] = scalars;
    const boundary = { journal: 0, time: this.now, seq: this.seq, record: this.record };
    this.branch = new Branch(0, null, this.position, boundary, new Trace(this.strings, this.record));
    this.branches.splice(0, this.branches.length, this.branch);
    this.attachJournal();
    this.forgetGenerators();
  }

  // ---------------------------------------------------------------- performing

  private performInput(input: LoggedInput): void {
    this.now = Math.max(this.now, input.at);
    this.perform({ seq: this.seq++, at: input.at, cls: 1, kind: 'input', target: 'input', cause: -1, body: input.body });
  }

  private perform(event: SimEvent): void {
    this.now = event.at;
    const journalBefore = this.branch.journal.length;
    this.dispatch(event);
    this.position++;
    if (this.muted) return;
    this.branch.add(this.branch.journal.length, this.now, this.seq, this.record);
    this.observer?.(event, journalBefore, this.branch.journal.length);
    if (this.journalling) {
      if (this.position % SPAN === 0) this.branch.fold(this.options.historyEntries ?? 600_000);
    } else if (this.position % (this.options.checkpointEvery ?? 16_384) === 0) {
      this.checkpoint();
    }
  }

  private dispatch(event: SimEvent): void {
    if (event.kind === 'input') {
      this.applyInput(event.body as InputBody);
      return;
    }
    const runtime = this.runtimes.get(event.target);
    assert(runtime, `a component at ${event.target}`);
    const message = event.message;
    if (this.processes.get(event.target) !== 'up' && event.kind !== 'start') {
      if (message) this.bounce(event, message, runtime);
      return;
    }
    const { component, ctx, executor } = runtime;
    switch (event.kind) {
      case 'message': {
        const m = message!;
        this.cause = this.note(EVENT, typeNumber(m.type), event.cause, runtime.id, this.strings.id(m.from), m.label.verb, m.label.subject, '', event.seq, m.label.code ?? 0);
        if (m.type === 'response' && m.re) executor.answer(m.re.program, m.re.slot, m.body);
        else component.message(ctx, m);
        break;
      }
      case 'timer': {
        this.cause = this.note(EVENT, TIMER, event.cause, runtime.id, 0, event.name!, '', '', event.seq, 0);
        runtime.timers.delete(event.name!);
        this.armedBy = event.cause;
        this.firing = event.name!;
        if (event.name!.startsWith('call ') || event.name!.startsWith('receive ')) executor.timedOut(event.name!);
        else component.timer?.(ctx, event.name!, event.body);
        this.firing = '';
        break;
      }
      case 'resume':
        this.cause = this.note(EVENT, RESUME, event.cause, runtime.id, 0, '', '', '', event.seq, 0);
        executor.wake(event.program!);
        break;
      case 'failed':
        this.cause = this.note(EVENT, FAILED, event.cause, runtime.id, 0, event.name!, '', '', event.seq, 0);
        executor.answer(event.program!, event.slot!, { error: event.name! });
        break;
      case 'peerLost':
        this.cause = this.note(EVENT, FAILED, event.cause, runtime.id, this.strings.id(event.name!), 'connection lost', '', '', event.seq, 0);
        this.dropParked(event.target, event.name!);
        component.peerLost?.(ctx, event.name!);
        break;
      case 'start':
        this.cause = this.note(START, 0, event.cause, runtime.id, 0, '', '', '', event.seq, 0);
        component.start(ctx);
        break;
    }
  }

  private armedBy = -1;
  private firing = '';

  private applyInput(body: InputBody): void {
    const kind = body.kind;
    const fault = kind !== 'signal' && kind !== 'boot';
    const subject = String(body.component ?? body.to ?? (body.a !== undefined ? `${String(body.a)} ${String(body.b)}` : ''));
    this.cause = this.note(fault ? FAULT : INPUT, 0, -1, 0, subject === '' || body.a !== undefined ? 0 : this.strings.id(subject), body.label?.verb ?? kind, body.label?.subject ?? subject, '', this.position, 0);
    switch (kind) {
      case 'boot':
        this.order.forEach((runtime, i) => this.startProcess(runtime, i * Number(body.gap ?? 0)));
        break;
      case 'signal':
        this.deliverAt(this.now, { type: 'signal', from: 'outside', to: String(body.to), label: body.label ?? { verb: 'signal', subject: '' }, body: body.body });
        break;
      case 'stop':
        this.stopProcess(subject);
        break;
      case 'start': {
        const runtime = this.runtimes.get(subject);
        if (runtime && this.processes.get(subject) !== 'up') this.startProcess(runtime, 0);
        break;
      }
      case 'cut':
        this.cut(String(body.a), String(body.b));
        break;
      case 'heal':
        this.heal(String(body.a), String(body.b));
        break;
      default:
        throw new Error(`unknown input ${kind}`);
    }
  }

  private startProcess(runtime: Runtime, delay: Micros): void {
    this.processes.set(runtime.component.address, 'up');
    this.push(this.now + delay, 'start', runtime.component.address, this.cause);
  }

  /** The process ends: its volatile state is gone, its timers never fire, its peers learn that the connection broke. */
  private stopProcess(address: string): void {
    const runtime = this.runtimes.get(address);
    if (!runtime || this.processes.get(address) !== 'up') return;
    this.processes.set(address, 'down');
    for (const timer of runtime.timers.keys().slice()) this.queue.remove(runtime.timers.get(timer)!);
    for (const key of this.queue.keys()) {
      const event = this.queue.get(key)!;
      if (event.target === address && (event.kind === 'resume' || event.kind === 'failed' || event.kind === 'peerLost' || event.kind === 'start')) this.queue.delete(key);
    }
    for (const container of this.containers) {
      if (container.owner !== address || container.durable) continue;
      for (const key of container.keys().slice()) container.delete(key);
    }
    runtime.executor.forget();
    for (const other of this.order) {
      const peer = other.component.address;
      if (peer === address || this.processes.get(peer) !== 'up') continue;
      const delay = this.latency.of({ type: 'response', from: address, to: peer, label: { verb: 'RST', subject: '' }, body: null }, this.now);
      for (const { id, slot } of other.executor.waitingFor(address)) this.push(this.now + delay, 'failed', peer, this.cause, 'connection reset', undefined, undefined, id, slot);
      if (connected(other.component, runtime.component)) this.push(this.now + delay, 'peerLost', peer, this.cause, address);
    }
  }

  private cut(a: string, b: string): void {
    if (!this.links.has(linkKey(a, b))) this.links.set(linkKey(a, b), this.now);
    const both = [this.runtimes.get(a), this.runtimes.get(b)];
    if (!both[0] || !both[1] || !connected(both[0].component, both[1].component)) return;
    this.push(this.now + CONNECTION_LOST, 'peerLost', a, this.cause, b);
    this.push(this.now + CONNECTION_LOST, 'peerLost', b, this.cause, a);
  }

  /** The link carries again. What waited in the wire arrives, unless the connection was given up meanwhile. */
  private heal(a: string, b: string): void {
    const key = linkKey(a, b);
    const since = this.links.get(key);
    if (since === undefined) return;
    this.links.delete(key);
    for (const id of this.parked.prefix(`${key} `)) {
      const message = this.parked.get(id)!;
      this.parked.delete(id);
      if (this.now - since < CONNECTION_LOST) this.deliverAt(this.now + this.latency.of(message, this.now), message);
      else this.failParked(message, 0);
    }
    for (const pending of this.queue.keys()) {
      const event = this.queue.get(pending)!;
      if (event.kind === 'peerLost' && ((event.target === a && event.name === b) || (event.target === b && event.name === a))) this.queue.delete(pending);
    }
  }

  /** What waits in a connection that was given up never arrives; who waits for its answer learns it. */
  private dropParked(a: string, b: string): void {
    for (const id of this.parked.prefix(`${linkKey(a, b)} `)) {
      const message = this.parked.get(id)!;
      this.parked.delete(id);
      this.failParked(message, 0);
    }
  }

  private failParked(message: Message, delay: Micros): void {
    this.note(DROP, typeNumber(message.type), this.cause, this.strings.id(message.from), this.strings.id(message.to), message.label.verb, message.label.subject, 'timeout', 0, 0);
    if (!message.re) return;
    const waiter = message.type === 'response' ? message.to : message.from;
    this.push(this.now + delay, 'failed', waiter, this.cause, 'timeout', undefined, undefined, message.re.program, message.re.slot);
  }

  private bounce(event: SimEvent, message: Message, runtime: Runtime): void {
    this.cause = this.note(DROP, typeNumber(message.type), event.cause, runtime.id, this.strings.id(message.from), message.label.verb, message.label.subject, 'connection refused', event.seq, 0);
    if (message.type === 'response' || !message.re) return;
    const delay = this.latency.of({ ...message, from: message.to, to: message.from }, this.now);
    this.push(this.now + delay, 'failed', message.from, this.cause, 'connection refused', undefined, undefined, message.re.program, message.re.slot);
  }

  // ---------------------------------------------------------------- sending

  private transmit(message: Message, delay: Micros): void {
    const departs = this.now + delay;
    const arrives = departs + this.latency.of(message, departs);
    const cause = this.note(SEND, typeNumber(message.type), this.cause, this.strings.id(message.from), this.strings.id(message.to), message.label.verb, message.label.subject, '', arrives, message.label.code ?? 0, delay);
    if (this.tap && !this.muted) this.tap(message, cause, departs, arrives);
    const since = this.links.size > 0 ? this.links.get(linkKey(message.from, message.to)) : undefined;
    if (since !== undefined) {
      if (this.now - since >= CONNECTION_LOST) {
        this.failParked(message, DIAL_TIMEOUT);
        return;
      }
      this.parked.set(`${linkKey(message.from, message.to)} ${String(this.seq++).padStart(12, '0')}`, message);
      return;
    }
    this.push(arrives, 'message', message.to, cause, undefined, undefined, message);
  }

  private sendCall(from: string, call: Call, program: number, slot: number): void {
    const cri = call.to.startsWith('container-runtime/');
    this.transmit({ type: cri ? 'cri' : 'request', from, to: call.to, label: call.label, body: call.body, re: { program, slot }, stream: undefined }, 0);
  }

  private deliverAt(at: Micros, message: Message): void {
    this.push(at, 'message', message.to, this.cause, undefined, undefined, message);
  }

  private push(at: Micros, kind: EventKind, target: string, cause: number, name?: string, body?: unknown, message?: Message, program?: number, slot?: number): number {
    const seq = this.seq++;
    this.queue.put(seq, { seq, at, cls: 0, kind, target, cause, name, body, message, program, slot });
    return seq;
  }

  private note(kind: number, type: number, cause: number, actor: number, peer: number, verb: string, subject: string, detail: string, value: number, code: number, delay = 0): number {
    if (this.muted) return this.record++;
    const s = this.strings;
    this.branch.trace.append(kind, type, this.now, this.position, cause, actor, peer, s.id(verb), s.id(subject), s.id(detail), value, code, delay);
    return this.record++;
  }

  private makeContext(address: string, runtime: { readonly timers: Container<number>; readonly hash: number; readonly id: number; readonly executor: Executor }): Context {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const sim = this;
    return {
      get now() {
        return sim.now;
      },
      get cause() {
        return sim.cause;
      },
      self: address,
      send(to: string, type: MessageType, body: unknown, label: Label, options?: SendOptions) {
        sim.transmit({ type, from: address, to, label, body, re: undefined, stream: options?.stream }, options?.delay ?? 0);
      },
      reply(request: Message, body: unknown, label: Label, options?: SendOptions) {
        if (request.re) sim.transmit({ type: 'response', from: address, to: request.from, label, body, re: request.re, stream: undefined }, options?.delay ?? 0);
      },
      setTimer(name: string, delay: Micros, body?: unknown) {
        const old = runtime.timers.get(name);
        if (old !== undefined) sim.queue.remove(old);
        const cause = sim.firing === name ? sim.armedBy : sim.cause;
        runtime.timers.set(name, sim.push(sim.now + Math.max(0, delay), 'timer', address, cause, name, body));
      },
      clearTimer(name: string) {
        const old = runtime.timers.get(name);
        if (old === undefined) return;
        sim.queue.remove(old);
        runtime.timers.delete(name);
      },
      spawn: (program: string, args: unknown) => runtime.executor.spawn(program, args),
      kill: (id: number) => runtime.executor.kill(id),
      deliver: (box: string, item: unknown) => runtime.executor.deliver(box, item),
      closeBox: (box: string) => runtime.executor.boxes.delete(box),
      draw: (purpose: string, key: string, n: number) => finish(mixNumber(mixString(mixString(runtime.hash, purpose), key), n)),
      record: (kind: RecordKind, verb: string, subject: string, value = 0, detail = '') => sim.note(kindNumber(kind), 0, sim.cause, runtime.id, 0, verb, subject, detail, value, 0),
    };
  }

  // ---------------------------------------------------------------- history

  private goTo(event: number): void {
    this.travel.go(this.branch, this.position, event);
    this.stand(event);
    this.forgetGenerators();
  }

  /** The scalars as they were at boundary `event`. */
  private stand(event: number): void {
    const boundary = this.branch.boundary(event);
    this.position = event;
    this.now = boundary.time;
    this.seq = boundary.seq;
    this.record = boundary.record;
  }

  private performAgain(from: number, to: number, journal: Journal | null): void {
    this.stand(from);
    this.forgetGenerators();
    const before = this.slot.journal;
    this.slot.journal = journal;
    this.muted = true;
    try {
      while (this.position < to) {
        const input = this.branch.inputAt(this.position);
        if (input) {
          this.performInput(input);
          continue;
        }
        const next = this.queue.peek();
        assert(next, 'recorded history goes on');
        this.queue.remove(next.seq);
        this.perform(next);
      }
    } finally {
      this.muted = false;
      this.slot.journal = before;
    }
  }

  /** A line that begins without a parent can always be re-executed from its very start. */
  private firstCheckpoint(): void {
    if (this.branch.checkpoints.length === 0 && this.branch.parent === null && this.position === this.branch.firstEvent) this.checkpoint();
  }

  private checkpoint(): void {
    const list = this.branch.checkpoints;
    list.push({ event: this.position, boundary: { journal: this.branch.journal.length, time: this.now, seq: this.seq, record: this.record }, contents: this.containers.map((container) => container.copy()) });
    if (list.length > 24) this.branch.checkpoints = list.filter((_, i) => i % 2 === 0 || i >= list.length - 8);
  }

  private sharedPrefix(a: Branch, b: Branch): number {
    const line = new Map<Branch, number>();
    for (let branch: Branch | null = a, end = a.end; branch; end = Math.min(end, branch.firstEvent), branch = branch.parent) line.set(branch, end);
    for (let branch: Branch | null = b, end = b.end; branch; end = Math.min(end, branch.firstEvent), branch = branch.parent) {
      const other = line.get(branch);
      if (other !== undefined) return Math.min(other, end);
    }
    return 0;
  }

  private attachJournal(): void {
    this.slot.journal = this.journalling ? this.branch.journal : null;
    if (!this.journalling) this.branch.past = null;
  }

  private forgetGenerators(): void {
    for (const runtime of this.order) runtime.executor.forget();
  }
}

const EVENT = kindNumber('event');
const SEND = kindNumber('send');
const START = kindNumber('start');
const DROP = kindNumber('drop');
const INPUT = kindNumber('input');
const FAULT = kindNumber('fault');
const TIMER = typeNumber('timer');
const RESUME = typeNumber('resume');
const FAILED = typeNumber('failed');

function connected(a: Component, b: Component): boolean {
  return (a.peers ?? []).includes(b.address) || (b.peers ?? []).includes(a.address);
}
