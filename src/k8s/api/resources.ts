/**
 * What the server serves: every resource with its names, scope, verbs and subresources, in the order of discovery.
 * Upstream: the answers of /api and /apis.
 * Left out: custom resources; who serves them keeps a table of the same shape.
 */
import { RESOURCES } from './generated/resources.ts';
import type { Verb } from '../apimachinery/request.ts';

export interface Subresource { readonly name: string; readonly kind: string; readonly group: string; readonly version: string; readonly verbs: readonly Verb[] }

export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower-case plural, as in URLs. */
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** `pods`, `deployments.apps`: how messages and kubectl name it. */
  readonly groupResource: string;
}

const VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const verbs = (bits: number): readonly Verb[] => VERBS.filter((_, i) => (bits & (1 << i)) !== 0);

type Row = [string, string, string, string, string, number, number, string[], string[], [string, string, string, string, number][]];

/** Kinds of subresources that belong to another group than their resource. */
const SUBRESOURCE_GROUP: Record<string, [string, string]> = {
  Scale: ['autoscaling', 'v1'], Eviction: ['policy', 'v1'], TokenRequest: ['authentication.k8s.io', 'v1'],
};

/** Every served resource, in the order of discovery: groups by priority, the preferred version of a group first. */
export const ALL_RESOURCES: readonly Resource[] = RESOURCES.split('\n').map((line) => {
  const [group, version, resource, kind, singular, namespaced, bits, shortNames, categories, subs] = JSON.parse(line) as Row;
  return {
    group, version, resource, kind, singular, namespaced: namespaced === 1, verbs: verbs(bits), shortNames, categories,
    subresources: subs.map(([name, k, g, v, b]) => ({ name, kind: k, group: g || (SUBRESOURCE_GROUP[k]?.[0] ?? group), version: v || (SUBRESOURCE_GROUP[k]?.[1] ?? version), verbs: verbs(b) })),
    apiVersion: group === '' ? version : group + '/' + version,
    groupResource: group === '' ? resource : resource + '.' + group,
  };
});

const byResource = new Map<string, Resource>();
const byKindKey = new Map<string, Resource>();
const versions = new Map<string, string[]>();
for (const r of ALL_RESOURCES) {
  byResource.set(r.apiVersion + '/' + r.resource, r);
  byKindKey.set(r.apiVersion + '/' + r.kind, r);
  const list = versions.get(r.group);
  if (list === undefined) versions.set(r.group, [r.version]);
  else if (!list.includes(r.version)) list.push(r.version);
}

/** By URL: group ('' for core), version, plural. */
export function resourceFor(group: string, version: string, resource: string): Resource | undefined {
  return byResource.get((group === '' ? version : group + '/' + version) + '/' + resource);
}

/** By an object's apiVersion and kind. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return byKindKey.get(apiVersion + '/' + kind);
}

/** The first resource with this kind in the order of discovery, optionally of one group. */
export function byKind(kind: string, group?: string): Resource | undefined {
  return ALL_RESOURCES.find((r) => r.kind === kind && (group === undefined || r.group === group));
}

/**
 * What a user types: plural, singular or short name, lower-cased by the caller, with an optional group (`deployments.apps`) or
 * version and group (`deployments.v1.apps`). The first match in the order of discovery.
 */
export function resourceByName(text: string): Resource | undefined {
  const dot = text.indexOf('.');
  const name = dot < 0 ? text : text.slice(0, dot);
  const rest = dot < 0 ? undefined : text.slice(dot + 1);
  const fits = (r: Resource): boolean => {
    if (rest === undefined || rest === r.group || rest === r.version + '.' + r.group || (r.group === '' && rest === r.version + '.')) return true;
    // As upstream: a prefix of the group will do (`deployments.ap`).
    return r.group !== '' && rest !== '' && r.group.startsWith(rest);
  };
  return ALL_RESOURCES.find((r) => (r.resource === name || r.singular === name) && fits(r))
    ?? ALL_RESOURCES.find((r) => r.shortNames.includes(name) && fits(r));
}

/** Members of a category (`all`), in the order of discovery. */
export function byCategory(category: string): readonly Resource[] {
  return ALL_RESOURCES.filter((r) => r.categories.includes(category));
}

/** Served groups in order of priority, '' first. */
export const GROUPS: readonly string[] = [...new Set(ALL_RESOURCES.map((r) => r.group))];

/** Versions of a group, the preferred one first; empty if the group is not served. */
export function versionsOf(group: string): readonly string[] { return versions.get(group) ?? []; }

export function preferredVersion(group: string): string | undefined { return versions.get(group)?.[0]; }
