/**
 * The engine: answers the protocol's methods, one after the other. The same for the worker, for tests and for the command line.
 * Long runs yield between slices, so that `cancel` is heard and progress is told.
 */
import { PROTOCOL, type AnswerMessage, type Input, type Method, type Methods, type RequestMessage, type RunDocument, type View } from '../protocol/protocol.ts';
import { BEHAVIOUR } from './behaviour.ts';
import { checkManifest } from './check.ts';
import { causesOf, componentView, messageView, objectView } from './inspect.ts';
import { findMoment, momentOf } from './moment.ts';
import { schemaAt } from './schema.ts';
import { BOOTED, Session, SessionError } from './session.ts';
import { performStep } from './steps.ts';
import { transferables } from './window.ts';

/** Events performed between two looks at the mailbox. */
const SLICE = 4_000;

export interface EnginePorts {
  readonly post: (answer: AnswerMessage, transfer?: ArrayBuffer[]) => void;
  /** Resolves when waiting messages have been taken in. */
  readonly breathe: () => Promise<void>;
  readonly build: string;
  /** Resolves when everything that this command line or file may need is loaded (kubectl; the prose of `explain`). */
  readonly assets: (text: string) => Promise<void>;
}

export class Engine {
  private session: Session | null = null;
  private cancelled = false;
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly ports: EnginePorts) {}

  /** Takes a request. Requests are answered in order; `cancel` at once. */
  take(request: RequestMessage): void {
    if (request.method === 'cancel') {
      this.cancelled = true;
      this.ports.post({ id: request.id, result: {} });
      return;
    }
    this.busy = this.busy.then(() => this.answer(request));
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
      case 'ahead':
        return { end: session.ahead((params as Methods['ahead'][0]).until) };
      case 'view':
        session.goTo(params as Methods['view'][0]);
        return session.view();
      case 'step': {
        const { unit, direction } = params as Methods['step'][0];
        session.step(unit, direction);
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
        return objectView(session.peek, (params as Methods['object'][0]).ref);
      case 'objects':
        return { refs: session.objects((params as Methods['objects'][0]).kind) };
      case 'message':
        return messageView(session.sim, (params as Methods['message'][0]).record);
      case 'causes':
        return { chain: causesOf(session.sim, (params as Methods['causes'][0]).record) };
      case 'component':
        return componentView(session.peek, (params as Methods['component'][0]).name);
      case 'lastCycle':
        return { record: session.lastCycle((params as Methods['lastCycle'][0]).pod) };
      case 'cycle':
        return session.cycle((params as Methods['cycle'][0]).record);
      case 'complete': {
        const { line, cursor } = params as Methods['complete'][0];
        return (await import('./complete.ts')).completeLine(session.peek, line, cursor);
      }
      case 'schema': {
        const { apiVersion, kind, path } = params as Methods['schema'][0];
        return schemaAt(apiVersion, kind, path);
      }
      case 'check':
        return checkManifest((params as Methods['check'][0]).text);
      case 'document':
        return (params as Methods['document'][0]).moment === false ? session.toDocument() : { ...session.toDocument(), moment: momentOf(session.sim, session.originRecord()) };
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
    this.cancelled = false;
    const session = Session.prepare(document);
    const goal = Math.max(document.moment?.at ?? 0, ...document.inputs.map((input) => input.at), BOOTED);
    session.sim.boot();
    await this.runTo(session, BOOTED, goal, id);
    session.begin();
    const { steps } = session.scenario;
    if (steps.length > 0 || document.inputs.length > 0) await this.ports.assets([document.scenario, ...document.inputs.map(({ input }) => textOf(input))].join('\n'));
    for (const step of steps) await performStep(session, step, (at) => this.runTo(session, at, goal, id));
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
        const event = findMoment(sim, moment, session.originRecord());
        if (event === undefined) throw new SessionError('moment', 'the moment of this link does not occur any more: the simulator was corrected since it was made', 'moment');
        sim.seek(event);
      }
    }
    this.session = session;
    return session.view();
  }

  private async runTo(session: Session, at: number, goal: number, id: number): Promise<void> {
    const { sim } = session;
    const start = sim.now;
    while (!sim.runUntil(at, SLICE)) {
      this.ports.post({ id, progress: { done: Math.max(0, sim.now - start), total: Math.max(1, goal - start) } });
      await this.ports.breathe();
      if (this.cancelled) throw new SessionError('cancelled', 'stopped as asked; the run before is still open');
    }
  }
}

/** What is typed or written by an input. */
function textOf(input: Input): string {
  return input.kind === 'command' ? input.line : input.kind === 'edit' ? input.text : '';
}
