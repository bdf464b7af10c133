/**
 * A controller's memory of its own last writes: it does not sync an object before its caches have seen them.
 *
 * Upstream: pkg/controller/util/consistency/consistency.go
 */
import type { Gvr, ProcessContext } from '../client-go/types.ts';

interface Written { readonly uid: string; readonly versions: Readonly<Record<Gvr, number>> }

/** `cell`: the journalled cell that holds owner key -> newest versions written. */
export class ConsistencyStore {
  readonly cell: string;
  constructor(cell: string) {
    this.cell = cell;
  }

  wroteAt(p: ProcessContext, owner: string, uid: string, gvr: Gvr, resourceVersion: string): void {
    const store = p.cell<Written>(this.cell);
    const version = Number(resourceVersion);
    // Seen already: nothing to wait for, nothing to journal.
    if (Number(p.informer(gvr).lastSyncResourceVersion()) >= version) return;
    const have = store.get(owner);
    const versions = have?.uid === uid ? have.versions : {};
    if ((versions[gvr] ?? 0) >= version) return;
    store.set(owner, { uid, versions: { ...versions, [gvr]: version } });
  }

  clear(p: ProcessContext, owner: string, uid?: string): void {
    const store = p.cell<Written>(this.cell);
    const have = store.get(owner);
    if (have !== undefined && (uid === undefined || have.uid === uid)) store.delete(owner);
  }

  /** False as long as a cache is behind a write; forgets the writes once all caches have caught up. */
  ready(p: ProcessContext, owner: string): boolean {
    const have = p.cell<Written>(this.cell).get(owner);
    if (have === undefined) return true;
    for (const gvr of Object.keys(have.versions).sort()) {
      const read = p.informer(gvr).lastSyncResourceVersion();
      if (read !== '' && have.versions[gvr]! > Number(read)) return false;
    }
    this.clear(p, owner);
    return true;
  }
}
