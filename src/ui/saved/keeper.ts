// Which run this tab works on, and how it is kept: after every input the document is written before the picture shows what it did.
import { create } from 'zustand';
import type { RunDocument } from '../../protocol/protocol.ts';
import { useClock } from '../stores/clock.ts';
import { engine, onActed } from '../stores/engine.ts';
import { useSession } from '../stores/session.ts';
import { atTopLevel } from '../stores/view.ts';
import { hold, list, put, release, remove } from './storage.ts';
import type { Saved } from './storage.ts';

export interface KeeperState {
  /** The run being kept; empty while nothing was done yet, or in a frame. */
  id: string; title: string;
  runs: readonly Saved[];
  /** The browser stores nothing for us. */
  denied: boolean;
  /** Another tab works on the run this one shows; the first input makes a copy. */
  elsewhere: boolean;
}
export const useKeeper = create<KeeperState>(() => ({ id: '', title: '', runs: [], denied: false, elsewhere: false }));
/** The document as it was last answered: what is replayed when the worker is lost, stored or not. */
let last: { document: RunDocument; event: number } | null = null;
export const lastKept = (): typeof last => last;
export function remember(document: RunDocument, event: number): void { last = { document, event }; }

export async function keep(): Promise<void> {
  const document = await engine().call('document', { moment: false }), s = useSession.getState();
  last = { document, event: -1 };
  if (!atTopLevel || useKeeper.getState().denied) return;
  let { id } = useKeeper.getState();
  const { title } = useKeeper.getState();
  try {
    if (id === '') { id = crypto.randomUUID(); await hold(id); useKeeper.setState({ id, elsewhere: false }); }
    await put({ id, title: title || titleOf(document), document, event: s.cursor.event, at: s.cursor.at, changed: Date.now() });
  } catch { useKeeper.setState({ denied: true }); }
}
/** A run is called after the first thing that was done in it. */
export function titleOf(document: RunDocument): string {
  if (document.title) return document.title;
  const first = document.inputs.find((i) => i.input.kind === 'command')?.input;
  return first?.kind === 'command' ? first.line.slice(0, 80) : '';
}
export async function refreshRuns(): Promise<readonly Saved[]> {
  if (!atTopLevel) return [];
  try { const runs = await list(); useKeeper.setState({ runs }); return runs; } catch { useKeeper.setState({ denied: true }); return []; }
}
/** Takes a saved run for this tab, or says that another one has it. */
export async function take(run: Saved): Promise<void> {
  leave();
  const mine = await hold(run.id);
  useKeeper.setState(mine ? { id: run.id, title: run.title, elsewhere: false } : { id: '', title: run.title, elsewhere: true });
}
/** From here on something else is worked on; what was kept stays kept. */
export function leave(title = ''): void { const { id } = useKeeper.getState(); if (id !== '') release(id); useKeeper.setState({ id: '', title, elsewhere: false }); }
export async function forget(id: string): Promise<void> { await remove(id); await refreshRuns(); }
let soon = 0;
/** Every input at once; where one stands in the run, a moment after one came to rest there. */
export function startKeeping(): void {
  onActed(keep);
  useSession.subscribe((s, before) => {
    if (s.cursor === before.cursor || useKeeper.getState().id === '') return;
    clearTimeout(soon);
    if (useClock.getState().mode === 'paused') soon = window.setTimeout(() => void keep(), 300);
  });
  useClock.subscribe((s, before) => {
    if (s.mode !== 'paused' || before.mode === 'paused' || useKeeper.getState().id === '') return;
    clearTimeout(soon);
    soon = window.setTimeout(() => void keep(), 300);
  });
}
