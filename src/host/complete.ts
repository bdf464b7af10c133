/**
 * Completion of a command line at the workstation: kubectl's words, flags, resources, names at the cursor's moment, files.
 * Names are those the cluster knows at this instant; nothing is asked over the simulated network.
 */
import { ALL_RESOURCES, resourceByName } from '../k8s/api/resources.ts';
import { COMMANDS } from '../k8s/kubectl/commands.ts';
import { GLOBAL_FLAGS } from '../k8s/kubectl/global-flags.ts';
import type { Command } from '../k8s/kubectl/session.ts';
import type { Completion } from '../protocol/protocol.ts';
import type { Peek } from './peek.ts';

type Item = Completion['items'][number];
const LIMIT = 60;
const VALUES: Readonly<Record<string, readonly string[]>> = {
  output: ['yaml', 'json', 'wide', 'name', 'jsonpath=', 'custom-columns=', 'go-template='],
  'dry-run': ['client', 'server', 'none'], cascade: ['background', 'foreground', 'orphan'], restart: ['Always', 'OnFailure', 'Never'], type: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
};
/** Commands whose first argument is a resource, or `resource/name`. */
const TAKES_RESOURCE = new Set(['get', 'describe', 'delete', 'edit', 'label', 'annotate', 'patch', 'scale', 'expose', 'autoscale', 'wait', 'explain', 'status', 'undo', 'history', 'restart', 'pause', 'resume', 'image', 'resources', 'env']);
const TAKES_POD = new Set(['logs', 'exec', 'attach', 'port-forward', 'debug']);
const TAKES_NODE = new Set(['cordon', 'uncordon', 'drain', 'taint']);
const TAKES_FILE = new Set(['filename', 'kustomize', 'from-file', 'from-env-file']);

/** `cursor` counts UTF-16 units. `from` is where the word begins that an item replaces. */
export function completeLine(peek: Peek, line: string, cursor: number): Completion {
  const before = line.slice(0, Math.max(0, cursor));
  const start = before.length - (/[^\s|;&]*$/.exec(before)?.[0].length ?? 0);
  const word = before.slice(start);
  const segment = before.slice(0, start).split(/[|;&]/).at(-1) ?? '';
  const words = segment.split(/\s+/).filter(Boolean);
  const answer = (items: readonly Item[], offset = 0): Completion => ({ from: start + offset, items: items.filter((item) => item.text.startsWith(word.slice(offset))).slice(0, LIMIT) });
  if (words.length === 0) return answer([{ text: 'kubectl', detail: '' }]);
  if (words[0] !== 'kubectl' && words[0] !== 'k') return answer(files(peek));

  const path: Command[] = [];
  let commands: readonly Command[] = COMMANDS;
  const rest: string[] = [];
  for (const one of words.slice(1)) {
    const next = rest.length === 0 && !one.startsWith('-') ? commands.find((command) => command.name === one || command.aliases?.includes(one)) : undefined;
    if (next) {
      path.push(next);
      commands = next.commands ?? [];
    } else rest.push(one);
  }
  const command = path.at(-1);
  const flags = [...(command?.flags ?? []), ...GLOBAL_FLAGS].filter((flag) => !flag.hidden);
  const flagOf = (text: string) => flags.find((flag) => text === `--${flag.name}` || (flag.short !== undefined && text === `-${flag.short}`));

  const joined = /^(--?[\w-]+)=/.exec(word);
  const last = words.at(-1)!;
  const asked = joined ? flagOf(joined[1]) : last.startsWith('-') && !last.includes('=') ? flagOf(last) : undefined;
  if (asked && (joined || (asked.type !== 'bool' && asked.bare === undefined))) return answer(valuesOf(peek, asked.name), joined ? joined[0].length : 0);
  if (word.startsWith('-')) return answer(flags.map((flag) => ({ text: `--${flag.name}${flag.type === 'bool' ? '' : '='}`, detail: flag.usage ?? '' })).sort((a, b) => (a.text < b.text ? -1 : 1)));
  if (command === undefined || commands.length > 0) return answer(commands.map((one) => ({ text: one.name, detail: one.short })));

  const given = rest.filter((one, i) => !one.startsWith('-') && !(i > 0 && rest[i - 1].startsWith('-') && !rest[i - 1].includes('=') && flagOf(rest[i - 1])?.type !== 'bool'));
  const namespace = namespaceOf(words);
  if (TAKES_POD.has(command.name)) return answer(given.length === 0 ? names(peek, 'pods', namespace) : []);
  if (TAKES_NODE.has(command.name)) return answer(command.name === 'taint' && given.length === 0 ? [{ text: 'nodes', detail: 'v1' }] : names(peek, 'nodes', ''));
  if (command.name === 'deployment' || command.name === 'run' || command.name === 'create') return answer([]);
  if (!TAKES_RESOURCE.has(command.name)) return answer([]);
  const slash = word.indexOf('/');
  if (slash > 0) return answer(names(peek, word.slice(0, slash), namespace), slash + 1);
  if (given.length === 0) return answer(resources());
  return answer(given[0].includes('/') ? [] : names(peek, given[0], namespace));
}

function resources(): Item[] {
  const seen = new Set<string>();
  const out: Item[] = [];
  for (const resource of ALL_RESOURCES) {
    if (seen.has(resource.resource)) continue;
    seen.add(resource.resource);
    out.push({ text: resource.resource, detail: [resource.kind, ...resource.shortNames].join(' ') });
  }
  return [...out, { text: 'all', detail: '' }].sort((a, b) => (a.text < b.text ? -1 : 1));
}

function names(peek: Peek, word: string, namespace: string): Item[] {
  const resource = resourceByName(word.split(',')[0]);
  if (!resource) return [];
  return peek.objects('/registry/').filter((object) => object.kind === resource.kind && object.apiVersion === resource.apiVersion && (!resource.namespaced || object.metadata.namespace === namespace))
    .map((object) => ({ text: object.metadata.name, detail: object.kind }));
}

function valuesOf(peek: Peek, flag: string): Item[] {
  if (flag === 'namespace') return names(peek, 'namespaces', '');
  if (flag === 'context' || flag === 'cluster' || flag === 'user') return [];
  if (TAKES_FILE.has(flag)) return files(peek);
  return (VALUES[flag] ?? []).map((text) => ({ text, detail: '' }));
}

function files(peek: Peek): Item[] {
  return (peek.container<string>('workstation', 'files')?.keys() ?? []).filter((path) => !path.endsWith('/')).map((path) => ({ text: path.replace(/^\/root\//, ''), detail: '' }));
}

function namespaceOf(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '-n' || word === '--namespace');
  if (at >= 0) return words[at + 1] ?? 'default';
  return words.find((word) => word.startsWith('--namespace='))?.slice(12) ?? words.find((word) => /^-n[^-]/.test(word))?.slice(2).replace(/^=/, '') ?? 'default';
}
