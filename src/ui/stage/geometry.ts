// The layout in force, shared by cards, strings, canvas and hit testing.
import { create } from 'zustand';
import { layout } from './layout.ts';
import type { Layout } from './layout.ts';
import { ways } from './ways.ts';
import type { Ways } from './ways.ts';

export interface Geometry { layout: Layout; ways: Ways }
const make = (width: number, height: number, nodes: readonly string[], focus: Layout['focus']): Geometry => { const l = layout({ width, height, nodes, focus }); return { layout: l, ways: ways(l) }; };
export const useGeometry = create<Geometry>(() => make(1440, 700, ['node-1', 'node-2', 'node-3'], 'none'));
/** Recomputes the layout for a room; nothing happens if nothing changed. */
export function fit(width: number, height: number, nodes: readonly string[], focus: Layout['focus']): void {
  const l = useGeometry.getState().layout;
  if (width < 2 || height < 2) return;
  if (l.w === width && Math.abs(l.h - height) < 0.5 && l.focus === focus && l.nodes.length === nodes.length && l.nodes.every((n, i) => n.name === nodes[i])) return;
  useGeometry.setState(make(width, height, nodes, focus));
}
