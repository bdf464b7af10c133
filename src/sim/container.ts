/**
 * A journalled map: the only place where anything in the cluster is kept. Values are plain and immutable; a write replaces
 * a reference and leaves one journal entry. Iteration is always in key order, because the order of a raw Map after undo is
 * not the order it had before.
 */
import { SortedKeys, prefixEnd } from '../base/sorted-keys.ts';
import type { Journal } from './journal.ts';
import type { Net } from './net.ts';
import type { Cell } from './types.ts';

/** Where a container's writes go; null while the journal is off. Shared by all containers of a simulator. */
export interface JournalSlot { journal: Journal | null }

/** A part of a net not yet applied. */
interface Owed { readonly net: Net; readonly part: number; readonly backwards: boolean }

/** Parts that may be owed: beyond that, catching up would cost more than it spares. */
const MOST_OWED = 256;

export class Container<V> implements Cell<V> {
  protected readonly map = new Map<string, V>();
  private readonly sorted: SortedKeys | null;
  /** Where journeys through history led without this container: it follows when it is next read or written. */
  protected owed: Owed[] | null = null;

  constructor(readonly index: number, readonly owner: string, readonly name: string, readonly durable: boolean, ordered: boolean, protected readonly slot: JournalSlot) {
    this.sorted = ordered ? new SortedKeys() : null;
  }

  get size(): number {
    if (this.owed !== null) this.settle();
    return this.map.size;
  }

  get(key: string): V | undefined {
    if (this.owed !== null) this.settle();
    return this.map.get(key);
  }

  has(key: string): boolean {
    if (this.owed !== null) this.settle();
    return this.map.has(key);
  }

  set(key: string, value: V): void {
    if (this.owed !== null) this.settle();
    const old = this.map.get(key);
    if (old === value && value !== undefined) return;
    this.slot.journal?.append(this.index, key, old, value);
    this.change(key, value);
  }

  delete(key: string): void {
    if (this.owed !== null) this.settle();
    const old = this.map.get(key);
    if (old === undefined) return;
    this.slot.journal?.append(this.index, key, old, undefined);
    this.change(key, undefined);
  }

  keys(): readonly string[] {
    if (this.owed !== null) this.settle();
    return this.sorted ? this.sorted.all() : [...this.map.keys()].sort();
  }

  range(from: string, to?: string, limit?: number): string[] {
    if (this.owed !== null) this.settle();
    if (this.sorted) return this.sorted.range(from, to, limit);
    const keys = this.keys().filter((key) => key >= from && (to === undefined || key < to));
    return limit === undefined ? keys : keys.slice(0, limit);
  }

  prefix(prefix: string): string[] {
    return this.range(prefix, prefixEnd(prefix));
  }

  /** Sets (or with undefined removes) without a journal entry: for undo, redo and restoring. */
  apply(name: string | number, value: unknown): void {
    if (this.owed !== null) this.settle();
    this.change(name as string, value as V | undefined);
  }

  /** Notes that a journey passed `part` of `net`: it is applied when this container is next looked at. */
  owe(net: Net, part: number, backwards: boolean): void {
    this.owed ??= [];
    const last = this.owed.at(-1);
    // There and back again.
    if (last !== undefined && last.net === net && last.backwards !== backwards) this.owed.pop();
    else this.owed.push({ net, part, backwards });
    if (this.owed.length > MOST_OWED) this.settle();
  }

  protected settle(): void {
    const owed = this.owed!;
    this.owed = null;
    for (const { net, part, backwards } of owed) {
      const values = backwards ? net.olds : net.news;
      const end = net.starts[part + 1];
      for (let i = net.starts[part]; i < end; i++) this.apply(net.keys[i], values[i]);
    }
  }

  private change(key: string, value: V | undefined): void {
    if (value === undefined) {
      if (this.map.delete(key)) this.sorted?.delete(key);
    } else {
      if (this.sorted !== null) {
        const before = this.map.size;
        this.map.set(key, value);
        if (this.map.size !== before) this.sorted.add(key);
      } else {
        this.map.set(key, value);
      }
    }
  }

  /** A shallow copy of the content, values shared. */
  copy(): ReadonlyMap<string | number, V> {
    if (this.owed !== null) this.settle();
    return new Map(this.map);
  }

  /** Replaces the content without a journal entry. */
  restore(content: ReadonlyMap<string | number, unknown>): void {
    this.owed = null;
    for (const key of [...this.map.keys()]) if (!content.has(key)) this.apply(key, undefined);
    for (const [key, value] of content) if (this.map.get(key as string) !== value) this.apply(key, value);
  }
}
