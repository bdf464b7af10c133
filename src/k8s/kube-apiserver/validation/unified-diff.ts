/**
 * Unified diff of two texts with three lines of context, no file header.
 * Upstream: github.com/pmezard/go-difflib (Python's difflib): the matching block search, with its rule for popular lines.
 * Left out: junk characters, ratios, context diffs.
 */
type Match = readonly [aStart: number, bStart: number, size: number];
type Op = readonly [tag: 'e' | 'r', a1: number, a2: number, b1: number, b2: number];

const CONTEXT = 3;

function splitLines(text: string): string[] { return text.split('\n'); }

/** Where each line of b stands; lines in more than 1 % of 200 lines or more are too popular to anchor a match. */
function indexLines(b: readonly string[]): Map<string, number[]> {
  const at = new Map<string, number[]>();
  b.forEach((line, i) => { const list = at.get(line); if (list === undefined) at.set(line, [i]); else list.push(i); });
  if (b.length < 200) return at;
  const limit = Math.floor(b.length / 100) + 1;
  const kept = new Map<string, number[]>();
  for (const line of b) { const list = at.get(line) as number[]; if (list.length <= limit) kept.set(line, list); }
  return kept;
}

function longestMatch(a: readonly string[], b: readonly string[], index: ReadonlyMap<string, readonly number[]>, alo: number, ahi: number, blo: number, bhi: number): Match {
  let besti = alo; let bestj = blo; let size = 0;
  let lengths = new Map<number, number>();
  for (let i = alo; i < ahi; i++) {
    const next = new Map<number, number>();
    for (const j of index.get(a[i] as string) ?? []) {
      if (j < blo) continue;
      if (j >= bhi) break;
      const k = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, k);
      if (k > size) { besti = i - k + 1; bestj = j - k + 1; size = k; }
    }
    lengths = next;
  }
  // Popular lines may extend a match, though they cannot start one.
  while (besti > alo && bestj > blo && a[besti - 1] === b[bestj - 1]) { besti--; bestj--; size++; }
  while (besti + size < ahi && bestj + size < bhi && a[besti + size] === b[bestj + size]) size++;
  return [besti, bestj, size];
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Match[] {
  const index = indexLines(b);
  const found: Match[] = [];
  const todo: (readonly [number, number, number, number])[] = [[0, a.length, 0, b.length]];
  for (;;) {
    const range = todo.pop();
    if (range === undefined) break;
    const [alo, ahi, blo, bhi] = range;
    const m = longestMatch(a, b, index, alo, ahi, blo, bhi);
    if (m[2] === 0) continue;
    found.push(m);
    if (alo < m[0] && blo < m[1]) todo.push([alo, m[0], blo, m[1]]);
    if (m[0] + m[2] < ahi && m[1] + m[2] < bhi) todo.push([m[0] + m[2], ahi, m[1] + m[2], bhi]);
  }
  found.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  const merged: Match[] = [];
  for (const m of found) {
    const last = merged[merged.length - 1];
    if (last !== undefined && last[0] + last[2] === m[0] && last[1] + last[2] === m[1]) merged[merged.length - 1] = [last[0], last[1], last[2] + m[2]];
    else merged.push(m);
  }
  merged.push([a.length, b.length, 0]);
  return merged;
}

function opCodes(a: readonly string[], b: readonly string[]): Op[] {
  const ops: Op[] = [];
  let i = 0; let j = 0;
  for (const [ai, bj, size] of matchingBlocks(a, b)) {
    if (i < ai || j < bj) ops.push(['r', i, ai, j, bj]);
    if (size > 0) ops.push(['e', ai, ai + size, bj, bj + size]);
    i = ai + size; j = bj + size;
  }
  return ops;
}

function grouped(ops: Op[]): Op[][] {
  const n = CONTEXT;
  if (ops.length === 0) ops = [['e', 0, 1, 0, 1]];
  const codes = [...ops];
  const first = codes[0] as Op;
  if (first[0] === 'e') codes[0] = ['e', Math.max(first[1], first[2] - n), first[2], Math.max(first[3], first[4] - n), first[4]];
  const last = codes[codes.length - 1] as Op;
  if (last[0] === 'e') codes[codes.length - 1] = ['e', last[1], Math.min(last[2], last[1] + n), last[3], Math.min(last[4], last[3] + n)];
  const groups: Op[][] = [];
  let group: Op[] = [];
  for (const op of codes) {
    let [tag, i1, , j1] = op;
    const [, , i2, , j2] = op;
    if (tag === 'e' && i2 - i1 > 2 * n) {
      group.push(['e', i1, Math.min(i2, i1 + n), j1, Math.min(j2, j1 + n)]);
      groups.push(group);
      group = [];
      i1 = Math.max(i1, i2 - n); j1 = Math.max(j1, j2 - n);
    }
    group.push([tag, i1, i2, j1, j2]);
  }
  if (group.length > 0 && !(group.length === 1 && (group[0] as Op)[0] === 'e')) groups.push(group);
  return groups;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** '' if the texts are equal. Ends with a newline otherwise. */
export function unifiedDiff(before: string, after: string): string {
  const a = splitLines(before); const b = splitLines(after);
  let out = '';
  for (const group of grouped(opCodes(a, b))) {
    const first = group[0] as Op; const last = group[group.length - 1] as Op;
    out += `@@ -${range(first[1], last[2])} +${range(first[3], last[4])} @@\n`;
    for (const [tag, i1, i2, j1, j2] of group) {
      if (tag === 'e') for (let i = i1; i < i2; i++) out += ' ' + a[i] + '\n';
      else {
        for (let i = i1; i < i2; i++) out += '-' + a[i] + '\n';
        for (let j = j1; j < j2; j++) out += '+' + b[j] + '\n';
      }
    }
  }
  return out;
}
