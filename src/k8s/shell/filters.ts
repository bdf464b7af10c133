/**
 * Commands that turn text into text, as streams: what they read is pushed, what they print comes back at once where it can.
 * Left out: options that tutorials do not use.
 */
import { base64Text, textToBase64 } from '../kubectl/base64.ts';
import { utf8Length } from '../apimachinery/utf8.ts';
import { awk } from './awk.ts';
import { PatternError, regular } from './regular-expression.ts';
import { sed } from './sed.ts';

export interface Filter {
  push(text: string): string;
  end(): string;
  /** No more input is wanted. */
  done?: boolean;
  status: number;
}

export interface FilterCommand { readonly filter: Filter; readonly files: readonly string[]; /** Of grep: print file names. */ readonly named?: (file: string) => void; /** Of sed -i. */ readonly inPlace?: boolean }

export class UsageError extends Error {}

/** Hands whole lines to `line`; what it returns is printed. */
export function lines(line: (text: string, last: boolean) => string, end: () => string = () => ''): Filter {
  let rest = '';
  const filter: Filter = {
    status: 0,
    push(text) {
      let out = '';
      rest += text;
      for (;;) {
        const at = rest.indexOf('\n');
        if (at < 0 || filter.done) return out;
        const one = rest.slice(0, at);
        rest = rest.slice(at + 1);
        out += line(one, false);
      }
    },
    end() {
      let out = '';
      if (rest !== '' && !filter.done) out += line(rest, true);
      rest = '';
      return out + end();
    },
  };
  return filter;
}

const whole = (run: (text: string) => string): Filter => {
  let all = '';
  return { status: 0, push(text) { all += text; return ''; }, end: () => run(all) };
};

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** Splits `-abc` and `-n VALUE`. */
export function options(argv: readonly string[], withValue: string): { flags: string; values: Record<string, string[]>; rest: string[] } {
  let flags = '';
  const values: Record<string, string[]> = {};
  const rest: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const a = argv[i];
    if (a === '--') { rest.push(...argv.slice(i + 1)); break; }
    if (a.startsWith('--')) {
      const eq = a.indexOf('=');
      const name = eq < 0 ? a : a.slice(0, eq);
      (values[name] ??= []).push(eq < 0 ? '' : a.slice(eq + 1));
      continue;
    }
    if (!a.startsWith('-') || a === '-') { rest.push(a); continue; }
    for (let j = 1; j < a.length; j++) {
      const c = a[j];
      if (!withValue.includes(c)) { flags += c; continue; }
      const value = a.slice(j + 1) !== '' ? a.slice(j + 1) : argv[++i];
      if (value === undefined) throw new UsageError(`option requires an argument -- '${c}'`);
      (values[c] ??= []).push(value);
      break;
    }
  }
  return { flags, values, rest };
}

function grep(argv: readonly string[]): FilterCommand {
  const o = options(argv, 'eABCm');
  const patterns = o.values['e'] ?? [];
  const files = [...o.rest];
  if (patterns.length === 0) {
    const first = files.shift();
    if (first === undefined) throw new UsageError('usage: grep [OPTION]... PATTERNS [FILE]...');
    patterns.push(first);
  }
  const extended = o.flags.includes('E') || argv[0] === 'egrep';
  const style = { extended, fixed: o.flags.includes('F') || argv[0] === 'fgrep', ignoreCase: o.flags.includes('i'), word: o.flags.includes('w'), line: o.flags.includes('x') };
  const tests = patterns.flatMap((p) => p.split('\n')).map((p) => regular(p, style));
  const finder = patterns.length === 1 ? regular(patterns[0], { ...style, global: true }) : undefined;
  const invert = o.flags.includes('v');
  const n = (name: string): number => Number(o.values[name]?.[0] ?? o.values['C']?.[0] ?? 0);
  const after = n('A');
  const before = n('B');
  const max = Number(o.values['m']?.[0] ?? Infinity);
  let number = 0;
  let count = 0;
  let left = 0;
  let lastPrinted = 0;
  let file = '';
  const kept: [number, string][] = [];
  const show = (at: number, text: string, sep: string): string => `${file === '' ? '' : file + sep}${o.flags.includes('n') ? `${at}${sep}` : ''}${text}\n`;
  const quiet = o.flags.includes('q');
  const filter = lines((text) => {
    number++;
    const hit = tests.some((t) => t.test(text)) !== invert && count < max;
    if (hit) {
      count++;
      filter.status = 0;
      if (quiet || o.flags.includes('l')) { filter.done = true; return o.flags.includes('l') && !quiet ? `${file || '(standard input)'}\n` : ''; }
      if (o.flags.includes('c')) return '';
      if (o.flags.includes('o') && finder !== undefined) return [...text.matchAll(finder)].filter((m) => m[0] !== '').map((m) => show(number, m[0], ':')).join('');
      let out = '';
      if ((after > 0 || before > 0) && lastPrinted > 0 && number - kept.length > lastPrinted + 1) out += '--\n';
      for (const [at, t] of kept) if (at > lastPrinted) out += show(at, t, '-');
      kept.length = 0;
      left = after;
      lastPrinted = number;
      return out + show(number, text, ':');
    }
    if (left > 0 && !o.flags.includes('c') && !quiet) { left--; lastPrinted = number; return show(number, text, '-'); }
    if (before > 0) { kept.push([number, text]); if (kept.length > before) kept.shift(); }
    return '';
  }, () => (o.flags.includes('c') && !quiet ? `${file === '' ? '' : file + ':'}${count}\n` : ''));
  filter.status = 1;
  return { filter, files, named: (name) => { file = o.flags.includes('h') ? '' : name; number = 0; } };
}

function head(argv: readonly string[]): FilterCommand {
  const short = argv[1] !== undefined && /^-\d+$/.test(argv[1]) ? Number(argv[1].slice(1)) : undefined;
  const o = options(short === undefined ? argv : [argv[0], ...argv.slice(2)], 'nc');
  const limit = short ?? Number(o.values['n']?.[0] ?? 10);
  if (o.values['c'] !== undefined) return { filter: whole((t) => t.slice(0, Number(o.values['c'][0]))), files: o.rest };
  if (Number.isNaN(limit)) throw new UsageError(`invalid number of lines: ‘${o.values['n']?.[0] ?? ''}’`);
  if (limit < 0) return { filter: whole((t) => linesOf(t).slice(0, limit).map((l) => l + '\n').join('')), files: o.rest };
  let n = 0;
  const filter = lines((text) => { if (n >= limit) return ''; n++; if (n >= limit) filter.done = true; return text + '\n'; });
  if (limit === 0) filter.done = true;
  return { filter, files: o.rest };
}

function tail(argv: readonly string[]): FilterCommand {
  const short = argv[1] !== undefined && /^[-+]\d+$/.test(argv[1]) ? argv[1].replace(/^-/, '') : undefined;
  const o = options(short === undefined ? argv : [argv[0], ...argv.slice(2)], 'nc');
  const limit = short ?? o.values['n']?.[0] ?? '10';
  if (o.values['c'] !== undefined) return { filter: whole((t) => t.slice(-Number(o.values['c'][0]))), files: o.rest };
  if (!/^[-+]?\d+$/.test(limit)) throw new UsageError(`invalid number of lines: ‘${limit}’`);
  return { filter: whole((t) => { const all = linesOf(t); const n = Number(limit.replace(/^[-+]/, '')); return (limit.startsWith('+') ? all.slice(Math.max(0, n - 1)) : n === 0 ? [] : all.slice(-n)).map((l) => l + '\n').join(''); }), files: o.rest };
}

function sort(argv: readonly string[]): FilterCommand {
  const o = options(argv, 'kto');
  const key = o.values['k']?.[0];
  const field = key === undefined ? 0 : Number(/^\d+/.exec(key)?.[0] ?? 0);
  const numeric = o.flags.includes('n') || o.flags.includes('h') || (key ?? '').includes('n');
  const reverse = o.flags.includes('r') || (key ?? '').includes('r');
  const sep = o.values['t']?.[0];
  const of = (line: string): string => (field === 0 ? line : sep === undefined ? line.trim().split(/\s+/).slice(field - 1).join(' ') : line.split(sep).slice(field - 1).join(sep));
  return {
    files: o.rest,
    filter: whole((t) => {
      const items = linesOf(t).map((line, i) => ({ line, i, key: of(line), n: parseFloat(of(line)) || 0 }));
      const fold = (s: string): string => (o.flags.includes('f') ? s.replace(/[a-z]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32)) : s);
      items.sort((a, b) => {
        const x = fold(a.key);
        const y = fold(b.key);
        const d = numeric ? a.n - b.n || (x < y ? -1 : x > y ? 1 : 0) : x < y ? -1 : x > y ? 1 : 0;
        return (reverse ? -d : d) || a.i - b.i;
      });
      let out = items.map((i) => i.line);
      if (o.flags.includes('u')) out = out.filter((l, i) => i === 0 || l !== out[i - 1]);
      return out.map((l) => l + '\n').join('');
    }),
  };
}

function uniq(argv: readonly string[]): FilterCommand {
  const o = options(argv, 'fsw');
  return {
    files: o.rest.slice(0, 1),
    filter: whole((t) => {
      const groups: { line: string; n: number }[] = [];
      for (const line of linesOf(t)) {
        const last = groups[groups.length - 1];
        if (last !== undefined && last.line === line) last.n++;
        else groups.push({ line, n: 1 });
      }
      return groups.filter((g) => (o.flags.includes('d') ? g.n > 1 : o.flags.includes('u') ? g.n === 1 : true)).map((g) => `${o.flags.includes('c') ? String(g.n).padStart(7) + ' ' : ''}${g.line}\n`).join('');
    }),
  };
}

function wc(argv: readonly string[]): FilterCommand {
  const o = options(argv, '');
  const want = o.flags === '' ? 'lwc' : o.flags;
  return {
    files: o.rest,
    filter: whole((t) => {
      const cells = [...(want.includes('l') ? [t.split('\n').length - 1] : []), ...(want.includes('w') ? [t.split(/\s+/).filter((x) => x !== '').length] : []), ...(want.includes('c') ? [utf8Length(t)] : []), ...(want.includes('m') ? [t.length] : [])];
      const text = cells.length === 1 ? String(cells[0]) : cells.map((c) => String(c).padStart(7)).join(' ');
      return `${text}${o.rest.length === 1 ? ' ' + o.rest[0] : ''}\n`;
    }),
  };
}

function ranges(text: string): (n: number) => boolean {
  const parts = text.split(',').map((part) => {
    const m = /^(\d*)(-?)(\d*)$/.exec(part);
    if (m === null || part === '' || part === '-') throw new UsageError(`invalid field range`);
    const from = m[1] === '' ? 1 : Number(m[1]);
    return { from, to: m[2] === '' ? from : m[3] === '' ? Infinity : Number(m[3]) };
  });
  return (n) => parts.some((p) => n >= p.from && n <= p.to);
}

function cut(argv: readonly string[]): FilterCommand {
  const o = options(argv, 'dfcb');
  const chars = o.values['c']?.[0] ?? o.values['b']?.[0];
  const fields = o.values['f']?.[0];
  if (chars === undefined && fields === undefined) throw new UsageError('you must specify a list of bytes, characters, or fields');
  const wanted = ranges(chars ?? fields!);
  const d = o.values['d']?.[0] ?? '\t';
  return {
    files: o.rest,
    filter: lines((line) => {
      if (chars !== undefined) return [...line].filter((_, i) => wanted(i + 1)).join('') + '\n';
      if (!line.includes(d)) return o.flags.includes('s') ? '' : line + '\n';
      return line.split(d).filter((_, i) => wanted(i + 1)).join(d) + '\n';
    }),
  };
}

function trSet(text: string): string {
  const named: Readonly<Record<string, string>> = { upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', lower: 'abcdefghijklmnopqrstuvwxyz', digit: '0123456789', space: ' \t\n\r\v\f', alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~' };
  let out = '';
  const s = text.replace(/\[:(\w+):\]/g, (_, name: string) => named[name] ?? '').replace(/\\([ntr\\])/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r', '\\': '\\' })[c]!);
  for (let i = 0; i < s.length; i++) {
    if (s[i + 1] === '-' && i + 2 < s.length && s.charCodeAt(i + 2) >= s.charCodeAt(i) && s.charCodeAt(i + 2) < 128) { for (let c = s.charCodeAt(i); c <= s.charCodeAt(i + 2); c++) out += String.fromCharCode(c); i += 2; } else out += s[i];
  }
  return out;
}

function tr(argv: readonly string[]): FilterCommand {
  const o = options(argv, '');
  const from = trSet(o.rest[0] ?? '');
  const to = trSet(o.rest[1] ?? '');
  if (o.rest.length === 0) throw new UsageError('missing operand');
  const complement = o.flags.includes('c') || o.flags.includes('C');
  const inSet = (c: string): boolean => from.includes(c) !== complement;
  const squeeze = o.flags.includes('s') ? (o.rest.length > 1 ? to : from) : '';
  let last = '';
  return {
    files: [],
    filter: {
      status: 0, end: () => '',
      push(text) {
        let out = '';
        for (const c of text) {
          let d = c;
          if (inSet(c)) {
            if (o.flags.includes('d')) continue;
            if (to !== '') d = complement ? to[to.length - 1] : to[Math.min(from.indexOf(c), to.length - 1)];
          }
          if (squeeze !== '' && d === last && (o.rest.length > 1 ? squeeze.includes(d) : inSet(c))) continue;
          last = d;
          out += d;
        }
        return out;
      },
    },
  };
}

const BUILDERS: Readonly<Record<string, (argv: readonly string[]) => FilterCommand>> = {
  grep, egrep: grep, fgrep: grep, head, tail, sort, uniq, wc, cut, tr, sed, awk,
  cat: (argv) => {
    const o = options(argv, '');
    let n = 0;
    const numbered = o.flags.includes('n');
    return { files: o.rest, filter: numbered ? lines((l) => `${String(++n).padStart(6)}\t${l}\n`) : { status: 0, push: (t) => t, end: () => '' } };
  },
  base64: (argv) => {
    const o = options(argv, 'w');
    const decode = o.flags.includes('d') || o.flags.includes('D') || o.values['--decode'] !== undefined;
    const width = Number(o.values['w']?.[0] ?? o.values['--wrap']?.[0] ?? 76);
    return { files: o.rest, filter: whole((t) => (decode ? base64Text(t) : fold(textToBase64(t), width))) };
  },
  rev: (argv) => ({ files: argv.slice(1), filter: lines((l) => [...l].reverse().join('') + '\n') }),
  tac: (argv) => ({ files: argv.slice(1), filter: whole((t) => linesOf(t).reverse().map((l) => l + '\n').join('')) }),
  nl: (argv) => { let n = 0; return { files: argv.slice(1), filter: lines((l) => (l === '' ? '       \n' : `${String(++n).padStart(6)}\t${l}\n`)) }; },
  column: () => ({ files: [], filter: whole((t) => { const rows = linesOf(t).map((l) => l.trim().split(/\s+/)); const w: number[] = []; for (const r of rows) r.forEach((c, i) => { w[i] = Math.max(w[i] ?? 0, c.length); }); return rows.map((r) => r.map((c, i) => (i === r.length - 1 ? c : c.padEnd(w[i] + 2))).join('') + '\n').join(''); }) }),
};

const fold = (text: string, width: number): string => (width === 0 ? text : (text.match(new RegExp(`.{1,${Math.max(1, Math.min(width, 10_000))}}`, 'g')) ?? []).map((l) => l + '\n').join(''));

export const isFilter = (name: string): boolean => Object.hasOwn(BUILDERS, name);

/** Throws UsageError or PatternError for a bad command line. */
export function filterFor(argv: readonly string[]): FilterCommand {
  try {
    return BUILDERS[argv[0]](argv);
  } catch (error) {
    if (error instanceof PatternError) throw new UsageError(error.message);
    throw error;
  }
}
