// The page's client of the engine: one answer a request, at most one request of a kind in flight, newer ones replace waiting ones.
import { PROTOCOL } from '../../protocol/protocol.ts';
import type { AnswerMessage, Input, Method, Methods, RequestMessage, RunDocument, StepUnit, View } from '../../protocol/protocol.ts';
import { newWindow, pause, runTo, seekVirtual, stepForward, useClock } from './clock.ts';
import { toStory } from '../stage/story.ts';
import { setSource, useSession } from './session.ts';
import type { LessonMark } from './session.ts';

/** What a worker and an in-process engine have in common. */
export interface Port { postMessage(message: unknown): void; onmessage: ((e: MessageEvent) => void) | null; onerror?: ((e: ErrorEvent) => void) | null }
export class EngineError extends Error {
  readonly code: string; readonly where: string;
  constructor(code: string, message: string, where = '') { super(message); this.code = code; this.where = where; }
}
/** A waiting request was replaced by a newer one of its kind. */
export class Superseded extends Error {}

type Progress = (done: number, total: number) => void;
interface Job { method: Method; params: unknown; resolve: (v: unknown) => void; reject: (e: Error) => void; progress?: Progress }

/** Requests over a port. Requests that only look (view, window, ahead …) replace each other; those that act wait their turn. */
export class EngineClient {
  private readonly port: Port;
  private id = 0;
  private readonly flying = new Map<number, Job>();
  private readonly busy = new Map<Method, number>();
  private readonly waiting = new Map<Method, Job[]>();
  constructor(port: Port, lost: (reason: string) => void) {
    this.port = port;
    port.onmessage = (e: MessageEvent): void => this.answer(e.data as AnswerMessage);
    port.onerror = (e: ErrorEvent): void => { const all = [...this.flying.values()]; this.flying.clear(); this.busy.clear(); for (const j of all) j.reject(new EngineError('lost', e.message)); lost(e.message); };
  }
  call<M extends Method>(method: M, params: Methods[M][0], progress?: Progress): Promise<Methods[M][1]> {
    return new Promise((resolve, reject) => {
      const job: Job = { method, params, resolve: resolve as (v: unknown) => void, reject, progress };
      if (!this.busy.has(method)) { this.send(job); return; }
      const queue = this.waiting.get(method) ?? [];
      if (!ACTS.has(method)) for (const old of queue.splice(0)) old.reject(new Superseded());
      queue.push(job); this.waiting.set(method, queue);
    });
  }
  private send(job: Job): void {
    const id = ++this.id;
    this.flying.set(id, job); this.busy.set(job.method, id);
    this.port.postMessage({ id, method: job.method, params: job.params } as RequestMessage);
  }
  private answer(a: AnswerMessage): void {
    const job = this.flying.get(a.id);
    if (!job) return;
    if ('progress' in a) { job.progress?.(a.progress.done, a.progress.total); return; }
    this.flying.delete(a.id); this.busy.delete(job.method);
    if ('error' in a) job.reject(new EngineError(a.error.code, a.error.message, a.error.where)); else job.resolve(a.result);
    const next = this.waiting.get(job.method)?.shift();
    if (next) this.send(next);
  }
}
const ACTS: ReadonlySet<Method> = new Set<Method>(['open', 'input', 'step', 'hello', 'document', 'cancel']);
const quiet = (e: unknown): void => { if (!(e instanceof Superseded)) throw e; };

/** How much of the trace is kept around the playhead, in microseconds. */
const BEHIND = 20_000_000, BEYOND = 60_000_000;
/** Before this virtual time the page does not look: the boot of the cluster, but for the last heartbeats. */
let floor = 0;
let client: EngineClient | null = null;
export const hasEngine = (): boolean => client !== null;
export const engine = (): EngineClient => { if (!client) throw new Error('the engine has not been started'); return client; };

const marksOf = (v: View): LessonMark[] => (v.lesson ? v.lesson.steps.flatMap((s, i) => (s.event >= 0 ? [{ step: i + 1, at: s.at, id: s.id }] : [])) : []);
function take(v: View): void {
  const marks = marksOf(v);
  useSession.setState({ status: 'running', progress: null, cursor: v.cursor, projection: v.projection, end: v.end.at, branches: v.branches, lesson: v.lesson, caption: v.caption, transcript: v.transcript, traceHash: v.traceHash, later: v.later, marks, step: v.lesson?.current ?? 0, steps: v.lesson?.steps.length ?? 9 });
}
async function fetchWindow(at: number): Promise<void> {
  const end = useSession.getState().end, from = Math.max(floor, at - BEHIND), to = Math.max(from + 1, at, Math.min(end, at + BEYOND));
  const w = await engine().call('window', { from, to });
  newWindow(w, from, to);
}
/** Shows a moment and keeps the trace ahead of it; called at every frame, so it only asks for what is missing. */
function show(at: number, ahead: number): void {
  const s = useSession.getState();
  if (at !== s.cursor.at) void engine().call('view', { at }).then((v) => take(v)).catch(quiet);
  if (at + ahead > s.end) void engine().call('ahead', { until: at + ahead }).then((r) => { if (r.end.at > useSession.getState().end) useSession.setState({ end: r.end.at }); refill(at, ahead); }).catch(quiet);
  else refill(at, ahead);
}
let filling = false;
function refill(at: number, ahead: number): void {
  if (at < floor) return;
  const s = useSession.getState(), need = Math.min(s.end, at + ahead);
  if (filling || (s.window !== null && at >= s.from && need <= s.to)) return;
  filling = true;
  void fetchWindow(at).finally(() => { filling = false; }).catch(quiet);
}
async function acted(v: View): Promise<void> { take(v); await fetchWindow(v.cursor.at); seekVirtual(v.cursor.at); }
/** Sends an input at the cursor; in the past it makes a fork. */
export async function input(i: Input): Promise<void> { useSession.setState({ offer: '' }); const v = await engine().call('input', { input: i }); useSession.setState({ cursor: v.cursor }); await kept?.(); await acted(v); }
/** What is done with an input before its effect is drawn: the document is written down. */
let kept: (() => Promise<void>) | null = null;
export const onActed = (f: () => Promise<void>): void => { kept = f; };
/** A step by program: the moment is shown at once. */
export async function stepBy(unit: StepUnit, direction: 1 | -1): Promise<void> { pause(); await acted(await engine().call('step', { unit, direction })); }
/** Goes to an event, a record or a branch, as links between panels ask. */
export async function goTo(where: Methods['view'][0]): Promise<void> { pause(); await acted(await engine().call('view', where)); }
export async function open(document: RunDocument): Promise<void> {
  useSession.setState({ status: 'loading', progress: null });
  const v = await engine().call('open', { document }, (done, of) => useSession.setState({ progress: { done, of } }));
  floor = Math.max(0, Math.min(...document.inputs.map((i) => i.at), v.cursor.at) - 4_000_000);
  await acted(v);
}
/** To the next or previous step of the lesson, through all that happens between. A little past its moment, so that the message it speaks of is seen on its way. */
async function lessonStep(direction: 1 | -1): Promise<void> {
  const here = useClock.getState().virtual, v = await engine().call('step', { unit: 'step', direction });
  useSession.setState({ lesson: v.lesson, marks: marksOf(v), steps: v.lesson?.steps.length ?? 0, end: v.end.at });
  const at = v.cursor.at;
  if (direction === 1 && at < here) { await playOn(); return; }
  const { end } = await engine().call('ahead', { until: at + 2_000_000 });
  useSession.setState({ end: Math.max(end.at, useSession.getState().end) });
  await fetchWindow(Math.min(here, at));
  const s = useSession.getState(), S = toStory(s.map, at);
  if (at < s.from || at > s.to) { await acted(v); return; }
  // what leaves at this very moment is shown half of its way
  const leaving = s.flights.list.filter((f) => Math.abs(f.t0 - S) < 2).map((f) => f.t1 - f.t0);
  runTo(at, leaving.length > 0 ? Math.min(...leaving) * 0.5 : 0);
}
/** After the lesson's last step, or without one: one message on. */
async function playOn(): Promise<void> { useClock.setState({ unit: 'message' }); stepForward(); }
/** Connects the page to an engine. Resolves once it has answered; then `open` starts a run. */
export async function startEngine(port: Port, lost: (reason: string) => void): Promise<void> {
  client = new EngineClient(port, (reason) => { useSession.setState({ status: 'lost' }); lost(reason); });
  const hello = await client.call('hello', { protocol: PROTOCOL });
  if (hello.protocol !== PROTOCOL) throw new EngineError('protocol', `page speaks protocol ${PROTOCOL}, worker ${hello.protocol}`);
  setSource({
    show,
    // the first thing typed is followed step by step, not played past
    run: (line) => { void input({ kind: 'command', line }).then(stepForward); },
    more: async () => { const s = useSession.getState(), r = await engine().call('ahead', { until: s.end + 10_000_000 }); if (r.end.at <= s.end) return false; useSession.setState({ end: r.end.at }); await fetchWindow(useClock.getState().virtual); return true; },
    lesson: (direction) => { void lessonStep(direction); },
  });
}
