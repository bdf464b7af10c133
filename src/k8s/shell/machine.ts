/**
 * Runs scripts. The rest of a script is a stack of plain tasks, so that a script of any length can be folded into a program's
 * arguments between two commands and go on in a fresh program: a loop that runs for ever does not grow.
 * Upstream: none (POSIX.1-2024, 2.9).
 * Left out: job control, `exec` with redirections, pipelines whose parts run at the same time (parts run one after the other; only text filters see the output as it comes).
 */
import { act, sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { ArithmeticError, evaluate } from './arithmetic.ts';
import { builtin } from './builtins.ts';
import { expandPattern, expandText, expandWords, ExpansionError } from './expand.ts';
import { filterFor, isFilter, UsageError } from './filters.ts';
import type { Filter } from './filters.ts';
import { globMatches } from './glob.ts';
import { parseScript } from './parser.ts';
import { SyntaxError_ } from './syntax.ts';
import type { Node, Redirect } from './syntax.ts';
import { resolvePath } from './world.ts';
import type { CommandIo, Io, ShellState, ShellWorld, Target, Task } from './world.ts';

/** After so many effects a script folds its state. */
const FOLD_AFTER = 200;
/** A script that never waits ends after so many commands between two folds. */
const MAX_COMMANDS = 200_000;
/** A loop that went round so often at one moment waits a little: it must not hold the clock. */
const ROUNDS = 100;
const BUSY_WAIT = 10_000;
const MAX_NESTED = 40;
const MAX_STACK = 2000;

/** The reader of a pipe has gone. */
class PipeClosed extends Error {}
export class ExitShell extends Error {
  readonly code: number;
  constructor(code: number) { super('exit'); this.code = code; }
}

export type Sink = (fd: 1 | 2, text: string) => Program;

/** The end of a run: its exit code, or the state to go on with. */
export type ShellResult = { readonly code: number } | { readonly again: ShellState };

export class Machine {
  tasks: Task[];
  vars: Readonly<Record<string, string>>;
  exported: readonly string[];
  functions: Readonly<Record<string, Node>>;
  cwd: string;
  status: number;
  args: readonly string[];
  io: Io;
  inputs: string[];
  errexit: boolean;
  xtrace: boolean;
  traps: Readonly<Record<string, string>>;
  readonly pid: number;
  lastBackground: number;
  readonly startedAt: number;
  readonly world: ShellWorld;
  private readonly sink: Sink;
  readonly nested: number;
  effects = 0;
  private commands = 0;
  private rounds = 0;
  private roundsSince = -1;

  constructor(state: ShellState, world: ShellWorld, sink: Sink, nested = 0) {
    this.tasks = [...state.tasks];
    this.vars = state.vars;
    this.exported = state.exported;
    this.functions = state.functions;
    this.cwd = state.cwd;
    this.status = state.status;
    this.args = state.args;
    this.io = state.io;
    this.inputs = [...state.inputs];
    this.errexit = state.errexit;
    this.xtrace = state.xtrace;
    this.traps = state.traps;
    this.pid = state.pid;
    this.lastBackground = state.lastBackground;
    this.startedAt = state.startedAt;
    this.world = world;
    this.sink = sink;
    this.nested = nested;
  }

  state(tasks: readonly Task[] = this.tasks): ShellState {
    const { vars, exported, functions, cwd, status, args, io, inputs, errexit, xtrace, traps, pid, lastBackground, startedAt } = this;
    return { tasks, vars, exported, functions, cwd, status, args, io, inputs: [...inputs], errexit, xtrace, traps, pid, lastBackground, startedAt };
  }

  variable(name: string): string | undefined {
    switch (name) {
      case '?': return String(this.status);
      case '#': return String(this.args.length - 1);
      case '$': return String(this.pid);
      case '!': return this.lastBackground === 0 ? '' : String(this.lastBackground);
      case '@': case '*': return this.args.slice(1).join(' ');
      case '-': return this.errexit ? 'e' : '';
      case 'PWD': return this.cwd;
      default: break;
    }
    if (/^\d+$/.test(name)) return this.args[Number(name)];
    return Object.hasOwn(this.vars, name) ? this.vars[name] : undefined;
  }

  set(name: string, value: string): void { this.vars = { ...this.vars, [name]: value }; }

  calculate(text: string): number {
    return evaluate(text, (name) => this.variable(name) ?? '', (name, value) => this.set(name, value));
  }

  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const env: Record<string, string> = {};
    for (const name of this.exported) if (this.vars[name] !== undefined) env[name] = this.vars[name];
    return { ...env, ...extra };
  }

  *act<T>(run: (ctx: Context) => T): Program<T> {
    this.effects++;
    return yield* act(run);
  }

  *out(text: string): Program { yield* this.print(this.io.out, text); }
  *err(text: string): Program { yield* this.print(this.io.err, text); }
  *complain(text: string): Program { yield* this.err(`${this.world.name}: ${text}\n`); }

  private *print(target: Target, text: string): Program {
    if (text === '' || target.k === 'null') return;
    if (target.k === 'up') {
      this.effects++;
      yield* this.sink(target.fd, text);
      return;
    }
    yield* this.act((ctx) => { this.world.writeFile(ctx, target.path, (this.world.readFile(target.path) ?? '') + text); });
  }

  /** Takes all of standard input; undefined for a terminal. */
  takeInput(): string | undefined {
    if (this.io.stdin < 0) return undefined;
    const text = this.inputs[this.io.stdin] ?? '';
    this.inputs[this.io.stdin] = '';
    return text;
  }

  /** Takes a line (without its end); undefined at the end. */
  takeLine(): string | undefined {
    if (this.io.stdin < 0) return undefined;
    const text = this.inputs[this.io.stdin] ?? '';
    if (text === '') return undefined;
    const at = text.indexOf('\n');
    this.inputs[this.io.stdin] = at < 0 ? '' : text.slice(at + 1);
    return at < 0 ? text : text.slice(0, at);
  }

  /** Runs until the script ends or has to fold. Only the outermost machine folds. */
  *run(): Program<ShellResult> {
    try {
      while (this.tasks.length > 0) {
        if (this.nested === 0 && this.effects >= FOLD_AFTER) return { again: this.state() };
        if (++this.commands > MAX_COMMANDS) {
          yield* this.complain('too many commands without waiting');
          return { code: 124 };
        }
        if (this.tasks.length > MAX_STACK) {
          yield* this.complain('too many nested commands');
          return { code: 2 };
        }
        yield* this.step(this.tasks.pop()!);
      }
    } catch (error) {
      if (!(error instanceof ExitShell)) throw error;
      this.status = error.code;
    }
    const trap = this.traps['EXIT'];
    if (trap !== undefined && trap !== '') {
      this.traps = {};
      const status = this.status;
      this.tasks = [{ t: 'node', node: parseScript(trap) }];
      yield* this.run();
      this.status = status;
    }
    return { code: this.status };
  }

  private *step(task: Task): Program {
    switch (task.t) {
      case 'node': yield* this.node(task.node); break;
      case 'list': {
        const item = task.items[task.i];
        if (item === undefined) break;
        if (this.errexit && task.i > 0 && this.status !== 0 && !isGuarded(task.items[task.i - 1].node)) throw new ExitShell(this.status);
        this.tasks.push({ ...task, i: task.i + 1 });
        if (item.background) yield* this.background(item.node);
        else this.tasks.push({ t: 'node', node: item.node });
        break;
      }
      case 'andor': {
        const item = task.items[task.i];
        if (item === undefined) break;
        this.tasks.push({ ...task, i: task.i + 1 });
        if (item.op === '' || (item.op === '&&') === (this.status === 0)) this.tasks.push({ t: 'node', node: item.node });
        break;
      }
      case 'not': this.status = this.status === 0 ? 1 : 0; break;
      case 'if':
        if (this.status === 0) this.tasks.push({ t: 'node', node: task.node.clauses[task.i][1] });
        else if (task.i + 1 < task.node.clauses.length) this.tasks.push({ ...task, i: task.i + 1 }, { t: 'node', node: task.node.clauses[task.i + 1][0] });
        else { this.status = 0; if (task.node.otherwise !== null) this.tasks.push({ t: 'node', node: task.node.otherwise }); }
        break;
      case 'while':
        if (task.phase === 'cond') this.tasks.push({ ...task, phase: 'test' }, { t: 'node', node: task.node.cond });
        else if ((this.status === 0) !== task.node.until) {
          this.tasks.push({ ...task, phase: 'cond' }, { t: 'node', node: task.node.body });
          yield* this.breathe();
        }
        else this.status = 0;
        break;
      case 'for':
        if (task.i < task.words.length) {
          this.set(task.node.name, task.words[task.i]);
          this.tasks.push({ ...task, i: task.i + 1 }, { t: 'node', node: task.node.body });
        }
        break;
      case 'io': this.io = task.io; break;
      case 'return': this.args = task.args; break;
    }
  }

  /** Waits when a hundred rounds of a loop took no time. */
  private *breathe(): Program {
    if (++this.rounds % ROUNDS !== 0) return;
    const now = yield* this.act((ctx) => ctx.now);
    if (now === this.roundsSince) {
      this.effects++;
      yield* sleep(BUSY_WAIT);
      this.roundsSince = -1;
      this.commands = 0;
    } else this.roundsSince = now;
  }

  private *node(node: Node): Program {
    try {
      yield* this.nodeInner(node);
    } catch (error) {
      if (error instanceof ExpansionError || error instanceof ArithmeticError) {
        yield* this.complain(error.message);
        this.status = 1;
      } else if (error instanceof SyntaxError_) {
        yield* this.complain(error.message);
        this.status = 2;
      } else throw error;
    }
  }

  private *nodeInner(node: Node): Program {
    switch (node.t) {
      case 'simple': yield* this.simple(node); return;
      case 'pipe': yield* this.pipeline(node.stages, node.not); return;
      case 'list': this.tasks.push({ t: 'list', items: node.items, i: 0 }); return;
      case 'andor': this.tasks.push({ t: 'andor', items: node.items, i: 0 }); return;
      case 'function': this.functions = { ...this.functions, [node.name]: node.body }; this.status = 0; return;
      default: break;
    }
    if (!(yield* this.redirect(node.redirects, true))) return;
    switch (node.t) {
      case 'if': this.tasks.push({ t: 'if', node, i: 0 }, { t: 'node', node: node.clauses[0][0] }); break;
      case 'while': this.tasks.push({ t: 'while', node, phase: 'cond' }); break;
      case 'for': {
        const words = node.words === null ? this.args.slice(1) : yield* expandWords(this, node.words);
        this.status = 0;
        this.tasks.push({ t: 'for', node, words, i: 0 });
        break;
      }
      case 'case': {
        const word = yield* expandText(this, node.word);
        this.status = 0;
        for (const item of node.items) {
          let hit = false;
          for (const pattern of item.patterns) if (!hit) hit = globMatches(yield* expandPattern(this, pattern), word);
          if (hit) { this.tasks.push({ t: 'node', node: item.body }); break; }
        }
        break;
      }
      case 'arith': this.status = this.calculate(yield* expandText(this, node.text)) !== 0 ? 0 : 1; break;
      case 'group':
        if (!node.sub) this.tasks.push({ t: 'node', node: node.body });
        else {
          const inner = this.child([{ t: 'node', node: node.body }], this.sinkOf());
          this.status = codeOf(yield* inner.run());
          this.inputs = inner.inputs;
        }
        break;
    }
  }

  /** A machine for a part of this script that must not change it: $( ), ( ), stages of pipelines. */
  private child(tasks: readonly Task[], sink: Sink): Machine {
    if (this.nested >= MAX_NESTED) throw new ExpansionError('too many nested commands');
    const m = new Machine({ ...this.state(tasks), io: { stdin: this.io.stdin, out: { k: 'up', fd: 1 }, err: { k: 'up', fd: 2 } }, traps: {} }, this.world, sink, this.nested + 1);
    return m;
  }

  private sinkOf(): Sink {
    const { out, err } = this.io;
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const self = this;
    return function* (fd, text) { yield* self.print(fd === 1 ? out : err, text); };
  }

  /** The standard output of a command substitution. */
  *capture(body: Node): Program<string> {
    let text = '';
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const self = this;
    const inner = this.child([{ t: 'node', node: body }], function* (fd, t) { if (fd === 1) text += t; else yield* self.err(t); });
    this.status = codeOf(yield* inner.run());
    this.effects += inner.effects;
    return text;
  }

  /** Opens redirections. `push`: restore afterwards by a task. False when one failed. */
  private *redirect(redirects: readonly Redirect[], push: boolean): Program<boolean> {
    const before = this.io;
    let io = before;
    for (const r of redirects) {
      const target = yield* expandText(this, r.target);
      const point = (fd: number, to: Target): void => { io = fd === 2 ? { ...io, err: to } : fd === 12 ? { ...io, out: to, err: to } : { ...io, out: to }; };
      if (r.op === '<<' || r.op === '<<<') {
        this.inputs.push(r.op === '<<<' ? target + '\n' : target);
        io = { ...io, stdin: this.inputs.length - 1 };
      } else if (r.op === '<') {
        const path = resolvePath(this.cwd, target);
        const text = path === '/dev/null' ? '' : yield* this.act(() => this.world.readFile(path));
        if (typeof text !== 'string') {
          yield* this.complain(`${target}: No such file or directory`);
          this.status = 1;
          return false;
        }
        this.inputs.push(text);
        io = { ...io, stdin: this.inputs.length - 1 };
      } else if (r.op === '>&') {
        if (target === '1') point(r.fd, io.out);
        else if (target === '2') point(r.fd, io.err);
        else if (target === '-') point(r.fd, { k: 'null' });
      } else {
        const path = resolvePath(this.cwd, target);
        if (path === '/dev/null') { point(r.fd, { k: 'null' }); continue; }
        if (path === '/dev/stderr' || path === '/dev/stdout') { point(r.fd, path === '/dev/stderr' ? io.err : io.out); continue; }
        const append = r.op === '>>';
        const error = yield* this.act((ctx) => (this.world.list(path) !== undefined ? 'Is a directory' : this.world.writeFile(ctx, path, append ? this.world.readFile(path) ?? '' : '')));
        if (typeof error === 'string') {
          yield* this.complain(`${target}: ${error}`);
          this.status = 1;
          return false;
        }
        point(r.fd, { k: 'file', path });
      }
    }
    if (io !== before) {
      if (push) this.tasks.push({ t: 'io', io: before });
      this.io = io;
    }
    return true;
  }

  private *simple(node: Extract<Node, { t: 'simple' }>): Program {
    const argv = yield* expandWords(this, node.words);
    const before = this.io;
    if (argv.length === 0) {
      this.status = 0;
      for (const [name, word] of node.assigns) this.set(name, yield* expandText(this, word));
      if (yield* this.redirect(node.redirects, false)) this.io = before;
      return;
    }
    const extra: Record<string, string> = {};
    for (const [name, word] of node.assigns) extra[name] = yield* expandText(this, word);
    if (this.xtrace) yield* this.err(`+ ${argv.map((a) => (/^[\w./:=@%+,-]+$/.test(a) ? a : `'${a}'`)).join(' ')}\n`);
    const body = Object.hasOwn(this.functions, argv[0]) ? this.functions[argv[0]] : undefined;
    if (body !== undefined) {
      if (!(yield* this.redirect(node.redirects, true))) return;
      this.tasks.push({ t: 'return', args: this.args }, { t: 'node', node: body });
      this.args = [this.args[0] ?? 'sh', ...argv.slice(1)];
      for (const name of Object.keys(extra)) this.set(name, extra[name]);
      return;
    }
    if (!(yield* this.redirect(node.redirects, false))) { this.io = before; return; }
    try {
      this.status = yield* this.command(argv, extra);
    } finally {
      this.io = before;
    }
  }

  /** Runs one command by its words. Also of xargs, watch, time. */
  *command(argv: readonly string[], extra: Readonly<Record<string, string>> = {}): Program<number> {
    if (isFilter(argv[0])) return yield* this.filterCommand(argv);
    const own = yield* builtin(this, argv, extra);
    if (own !== undefined) return own;
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const self = this;
    const io: CommandIo = {
      stdin: this.io.stdin < 0 ? undefined : this.inputs[this.io.stdin], cwd: this.cwd, env: this.environment(extra),
      *out(fd, text) { yield* self.print(fd === 1 ? self.io.out : self.io.err, text); },
    };
    const program = this.world.external(argv, io);
    if (program === undefined) {
      yield* this.complain(this.world.name === 'bash' ? `${argv[0]}: command not found` : `${argv[0]}: not found`);
      return 127;
    }
    this.effects += 2;
    if (this.io.stdin >= 0) this.inputs[this.io.stdin] = '';
    return yield* program;
  }

  private *filterCommand(argv: readonly string[]): Program<number> {
    let c;
    try {
      c = filterFor(argv);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      yield* this.err(`${argv[0]}: ${error.message}\n`);
      return argv[0] === 'grep' ? 2 : 1;
    }
    if (c.inPlace) return yield* this.editFiles(argv, c.files);
    let failed = 0;
    const { filter } = c;
    const files = c.files.length === 0 ? ['-'] : c.files;
    for (const file of files) {
      const text = file === '-' ? this.takeInput() ?? '' : yield* this.act(() => this.world.readFile(resolvePath(this.cwd, file)));
      if (typeof text !== 'string') {
        const directory = (yield* this.act(() => this.world.list(resolvePath(this.cwd, file)) !== undefined)) as boolean;
        yield* this.err(this.world.name === 'bash' || argv[0] !== 'cat' ? `${argv[0]}: ${file}: ${directory ? 'Is a directory' : 'No such file or directory'}\n` : `${argv[0]}: can't open '${file}': No such file or directory\n`);
        failed = argv[0] === 'grep' ? 2 : 1;
        continue;
      }
      if (files.length > 1) c.named?.(file);
      yield* this.out(filter.push(text.endsWith('\n') || text === '' || files.length === 1 ? text : text + '\n'));
      if (filter.done) break;
    }
    yield* this.out(filter.end());
    return failed !== 0 ? failed : filter.status;
  }

  private *editFiles(argv: readonly string[], files: readonly string[]): Program<number> {
    for (const file of files) {
      const path = resolvePath(this.cwd, file);
      const text = yield* this.act(() => this.world.readFile(path));
      if (typeof text !== 'string') {
        yield* this.err(`${argv[0]}: can't read ${file}: No such file or directory\n`);
        return 2;
      }
      const { filter } = filterFor(argv);
      const after = filter.push(text) + filter.end();
      yield* this.act((ctx) => { this.world.writeFile(ctx, path, after); });
    }
    return 0;
  }

  /** Stages run one after the other; a tail of text filters sees the output of the stage before it as it comes. */
  private *pipeline(stages: readonly Node[], not: boolean): Program {
    if (not && stages.length === 1) {
      this.tasks.push({ t: 'not' }, { t: 'node', node: stages[0] });
      return;
    }
    const filters: Filter[] = [];
    let last = stages.length;
    while (last > 1) {
      const found = yield* this.asFilter(stages[last - 1]);
      if (found === undefined) break;
      filters.unshift(found);
      last--;
    }
    let text: string | undefined;
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const self = this;
    for (let i = 0; i < last; i++) {
      let captured = '';
      const streaming = i === last - 1;
      const inner = this.child([{ t: 'node', node: stages[i] }], function* (fd, t) {
        if (fd === 2) yield* self.err(t);
        else if (!streaming) captured += t;
        else {
          yield* self.out(through(filters, 0, t));
          if (filters.some((f) => f.done)) throw new PipeClosed();
        }
      });
      if (text !== undefined) {
        inner.inputs.push(text);
        inner.io = { ...inner.io, stdin: inner.inputs.length - 1 };
      }
      try {
        this.status = codeOf(yield* inner.run());
      } catch (error) {
        if (!(error instanceof PipeClosed)) throw error;
      }
      this.effects += inner.effects;
      text = captured;
    }
    if (filters.length > 0) {
      for (let i = 0; i < filters.length; i++) yield* this.out(through(filters, i + 1, filters[i].end()));
      this.status = filters[filters.length - 1].status;
    }
    if (not) this.status = this.status === 0 ? 1 : 0;
  }

  /** A stage that is a text filter of its standard input alone. */
  private *asFilter(node: Node): Program<Filter | undefined> {
    if (node.t !== 'simple' || node.redirects.length > 0 || node.assigns.length > 0 || node.words.length === 0) return undefined;
    const head = node.words[0];
    if (head.length !== 1 || head[0].k !== 'lit' || !isFilter(head[0].s)) return undefined;
    const argv = yield* expandWords(this, node.words);
    try {
      const c = filterFor(argv);
      return c.inPlace || c.files.some((f) => f !== '-') ? undefined : c.filter;
    } catch (error) {
      if (error instanceof UsageError) return undefined;
      throw error;
    }
  }

  private *background(node: Node): Program {
    if (this.world.background === undefined) {
      this.tasks.push({ t: 'node', node });
      return;
    }
    const state: ShellState = { ...this.state([{ t: 'node', node }]), io: { stdin: -1, out: this.io.out, err: this.io.err }, traps: {} };
    this.lastBackground = yield* this.world.background(state, nodeName(node));
    this.effects += 2;
    this.status = 0;
  }
}

function through(filters: readonly Filter[], from: number, text: string): string {
  let t = text;
  for (let i = from; i < filters.length && t !== ''; i++) t = filters[i].push(t);
  return t;
}

export function codeOf(result: ShellResult): number {
  return 'code' in result ? result.code : 0;
}

/** Commands whose failure `set -e` does not mind. */
const isGuarded = (node: Node): boolean => node.t === 'andor' || (node.t === 'pipe' && node.not) || node.t === 'if' || node.t === 'while';

function nodeName(node: Node): string {
  if (node.t === 'simple') return node.words.map((w) => w.map((p) => (p.k === 'lit' ? p.s : '…')).join('')).join(' ');
  return node.t;
}

/** Runs a state to its end or its next fold. */
export function* runShell(state: ShellState, world: ShellWorld): Program<ShellResult> {
  const sink: Sink = function* (fd, text) { yield* act((ctx: Context) => { world.write(ctx, fd, text); }); };
  return yield* new Machine(state, world, sink).run();
}

/** The tasks of a script's text; throws SyntaxError_. */
export function tasksOf(script: string): readonly Task[] {
  return [{ t: 'node', node: parseScript(script) }];
}
