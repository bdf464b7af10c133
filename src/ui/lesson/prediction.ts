// The prediction of the lesson's seventh step: open while the reader may still choose, graded by the cycle the engine recorded.
import { create } from 'zustand';
import type { CycleView } from '../../protocol/protocol.ts';
import { useAnswer } from '../stores/ask.ts';
import { useClock } from '../stores/clock.ts';
import { useSession } from '../stores/session.ts';

/** The node chosen for the cycle of a record; '' while nothing was chosen. Kept while the page lives, so that going back does not ask again. */
const useChoice = create<{ chosen: ReadonlyMap<number, string> }>(() => ({ chosen: new Map() }));
export const choose = (record: number, node: string): void => { const { chosen } = useChoice.getState(); if (!chosen.has(record)) useChoice.setState({ chosen: new Map([...chosen, [record, node]]) }); };

/** More nodes than this are not asked about. */
const MOST = 6;
/** The record of the step's cycle, or -1: only while the lesson's own step is looked at, and never while it plays. */
export function useAsked(): number {
  const at = useSession((s) => (s.step === 7 && s.caption?.id === 'lesson.create-deployment.schedule' && Number(s.caption.values.feasible ?? 0) > 0 ? s.caption.record : -1)), still = useClock((s) => s.mode !== 'playing' && s.heading === 7);
  return still ? at : -1;
}
export interface Prediction { record: number; cycle: CycleView; answer: string }
export function usePrediction(): Prediction | null {
  const record = useAsked(), cycle = useAnswer('cycle', record >= 0 ? { record } : null), answer = useChoice((s) => s.chosen.get(record) ?? '');
  return record >= 0 && cycle !== null && cycle.chosen !== '' && cycle.nodes.length > 1 && cycle.nodes.length <= MOST ? { record, cycle, answer } : null;
}
/** What the engine says to an answer. The plugin is the one that set the two nodes furthest apart. */
export function grade(cycle: CycleView, answer: string): { key: 'pred.right' | 'pred.tie' | 'pred.wrong'; values: Record<string, string | number> } {
  const won = cycle.nodes.find((n) => n.name === cycle.chosen), mine = cycle.nodes.find((n) => n.name === answer);
  if (!won || !mine || won === mine) return { key: 'pred.right', values: { node: cycle.chosen, total: won?.total ?? 0 } };
  if (won.total === mine.total) return { key: 'pred.tie', values: { node: won.name, total: won.total } };
  let plugin = '', most = -Infinity;
  for (const s of won.scores) { const other = mine.scores.find((o) => o.plugin === s.plugin), d = (s.normalized - (other?.normalized ?? 0)) * s.weight; if (d > most) { most = d; plugin = s.plugin; } }
  return { key: 'pred.wrong', values: { node: won.name, total: won.total, other: mine.total, plugin } };
}
