/**
 * What a controller has asked for and not yet seen in its cache, by the controller object's key.
 *
 * Upstream: pkg/controller/controller_utils.go (ControllerExpectations, UIDTrackingControllerExpectations)
 */
import type { Cell, Micros } from '../../sim/types.ts';
import type { ProcessContext } from '../client-go/types.ts';

interface Expectation {
  readonly adds: number;
  readonly dels: number;
  readonly at: Micros;
  /** Keys of the pods whose deletion is awaited. */
  readonly deleting: readonly string[];
}

const timeout = 5 * 60_000_000;

/** `cell` is the name of the journalled cell that holds them; the object itself has no state. */
export class Expectations {
  readonly cell: string;
  constructor(cell: string) {
    this.cell = cell;
  }

  private in(p: ProcessContext): Cell<Expectation> {
    return p.cell<Expectation>(this.cell);
  }

  satisfied(p: ProcessContext, key: string): boolean {
    const e = this.in(p).get(key);
    return e === undefined || (e.adds <= 0 && e.dels <= 0) || p.now - e.at > timeout;
  }

  set(p: ProcessContext, key: string, adds: number, dels: number, deleting: readonly string[] = []): void {
    this.in(p).set(key, { adds, dels, at: p.now, deleting });
  }

  expectCreations(p: ProcessContext, key: string, adds: number): void {
    this.set(p, key, adds, 0);
  }

  /** Deletions seen twice (a graceful one, then the end) count once, by the pods' keys. */
  expectDeletions(p: ProcessContext, key: string, deleting: readonly string[]): void {
    this.set(p, key, 0, deleting.length, deleting);
  }

  /** Fulfilled expectations stay as they are: below zero means the same as zero, and saves a journal entry for every later pod. */
  creationObserved(p: ProcessContext, key: string, count = 1): void {
    const e = this.in(p).get(key);
    if (e !== undefined && e.adds > 0) this.in(p).set(key, { ...e, adds: e.adds - count });
  }

  deletionObserved(p: ProcessContext, key: string, podKey: string): void {
    const e = this.in(p).get(key);
    if (e === undefined || !e.deleting.includes(podKey)) return;
    this.in(p).set(key, { ...e, dels: e.dels - 1, deleting: e.deleting.filter((k) => k !== podKey) });
  }

  /** For controllers that count deletions without keys (daemon sets, jobs count by UID all the same). */
  lower(p: ProcessContext, key: string, adds: number, dels: number): void {
    const e = this.in(p).get(key);
    if (e === undefined || (e.adds <= 0 && e.dels <= 0)) return;
    this.in(p).set(key, { ...e, adds: e.adds - adds, dels: e.dels - dels });
  }

  delete(p: ProcessContext, key: string): void {
    if (this.in(p).has(key)) this.in(p).delete(key);
  }
}
