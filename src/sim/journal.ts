/**
 * The journal: every write to every container, in order, as flat arrays of (container, key, old, new). Undoing or redoing
 * entries is time travel; the slice of one event is "what changed in this step". Kept in chunks, so that history beyond the
 * budget can go a chunk at a time.
 */
import { NetCollector, passNet, type ApplyPart, type Net } from './net.ts';

export const CHUNK = 1 << 14;
/** Chunks of a group (2^4). */
const GROUP = 16;

export type Apply = (container: number, key: string | number, value: unknown) => void;

export interface JournalEntry { readonly container: number; readonly key: string; readonly old: unknown; readonly new: unknown }

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

  slice(from: number, to: number): JournalEntry[] {
    const out: JournalEntry[] = [];
    for (let i = from; i < to; i++) out.push(this.at(i));
    return out;
  }

  /**
   * Calls `apply(container, key, value)` for the entries [from, to), backwards with old values or forwards with new ones.
   * Whole chunks on the way are passed to `leap` by what they change in the end.
   */
  replay(from: number, to: number, backwards: boolean, apply: Apply, leap: ApplyPart): void {
    const first = Math.ceil(from / CHUNK);
    const last = Math.floor(to / CHUNK);
    if (first >= last) {
      this.single(from, to, backwards, apply);
      return;
    }
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
    for (const net of parts) passNet(net, backwards, leap);
    if (backwards) this.single(from, first * CHUNK, true, apply);
    else this.single(last * CHUNK, to, false, apply);
  }

  private single(from: number, to: number, backwards: boolean, apply: Apply): void {
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
    return (this.nets[0][index] ??= this.net(index * CHUNK, (index + 1) * CHUNK));
  }

  private netOfGroup(index: number): Net {
    const known = this.nets[1][index];
    if (known !== undefined) return known;
    const all = new NetCollector();
    for (let c = index * GROUP; c < (index + 1) * GROUP; c++) all.addNet(this.netOfChunk(c));
    return (this.nets[1][index] = all.net());
  }

  /** What the entries [from, to) change in the end. */
  net(from: number, to: number): Net {
    const all = new NetCollector();
    for (let i = from; i < to; i++) {
      const chunk = this.chunks[i >> 14]!;
      const at = i & (CHUNK - 1);
      all.add(chunk.containers[at], chunk.keys[at], chunk.olds[at], chunk.news[at]);
    }
    return all.net();
  }

  /** Forgets whole chunks of entries before `index`. */
  forget(index: number): void {
    for (; (this.oldest + 1) * CHUNK <= index; this.oldest++) {
      this.chunks[this.oldest] = null;
      this.nets[0][this.oldest] = undefined;
      this.nets[1][this.oldest >> 4] = undefined;
    }
  }
}
