/**
 * A lesson: steps, each found in the trace by a predicate over its records, never by position or time. So the captions fit one
 * replica or five, a busy cluster, the user's own image. Prose stands in i18n under `lesson.<lesson>.<step>`.
 */
import type { TraceRecord } from '../trace/trace.ts';

/** What earlier steps found out: names that later predicates and captions speak of. */
export type Facts = Readonly<Record<string, string | number>>;

export interface LessonStep {
  readonly id: string;
  /** If this record begins the step: the facts it adds. Undefined: it does not. */
  readonly begins: (record: TraceRecord, facts: Facts) => Facts | undefined;
}

export interface Lesson {
  readonly id: string;
  /** The command that the first press runs; '' for a scenario of the library, which brings its own. */
  readonly command: string;
  readonly steps: readonly LessonStep[];
}

/** A step that was found: at which record and event. */
export interface StepFound { readonly id: string; readonly record: number; readonly event: number; readonly at: number; readonly facts: Facts }

/** Where a lesson stands after the records read so far. Plain data. */
export interface LessonProgress { readonly next: number; readonly facts: Facts; readonly found: readonly StepFound[]; readonly read: number }

export const NOT_BEGUN: LessonProgress = { next: 0, facts: {}, found: [], read: 0 };

/** Reads the records [progress.read, end) and returns the progress after them. */
export function readOn(lesson: Lesson, progress: LessonProgress, end: number, get: (id: number) => TraceRecord): LessonProgress {
  let { next, facts } = progress;
  const found = [...progress.found];
  for (let id = progress.read; id < end && next < lesson.steps.length; id++) {
    const record = get(id);
    const added = lesson.steps[next].begins(record, facts);
    if (!added) continue;
    facts = { ...facts, ...added };
    found.push({ id: lesson.steps[next].id, record: id, event: record.event, at: record.kind === 'send' ? record.time + record.delay : record.time, facts });
    next++;
  }
  return { next, facts, found, read: end };
}
