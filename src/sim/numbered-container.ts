/**
 * A container whose keys are whole numbers (events, programs): the same journalled map, without making a string for every
 * access. To everyone who reads it as a container, its keys are their decimal texts, in the order of texts.
 */
import { Container, type JournalSlot } from './container.ts';

export class NumberedContainer<V> extends Container<V> {
  protected readonly numbered = new Map<number, V>();

  constructor(index: number, owner: string, name: string, durable: boolean, slot: JournalSlot) {
    super(index, owner, name, durable, false, slot);
  }

  override get size(): number {
    if (this.owed !== null) this.settle();
    return this.numbered.size;
  }

  at(number: number): V | undefined {
    if (this.owed !== null) this.settle();
    return this.numbered.get(number);
  }

  put(number: number, value: V): void {
    if (this.owed !== null) this.settle();
    const journal = this.slot.journal;
    if (journal !== null) {
      const old = this.numbered.get(number);
      if (old === value) return;
      journal.append(this.index, number, old, value);
    }
    this.changeAt(number, value);
  }

  remove(number: number): void {
    if (this.owed !== null) this.settle();
    const journal = this.slot.journal;
    if (journal !== null) {
      const old = this.numbered.get(number);
      if (old === undefined) return;
      journal.append(this.index, number, old, undefined);
    }
    this.changeAt(number, undefined);
  }

  /** The one place where the map changes. */
  protected changeAt(number: number, value: V | undefined): void {
    if (value === undefined) this.numbered.delete(number);
    else this.numbered.set(number, value);
  }

  override get(key: string): V | undefined {
    if (this.owed !== null) this.settle();
    return this.numbered.get(Number(key));
  }

  override has(key: string): boolean {
    if (this.owed !== null) this.settle();
    return this.numbered.has(Number(key));
  }

  override set(key: string, value: V): void {
    this.put(Number(key), value);
  }

  override delete(key: string): void {
    this.remove(Number(key));
  }

  override keys(): readonly string[] {
    if (this.owed !== null) this.settle();
    return Array.from(this.numbered.keys(), String).sort();
  }

  override apply(key: string | number, value: unknown): void {
    if (this.owed !== null) this.settle();
    this.changeAt(Number(key), value as V | undefined);
  }

  override copy(): ReadonlyMap<string | number, V> {
    if (this.owed !== null) this.settle();
    return new Map(this.numbered);
  }

  override restore(content: ReadonlyMap<string | number, unknown>): void {
    this.owed = null;
    const wanted = new Map<number, unknown>();
    for (const [key, value] of content) wanted.set(Number(key), value);
    for (const key of [...this.numbered.keys()]) if (!wanted.has(key)) this.changeAt(key, undefined);
    for (const [key, value] of wanted) if (this.numbered.get(key) !== value) this.changeAt(key, value as V);
  }
}
