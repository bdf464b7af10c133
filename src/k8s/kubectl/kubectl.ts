/**
 * kubectl: finds the command in the words, parses its flags, runs it, reports its error.
 * Upstream: k8s.io/kubectl/pkg/cmd/cmd.go
 * Left out: plugins, kuberc, -v.
 */
import type { Program } from '../../sim/program.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { KubectlError, errorText } from './errors.ts';
import { parseFlags } from './flags.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import { helpText, suggestions } from './help.ts';
import { act, sleep } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { timing } from '../timing.ts';
import { Session } from './session.ts';
import type { Command, KubectlIo } from './session.ts';

export interface KubectlArgs {
  /** The words after `kubectl`. */
  readonly argv: readonly string[];
  /** Text on standard input; undefined: none. */
  readonly stdin?: string;
}

interface Found { readonly command: Command | undefined; readonly path: readonly Command[]; readonly rest: readonly string[] }

/** Walks down the commands by the words that are not flags, as cobra's Find does. */
function find(argv: readonly string[]): Found {
  const rest = [...argv];
  const path: Command[] = [];
  let commands: readonly Command[] = COMMANDS;
  for (;;) {
    const at = firstWord(rest, path);
    if (at < 0) break;
    const next = commands.find((c) => c.name === rest[at] || c.aliases?.includes(rest[at]));
    if (next === undefined) break;
    path.push(next);
    rest.splice(at, 1);
    commands = next.commands ?? [];
    if (commands.length === 0) break;
  }
  return { command: path[path.length - 1], path, rest };
}

/** Index of the first word that is no flag and no flag's value; -1 if there is none. */
function firstWord(words: readonly string[], path: readonly Command[]): number {
  const specs = [...GLOBAL_FLAGS, ...(path[path.length - 1]?.flags ?? [])];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return i;
    if (word.includes('=')) continue;
    const spec = word.startsWith('--') ? specs.find((s) => s.name === word.slice(2)) : specs.find((s) => s.short === word[1]);
    const takesValue = spec !== undefined && spec.type !== 'bool' && spec.bare === undefined && (word.startsWith('--') || word.length === 2);
    if (takesValue) i++;
  }
  return -1;
}

/** The binary starts, reads its configuration and its discovery cache. */
function* starting(): Program {
  const jitter = yield* act((ctx: Context) => ctx.draw('kubectl start', '', ctx.now) % timing.kubectl.jitter);
  yield* sleep(timing.kubectl.start + jitter);
}

/** Runs a command line. The result is the exit code. Output goes to `io`. */
export function* kubectl(args: KubectlArgs, io: KubectlIo): Program<number> {
  const k = new Session(io, args.stdin);
  try {
    yield* starting();
    const code = yield* dispatch(k, args.argv);
    return code;
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    yield* k.err(errorText(error));
    return error.exitCode;
  }
}

function* dispatch(k: Session, argv: readonly string[]): Program<number> {
  const { command, path, rest } = find(argv);
  const name = ['kubectl', ...path.map((c) => c.name)].join(' ');
  k.commandPath = name;
  const words = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined);
  const help = words.includes('-h') || words.includes('--help');
  if (command === undefined) {
    const at = firstWord(rest, []);
    if (at >= 0 && rest[at] !== 'help') {
      const word = rest[at];
      throw new KubectlError(`unknown command "${word}" for "kubectl"${suggestions(word, COMMANDS)}`);
    }
    if (at >= 0 && rest[at] === 'help') {
      const found = find(rest.slice(at + 1));
      yield* k.out(helpText(['kubectl', ...found.path.map((c) => c.name)], found.command, GROUPS));
      return 0;
    }
    parseFlags('kubectl', GLOBAL_FLAGS, rest);
    yield* k.out(helpText(['kubectl'], undefined, GROUPS));
    return 0;
  }
  if (help) {
    yield* k.out(helpText(name.split(' '), command, GROUPS));
    return 0;
  }
  const flags = parseFlags(name, [...(command.flags ?? []), ...GLOBAL_FLAGS.filter((g) => !(command.flags ?? []).some((f) => f.name === g.name || (f.short !== undefined && f.short === g.short)))], rest);
  if (command.run === undefined) {
    if (flags.args.length > 0) {
      yield* k.err(`error: unknown command "${flags.args.join(' ')}"\nSee '${name} -h' for help and examples\n`);
      return 1;
    }
    const text = helpText(name.split(' '), command, GROUPS);
    // Upstream's groups of commands print their help as an error; rollout on standard output.
    yield* command.name === 'rollout' ? k.out(text) : k.err(text);
    return 1;
  }
  const context = (yield* act(() => k.io.contextNamespace())) || 'default';
  k.explicitNamespace = flags.string('namespace') !== '';
  k.namespace = flags.string('namespace') || context;
  const groups = flags.list('as-group');
  if (flags.string('as') !== '') k.impersonate = { username: flags.string('as'), groups };
  else if (groups.length > 0) throw new KubectlError('requesting uid, groups or user-extra for root without impersonating a user');
  const code = yield* command.run(k, flags);
  return typeof code === 'number' ? code : 0;
}
