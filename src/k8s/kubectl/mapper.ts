/**
 * Which resource a word of the command line, or an apiVersion and kind of a manifest, means.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/api/meta, client-go/restmapper (short names, categories, discovery)
 * Left out: the on-disk discovery cache: the built-in resources are known, others are looked up in the server's definitions when asked for.
 */
import { RESOURCES } from '../api/generated/resources.ts';

export interface Mapping {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Row = readonly [string, string, string, string, string, number, number, string[], string[], [string][]];

let parsed: readonly Mapping[] | undefined;

/** The resources every cluster serves, in the order of discovery. */
export function builtinMappings(): readonly Mapping[] {
  parsed ??= RESOURCES.split('\n').filter((line) => line !== '').map((line) => {
    const [group, version, resource, kind, singular, namespaced, verbs, shortNames, categories, subs] = JSON.parse(line) as Row;
    return {
      group, version, resource, kind, singular, namespaced: namespaced === 1, shortNames, categories,
      verbs: VERBS.filter((_, i) => (verbs >> i) & 1), subresources: subs.map((s) => s[0]),
    };
  });
  return parsed;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf(m: { readonly group: string; readonly version: string }): string {
  return m.group === '' ? m.version : m.group + '/' + m.version;
}

/** `deployments.apps`, `pods`. */
export function groupResource(m: { readonly group: string; readonly resource: string }): string {
  return m.group === '' ? m.resource : m.resource + '.' + m.group;
}

/** `deployment.apps`, `pod`: how kinds stand before a slash and a name in output. */
export function groupKindLower(m: { readonly group: string; readonly kind: string }): string {
  const kind = lower(m.kind);
  return m.group === '' ? kind : kind + '.' + m.group;
}

/** ASCII lower case. */
export function lower(text: string): string {
  return text.replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
}

const matches = (m: Mapping, word: string): boolean =>
  m.resource === word || m.singular === word || m.shortNames.includes(word) || lower(m.kind) === word;

/** The resource that `word` names: `pods`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`. */
export function findResource(all: readonly Mapping[], word: string): Mapping | undefined {
  const text = lower(word);
  const dots = text.split('.');
  const name = dots[0];
  if (dots.length === 1) return all.find((m) => matches(m, name));
  const rest = dots.slice(1).join('.');
  const versioned = dots.slice(2).join('.');
  return all.find((m) => matches(m, name) && m.version === dots[1] && m.group === versioned)
    ?? all.find((m) => matches(m, name) && m.group === rest)
    ?? all.find((m) => matches(m, name) && rest.length > 0 && m.group.startsWith(rest + '.'));
}

/** The resources of a category: `all`. */
export function findCategory(all: readonly Mapping[], word: string): readonly Mapping[] {
  const out: Mapping[] = [];
  for (const m of all) if (m.categories.includes(word) && m.verbs.includes('list') && !out.some((o) => o.resource === m.resource && o.group === m.group)) out.push(m);
  return out;
}

export function findKind(all: readonly Mapping[], apiVersion: string, kind: string): Mapping | undefined {
  return all.find((m) => m.kind === kind && apiVersionOf(m) === apiVersion && !(m.resource === 'bindings'));
}
