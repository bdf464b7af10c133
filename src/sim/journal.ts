/**
 * The journal: every write to every container, in order, as flat arrays of (container, key, old, new). Undoing or redoing
 * entries is time travel; the slice of one event is "what changed in this step". Kept in chunks, so that history beyond the
 * budget can go a chunk at a time.
 */
export const CHUNK = 1 << 14;

export interface JournalEntry { readonly container: number; readonly key: string; readonly old: unknown; readonly new: unknown }

interface Chunk { containers: Int32Array; keys: (string | number)[]; olds: unknown[]; news: unknown[] }

export class Journal {
  private chunks: (Chunk | null)[] = [];
  private tail: Chunk = { containers: new Int32Array(0), keys: [], olds: [], news: [] };
  private oldest = 0;
  length = 0;

  append(container: number, key: string | number, old: unknown, value: unknown): void {
    const at = this.length & (CHUNK - 1);
    if (at === 0) this.chunks[this.length >> 14] = this.tail = { containers: new Int32Array(CHUNK), keys: [], olds: [], news: [] };
    const chunk = this.tail;
    chunk.containers[at] = container;
    chunk.keys[at] = key;
    chunk.olds[at] = old;
    chunk.news[at] = value;
    this.length++;
  }

  /** Index of the oldest entry still kept. */
  get start(): number {
    return this.oldest * CHUNK;
  }

  at(index: number): JournalEntry {
    const chunk = this.chunks[index >> 14];
    if (!chunk) throw new Error(`journal entry ${index} is no longer kept`);
    const at = index & (CHUNK - 1);
    return { container: chunk.containers[at], key: String(chunk.keys[at]), old: chunk.olds[at], new: chunk.news[at] };
  }

  /** Calls `apply(container, key, value)` for the entries [from, to), backwards with old values or forwards with new ones. */
  replay(from: number, to: number, backwards: boolean, apply: (container: number, key: string | number, value: unknown) => void): void {
    if (backwards) {
      for (let i = to - 1; i >= from; i--) {
        const chunk = this.chunks[i >> 14]!;
        const at = i & (CHUNK - 1);
        apply(chunk.containers[at], chunk.keys[at], chunk.olds[at]);
      }
    } else {
      for (let i = from; i < to; i++) {
        const chunk = this.chunks[i >> 14]!;
        const at = i & (CHUNK - 1);
        apply(chunk.containers[at], chunk.keys[at], chunk.news[at]);
      }
    }
  }

  /** Forgets the oldest whole chunks until at most `entries` are kept. */
  trim(entries: number): void {
    while (this.length - this.start > entries + CHUNK) {
      this.chunks[this.oldest] = null;
      this.oldest++;
    }
  }

  /** Forgets everything (after re-execution replaced the state without writing entries). The numbering goes on. */
  forgetAll(): void {
    const whole = this.length >> 14;
    for (let i = this.oldest; i < whole; i++) this.chunks[i] = null;
    this.oldest = whole;
  }
}
