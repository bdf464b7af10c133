/** Shell patterns: `*`, `?`, `[abc]`. Upstream: none (POSIX.1-2024, 2.14). */

/** Whether `text` matches the pattern as a whole. Linear in most cases, never exponential. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const step = p < pattern.length ? one(pattern, p, text[t]) : 0;
    if (p < pattern.length && pattern[p] === '*') { star = p++; mark = t; } else if (step > 0) { p += step; t++; } else if (star >= 0) { p = star + 1; t = ++mark; } else return false;
  }
  while (pattern[p] === '*') p++;
  return p >= pattern.length;
}

/** Length of the pattern element at `p` if it matches `c`, else 0. */
function one(pattern: string, p: number, c: string): number {
  const e = pattern[p];
  if (e === '?') return 1;
  if (e === '\\' && p + 1 < pattern.length) return pattern[p + 1] === c ? 2 : 0;
  if (e !== '[') return e === c ? 1 : 0;
  const close = pattern.indexOf(']', p + 2);
  if (close < 0) return c === '[' ? 1 : 0;
  let set = pattern.slice(p + 1, close);
  const negate = set[0] === '!' || set[0] === '^';
  if (negate) set = set.slice(1);
  let found = false;
  for (let i = 0; i < set.length; i++) {
    if (set[i + 1] === '-' && i + 2 < set.length) { if (c >= set[i] && c <= set[i + 2]) found = true; i += 2; } else if (set[i] === c) found = true;
  }
  return found !== negate ? close - p + 1 : 0;
}

export const hasGlob = (text: string): boolean => /[*?[]/.test(text);
