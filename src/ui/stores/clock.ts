// The playhead. Time is story time in milliseconds; virtual time follows from the trace's map. Drawing is a function of this number and the trace alone.
import { create } from 'zustand';
import { pace } from '../stage/pace.ts';
import { toStory, toVirtual } from '../stage/story.ts';
import { nextStop, previousStop } from '../stage/stops.ts';
import type { Unit } from '../stage/stops.ts';
import { getSource, useSession } from './session.ts';
import { useView } from './view.ts';

export interface ClockState {
  /** Story milliseconds. */
  story: number;
  /** Virtual microseconds. */
  virtual: number;
  mode: 'paused' | 'playing' | 'stepping';
  /** 0 is story time; else virtual seconds per second. */
  speed: number;
  unit: Unit;
  /** Sequence number of the message being stepped, -1 while playing. */
  followed: number;
  /** The first thing was done: the page is no longer at first sight. */
  begun: boolean;
}
export const useClock = create<ClockState>(() => ({ story: 0, virtual: 0, mode: 'paused', speed: 0, unit: 'message', followed: -1, begun: false }));
type Listener = (story: number) => void;
const listeners = new Set<Listener>();
/** Called once a frame while anything moves, and after every change of the playhead. */
export function onFrame(l: Listener): () => void { listeners.add(l); return () => listeners.delete(l); }

let goal: { to: number; rate: number } | null = null, frame = 0, last = 0;
function place(story: number): void {
  const { window: w, from, to } = useSession.getState();
  if (!w) return;
  const s = Math.max(toStory(w.story, from), Math.min(story, toStory(w.story, to))), virtual = toVirtual(w.story, s);
  useClock.setState({ story: s, virtual });
  getSource()?.show(virtual, 2_000_000);
  for (const l of listeners) l(s);
}
function tick(now: number): void {
  frame = 0;
  const dt = Math.min(50, now - last), c = useClock.getState(), w = useSession.getState().window;
  last = now;
  if (!w) return;
  if (c.mode === 'stepping' && goal) {
    const d = goal.to - c.story, step = goal.rate * dt;
    if (Math.abs(d) <= Math.abs(step)) { const to = goal.to; goal = null; useClock.setState({ mode: 'paused' }); place(to); return; }
    place(c.story + step);
  } else if (c.mode === 'playing') {
    const end = toStory(w.story, useSession.getState().to), next = c.speed === 0 ? c.story + dt : toStory(w.story, c.virtual + dt * 1000 * c.speed);
    place(next);
    if (next >= end && useClock.getState().story >= end) waitAtEnd();
  } else return;
  go();
}
/** At the end of what is known the page waits for more trace; a source that has no more pauses it. */
let waitAtEnd = (): void => {};
export const setEnd = (f: () => void): void => { waitAtEnd = f; };
function go(): void { if (frame === 0) { if (last === 0) last = performance.now(); frame = requestAnimationFrame(tick); } }

export function play(): void { goal = null; useClock.setState({ mode: 'playing', followed: -1 }); last = performance.now(); go(); }
export function pause(): void { goal = null; useClock.setState({ mode: 'paused' }); place(useClock.getState().story); }
export function toggle(): void { if (useClock.getState().mode === 'playing') pause(); else play(); }
export function setSpeed(speed: number): void { useClock.setState({ speed }); }
export function setUnit(unit: Unit): void { useClock.setState({ unit }); }
export function seekStory(story: number): void { goal = null; useClock.setState({ mode: useClock.getState().mode === 'playing' ? 'playing' : 'paused', followed: -1 }); place(story); }
export function seekVirtual(virtual: number): void { const w = useSession.getState().window; if (w) seekStory(toStory(w.story, virtual)); }
/** One step on. A press while a step runs completes it at once and starts the next: presses never queue. */
export function stepForward(): void {
  const { flights, window: w } = useSession.getState();
  if (!w) return;
  if (goal) { const to = goal.to; goal = null; place(to); }
  const c = useClock.getState(), stop = nextStop(flights, w, c.story, c.unit);
  if (!stop) return;
  move(stop.to, stop.seq, pace(stop.flight, stop.to - c.story), stop.from);
}
export function stepBack(): void {
  const { flights, window: w } = useSession.getState();
  if (!w) return;
  if (goal) { const to = goal.to; goal = null; place(to); }
  const c = useClock.getState(), to = previousStop(flights, w, c.story, c.unit);
  move(to.to, to.seq, pace(to.flight, c.story - to.to) / 2.5, null);
}
function move(to: number, seq: number, ms: number, from: number | null): void {
  const c = useClock.getState();
  useClock.setState({ mode: 'stepping', followed: seq, begun: true });
  // what is between here and the step's beginning is quiet: it is passed at once
  if (from !== null && from > c.story) place(from);
  const start = useClock.getState().story;
  if (useView.getState().reduced || ms <= 0) { useClock.setState({ mode: 'paused' }); place(useView.getState().reduced ? to - Math.min(1, Math.abs(to - start) / 2) : to); return; }
  goal = { to, rate: (to - start) / ms };
  last = performance.now(); go();
}
export const refresh = (): void => place(useClock.getState().story);
export const begin = (): void => { useClock.setState({ begun: true }); };
