/**
 * A unified diff of two texts, three lines of context.
 * Left out: the times that `diff -u` prints after the names.
 */

const MAX_LINES = 3000;

/** '' when the texts are equal. */
export function unifiedDiff(before: string, after: string, beforeName: string, afterName: string): string {
  if (before === after) return '';
  const a = lines(before);
  const b = lines(after);
  const ops = script(a, b);
  let out = `--- ${beforeName}\n+++ ${afterName}\n`;
  for (let i = 0; i < ops.length;) {
    if (ops[i].kind === ' ') { i++; continue; }
    let from = i;
    for (let c = 0; c < 3 && from > 0; c++) from--;
    let to = i;
    let quiet = 0;
    for (let j = i; j < ops.length && quiet <= 6; j++) {
      if (ops[j].kind === ' ') quiet++;
      else { quiet = 0; to = j + 1; }
    }
    const end = Math.min(ops.length, to + 3);
    const hunk = ops.slice(from, end);
    const oldCount = hunk.filter((o) => o.kind !== '+').length;
    const newCount = hunk.filter((o) => o.kind !== '-').length;
    const range = (start: number, count: number): string => (count === 1 ? `${start + 1}` : `${count === 0 ? start : start + 1},${count}`);
    out += `@@ -${range(hunk[0].a, oldCount)} +${range(hunk[0].b, newCount)} @@\n${hunk.map((o) => o.kind + o.text + '\n').join('')}`;
    i = end;
  }
  return out;
}

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n')).slice(0, MAX_LINES);

interface Op { readonly kind: ' ' | '-' | '+'; readonly text: string; readonly a: number; readonly b: number }

/** Longest common subsequence by dynamic programming: small texts only. */
function script(a: readonly string[], b: readonly string[]): Op[] {
  const n = a.length;
  const m = b.length;
  const length: Uint16Array[] = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
  for (let i = n - 1; i >= 0; i--) for (let j = m - 1; j >= 0; j--) length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
  const out: Op[] = [];
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[i] === b[j]) out.push({ kind: ' ', text: a[i], a: i++, b: j++ });
    else if (i < n && (j >= m || length[i + 1][j] >= length[i][j + 1])) { out.push({ kind: '-', text: a[i], a: i, b: j }); i++; } else { out.push({ kind: '+', text: b[j], a: i, b: j }); j++; }
  }
  return out;
}
