/**
 * Characters of YAML to tokens: indentation, simple keys, every scalar style.
 * Upstream: go.yaml.in/yaml/v2 scannerc.go (libyaml's algorithm, whose error texts are interface)
 * Left out: %YAML and %TAG directives are skipped, not interpreted.
 */

/** Zero-based. */
export interface Mark { readonly index: number; readonly line: number; readonly column: number }
export type TokenType =
  | 'stream-end' | 'document-start' | 'document-end' | 'block-sequence-start' | 'block-mapping-start' | 'block-end' | 'flow-sequence-start' | 'flow-sequence-end'
  | 'flow-mapping-start' | 'flow-mapping-end' | 'block-entry' | 'flow-entry' | 'key' | 'value' | 'alias' | 'anchor' | 'tag' | 'scalar';
export interface Token { readonly type: TokenType; readonly start: Mark; readonly end: Mark; readonly value: string; readonly plain: boolean }

/** Thrown inside, caught at `parseYaml`. `line` is what upstream prints, 0 for none. */
export class YamlError {
  readonly message: string;
  constructor(problem: string, line: number) { this.message = (line > 0 ? `line ${line}: ` : '') + problem; }
}

/** Deeper nesting is refused, in upstream's words. A worker's stack is small. */
export const MAX_YAML_DEPTH = 400;
const TOO_DEEP = 'exceeded max depth of 10000';

interface SimpleKey { possible: boolean; required: boolean; token: number; mark: Mark }

const END = '\0';
const isBreak = (c: string): boolean => c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029';
const isBlank = (c: string): boolean => c === ' ' || c === '\t';
const isEnd = (c: string): boolean => c === END;
const isBlankEnd = (c: string): boolean => isBlank(c) || isBreak(c) || isEnd(c);
const isBreakEnd = (c: string): boolean => isBreak(c) || isEnd(c);
const isWord = (c: string): boolean => /^[0-9A-Za-z_-]$/.test(c);

export class Scanner {
  private readonly text: string;
  private i = 0;
  private line = 0;
  private column = 0;
  private flow = 0;
  private indent = -1;
  private readonly indents: number[] = [];
  private keys: SimpleKey[] = [];
  private keyAllowed = true;
  private tokens: Token[] = [];
  private head = 0;
  private taken = 0;
  private ended = false;

  constructor(text: string) {
    this.text = text;
    this.keys.push({ possible: false, required: false, token: 0, mark: this.mark() });
    if (text.charCodeAt(0) === 0xfeff) this.i = 1;
  }

  /** The next token, left in place. */
  peek(): Token {
    while (this.head >= this.tokens.length || this.waiting()) {
      if (this.ended) break;
      this.fetch();
    }
    return this.tokens[this.head];
  }

  take(): Token {
    const t = this.peek();
    this.head++;
    this.taken++;
    if (this.head > 1000 && this.head === this.tokens.length) { this.tokens = []; this.head = 0; }
    return t;
  }

  /** Whether the next token might yet turn out to be a key. */
  private waiting(): boolean {
    for (const key of this.keys) if (this.valid(key) && key.token === this.taken) return true;
    return false;
  }

  private valid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line < this.line || key.mark.index + 1024 < this.i) {
      if (key.required) this.fail("could not find expected ':'");
      key.possible = false;
      return false;
    }
    return true;
  }

  private mark(): Mark { return { index: this.i, line: this.line, column: this.column }; }
  private at(n = 0): string { return this.i + n < this.text.length ? this.text[this.i + n] : END; }
  private skip(n = 1): void { this.i += n; this.column += n; }
  private skipLine(): void {
    if (this.at() === '\r' && this.at(1) === '\n') this.i++;
    this.i++; this.line++; this.column = 0;
  }
  private readLine(): string {
    const c = this.at();
    this.skipLine();
    return c === '\u2028' || c === '\u2029' ? c : '\n';
  }
  private fail(problem: string): never { throw new YamlError(problem, this.line === 0 ? 0 : this.line + 1); }

  private push(type: TokenType, start: Mark, value = '', plain = false, at = this.tokens.length): void {
    this.tokens.splice(at, 0, { type, start, end: this.mark(), value, plain });
  }

  private saveKey(): void {
    const required = this.flow === 0 && this.indent === this.column;
    if (!this.keyAllowed) return;
    this.removeKey();
    this.keys[this.keys.length - 1] = { possible: true, required, token: this.taken + (this.tokens.length - this.head), mark: this.mark() };
  }
  private removeKey(): void {
    const key = this.keys[this.keys.length - 1];
    if (key.possible && key.required) this.fail("could not find expected ':'");
    key.possible = false;
  }
  private roll(column: number, token: number, type: TokenType, mark: Mark): void {
    if (this.flow > 0 || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    if (this.indents.length > MAX_YAML_DEPTH) this.fail(TOO_DEEP);
    this.push(type, mark, '', false, token < 0 ? this.tokens.length : token - this.taken + this.head);
  }
  private unroll(column: number): void {
    if (this.flow > 0) return;
    while (this.indent > column) { this.push('block-end', this.mark()); this.indent = this.indents.pop()!; }
  }

  private fetch(): void {
    this.toNext();
    this.unroll(this.column);
    const c = this.at();
    const next = this.at(1);
    const start = this.mark();
    if (isEnd(c) && this.i >= this.text.length) {
      if (this.column !== 0) { this.column = 0; this.line++; }
      this.unroll(-1);
      this.removeKey();
      this.keyAllowed = false;
      this.push('stream-end', this.mark());
      this.ended = true;
      return;
    }
    if (this.column === 0 && c === '%') { this.unroll(-1); this.removeKey(); this.keyAllowed = false; while (!isBreakEnd(this.at())) this.skip(); return; }
    if (this.column === 0 && (c === '-' || c === '.') && next === c && this.at(2) === c && isBlankEnd(this.at(3))) {
      this.unroll(-1);
      this.removeKey();
      this.keyAllowed = false;
      this.skip(3);
      this.push(c === '-' ? 'document-start' : 'document-end', start);
      return;
    }
    switch (c) {
      case '[': case '{':
        this.saveKey();
        this.keys.push({ possible: false, required: false, token: 0, mark: start });
        this.flow++;
        if (this.flow > MAX_YAML_DEPTH) this.fail(TOO_DEEP);
        this.keyAllowed = true;
        this.skip();
        return this.push(c === '[' ? 'flow-sequence-start' : 'flow-mapping-start', start);
      case ']': case '}':
        this.removeKey();
        if (this.flow > 0) { this.flow--; this.keys.pop(); }
        this.keyAllowed = false;
        this.skip();
        return this.push(c === ']' ? 'flow-sequence-end' : 'flow-mapping-end', start);
      case ',':
        this.removeKey();
        this.keyAllowed = true;
        this.skip();
        return this.push('flow-entry', start);
      case '-':
        if (!isBlankEnd(next)) break;
        if (this.flow === 0) {
          if (!this.keyAllowed) this.fail('block sequence entries are not allowed in this context');
          this.roll(this.column, -1, 'block-sequence-start', start);
        }
        this.removeKey();
        this.keyAllowed = true;
        this.skip();
        return this.push('block-entry', start);
      case '?':
        if (this.flow === 0 && !isBlankEnd(next)) break;
        if (this.flow === 0) {
          if (!this.keyAllowed) this.fail('mapping keys are not allowed in this context');
          this.roll(this.column, -1, 'block-mapping-start', start);
        }
        this.removeKey();
        this.keyAllowed = this.flow === 0;
        this.skip();
        return this.push('key', start);
      case ':':
        if (this.flow === 0 && !isBlankEnd(next)) break;
        return this.value(start);
      case '*': case '&': return this.anchor(c, start);
      case '!': return this.tag(start);
      case '|': case '>':
        if (this.flow > 0) break;
        this.removeKey();
        this.keyAllowed = true;
        return this.block(c === '|', start);
      case "'": case '"':
        this.saveKey();
        this.keyAllowed = false;
        return this.quoted(c, start);
      default:
    }
    const special = isBlankEnd(c) || '-?:,[]{}#&*!|>\'"%@`'.includes(c);
    if (!special || (c === '-' && !isBlank(next)) || (this.flow === 0 && (c === '?' || c === ':') && !isBlankEnd(next))) {
      this.saveKey();
      this.keyAllowed = false;
      return this.plain(start);
    }
    this.fail('found character that cannot start any token');
  }

  private value(start: Mark): void {
    const key = this.keys[this.keys.length - 1];
    if (this.valid(key)) {
      // The key's tokens stand already: what makes them a key goes before them.
      const at = key.token - this.taken + this.head;
      this.tokens.splice(at, 0, { type: 'key', start: key.mark, end: key.mark, value: '', plain: false });
      this.roll(key.mark.column, key.token, 'block-mapping-start', key.mark);
      key.possible = false;
      this.keyAllowed = false;
    } else {
      if (this.flow === 0) {
        if (!this.keyAllowed) this.fail('mapping values are not allowed in this context');
        this.roll(this.column, -1, 'block-mapping-start', start);
      }
      this.keyAllowed = this.flow === 0;
    }
    this.skip();
    this.push('value', start);
  }

  private toNext(): void {
    for (;;) {
      if (this.column === 0 && this.at() === '\ufeff') this.skip();
      while (this.at() === ' ' || ((this.flow > 0 || !this.keyAllowed) && this.at() === '\t')) this.skip();
      if (this.at() === '#') while (!isBreakEnd(this.at())) this.skip();
      if (!isBreak(this.at())) return;
      this.skipLine();
      if (this.flow === 0) this.keyAllowed = true;
    }
  }

  private anchor(c: string, start: Mark): void {
    this.saveKey();
    this.keyAllowed = false;
    this.skip();
    const from = this.i;
    while (isWord(this.at())) this.skip();
    const name = this.text.slice(from, this.i);
    if (name === '' || !(isBlankEnd(this.at()) || '?:,]}%@`'.includes(this.at()))) this.fail('did not find expected alphabetic or numeric character');
    this.push(c === '*' ? 'alias' : 'anchor', start, name);
  }

  private tag(start: Mark): void {
    this.saveKey();
    this.keyAllowed = false;
    const from = this.i;
    if (this.at(1) === '<') {
      while (!isBlankEnd(this.at()) && this.at() !== '>') this.skip();
      if (this.at() !== '>') this.fail("did not find the expected '>'");
      this.skip();
    } else while (!isBlankEnd(this.at()) && !(this.flow > 0 && ',[]{}'.includes(this.at()))) this.skip();
    if (!isBlankEnd(this.at()) && !(this.flow > 0 && this.at() === ',')) this.fail('did not find expected whitespace or line break');
    this.push('tag', start, this.text.slice(from, this.i));
  }

  private block(literal: boolean, start: Mark): void {
    this.skip();
    let chomp = 0, increment = 0;
    for (let k = 0; k < 2; k++) {
      const c = this.at();
      if ((c === '+' || c === '-') && chomp === 0) { chomp = c === '+' ? 1 : -1; this.skip(); } else if (c >= '0' && c <= '9' && increment === 0) {
        if (c === '0') this.fail('found an indentation indicator equal to 0');
        increment = Number(c);
        this.skip();
      }
    }
    while (isBlank(this.at())) this.skip();
    if (this.at() === '#') while (!isBreakEnd(this.at())) this.skip();
    if (!isBreakEnd(this.at())) this.fail('did not find expected comment or line break');
    if (isBreak(this.at())) this.skipLine();
    let indent = increment > 0 ? (this.indent >= 0 ? this.indent + increment : increment) : 0;
    let out = '', leading = '', trailing = '';
    const breaks = (): void => {
      let max = 0;
      for (;;) {
        while ((indent === 0 || this.column < indent) && this.at() === ' ') this.skip();
        if (this.column > max) max = this.column;
        if ((indent === 0 || this.column < indent) && this.at() === '\t') this.fail('found a tab character where an indentation space is expected');
        if (!isBreak(this.at())) break;
        trailing += this.readLine();
      }
      if (indent === 0) indent = Math.max(max, this.indent + 1, 1);
    };
    breaks();
    let leadingBlank = false;
    while (this.column === indent && this.i < this.text.length) {
      const trailingBlank = isBlank(this.at());
      if (!literal && !leadingBlank && !trailingBlank && leading.startsWith('\n')) { if (trailing === '') out += ' '; } else out += leading;
      leading = '';
      out += trailing;
      trailing = '';
      leadingBlank = isBlank(this.at());
      const from = this.i;
      while (!isBreakEnd(this.at())) this.skip();
      out += this.text.slice(from, this.i);
      // At the end of the text there is no line break to read, but upstream's buffer ends in one all the same way: nothing.
      leading = isBreak(this.at()) ? this.readLine() : '';
      breaks();
    }
    if (chomp !== -1) out += leading;
    if (chomp === 1) out += trailing;
    this.push('scalar', start, out);
  }

  private quoted(quote: string, start: Mark): void {
    this.skip();
    let out = '';
    for (;;) {
      if (this.column === 0 && (this.at() === '-' || this.at() === '.') && this.at(1) === this.at() && this.at(2) === this.at() && isBlankEnd(this.at(3))) this.fail('found unexpected document indicator');
      if (this.i >= this.text.length) this.fail('found unexpected end of stream');
      let leadingBlanks = false;
      while (!isBlankEnd(this.at())) {
        const c = this.at();
        if (quote === "'" && c === "'" && this.at(1) === "'") { out += "'"; this.skip(2); continue; }
        if (c === quote) break;
        if (quote === '"' && c === '\\' && isBreak(this.at(1))) { this.skip(); this.skipLine(); leadingBlanks = true; break; }
        if (quote === '"' && c === '\\') { out += this.escape(); continue; }
        out += c;
        this.skip();
      }
      if (this.at() === quote) break;
      let white = '', leading = '', trailing = '';
      while (isBlank(this.at()) || isBreak(this.at())) {
        if (isBlank(this.at())) { if (!leadingBlanks) white += this.at(); this.skip(); } else if (!leadingBlanks) { white = ''; leading = this.readLine(); leadingBlanks = true; } else trailing += this.readLine();
      }
      if (leadingBlanks) {
        if (leading.startsWith('\n')) out += trailing === '' ? ' ' : trailing;
        else out += leading + trailing;
      } else out += white;
      if (isEnd(this.at()) && this.i < this.text.length) this.skip();
    }
    this.skip();
    this.push('scalar', start, out);
  }

  private escape(): string {
    const c = this.at(1);
    const at = '0abt\tnvfre "\'/\\N_LP'.indexOf(c);
    if (at >= 0 && c !== END) { this.skip(2); return '\0\x07\b\t\t\n\v\f\r\x1b "\'/\\\u0085\u00a0\u2028\u2029'[at]; }
    const length = c === 'x' ? 2 : c === 'u' ? 4 : c === 'U' ? 8 : 0;
    if (length === 0) this.fail('found unknown escape character');
    this.skip(2);
    const digits = this.text.slice(this.i, this.i + length);
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length !== length) this.fail('did not find expected hexdecimal number');
    const code = parseInt(digits, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) this.fail('found invalid Unicode character escape code');
    this.skip(length);
    return String.fromCodePoint(code);
  }

  private plain(start: Mark): void {
    const indent = this.indent + 1;
    let out = '', white = '', leading = '', trailing = '';
    let leadingBlanks = false;
    for (;;) {
      if (this.column === 0 && (this.at() === '-' || this.at() === '.') && this.at(1) === this.at() && this.at(2) === this.at() && isBlankEnd(this.at(3))) break;
      if (this.at() === '#') break;
      while (!isBlankEnd(this.at())) {
        const c = this.at();
        if ((c === ':' && isBlankEnd(this.at(1))) || (this.flow > 0 && ',?[]{}'.includes(c))) break;
        if (leadingBlanks || white !== '') {
          if (leadingBlanks) {
            if (leading.startsWith('\n')) out += trailing === '' ? ' ' : trailing;
            else out += leading + trailing;
            leading = trailing = '';
            leadingBlanks = false;
          } else out += white;
          white = '';
        }
        const from = this.i;
        // Letters and digits, the bulk, go at once.
        do this.skip(); while (/^[0-9A-Za-z_./-]$/.test(this.at()));
        out += this.text.slice(from, this.i);
      }
      if (!(isBlank(this.at()) || isBreak(this.at()))) break;
      while (isBlank(this.at()) || isBreak(this.at())) {
        if (isBlank(this.at())) {
          if (leadingBlanks && this.column < indent && this.at() === '\t') this.fail('found a tab character that violates indentation');
          if (!leadingBlanks) white += this.at();
          this.skip();
        } else if (!leadingBlanks) { white = ''; leading = this.readLine(); leadingBlanks = true; } else trailing += this.readLine();
      }
      if (this.flow === 0 && this.column < indent) break;
    }
    this.push('scalar', start, out, true);
    if (leadingBlanks) this.keyAllowed = true;
  }
}
