// The playhead. Time is story time in milliseconds; virtual time follows from the trace's map. Drawing is a function of this number and the trace alone.
import { create } from 'zustand';
import { drawn } from '../stage/flights.ts';
import type { Drawn } from '../stage/flights.ts';
import { pace } from '../stage/pace.ts';
import { toStory, toVirtual } from '../stage/story.ts';
import { nextStop, previousStop } from '../stage/stops.ts';
import type { Unit } from '../stage/stops.ts';
import type { TraceWindow } from '../../protocol/stage.ts';
import { getSource, setWindow, useSession } from './session.ts';
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
  /** The message a lesson's step is about, -1 outside the lesson. */
  spot: number;
  /** The lesson's step that is being gone to or looked at, -1 outside the lesson: the stage makes room for it before anything moves. */
  heading: number;
  /** The first thing was done: the page is no longer at first sight. */
  begun: boolean;
}
export const useClock = create<ClockState>(() => ({ story: 0, virtual: 0, mode: 'paused', speed: 0, unit: 'lesson', followed: -1, spot: -1, heading: -1, begun: false }));
type Listener = (story: number) => void;
const listeners = new Set<Listener>();
/** Called once a frame while anything moves, and after every change of the playhead. */
export function onFrame(l: Listener): () => void { listeners.add(l); return () => listeners.delete(l); }

/** The playhead is where no trace is known yet: it stands until the window is there. */
let waiting = false;
let asking = false;
let goal: { to: number; rate: number } | null = null, frame = 0, last = 0, hurry = 1;
function place(story: number): void {
  waiting = false;
  const { window: w, from, to, map } = useSession.getState();
  if (!w) return;
  const s = Math.max(toStory(map, from), Math.min(story, toStory(map, to))), virtual = toVirtual(map, s), speed = useClock.getState().speed;
  useClock.setState({ story: s, virtual });
  getSource()?.show(Math.floor(virtual + 0.001), 3_000_000 * Math.max(1, speed));
  for (const l of listeners) l(s);
}
function tick(now: number): void {
  frame = 0;
  const dt = Math.min(50, now - last), c = useClock.getState(), { map, to, window: w } = useSession.getState();
  last = now;
  if (!w) return;
  if (waiting) { go(); return; }
  if (c.mode === 'stepping' && goal) {
    const d = goal.to - c.story, step = goal.rate * dt;
    if (Math.abs(d) <= Math.abs(step)) { const to = goal.to; goal = null; useClock.setState({ mode: 'paused' }); place(to); return; }
    place(c.story + step);
  } else if (c.mode === 'playing') {
    place(Math.min(c.story + dt * (c.speed === 0 ? hurry : 1), toStory(map, to)));
  } else return;
  go();
}
function go(): void { if (frame === 0) { if (last === 0) last = performance.now(); frame = requestAnimationFrame(tick); } }

/** A real speed is for playing. What stands or is stepped is drawn in story time: only what is truly in flight then flies. */
export const drawSpeed = (): number => (useClock.getState().mode === 'playing' ? useClock.getState().speed : 0);
let drawnAt = 0;
function redraw(): void { const { window: w, from, to } = useSession.getState(); if (w && drawnAt !== drawSpeed()) newWindow(w, from, to); }
function stand(): void { if (useClock.getState().mode === 'playing') { useClock.setState({ mode: 'paused' }); redraw(); } }
export function play(): void { goal = null; useClock.setState({ mode: 'playing', followed: -1, spot: -1, heading: -1 }); redraw(); last = performance.now(); go(); }
export function pause(): void { goal = null; useClock.setState({ mode: 'paused' }); redraw(); place(useClock.getState().story); }
/** What a user asked for is to happen: a clock that stands is set going. */
export function letHappen(): void { if (useClock.getState().mode === 'paused') play(); }
/** Story time passes so many times as fast while somebody waits for an answer. */
export function setHurry(times: number): void { hurry = times; }
export function toggle(): void { if (useClock.getState().mode === 'playing') pause(); else play(); }
export function setSpeed(speed: number): void { useClock.setState({ speed }); redraw(); }
/** A new stretch of trace: the playhead stays at its virtual time, a running step goes on to where it was going. */
export function newWindow(w: TraceWindow, from: number, to: number, ready?: Drawn): void {
  const { virtual, story } = useClock.getState(), speed = drawSpeed(), old = useSession.getState().map, goalAt = goal ? toVirtual(old, goal.to) : 0;
  // the speed may have been changed while it was made ready
  drawnAt = speed;
  setWindow(w, from, to, ready?.speed === speed ? ready : drawn(w, from, to, speed));
  const map = useSession.getState().map, here = toStory(map, Math.max(from, Math.min(to, virtual)));
  if (goal) { const left = Math.abs(goal.to - story) / Math.max(1e-9, Math.abs(goal.rate)), target = toStory(map, goalAt); goal = { to: target, rate: (target - here) / Math.max(1, left) }; }
  if (virtual >= from && virtual <= to) waiting = false;
  useClock.setState({ story: here });
  for (const l of listeners) l(here);
}
export function setUnit(unit: Unit): void { useClock.setState({ unit }); }
export function seekStory(story: number): void { goal = null; useClock.setState({ mode: useClock.getState().mode === 'playing' ? 'playing' : 'paused', followed: -1, spot: -1, heading: -1 }); place(story); }
/** Goes to a virtual time; outside the known stretch the source fetches it first. */
export function seekVirtual(virtual: number): void {
  const { from, to, map } = useSession.getState();
  if (virtual >= from && virtual <= to) { seekStory(toStory(map, virtual)); return; }
  goal = null; waiting = true;
  useClock.setState({ virtual, followed: -1, spot: -1, heading: -1, mode: useClock.getState().mode === 'playing' ? 'playing' : 'paused' });
  getSource()?.show(Math.floor(virtual), 3_000_000);
}
/** Completes a running step at once. */
export function finish(): void { if (goal) { const to = goal.to; goal = null; useClock.setState({ mode: 'paused' }); place(to); } }
/** One step on. A press while a step runs completes it at once and starts the next: presses never queue. */
export function stepForward(as?: Unit): void {
  stand();
  const { offer } = useSession.getState(), { begun, unit: by } = useClock.getState();
  // before anything was done, the lesson's first step is its command
  if (!begun && offer !== '' && (as ?? by) === 'lesson') { const run = document.querySelector<HTMLButtonElement>('.you-run'); if (run) run.click(); else { begin(); getSource()?.run(offer); } return; }
  const { flights, window: w, map } = useSession.getState();
  if (!w) return;
  if (goal) { const to = goal.to; goal = null; place(to); }
  const c = useClock.getState(), unit = as ?? c.unit;
  if (unit === 'lesson') { useClock.setState({ mode: 'paused', begun: true }); getSource()?.lesson(1); return; }
  const stop = nextStop(flights, w, map, c.story, unit);
  if (!stop) { if (!asking) { asking = true; void getSource()?.more().then((more) => { asking = false; if (more) stepForward(as); }); } return; }
  move(stop.to, stop.seq, pace(stop.flight, stop.to - c.story), stop.from);
}
export function stepBack(): void {
  stand();
  const { flights, window: w, map } = useSession.getState();
  if (!w) return;
  if (goal) { const to = goal.to; goal = null; place(to); }
  const c = useClock.getState();
  if (c.unit === 'lesson') { useClock.setState({ mode: 'paused' }); getSource()?.lesson(-1); return; }
  const to = previousStop(flights, w, map, c.story, c.unit);
  move(to.to, to.seq, pace(to.flight, c.story - to.to) / 2.5, null);
}
function move(to: number, seq: number, ms: number, from: number | null): void {
  const c = useClock.getState();
  useClock.setState({ mode: 'stepping', followed: seq, spot: -1, heading: -1, begun: true });
  // what is between here and the step's beginning is quiet: it is passed at once
  if (from !== null && from > c.story) place(from);
  const start = useClock.getState().story;
  if (useView.getState().reduced || ms <= 0) { useClock.setState({ mode: 'paused' }); place(useView.getState().reduced ? to - Math.min(1, Math.abs(to - start) / 2) : to); return; }
  goal = { to, rate: (to - start) / ms };
  last = performance.now(); go();
}
/** Runs to a moment inside the window as a step does: through all that happens between, in at most six seconds. `spot`: the message it is about. */
export function runToStory(to: number, spot = -1, heading = -1): void {
  const here = useClock.getState().story, d = to - here;
  useClock.setState({ mode: 'stepping', followed: -1, spot, heading, begun: true });
  if (useView.getState().reduced || Math.abs(d) < 1) { goal = null; useClock.setState({ mode: 'paused' }); place(to); return; }
  goal = { to, rate: d < 0 ? Math.min(-2.5, d / 2500) : Math.max(1, d / 6000) };
  last = performance.now(); go();
}
export const refresh = (): void => place(useClock.getState().story);
export const begin = (): void => { useClock.setState({ begun: true }); };
