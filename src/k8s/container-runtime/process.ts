/**
 * What a container's command line does: a server is only a state; a script is a program that waits and writes.
 * Upstream: none (a process of the node).
 */
import type { Program } from '../../sim/program.ts';
import { act } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import type { ContainerConfig } from '../cri-api/types.ts';
import { readFile, removeFile, writeFile } from './files.ts';
import { imageBase } from './image-reference.ts';
import { imageProgram } from './images/catalogue.ts';
import type { ShellState } from '../shell/world.ts';
import { command } from './shell-fallback.ts';
import type { FallbackWorld } from './shell-fallback.ts';
import { runScriptState, startScript } from './shell-world.ts';
import type { RuntimeState } from './state.ts';

const SHELLS = ['sh', 'bash', 'ash', 'dash'];
/** Commands that end at once with success, when they are not simulated. */
const QUICK = ['curl', 'wget', 'nslookup', 'ping', 'chmod', 'chown', 'sync', 'id', 'ps', 'mktemp', 'uname', 'whoami', 'df', 'dd', 'stat', 'dig', 'apt-get', 'apk'];
const SIMULATED = ['sleep', 'touch', 'rm', 'cat', 'mkdir', 'date', 'hostname', 'ls', 'oom', 'echo', 'printf', 'true', 'false', 'exit', 'tail', 'head', 'seq', 'env', 'printenv', 'kill', 'cp', 'mv', 'grep', 'perl', 'pause', 'test', 'nc'];
const IGNORE_TERM = ['python', 'python3', 'node', 'ruby'];

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The command line of the main program: the pod's, or the image's own. */
export function commandLine(config: ContainerConfig): readonly string[] {
  if (config.command.length > 0) return [...config.command, ...config.args];
  const base = imageBase(config.userSpecifiedImage);
  const image = imageProgram(base);
  const known = config.args.length > 0 && [...SHELLS, ...QUICK, ...SIMULATED].includes(baseName(config.args[0]));
  if (config.args.length > 0 && (image.shell || known)) return config.args;
  if (image.command && config.args.length === 0) return image.command;
  return [`/image-entrypoint/${base}`, ...config.args];
}

export type Start =
  | { readonly kind: 'fails'; readonly message: string }
  /** Runs until a signal. */
  | { readonly kind: 'server'; readonly graceful: boolean; readonly serves: boolean }
  /** Runs as a program, and does not hear SIGTERM. */
  | { readonly kind: 'command' };

/** How a container with this command line begins. */
export function howItStarts(argv: readonly string[]): Start {
  const name = argv[0] ?? '';
  const base = baseName(name);
  if (base.startsWith('nosuch') || name.includes('doesnotexist')) {
    const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
    return { kind: 'fails', message: `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${name}": ${why}` };
  }
  if (base === 'pause' || (base === 'tail' && argv.some((a) => a.startsWith('-') && /[fF]/.test(a)))) return { kind: 'server', graceful: base === 'pause', serves: base === 'pause' };
  if (IGNORE_TERM.includes(base)) return { kind: 'server', graceful: false, serves: true };
  if (SHELLS.includes(base) || QUICK.includes(base) || SIMULATED.includes(base)) return { kind: 'command' };
  return { kind: 'server', graceful: true, serves: true };
}

function world(state: RuntimeState, ctx: Context, id: string, main: boolean, output: (text: string) => void): FallbackWorld {
  const record = state.containers.get(id)!;
  return {
    out: (text) => (main ? state.log(ctx, id, 'stdout', text) : output(text)),
    read: (path) => readFile(state, record, path),
    write: (path, text, append) => { writeFile(state, record, path, text, append); },
    remove: (path) => removeFile(state, record, path),
    env: (name) => (name === 'HOSTNAME' ? record.config.envs.find((e) => e.key === 'HOSTNAME')?.value : record.config.envs.find((e) => e.key === name)?.value),
    now: () => ctx.now,
    oom: () => { state.setContainer({ ...record, oom: true }); },
  };
}

export interface ProcessArgs { readonly containerId: string; readonly argv: readonly string[]; readonly main: boolean; /** A script that goes on. */ readonly script?: ShellState }
export interface ProcessResult { readonly exitCode: number; readonly stdout: string; /** Not ended: goes on in a fresh program. */ readonly again?: ShellState }

/** Runs a command line of a container to its end. */
export function* runProcess(state: RuntimeState, args: ProcessArgs): Program<ProcessResult> {
  let stdout = '';
  const ask = <T>(run: (w: FallbackWorld) => T) => act<Context, { value: T; text: string }>((ctx) => {
    let text = '';
    const value = run(world(state, ctx, args.containerId, args.main, (t) => { text += t; }));
    return { value, text };
  });
  const askValue = function* <T>(run: (w: FallbackWorld) => T): Program<T> {
    const answer = yield* ask(run);
    stdout += answer.text;
    return answer.value;
  };
  const argv = args.argv;
  const base = baseName(argv[0] ?? '');
  if (argv.length === 0) return { exitCode: 0, stdout };
  if (SHELLS.includes(base)) {
    const at = argv.findIndex((a, i) => i > 0 && a.startsWith('-') && !a.startsWith('--') && a.endsWith('c'));
    const script = at > 0 ? argv[at + 1] : undefined;
    if (script === undefined && args.script === undefined) return { exitCode: 0, stdout };
    const started = args.script === undefined ? yield* act((ctx: Context) => startScript(state, args.containerId, script!, argv.slice(at + 2), ctx.now)) : { state: args.script };
    const print = (text: string) => askValue((w) => w.out(text));
    if ('error' in started) {
      yield* print(started.error);
      return { exitCode: 2, stdout };
    }
    const result = yield* runScriptState(state, args.containerId, started.state, print, args.main);
    return 'again' in result ? { exitCode: 0, stdout, again: result.again } : { exitCode: result.code, stdout };
  }
  const code = yield* command(argv, (text) => askValue((w) => w.out(text)), askValue);
  return { exitCode: code, stdout };
}
