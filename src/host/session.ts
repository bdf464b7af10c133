/**
 * A session: one engine behind the protocol. It owns a simulator, the document it came from, the cursor and the lesson's
 * progress, and answers the page's questions. Everything that changes the cluster goes through `input`.
 */
import type { ProcessContext } from '../k8s/client-go/types.ts';
import { createCluster } from '../k8s/cluster.ts';
import { explainInFlight } from '../k8s/kube-scheduler/explain.ts';
import { NOT_BEGUN, readOn, type Lesson, type LessonProgress } from '../lesson/lesson.ts';
import type { BranchInfo, CaptionView, Cursor, CycleView, Input, LessonView, ObjectRef, RunDocument, StepUnit, View } from '../protocol/protocol.ts';
import type { TraceWindow } from '../protocol/stage.ts';
import { formatScenario, parseScenario, ScenarioError, type Scenario } from '../scenario/scenario.ts';
import type { Branch } from '../sim/branch.ts';
import type { Simulator } from '../sim/simulator.ts';
import { kindNumber } from '../trace/trace.ts';
import { Peek } from './peek.ts';
import { projectionOf } from './projection.ts';
import { windowOf } from './window.ts';
import { transcriptOf } from './workstation.ts';

const SECOND = 1_000_000;
/** Virtual time at which the booted cluster is handed to the user: nodes are Ready and nothing is in flight but heartbeats. */
export const BOOTED = 20 * SECOND;
/** Controllers shown on the stage, in the order of their card. */
export const SHOWN_CONTROLLERS = ['deployment', 'replicaset', 'nodelifecycle', 'endpointslice', 'garbagecollector', 'endpoint', 'namespace', 'serviceaccount', 'rootcacertpublisher', 'tainteviction', 'resourcequota', 'podgc', 'nodeipam'];


/** An error the page shows as it is: `where` names the field, `message` says what to do. */
export class SessionError extends Error {
  constructor(readonly code: string, message: string, readonly where?: string) {
    super(message);
  }
}

interface BranchState { lesson: LessonProgress }

/** How far a long work has come, in microseconds of virtual time, told between its pieces. */
export interface Progress { readonly done: number; readonly total: number }
/** Work that may be left or interrupted between its pieces. The pieces are small and known by count alone: how many are done at a time can change nothing. */
export type Work = Generator<Progress, void>;
/** Events newly performed in one piece (some milliseconds at most); events of history passed in one. */
const PIECE = 32;
const JUMP = 2_000;
/** A single journey performs at most so many events: then it has come as far as it comes. */
const FARTHEST = 5_000_000;

export class Session {
  readonly sim: Simulator;
  readonly peek: Peek;
  readonly scenario: Scenario;
  /** Record inside the event at the cursor, for stepping by gate; -1: the whole event. */
  private record = -1;
  private readonly states = new Map<Branch, BranchState>();
  private origin = 0;

  /** A session whose cluster is not started yet: boot it, run it to BOOTED, then `begin`. */
  static prepare(document: RunDocument, lesson: Lesson | undefined): Session {
    return new Session(document, lesson, false);
  }

  /** `lesson`: the one that the document names. */
  constructor(public document: RunDocument, private readonly lesson?: Lesson, boot = true) {
    this.scenario = readScenario(document.scenario);
    const { settings } = this.scenario;
    this.sim = createCluster({ seed: document.seed, nodes: settings.nodes, cpu: settings.cpu, memory: settings.memory, addons: settings.other.addons !== 'off' });
    this.peek = new Peek(this.sim);
    if (!boot) return;
    this.sim.boot();
    this.sim.runUntil(BOOTED);
    this.begin();
  }

  /** The boot is over: what follows is the user's. */
  begin(): void {
    this.origin = this.sim.position;
  }

  /** The scenario's steps were performed: from now on they are inputs of the document, and the cursor stands before them. */
  adopt(): void {
    this.document = { ...this.document, scenario: formatScenario({ settings: this.scenario.settings, steps: [] }) };
    this.sim.seek(this.origin);
  }

  /** Event at which the user's story begins: before it lies the boot. */
  get start(): number {
    return this.origin;
  }

  /** How far the current line is known. */
  end(): { event: number; at: number } {
    const { branch } = this.sim;
    return { event: branch.end, at: branch.boundary(branch.end).time };
  }

  cursor(): Cursor {
    return { branch: this.sim.branch.id, event: this.sim.position, record: this.record, at: this.sim.now };
  }

  /**
   * Runs ahead of the cursor until virtual time `until` or `events` more were performed, and comes back: also when it is left
   * between two pieces. `reached` learns how far the line is known then.
   */
  *runAhead(until: number, events = Infinity, reached: { event: number; at: number } = { event: 0, at: 0 }): Work {
    const { sim } = this;
    const here = sim.position;
    const branch = sim.branch;
    sim.seek(branch.end);
    const start = sim.now;
    try {
      for (let left = events; left > 0 && !sim.runUntil(until, Math.min(left, PIECE)); left -= PIECE) yield { done: sim.now - start, total: until - start };
    } finally {
      reached.event = branch.end;
      reached.at = Math.max(sim.now, branch.boundary(branch.end).time);
      sim.seek(here);
    }
  }

  /** Goes to a moment. Left between two pieces, the cursor stands where it stood before; what was run stays known. */
  *goTo(where: { at?: number; event?: number; record?: number; branch?: number }): Work {
    const { sim } = this;
    const branch = where.branch === undefined ? sim.branch : this.branchById(where.branch);
    const before = { branch: sim.branch, event: sim.position, record: this.record, now: sim.now };
    let arrived = false;
    try {
      this.record = -1;
      if (where.record !== undefined) {
        yield* this.travel(branch, Math.min(branch.end, branch.eventOfRecord(where.record) + 1));
        this.record = where.record;
      } else if (where.event !== undefined) yield* this.travel(branch, Math.max(0, Math.min(where.event, branch.end)));
      else if (where.at === undefined) yield* this.travel(branch, Math.min(sim.position, branch.end));
      else if (where.at > branch.boundary(branch.end).time) {
        yield* this.travel(branch, branch.end);
        const start = sim.now;
        for (let left = FARTHEST; left > 0 && !sim.runUntil(where.at, PIECE); left -= PIECE) yield { done: sim.now - start, total: where.at - start };
      } else {
        yield* this.travel(branch, branch.eventAtTime(where.at));
        // between two events it is as late as asked: an input there happens then, not at the event before
        sim.now = Math.max(sim.now, where.at);
      }
      arrived = true;
    } finally {
      if (!arrived) {
        sim.switchTo(before.branch, before.event);
        sim.now = Math.max(sim.now, before.now);
        this.record = before.record;
      }
    }
  }

  /** To an event of recorded history: by pieces as far as the journal reaches. */
  private *travel(branch: Branch, event: number): Work {
    const { sim } = this;
    const start = sim.position;
    const at = (one: number): number => branch.boundary(one).time;
    if (branch === sim.branch && branch.owner(Math.min(start, event)).holds(Math.min(start, event))) {
      while (Math.abs(event - sim.position) > JUMP) {
        sim.seek(sim.position + (event > sim.position ? JUMP : -JUMP));
        yield { done: Math.abs(at(sim.position) - at(start)), total: Math.abs(at(event) - at(start)) };
      }
    }
    sim.switchTo(branch, event);
  }

  *step(unit: StepUnit, direction: 1 | -1): Work {
    if (unit === 'step') yield* this.stepLesson(direction);
    else if (unit === 'gate') yield* this.stepGate(direction);
    else yield* this.stepTo(direction, unit === 'write' ? (kind) => kind === WRITE : (kind, type) => kind === EVENT && type > 0 && type < TIMER_TYPE);
  }

  input(input: Input): void {
    this.perform(input);
    // what it sets going at this very instant belongs to it: the line stands in the terminal when the cursor comes to rest
    this.sim.runUntil(this.sim.now);
  }

  private perform(input: Input): void {
    const { sim } = this;
    this.record = -1;
    // what is due at this instant happens first, so that an input is found again by its time alone
    sim.runUntil(sim.now);
    switch (input.kind) {
      case 'command':
        sim.input({ kind: 'signal', to: 'workstation', body: { start: { line: input.line } }, label: { verb: 'Enter', subject: input.line.slice(0, 200) } });
        break;
      case 'interrupt':
        sim.input({ kind: 'signal', to: 'workstation', body: { signal: 'SIGINT' }, label: { verb: '^C', subject: '' } });
        break;
      case 'edit':
        sim.input({ kind: 'signal', to: 'workstation', body: { write: { path: input.path, text: input.text } }, label: { verb: 'Save', subject: input.path } });
        if (input.apply) this.input({ kind: 'command', line: `kubectl apply -f ${input.path}` });
        break;
      case 'fault': {
        const known = sim.addresses();
        for (const target of 'target' in input ? [input.target] : [input.a, input.b]) {
          if (!known.includes(target)) throw new SessionError('not-found', `there is no component ${target}; there are ${known.slice(0, 8).join(', ')} …`, 'target');
        }
        if ('target' in input) sim.input({ kind: input.fault, component: input.target });
        else sim.input({ kind: input.fault, a: input.a, b: input.b });
      }
    }
  }

  view(): View {
    const { sim, peek } = this;
    const lesson = this.lessonView();
    return {
      cursor: this.cursor(), projection: projectionOf(peek, SHOWN_CONTROLLERS), end: this.end(),
      branches: sim.branches.filter((one) => !this.isIdleFuture(one)).map((one) => this.branchInfo(one)), lesson, caption: this.caption(lesson), transcript: transcriptOf(peek).chunks, traceHash: sim.traceHash(),
      later: this.inputsOnLine().filter((logged) => logged.event >= sim.position).length,
    };
  }

  window(from: number, to: number): TraceWindow {
    return windowOf(this.sim.trace, { from, to });
  }

  /** The document that makes this very run: the scenario, the seed and the inputs of the current line with their times. */
  toDocument(): RunDocument {
    const { moment: _, ...document } = this.document;
    return { ...document, inputs: this.inputsOnLine().map((logged) => ({ at: logged.at, input: asInput(logged.body) })) };
  }

  /** What the user did on the current line, kept runs left out. */
  private inputsOnLine(): Branch['inputs'] {
    const lines: Branch[] = [];
    for (let branch: Branch | null = this.sim.branch; branch; branch = branch.parent) lines.unshift(branch);
    return lines.flatMap((branch, i) => {
      const until = i + 1 < lines.length ? lines[i + 1].firstEvent : Infinity;
      return branch.inputs.filter((logged) => logged.event < until && logged.event >= this.origin);
    });
  }

  files(): { path: string; text: string }[] {
    const files = this.peek.container<string>('workstation', 'files');
    // Names are relative to the user's home, where the shell begins.
    return (files?.keys() ?? []).filter((path) => !path.endsWith('/')).map((path) => ({ path: path.replace(/^\/root\//, ''), text: files!.get(path)! }));
  }

  components(): { components: { name: string; up: boolean }[]; cuts: { a: string; b: string }[] } {
    const { sim } = this;
    return { components: sim.addresses().map((name) => ({ name, up: sim.isUp(name) })), cuts: sim.cutLinks().map((key) => ({ a: key.split(' ')[0], b: key.split(' ')[1] })) };
  }

  /** The first record after the boot. */
  originRecord(): number {
    return this.sim.branch.boundary(this.origin).record;
  }

  /** All objects at the cursor, of one kind if given. */
  objects(kind?: string): ObjectRef[] {
    return this.peek.objects('/registry/').filter((object) => kind === undefined || object.kind === kind)
      .map((object) => ({ apiVersion: object.apiVersion, kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name }));
  }

  /** The newest scheduling cycle on this line at or before the cursor, of one Pod if given; -1 if there is none. */
  lastCycle(pod?: string): number {
    const { trace } = this.sim;
    const schedule = kindNumber('schedule');
    for (let id = this.sim.branch.boundary(this.sim.position).record - 1; id >= 0; id--) {
      const { chunk, at } = trace.locate(id);
      if (chunk.kind[at] === schedule && (pod === undefined || trace.strings.list[chunk.subject[at]] === pod)) return id;
    }
    return -1;
  }

  /** The whole table of a scheduling cycle: recomputed from the state just before the event of its record. */
  cycle(record: number): CycleView | null {
    const { sim } = this;
    let r = sim.trace.get(record);
    // a binding speaks of the cycle before it
    const pod = r.subject.slice(r.subject.lastIndexOf('/') + 1);
    for (let id = record - 1; r.kind !== 'schedule' && id >= 0 && id > record - 4_000; id--) {
      const one = sim.trace.get(id);
      if (one.kind === 'schedule' && one.subject.endsWith(`/${pod}`)) r = one;
    }
    if (r.kind !== 'schedule') return null;
    const here = sim.position;
    sim.seek(r.event);
    const table = explainInFlight(sim.contextOf('kube-scheduler') as ProcessContext);
    const attempt = this.peek.container<{ entry: { attempts: number } }>('kube-scheduler', 'in flight')?.get('')?.entry.attempts ?? 0;
    sim.seek(here);
    if (!table) return null;
    return { pod: r.subject, attempt, chosen: table.chosen ?? '', nodes: table.nodes.map((node) => ({ ...node, filters: node.filters.map((one) => ({ ...one, reason: one.reason ?? '' })), total: node.total ?? 0 })) };
  }

  private branchInfo(branch: Branch): BranchInfo {
    const first = branch.inputs.find((input) => input.event >= this.origin);
    return { id: branch.id, parent: branch.parent?.id ?? -1, forkAt: branch.boundary(branch.firstEvent).time, end: branch.boundary(branch.end).time, label: first ? String(first.body.label?.subject ?? first.body.kind) : '' };
  }

  /** True if another line goes on from here with more inputs and this one has none of its own after that: nobody's run, only time that passed. */
  private isIdleFuture(branch: Branch): boolean {
    const { sim } = this;
    if (branch === sim.branch) return false;
    const last = branch.inputs.reduce((most, input) => (input.event >= this.origin ? input.event : most), -1);
    return sim.branches.some((child) => child.parent === branch && child.firstEvent > last);
  }

  private branchById(id: number): Branch {
    const branch = this.sim.branches[id];
    if (!branch) throw new SessionError('not-found', `there is no run ${id}; there are ${this.sim.branches.length}`, 'branch');
    return branch;
  }

  /** Reads the line's trace as far as it goes and tells where the lesson's steps begin. */
  private progress(): LessonProgress {
    const branch = this.sim.branch;
    let state = this.states.get(branch);
    if (!state) {
      const parent = branch.parent ? this.states.get(branch.parent)?.lesson : undefined;
      const shared = branch.boundary(branch.firstEvent).record;
      const begun = parent && parent.read <= shared ? parent : NOT_BEGUN;
      state = { lesson: begun };
      this.states.set(branch, state);
    }
    const end = branch.trace.end;
    if (this.lesson && state.lesson.read < end) {
      const from = Math.max(state.lesson.read, this.sim.branch.boundary(this.origin).record);
      state.lesson = readOn(this.lesson, { ...state.lesson, read: from }, end, (id) => branch.trace.get(id));
    }
    return state.lesson;
  }

  private lessonView(): LessonView | null {
    if (!this.lesson) return null;
    const progress = this.progress();
    const steps = this.lesson.steps.map((step) => {
      const found = progress.found.find((one) => one.id === step.id);
      return { id: step.id, event: found?.event ?? -1, at: found?.at ?? -1, caption: { id: `lesson.${this.lesson!.id}.${step.id}`, values: found?.facts ?? {}, record: found?.record ?? -1 } };
    });
    const here = this.sim.position;
    let current = 0;
    steps.forEach((step, i) => {
      if (step.event >= 0 && step.event < here) current = i + 1;
    });
    return { id: this.lesson.id, current, steps };
  }

  private caption(lesson: LessonView | null): CaptionView {
    if (lesson && lesson.current > 0) return lesson.steps[lesson.current - 1].caption;
    return { id: 'idle', values: {}, record: -1 };
  }

  private *stepLesson(direction: 1 | -1): Work {
    const { sim } = this;
    for (let tries = 0; tries < 200; tries++) {
      const steps = this.lessonView()?.steps.filter((step) => step.event >= 0) ?? [];
      const next = direction === 1 ? steps.find((step) => step.event >= sim.position) : steps.findLast((step) => step.event < sim.position - 1);
      if (next) {
        sim.seek(next.event + 1);
        return;
      }
      if (direction === -1) {
        sim.seek(Math.min(sim.position, this.origin));
        return;
      }
      if (!this.lesson || this.progress().next === 0 || this.progress().next >= this.lesson.steps.length) return;
      yield* this.runAhead(this.sim.branch.boundary(this.sim.branch.end).time + SECOND, 5_000);
    }
  }

  private *stepGate(direction: 1 | -1): Work {
    const { sim } = this;
    const from = this.record >= 0 ? this.record : sim.recordEnd() - (direction === 1 ? 1 : 0);
    const gate = kindNumber('gate');
    for (let id = from + direction; id >= 0 && id < sim.trace.end; id += direction) {
      const { chunk, at } = sim.trace.locate(id);
      if (chunk.kind[at] !== gate) continue;
      yield* this.goTo({ record: id });
      return;
    }
    yield* this.step('message', direction);
  }

  private *stepTo(direction: 1 | -1, matches: (kind: number, type: number) => boolean): Work {
    const { sim } = this;
    this.record = -1;
    if (direction === -1) {
      for (let event = sim.position - 1; event > 0; event--) {
        if (!this.eventMatches(event - 1, matches)) continue;
        sim.seek(event);
        return;
      }
      return;
    }
    const start = sim.now;
    for (let n = 0; n < 100_000; n++) {
      if (n % PIECE === PIECE - 1) yield { done: sim.now - start, total: Math.max(1, sim.now - start) };
      if (!sim.step()) return;
      if (this.eventMatches(sim.position - 1, matches)) return;
    }
  }

  private eventMatches(event: number, matches: (kind: number, type: number) => boolean): boolean {
    const { sim } = this;
    const from = sim.branch.boundary(event).record;
    const to = sim.branch.boundary(event + 1).record;
    for (let id = from; id < to; id++) {
      const { chunk, at } = sim.trace.locate(id);
      if (matches(chunk.kind[at], chunk.type[at])) return true;
    }
    return false;
  }
}

const WRITE = kindNumber('write');
const EVENT = kindNumber('event');
const TIMER_TYPE = 7;

function readScenario(text: string): Scenario {
  try {
    return parseScenario(text);
  } catch (error) {
    if (error instanceof ScenarioError) throw new SessionError('scenario', error.message, `line ${error.line}`);
    throw error;
  }
}

/** A logged input as the protocol knows it. */
function asInput(body: { readonly [field: string]: unknown }): Input {
  const inner = body.body as { start?: { line: string }; signal?: string; write?: { path: string; text: string } } | undefined;
  if (inner?.start) return { kind: 'command', line: inner.start.line };
  if (inner?.signal) return { kind: 'interrupt' };
  if (inner?.write) return { kind: 'edit', path: inner.write.path, text: inner.write.text, apply: false };
  if (body.kind === 'cut' || body.kind === 'heal') return { kind: 'fault', fault: body.kind, a: String(body.a), b: String(body.b) };
  return { kind: 'fault', fault: body.kind as 'stop', target: String(body.component) };
}
