// Where stepping stops: at the arrival of a message, at a gate, at a write. Read from the trace, so a step back returns to the same moments.
import { firstFrom } from './flights.ts';
import type { Flight, Flights } from './flights.ts';
import type { StoryMap, TraceWindow } from '../../protocol/stage.ts';
import { toStory } from './story.ts';

export type Unit = 'message' | 'gate' | 'write' | 'lesson';
export interface Stop { to: number; /** Where the step's own movement begins; what lies before is quiet. */ from: number; seq: number; flight: Flight | null }
const EPS = 0.5;

/** Instants of one flight at which a step of this unit ends. A fan-out of one event ends as one. */
function ends(f: Flight, unit: Unit): number[] {
  if (unit === 'gate' && f.gates) return f.gates[f.gates.length - 1] - f.t0 >= 2 ? [...f.gates] : f.gates.map((_, i) => f.t0 + ((f.t1 - f.t0) * (i + 1)) / (f.gates as readonly number[]).length);
  return [f.t1];
}
export function nextStop(flights: Flights, w: TraceWindow, map: StoryMap, t: number, unit: Unit): Stop | null {
  if (unit === 'write') return nextWrite(flights, w, map, t);
  let best: Stop | null = null;
  for (let i = firstFrom(flights, t - flights.longest); i < flights.list.length; i++) {
    const f = flights.list[i];
    if (best && f.t0 > best.to) break;
    for (const e of ends(f, unit)) if (e > t + EPS && (best === null || e < best.to)) best = { to: e, from: Math.min(f.t0, e), seq: f.seq, flight: f };
  }
  if (!best) return null;
  return { ...best, from: Math.max(t, Math.min(best.from, earliestActive(flights, t, best))) };
}
/** If other messages are already on their way, nothing may be skipped. */
function earliestActive(flights: Flights, t: number, stop: Stop): number {
  for (let i = firstFrom(flights, t - flights.longest); i < flights.list.length && flights.list[i].t0 < stop.from; i++) if (flights.list[i].t1 > t + EPS) return Math.max(t, flights.list[i].t0);
  return stop.from;
}
export function previousStop(flights: Flights, w: TraceWindow, map: StoryMap, t: number, unit: Unit): Stop {
  const start = map.story[0] ?? 0;
  if (unit === 'write') { let to = start; for (let i = 0; i < w.writes.count; i++) { const s = toStory(map, w.writes.at[i]); if (s < t - EPS) to = s; else break; } return { to, from: to, seq: -1, flight: null }; }
  let to = start, flight: Flight | null = null;
  for (let i = Math.min(flights.list.length - 1, firstFrom(flights, t)); i >= 0; i--) {
    const f = flights.list[i];
    if (f.t0 < to - flights.longest && to > start) break;
    for (const e of ends(f, unit)) if (e < t - EPS && e > to) { to = e; flight = f; }
  }
  return { to, from: to, seq: flight?.seq ?? -1, flight };
}
function nextWrite(flights: Flights, w: TraceWindow, map: StoryMap, t: number): Stop | null {
  for (let i = 0; i < w.writes.count; i++) {
    const s = toStory(map, w.writes.at[i]);
    if (s > t + EPS) { const f = flights.list.find((x) => x.way === 'in>etcd' && Math.abs(x.t1 - s) < 30) ?? null; return { to: s, from: f ? Math.max(t, f.t0 - 400) : t, seq: f?.seq ?? -1, flight: f }; }
  }
  return null;
}
