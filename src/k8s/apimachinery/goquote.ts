/**
 * How Go prints strings and values in messages: %q (strconv.Quote) and %v.
 * Upstream: Go's strconv and fmt.
 * Left out: exact Unicode tables of printable characters; unassigned code points count as printable.
 */
import { compareStrings } from './utf8.ts';

function isPrint(c: number): boolean {
  if (c < 0x7f) return c >= 0x20;
  if (c < 0xa1 || c === 0xad) return false;
  if (c < 0x600) return true;
  if (c <= 0x605 || c === 0x61c || c === 0x6dd || c === 0x70f || c === 0x8e2 || c === 0x1680 || c === 0x180e) return false;
  if (c >= 0x2000 && c <= 0x200f) return false;
  if (c >= 0x2028 && c <= 0x202f) return false;
  if (c >= 0x205f && c <= 0x206f) return false;
  if (c === 0x3000 || c === 0xfeff) return false;
  if (c >= 0xd800 && c <= 0xf8ff) return false;
  if (c >= 0xfff0 && c <= 0xfffb) return false;
  if ((c & 0xfffe) === 0xfffe) return false;
  return c < 0xe0000;
}

const SHORT: Record<number, string> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 34: '\\"', 92: '\\\\' };

/** Go's %q of a string. */
export function goQuote(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c < 0x80) {
      const short = SHORT[c];
      if (short !== undefined) out += short;
      else if (c >= 0x20 && c < 0x7f) out += text[i];
      else out += '\\x' + c.toString(16).padStart(2, '0');
      continue;
    }
    c = text.codePointAt(i)!;
    if (c > 0xffff) i++;
    else if (c >= 0xd800 && c < 0xe000) c = 0xfffd;
    if (isPrint(c)) out += String.fromCodePoint(c);
    else if (c > 0xffff) out += '\\U' + c.toString(16).padStart(8, '0');
    else out += '\\u' + c.toString(16).padStart(4, '0');
  }
  return out + '"';
}

/**
 * Go's %v of a decoded JSON value: strings bare, lists `[a b]`, maps `map[k:v k2:v2]` with sorted keys, nil `<nil>`.
 * Depth beyond 100 prints `...`.
 */
export function goValue(value: unknown, depth = 0): string {
  if (depth > 100) return '...';
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return '[' + value.map((v) => goValue(v, depth + 1)).join(' ') + ']';
  const map = value as Record<string, unknown>;
  const keys = Object.keys(map).sort(compareStrings);
  return 'map[' + keys.map((k) => k + ':' + goValue(map[k], depth + 1)).join(' ') + ']';
}
