/**
 * A journalled map: the only place where anything in the cluster is kept. Values are plain and immutable; a write replaces
 * a reference and leaves one journal entry. Iteration is always in key order, because the order of a raw Map after undo is
 * not the order it had before.
 */
import { SortedKeys, prefixEnd } from '../base/sorted-keys.ts';
import type { Journal } from './journal.ts';
import type { Cell } from './types.ts';

/** Where a container's writes go; null while the journal is off. Shared by all containers of a simulator. */
export interface JournalSlot { journal: Journal | null }

export class Container<V> implements Cell<V> {
  protected readonly map = new Map<string, V>();
  private readonly sorted: SortedKeys | null;

  constructor(readonly index: number, readonly owner: string, readonly name: string, readonly durable: boolean, ordered: boolean, protected readonly slot: JournalSlot) {
    this.sorted = ordered ? new SortedKeys() : null;
  }

  get size(): number {
    return this.map.size;
  }

  get(key: string): V | undefined {
    return this.map.get(key);
  }

  has(key: string): boolean {
    return this.map.has(key);
  }

  set(key: string, value: V): void {
    const old = this.map.get(key);
    if (old === value && value !== undefined) return;
    this.slot.journal?.append(this.index, key, old, value);
    this.apply(key, value);
  }

  delete(key: string): void {
    const old = this.map.get(key);
    if (old === undefined) return;
    this.slot.journal?.append(this.index, key, old, undefined);
    this.apply(key, undefined);
  }

  keys(): readonly string[] {
    return this.sorted ? this.sorted.all() : [...this.map.keys()].sort();
  }

  range(from: string, to?: string, limit?: number): string[] {
    if (this.sorted) return this.sorted.range(from, to, limit);
    const keys = this.keys().filter((key) => key >= from && (to === undefined || key < to));
    return limit === undefined ? keys : keys.slice(0, limit);
  }

  prefix(prefix: string): string[] {
    return this.range(prefix, prefixEnd(prefix));
  }

  /** Sets (or with undefined removes) without a journal entry: for undo, redo and restoring. */
  apply(name: string | number, value: unknown): void {
    const key = name as string;
    if (value === undefined) {
      if (this.map.delete(key)) this.sorted?.delete(key);
    } else {
      if (this.sorted !== null) {
        const before = this.map.size;
        this.map.set(key, value as V);
        if (this.map.size !== before) this.sorted.add(key);
      } else {
        this.map.set(key, value as V);
      }
    }
  }

  /** A shallow copy of the content, values shared. */
  copy(): ReadonlyMap<string | number, V> {
    return new Map(this.map);
  }

  /** Replaces the content without a journal entry. */
  restore(content: ReadonlyMap<string | number, unknown>): void {
    for (const key of [...this.map.keys()]) if (!content.has(key)) this.apply(key, undefined);
    for (const [key, value] of content) if (this.map.get(key as string) !== value) this.apply(key, value);
  }
}
