/**
 * Expansion of words: parameters, commands, arithmetic, fields, file names, `~` and `{a,b}`.
 * Upstream: none (POSIX.1-2024, 2.6).
 */
import { ArithmeticError } from './arithmetic.ts';
import { globMatches, hasGlob } from './glob.ts';
import type { Part, Word } from './syntax.ts';
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { resolvePath } from './world.ts';
import type { Machine } from './machine.ts';

export class ExpansionError extends Error {}

/** A piece of text; quoted pieces are not split and their stars are plain. */
interface Piece { readonly s: string; readonly q: boolean; /** A field ends here ("$@"). */ readonly cut?: boolean }

const MAX_TEXT = 1_000_000;

function* parameter(m: Machine, part: Extract<Part, { k: 'var' }>): Program<Piece[]> {
  if (part.name === '@' && part.op === '') return m.args.slice(1).map((s, i) => ({ s, q: part.q, cut: i > 0 }));
  const value = m.variable(part.name);
  const arg = function* (): Program<string> { return yield* expandText(m, part.arg); };
  const set = value !== undefined;
  const filled = set && value !== '';
  const out = (s: string): Piece[] => [{ s, q: part.q }];
  switch (part.op) {
    case '': return out(value ?? '');
    case 'length': return out(String((value ?? '').length));
    case ':-': return filled ? out(value) : out(yield* arg());
    case '-': return set ? out(value) : out(yield* arg());
    case ':=': case '=': {
      if (part.op === ':=' ? filled : set) return out(value!);
      const v = yield* arg();
      m.vars = { ...m.vars, [part.name]: v };
      return out(v);
    }
    case ':+': return out(filled ? yield* arg() : '');
    case '+': return out(set ? yield* arg() : '');
    case ':?': case '?': {
      if (part.op === ':?' ? filled : set) return out(value!);
      throw new ExpansionError(`${part.name}: ${(yield* arg()) || 'parameter null or not set'}`);
    }
    case '#': case '##': case '%': case '%%': return out(trim(value ?? '', yield* arg(), part.op));
    case '/': case '//': {
      const text = yield* arg();
      const slash = text.indexOf('/');
      return out(substitute(value ?? '', slash < 0 ? text : text.slice(0, slash), slash < 0 ? '' : text.slice(slash + 1), part.op === '//'));
    }
    case ':': {
      const [from, length] = (yield* arg()).split(':').map((t) => m.calculate(t));
      const v = value ?? '';
      const start = from < 0 ? Math.max(0, v.length + from) : from;
      return out(length === undefined ? v.slice(start) : length < 0 ? v.slice(start, length) : v.slice(start, start + length));
    }
    default: return out(value ?? '');
  }
}

function trim(value: string, pattern: string, op: string): string {
  const n = value.length;
  if (op === '#') { for (let i = 0; i <= n; i++) if (globMatches(pattern, value.slice(0, i))) return value.slice(i); }
  else if (op === '##') { for (let i = n; i >= 0; i--) if (globMatches(pattern, value.slice(0, i))) return value.slice(i); }
  else if (op === '%') { for (let i = n; i >= 0; i--) if (globMatches(pattern, value.slice(i))) return value.slice(0, i); }
  else for (let i = 0; i <= n; i++) if (globMatches(pattern, value.slice(i))) return value.slice(0, i);
  return value;
}

function substitute(value: string, pattern: string, by: string, all: boolean): string {
  if (pattern === '') return value;
  let out = '';
  for (let i = 0; i < value.length;) {
    let end = -1;
    for (let j = Math.min(value.length, i + 500); j > i; j--) if (globMatches(pattern, value.slice(i, j))) { end = j; break; }
    if (end < 0) { out += value[i++]; continue; }
    out += by;
    i = end;
    if (!all) return out + value.slice(i);
  }
  return out;
}

function* pieces(m: Machine, word: Word): Program<Piece[]> {
  const out: Piece[] = [];
  for (const part of word) {
    switch (part.k) {
      case 'lit': out.push({ s: part.s, q: part.q }); break;
      case 'var': out.push(...(yield* parameter(m, part))); break;
      case 'cmd': out.push({ s: (yield* m.capture(part.body)).replace(/\n+$/, ''), q: part.q }); break;
      default: {
        try {
          out.push({ s: String(m.calculate(yield* expandText(m, part.text))), q: part.q });
        } catch (error) {
          if (error instanceof ArithmeticError) throw new ExpansionError(error.message);
          throw error;
        }
      }
    }
  }
  let size = 0;
  for (const p of out) size += p.s.length;
  if (size > MAX_TEXT) throw new ExpansionError('text too long');
  return out;
}

/** The word as one text: no splitting, no file names. */
export function* expandText(m: Machine, word: Word): Program<string> {
  const all = yield* pieces(m, word);
  return all.map((p, i) => (p.cut && i > 0 ? ' ' : '') + p.s).join('');
}

/** The word as a pattern: quoted characters stand for themselves. */
export function* expandPattern(m: Machine, word: Word): Program<string> {
  return (yield* pieces(m, word)).map((p) => (p.q ? p.s.replace(/[*?[\]\\]/g, '\\$&') : p.s)).join('');
}

/** The fields of words, as a command's arguments. */
export function* expandWords(m: Machine, words: readonly Word[]): Program<string[]> {
  const out: string[] = [];
  for (const word of words) for (const alternative of braces(word)) out.push(...(yield* fields(m, alternative)));
  return out;
}

/** `a{b,c}d` and `{1..3}`: only where the braces stand in one unquoted piece. */
function braces(word: Word): Word[] {
  const at = word.findIndex((p) => p.k === 'lit' && !p.q && /\{[^{}]*(,|\.\.)[^{}]*\}/.test(p.s));
  if (at < 0) return [word];
  const part = word[at] as Extract<Part, { k: 'lit' }>;
  const match = /\{([^{}]*(?:,|\.\.)[^{}]*)\}/.exec(part.s)!;
  const range = /^(-?\d+)\.\.(-?\d+)$/.exec(match[1]);
  let items: string[];
  if (range !== null) {
    const [a, b] = [Number(range[1]), Number(range[2])];
    items = Array.from({ length: Math.min(1000, Math.abs(b - a) + 1) }, (_, i) => String(a <= b ? a + i : a - i));
  } else if (match[1].includes(',')) items = match[1].split(',');
  else return [word];
  const head = word.slice(0, at);
  const tail = word.slice(at + 1);
  return items.slice(0, 1000).flatMap((item) => braces([...head, { k: 'lit', s: part.s.slice(0, match.index) + item + part.s.slice(match.index + match[0].length), q: false }, ...tail]));
}

function* fields(m: Machine, word: Word): Program<string[]> {
  const all = yield* pieces(m, word);
  const out: { text: string; glob: string; quoted: boolean }[] = [];
  let current: { text: string; glob: string; quoted: boolean } | undefined;
  const add = (s: string, q: boolean): void => {
    current ??= { text: '', glob: '', quoted: false };
    current.text += s;
    current.glob += q ? s.replace(/[*?[\]\\]/g, '\\$&') : s;
    if (q) current.quoted = true;
  };
  const end = (): void => { if (current !== undefined) out.push(current); current = undefined; };
  const ifs = m.vars['IFS'] ?? ' \t\n';
  all.forEach((piece, index) => {
    if (piece.cut) end();
    const source = word.length === 1 && word[0].k !== 'lit' ? word[0] : word[Math.min(index, word.length - 1)];
    if (piece.q || source?.k === 'lit') {
      let s = piece.s;
      if (!piece.q && index === 0 && /^~(\/|$)/.test(s)) s = (m.vars['HOME'] ?? '/root') + s.slice(1);
      add(s, piece.q);
      return;
    }
    let rest = piece.s;
    while (rest !== '') {
      let i = 0;
      while (i < rest.length && !ifs.includes(rest[i])) i++;
      if (i > 0) add(rest.slice(0, i), false);
      if (i < rest.length) end();
      while (i < rest.length && ifs.includes(rest[i])) i++;
      rest = rest.slice(i);
    }
  });
  end();
  const result: string[] = [];
  for (const field of out) {
    if (field.quoted || !hasGlob(field.text)) {
      if (!hasGlob(field.glob.replace(/\\./g, ''))) { result.push(field.text); continue; }
    }
    const found = yield* fileNames(m, field.glob);
    result.push(...(found.length === 0 ? [field.text] : found));
  }
  return result;
}

/** File names that match, sorted. */
export function* fileNames(m: Machine, pattern: string): Program<string[]> {
  const parts = pattern.split('/');
  return yield* act(() => {
    let bases: string[] = [pattern.startsWith('/') ? '/' : ''];
    for (let p = pattern.startsWith('/') ? 1 : 0; p < parts.length; p++) {
      const part = parts[p];
      const next: string[] = [];
      for (const base of bases) {
        if (part === '') { next.push(base); continue; }
        const names = m.world.list(resolvePath(m.cwd, base === '' ? '.' : base)) ?? [];
        for (const name of names) {
          if (next.length > 5000) break;
          if (globMatches(part, name) && (!name.startsWith('.') || part.startsWith('.'))) next.push(base === '' || base.endsWith('/') ? base + name : `${base}/${name}`);
        }
      }
      bases = next;
    }
    return bases.sort();
  });
}

