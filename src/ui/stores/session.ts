// What the page knows of the run: the projection at the cursor and the stretch of trace around it. It holds no engine state; a source fills it.
import { create } from 'zustand';
import { flightsOf } from '../stage/flights.ts';
import type { Flights } from '../stage/flights.ts';
import type { StageProjection, TraceWindow } from '../../protocol/stage.ts';

export interface RunInfo { id: number; label: string; forkAt: number | null; from: number; to: number }
export interface LessonMark { step: number; at: number; id: string }
export interface Trouble { text: string; action: string; act: () => void; frozen: boolean }
export interface SessionState {
  status: 'loading' | 'running' | 'replaying' | 'lost';
  progress: { done: number; of: number } | null;
  projection: StageProjection | null;
  window: TraceWindow | null;
  flights: Flights;
  /** First and last virtual time known, in microseconds. */
  from: number; to: number;
  runs: readonly RunInfo[];
  run: number;
  marks: readonly LessonMark[];
  /** Lesson step at the cursor, 1-based; 0 outside a lesson. */
  step: number; steps: number;
  /** The command that waits under the cursor in the first second; empty once anything was run. */
  offer: string;
  trouble: Trouble | null;
}
const none: Flights = { list: [], longest: 0, passages: [] };
export const useSession = create<SessionState>(() => ({ status: 'loading', progress: null, projection: null, window: null, flights: none, from: 0, to: 0, runs: [], run: 1, marks: [], step: 0, steps: 9, offer: '', trouble: null }));
export function setWindow(window: TraceWindow, from: number, to: number): void { useSession.setState({ window, flights: flightsOf(window), from, to }); }

/** What the page asks of whatever computes the cluster: the worker, or a recorded run. */
export interface Source {
  /** The page shows virtual time `at` now; the source answers by setting the projection. `ahead`: how much further the trace should be known, in microseconds. */
  show(at: number, ahead: number): void;
  /** Runs a command line at the cursor. */
  run(line: string): void;
}
let source: Source | null = null;
export const setSource = (s: Source): void => { source = s; };
export const getSource = (): Source | null => source;
