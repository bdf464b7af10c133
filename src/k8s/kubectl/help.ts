/**
 * Short help: what commands there are, how one is used; and suggestions for mistyped ones.
 * Upstream: k8s.io/kubectl/pkg/util/templates, github.com/spf13/cobra (SuggestionsFor)
 * Left out: the long descriptions and examples.
 */
import type { CommandGroup } from './commands.ts';
import type { Command } from './session.ts';

export function helpText(path: readonly string[], command: Command | undefined, groups: readonly CommandGroup[]): string {
  const list = command === undefined ? groups.flatMap((g) => g.commands) : command.commands ?? [];
  let out = command === undefined ? 'kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n' : `${command.short}.\n`;
  if (command === undefined) {
    const width = Math.max(...list.map((c) => c.name.length));
    for (const group of groups) out += `\n${group.title}\n${group.commands.map((c) => `  ${c.name.padEnd(width)}   ${c.short}\n`).join('')}`;
  } else if (list.length > 0) {
    const width = Math.max(...list.map((c) => c.name.length));
    out += `\nAvailable Commands:\n${list.map((c) => `  ${c.name.padEnd(width)}   ${c.short}\n`).join('')}`;
  }
  const flags = (command?.flags ?? []).filter((f) => f.hidden !== true);
  if (flags.length > 0) {
    out += '\nOptions:\n' + [...flags].sort((a, b) => (a.name < b.name ? -1 : 1)).map((f) => {
      const value = f.type === 'bool' ? String(f.default ?? false) : f.type === 'int' ? String(f.default ?? 0) : f.type === 'duration' ? String(f.default ?? '0s') : f.type === 'string' ? `'${f.default ?? ''}'` : '[]';
      return `    ${f.short === undefined ? '' : `-${f.short}, `}--${f.name}=${value}\n`;
    }).join('');
  }
  out += `\nUsage:\n  ${command?.usage === undefined ? `${path.join(' ')} [flags] [options]` : [...path.slice(0, -1), command.usage, command.usage.includes('[options]') ? '' : '[options]'].join(' ').trim()}\n`;
  if (list.length > 0) out += `\nUse "${path.join(' ')} <command> --help" for more information about a given command.\n`;
  return out;
}

/** Edit distance, at most `max` looked for. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

/** `Did you mean this?` and the commands within two letters, or that begin so. */
export function suggestions(word: string, commands: readonly Command[]): string {
  if (word.length > 40) return '';
  const found = commands.map((c) => c.name).filter((name) => distance(word, name) <= 2 || name.startsWith(word));
  return found.length === 0 ? '' : `\n\nDid you mean this?\n${found.map((name) => `\t${name}\n`).join('')}`;
}
