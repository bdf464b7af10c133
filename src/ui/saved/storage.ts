// Saved work: documents (inputs, not states) in IndexedDB, each under a Web Lock while a tab works on it. In a frame nothing is stored.
import type { RunDocument } from '../../protocol/protocol.ts';
import { atTopLevel } from '../stores/view.ts';

export interface Saved { id: string; title: string; document: RunDocument; /** Where the cursor stood: events from the start. */ event: number; at: number; changed: number }
const DATABASE = 'kube-orrery', STORE = 'runs';
let opened: Promise<IDBDatabase> | null = null;
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    if (!atTopLevel) { reject(new Error('framed')); return; }
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => { asked.result.createObjectStore(STORE, { keyPath: 'id' }); };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error('denied'));
    asked.onblocked = () => reject(new Error('blocked'));
  });
  return opened;
}
async function request<R>(mode: IDBTransactionMode, ask: (s: IDBObjectStore) => IDBRequest<R>): Promise<R> {
  const db = await database();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(STORE, mode, { durability: 'strict' }), asked = ask(tx.objectStore(STORE));
    tx.oncomplete = () => resolve(asked.result);
    tx.onerror = tx.onabort = () => reject(tx.error ?? new Error('not stored'));
  });
}
export const put = (run: Saved): Promise<unknown> => request('readwrite', (s) => s.put(run));
export const remove = (id: string): Promise<unknown> => request('readwrite', (s) => s.delete(id));
/** Newest first. What does not look like a run is left alone and not shown. */
export async function list(): Promise<Saved[]> {
  const all = (await request('readonly', (s) => s.getAll())) as unknown[];
  return all.filter(isSaved).sort((a, b) => b.changed - a.changed);
}
function isSaved(v: unknown): v is Saved {
  const s = v as Saved | null;
  return typeof s === 'object' && s !== null && typeof s.id === 'string' && typeof s.title === 'string' && typeof s.event === 'number' && typeof s.document?.scenario === 'string' && Array.isArray(s.document.inputs);
}
/** Takes a run for this tab as long as it lives. False: another tab works on it. */
export function hold(id: string): Promise<boolean> {
  if (!('locks' in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(`kube-orrery/${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>((free) => { held.set(id, free); });
    }).catch(() => resolve(true));
  });
}
const held = new Map<string, () => void>();
export function release(id: string): void { held.get(id)?.(); held.delete(id); }
