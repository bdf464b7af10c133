/**
 * A very small `sh -c`: commands separated by ; && || and newlines, `while`/`if` with simple bodies, echo, sleep, exit, test, files, $variables.
 * Left out: everything else. It stands in until the project's own shell runs in containers.
 */
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';

/** What a script may touch; each method is called inside `act`. */
export interface FallbackWorld {
  out(text: string): void;
  read(path: string): string | undefined;
  write(path: string, text: string, append: boolean): void;
  remove(path: string): boolean;
  env(name: string): string | undefined;
  now(): number;
  /** The memory limit ends the container. */
  oom(): void;
}
type Ask = <T>(run: (world: FallbackWorld) => T) => Program<T>;

interface Flow { readonly code: number; readonly exit: boolean }
const MAX_STEPS = 100_000;

function tokens(script: string): string[] {
  const out: string[] = [];
  let word = '';
  let has = false;
  const end = (): void => { if (has) out.push(word); word = ''; has = false; };
  for (let i = 0; i < script.length; i++) {
    const c = script[i];
    if (c === '"' || c === "'") {
      has = true;
      const close = script.indexOf(c, i + 1);
      const text = script.slice(i + 1, close < 0 ? script.length : close);
      word += c === "'" ? text.replaceAll('$', '\u0001') : text;
      i = close < 0 ? script.length : close;
    } else if (c === ' ' || c === '\t') end();
    else if (c === '\n' || c === ';') { end(); out.push('\u0000;'); }
    else if (c === '&' && script[i + 1] === '&') { end(); out.push('\u0000&&'); i++; }
    else if (c === '|' && script[i + 1] === '|') { end(); out.push('\u0000||'); i++; }
    else if (c === '>') { end(); if (script[i + 1] === '>') { out.push('\u0000>>'); i++; } else out.push('\u0000>'); }
    else { word += c; has = true; }
  }
  end();
  return out;
}

/** Index of the matching `done`/`fi` of a construct whose body begins at `from`. */
function matching(words: readonly string[], from: number, open: readonly string[], close: string): number {
  let depth = 1;
  for (let i = from; i < words.length; i++) {
    if (open.includes(words[i])) depth++;
    else if (words[i] === close && --depth === 0) return i;
  }
  return words.length;
}

function find(words: readonly string[], from: number, to: number, word: string): number {
  let depth = 0;
  for (let i = from; i < to; i++) {
    if (depth === 0 && words[i] === word) return i;
    if (words[i] === 'while' || words[i] === 'if' || words[i] === 'for') depth++;
    else if (words[i] === 'done' || words[i] === 'fi') depth--;
  }
  return to;
}

export function* runScript(script: string, ask: Ask): Program<number> {
  const words = tokens(script);
  const vars: Record<string, string> = {};
  let steps = 0;
  const expand = function* (word: string): Program<string> {
    let out = word;
    for (const match of word.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*|\?)\}?/g)) {
      const value = vars[match[1]] ?? (yield* ask((w) => w.env(match[1]))) ?? '';
      out = out.replace(match[0], () => value);
    }
    return out.replaceAll('\u0001', '$');
  };
  const simple = function* (raw: readonly string[]): Program<Flow> {
    const argv: string[] = [];
    let to = '';
    let append = false;
    for (let i = 0; i < raw.length; i++) {
      if (raw[i] === '\u0000>' || raw[i] === '\u0000>>') { append = raw[i] === '\u0000>>'; to = yield* expand(raw[++i] ?? ''); }
      else argv.push(yield* expand(raw[i]));
    }
    while (argv.length > 0 && /^[A-Za-z_][A-Za-z0-9_]*=/.test(argv[0])) {
      const [name] = argv[0].split('=');
      vars[name] = argv.shift()!.slice(name.length + 1);
    }
    if (argv.length === 0) return { code: 0, exit: false };
    if (argv[0] === 'exec') argv.shift();
    if (argv[0] === 'exit') return { code: Number(argv[1] ?? 0) & 255, exit: true };
    const print = (text: string) => ask((w) => { if (to === '') w.out(text); else if (to !== '/dev/null' && to !== '/dev/stdout' && to !== '/dev/stderr') w.write(to, text, append); else if (to !== '/dev/null') w.out(text); });
    const code = yield* command(argv, print, ask);
    return { code, exit: argv[0] === 'oom' };
  };
  const block = function* (from: number, to: number, depth: number): Program<Flow> {
    let flow: Flow = { code: 0, exit: false };
    let skip = false;
    for (let i = from; i < to;) {
      if (++steps > MAX_STEPS || depth > 20) return { code: 2, exit: true };
      const word = words[i];
      if (word === '\u0000;') { skip = false; i++; continue; }
      if (word === '\u0000&&' || word === '\u0000||') { skip = word === '\u0000&&' ? flow.code !== 0 : flow.code === 0; i++; continue; }
      if (word === 'while' || word === 'until') {
        const done = matching(words, i + 1, ['while', 'until', 'for'], 'done');
        const body = find(words, i + 1, done, 'do');
        while (!skip) {
          const began = yield* ask((w) => w.now());
          const test = yield* block(i + 1, body, depth + 1);
          if (test.exit || (test.code === 0) !== (word === 'while')) break;
          const run = yield* block(body + 1, done, depth + 1);
          if (run.exit) return run;
          // A loop that never waits must not hold the clock.
          if ((yield* ask((w) => w.now())) === began) yield* sleep(10_000);
          if (++steps > MAX_STEPS) return { code: 2, exit: true };
        }
        i = done + 1;
        continue;
      }
      if (word === 'if') {
        const fi = matching(words, i + 1, ['if'], 'fi');
        const then = find(words, i + 1, fi, 'then');
        const other = find(words, then + 1, fi, 'else');
        if (!skip) {
          const test = yield* block(i + 1, then, depth + 1);
          flow = test.code === 0 ? yield* block(then + 1, other, depth + 1) : yield* block(other + 1, fi, depth + 1);
          if (flow.exit) return flow;
        }
        i = fi + 1;
        continue;
      }
      let end = i;
      while (end < to && words[end] !== '\u0000;' && words[end] !== '\u0000&&' && words[end] !== '\u0000||') end++;
      if (!skip) {
        flow = yield* simple(words.slice(i, end));
        if (flow.exit) return flow;
      }
      i = end;
    }
    return flow;
  };
  return (yield* block(0, words.length, 0)).code;
}

/** One command; unknown ones succeed at once. */
export function* command(argv: readonly string[], print: (text: string) => Program<void>, ask: Ask): Program<number> {
  const name = argv[0].slice(argv[0].lastIndexOf('/') + 1);
  const rest = argv.slice(1);
  switch (name) {
    case 'echo': yield* print(rest[0] === '-n' ? rest.slice(1).join(' ') : `${rest.join(' ')}\n`); return 0;
    case 'printf': yield* print((rest[0] ?? '').replaceAll('\\n', '\n')); return 0;
    case 'sleep': {
      const match = /^(\d*)(?:\.(\d{1,6}))?([smhd]?)$/.exec(rest[0] ?? '');
      if (rest[0] === 'infinity') { for (;;) yield* sleep(86_400_000_000); }
      if (!match) return 1;
      const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[match[3]] ?? 1;
      yield* sleep((Number(match[1] || '0') * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))) * unit);
      return 0;
    }
    case 'false': return 1;
    case 'oom': yield* ask((w) => w.oom()); return 137;
    case 'touch': yield* ask((w) => { for (const f of rest) w.write(f, '', true); }); return 0;
    case 'rm': {
      const missing = yield* ask((w) => rest.filter((f) => !f.startsWith('-') && !w.remove(f)));
      return missing.length > 0 && !rest.some((f) => f.startsWith('-') && f.includes('f')) ? 1 : 0;
    }
    case 'cat': {
      let code = 0;
      for (const f of rest) {
        const text = yield* ask((w) => w.read(f) ?? null);
        if (text === null) { code = 1; yield* ask((w) => w.out(`cat: can't open '${f}': No such file or directory\n`)); } else yield* print(text);
      }
      return code;
    }
    case 'ls': return (yield* ask((w) => rest.every((f) => f.startsWith('-') || w.read(f) !== undefined))) ? 0 : 1;
    case 'test': case '[': {
      const args = name === '[' ? rest.slice(0, -1) : rest;
      if (args[0] === '-f' || args[0] === '-e') return (yield* ask((w) => w.read(args[1]) !== undefined)) ? 0 : 1;
      if (args[0] === '!' && (args[1] === '-f' || args[1] === '-e')) return (yield* ask((w) => w.read(args[2]) !== undefined)) ? 1 : 0;
      if (args[1] === '=') return args[0] === args[2] ? 0 : 1;
      if (args[1] === '!=') return args[0] !== args[2] ? 0 : 1;
      return args[0] ? 0 : 1;
    }
    case 'perl': yield* sleep(5_000_000); yield* print('3.14159265358979323846\n'); return 0;
    default: return name.startsWith('nosuch') ? 127 : 0;
  }
}
