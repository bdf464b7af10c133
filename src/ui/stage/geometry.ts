// The layout in force, shared by cards, strings, canvas and hit testing.
import { create } from 'zustand';
import { useView } from '../stores/view.ts';
import { layout } from './layout.ts';
import type { Layout } from './layout.ts';
import { ways } from './ways.ts';
import type { Ways } from './ways.ts';

export interface Geometry { layout: Layout; ways: Ways }
const of = (l: Layout): Geometry => ({ layout: l, ways: ways(l) });
export const useGeometry = create<Geometry>(() => of(layout({ width: 1440, height: 700, nodes: ['node-1', 'node-2', 'node-3'], focus: 'none' })));

/** Where things are going to stand: a move may be on its way there. */
let goal: Layout = useGeometry.getState().layout, shown = false;
let glide: typeof import('./glide.ts').glide | null = null;
/** Recomputes the layout for a room; nothing happens if nothing changed. What opens pushes the others aside in 220 ms; a dragged edge is followed at once. */
export function fit(width: number, height: number, nodes: readonly string[], focus: Layout['focus']): void {
  if (width < 2 || height < 2) return;
  if (goal.w === width && Math.abs(goal.h - height) < 0.5 && goal.focus === focus && goal.nodes.length === nodes.length && goal.nodes.every((n, i) => n.name === nodes[i])) return;
  const from = useGeometry.getState().layout, to = layout({ width, height, nodes, focus }), same = from.nodes.length === to.nodes.length && from.compact === to.compact && to.nodeLevel < 2;
  const opened = goal.focus !== focus || Math.abs(goal.w - width) > 150 || Math.abs(goal.h - height) > 60;
  goal = to;
  if (shown && glide && same && opened && !useView.getState().reduced && nodes.length <= 12) glide((k) => { if (goal === to) useGeometry.setState(of(k >= 1 ? to : between(from, to, k))); });
  else useGeometry.setState(of(to));
  if (!shown) { shown = true; setTimeout(() => { void import('./glide.ts').then((m) => { glide = m.glide; }); }, 2500); }
}
/** Levels and counts are those of the goal: only places and sizes move. */
const FIXED: ReadonlySet<string> = new Set(['level', 'cols', 'nodeLevel']);
export function between<T>(a: T, b: T, k: number, key = ''): T {
  if (typeof b === 'number') return (typeof a === 'number' && !FIXED.has(key) ? a + (b - a) * k : b) as T;
  if (Array.isArray(b)) return b.map((x, i) => between((a as unknown[])[i], x, k)) as T;
  if (b !== null && typeof b === 'object') { const out: Record<string, unknown> = {}; for (const [f, v] of Object.entries(b)) out[f] = between((a as Record<string, unknown> | null | undefined)?.[f], v, k, f); return out as T; }
  return b;
}
