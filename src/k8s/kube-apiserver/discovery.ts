/**
 * Paths that name no resource: versions, groups, health.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery, pkg/server/routes, pkg/server/healthz
 * Left out: the OpenAPI documents themselves (the index of paths is there), metrics, profiling.
 */
import { ALL_RESOURCES, GROUPS, preferredVersion, versionsOf } from '../api/resources.ts';
import type { Resource } from '../api/resources.ts';
import type { KubeObject, Status } from '../api/types.ts';
import type { ApiRequest } from '../apimachinery/request.ts';
import { failure } from '../apimachinery/status-errors.ts';
import type { Context, Message } from '../../sim/types.ts';
import { authorize, forbiddenMessage } from './authorization/authorizer.ts';
import type { State } from './state.ts';
import { isReady } from './watch-cache.ts';

export const VERSION = {
  major: '1', minor: '36', emulationMajor: '1', emulationMinor: '36', minCompatibilityMajor: '1', minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3', gitCommit: '', gitTreeState: 'clean', buildDate: '2026-01-01T00:00:00Z', goVersion: 'go1.26', compiler: 'gc', platform: 'linux/amd64',
} as const;

const entry = (r: Resource): object => ({
  name: r.resource, singularName: r.singular, namespaced: r.namespaced, kind: r.kind, verbs: r.verbs,
  ...(r.shortNames.length > 0 ? { shortNames: r.shortNames } : {}), ...(r.categories.length > 0 ? { categories: r.categories } : {}),
});

/** APIResourceList of a group's version, sub-resources included. */
function resourceList(group: string, version: string): KubeObject | undefined {
  const groupVersion = group === '' ? version : group + '/' + version;
  const resources: object[] = [];
  for (const r of ALL_RESOURCES) {
    if (r.group !== group || r.version !== version) continue;
    resources.push(entry(r));
    for (const s of r.subresources) {
      const other = s.group !== r.group || s.version !== r.version ? { ...(s.group === '' ? {} : { group: s.group }), version: s.version } : {};
      resources.push({ name: r.resource + '/' + s.name, singularName: '', namespaced: r.namespaced, ...other, kind: s.kind, verbs: s.verbs });
    }
  }
  return resources.length === 0 ? undefined : ({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources } as unknown as KubeObject);
}

function group(name: string): object {
  const of = (version: string): object => ({ groupVersion: name + '/' + version, version });
  return { name, versions: versionsOf(name).map(of), preferredVersion: of(preferredVersion(name) ?? 'v1') };
}

const NAMED = GROUPS.filter((g) => g !== '');

/** apidiscovery.k8s.io/v2, of /api (the core group alone) or /apis. */
function aggregated(core: boolean): KubeObject {
  const items = (core ? [''] : NAMED).map((g) => ({
    metadata: { ...(g === '' ? {} : { name: g }), creationTimestamp: null },
    versions: versionsOf(g).map((version) => ({
      version, freshness: 'Current',
      resources: ALL_RESOURCES.filter((r) => r.group === g && r.version === version).map((r) => ({
        resource: r.resource, responseKind: { group: g, version, kind: r.kind }, scope: r.namespaced ? 'Namespaced' : 'Cluster', singularResource: r.singular, verbs: r.verbs,
        ...(r.shortNames.length > 0 ? { shortNames: r.shortNames } : {}), ...(r.categories.length > 0 ? { categories: r.categories } : {}),
        ...(r.subresources.length > 0 ? { subresources: r.subresources.map((s) => ({ subresource: s.name, responseKind: { group: s.group, version: s.version, kind: s.kind }, verbs: s.verbs })) } : {}),
      })),
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items } as unknown as KubeObject;
}

function paths(): string[] {
  const out = ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'];
  for (const g of NAMED) {
    out.push('/apis/' + g);
    for (const v of versionsOf(g)) out.push(`/apis/${g}/${v}`);
  }
  return out.sort();
}

/** Body of a path, or undefined if nothing is served there. */
export function pathBody(state: State, request: ApiRequest): KubeObject | string | undefined {
  const path = (request.path ?? '').replace(/(.)\/$/, '$1');
  const wantsAggregate = request.options?.query?.['as'] === 'APIGroupDiscoveryList';
  const object = (o: object): KubeObject => o as unknown as KubeObject;
  switch (path) {
    case '/healthz': case '/livez': return 'ok';
    case '/readyz': return isReady(state) ? 'ok' : undefined;
    case '/version': return object(VERSION);
    case '': case '/': return object({ paths: paths() });
    case '/api': return wantsAggregate ? aggregated(true) : object({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `${state.config.advertiseAddress ?? '192.0.2.2'}:${state.config.securePort ?? 6443}` }] });
    case '/apis': return wantsAggregate ? aggregated(false) : object({ kind: 'APIGroupList', apiVersion: 'v1', groups: NAMED.map(group) });
    case '/openapi/v3': return object({ paths: Object.fromEntries([['api/v1', { serverRelativeURL: '/openapi/v3/api/v1' }], ...NAMED.flatMap((g) => versionsOf(g).map((v) => [`apis/${g}/${v}`, { serverRelativeURL: `/openapi/v3/apis/${g}/${v}` }]))]) });
    default: {
      if (path === '/api/v1') return resourceList('', 'v1');
      const m = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path);
      if (m === null || !NAMED.includes(m[1])) return undefined;
      if (m[2] === undefined) return object({ kind: 'APIGroup', apiVersion: 'v1', ...group(m[1]) });
      return resourceList(m[1], m[2]);
    }
  }
}

export function answerPath(state: State, ctx: Context, message: Message): void {
  const request = message.body as ApiRequest;
  const path = request.path ?? '';
  const say = (code: number, body: KubeObject | Status | string): void => {
    ctx.reply(message, { code, body }, { verb: message.label.verb, subject: path, code }, { delay: state.config.readTime ?? 0 });
  };
  const decision = authorize(state, request);
  ctx.record('gate', 'authorization', path, decision.allowed ? 0 : 403, decision.reason);
  if (!decision.allowed) return say(403, forbiddenMessage(request, decision.reason));
  const body = pathBody(state, request);
  if (body !== undefined) return say(200, body);
  if (path === '/readyz') return say(500, failure(500, 'InternalError', 'readyz check failed', {}));
  say(404, '404 page not found\n');
}
