/**
 * sed: `s`, `d`, `p`, `q`, `=`, `a`, `i`, `c`, with line numbers, `$`, patterns and ranges.
 * Left out: the hold space, labels, `y`, reading and writing of files.
 */
import type { FilterCommand } from './filters.ts';
import { lines, options, UsageError } from './filters.ts';
import { regular } from './regular-expression.ts';

type Address = { readonly line: number } | { readonly last: true } | { readonly test: RegExp };
interface Command { readonly from?: Address; readonly to?: Address; readonly not: boolean; readonly name: string; readonly test?: RegExp; readonly text?: string; readonly global?: boolean; readonly nth?: number; readonly print?: boolean; state: { active: boolean } }

function parse(script: string, extended: boolean): Command[] {
  const out: Command[] = [];
  let i = 0;
  const delimited = (d: string): string => {
    let text = '';
    for (; i < script.length && script[i] !== d; i++) {
      if (script[i] === '\\' && script[i + 1] === d && d !== '\\') { text += d; i++; } else if (script[i] === '\\') { text += script[i] + (script[++i] ?? ''); } else text += script[i];
    }
    if (i >= script.length) throw new UsageError(`-e expression #1, char ${script.length}: unterminated \`s' command`);
    i++;
    return text;
  };
  const address = (): Address | undefined => {
    const m = /^\d+/.exec(script.slice(i));
    if (m !== null) { i += m[0].length; return { line: Number(m[0]) }; }
    if (script[i] === '$') { i++; return { last: true }; }
    if (script[i] === '/') { i++; return { test: regular(delimited('/'), { extended }) }; }
    return undefined;
  };
  while (i < script.length) {
    if (/[\s;}]/.test(script[i])) { i++; continue; }
    const from = address();
    let to: Address | undefined;
    if (from !== undefined && script[i] === ',') { i++; to = address(); }
    while (script[i] === ' ') i++;
    let not = false;
    if (script[i] === '!') { not = true; i++; }
    const name = script[i++];
    const base = { from, to, not, name, state: { active: false } };
    if (name === 's') {
      const d = script[i++];
      if (d === undefined) throw new UsageError(`-e expression #1, char ${i}: unterminated \`s' command`);
      const pattern = delimited(d);
      const text = delimited(d);
      const flags = /^[gpIi0-9]*/.exec(script.slice(i))![0];
      i += flags.length;
      const nth = /\d+/.exec(flags)?.[0];
      out.push({ ...base, test: regular(pattern, { extended, ignoreCase: /[iI]/.test(flags), global: true }), text, global: flags.includes('g'), print: flags.includes('p'), nth: nth === undefined ? 1 : Number(nth) });
    } else if (name === 'a' || name === 'i' || name === 'c') {
      const end = script.indexOf('\n', i) < 0 ? script.length : script.indexOf('\n', i);
      out.push({ ...base, text: script.slice(i, end).replace(/^\s*\\?\n?\s*/, '') });
      i = end;
    } else if (name !== undefined && 'dpq='.includes(name)) out.push(base);
    else if (name === '{') continue;
    else throw new UsageError(`-e expression #1, char ${i}: unknown command: \`${name ?? ''}'`);
  }
  return out;
}

function replaceOne(text: string, c: Command): { text: string; changed: boolean } {
  let n = 0;
  let changed = false;
  const out = text.replace(c.test!, (...args: unknown[]) => {
    n++;
    const match = String(args[0]);
    if (c.global ? n < c.nth! : n !== c.nth) return match;
    changed = true;
    return c.text!.replace(/\\(\d)|\\(n)|\\(t)|\\(.)|(&)/gs, (_, digit: string | undefined, nl: string | undefined, tab: string | undefined, esc: string | undefined) =>
      (digit !== undefined ? (digit === '0' ? match : typeof args[Number(digit)] === 'string' && Number(digit) < args.length - 2 ? String(args[Number(digit)]) : '') : nl !== undefined ? '\n' : tab !== undefined ? '\t' : esc ?? match));
  });
  return { text: out, changed };
}

export function sed(argv: readonly string[]): FilterCommand {
  const inPlace = argv.some((a) => /^-i|^-[nEr]*i$/.test(a) || a.startsWith('--in-place'));
  const o = options(argv.map((a) => (a.startsWith('-i') ? '-i' : a)), 'e');
  const rest = [...o.rest];
  const scripts = o.values['e'] ?? [rest.shift() ?? ''];
  if (scripts.length === 1 && scripts[0] === '' && o.rest.length === 0) throw new UsageError('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...');
  const commands = parse(scripts.join('\n'), o.flags.includes('E') || o.flags.includes('r'));
  const quiet = o.flags.includes('n');
  const needLast = commands.some((c) => [c.from, c.to].some((a) => a !== undefined && 'last' in a));
  let number = 0;
  let held: string | undefined;
  const run = (line: string, last: boolean): string => {
    number++;
    let text = line;
    let before = '';
    let after = '';
    const matches = (a: Address): boolean => ('line' in a ? a.line === number : 'last' in a ? last : a.test.test(text));
    for (const c of commands) {
      let on = c.from === undefined;
      if (c.from !== undefined && c.to === undefined) on = matches(c.from);
      else if (c.from !== undefined && c.to !== undefined) {
        if (!c.state.active && matches(c.from)) { on = true; c.state.active = !('line' in c.to && c.to.line <= number); } else if (c.state.active) { on = true; if (matches(c.to)) c.state.active = false; }
      }
      if (on === c.not) continue;
      switch (c.name) {
        case 's': { const r = replaceOne(text, c); text = r.text; if (r.changed && c.print) before += text + '\n'; break; }
        case 'd': return before;
        case 'p': before += text + '\n'; break;
        case '=': before += number + '\n'; break;
        case 'i': before += c.text + '\n'; break;
        case 'a': after += c.text + '\n'; break;
        case 'c': return before + c.text + '\n';
        default: filter.done = true; return before + (quiet ? '' : text + '\n') + after;
      }
    }
    return before + (quiet ? '' : text + '\n') + after;
  };
  const filter = lines((line) => {
    if (!needLast) return run(line, false);
    const previous = held;
    held = line;
    return previous === undefined ? '' : run(previous, false);
  }, () => (held === undefined ? '' : run(held, true)));
  return { filter, files: rest, inPlace };
}
