/**
 * Reads shell scripts. Everything is bounded: length, nesting, number of nodes.
 * Upstream: none (POSIX.1-2024, chapter 2).
 * Left out: aliases, arrays, process substitution, `select`, `coproc`, here-documents inside $( ).
 */
import { SyntaxError_ } from './syntax.ts';
import type { Node, Part, Redirect, Word } from './syntax.ts';

const MAX_LENGTH = 256 * 1024;
const MAX_DEPTH = 60;
const RESERVED = ['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', '{', '}', '!', 'in', 'function'];
const OPERATORS = ['&&', '||', ';;', '<<<', '<<-', '<<', '>>', '>&', '<&', '&>', '>|', '|', '&', ';', '(', ')', '<', '>', '\n'];

/** Parses a whole script. Throws SyntaxError_. */
export function parseScript(text: string): Node {
  if (text.length > MAX_LENGTH) throw new SyntaxError_('script is too long');
  const parser = new Parser(text);
  const node = parser.list([]);
  parser.skipNewlines();
  if (!parser.atEnd()) parser.unexpected();
  return node;
}

/**
 * Where the complete command ends that begins at `from`, as a shell reads its input line by line: behind the line end that finishes it.
 * -1: more lines are needed (an open quote, here-document, `$(`, loop; a backslash, `|` or `&&` at the end). A command that cannot be
 * read ends with the line at which that shows; the text's length when only blanks and comments are left.
 */
export function commandEnd(text: string, from: number): number {
  const parser = new Parser(text, from);
  try {
    return parser.commandLine();
  } catch (error) {
    if (!(error instanceof SyntaxError_)) throw error;
    if (error.incomplete) return -1;
    const end = text.indexOf('\n', parser.at);
    return end < 0 ? text.length : end + 1;
  }
}

/** An error inside text that was read to its end: no further line can mend it. */
function final<V>(read: () => V): V {
  try {
    return read();
  } catch (error) {
    throw error instanceof SyntaxError_ && error.incomplete ? new SyntaxError_(error.message) : error;
  }
}

interface Pending { readonly index: number; readonly strip: boolean; readonly quoted: boolean; readonly delimiter: string; readonly redirect: { target: Word } }

class Parser {
  private i = 0;
  private depth = 0;
  private readonly pending: Pending[] = [];
  private readonly text: string;
  /** The text ends with a backslash that quotes nothing. */
  private continued = false;

  constructor(text: string, from = 0) {
    this.text = text;
    this.i = from;
  }

  get at(): number { return this.i; }

  atEnd(): boolean { this.blanks(); return this.i >= this.text.length; }

  unexpected(): never {
    this.blanks();
    if (this.i >= this.text.length) throw new SyntaxError_('syntax error: unexpected end of file', true);
    const word = this.operator() ?? this.peekWord() ?? this.text[this.i];
    throw new SyntaxError_(`syntax error near unexpected token \`${word === '\n' ? 'newline' : word}'`);
  }

  private enter(): void { if (++this.depth > MAX_DEPTH) throw new SyntaxError_('syntax error: nested too deeply'); }
  private leave(): void { this.depth--; }

  private blanks(): void {
    for (;;) {
      const c = this.text[this.i];
      if (c === ' ' || c === '\t' || c === '\r') this.i++;
      else if (c === '\\' && this.text[this.i + 1] === '\n') this.i += 2;
      else if (c === '#' && (this.i === 0 || /[\s;&|()]/.test(this.text[this.i - 1]))) { while (this.i < this.text.length && this.text[this.i] !== '\n') this.i++; } else return;
    }
  }

  skipNewlines(): void {
    for (;;) {
      this.blanks();
      if (this.text[this.i] !== '\n') return;
      this.newline();
    }
  }

  /** Passes a line end; the bodies of here-documents follow it. */
  private newline(): void {
    this.i++;
    for (const doc of this.pending.splice(0)) {
      let body = '';
      for (;;) {
        if (this.i >= this.text.length) {
          if (body === '' || doc.delimiter !== '') throw new SyntaxError_(`here-document delimited by end-of-file (wanted \`${doc.delimiter}')`, true);
          break;
        }
        const end = this.text.indexOf('\n', this.i) < 0 ? this.text.length : this.text.indexOf('\n', this.i);
        let line = this.text.slice(this.i, end);
        this.i = Math.min(end + 1, this.text.length);
        if (doc.strip) line = line.replace(/^\t+/, '');
        if (line === doc.delimiter) break;
        body += line + '\n';
      }
      doc.redirect.target = doc.quoted ? [{ k: 'lit', s: body, q: true }] : final(() => new Parser(body).hereParts(this.depth));
    }
  }

  private hereParts(depth: number): Word {
    this.depth = depth;
    return this.quotedParts('');
  }

  private operator(): string | undefined {
    this.blanks();
    return OPERATORS.find((op) => this.text.startsWith(op, this.i));
  }

  private take(op: string): boolean {
    if (this.operator() !== op) return false;
    this.i += op.length;
    return true;
  }

  /** The next plain word, not consumed. */
  private peekWord(): string | undefined {
    this.blanks();
    const m = /^[^\s;&|()<>"'`$\\]+/.exec(this.text.slice(this.i, this.i + 200));
    return m === null ? undefined : m[0];
  }

  private keyword(word: string): boolean {
    if (this.peekWord() !== word) return false;
    const next = this.text[this.i + word.length];
    return next === undefined || /[\s;&|()<>]/.test(next);
  }

  private takeKeyword(word: string): boolean {
    if (!this.keyword(word)) return false;
    this.i += word.length;
    return true;
  }

  private expect(word: string): void { this.skipNewlines(); if (!this.takeKeyword(word)) this.unexpected(); }

  /** Commands up to one of the words or `)`; an empty list only at the top. */
  list(ends: readonly string[]): Node {
    this.enter();
    const items: { node: Node; background: boolean }[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.i >= this.text.length || ends.some((e) => (e === ')' || e === ';;' ? this.operator() === e : this.keyword(e)))) break;
      if (items.length > 20_000) throw new SyntaxError_('syntax error: too many commands');
      const node = this.andOr();
      let background = false;
      const op = this.operator();
      if (op === '&') { this.i++; background = true; } else if (op === ';') this.i++;
      else if (op === '\n') this.newline();
      items.push({ node, background });
      if (op === undefined || !['&', ';', '\n'].includes(op)) break;
    }
    this.leave();
    if (items.length === 0 && ends.length > 0) this.unexpected();
    return { t: 'list', items };
  }

  /** Reads one complete command, which may be several lines; returns where the next begins. */
  commandLine(): number {
    this.skipNewlines();
    while (!this.atEnd()) {
      this.andOr();
      const op = this.operator();
      if (op === '&' || op === ';') {
        this.i++;
        if (!this.atEnd() && this.operator() !== '\n') continue;
      }
      if (this.operator() === '\n') {
        this.newline();
        return this.i;
      }
      if (!this.atEnd()) this.unexpected();
    }
    if (this.pending.length > 0 || this.continued) throw new SyntaxError_('syntax error: unexpected end of file', true);
    return this.i;
  }

  private andOr(): Node {
    const items: { op: '' | '&&' | '||'; node: Node }[] = [{ op: '', node: this.pipeline() }];
    for (;;) {
      const op = this.operator();
      if (op !== '&&' && op !== '||') break;
      this.i += 2;
      this.skipNewlines();
      items.push({ op, node: this.pipeline() });
    }
    return items.length === 1 ? items[0].node : { t: 'andor', items };
  }

  private pipeline(): Node {
    const not = this.takeKeyword('!');
    const stages = [this.command()];
    while (this.operator() === '|') {
      this.i++;
      if (this.text[this.i] === '&') this.i++;
      this.skipNewlines();
      stages.push(this.command());
    }
    return stages.length === 1 && !not ? stages[0] : { t: 'pipe', stages, not };
  }

  private command(): Node {
    this.enter();
    const node = this.commandInner();
    this.leave();
    return node;
  }

  private commandInner(): Node {
    const op = this.operator();
    if (op === '(') {
      if (this.text[this.i + 1] === '(') {
        const end = this.text.indexOf('))', this.i);
        if (end < 0) throw new SyntaxError_('syntax error: unexpected end of file', true);
        const inner = this.text.slice(this.i + 2, end);
        this.i = end + 2;
        return { t: 'arith', text: new Parser(inner).hereParts(this.depth), redirects: this.redirects() };
      }
      this.i++;
      const body = this.list([')']);
      if (!this.take(')')) this.unexpected();
      return { t: 'group', sub: true, body, redirects: this.redirects() };
    }
    if (this.takeKeyword('{')) {
      const body = this.list(['}']);
      this.expect('}');
      return { t: 'group', sub: false, body, redirects: this.redirects() };
    }
    if (this.takeKeyword('if')) {
      const clauses: [Node, Node][] = [];
      let otherwise: Node | null = null;
      const cond = this.list(['then']);
      this.expect('then');
      clauses.push([cond, this.list(['elif', 'else', 'fi'])]);
      for (;;) {
        this.skipNewlines();
        if (this.takeKeyword('elif')) {
          const c = this.list(['then']);
          this.expect('then');
          clauses.push([c, this.list(['elif', 'else', 'fi'])]);
        } else if (this.takeKeyword('else')) otherwise = this.list(['fi']);
        else break;
      }
      this.expect('fi');
      return { t: 'if', clauses, otherwise, redirects: this.redirects() };
    }
    for (const word of ['while', 'until']) {
      if (!this.takeKeyword(word)) continue;
      const cond = this.list(['do']);
      this.expect('do');
      const body = this.list(['done']);
      this.expect('done');
      return { t: 'while', until: word === 'until', cond, body, redirects: this.redirects() };
    }
    if (this.takeKeyword('for')) return this.forLoop();
    if (this.takeKeyword('case')) return this.caseOf();
    const named = this.takeKeyword('function');
    const name = this.peekWord();
    if (name !== undefined && (named || /^[A-Za-z_][\w-]*$/.test(name))) {
      const after = this.text.slice(this.i + name.length);
      const m = /^\s*\(\s*\)/.exec(after);
      if (m !== null || named) {
        this.i += name.length + (m?.[0].length ?? 0);
        this.skipNewlines();
        return { t: 'function', name, body: this.command() };
      }
    }
    if (name !== undefined && RESERVED.includes(name) && this.keyword(name) && name !== 'in' && name !== '!') this.unexpected();
    return this.simple();
  }

  private forLoop(): Node {
    const name = this.peekWord();
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) this.unexpected();
    this.i += name!.length;
    let words: Word[] | null = null;
    this.skipNewlines();
    if (this.takeKeyword('in')) {
      words = [];
      for (;;) {
        const op = this.operator();
        if (op !== undefined || this.atEnd()) break;
        words.push(this.word());
      }
    }
    if (this.operator() === ';') this.i++;
    this.expect('do');
    const body = this.list(['done']);
    this.expect('done');
    return { t: 'for', name: name!, words, body, redirects: this.redirects() };
  }

  private caseOf(): Node {
    const word = this.word();
    this.expect('in');
    const items: { patterns: Word[]; body: Node }[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.keyword('esac')) break;
      if (this.i >= this.text.length) this.unexpected();
      this.take('(');
      const patterns = [this.word()];
      while (this.take('|')) patterns.push(this.word());
      if (!this.take(')')) this.unexpected();
      this.skipNewlines();
      const body: Node = this.operator() === ';;' || this.keyword('esac') ? { t: 'list', items: [] } : this.list([';;', 'esac']);
      items.push({ patterns, body });
      this.skipNewlines();
      if (!this.take(';;')) break;
    }
    this.expect('esac');
    return { t: 'case', word, items, redirects: this.redirects() };
  }

  private redirects(): Redirect[] {
    const out: Redirect[] = [];
    for (;;) {
      const r = this.redirect();
      if (r === undefined) return out;
      out.push(r);
    }
  }

  private redirect(): Redirect | undefined {
    this.blanks();
    const m = /^(\d?)(<<<|<<-|<<|>>|>&|<&|&>|>\||<|>)/.exec(this.text.slice(this.i, this.i + 5));
    if (m === null || (m[2] === '&>' && m[1] !== '')) return undefined;
    this.i += m[0].length;
    const op = m[2];
    const input = op.startsWith('<');
    const fd = op === '&>' ? 12 : m[1] === '' ? (input ? 0 : 1) : Number(m[1]);
    this.blanks();
    if (op === '<<' || op === '<<-') {
      const from = this.i;
      this.word();
      const raw = this.text.slice(from, this.i);
      const redirect: { op: '<<'; fd: number; target: Word } = { op: '<<', fd, target: [] };
      this.pending.push({ index: 0, strip: op === '<<-', quoted: /['"\\]/.test(raw), delimiter: raw.replace(/['"\\]/g, ''), redirect });
      return redirect;
    }
    if (this.atEnd() || (this.operator() !== undefined)) this.unexpected();
    const target = this.word();
    if (op === '<<<') return { op: '<<<', fd, target };
    if (op === '>&' || op === '<&') return { op: '>&', fd, target };
    return { op: op === '>|' || op === '&>' ? '>' : (op as '>' | '>>' | '<'), fd, target };
  }

  private simple(): Node {
    const assigns: [string, Word][] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    let bracket = false;
    for (;;) {
      if (!bracket) {
        const r = this.redirect();
        if (r !== undefined) { redirects.push(r); continue; }
      }
      this.blanks();
      if (this.i >= this.text.length) break;
      if (bracket) {
        const op = this.operator();
        if (op !== undefined && op !== '\n' && op !== ';') { this.i += op.length; words.push([{ k: 'lit', s: op, q: true }]); continue; }
      } else if (this.operator() !== undefined) break;
      if (words.length === 0) {
        const m = /^([A-Za-z_]\w*)=/.exec(this.text.slice(this.i, this.i + 200));
        if (m !== null) {
          this.i += m[0].length;
          const next = this.text[this.i];
          assigns.push([m[1], next === undefined || /[\s;&|()<>]/.test(next) ? [] : this.word()]);
          continue;
        }
      }
      if (this.text[this.i] === '\n' || (bracket && this.operator() !== undefined)) break;
      const before = this.i;
      words.push(this.word());
      const raw = this.text.slice(before, this.i);
      if (words.length === 1 && raw === '[[') bracket = true;
      if (raw === ']]') bracket = false;
      if (words.length > 20_000) throw new SyntaxError_('syntax error: too many words');
    }
    if (words.length === 0 && assigns.length === 0 && redirects.length === 0) this.unexpected();
    return { t: 'simple', assigns, words, redirects };
  }

  private word(): Word {
    this.blanks();
    const parts: Part[] = [];
    let plain = '';
    const flush = (): void => { if (plain !== '') parts.push({ k: 'lit', s: plain, q: false }); plain = ''; };
    const start = this.i;
    for (;;) {
      const c = this.text[this.i];
      if (c === undefined || /[\s;&|()<>]/.test(c)) break;
      if (c === '\\') {
        flush();
        if (this.text[this.i + 1] === '\n') { this.i += 2; continue; }
        if (this.i + 1 >= this.text.length) this.continued = true;
        parts.push({ k: 'lit', s: this.text[this.i + 1] ?? '\\', q: true });
        this.i += 2;
      } else if (c === "'") {
        flush();
        const end = this.text.indexOf("'", this.i + 1);
        if (end < 0) throw new SyntaxError_("unexpected EOF while looking for matching `''", true);
        parts.push({ k: 'lit', s: this.text.slice(this.i + 1, end), q: true });
        this.i = end + 1;
      } else if (c === '"') {
        flush();
        this.i++;
        const inner = this.quotedParts('"');
        if (this.text[this.i] !== '"') throw new SyntaxError_('unexpected EOF while looking for matching `"\'', true);
        this.i++;
        parts.push(...(inner.length === 0 ? [{ k: 'lit', s: '', q: true } as Part] : inner));
      } else if (c === '$' && this.text[this.i + 1] === "'") {
        flush();
        const m = /^\$'((?:[^'\\]|\\.)*)'/s.exec(this.text.slice(this.i));
        if (m === null) throw new SyntaxError_("unexpected EOF while looking for matching `''", true);
        parts.push({ k: 'lit', s: escapes(m[1]), q: true });
        this.i += m[0].length;
      } else if (c === '$' || c === '`') {
        flush();
        parts.push(this.dollar(false));
      } else {
        plain += c;
        this.i++;
      }
    }
    flush();
    if (this.i === start) this.unexpected();
    return parts;
  }

  /** The inside of double quotes, a here-document, an arithmetic expression: up to `end` or the end of the text. */
  private quotedParts(end: string): Word {
    const parts: Part[] = [];
    let plain = '';
    const flush = (): void => { if (plain !== '') parts.push({ k: 'lit', s: plain, q: true }); plain = ''; };
    while (this.i < this.text.length && (end === '' || this.text[this.i] !== end)) {
      const c = this.text[this.i];
      if (c === '\\') {
        const next = this.text[this.i + 1];
        if (next === '\n') this.i += 2;
        else if (next !== undefined && ('$`\\'.includes(next) || (next === '"' && end === '"'))) { plain += next; this.i += 2; } else { plain += c; this.i++; }
      } else if (c === '$' || c === '`') { flush(); parts.push(this.dollar(true)); } else { plain += c; this.i++; }
    }
    flush();
    return parts;
  }

  private dollar(q: boolean): Part {
    this.enter();
    const part = this.dollarInner(q);
    this.leave();
    return part;
  }

  private dollarInner(q: boolean): Part {
    if (this.text[this.i] === '`') {
      let inner = '';
      let j = this.i + 1;
      for (; j < this.text.length && this.text[j] !== '`'; j++) {
        if (this.text[j] === '\\' && '`$\\'.includes(this.text[j + 1] ?? ' ')) j++;
        inner += this.text[j];
      }
      if (j >= this.text.length) throw new SyntaxError_('unexpected EOF while looking for matching ``\'', true);
      this.i = j + 1;
      return { k: 'cmd', body: this.nested(inner), q };
    }
    const rest = this.text.slice(this.i, this.i + 300);
    if (rest.startsWith('$((')) {
      let depth = 0;
      let j = this.i + 1;
      for (; j < this.text.length; j++) {
        if (this.text[j] === '(') depth++;
        else if (this.text[j] === ')' && --depth === 0) break;
      }
      if (j >= this.text.length) throw new SyntaxError_('unexpected EOF while looking for matching `)\'', true);
      const inner = this.text.slice(this.i + 3, j - 1);
      this.i = j + 1;
      const p = new Parser(inner);
      return { k: 'arith', text: p.hereParts(this.depth), q };
    }
    if (rest.startsWith('$(')) {
      this.i += 2;
      const body = this.operator() === ')' ? ({ t: 'list', items: [] } as Node) : this.list([')']);
      if (!this.take(')')) { if (this.atEnd()) throw new SyntaxError_('unexpected EOF while looking for matching `)\'', true); this.unexpected(); }
      return { k: 'cmd', body, q };
    }
    if (rest.startsWith('${')) {
      const m = /^\$\{(#?)([A-Za-z_]\w*|[0-9]+|[?#@*$!-])(?:(:?[-=?+]|##?|%%?|\/\/?|:)|(?=\}))/.exec(rest);
      if (m === null) throw new SyntaxError_(`bad substitution: ${rest.slice(0, 20)}`, !this.text.includes('}', this.i));
      this.i += m[0].length;
      const arg = this.braceArgument();
      if (this.text[this.i] !== '}') throw new SyntaxError_('unexpected EOF while looking for matching `}\'', true);
      this.i++;
      return { k: 'var', name: m[2], op: m[1] === '#' ? 'length' : m[3] ?? '', arg, q };
    }
    const m = /^\$([A-Za-z_]\w*|[0-9?#@*$!-])/.exec(rest);
    if (m === null) {
      this.i++;
      return { k: 'lit', s: '$', q: true };
    }
    this.i += m[0].length;
    return { k: 'var', name: m[1], op: '', arg: [], q };
  }

  private braceArgument(): Word {
    const parts: Part[] = [];
    let plain = '';
    const flush = (): void => { if (plain !== '') parts.push({ k: 'lit', s: plain, q: false }); plain = ''; };
    while (this.i < this.text.length && this.text[this.i] !== '}') {
      const c = this.text[this.i];
      if (c === '\\') { flush(); parts.push({ k: 'lit', s: this.text[this.i + 1] ?? '', q: true }); this.i += 2; } else if (c === "'") {
        flush();
        const end = this.text.indexOf("'", this.i + 1);
        if (end < 0) throw new SyntaxError_("unexpected EOF while looking for matching `''", true);
        parts.push({ k: 'lit', s: this.text.slice(this.i + 1, end), q: true });
        this.i = end + 1;
      } else if (c === '"') {
        flush();
        this.i++;
        parts.push(...this.quotedParts('"'));
        this.i++;
      } else if (c === '$' || c === '`') { flush(); parts.push(this.dollar(false)); } else { plain += c; this.i++; }
    }
    flush();
    return parts;
  }

  private nested(text: string): Node {
    const parser = new Parser(text);
    parser.depth = this.depth;
    return final(() => {
      const node = parser.list([]);
      if (!parser.atEnd()) parser.unexpected();
      return node;
    });
  }
}

/** The escapes of $'…', printf and echo -e. */
export function escapes(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|.)/gs, (all, e: string) => {
    const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v', e: '\u001b', '\\': '\\', "'": "'", '"': '"' };
    if (simple[e] !== undefined) return simple[e];
    if (e.startsWith('x')) return String.fromCharCode(parseInt(e.slice(1), 16));
    if (/^[0-7]+$/.test(e)) return String.fromCharCode(parseInt(e, 8) & 255);
    return all;
  });
}
