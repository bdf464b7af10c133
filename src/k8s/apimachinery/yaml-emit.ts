/**
 * YAML exactly as `kubectl -o yaml` prints it: sorted keys, Kubernetes' quoting, lists not indented below their key, lines folded at 80.
 * Upstream: sigs.k8s.io/yaml, go.yaml.in/yaml/v2 (encode.go, emitterc.go, sorter.go)
 * Left out: nothing that a JSON value can hold.
 */
import { jsonNumber } from './json-emit.ts';
import { utf8Length } from './utf8.ts';
import { resolvePlain } from './yaml.ts';

const WIDTH = 80;
const MAX_DEPTH = 500;

type Plain = { readonly [key: string]: unknown };

const isDigit = (c: string): boolean => c >= '0' && c <= '9';
/** Letters outside ASCII: everything printable beyond Latin-1's signs counts. */
const isLetter = (c: string): boolean => (c.length === 2 && c >= '\ud83c' && c < '\ud840') ? false : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c > '\u00bf' && c !== '\u00d7' && c !== '\u00f7' && !(c >= '\u2000' && c <= '\u2bff') && !(c >= '\u3000' && c <= '\u3004'));

/** Natural order: digits before letters, numbers by value. */
export function compareYamlKeys(a: string, b: string): number {
  const x = Array.from(a), y = Array.from(b);
  for (let i = 0; i < x.length && i < y.length; i++) {
    if (x[i] === y[i]) continue;
    const xl = isLetter(x[i]), yl = isLetter(y[i]);
    if (xl && yl) return x[i].codePointAt(0)! < y[i].codePointAt(0)! ? -1 : 1;
    if (xl || yl) return yl ? -1 : 1;
    let m = 0n, n = 0n;
    if (x[i] === '0' || y[i] === '0') for (let j = i - 1; j >= 0 && isDigit(x[j]); j--) if (x[j] !== '0') { m = 1n; n = 1n; break; }
    let xi = i, yi = i;
    for (; xi < x.length && isDigit(x[xi]); xi++) m = BigInt.asIntN(64, m * 10n + BigInt(x[xi]));
    for (; yi < y.length && isDigit(y[yi]); yi++) n = BigInt.asIntN(64, n * 10n + BigInt(y[yi]));
    if (m !== n) return m < n ? -1 : 1;
    if (xi !== yi) return xi < yi ? -1 : 1;
    return x[i].codePointAt(0)! < y[i].codePointAt(0)! ? -1 : 1;
  }
  return x.length - y.length;
}

/** A JSON value as a YAML document, ending in a line break. Undefined properties are left out. */
export function toYaml(value: unknown): string {
  const w = new Writer();
  w.node(value, -1, 'root', 0);
  return w.out + '\n';
}

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const DATE = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt ])/;
const isBreak = (c: string): boolean => c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029';

/** Whether the emitter writes a character as it is. Tabs and everything beyond the BMP are escaped. */
function printable(c: string): boolean {
  const n = c.charCodeAt(0);
  return n === 10 || (n >= 0x20 && n <= 0x7e) || (n >= 0xa0 && n < 0xd800) || (n >= 0xe000 && n <= 0xfffd && n !== 0xfeff);
}

function isTimestamp(text: string): boolean {
  if (!DATE.test(text)) return false;
  const m = /^[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?$/.exec(text);
  if (m === null) return false;
  const within = (v: string | undefined, lo: number, hi: number): boolean => v === undefined || (Number(v) >= lo && Number(v) <= hi);
  const month = Number(m[1]);
  const year = Number(text.slice(0, 4));
  const days = month === 2 ? ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return within(m[1], 1, 12) && within(m[2], 1, days) && within(m[3], 0, 23) && within(m[4], 0, 59) && within(m[5], 0, 59) && within(m[6], 0, 23) && within(m[7], 0, 59) && within(m[8], 0, 59);
}

interface Allowed { readonly plain: boolean; readonly single: boolean; readonly block: boolean; readonly multiline: boolean }

function analyze(text: string): Allowed {
  if (text === '') return { plain: true, single: true, block: false, multiline: false };
  let indicators = text.startsWith('---') || text.startsWith('...');
  let breaks = false, special = false, breakSpace = false, spaceBreak = false, previousSpace = false, previousBreak = false;
  let blankBefore = true;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    const after = text[i + 1];
    const blankAfter = after === undefined || after === ' ' || after === '\t';
    if (i === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(c) || ((c === '?' || c === ':' || c === '-') && blankAfter)) indicators = true;
    } else if ((c === ':' && blankAfter) || (c === '#' && blankBefore)) indicators = true;
    if (!printable(c)) special = true;
    if (c === ' ') { if (previousBreak) breakSpace = true; previousSpace = true; previousBreak = false; } else if (isBreak(c)) {
      breaks = true;
      if (previousSpace) spaceBreak = true;
      previousSpace = false;
      previousBreak = true;
    } else { previousSpace = false; previousBreak = false; }
    blankBefore = c === ' ' || c === '\t' || isBreak(c);
  }
  const first = text[0], last = text[text.length - 1];
  const edge = first === ' ' || last === ' ' || isBreak(first) || isBreak(last);
  const hard = spaceBreak || special;
  return { plain: !(edge || breakSpace || hard || breaks || indicators), single: !(breakSpace || hard), block: !(last === ' ' || hard), multiline: breaks };
}

const ESCAPES: Readonly<Record<string, string>> = { '\0': '0', '\x07': 'a', '\b': 'b', '\t': 't', '\n': 'n', '\v': 'v', '\f': 'f', '\r': 'r', '\x1b': 'e', '"': '"', '\\': '\\', '\u0085': 'N', '\u00a0': '_', '\u2028': 'L', '\u2029': 'P' };

class Writer {
  out = '';
  private column = 0;

  private put(text: string): void { this.out += text; this.column += text.length; }
  private line(indent: number): void { this.out += '\n' + ' '.repeat(Math.max(0, indent)); this.column = Math.max(0, indent); }

  /** Writes a value where the line stands. `indent` is that of the collection around it. */
  node(value: unknown, indent: number, place: 'root' | 'value' | 'item', depth: number): void {
    if (depth > MAX_DEPTH) throw new Error('yaml: value nested too deeply');
    if (Array.isArray(value)) {
      if (value.length === 0) return this.put(place === 'root' ? '[]' : ' []');
      // A list below a key stands at the key's own column.
      const inner = place === 'value' ? indent : indent < 0 ? 0 : indent + 2;
      value.forEach((item, i) => {
        if (i > 0 || place === 'value') this.line(inner);
        else if (place === 'item') this.put(' ');
        this.put('-');
        this.node(item, inner, 'item', depth + 1);
      });
      return;
    }
    if (typeof value === 'object' && value !== null) {
      const map = value as Plain;
      const keys = Object.keys(map).filter((k) => map[k] !== undefined).sort(compareYamlKeys);
      if (keys.length === 0) return this.put(place === 'root' ? '{}' : ' {}');
      const inner = indent < 0 ? 0 : indent + 2;
      keys.forEach((key, i) => {
        if (i > 0 || place === 'value') this.line(inner);
        else if (place === 'item') this.put(' ');
        const simple = !analyze(key).multiline && utf8Length(key) <= 128;
        if (simple) { this.scalar(key, inner, true); this.put(':'); } else {
          this.put('? ');
          this.scalar(key, inner, false);
          this.line(inner);
          this.put(':');
        }
        this.node(map[key], inner, simple ? 'value' : 'item', depth + 1);
      });
      return;
    }
    if (place !== 'root') this.put(' ');
    if (typeof value === 'string') return this.scalar(value, indent, false);
    if (typeof value === 'number') return this.put(number(value));
    this.put(value === null || value === undefined ? 'null' : value === true ? 'true' : 'false');
  }

  private scalar(text: string, indent: number, key: boolean): void {
    const can = analyze(text);
    const inner = indent < 0 ? 2 : indent + 2;
    let style: 'plain' | 'single' | 'double' | 'literal' = text.includes('\n') ? 'literal'
      : typeof resolvePlain(text) === 'string' && !isTimestamp(text) && !BASE60.test(text) ? 'plain' : 'double';
    if (key && can.multiline) style = 'double';
    if (style === 'plain' && !can.plain) style = 'single';
    if (style === 'single' && !can.single) style = 'double';
    if (style === 'literal' && (!can.block || key)) style = 'double';
    switch (style) {
      case 'plain': return this.folded(text, inner, key, '');
      case 'single': return this.folded(text, inner, key, "'");
      case 'double': return this.double(text, inner, key);
      case 'literal': return this.literal(text, inner);
    }
  }

  private folded(text: string, indent: number, key: boolean, quote: string): void {
    this.put(quote);
    let spaces = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (c === ' ') {
        const inside = quote === '' || (i > 0 && i < text.length - 1);
        if (!key && !spaces && this.column > WIDTH && inside && text[i + 1] !== ' ') this.line(indent);
        else this.put(c);
        spaces = true;
        continue;
      }
      // Other line breaks than \n cannot come here: they make a scalar double quoted.
      this.put(c === quote ? "''" : c);
      spaces = false;
    }
    this.put(quote);
  }

  private double(text: string, indent: number, key: boolean): void {
    this.put('"');
    let spaces = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      if (!printable(c) || isBreak(c) || c === '"' || c === '\\') {
        const short = ESCAPES[c];
        if (short !== undefined) this.put('\\' + short);
        else {
          const code = text.codePointAt(i)!;
          if (code > 0xffff) i++;
          const hex = code.toString(16).toUpperCase();
          this.put(code <= 0xff ? '\\x' + hex.padStart(2, '0') : code <= 0xffff ? '\\u' + hex.padStart(4, '0') : '\\U' + hex.padStart(8, '0'));
        }
        spaces = false;
      } else if (c === ' ') {
        if (!key && !spaces && this.column > WIDTH && i > 0 && i < text.length - 1) {
          this.line(indent);
          if (text[i + 1] === ' ') this.put('\\');
        } else this.put(c);
        spaces = true;
      } else { this.put(c); spaces = false; }
    }
    this.put('"');
  }

  private literal(text: string, indent: number): void {
    this.put('|');
    if (text[0] === ' ' || isBreak(text[0])) this.put('2');
    const n = text.length;
    if (!isBreak(text[n - 1])) this.put('-');
    else if (n === 1 || isBreak(text[n - 2])) this.put('+');
    const body = isBreak(text[n - 1]) ? text.slice(0, -1) : text;
    for (const line of body.split('\n')) {
      if (line === '') { this.out += '\n'; this.column = 0; } else { this.line(indent); this.put(line); }
    }
  }
}

/** Integers as they are; others with the fewest digits, as Go's %g. */
function number(v: number): string {
  if (Number.isInteger(v) && v < 9223372036854775808 && v >= -9223372036854775808) return v === 0 ? '0' : BigInt(v).toString();
  const [mantissa, exponent] = jsonNumber(v).toLowerCase().split('e');
  const sign = mantissa[0] === '-' ? '-' : '';
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.');
  const all = (whole + fraction).replace(/^0+/, '');
  const leading = (whole + fraction).length - all.length;
  const digits = all.replace(/0+$/, '');
  const exp = whole.length - leading - 1 + Number(exponent ?? 0);
  if (exp < -4 || exp >= 6) {
    const e = (exp < 0 ? '-' : '+') + String(Math.abs(exp)).padStart(2, '0');
    return sign + digits[0] + (digits.length > 1 ? '.' + digits.slice(1) : '') + 'e' + e;
  }
  if (exp < 0) return sign + '0.' + '0'.repeat(-exp - 1) + digits;
  return sign + (digits.length <= exp + 1 ? digits.padEnd(exp + 1, '0') : digits.slice(0, exp + 1) + '.' + digits.slice(exp + 1));
}
