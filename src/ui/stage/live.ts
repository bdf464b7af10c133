// What the frame loop changes on the cards: gates, lit pills, the cache's pill. Set only when it differs, so that cards are drawn again a few times a second at most.
import { create } from 'zustand';
import type { Kind } from '../../protocol/stage.ts';
import type { GateState, Picture } from './picture.ts';

export interface LiveState { gates: readonly GateState[]; cache: number; lit: ReadonlyMap<string, Kind>; hot: number; inFlight: number }
export const SHUT: readonly GateState[] = Array<GateState>(9).fill('shut');
export const useLive = create<LiveState>(() => ({ gates: SHUT, cache: -1, lit: new Map(), hot: 0, inFlight: 0 }));

const sameMap = (a: ReadonlyMap<string, Kind>, b: ReadonlyMap<string, Kind>): boolean => { if (a.size !== b.size) return false; for (const [k, v] of a) if (b.get(k) !== v) return false; return true; };
export function setLive(p: Picture, hot: number): void {
  const s = useLive.getState(), next: Partial<LiveState> = {};
  let changed = false;
  if (p.gates.some((g, i) => g !== s.gates[i])) { next.gates = p.gates; changed = true; }
  if (p.cache !== s.cache) { next.cache = p.cache; changed = true; }
  if (!sameMap(p.lit, s.lit)) { next.lit = p.lit; changed = true; }
  if (hot !== s.hot) { next.hot = hot; changed = true; }
  if (p.inFlight !== s.inFlight) { next.inFlight = p.inFlight; changed = true; }
  if (changed) useLive.setState(next);
}
