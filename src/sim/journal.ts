/**
 * The journal: every write to every container, in order, as flat arrays of (container, key, old, new). Undoing or redoing
 * entries is time travel; the slice of one event is "what changed in this step". Kept in chunks, so that history beyond the
 * budget can go a chunk at a time.
 */
export const CHUNK = 1 << 14;
/** Chunks of a group (2^4). */
const GROUP = 16;

export interface JournalEntry { readonly container: number; readonly key: string; readonly old: unknown; readonly new: unknown }

/** What a run of entries changes in the end: each (container, key) once, with its value before and after. */
interface Net { readonly containers: number[]; readonly keys: (string | number)[]; readonly olds: unknown[]; readonly news: unknown[] }

interface Chunk { containers: Int32Array; keys: (string | number)[]; olds: unknown[]; news: unknown[] }

export class Journal {
  private chunks: (Chunk | null)[] = [];
  private tail: Chunk = { containers: new Int32Array(0), keys: [], olds: [], news: [] };
  private oldest = 0;
  /** By level: 0 for each chunk, 1 for each GROUP chunks. Made when a journey first passes them. */
  private readonly nets: (Net | undefined)[][] = [[], []];
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
    const first = Math.ceil(from / CHUNK);
    const last = Math.floor(to / CHUNK);
    if (first >= last) {
      this.single(from, to, backwards, apply);
      return;
    }
    // Whole chunks on the way are passed by what they change in the end.
    if (backwards) this.single(last * CHUNK, to, true, apply);
    else this.single(from, first * CHUNK, false, apply);
    const group = Math.ceil(first / GROUP);
    const groups = Math.floor(last / GROUP);
    const parts: Net[] = [];
    if (group >= groups) {
      for (let c = first; c < last; c++) parts.push(this.netOfChunk(c));
    } else {
      for (let c = first; c < group * GROUP; c++) parts.push(this.netOfChunk(c));
      for (let g = group; g < groups; g++) parts.push(this.netOfGroup(g));
      for (let c = groups * GROUP; c < last; c++) parts.push(this.netOfChunk(c));
    }
    if (backwards) parts.reverse();
    for (const net of parts) {
      const values = backwards ? net.olds : net.news;
      for (let i = 0; i < values.length; i++) apply(net.containers[i], net.keys[i], values[i]);
    }
    if (backwards) this.single(from, first * CHUNK, true, apply);
    else this.single(last * CHUNK, to, false, apply);
  }

  private single(from: number, to: number, backwards: boolean, apply: (container: number, key: string | number, value: unknown) => void): void {
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

  private netOfChunk(index: number): Net {
    return (this.nets[0][index] ??= netOf([this.chunks[index]!], CHUNK));
  }

  private netOfGroup(index: number): Net {
    const known = this.nets[1][index];
    if (known !== undefined) return known;
    const parts: Net[] = [];
    for (let c = index * GROUP; c < (index + 1) * GROUP; c++) parts.push(this.netOfChunk(c));
    return (this.nets[1][index] = netOf(parts, Infinity));
  }

  /** Forgets the oldest whole chunks until at most `entries` are kept. */
  trim(entries: number): void {
    while (this.length - this.start > entries + CHUNK) {
      this.chunks[this.oldest] = null;
      this.nets[0][this.oldest] = undefined;
      this.nets[1][this.oldest >> 4] = undefined;
      this.oldest++;
    }
  }

  /** Forgets everything (after re-execution replaced the state without writing entries). The numbering goes on. */
  forgetAll(): void {
    const whole = this.length >> 14;
    for (let i = this.oldest; i < whole; i++) {
      this.chunks[i] = null;
      this.nets[0][i] = undefined;
      this.nets[1][i >> 4] = undefined;
    }
    this.oldest = whole;
  }
}

/** `limit`: entries of each part that count. */
function netOf(parts: readonly (Net | Chunk)[], limit: number): Net {
  const slots = new Map<number, Map<string | number, number>>();
  const all: Net = { containers: [], keys: [], olds: [], news: [] };
  for (const part of parts) {
    const { containers, keys, olds, news } = part;
    const length = Math.min(limit, keys.length);
    for (let i = 0; i < length; i++) {
      const container = containers[i];
      let known = slots.get(container);
      if (known === undefined) slots.set(container, (known = new Map()));
      const slot = known.get(keys[i]);
      if (slot !== undefined) {
        all.news[slot] = news[i];
        continue;
      }
      known.set(keys[i], all.keys.length);
      all.containers.push(container);
      all.keys.push(keys[i]);
      all.olds.push(olds[i]);
      all.news.push(news[i]);
    }
  }
  const net: Net = { containers: [], keys: [], olds: [], news: [] };
  for (let i = 0; i < all.keys.length; i++) {
    if (all.olds[i] === all.news[i]) continue;
    net.containers.push(all.containers[i]);
    net.keys.push(all.keys[i]);
    net.olds.push(all.olds[i]);
    net.news.push(all.news[i]);
  }
  return net;
}
