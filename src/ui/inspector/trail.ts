// The way one came along the chain of causes: each moment that was left can be gone back to.
import { create } from 'zustand';
import { goTo } from '../stores/engine.ts';
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';
import { select, useView } from '../stores/view.ts';
import type { Selection } from '../stores/view.ts';

interface Left { branch: number; at: number; selection: Selection }
export const useTrail = create<{ left: readonly Left[] }>(() => ({ left: [] }));
/** Goes to a cause; where one was is kept, the last twenty. */
export function follow(record: number): void {
  const left: Left = { branch: useSession.getState().cursor.branch, at: Math.floor(useClock.getState().virtual), selection: useView.getState().selection };
  useTrail.setState((s) => ({ left: [...s.left, left].slice(-20) }));
  void goTo({ record });
}
/** Back to the moment, and to what was looked at there. */
export function back(): void {
  const { left } = useTrail.getState(), last = left.at(-1);
  if (!last) return;
  useTrail.setState({ left: left.slice(0, -1) });
  select(last.selection);
  void goTo({ branch: last.branch, at: last.at });
}
// another run is open: what was left is not in it
useSession.subscribe((s) => { if (s.status === 'loading' && useTrail.getState().left.length > 0) useTrail.setState({ left: [] }); });
