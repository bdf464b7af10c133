// What the page knows of the run: the projection at the cursor and the stretch of trace around it. It holds no engine state; a source fills it.
import { create } from 'zustand';
import type { BranchInfo, CaptionView, Cursor, LessonView, TranscriptChunk } from '../../protocol/protocol.ts';
import type { StageProjection, StoryMap, TraceWindow } from '../../protocol/stage.ts';
import { NO_FLIGHTS } from '../stage/flights.ts';
import type { Drawn, Flights } from '../stage/flights.ts';

export interface LessonMark { step: number; at: number; id: string }
/** An error of ours (never of the cluster): one line in the caption's place. `frozen`: the picture is no longer running. */
export interface Trouble { text: string; action: string; act: () => void; frozen: boolean }
export interface SessionState {
  status: 'loading' | 'running' | 'replaying' | 'lost';
  progress: { done: number; of: number } | null;
  /** The engine's cursor for the projection shown. */
  cursor: Cursor;
  projection: StageProjection | null;
  window: TraceWindow | null;
  /** Virtual time of the window, microseconds. */
  from: number; to: number;
  /** Last virtual time the engine has recorded on this branch. */
  end: number;
  /** Time on the screen against virtual time: story time, or a real speed. */
  map: StoryMap;
  flights: Flights;
  branches: readonly BranchInfo[];
  lesson: LessonView | null;
  caption: CaptionView | null;
  transcript: readonly TranscriptChunk[];
  traceHash: number;
  /** Inputs that stand after the cursor on this line. */
  later: number;
  marks: readonly LessonMark[];
  /** Lesson step at the cursor, 1-based; 0 outside a lesson. */
  step: number; steps: number;
  /** The command that waits under the cursor in the first second; empty once anything was run. */
  offer: string;
  trouble: Trouble | null;
  /** What is open: its title, or null for the first lesson. */
  title: string | null;
}
const NO_MAP: StoryMap = { virtual: new Float64Array(0), story: new Float64Array(0) };
export const useSession = create<SessionState>(() => ({
  status: 'loading', progress: null, cursor: { branch: 0, event: 0, record: 0, at: 0 }, projection: null, window: null, from: 0, to: 0, end: 0, map: NO_MAP, flights: NO_FLIGHTS,
  branches: [], lesson: null, caption: null, transcript: [], traceHash: 0, later: 0, marks: [], step: 0, steps: 9, offer: '', trouble: null, title: null,
}));
/** Takes a new stretch of trace, made ready for drawing at some speed. */
export function setWindow(window: TraceWindow, from: number, to: number, { map, flights }: Drawn): void { useSession.setState({ window, from, to, map, flights }); }

/** What the page asks of whatever computes the cluster: the worker, or a recorded run. */
export interface Source {
  /** The page shows virtual time `at` now; the source answers by setting the projection, and sees to it that the trace is known `ahead` microseconds further. */
  show(at: number, ahead: number): void;
  /** Runs a command line at the cursor. */
  run(line: string): void;
  /** More trace is wanted than there is; resolves when there is more, false if there will be none. */
  more(): Promise<boolean>;
  /** To the next or previous step of the lesson; the source moves the playhead. */
  lesson(direction: 1 | -1): void;
}
let source: Source | null = null;
export const setSource = (s: Source): void => { source = s; };
export const getSource = (): Source | null => source;
