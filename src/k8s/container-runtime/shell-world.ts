/**
 * The project's shell in a container: its files, its environment, and the commands that only containers have.
 * Upstream: none (a process of the node).
 * Left out: background jobs (`&` runs in the foreground).
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { ExitShell, Machine, tasksOf } from '../shell/machine.ts';
import type { ShellResult } from '../shell/machine.ts';
import { SyntaxError_ } from '../shell/syntax.ts';
import { initialState } from '../shell/world.ts';
import type { ShellState, ShellWorld } from '../shell/world.ts';
import { listDirectory, readFile, removeFile, writeFile } from './files.ts';
import { command } from './shell-fallback.ts';
import type { FallbackWorld } from './shell-fallback.ts';
import type { RuntimeState } from './state.ts';

function worldOf(state: RuntimeState, id: string, print: (text: string) => Program): ShellWorld {
  const record = () => state.containers.get(id)!;
  const fallback = (ctx: Context): FallbackWorld => ({
    out: () => { /* printed by the shell */ }, read: (path) => readFile(state, record(), path), write: (path, text, append) => { writeFile(state, record(), path, text, append); },
    remove: (path) => removeFile(state, record(), path), env: (name) => record().config.envs.find((e) => e.key === name)?.value, now: () => ctx.now,
    oom: () => { state.setContainer({ ...record(), oom: true }); },
  });
  return {
    name: 'sh',
    write: () => { /* the machine's sink prints */ },
    readFile: (path) => readFile(state, record(), path),
    writeFile: (_ctx, path, text) => (writeFile(state, record(), path, text, false) ? undefined : 'Read-only file system'),
    removeFile: (_ctx, path) => removeFile(state, record(), path),
    makeDirectory: () => undefined,
    list: (path) => listDirectory(state, record(), path),
    hostname: () => record().config.envs.find((e) => e.key === 'HOSTNAME')?.value ?? 'localhost',
    external(argv) {
      const name = argv[0].slice(argv[0].lastIndexOf('/') + 1);
      if (name.startsWith('nosuch')) return undefined;
      return (function* (): Program<number> {
        const code = yield* command(argv, print, (run) => act((ctx: Context) => run(fallback(ctx))));
        // The kernel ends the whole container.
        if (name === 'oom') throw new ExitShell(code);
        return code;
      })();
    },
  };
}

/** A script's first state; the message of its first error when it is none. */
export function startScript(state: RuntimeState, id: string, script: string, args: readonly string[], now: number): { state: ShellState } | { error: string } {
  const vars: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' };
  for (const e of state.containers.get(id)!.config.envs) vars[e.key] = e.value;
  try {
    return { state: initialState(tasksOf(script), { vars, cwd: state.containers.get(id)!.config.workingDir || '/', args: args.length === 0 ? ['sh'] : args, startedAt: now }) };
  } catch (error) {
    if (error instanceof SyntaxError_) return { error: `sh: ${error.message}\n` };
    throw error;
  }
}

/** Runs a script to its end, or (`folds`) until its state should go on in a fresh program. */
export function* runScriptState(state: RuntimeState, id: string, script: ShellState, print: (text: string) => Program, folds: boolean): Program<ShellResult> {
  const world = worldOf(state, id, print);
  return yield* new Machine(script, world, function* (_fd, text) { yield* print(text); }, folds ? 0 : 1).run();
}
