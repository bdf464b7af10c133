/**
 * Whether a text is a JSON object, with the complaint Go's decoder makes.
 * Upstream: encoding/json (scanner.go, decode.go), as Secrets of Docker credentials are read
 * Left out: positions; Go's syntax errors name the character only.
 */
import { quote } from './field-checks.ts';

const MAX_DEPTH = 10000;
const SPACE = ' \t\r\n';

/** Go quotes the character that was wrong as a rune literal. */
const rune = (c: string): string => (c === "'" ? "'\\''" : c === '"' ? "'\"'" : "'" + quote(c).slice(1, -1) + "'");

/** The complaint, or undefined if it is an object (or null, which Go takes for one). */
export function jsonObjectError(text: string): string | undefined {
  const problem = syntaxError(text);
  if (problem !== undefined) return problem;
  let i = 0;
  while (i < text.length && SPACE.includes(text[i] as string)) i++;
  const c = text[i];
  if (c === '{' || c === 'n') return undefined;
  const kind = c === '[' ? 'array' : c === '"' ? 'string' : c === 't' || c === 'f' ? 'bool' : 'number';
  return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`;
}

type Expect = 'value' | 'valueOrEnd' | 'keyOrEnd' | 'key' | 'colon' | 'commaOrEnd' | 'end';

// A scanner with its own stack: hostile depth costs memory, never the call stack.
function syntaxError(text: string): string | undefined {
  const stack: ('{' | '[')[] = [];
  let expect = 'value' as Expect;
  let i = 0;
  const bad = (c: string, where: string): string => `invalid character ${rune(c)} ${where}`;
  const END = 'unexpected end of JSON input';
  const after = (): void => { expect = stack.length === 0 ? 'end' : 'commaOrEnd'; };
  for (;;) {
    while (i < text.length && SPACE.includes(text[i] as string)) i++;
    if (i >= text.length) return expect === 'end' ? undefined : END;
    const c = text[i] as string;
    const top = stack[stack.length - 1];
    switch (expect) {
      case 'end': return bad(c, 'after top-level value');
      case 'colon': if (c !== ':') return bad(c, 'after object key'); i++; expect = 'value'; continue;
      case 'commaOrEnd':
        if (c === ',') { i++; expect = top === '{' ? 'key' : 'value'; continue; }
        if ((c === '}' && top === '{') || (c === ']' && top === '[')) { i++; stack.pop(); after(); continue; }
        return bad(c, top === '{' ? 'after object key:value pair' : 'after array element');
      case 'key': case 'keyOrEnd': {
        if (c === '}' && expect === 'keyOrEnd') { i++; stack.pop(); after(); continue; }
        if (c !== '"') return bad(c, 'looking for beginning of object key string');
        const r = stringEnd(text, i);
        if (typeof r === 'string') return r;
        i = r; expect = 'colon'; continue;
      }
      default:
        if (c === ']' && expect === 'valueOrEnd') { i++; stack.pop(); after(); continue; }
        if (c === '{' || c === '[') {
          if (stack.length >= MAX_DEPTH) return 'exceeded max depth';
          stack.push(c); i++; expect = c === '{' ? 'keyOrEnd' : 'valueOrEnd'; continue;
        }
        if (c === '"') { const r = stringEnd(text, i); if (typeof r === 'string') return r; i = r; after(); continue; }
        if (c === '-' || (c >= '0' && c <= '9')) { const r = numberEnd(text, i); if (typeof r === 'string') return r; i = r; after(); continue; }
        const word = c === 't' ? 'true' : c === 'f' ? 'false' : c === 'n' ? 'null' : undefined;
        if (word === undefined) return bad(c, 'looking for beginning of value');
        for (let k = 1; k < word.length; k++) {
          const d = text[i + k];
          if (d === undefined) return END;
          if (d !== word[k]) return bad(d, `in literal ${word} (expecting ${rune(word[k] as string)})`);
        }
        i += word.length; after();
    }
  }
}

function stringEnd(text: string, start: number): number | string {
  for (let i = start + 1; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '"') return i + 1;
    if (c < ' ') return `invalid character ${rune(c)} in string literal`;
    if (c !== '\\') continue;
    const e = text[++i];
    if (e === undefined) break;
    if (e === 'u') {
      for (let k = 0; k < 4; k++) {
        const h = text[++i];
        if (h === undefined) return 'unexpected end of JSON input';
        if (!/[0-9a-fA-F]/.test(h)) return `invalid character ${rune(h)} in \\u hexadecimal character escape`;
      }
    } else if (!'"\\/bfnrt'.includes(e)) return `invalid character ${rune(e)} in string escape code`;
  }
  return 'unexpected end of JSON input';
}

function numberEnd(text: string, start: number): number | string {
  let i = start;
  const digits = (): boolean => { const s = i; while (i < text.length && (text[i] as string) >= '0' && (text[i] as string) <= '9') i++; return i > s; };
  const need = (where: string): string => i >= text.length ? 'unexpected end of JSON input' : `invalid character ${rune(text[i] as string)} ${where}`;
  if (text[i] === '-') { i++; if (!/[0-9]/.test(text[i] ?? '')) return need('in numeric literal'); }
  if (text[i] === '0') i++; else digits();
  if (text[i] === '.') { i++; if (!digits()) return need('after decimal point in numeric literal'); }
  if (text[i] === 'e' || text[i] === 'E') {
    i++;
    if (text[i] === '+' || text[i] === '-') i++;
    if (!digits()) return need('in exponent of numeric literal');
  }
  return i;
}
