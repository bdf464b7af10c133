/**
 * Completion of command lines for the terminal: verbs, flags, resource types, names, containers, namespaces.
 * Upstream: k8s.io/kubectl/pkg/util/completion
 * Left out: completion inside quotes and expansions.
 */
import { COMMANDS } from './commands.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import { builtinMappings, findResource } from './mapper.ts';
import type { Mapping } from './mapper.ts';
import type { Command } from './session.ts';

/** What the terminal knows of the cluster at the cursor. Every list is sorted by the caller. */
export interface Lookups {
  /** Names of the objects of a resource; `namespace` undefined: of the current one. */
  names(mapping: Mapping, namespace: string | undefined): readonly string[];
  namespaces(): readonly string[];
  containers?(pod: string, namespace: string | undefined): readonly string[];
  /** Files of the workstation, for -f and other commands. */
  files?(prefix: string): readonly string[];
  /** Commands of the shell beside kubectl. */
  commands?(): readonly string[];
}

export interface Completion {
  /** Where the completed word begins. */
  readonly from: number;
  /** Whole words, sorted. */
  readonly options: readonly string[];
}

/** Verbs whose arguments are `TYPE NAME`. */
const TYPED = ['get', 'describe', 'delete', 'edit', 'label', 'annotate', 'patch', 'scale', 'expose', 'autoscale', 'wait', 'explain', 'status', 'history', 'undo', 'pause', 'resume', 'restart', 'image', 'resources', 'env', 'serviceaccount', 'selector', 'taint'];
const NODES = ['cordon', 'uncordon', 'drain'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  output: ['custom-columns=', 'go-template=', 'json', 'jsonpath=', 'name', 'wide', 'yaml'], 'dry-run': ['client', 'none', 'server'], restart: ['Always', 'Never', 'OnFailure'], 'image-pull-policy': ['Always', 'IfNotPresent', 'Never'],
  cascade: ['background', 'foreground', 'orphan'], validate: ['ignore', 'strict', 'warn'], for: ['condition=', 'create', 'delete', 'jsonpath='],
};

/** What could stand at `cursor` in `line`. */
export function complete(line: string, cursor: number, lookups: Lookups): Completion {
  const text = line.slice(0, Math.max(0, Math.min(cursor, line.length, 10_000)));
  const start = Math.max(text.lastIndexOf('|'), text.lastIndexOf(';'), text.lastIndexOf('&'), text.lastIndexOf('(')) + 1;
  const words = text.slice(start).split(/\s+/).filter((w, i, all) => w !== '' || i === all.length - 1);
  const word = /\s$/.test(text) || text.slice(start) === '' ? '' : words[words.length - 1] ?? '';
  const before = words.slice(0, word === '' && words[words.length - 1] === '' ? -1 : word === '' ? undefined : -1);
  const from = text.length - word.length;
  const pick = (options: readonly string[], prefix = word, lead = ''): Completion => ({ from: from + lead.length, options: [...new Set(options.filter((o) => o.startsWith(prefix.slice(lead.length))))].sort() });
  if (before.length === 0) return pick(['kubectl', ...(lookups.commands?.() ?? [])]);
  if (before[0] !== 'kubectl') return pick(lookups.files?.(word) ?? []);

  let command: Command | undefined;
  let list: readonly Command[] = COMMANDS;
  const args: string[] = [];
  let namespace: string | undefined;
  for (let i = 1; i < before.length; i++) {
    const w = before[i];
    if (w === '-n' || w === '--namespace') { namespace = before[++i]; continue; }
    if (w.startsWith('--namespace=')) { namespace = w.slice(12); continue; }
    if (w.startsWith('-')) {
      const spec = flagOf(command, w);
      if (spec !== undefined && spec.type !== 'bool' && spec.bare === undefined && !w.includes('=') && i + 1 < before.length) i++;
      continue;
    }
    const next = list.find((c) => c.name === w || c.aliases?.includes(w));
    if (next === undefined || args.length > 0) { args.push(w); continue; }
    command = next;
    list = next.commands ?? [];
  }
  const previous = before[before.length - 1];
  const awaited = previous.startsWith('-') && !previous.includes('=') ? flagOf(command, previous) : undefined;
  if (awaited !== undefined && awaited.type !== 'bool' && awaited.bare === undefined) return valueOf(awaited.name, word, 0);
  const inline = /^--([\w-]+)=(.*)$/.exec(word);
  if (inline !== null) return valueOf(inline[1], inline[2], word.length - inline[2].length);
  if (word.startsWith('-')) return pick([...(command?.flags ?? []), ...GLOBAL_FLAGS].filter((f) => f.hidden !== true).map((f) => `--${f.name}`));
  if (command === undefined || (list.length > 0 && args.length === 0)) return pick(list.map((c) => c.name));

  const types = (): readonly string[] => builtinMappings().filter((m) => m.verbs.includes('list')).map((m) => m.resource);
  if (command.name === 'logs') return args.length === 0 ? pick(namesOf('pods')) : pick(lookups.containers?.(args[0], namespace) ?? []);
  if (NODES.includes(command.name)) return pick(namesOf('nodes'));
  if (!TYPED.includes(command.name)) return pick([]);
  const slash = word.indexOf('/');
  if (slash > 0) return pick(namesOf(word.slice(0, slash)).map((n) => n), word, word.slice(0, slash + 1));
  if (args.length === 0) return pick(types());
  if (args[0].includes('/')) return pick([]);
  return pick(namesOf(args[0]).filter((n) => !args.includes(n)));

  function namesOf(type: string): readonly string[] {
    const mapping = findResource(builtinMappings(), type);
    return mapping === undefined ? [] : lookups.names(mapping, namespace);
  }
  function valueOf(flag: string, typed: string, at: number): Completion {
    const options = flag === 'namespace' ? lookups.namespaces() : flag === 'filename' || flag === 'patch-file' || flag === 'from-file' ? lookups.files?.(typed) ?? [] : VALUES[flag] ?? [];
    return { from: from + at, options: [...options].filter((o) => o.startsWith(typed)).sort() };
  }
}

function flagOf(command: Command | undefined, word: string): { name: string; type: string; bare?: string } | undefined {
  const specs = [...(command?.flags ?? []), ...GLOBAL_FLAGS];
  return word.startsWith('--') ? specs.find((s) => s.name === word.slice(2).split('=')[0]) : specs.find((s) => s.short === word[word.length - 1]);
}
