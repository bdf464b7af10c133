/**
 * A JSON decoder with Go's error texts, duplicate detection and a depth limit. (`JSON.parse` words its errors differently in every engine.)
 * Upstream: Go's encoding/json scanner, sigs.k8s.io/json
 * Left out: numbers are doubles, so integers beyond 2^53 lose digits.
 */
import { goQuote } from './goquote.ts';
import { utf8Bytes } from './utf8.ts';
import type { Parsed } from './parsed.ts';

/** Deeper nesting is refused, in Go's words (Go itself allows 10,000; a worker's stack does not). */
export const MAX_JSON_DEPTH = 500;

/** Keys that came twice in an object, in order of their coming. The last value stands in the object. */
const duplicates = new WeakMap<object, readonly string[]>();

/** Keys given more than once in `object`, if it came out of a decoder of ours. */
export function duplicateKeys(object: object): readonly string[] { return duplicates.get(object) ?? NONE; }
export function noteDuplicate(object: object, key: string): void { duplicates.set(object, [...duplicateKeys(object), key]); }
const NONE: readonly string[] = [];

class JsonError { readonly message: string; constructor(message: string) { this.message = message; } }

/** Sets an own property, even one named `__proto__`. */
export function setOwn(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

export function parseJson(text: string): Parsed<unknown> {
  const p = new Parser(text);
  try {
    return { value: p.document() };
  } catch (e) {
    if (e instanceof JsonError) return { error: e.message };
    throw e;
  }
}

class Parser {
  private i = 0;
  private readonly text: string;
  constructor(text: string) { this.text = text; }

  document(): unknown {
    this.space();
    const v = this.value(0);
    this.space();
    if (this.i < this.text.length) this.bad('after top-level value');
    return v;
  }

  private bad(context: string): never {
    if (this.i >= this.text.length) throw new JsonError('unexpected end of JSON input');
    const c = this.text[this.i];
    const byte = String.fromCharCode(utf8Bytes(c)[0]);
    const shown = c === "'" ? "'\\''" : c === '"' ? "'\"'" : "'" + goQuote(byte).slice(1, -1) + "'";
    throw new JsonError(`invalid character ${shown} ${context}`);
  }

  private space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.i);
      if (c === 32 || c === 10 || c === 13 || c === 9) this.i++;
      else return;
    }
  }

  private value(depth: number): unknown {
    if (depth > MAX_JSON_DEPTH) throw new JsonError('exceeded max depth');
    const c = this.text[this.i];
    switch (c) {
      case '{': return this.object(depth);
      case '[': return this.array(depth);
      case '"': return this.string();
      case 't': return this.word('true', true);
      case 'f': return this.word('false', false);
      case 'n': return this.word('null', null);
      default:
        if (c === '-' || (c >= '0' && c <= '9')) return this.number();
        return this.bad('looking for beginning of value');
    }
  }

  private word(word: string, value: unknown): unknown {
    for (let k = 1; k < word.length; k++) {
      this.i++;
      if (this.text[this.i] !== word[k]) this.bad(`in literal ${word} (expecting '${word[k]}')`);
    }
    this.i++;
    return value;
  }

  private digits(): void { while (this.text[this.i] >= '0' && this.text[this.i] <= '9') this.i++; }

  private number(): number {
    const from = this.i;
    if (this.text[this.i] === '-') this.i++;
    if (this.text[this.i] === '0') this.i++;
    else if (this.text[this.i] >= '1' && this.text[this.i] <= '9') this.digits();
    else this.bad('in numeric literal');
    if (this.text[this.i] === '.') {
      this.i++;
      if (!(this.text[this.i] >= '0' && this.text[this.i] <= '9')) this.bad('after decimal point in numeric literal');
      this.digits();
    }
    if (this.text[this.i] === 'e' || this.text[this.i] === 'E') {
      this.i++;
      if (this.text[this.i] === '+' || this.text[this.i] === '-') this.i++;
      if (!(this.text[this.i] >= '0' && this.text[this.i] <= '9')) this.bad('in exponent of numeric literal');
      this.digits();
    }
    return Number(this.text.slice(from, this.i));
  }

  private string(): string {
    const from = ++this.i;
    const text = this.text;
    let out = '';
    let run = from;
    for (;;) {
      const c = text.charCodeAt(this.i);
      if (c === 34) { out += text.slice(run, this.i); this.i++; return out; }
      if (Number.isNaN(c) || c < 32) this.bad('in string literal');
      if (c !== 92) { this.i++; continue; }
      out += text.slice(run, this.i);
      const e = text[++this.i];
      const at = '"\\/bfnrtu'.indexOf(e);
      if (e === undefined || at < 0) this.bad('in string escape code');
      this.i++;
      if (e !== 'u') out += '"\\/\b\f\n\r\t'[at];
      else {
        for (let k = 0; k < 4; k++, this.i++) if (!/^[0-9a-fA-F]$/.test(text[this.i] ?? '')) this.bad('in \\u hexadecimal character escape');
        out += String.fromCharCode(parseInt(text.slice(this.i - 4, this.i), 16));
      }
      run = this.i;
    }
  }

  private array(depth: number): unknown[] {
    const out: unknown[] = [];
    this.i++;
    this.space();
    if (this.text[this.i] === ']') { this.i++; return out; }
    for (;;) {
      this.space();
      out.push(this.value(depth + 1));
      this.space();
      const c = this.text[this.i];
      if (c === ',') this.i++;
      else if (c === ']') { this.i++; return out; } else this.bad('after array element');
    }
  }

  private object(depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    this.i++;
    this.space();
    if (this.text[this.i] === '}') { this.i++; return out; }
    for (;;) {
      this.space();
      if (this.text[this.i] !== '"') this.bad('looking for beginning of object key string');
      const key = this.string();
      this.space();
      if (this.text[this.i] !== ':') this.bad('after object key');
      this.i++;
      this.space();
      if (Object.hasOwn(out, key)) noteDuplicate(out, key);
      setOwn(out, key, this.value(depth + 1));
      this.space();
      const c = this.text[this.i];
      if (c === ',') this.i++;
      else if (c === '}') { this.i++; return out; } else this.bad('after object key:value pair');
    }
  }
}
