/**
 * awk in its common form: `[-F sep] [-v x=y] 'pattern { print …; x += $n } END { … }'`.
 * Left out: loops, functions of its own, arrays, getline, output files.
 */
import type { FilterCommand } from './filters.ts';
import { lines, options, UsageError } from './filters.ts';
import { regular } from './regular-expression.ts';

interface Rule { readonly pattern: string; readonly action: string | undefined }

function rules(program: string): Rule[] {
  const out: Rule[] = [];
  let i = 0;
  while (i < program.length) {
    if (/[\s;]/.test(program[i])) { i++; continue; }
    let pattern = '';
    let quote = '';
    for (; i < program.length && (quote !== '' || program[i] !== '{'); i++) {
      const c = program[i];
      if (quote !== '') { if (c === '\\') pattern += program[i++]; else if (c === quote) quote = ''; } else if (c === '"' || (c === '/' && /(^|[~(&|!,])\s*$/.test(pattern))) quote = c;
      pattern += program[i] ?? '';
    }
    if (program[i] !== '{') { out.push({ pattern: pattern.trim(), action: undefined }); break; }
    let depth = 0;
    let inString = false;
    const from = i + 1;
    for (; i < program.length; i++) {
      const c = program[i];
      if (inString) { if (c === '\\') i++; else if (c === '"') inString = false; } else if (c === '"') inString = true;
      else if (c === '{') depth++;
      else if (c === '}' && --depth === 0) break;
    }
    if (i >= program.length) throw new UsageError('syntax error: unexpected end of program');
    out.push({ pattern: pattern.trim(), action: program.slice(from, i) });
    i++;
  }
  return out;
}

type Value = string | number;
const text = (v: Value): string => (typeof v === 'number' && !Number.isInteger(v) ? String(Number(v.toPrecision(6))) : String(v));
const num = (v: Value): number => (typeof v === 'number' ? v : parseFloat(v) || 0);
const looksNumeric = (v: Value): boolean => typeof v === 'number' || /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(v);

class Machine {
  readonly vars: Record<string, Value> = { NR: 0, NF: 0, FS: ' ', OFS: ' ', ORS: '\n' };
  fields: string[] = [''];
  private tokens: string[] = [];
  private at = 0;
  private depth = 0;

  load(line: string): void {
    const fs = text(this.vars['FS']);
    const parts = fs === ' ' ? line.trim().split(/\s+/).filter((p) => p !== '') : fs.length === 1 ? line.split(fs) : line.split(regular(fs, { extended: true }));
    this.fields = [line, ...(line === '' ? [] : parts)];
    this.vars['NF'] = this.fields.length - 1;
    this.vars['NR'] = num(this.vars['NR']) + 1;
  }

  evaluate(source: string): Value {
    this.tokens = tokenize(source);
    this.at = 0;
    const v = this.expression();
    if (this.at < this.tokens.length) throw new UsageError(`syntax error near ${this.tokens[this.at]}`);
    return v;
  }

  /** Runs statements; answers what they print, and whether the record is finished. */
  run(action: string): { out: string; next: boolean; exit: boolean } {
    let out = '';
    for (const statement of split(action)) {
      const s = statement.trim();
      if (s === '') continue;
      const conditional = /^if\s*\(/.exec(s);
      if (conditional !== null) {
        let depth = 0;
        let end = s.indexOf('(');
        for (; end < s.length; end++) { if (s[end] === '(') depth++; else if (s[end] === ')' && --depth === 0) break; }
        if (truthy(this.evaluate(s.slice(s.indexOf('(') + 1, end)))) {
          const inner = this.run(s.slice(end + 1).replace(/^\s*\{(.*)\}\s*$/s, '$1'));
          out += inner.out;
          if (inner.next || inner.exit) return { ...inner, out };
        }
        continue;
      }
      if (s === 'next') return { out, next: true, exit: false };
      if (/^exit\b/.test(s)) return { out, next: false, exit: true };
      if (/^print(\s|$|"|\$|\()/.test(s) && !s.startsWith('printf')) {
        const args = list(s.slice(5).trim());
        out += (args.length === 0 ? this.fields[0] : args.map((a) => text(this.evaluate(a))).join(text(this.vars['OFS']))) + text(this.vars['ORS']);
      } else if (s.startsWith('printf')) {
        const args = list(s.slice(6).trim().replace(/^\((.*)\)$/s, '$1')).map((a) => this.evaluate(a));
        out += format(text(args[0] ?? ''), args.slice(1));
      } else this.evaluate(s);
    }
    return { out, next: false, exit: false };
  }

  private expression(): Value {
    if (++this.depth > 60) throw new UsageError('expression too deep');
    const name = this.tokens[this.at];
    const op = this.tokens[this.at + 1];
    let v: Value;
    if (name !== undefined && /^[A-Za-z_]\w*$/.test(name) && op !== undefined && /^([-+*/%]?=)$/.test(op)) {
      this.at += 2;
      const right = this.expression();
      v = op === '=' ? right : arithmetic(op[0], num(this.vars[name] ?? 0), num(right));
      this.vars[name] = v;
    } else v = this.ternary();
    this.depth--;
    return v;
  }

  private ternary(): Value {
    const c = this.or();
    if (this.tokens[this.at] !== '?') return c;
    this.at++;
    const yes = this.expression();
    if (this.tokens[this.at++] !== ':') throw new UsageError('syntax error in ?:');
    const no = this.expression();
    return truthy(c) ? yes : no;
  }

  private or(): Value {
    let v = this.and();
    while (this.tokens[this.at] === '||') { this.at++; const r = this.and(); v = truthy(v) || truthy(r) ? 1 : 0; }
    return v;
  }

  private and(): Value {
    let v = this.compare();
    while (this.tokens[this.at] === '&&') { this.at++; const r = this.compare(); v = truthy(v) && truthy(r) ? 1 : 0; }
    return v;
  }

  private compare(): Value {
    const left = this.concat();
    const op = this.tokens[this.at];
    if (op === '~' || op === '!~') {
      this.at++;
      const raw = this.tokens[this.at];
      const pattern = raw?.startsWith('/') ? raw.slice(1, -1) : text(this.concat());
      if (raw?.startsWith('/')) this.at++;
      return regular(pattern, { extended: true }).test(text(left)) === (op === '~') ? 1 : 0;
    }
    if (op === undefined || !['==', '!=', '<', '<=', '>', '>='].includes(op)) return left;
    this.at++;
    const right = this.concat();
    const numeric = looksNumeric(left) && looksNumeric(right);
    const a = numeric ? num(left) : text(left);
    const b = numeric ? num(right) : text(right);
    const yes = op === '==' ? a === b : op === '!=' ? a !== b : op === '<' ? a < b : op === '<=' ? a <= b : op === '>' ? a > b : a >= b;
    return yes ? 1 : 0;
  }

  private concat(): Value {
    let v = this.sum();
    while (this.at < this.tokens.length && /^["$A-Za-z_0-9(]/.test(this.tokens[this.at])) v = text(v) + text(this.sum());
    return v;
  }

  private sum(): Value {
    let v = this.product();
    while (this.tokens[this.at] === '+' || this.tokens[this.at] === '-') { const op = this.tokens[this.at++]; v = arithmetic(op, num(v), num(this.product())); }
    return v;
  }

  private product(): Value {
    let v = this.atom();
    while (['*', '/', '%'].includes(this.tokens[this.at])) { const op = this.tokens[this.at++]; v = arithmetic(op, num(v), num(this.atom())); }
    return v;
  }

  private atom(): Value {
    const t = this.tokens[this.at++];
    if (t === undefined) throw new UsageError('syntax error: unexpected end');
    if (t === '(') { const v = this.expression(); if (this.tokens[this.at++] !== ')') throw new UsageError('syntax error: missing )'); return v; }
    if (t === '-') return -num(this.atom());
    if (t === '+') return num(this.atom());
    if (t === '!') return truthy(this.atom()) ? 0 : 1;
    if (t === '$') { const n = num(this.atom()); return this.fields[n] ?? ''; }
    if (t.startsWith('"')) return t.slice(1, -1).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));
    if (t.startsWith('/')) return regular(t.slice(1, -1), { extended: true }).test(this.fields[0]) ? 1 : 0;
    if (/^[\d.]/.test(t)) return Number(t);
    if (/^[A-Za-z_]/.test(t)) {
      if (this.tokens[this.at] === '(' || t === 'length') return this.callFunction(t);
      const next = this.tokens[this.at];
      const v = this.vars[t] ?? '';
      if (next === '++' || next === '--') { this.at++; this.vars[t] = num(v) + (next === '++' ? 1 : -1); return num(v); }
      return v;
    }
    throw new UsageError(`syntax error near ${t}`);
  }

  private callFunction(name: string): Value {
    const args: Value[] = [];
    if (this.tokens[this.at] === '(') {
      this.at++;
      while (this.tokens[this.at] !== ')') { if (this.at >= this.tokens.length) throw new UsageError('syntax error: missing )'); args.push(this.expression()); if (this.tokens[this.at] === ',') this.at++; }
      this.at++;
    }
    const a = text(args[0] ?? '');
    switch (name) {
      case 'length': return args.length === 0 ? this.fields[0].length : a.length;
      case 'substr': return a.substr(Math.max(0, num(args[1] ?? 1) - 1), args[2] === undefined ? undefined : num(args[2]));
      case 'toupper': return a.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32));
      case 'tolower': return a.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
      case 'index': return a.indexOf(text(args[1] ?? '')) + 1;
      case 'int': return Math.trunc(num(args[0] ?? 0));
      case 'sprintf': return format(a, args.slice(1));
      default: throw new UsageError(`function ${name} is not supported here`);
    }
  }
}

const truthy = (v: Value): boolean => (typeof v === 'number' ? v !== 0 : v !== '' && v !== '0');

function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': if (b === 0) throw new UsageError('division by zero'); return a / b;
    default: return b === 0 ? 0 : a % b;
  }
}

function tokenize(source: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < source.length;) {
    const rest = source.slice(i);
    const space = /^\s+/.exec(rest);
    if (space !== null) { i += space[0].length; continue; }
    const previous = out[out.length - 1];
    if (rest[0] === '/' && (previous === undefined || /^([(,!~]|&&|\|\||!~)$/.test(previous))) {
      const m = /^\/((?:[^/\\]|\\.)*)\//.exec(rest);
      if (m === null) throw new UsageError('unterminated regular expression');
      out.push(m[0]);
      i += m[0].length;
      continue;
    }
    const m = /^("(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?|[A-Za-z_]\w*|\+\+|--|[-+*/%]=|==|!=|<=|>=|!~|&&|\|\||.)/s.exec(rest)!;
    out.push(m[0]);
    i += m[0].length;
  }
  return out;
}

/** At top-level occurrences of one of the characters. */
function splitAt(source: string, separators: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let quoted = false;
  let part = '';
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (quoted) { if (c === '\\') part += source[i++]; else if (c === '"') quoted = false; } else if (c === '"') quoted = true;
    else if (c === '(' || c === '{') depth++;
    else if (c === ')' || c === '}') depth--;
    else if (depth === 0 && separators.includes(c)) { out.push(part); part = ''; continue; }
    part += source[i] ?? '';
  }
  out.push(part);
  return out;
}

const split = (action: string): string[] => splitAt(action, ';\n');
const list = (args: string): string[] => (args === '' ? [] : splitAt(args, ','));

function format(pattern: string, args: readonly Value[]): string {
  let i = 0;
  return pattern.replace(/%(-?)(0?)(\d*)(?:\.(\d+))?([sdifgc%])/g, (_, left: string, zero: string, width: string, precision: string | undefined, kind: string) => {
    if (kind === '%') return '%';
    const v = args[i++] ?? '';
    let s = kind === 's' || kind === 'c' ? text(v) : kind === 'd' || kind === 'i' ? String(Math.trunc(num(v))) : num(v).toFixed(Math.min(20, Number(precision ?? 6)));
    if (kind === 's' && precision !== undefined) s = s.slice(0, Number(precision));
    const w = Math.min(1000, Number(width || 0));
    return left ? s.padEnd(w) : s.padStart(w, zero && kind !== 's' ? '0' : ' ');
  });
}

export function awk(argv: readonly string[]): FilterCommand {
  const o = options(argv, 'Fv');
  const program = o.rest[0];
  if (program === undefined) throw new UsageError("usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]");
  const all = rules(program);
  const m = new Machine();
  if (o.values['F'] !== undefined) m.vars['FS'] = o.values['F'][0].replace(/\\t/g, '\t');
  for (const v of o.values['v'] ?? []) m.vars[v.slice(0, v.indexOf('='))] = v.slice(v.indexOf('=') + 1);
  let begun = '';
  for (const r of all) if (r.pattern === 'BEGIN') begun += m.run(r.action ?? '').out;
  const filter = lines((line) => {
    m.load(line);
    let out = begun;
    begun = '';
    for (const r of all) {
      if (r.pattern === 'BEGIN' || r.pattern === 'END') continue;
      if (r.pattern !== '' && !truthy(m.evaluate(r.pattern))) continue;
      if (r.action === undefined) { out += line + '\n'; continue; }
      const result = m.run(r.action);
      out += result.out;
      if (result.exit) filter.done = true;
      if (result.next || result.exit) break;
    }
    return out;
  }, () => {
    let out = begun;
    for (const r of all) if (r.pattern === 'END') out += m.run(r.action ?? '').out;
    return out;
  });
  return { filter, files: o.rest.slice(1) };
}
