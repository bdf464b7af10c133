/**
 * Commands of the shell itself, and small programs every system has.
 * Left out: options that tutorials do not use.
 */
import { formatTime } from '../apimachinery/time.ts';
import { epochUnixSeconds } from '../apimachinery/time.ts';
import { now, sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { escapes, parseScript } from './parser.ts';
import { SyntaxError_ } from './syntax.ts';
import { testExpression } from './test-expression.ts';
import { initialState, resolvePath } from './world.ts';
import { codeOf, ExitShell, Machine } from './machine.ts';

type Run = (m: Machine, argv: readonly string[], env: Readonly<Record<string, string>>) => Program<number>;

const number = (text: string | undefined): number | undefined => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);

function* echo(m: Machine, argv: readonly string[]): Program<number> {
  let i = 1;
  let newline = true;
  let interpret = false;
  while (i < argv.length && /^-[neE]+$/.test(argv[i])) {
    if (argv[i].includes('n')) newline = false;
    if (argv[i].includes('e')) interpret = true;
    i++;
  }
  const text = argv.slice(i).join(' ');
  yield* m.out((interpret ? escapes(text) : text) + (newline ? '\n' : ''));
  return 0;
}

function formatOnce(pattern: string, args: readonly string[]): { text: string; used: number } {
  let used = 0;
  const text = escapes(pattern).replace(/%(-?)(0?)(\d*)(?:\.(\d+))?([sdiuxXofcbq%])/g, (_, left: string, zero: string, width: string, precision: string | undefined, kind: string) => {
    if (kind === '%') return '%';
    const v = args[used++] ?? '';
    let s: string;
    if (kind === 's') s = precision === undefined ? v : v.slice(0, Number(precision));
    else if (kind === 'b') s = escapes(v);
    else if (kind === 'c') s = v.slice(0, 1);
    else if (kind === 'q') s = `'${v}'`;
    else if (kind === 'f') s = (Number(v) || 0).toFixed(Math.min(20, Number(precision ?? 6)));
    else { const n = Math.trunc(Number(v) || 0); s = kind === 'x' ? n.toString(16) : kind === 'X' ? n.toString(16).replace(/[a-f]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32)) : kind === 'o' ? n.toString(8) : String(n); }
    const w = Math.min(1000, Number(width || 0));
    return left ? s.padEnd(w) : s.padStart(w, zero ? '0' : ' ');
  });
  return { text, used };
}

function* printf(m: Machine, argv: readonly string[]): Program<number> {
  if (argv.length < 2) { yield* m.err('printf: usage: printf format [arguments]\n'); return 2; }
  let args = argv.slice(2);
  let out = '';
  for (let i = 0; i < 10_000; i++) {
    const once = formatOnce(argv[1], args);
    out += once.text;
    args = args.slice(once.used);
    if (once.used === 0 || args.length === 0) break;
  }
  yield* m.out(out);
  return 0;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, '': 1 };

function seconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (text === 'infinity' || text === 'inf') return 3.15e9;
  return match === null ? undefined : Number(match[1]) * UNITS[match[2]];
}

function* sleepFor(m: Machine, argv: readonly string[]): Program<number> {
  if (argv.length < 2) { yield* m.err('sleep: missing operand\n'); return 1; }
  let total = 0;
  for (const a of argv.slice(1)) {
    const s = seconds(a);
    if (s === undefined) { yield* m.err(`sleep: invalid time interval ‘${a}’\n`); return 1; }
    total += s;
  }
  m.effects++;
  yield* sleep(Math.floor(total * 1e6));
  return 0;
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const LONG_DAYS = ['Thursday', 'Friday', 'Saturday', 'Sunday', 'Monday', 'Tuesday', 'Wednesday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function* date(m: Machine, argv: readonly string[]): Program<number> {
  const at = yield* now();
  const iso = formatTime(at);
  const unix = epochUnixSeconds + Math.floor(at / 1e6);
  const day = ((Math.floor(unix / 86400) % 7) + 7) % 7;
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  const field = (c: string): string => {
    switch (c) {
      case 'Y': return iso.slice(0, 4);
      case 'y': return iso.slice(2, 4);
      case 'm': return iso.slice(5, 7);
      case 'd': return iso.slice(8, 10);
      case 'e': return String(Number(iso.slice(8, 10))).padStart(2);
      case 'H': return iso.slice(11, 13);
      case 'M': return iso.slice(14, 16);
      case 'S': return iso.slice(17, 19);
      case 's': return String(unix);
      case 'N': return String((at % 1_000_000) * 1000).padStart(9, '0');
      case 'F': return iso.slice(0, 10);
      case 'T': return iso.slice(11, 19);
      case 'R': return iso.slice(11, 16);
      case 'D': return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)}`;
      case 'a': return DAYS[day];
      case 'A': return LONG_DAYS[day];
      case 'b': case 'h': return month;
      case 'Z': return 'UTC';
      case 'z': return '+0000';
      case 'n': return '\n';
      case 't': return '\t';
      case '%': return '%';
      default: return `%${c}`;
    }
  };
  const format = argv.slice(1).find((a) => a.startsWith('+'))?.slice(1) ?? (argv.some((a) => a.startsWith('-I') || a.startsWith('--iso')) ? '%FT%T+00:00' : '%a %b %e %T UTC %Y');
  yield* m.out(format.replace(/%(-?)(.)/gs, (_, bare: string, c: string) => (bare ? field(c).replace(/^0+(?=.)/, '') : field(c))) + '\n');
  return 0;
}

const flagsAndRest = (argv: readonly string[]): { flags: string; rest: string[] } => {
  let flags = '';
  const rest: string[] = [];
  for (const a of argv.slice(1)) { if (a.startsWith('-') && a.length > 1 && rest.length === 0) flags += a.startsWith('--') ? '' : a.slice(1); else rest.push(a); }
  return { flags, rest };
};

const missing = (m: Machine, name: string, path: string): string => (m.world.name === 'bash' ? `${name}: cannot access '${path}': No such file or directory\n` : `${name}: ${path}: No such file or directory\n`);

function* ls(m: Machine, argv: readonly string[]): Program<number> {
  const { flags, rest } = flagsAndRest(argv);
  let status = 0;
  const targets = rest.length === 0 ? ['.'] : rest;
  const sep = flags.includes('l') || flags.includes('1') ? '\n' : '\n';
  for (const [i, target] of targets.entries()) {
    const path = resolvePath(m.cwd, target);
    const found = yield* m.act(() => {
      const names = m.world.list(path);
      if (names === undefined) return { names: m.world.readFile(path) === undefined ? null : [target], directory: false };
      return { names: names.filter((n) => flags.includes('a') || !n.startsWith('.')), directory: true };
    });
    if (found.names === null) { yield* m.err(missing(m, 'ls', target)); status = 2; continue; }
    if (targets.length > 1 && found.directory) yield* m.out(`${i > 0 ? '\n' : ''}${target}:\n`);
    if (flags.includes('l')) {
      const rows = yield* m.act(() => found.names!.map((name) => {
        const p = found.directory ? resolvePath(path, name) : path;
        const dir = m.world.list(p) !== undefined;
        return `${dir ? 'drwxr-xr-x' : '-rw-r--r--'} 1 root root ${String(dir ? 4096 : (m.world.readFile(p) ?? '').length).padStart(5)} Jan  1 00:00 ${name}`;
      }));
      yield* m.out((found.directory ? `total ${rows.length * 4}\n` : '') + rows.map((r) => r + '\n').join(''));
    } else yield* m.out(found.names.map((n) => n + sep).join(''));
  }
  return status;
}

function* rm(m: Machine, argv: readonly string[]): Program<number> {
  const { flags, rest } = flagsAndRest(argv);
  let status = 0;
  const removeTree = function* (path: string, depth: number): Program {
    const names = yield* m.act(() => m.world.list(path) ?? null);
    if (names !== null && depth < 50) for (const name of names) yield* removeTree(resolvePath(path, name), depth + 1);
    yield* m.act((ctx) => m.world.removeFile(ctx, path));
  };
  for (const target of rest) {
    const path = resolvePath(m.cwd, target);
    const kind = yield* m.act(() => (m.world.list(path) !== undefined ? 'directory' : m.world.readFile(path) !== undefined ? 'file' : ''));
    if (kind === '') {
      if (!flags.includes('f')) { yield* m.err(m.world.name === 'bash' ? `rm: cannot remove '${target}': No such file or directory\n` : `rm: can't remove '${target}': No such file or directory\n`); status = 1; }
    } else if (kind === 'directory' && !/[rR]/.test(flags)) { yield* m.err(`rm: cannot remove '${target}': Is a directory\n`); status = 1; } else yield* removeTree(path, 0);
  }
  return status;
}

function* copy(m: Machine, argv: readonly string[]): Program<number> {
  const { rest } = flagsAndRest(argv);
  const move = argv[0] === 'mv';
  if (rest.length < 2) { yield* m.err(`${argv[0]}: missing file operand\n`); return 1; }
  const to = resolvePath(m.cwd, rest[rest.length - 1]);
  const directory = yield* m.act(() => m.world.list(to) !== undefined);
  let status = 0;
  for (const source of rest.slice(0, -1)) {
    const from = resolvePath(m.cwd, source);
    const text = yield* m.act(() => m.world.readFile(from));
    if (typeof text !== 'string') { yield* m.err(`${argv[0]}: cannot stat '${source}': No such file or directory\n`); status = 1; continue; }
    const error = yield* m.act((ctx) => {
      const e = m.world.writeFile(ctx, directory ? resolvePath(to, from.split('/').pop()!) : to, text);
      if (e === undefined && move) m.world.removeFile(ctx, from);
      return e;
    });
    if (typeof error === 'string') { yield* m.err(`${argv[0]}: cannot create regular file '${rest[rest.length - 1]}': ${error}\n`); status = 1; }
  }
  return status;
}

function* read(m: Machine, argv: readonly string[]): Program<number> {
  const names = argv.slice(1).filter((a) => !a.startsWith('-'));
  const line = m.takeLine();
  if (line === undefined) { for (const name of names) m.set(name, ''); return 1; }
  const ifs = m.vars['IFS'] ?? ' \t\n';
  if (names.length === 0) { m.set('REPLY', line); return 0; }
  let rest = line;
  const trimStart = (): void => { let i = 0; while (i < rest.length && ifs.includes(rest[i]) && ' \t'.includes(rest[i])) i++; rest = rest.slice(i); };
  trimStart();
  names.forEach((name, index) => {
    if (index === names.length - 1) { let end = rest.length; while (end > 0 && ' \t'.includes(rest[end - 1]) && ifs.includes(rest[end - 1])) end--; m.set(name, rest.slice(0, end)); return; }
    let i = 0;
    while (i < rest.length && !ifs.includes(rest[i])) i++;
    m.set(name, rest.slice(0, i));
    rest = rest.slice(i + 1);
    trimStart();
  });
  return 0;
}

function* exportVariables(m: Machine, argv: readonly string[]): Program<number> {
  const words = argv.slice(1).filter((a) => a !== '-p' && a !== '-x');
  if (words.length === 0) { yield* m.out([...m.exported].sort().filter((n) => m.vars[n] !== undefined).map((n) => `declare -x ${n}="${m.vars[n]}"\n`).join('')); return 0; }
  for (const word of words) {
    const eq = word.indexOf('=');
    const name = eq < 0 ? word : word.slice(0, eq);
    if (!/^[A-Za-z_]\w*$/.test(name)) { yield* m.complain(`export: \`${word}': not a valid identifier`); return 1; }
    if (eq >= 0) m.set(name, word.slice(eq + 1));
    if (argv[0] === 'export' && !m.exported.includes(name)) m.exported = [...m.exported, name];
  }
  return 0;
}

function* set(m: Machine, argv: readonly string[]): Program<number> {
  if (argv.length === 1) { yield* m.out(Object.keys(m.vars).sort().map((n) => `${n}=${m.vars[n]}\n`).join('')); return 0; }
  for (let i = 1; i < argv.length; i++) {
    const a = argv[i];
    if (a === '--') { m.args = [m.args[0], ...argv.slice(i + 1)]; return 0; }
    if (a === '-o' || a === '+o') { if (argv[i + 1] === 'errexit') m.errexit = a === '-o'; i++; continue; }
    if (/^[-+][a-z]+$/.test(a)) { if (a.includes('e')) m.errexit = a[0] === '-'; if (a.includes('x')) m.xtrace = a[0] === '-'; if (a.includes('o')) i++; continue; }
    m.args = [m.args[0], ...argv.slice(i)];
    return 0;
  }
  return 0;
}

/** Leaves loops: drops tasks down to the loop that is left (or its next round). */
function leave(m: Machine, levels: number, again: boolean): number {
  let left = levels;
  for (let i = m.tasks.length - 1; i >= 0; i--) {
    const task = m.tasks[i];
    if (task.t === 'return') return 0;
    if (task.t === 'io') m.io = task.io;
    if (task.t !== 'while' && task.t !== 'for') continue;
    left--;
    if (left > 0) continue;
    m.tasks.length = again ? i + 1 : i;
    return 0;
  }
  return 0;
}

function* evaluateText(m: Machine, text: string): Program<number> {
  try {
    m.tasks.push({ t: 'node', node: parseScript(text) });
    return m.status;
  } catch (error) {
    if (!(error instanceof SyntaxError_)) throw error;
    yield* m.complain(error.message);
    return 2;
  }
}

function* source(m: Machine, argv: readonly string[]): Program<number> {
  const text = yield* m.act(() => m.world.readFile(resolvePath(m.cwd, argv[1] ?? '')));
  if (typeof text !== 'string') { yield* m.complain(`${argv[1] ?? ''}: No such file or directory`); return 1; }
  return yield* evaluateText(m, text);
}

/** `sh -c 'script' name args`, `sh file`. */
function* shell(m: Machine, argv: readonly string[], env: Readonly<Record<string, string>>): Program<number> {
  let i = 1;
  let script: string | undefined;
  let args: readonly string[] = [argv[0]];
  while (i < argv.length && /^[-+]/.test(argv[i]) && argv[i] !== '--') {
    if (!argv[i].startsWith('--') && argv[i].includes('c')) { script = argv[i + 1] ?? ''; args = argv.length > i + 2 ? argv.slice(i + 2) : [argv[0]]; break; }
    i++;
  }
  if (script === undefined && argv[i] !== undefined) {
    const text = yield* m.act(() => m.world.readFile(resolvePath(m.cwd, argv[i])));
    if (typeof text !== 'string') { yield* m.err(`${argv[0]}: ${argv[i]}: No such file or directory\n`); return 127; }
    script = text;
    args = argv.slice(i);
  }
  script ??= m.takeInput() ?? '';
  let tasks;
  try {
    tasks = [{ t: 'node' as const, node: parseScript(script) }];
  } catch (error) {
    if (!(error instanceof SyntaxError_)) throw error;
    yield* m.err(`${argv[0]}: ${error.message}\n`);
    return 2;
  }
  if (m.nested > 30) { yield* m.err(`${argv[0]}: too many nested shells\n`); return 2; }
  const state = { ...initialState(tasks, { vars: m.environment(env), cwd: m.cwd, args, pid: m.pid }), io: { stdin: m.io.stdin, out: { k: 'up' as const, fd: 1 as const }, err: { k: 'up' as const, fd: 2 as const } }, inputs: m.inputs };
  const inner = new Machine(state, m.world, function* (fd, text) { yield* (fd === 1 ? m.out(text) : m.err(text)); }, m.nested + 1);
  return codeOf(yield* inner.run());
}

function* xargs(m: Machine, argv: readonly string[]): Program<number> {
  let i = 1;
  let replace = '';
  let max = Infinity;
  let skipEmpty = false;
  for (; i < argv.length && argv[i].startsWith('-'); i++) {
    if (argv[i] === '-I') replace = argv[++i] ?? '{}';
    else if (argv[i].startsWith('-I')) replace = argv[i].slice(2);
    else if (argv[i] === '-n') max = Number(argv[++i]) || 1;
    else if (/^-n\d+$/.test(argv[i])) max = Number(argv[i].slice(2));
    else if (argv[i] === '-r' || argv[i] === '--no-run-if-empty') skipEmpty = true;
    else if (argv[i] === '-P' || argv[i] === '-d') i++;
  }
  const command = argv.slice(i).length === 0 ? ['echo'] : argv.slice(i);
  const input = m.takeInput() ?? '';
  const stdin = m.io;
  m.io = { ...m.io, stdin: -1 };
  let status = 0;
  if (replace !== '') {
    for (const line of input.split('\n').map((l) => l.trim()).filter((l) => l !== '')) if ((yield* m.command(command.map((w) => w.split(replace).join(line)))) !== 0) status = 123;
  } else {
    const words = input.split(/\s+/).filter((w) => w !== '');
    if (words.length === 0 && !skipEmpty) status = (yield* m.command(command)) === 0 ? 0 : 123;
    for (let at = 0; at < words.length; at += Math.min(max, 5000)) if ((yield* m.command([...command, ...words.slice(at, at + Math.min(max, 5000))])) !== 0) status = 123;
  }
  m.io = stdin;
  return status;
}

function* watch(m: Machine, argv: readonly string[]): Program<number> {
  let i = 1;
  let interval = '2';
  for (; i < argv.length && argv[i].startsWith('-'); i++) {
    if (argv[i] === '-n' || argv[i] === '--interval') interval = argv[++i] ?? '2';
    else if (argv[i].startsWith('-n')) interval = argv[i].slice(2);
  }
  const words = argv.slice(i);
  if (words.length === 0) { yield* m.err('Usage:\n watch [options] command\n'); return 1; }
  const text = words.length === 1 ? words[0] : words.map((w) => (/^[\w./:=@%+,-]+$/.test(w) ? w : `'${w.replace(/'/g, "'\\''")}'`)).join(' ');
  // A loop of the shell, so that it folds.
  return yield* evaluateText(m, `while true; do printf '\\033[H\\033[2JEvery ${Number(interval).toFixed(1)}s: %s\\n\\n' ${quote(text)}; ${text}; sleep ${interval}; done`);
}

const quote = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;

function* time(m: Machine, argv: readonly string[]): Program<number> {
  const start = yield* now();
  const status = yield* m.command(argv.slice(1));
  const spent = (yield* now()) - start;
  const text = `${Math.floor(spent / 6e7)}m${((spent % 6e7) / 1e6).toFixed(3)}s`;
  yield* m.err(`\nreal\t${text}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
  return status;
}

function* tee(m: Machine, argv: readonly string[]): Program<number> {
  const { flags, rest } = flagsAndRest(argv);
  const text = m.takeInput() ?? '';
  yield* m.out(text);
  for (const file of rest) {
    const path = resolvePath(m.cwd, file);
    yield* m.act((ctx) => { m.world.writeFile(ctx, path, (flags.includes('a') ? m.world.readFile(path) ?? '' : '') + text); });
  }
  return 0;
}

function* cd(m: Machine, argv: readonly string[]): Program<number> {
  const to = argv[1] === '-' ? m.vars['OLDPWD'] ?? m.cwd : argv[1] ?? m.vars['HOME'] ?? '/';
  const path = resolvePath(m.cwd, to);
  const kind = yield* m.act(() => (path === '/' || m.world.list(path) !== undefined ? 'directory' : m.world.readFile(path) !== undefined ? 'file' : ''));
  if (kind !== 'directory') { yield* m.complain(`cd: ${to}: ${kind === 'file' ? 'Not a directory' : 'No such file or directory'}`); return 1; }
  m.set('OLDPWD', m.cwd);
  m.cwd = path;
  return 0;
}

function* kill(m: Machine, argv: readonly string[]): Program<number> {
  let signal = 'TERM';
  const pids: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    if (argv[i] === '-s') signal = argv[++i] ?? 'TERM';
    else if (argv[i].startsWith('-')) signal = argv[i].slice(1).replace(/^SIG/, '');
    else pids.push(argv[i]);
  }
  let status = 0;
  for (const pid of pids) {
    const n = number(pid);
    if (n === m.pid && signal !== '0') throw new ExitShell(143);
    const ok = n !== undefined && (yield* m.act((ctx) => m.world.kill?.(ctx, n, signal) ?? false));
    if (!ok) { yield* m.complain(`kill: (${pid}) - No such process`); status = 1; }
  }
  return status;
}

function* seq(m: Machine, argv: readonly string[]): Program<number> {
  const { flags, rest } = flagsAndRest(argv.map((a) => (/^-\d/.test(a) ? `\u0000${a}` : a)));
  const n = rest.map((a) => Number(a.replace('\u0000', '')));
  const [from, by, to] = n.length === 1 ? [1, 1, n[0]] : n.length === 2 ? [n[0], 1, n[1]] : [n[0], n[1], n[2]];
  if (n.length === 0 || n.some((x) => Number.isNaN(x)) || by === 0) { yield* m.err('seq: invalid argument\n'); return 1; }
  const out: string[] = [];
  const width = flags.includes('w') ? Math.max(String(from).length, String(to).length) : 0;
  for (let x = from; (by > 0 ? x <= to : x >= to) && out.length < 100_000; x += by) out.push(String(x).padStart(width, '0'));
  yield* m.out(out.map((x) => x + '\n').join(''));
  return 0;
}

const BUILTINS: Readonly<Record<string, Run>> = {
  echo, printf, sleep: sleepFor, date, ls, rm, cp: copy, mv: copy, read, set, xargs, watch, time, tee, cd, kill, seq,
  sh: shell, bash: shell, ash: shell, dash: shell, '/bin/sh': shell, '/bin/bash': shell, '/usr/bin/env': shell,
  export: exportVariables, declare: exportVariables, readonly: exportVariables, typeset: exportVariables, local: exportVariables,
  source, '.': source,
  *':'() { return 0; }, *true() { return 0; }, *false() { return 1; },
  *exit(m, argv) { throw new ExitShell(number(argv[1]) ?? m.status); },
  *return(m, argv) {
    const at = m.tasks.map((t) => t.t).lastIndexOf('return');
    for (let i = m.tasks.length - 1; i > at; i--) { const t = m.tasks[i]; if (t.t === 'io') m.io = t.io; }
    m.tasks.length = at + 1;
    return number(argv[1]) ?? m.status;
  },
  *break(m, argv) { return leave(m, number(argv[1]) ?? 1, false); },
  *continue(m, argv) { return leave(m, number(argv[1]) ?? 1, true); },
  *shift(m, argv) { const n = number(argv[1]) ?? 1; if (n > m.args.length - 1) return 1; m.args = [m.args[0], ...m.args.slice(1 + n)]; return 0; },
  *unset(m, argv) { const vars = { ...m.vars }; for (const a of argv.slice(1)) delete vars[a]; m.vars = vars; return 0; },
  *eval(m, argv) { return yield* evaluateText(m, argv.slice(1).join(' ')); },
  *exec(m, argv) { if (argv.length === 1) return 0; throw new ExitShell(yield* m.command(argv.slice(1))); },
  *command(m, argv) { if (argv[1] === '-v' || argv[1] === '-V') return yield* which(m, argv.slice(1)); return yield* m.command(argv.slice(1)); },
  *wait() { return 0; },
  *trap(m, argv) { for (const s of argv.slice(2)) m.traps = { ...m.traps, [s.replace(/^SIG/, '').replace(/^0$/, 'EXIT')]: argv[1] === '-' ? '' : argv[1] }; return 0; },
  *pwd(m) { yield* m.out(m.cwd + '\n'); return 0; },
  *hostname(m) { yield* m.out((yield* m.act(() => m.world.hostname())) + '\n'); return 0; },
  *whoami(m) { yield* m.out((m.vars['USER'] ?? 'root') + '\n'); return 0; },
  *id(m) { yield* m.out('uid=0(root) gid=0(root) groups=0(root)\n'); return 0; },
  *uname(m, argv) { yield* m.out(argv.includes('-a') ? 'Linux localhost 6.8.0-generic #1 SMP x86_64 GNU/Linux\n' : argv.includes('-r') ? '6.8.0-generic\n' : argv.includes('-m') ? 'x86_64\n' : 'Linux\n'); return 0; },
  *env(m, argv, env) {
    let i = 1;
    const extra: Record<string, string> = { ...env };
    for (; i < argv.length && /^[A-Za-z_]\w*=/.test(argv[i]); i++) extra[argv[i].slice(0, argv[i].indexOf('='))] = argv[i].slice(argv[i].indexOf('=') + 1);
    if (argv[i] !== undefined) return yield* m.command(argv.slice(i), extra);
    const all = m.environment(extra);
    yield* m.out(Object.keys(all).sort().map((n) => `${n}=${all[n]}\n`).join(''));
    return 0;
  },
  *printenv(m, argv) {
    const all = m.environment();
    if (argv[1] !== undefined) { if (all[argv[1]] === undefined) return 1; yield* m.out(all[argv[1]] + '\n'); return 0; }
    yield* m.out(Object.keys(all).sort().map((n) => `${n}=${all[n]}\n`).join(''));
    return 0;
  },
  *touch(m, argv) {
    for (const a of argv.slice(1).filter((x) => !x.startsWith('-'))) {
      const path = resolvePath(m.cwd, a);
      const error = yield* m.act((ctx) => (m.world.readFile(path) === undefined && m.world.list(path) === undefined ? m.world.writeFile(ctx, path, '') : undefined));
      if (typeof error === 'string') { yield* m.err(`touch: cannot touch '${a}': ${error}\n`); return 1; }
    }
    return 0;
  },
  *mkdir(m, argv) {
    const { flags, rest } = flagsAndRest(argv);
    for (const a of rest) {
      const path = resolvePath(m.cwd, a);
      const error = yield* m.act((ctx) => (m.world.list(path) !== undefined ? (flags.includes('p') ? undefined : 'File exists') : m.world.makeDirectory(ctx, path)));
      if (typeof error === 'string') { yield* m.err(`mkdir: cannot create directory '${a}': ${error}\n`); return 1; }
    }
    return 0;
  },
  *chmod() { return 0; }, *chown() { return 0; }, *sync() { return 0; }, *clear(m) { yield* m.out('\u001b[H\u001b[2J'); return 0; },
  *basename(m, argv) { const b = (argv[1] ?? '').replace(/\/+$/, '').split('/').pop() ?? ''; yield* m.out((argv[2] !== undefined && b.endsWith(argv[2]) && b !== argv[2] ? b.slice(0, -argv[2].length) : b) + '\n'); return 0; },
  *dirname(m, argv) { const p = (argv[1] ?? '').replace(/\/+$/, ''); const at = p.lastIndexOf('/'); yield* m.out((at < 0 ? '.' : at === 0 ? '/' : p.slice(0, at)) + '\n'); return 0; },
  *yes(m, argv) { const line = (argv[1] ?? 'y') + '\n'; for (let i = 0; i < 10_000; i++) yield* m.out(line); return 0; },
  which: (m, argv) => which(m, argv), type: (m, argv) => which(m, argv),
  *test(m, argv) { return yield* testExpression(m, argv.slice(1), false); },
  *'['(m, argv) {
    if (argv[argv.length - 1] !== ']') { yield* m.complain("[: missing `]'"); return 2; }
    return yield* testExpression(m, argv.slice(1, -1), false);
  },
  *'[['(m, argv) { return yield* testExpression(m, argv.slice(1, argv[argv.length - 1] === ']]' ? -1 : undefined), true); },
  *let(m, argv) { let v = 0; for (const a of argv.slice(1)) v = m.calculate(a); return v !== 0 ? 0 : 1; },
};

function* which(m: Machine, argv: readonly string[]): Program<number> {
  let status = 0;
  for (const name of argv.slice(1).filter((a) => !a.startsWith('-'))) {
    const known = Object.hasOwn(BUILTINS, name) || Object.hasOwn(m.functions, name) || m.world.external([name], { stdin: undefined, cwd: m.cwd, env: {}, *out() { /* only asked for */ } }) !== undefined || ['cat', 'grep', 'sed', 'awk', 'head', 'tail', 'sort', 'uniq', 'wc', 'cut', 'tr', 'base64'].includes(name);
    if (known) yield* m.out(argv[0] === 'type' ? `${name} is /usr/bin/${name}\n` : `/usr/bin/${name}\n`);
    else status = 1;
  }
  return status;
}

/** Runs a built-in command; undefined: it is none. */
export function* builtin(m: Machine, argv: readonly string[], env: Readonly<Record<string, string>>): Program<number | undefined> {
  const run = Object.hasOwn(BUILTINS, argv[0]) ? BUILTINS[argv[0]] : undefined;
  return run === undefined ? undefined : yield* run(m, argv, env);
}

export const BUILTIN_NAMES: readonly string[] = Object.keys(BUILTINS).filter((n) => /^[a-z]/.test(n)).sort();
