/**
 * The boundary between the page and the engine. Every request has a number and gets exactly one answer; the page keeps at most
 * one request of a kind in flight (back-pressure), newer ones replace waiting ones. Types only.
 * Versioned: `PROTOCOL` is raised whenever a shape changes; page and worker of different versions refuse each other.
 */
import type { StageProjection, TraceWindow } from './stage.ts';

export const PROTOCOL = 4;

/** A moment: a branch, the number of events performed on its line, and a record inside the last event (for stepping by gate). */
export interface Cursor { readonly branch: number; readonly event: number; readonly record: number; /** Virtual time, microseconds. */ readonly at: number }

export type Input =
  | { readonly kind: 'command'; readonly line: string }
  | { readonly kind: 'interrupt' }
  /** Writes a file of the user's workstation (the editor's content) and, with `apply`, runs `kubectl apply -f` on it. */
  | { readonly kind: 'edit'; readonly path: string; readonly text: string; readonly apply: boolean }
  | { readonly kind: 'fault'; readonly fault: 'stop' | 'start'; readonly target: string }
  | { readonly kind: 'fault'; readonly fault: 'cut' | 'heal'; readonly a: string; readonly b: string };

/** All that makes a run: kept in links and in the browser's storage. */
export interface RunDocument {
  /** Scenario text in golden's format (settings, commands …); '' is the plain cluster. */
  readonly scenario: string;
  readonly seed: number;
  readonly inputs: readonly { readonly at: number; readonly input: Input }[];
  readonly title?: string;
  /** The author's words: shown as plain text. */
  readonly note?: string;
  readonly moment?: Moment;
  readonly lesson?: string;
}

/** The n-th record that matches a predicate, plus so many events; with the hash there. */
export interface Moment { readonly anchor: string; readonly n: number; readonly offset: number; readonly at: number; readonly hash: number; readonly event: number }

export interface BranchInfo { readonly id: number; readonly parent: number; readonly forkAt: number; readonly end: number; readonly label: string }

export interface View {
  readonly cursor: Cursor;
  readonly projection: StageProjection;
  /** Events recorded on this line, and the virtual time of the last. */
  readonly end: { readonly event: number; readonly at: number };
  readonly branches: readonly BranchInfo[];
  /** The lesson's steps as far as the trace has reached them. */
  readonly lesson: LessonView | null;
  readonly caption: CaptionView;
  readonly transcript: readonly TranscriptChunk[];
  readonly traceHash: number;
  /** Inputs that stand after the cursor on this line: acting here leaves them on their own run. */
  readonly later: number;
}

export interface TranscriptChunk { readonly process: number; readonly stream: 'in' | 'out' | 'err'; readonly text: string; readonly at: number; readonly event: number }

/** A caption is an id of the i18n catalogue with values; the engine knows no prose. */
export interface CaptionView { readonly id: string; readonly values: Readonly<Record<string, string | number>>; /** Record the caption speaks of, or -1. */ readonly record: number }
export interface LessonView { readonly id: string; readonly current: number; readonly steps: readonly { readonly id: string; /** Event at which it begins; -1: not reached yet. */ readonly event: number; readonly at: number; readonly caption: CaptionView }[] }

export type StepUnit = 'message' | 'write' | 'gate' | 'step';

/** Where something stands, for links between panels. With an empty `apiVersion`, `kind` is a resource's plural name (`pods`). */
export interface ObjectRef { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string }
export interface FieldChange { readonly path: string; readonly before?: string; readonly after?: string }
export interface WriteView { readonly record: number; readonly revision: number; readonly at: number; readonly event: number; readonly actor: string; readonly manager: string; readonly verb: string; readonly changes: readonly FieldChange[]; readonly cause: number }
/** Something simpler here than in a real cluster: nobody carries the kind out, its rules are not checked, or an image has no program of its own. */
export interface Simplification { readonly reason: 'controller' | 'validation' | 'image'; readonly what: string }
export interface ObjectView { readonly ref: ObjectRef; readonly exists: boolean; readonly simplified: readonly Simplification[]; readonly yaml: string; readonly changed: readonly FieldChange[]; readonly history: readonly WriteView[]; readonly managers: readonly { readonly manager: string; readonly operation: string; readonly time: string; readonly subresource: string; readonly fields: readonly string[] }[] }

/** A message as HTTP; bodies as YAML or JSON text, cut at 64 KiB. */
export interface MessageView {
  readonly record: number; readonly type: string; readonly from: string; readonly to: string; readonly verb: string; readonly subject: string; readonly code: number;
  readonly sent: number; readonly arrives: number; readonly request: string; readonly response: string;
  readonly gates: readonly { readonly gate: string; readonly verdict: string; readonly detail: string; readonly changes: readonly FieldChange[] }[];
}
export interface CauseView { readonly record: number; readonly event: number; readonly at: number; readonly kind: string; readonly actor: string; readonly text: string; readonly object?: ObjectRef }
export interface ComponentView { readonly name: string; readonly up: boolean; readonly containers: readonly { readonly name: string; readonly size: number; readonly entries: readonly { readonly key: string; readonly value: string; readonly changed: boolean }[] }[]; readonly timers: readonly { readonly name: string; readonly at: number }[] }
/** One scheduling cycle with every verdict and number. */
export interface CycleView {
  readonly pod: string; readonly attempt: number; readonly chosen: string; readonly nodes: readonly {
    readonly name: string; readonly filters: readonly { readonly plugin: string; readonly ok: boolean; readonly reason: string }[];
    readonly scores: readonly { readonly plugin: string; readonly raw: number; readonly normalized: number; readonly weight: number }[]; readonly total: number;
  }[];
}
export interface Completion { readonly from: number; readonly items: readonly { readonly text: string; readonly detail: string }[] }

/** Method -> [parameters, answer]. */
export interface Methods {
  hello: [{ protocol: number }, { protocol: number; behaviour: number; build: string }];
  /** Starts over with a document: runs it to its moment (or its end). Long runs answer `progress` events meanwhile. */
  open: [{ document: RunDocument }, View];
  /** Runs the engine ahead of the cursor until virtual time `until` (bounded work: may return early with a smaller end). */
  ahead: [{ until: number }, { end: { event: number; at: number } }];
  /** Goes to a moment by time, event or record and shows it. */
  view: [{ at?: number; event?: number; record?: number; branch?: number }, View];
  step: [{ unit: StepUnit; direction: 1 | -1 }, View];
  input: [{ input: Input }, View];
  /** Messages, spans and writes of [from, to] in virtual microseconds, as transferred columns. */
  window: [{ from: number; to: number }, TraceWindow];
  object: [{ ref: ObjectRef }, ObjectView];
  objects: [{ kind?: string }, { refs: readonly ObjectRef[] }];
  message: [{ record: number }, MessageView];
  causes: [{ record: number }, { chain: readonly CauseView[] }];
  component: [{ name: string }, ComponentView];
  cycle: [{ record: number }, CycleView | null];
  /** The newest scheduling cycle at or before the cursor, of one Pod (`namespace/name`) if given; -1 if there is none. */
  lastCycle: [{ pod?: string }, { record: number }];
  complete: [{ line: string; cursor: number }, Completion];
  /** Cuts what was typed or pasted at the prompt into whole command lines; `rest` leaves something open and waits for more lines. */
  lines: [{ text: string }, { commands: readonly string[]; rest: string }];
  /** Structure and prose of a field for the editor: children, types, enums. */
  schema: [{ apiVersion: string; kind: string; path: readonly string[] }, { fields: readonly { name: string; type: string; required: boolean; doc: string; values: readonly string[] }[] }];
  /** Checks a manifest: errors with positions. */
  check: [{ text: string }, { errors: readonly { line: number; column: number; message: string }[] }];
  /** The document of this very line; `moment` (the default) says where the cursor stands, which costs a walk over the trace. */
  document: [{ moment?: boolean }, RunDocument];
  /** The workstation's files at the cursor. */
  files: [Record<string, never>, { files: readonly { path: string; text: string }[] }];
  /** Every process with whether it runs, and the links that are cut. */
  components: [Record<string, never>, { components: readonly { name: string; up: boolean }[]; cuts: readonly { a: string; b: string }[] }];
  cancel: [Record<string, never>, Record<string, never>];
}
export type Method = keyof Methods;

export interface RequestMessage<M extends Method = Method> { readonly id: number; readonly method: M; readonly params: Methods[M][0] }
export type AnswerMessage =
  | { readonly id: number; readonly result: unknown }
  /** `where` names the field or line; `way` says what to do. */
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string; readonly where?: string } }
  /** In microseconds of virtual time. */
  | { readonly id: number; readonly progress: { readonly done: number; readonly total: number } };
