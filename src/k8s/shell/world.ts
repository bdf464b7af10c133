/**
 * What the shell needs of the machine it runs on: a user's workstation, or a container.
 * Every function that is no program is called inside `act`, so it may read and write journalled state.
 */
import type { Context, Micros } from '../../sim/types.ts';
import type { Program } from '../../sim/program.ts';
import type { Node } from './syntax.ts';

/** How a command that is not built in prints and reads. */
export interface CommandIo {
  /** All of standard input; undefined when it is a terminal. */
  readonly stdin: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Prints. May not return: the reader of a pipe may have gone. */
  out(fd: 1 | 2, text: string): Program;
}

export interface ShellWorld {
  /** `bash` or `sh`: stands before error messages. */
  readonly name: string;
  /** Prints on the process's own standard output or error. */
  write(ctx: Context, fd: 1 | 2, text: string): void;
  /** Paths are absolute and without `.` and `..`. undefined: there is no such file. */
  readFile(path: string): string | undefined;
  /** Answers what is wrong (`No such file or directory`), or undefined. */
  writeFile(ctx: Context, path: string, text: string): string | undefined;
  removeFile(ctx: Context, path: string): boolean;
  makeDirectory(ctx: Context, path: string): string | undefined;
  /** Sorted names in a directory; undefined if it is none. */
  list(path: string): readonly string[] | undefined;
  hostname(): string;
  /** Another program (kubectl, wget, nginx …) as a program that ends with its exit code; undefined: command not found. */
  external(argv: readonly string[], io: CommandIo): Program<number> | undefined;
  /** Starts a script beside this one; its process id. Absent: `&` runs in the foreground. */
  background?(state: ShellState, text: string): Program<number>;
  /** `kill`: false when there is no such process. */
  kill?(ctx: Context, pid: number, signal: string): boolean;
}

export type Target = { readonly k: 'up'; readonly fd: 1 | 2 } | { readonly k: 'file'; readonly path: string } | { readonly k: 'null' };

export interface Io { readonly stdin: number; readonly out: Target; readonly err: Target }

/** What is still to be done, the next on top. */
export type Task =
  | { readonly t: 'node'; readonly node: Node }
  | { readonly t: 'andor'; readonly items: readonly { readonly op: '' | '&&' | '||'; readonly node: Node }[]; readonly i: number }
  | { readonly t: 'list'; readonly items: readonly { readonly node: Node; readonly background: boolean }[]; readonly i: number }
  | { readonly t: 'not' }
  | { readonly t: 'if'; readonly node: Extract<Node, { t: 'if' }>; readonly i: number }
  | { readonly t: 'while'; readonly node: Extract<Node, { t: 'while' }>; readonly phase: 'cond' | 'test' }
  | { readonly t: 'for'; readonly node: Extract<Node, { t: 'for' }>; readonly words: readonly string[]; readonly i: number }
  | { readonly t: 'io'; readonly io: Io }
  | { readonly t: 'return'; readonly args: readonly string[] };

/** The whole state of a running script, plain: a program's arguments. */
export interface ShellState {
  readonly tasks: readonly Task[];
  readonly vars: Readonly<Record<string, string>>;
  readonly exported: readonly string[];
  readonly functions: Readonly<Record<string, Node>>;
  readonly cwd: string;
  readonly status: number;
  /** $0, $1, … */
  readonly args: readonly string[];
  readonly io: Io;
  /** What is left of each text that stands as standard input. */
  readonly inputs: readonly string[];
  /** Line of the command, for `set -e`, and traps by signal name. */
  readonly errexit: boolean;
  readonly xtrace: boolean;
  readonly traps: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly lastBackground: number;
  /** Virtual time of the start, for SECONDS. */
  readonly startedAt: Micros;
}

export const TERMINAL: Io = { stdin: -1, out: { k: 'up', fd: 1 }, err: { k: 'up', fd: 2 } };

/** A script's beginning. */
export function initialState(tasks: readonly Task[], options: { vars?: Readonly<Record<string, string>>; cwd?: string; args?: readonly string[]; stdin?: string; pid?: number; functions?: Readonly<Record<string, Node>>; startedAt?: Micros; exported?: readonly string[] } = {}): ShellState {
  const vars = options.vars ?? {};
  return {
    tasks, vars, exported: options.exported ?? Object.keys(vars).sort(), functions: options.functions ?? {}, cwd: options.cwd ?? '/', status: 0, args: options.args ?? ['sh'],
    io: options.stdin === undefined ? TERMINAL : { ...TERMINAL, stdin: 0 }, inputs: options.stdin === undefined ? [] : [options.stdin],
    errexit: false, xtrace: false, traps: {}, pid: options.pid ?? 1, lastBackground: 0, startedAt: options.startedAt ?? 0,
  };
}

/** `path` as an absolute one without `.` and `..`. */
export function resolvePath(cwd: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return '/' + parts.join('/');
}
