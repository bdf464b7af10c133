/**
 * The engine: answers the protocol's methods, one after the other. The same for the worker, for tests and for the command line.
 * Long runs yield between slices, so that `cancel` is heard and progress is told.
 */
import { PROTOCOL, type AnswerMessage, type Input, type Method, type Methods, type RequestMessage, type RunDocument, type View } from '../protocol/protocol.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { findLesson } from './lessons.ts';
import { BOOTED, Session, SessionError, type Work } from './session.ts';
import { transferables } from './window.ts';

/** Milliseconds on the clock of the thread between two looks at the mailbox, and between two words on how far it has come. */
const LOOK = 25;
const TELL = 100;
/** Running ahead makes way for what is asked meanwhile, but not before so many milliseconds: the way there and back would be the most of it. */
const MAKE_WAY = 60;
/** Events of a replay performed in one piece. */
const PIECE = 32;

export interface EnginePorts {
  readonly post: (answer: AnswerMessage, transfer?: ArrayBuffer[]) => void;
  /** Milliseconds; says only how long a piece of work may be, never what it does. */
  readonly clock: () => number;
  /** Resolves when waiting messages have been taken in. */
  readonly breathe: () => Promise<void>;
  readonly build: string;
  /** Resolves when everything that this command line or file may need is loaded (kubectl; the prose of `explain`). */
  readonly assets: (text: string) => Promise<void>;
}

export class Engine {
  private session: Session | null = null;
  /** Requests before this one are to be left, if they are long. */
  private leave = 0;
  /** Requests that were taken and not yet begun. */
  private waiting = 0;
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly ports: EnginePorts) {}

  /** Takes a request. Requests are answered in order; `cancel` at once. */
  take(request: RequestMessage): void {
    if (request.method === 'cancel') {
      this.leave = request.id;
      this.ports.post({ id: request.id, result: {} });
      return;
    }
    this.waiting++;
    this.busy = this.busy.then(() => {
      this.waiting--;
      return this.answer(request);
    });
  }

  private async answer(request: RequestMessage): Promise<void> {
    try {
      const result = await this.perform(request.method, request.params as never, request.id);
      this.ports.post({ id: request.id, result }, request.method === 'window' ? transferables(result as Methods['window'][1]) : undefined);
    } catch (error) {
      const known = error instanceof SessionError;
      this.ports.post({ id: request.id, error: { code: known ? error.code : 'internal', message: error instanceof Error ? error.message : String(error), ...(known && error.where ? { where: error.where } : {}) } });
    }
  }

  private async perform<M extends Method>(method: M, params: Methods[M][0], id: number): Promise<Methods[Method][1]> {
    if (method === 'hello') {
      const { protocol } = params as Methods['hello'][0];
      if (protocol !== PROTOCOL) throw new SessionError('version', `the page speaks protocol ${protocol}, the engine ${PROTOCOL}: reload the page`);
      return { protocol: PROTOCOL, behaviour: BEHAVIOUR, build: this.ports.build };
    }
    if (method === 'open') return this.open((params as Methods['open'][0]).document, id);
    const session = this.session;
    if (!session) throw new SessionError('not-open', 'no run is open: call open first');
    switch (method) {
      case 'ahead': {
        const { until } = params as Methods['ahead'][0];
        const end = { event: 0, at: 0 };
        const begun = this.ports.clock();
        const known = session.end().at;
        await this.inPieces(session.runAhead(until, Infinity, end), id, () => id < this.leave || (this.waiting > 0 && this.ports.clock() - begun > MAKE_WAY && session.end().at > known));
        return { end };
      }
      case 'view':
        if (!(await this.inPieces(session.goTo(params as Methods['view'][0]), id, () => id < this.leave))) throw cancelled();
        return session.view();
      case 'step': {
        const { unit, direction } = params as Methods['step'][0];
        const { branch, event } = session.cursor();
        if (!(await this.inPieces(session.step(unit, direction), id, () => id < this.leave))) {
          await this.inPieces(session.goTo({ branch, event }), id, () => false);
          throw cancelled();
        }
        return session.view();
      }
      case 'input': {
        const { input } = params as Methods['input'][0];
        await this.ports.assets(textOf(input));
        session.input(input);
        return session.view();
      }
      case 'window': {
        const { from, to } = params as Methods['window'][0];
        return session.window(from, to);
      }
      case 'object':
        return (await import('./inspect.ts')).objectView(session.peek, (params as Methods['object'][0]).ref);
      case 'objects':
        return { refs: session.objects((params as Methods['objects'][0]).kind) };
      case 'message':
        return (await import('./inspect.ts')).messageView(session.sim, (params as Methods['message'][0]).record);
      case 'causes':
        return { chain: (await import('./inspect.ts')).causesOf(session.sim, (params as Methods['causes'][0]).record) };
      case 'component':
        return (await import('./inspect.ts')).componentView(session.peek, (params as Methods['component'][0]).name);
      case 'lastCycle':
        return { record: session.lastCycle((params as Methods['lastCycle'][0]).pod) };
      case 'cycle':
        return session.cycle((params as Methods['cycle'][0]).record);
      case 'complete': {
        const { line, cursor } = params as Methods['complete'][0];
        return (await import('./complete.ts')).completeLine(session.peek, line, cursor);
      }
      case 'lines':
        return (await import('../k8s/shell/typed.ts')).cutTyped((params as Methods['lines'][0]).text);
      case 'schema': {
        const { apiVersion, kind, path } = params as Methods['schema'][0];
        return (await import('./schema.ts')).schemaAt(apiVersion, kind, path);
      }
      case 'check':
        return (await import('./check.ts')).checkManifest((params as Methods['check'][0]).text);
      case 'document':
        return (params as Methods['document'][0]).moment === false ? session.toDocument() : { ...session.toDocument(), moment: (await import('./moment.ts')).momentOf(session.sim, session.originRecord()) };
      case 'files':
        return { files: session.files() };
      case 'components':
        return session.components();
      default:
        throw new SessionError('unknown-method', `the engine has no method ${String(method)}`);
    }
  }

  /** Replays a document: boots, performs the inputs at their times, goes to the moment. */
  private async open(document: RunDocument, id: number): Promise<View> {
    const session = Session.prepare(document, await findLesson(document.lesson));
    const goal = Math.max(document.moment?.at ?? 0, ...document.inputs.map((input) => input.at), BOOTED);
    session.sim.boot();
    await this.runTo(session, BOOTED, goal, id);
    session.begin();
    const { steps } = session.scenario;
    if (steps.length > 0 || document.inputs.length > 0) await this.ports.assets([document.scenario, ...document.inputs.map(({ input }) => textOf(input))].join('\n'));
    if (steps.length > 0) {
      const { performStep } = await import('./steps.ts');
      for (const step of steps) await performStep(session, step, (at) => this.runTo(session, at, goal, id));
    }
    if (steps.length > 0) session.adopt();
    for (const { at, input } of document.inputs) {
      await this.runTo(session, at, goal, id);
      session.input(input);
    }
    const { moment } = document;
    if (moment) {
      await this.runTo(session, moment.at, goal, id);
      const { sim } = session;
      if (moment.event <= sim.branch.end) sim.seek(moment.event);
      if (sim.traceHash() !== moment.hash) {
        sim.seek(sim.branch.end);
        await this.runTo(session, moment.at + 5_000_000, goal, id);
        const event = (await import('./moment.ts')).findMoment(sim, moment, session.originRecord());
        if (event === undefined) throw new SessionError('moment', 'the moment of this link does not occur any more: the simulator was corrected since it was made', 'moment');
        sim.seek(event);
      }
    }
    this.session = session;
    return session.view();
  }

  private async runTo(session: Session, at: number, goal: number, id: number): Promise<void> {
    const { sim } = session;
    const work = (function* (): Work {
      while (!sim.runUntil(at, PIECE)) yield { done: sim.now, total: Math.max(goal, at) };
    })();
    if (!(await this.inPieces(work, id, () => id < this.leave))) throw cancelled();
  }

  /** Does a long work as long as `enough` does not say otherwise; true if it was done to its end. Between pieces messages are taken in and progress is told. */
  private async inPieces(work: Work, id: number, enough: () => boolean): Promise<boolean> {
    const { clock, post, breathe } = this.ports;
    for (let told = clock(); ; ) {
      const until = clock() + LOOK;
      let step = work.next();
      while (!step.done && clock() < until) step = work.next();
      if (step.done) return true;
      if (clock() - told >= TELL) {
        told = clock();
        post({ id, progress: step.value });
      }
      await breathe();
      if (enough()) {
        work.return();
        return false;
      }
    }
  }
}

const cancelled = (): SessionError => new SessionError('cancelled', 'stopped as asked; the run before is still open');

/** What is typed or written by an input. */
function textOf(input: Input): string {
  return input.kind === 'command' ? input.line : input.kind === 'edit' ? input.text : '';
}
