// The page's client of the engine: one answer a request, at most one request of a kind in flight, newer ones replace waiting ones.
import { PROTOCOL } from '../../protocol/protocol.ts';
import type { AnswerMessage, Input, LessonView, Method, Methods, RequestMessage, RunDocument, StepUnit, View } from '../../protocol/protocol.ts';
import { drawSpeed, finish, newWindow, pause, runToStory, seekStory, seekVirtual, stepForward, useClock } from './clock.ts';
import { drawnSlices } from '../stage/flights.ts';
import { toStory, toVirtual } from '../stage/story.ts';
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
const ACTS: ReadonlySet<Method> = new Set<Method>(['open', 'input', 'step', 'hello', 'document', 'cancel', 'lines']);
const quiet = (e: unknown): void => { if (!(e instanceof Superseded)) throw e; };

/** How much of the trace is kept around the playhead, in microseconds. */
const BEHIND = 20_000_000, BEYOND = 60_000_000;
/** Before this virtual time the page does not look: the boot of the cluster, but for the last heartbeats. */
let floor = 0;
let client: EngineClient | null = null;
export const hasEngine = (): boolean => client !== null;
export const engine = (): EngineClient => { if (!client) throw new Error('the engine has not been started'); return client; };

const marksOf = (l: LessonView | null): LessonMark[] => (l ? l.steps.flatMap((s, i) => (s.event >= 0 ? [{ step: i + 1, at: s.at, id: s.id }] : [])) : []);
/** The step last gone to and where it is looked at: what one step shows may lie after the beginning of the next. */
let lessonAt = { step: 0, virtual: -10, branch: 0 };
/** The lesson's step at a moment: the last whose moment is not after it. */
const stepAt = (marks: readonly LessonMark[], at: number): number => marks.reduce((n, m) => (m.at <= at ? m.step : n), 0);
/** Everything on the page that is not in flight stands at one moment: the virtual time `at` that was asked for. */
function take(v: View, at: number): void {
  const s = useSession.getState(), marks = same(s.marks, marksOf(v.lesson)), step = Math.abs(at - lessonAt.virtual) < 2 && lessonAt.branch === v.cursor.branch ? lessonAt.step : stepAt(marks, at), told = step > 0 ? v.lesson?.steps[step - 1].caption ?? null : v.caption.id.startsWith('lesson.') ? null : v.caption;
  useSession.setState({ status: 'running', progress: null, cursor: v.cursor, projection: shared(s.projection, v.projection), end: Math.max(v.end.at, v.cursor.branch === s.cursor.branch ? s.end : 0), branches: shared(s.branches, v.branches), lesson: shared(s.lesson, v.lesson), caption: shared(s.caption, told), transcript: shared(s.transcript, v.transcript), traceHash: v.traceHash, later: v.later, marks, step, steps: v.lesson?.steps.length ?? 9 });
}
/** The new value, with every part that says the same as before kept as it was: what did not change is not drawn again. */
export function shared<V>(before: unknown, now: V): V {
  if (before === now || typeof before !== 'object' || before === null || typeof now !== 'object' || now === null) return now;
  if (Array.isArray(now)) {
    if (!Array.isArray(before)) return now;
    let all = before.length === now.length;
    const out = now.map((v: unknown, i) => { const kept = shared(before[i] as unknown, v); if (kept !== before[i]) all = false; return kept; });
    return (all ? before : out) as V;
  }
  const old = before as Record<string, unknown>, keys = Object.keys(now), out: Record<string, unknown> = {};
  let all = keys.length === Object.keys(old).length;
  for (const k of keys) { out[k] = shared(old[k], (now as Record<string, unknown>)[k]); if (out[k] !== old[k]) all = false; }
  return (all ? before : out) as V;
}
const same = (a: readonly LessonMark[], b: readonly LessonMark[]): readonly LessonMark[] => (a.length === b.length && a.every((m, i) => m.at === b[i].at) ? a : b);
async function fetchWindow(at: number): Promise<void> {
  const mine = ++windows, end = useSession.getState().end;
  for (let behind = BEHIND; ; behind = Math.floor(behind / 4)) {
    const from = Math.max(floor, at - behind), to = Math.max(from + 1, at, Math.min(end, at + BEYOND)), w = await engine().call('window', { from, to });
    // so much happened that the window ends before or soon after the playhead: then less of what is behind it
    if (w.to < to && w.to - at < Math.min(behind, 3_000_000) / 2 && behind > 10_000) continue;
    const ready = await inSlices(drawnSlices(w, from, w.to, drawSpeed()), () => mine < newest);
    // a later window is already shown: this one would take the page back
    if (ready === null || mine < newest) return;
    newest = mine; cut = w.to < to;
    newWindow(w, from, w.to, ready);
    return;
  }
}
/** The window shown was too full to reach as far as was asked. */
let cut = false;
/** Windows asked for so far, and the one that is shown: while one is made ready, another may overtake it. */
let windows = 0, newest = 0;
/** Milliseconds of work on a stretch of trace between two frames while the picture runs, and while it stands. */
const WHILE_PLAYING = 2.5, AT_REST = 12;
/** Work that gives way to the picture: a little at a time, so that a frame stays a frame. Null: given up as asked. */
async function inSlices<V>(work: Generator<void, V>, vain: () => boolean): Promise<V | null> {
  for (;;) {
    const playing = useClock.getState().mode !== 'paused' && !document.hidden, until = performance.now() + (playing ? WHILE_PLAYING : AT_REST);
    do { const { done, value } = work.next(); if (done) return value; } while (performance.now() < until);
    await new Promise((resolve) => { setTimeout(resolve, playing ? 10 : 0); });
    if (vain()) return null;
  }
}
/** The moment last asked for. Answers come in order, so the last one to come is of this moment. */
let asked = -1, askedAt = 0;
/** While it plays, what stands on the cards is asked for some fifteen times a second; what flies is drawn at every frame. */
const LOOK = 66;
/** The trace is being run ahead of the playhead. */
let running = false;
/** Shows a moment and keeps the trace ahead of it; called at every frame, so it only asks for what is missing. */
function show(at: number, ahead: number): void {
  if (acting > 0) return;
  const s = useSession.getState();
  const now = performance.now();
  if (at !== asked && (useClock.getState().mode === 'paused' || now - askedAt >= LOOK)) { asked = at; askedAt = now; void engine().call('view', { at }).then((v) => { if (acting === 0) take(v, at); }).catch(quiet); }
  if (at + ahead > s.end && !running) {
    // twice as far as is needed, so that the next frames need nothing
    running = true;
    void engine().call('ahead', { until: at + 2 * ahead }).then((r) => { if (r.end.at > useSession.getState().end) useSession.setState({ end: r.end.at }); refill(at, ahead); }).finally(() => { running = false; }).catch(quiet);
  } else refill(at, ahead);
}
/** While something is done to the run, moments asked for before it are of another run: they are not shown. */
let acting = 0;
let filling = false;
function refill(at: number, ahead: number): void {
  if (at < floor) return;
  const s = useSession.getState(), need = Math.min(s.end, at + ahead);
  // a window is not made anew for every little more of the future: only when the playhead comes near its end
  if (filling || (s.window !== null && at >= s.from && (need <= s.to || (s.to - at > ahead / 2 && useClock.getState().mode === 'playing') || (cut && s.to - at > (s.to - s.from) / 4)))) return;
  filling = true;
  void fetchWindow(at).finally(() => { filling = false; }).catch(quiet);
}
/** Shows the moment an answer stands at. */
async function acted(v: View): Promise<void> { take(v, v.cursor.at); asked = v.cursor.at; useSession.setState({ end: v.end.at }); await fetchWindow(v.cursor.at); seekVirtual(v.cursor.at); }
/** Those that act wait for each other: what was asked for last is where the page ends up. */
let turn: Promise<void> = Promise.resolve();
function act(what: () => Promise<View>): Promise<void> {
  acting++;
  const mine = turn.then(async () => { try { await acted(await what()); } finally { acting--; } });
  turn = mine.catch(() => { /* told to who asked */ });
  return mine;
}
/** Sends an input at the playhead; where the run already has a later input of its own, it makes a fork. */
export async function input(i: Input): Promise<void> {
  useSession.setState({ offer: '' });
  await act(async () => { if (useSession.getState().window) await engine().call('view', { at: Math.floor(useClock.getState().virtual) }).catch(quiet); const v = await engine().call('input', { input: i });
    useSession.setState({ cursor: v.cursor });
    await kept?.();
    return v;
  });
}
/** What is done with an input before its effect is drawn: the document is written down. */
let kept: (() => Promise<void>) | null = null;
export const onActed = (f: () => Promise<void>): void => { kept = f; };
/** A step by program: the moment is shown at once. */
export const stepBy = (unit: StepUnit, direction: 1 | -1): Promise<void> => far('step', { unit, direction });
/** Goes to an event, a record or a branch, as links between panels ask. */
export const goTo = (where: Methods['view'][0]): Promise<void> => far('view', where);
/** Something that may take long: how far it has come is told, and Escape leaves everything as it stands. */
async function far<M extends 'step' | 'view'>(method: M, params: Methods[M][0]): Promise<void> {
  let long = false;
  const stop = (e: KeyboardEvent): void => { if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); void engine().call('cancel', {}); } };
  const told: Progress = (done, of) => { if (!long) addEventListener('keydown', stop, true); long = true; useSession.setState({ status: 'replaying', progress: { done, of } }); };
  pause();
  try { await act(() => engine().call(method, params, told)); } catch (e) {
    if (long) useSession.setState({ status: 'running', progress: null });
    if (!(e instanceof EngineError) || e.code !== 'cancelled') throw e;
  } finally { removeEventListener('keydown', stop, true); }
}
export async function open(document: RunDocument): Promise<void> {
  useSession.setState({ status: 'loading', progress: null });
  await act(async () => {
    lessonAt = { step: 0, virtual: -10, branch: 0 };
    const v = await engine().call('open', { document }, (done, of) => useSession.setState({ progress: { done, of } }));
    floor = Math.max(0, Math.min(...document.inputs.map((i) => i.at), v.cursor.at) - 4_000_000);
    return v;
  });
}
/** Where a step of the lesson is looked at: its message half way, its request at the gates, its write just stored; never before the step ahead of it. In story milliseconds; null outside the window. */
function lookAt(l: LessonView, step: number): number | null {
  const s = useSession.getState();
  let last = -1;
  for (let n = 1; n <= step; n++) { const { at } = l.steps[n - 1]; if (at >= s.from && at <= s.to) last = Math.max(last + 1, lookAtOne(l, n)); else if (n === step) return null; }
  return last;
}
function lookAtOne(l: LessonView, step: number): number {
  const s = useSession.getState(), { at, caption, id } = l.steps[step - 1], S = toStory(s.map, at), request = Number(caption.values.request ?? -1), w = s.window;
  if (id === 'gates') { const f = s.flights.list.find((x) => x.gates && x.seq === request); const g = f?.gates ?? []; return g.length > 5 ? g[4] + 1 : g.at(-1) ?? S; }
  const f = s.flights.list.find((x) => x.seq === caption.record && x.t0 <= S + 2 && x.t1 > S + 2), to = f ? (S + f.t1) / 2 : S + 1;
  // Ready is seen when the kubelet's report is stored
  if (id === 'ready' && w) for (let i = 0; i < w.writes.count; i++) { const key = w.texts[w.writes.key[i]]; if (w.writes.at[i] > at && key.startsWith('/registry/pods/') && key.endsWith(`/${caption.values.readyPod}`)) return toStory(s.map, w.writes.at[i]) + 1; }
  const after = l.steps[step]?.at ?? -1;
  return after > at ? Math.min(to, S + (toStory(s.map, after) - S) * 0.85) : to;
}
/** The message a step is about, as the stage numbers it; -1 where a step is about something that does not travel. */
function spotOf(l: LessonView, step: number): number {
  const { id, at, caption } = l.steps[step - 1], { flights, map } = useSession.getState(), S = toStory(map, at);
  if (id === 'gates') return Number(caption.values.request ?? -1);
  if (id === 'schedule') return flights.list.find((f) => f.way === 'in:sch' && f.t1 > S && / pods\/.*\/binding$/.test(f.label))?.seq ?? -1;
  return flights.list.some((f) => f.seq === caption.record) ? caption.record : -1;
}
/** Has the trace run ahead until a virtual time, in as many goes as it takes. */
async function known(until: number): Promise<void> {
  for (let before = -1; ;) {
    const { end } = await engine().call('ahead', { until });
    useSession.setState({ end: Math.max(end.at, useSession.getState().end) });
    if (end.at >= until || end.at <= before) return;
    before = end.at;
  }
}
/** To the next or previous step of the lesson, through all that happens between. */
let stepping: Promise<void> | null = null;
async function lessonStep(direction: 1 | -1): Promise<void> {
  finish();
  const here = useClock.getState().virtual, s = useSession.getState();
  let l = s.lesson;
  if (!l) { playOn(); return; }
  const settled = Math.abs(lessonAt.virtual - here) < 1;
  const current = settled ? lessonAt.step : s.marks.reduce((n, m) => (m.at < here ? m.step : n), 0), next = direction === 1 ? current + 1 : settled || current === 0 ? current - 1 : current;
  if (next > l.steps.length) { playOn(); return; }
  // what has not happened yet is run ahead of the playhead until it has
  for (let tries = 0; next > 0 && l !== null && l.steps[next - 1].event < 0 && tries < 60; tries++) {
    if (s.marks.length === 0 && tries > 2) break;
    await known(useSession.getState().end + 2_000_000);
    const v: View = await engine().call('view', { at: Math.floor(here) });
    useSession.setState({ lesson: v.lesson, marks: marksOf(v.lesson) });
    l = v.lesson;
  }
  if (!l || (next > 0 && l.steps[next - 1].event < 0)) { playOn(); return; }
  const at = next > 0 ? l.steps[next - 1].at : Math.max(floor, (l.steps[0].event >= 0 ? l.steps[0].at : here) - 300_000);
  await known(at + 2_000_000);
  const w = useSession.getState();
  if (w.window === null || Math.min(here, at) < w.from || Math.max(here, at + 1_500_000) > w.to) await fetchWindow(Math.min(here, at));
  const to = next > 0 ? lookAt(l, next) : toStory(useSession.getState().map, at);
  if (to === null) { pause(); await act(() => engine().call('view', { at })); }
  lessonAt = { step: Math.max(0, next), virtual: to === null ? at : toVirtual(useSession.getState().map, to), branch: useSession.getState().cursor.branch };
  if (to === null) return;
  // the first press is answered at once: heartbeats that happen to be on their way before it are not sat through
  if (next === 1 && direction === 1 && to - useClock.getState().story > 900) seekStory(to - 500);
  runToStory(to, next > 0 ? spotOf(l, next) : -1, next);
  // two steps may lie within one microsecond: then the engine is not asked again, and the step is told from what is known
  if (lessonAt.step > 0 && Math.floor(lessonAt.virtual + 0.001) === asked) useSession.setState({ step: lessonAt.step, caption: l.steps[lessonAt.step - 1].caption });
}
/** After the lesson's last step, or without one: one message on. */
function playOn(): void { stepForward('message'); }
/** Connects the page to an engine. Resolves once it has answered; then `open` starts a run. */
export async function startEngine(port: Port, lost: (reason: string) => void): Promise<void> {
  client = new EngineClient(port, (reason) => { useSession.setState({ status: 'lost' }); lost(reason); });
  const hello = await client.call('hello', { protocol: PROTOCOL });
  if (hello.protocol !== PROTOCOL) throw new EngineError('protocol', `page speaks protocol ${PROTOCOL}, worker ${hello.protocol}`);
  setSource({
    show,
    // the first thing typed is followed step by step, not played past
    run: (line) => { void input({ kind: 'command', line }).then(() => stepForward()).catch(quiet); },
    more: async () => { const s = useSession.getState(), r = await engine().call('ahead', { until: s.end + 10_000_000 }); if (r.end.at <= s.end) return false; useSession.setState({ end: r.end.at }); await fetchWindow(useClock.getState().virtual); return true; },
    lesson: (direction) => { stepping = (stepping ?? Promise.resolve()).then(() => lessonStep(direction)).catch(quiet); },
  });
}
