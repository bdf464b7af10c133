// Panels that are loaded when they are first opened. Others register theirs here; each is a default-exported component in its own chunk.
import { lazy, Suspense } from 'react';
import type { ComponentType, JSX, LazyExoticComponent } from 'react';
import { create } from 'zustand';
import { wantPanels } from '../stores/view.ts';

export type SlotName = 'inspector' | 'terminal' | 'editor' | 'share' | 'scenarios' | 'break';
type Loader = () => Promise<{ default: ComponentType }>;
const useSlots = create<Partial<Record<SlotName, LazyExoticComponent<ComponentType>>>>(() => ({}));
/** A panel with its words: neither is shown without the other. */
export const worded = <P,>(load: () => Promise<{ default: ComponentType<P> }>): LazyExoticComponent<ComponentType<P>> => lazy(() => Promise.all([load(), wantPanels()]).then(([panel]) => panel));
/** Registers the panel that fills a slot. */
export function fillSlot(name: SlotName, load: Loader): void { useSlots.setState({ [name]: worded(load) }); }
export function Slot({ name, empty }: { name: SlotName; empty: string }): JSX.Element {
  const Panel = useSlots((s) => s[name]);
  return Panel ? <Suspense fallback={<p className="slot-empty" />}><Panel /></Suspense> : <p className="slot-empty">{empty}</p>;
}
