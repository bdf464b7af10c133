/**
 * A sorted set of strings in chunks, compared by UTF-16 code units. Its content is a function of the members alone, never of the
 * order in which they came. add and delete cost a binary search and a move of at most one chunk.
 */
const CHUNK = 256;

export class SortedKeys {
  private chunks: string[][] = [[]];
  private count = 0;
  private flat: readonly string[] | null = null;

  get size(): number {
    return this.count;
  }

  clear(): void {
    this.chunks = [[]];
    this.count = 0;
    this.flat = null;
  }

  add(key: string): boolean {
    const c = this.chunkOf(key);
    const chunk = this.chunks[c];
    const i = lowerBound(chunk, key);
    if (i < chunk.length && chunk[i] === key) return false;
    chunk.splice(i, 0, key);
    if (chunk.length > CHUNK * 2) this.chunks.splice(c + 1, 0, chunk.splice(CHUNK));
    this.count++;
    this.flat = null;
    return true;
  }

  delete(key: string): boolean {
    const c = this.chunkOf(key);
    const chunk = this.chunks[c];
    const i = lowerBound(chunk, key);
    if (i >= chunk.length || chunk[i] !== key) return false;
    chunk.splice(i, 1);
    if (chunk.length === 0 && this.chunks.length > 1) this.chunks.splice(c, 1);
    this.count--;
    this.flat = null;
    return true;
  }

  /** The smallest member >= from, or undefined. */
  first(from: string): string | undefined {
    let c = this.chunkOf(from);
    let i = lowerBound(this.chunks[c], from);
    while (c < this.chunks.length && i >= this.chunks[c].length) {
      c++;
      i = 0;
    }
    return this.chunks[c]?.[i];
  }

  /** All members in order. The array is shared until the next change: do not write into it. */
  all(): readonly string[] {
    this.flat ??= this.chunks.length === 1 ? this.chunks[0].slice() : ([] as string[]).concat(...this.chunks);
    return this.flat;
  }

  /** Members k with from <= k < to; `to` undefined: no end. At most `limit`. */
  range(from: string, to?: string, limit = Infinity): string[] {
    const out: string[] = [];
    let c = this.chunkOf(from);
    let i = lowerBound(this.chunks[c], from);
    for (; c < this.chunks.length; c++, i = 0) {
      const chunk = this.chunks[c];
      for (; i < chunk.length; i++) {
        const key = chunk[i];
        if ((to !== undefined && key >= to) || out.length >= limit) return out;
        out.push(key);
      }
    }
    return out;
  }

  private chunkOf(key: string): number {
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.chunks[middle][0] <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The end of the range of all strings that begin with `prefix`. */
export function prefixEnd(prefix: string): string | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const code = prefix.charCodeAt(i);
    if (code < 0xffff) return prefix.slice(0, i) + String.fromCharCode(code + 1);
  }
  return undefined;
}
