/**
 * The resources this server serves: what discovery says of each, with its place in etcd and its strategy.
 * Upstream: pkg/kubeapiserver/default_storage_factory_builder.go (etcd key layout)
 * Left out: resources of CustomResourceDefinitions.
 */
import { ALL_RESOURCES as DISCOVERY } from '../api/resources.ts';
import type { Resource as Discovered } from '../api/resources.ts';
import type { GroupKind, GroupResource } from '../apimachinery/status-errors.ts';
import { STRATEGIES } from './registry/index.ts';
import { DEFAULT_STRATEGY } from './registry/strategy.ts';
import type { Strategy } from './registry/strategy.ts';

export interface Resource extends Discovered {
  readonly gr: GroupResource;
  readonly gk: GroupKind;
  /** etcd prefix with a slash at its end: `/registry/pods/`. '' for resources that are not stored (reviews, bindings). */
  readonly prefix: string;
  readonly strategy: Strategy;
}

/** Where the key differs from `/registry/<resource>/`. */
const PREFIXES: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers', nodes: 'minions', services: 'services/specs', endpoints: 'services/endpoints',
  'networking.k8s.io/ingresses': 'ingress', 'apiextensions.k8s.io/customresourcedefinitions': 'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices': 'apiregistration.k8s.io/apiservices',
};

/** Served by computation alone. */
const VIRTUAL = new Set(['bindings', 'componentstatuses', 'authentication.k8s.io/selfsubjectreviews', 'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/localsubjectaccessreviews', 'authorization.k8s.io/selfsubjectaccessreviews', 'authorization.k8s.io/selfsubjectrulesreviews', 'authorization.k8s.io/subjectaccessreviews']);

function make(r: Discovered): Resource {
  const id = r.group === '' ? r.resource : r.group + '/' + r.resource;
  return {
    ...r, gr: { group: r.group, resource: r.resource }, gk: { group: r.group, kind: r.kind },
    prefix: VIRTUAL.has(id) ? '' : '/registry/' + (PREFIXES[id] ?? r.resource) + '/',
    strategy: id === 'events.k8s.io/events' ? STRATEGIES['events'] : STRATEGIES[id] ?? DEFAULT_STRATEGY,
  };
}

/** In the order of discovery. */
export const ALL_RESOURCES: readonly Resource[] = DISCOVERY.map(make);

const byGvr = new Map<string, Resource>(ALL_RESOURCES.map((r) => [r.apiVersion + '/' + r.resource, r]));
const byPrefix = new Map<string, Resource>();
const byKind = new Map<string, Resource>();
for (const r of ALL_RESOURCES) {
  if (r.prefix !== '' && !byPrefix.has(r.prefix)) byPrefix.set(r.prefix, r);
  if (!byKind.has(r.apiVersion + '/' + r.kind)) byKind.set(r.apiVersion + '/' + r.kind, r);
}

export function findResource(group: string, version: string, resource: string): Resource | undefined {
  return byGvr.get((group === '' ? version : group + '/' + version) + '/' + resource);
}

export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return byKind.get(apiVersion + '/' + kind);
}

export function storageKey(resource: Resource, namespace: string, name: string): string {
  return resource.namespaced ? resource.prefix + namespace + '/' + name : resource.prefix + name;
}

/** The resource whose objects lie under this etcd key, if any: the first in discovery that is stored there. */
export function resourceOfKey(key: string): Resource | undefined {
  const first = key.indexOf('/', 10);
  if (first < 0) return undefined;
  const known = byPrefix.get(key.slice(0, first + 1));
  if (known !== undefined) return known;
  const second = key.indexOf('/', first + 1);
  return second < 0 ? undefined : byPrefix.get(key.slice(0, second + 1));
}

/** `pods default/web-x`, `nodes node-1`, `pods default` (a list). */
export function subjectOf(resource: string, namespace: string | undefined, name: string | undefined, subresource?: string): string {
  const what = subresource ? resource + '/' + subresource : resource;
  if (namespace) return name ? what + ' ' + namespace + '/' + name : what + ' ' + namespace;
  return name ? what + ' ' + name : what;
}
