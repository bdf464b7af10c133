// `window.orrery`: the page by program, and the same by postMessage for the page that embeds it. Only the parent of a frame is obeyed.
import type { Input, ObjectRef, RunDocument, StepUnit } from '../../protocol/protocol.ts';
import { openDocument } from '../runs.ts';
import { begin, useClock } from '../stores/clock.ts';
import { engine, goTo, input, stepBy } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { atTopLevel } from '../stores/view.ts';

export interface OrreryState { at: number; event: number; branch: number; end: number; traceHash: number; /** Of the engine: loading, running, replaying, lost. */ status: string; /** Of the playhead. */ mode: 'paused' | 'playing' | 'stepping'; transcript: string }
export interface Orrery {
  /** Raised when a method changes. */
  readonly version: 1;
  /** Types a command line at the cursor and presses Enter. */
  run(line: string): Promise<OrreryState>;
  /** Any other input: a fault, a file, Ctrl-C. */
  input(input: Input): Promise<OrreryState>;
  step(unit?: StepUnit, direction?: 1 | -1): Promise<OrreryState>;
  /** To a virtual time in microseconds, or to an event or record. */
  seek(where: { at?: number; event?: number; record?: number }): Promise<OrreryState>;
  state(): OrreryState;
  /** The address of this moment. */
  link(): Promise<string>;
  /** An object as YAML with its history, at the cursor; null if it does not exist. */
  object(ref: ObjectRef): Promise<{ yaml: string; history: readonly unknown[] } | null>;
  document(): Promise<RunDocument>;
  open(document: RunDocument): Promise<OrreryState>;
}
const state = (): OrreryState => { const s = useSession.getState(); return { at: s.cursor.at, event: s.cursor.event, branch: s.cursor.branch, end: Math.max(s.end, s.cursor.at), traceHash: s.traceHash, status: s.status, mode: useClock.getState().mode, transcript: s.transcript.map((c) => (c.stream === 'in' ? `$ ${c.text}` : c.text)).join('') }; };
const UNITS: readonly StepUnit[] = ['message', 'write', 'gate', 'step'];
function whole(v: unknown, name: string): number | undefined { if (v === undefined) return undefined; if (typeof v !== 'number' || !Number.isInteger(v) || v < 0) throw new TypeError(`${name}: a whole number from 0`); return v; }
function text(v: unknown, name: string, most: number): string { if (typeof v !== 'string' || v.length > most) throw new TypeError(`${name}: a text of at most ${most} characters`); return v; }

export const orrery: Orrery = {
  version: 1,
  async run(line) { begin(); await input({ kind: 'command', line: text(line, 'line', 200_000) }); return state(); },
  async input(one) { begin(); await input(one); return state(); },
  async step(unit = 'message', direction = 1) { if (!UNITS.includes(unit)) throw new TypeError(`unit: one of ${UNITS.join(', ')}`); begin(); await stepBy(unit, direction === -1 ? -1 : 1); return state(); },
  async seek(where) { begin(); await goTo({ at: whole(where?.at, 'at'), event: whole(where?.event, 'event'), record: whole(where?.record, 'record') }); return state(); },
  state,
  link: async () => (await import('../share/link.ts')).makeLink({ title: '', note: '', selection: true, look: false }),
  async object(ref) { const o = await engine().call('object', { ref: { apiVersion: text(ref?.apiVersion, 'apiVersion', 300), kind: text(ref?.kind, 'kind', 300), namespace: text(ref?.namespace ?? '', 'namespace', 300), name: text(ref?.name, 'name', 300) } }); return o.exists ? { yaml: o.yaml, history: o.history } : null; },
  document: () => engine().call('document', {}),
  async open(document) { begin(); await openDocument({ scenario: text(document?.scenario ?? '', 'scenario', 200_000), seed: whole(document?.seed ?? 1, 'seed') ?? 1, inputs: Array.isArray(document?.inputs) ? document.inputs : [], ...(document?.moment ? { moment: document.moment } : {}), ...(document?.lesson ? { lesson: document.lesson } : {}) }, {}); return state(); },
};
const METHODS: readonly (keyof Orrery)[] = ['run', 'input', 'step', 'seek', 'state', 'link', 'object', 'document', 'open'];

export function startEmbedding(): void {
  Object.defineProperty(window, 'orrery', { value: Object.freeze(orrery), configurable: false });
  if (atTopLevel) return;
  addEventListener('message', (e: MessageEvent) => {
    const m = e.data as { orrery?: unknown; id?: unknown; method?: unknown; params?: unknown } | null;
    if (e.source !== window.parent || typeof m !== 'object' || m === null || m.orrery !== 1) return;
    const target = e.origin === 'null' ? '*' : e.origin, id = typeof m.id === 'number' || typeof m.id === 'string' ? m.id : 0;
    const answer = (body: Record<string, unknown>): void => window.parent.postMessage({ orrery: 1, id, ...body }, target);
    const method = METHODS.find((name) => name === m.method);
    if (!method) { answer({ error: `unknown method; there are ${METHODS.join(', ')}` }); return; }
    const call = orrery[method] as (...args: unknown[]) => unknown;
    Promise.resolve().then(() => call(...(Array.isArray(m.params) ? m.params : []))).then((result) => answer({ result }), (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }));
  });
  window.parent.postMessage({ orrery: 1, ready: true }, '*');
}
