/**
 * Which FlowSchema and priority level a request belongs to.
 * Upstream: staging/src/k8s.io/apiserver/pkg/util/flowcontrol/{rule,apf_controller}.go
 * Left out: queues and seats: the server is never busy for longer than its service time.
 */
import type { KubeObject } from '../api/types.ts';
import type { ApiRequest } from '../apimachinery/request.ts';
import { listObjects } from './state.ts';
import type { State } from './state.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

interface Compiled { readonly schemas: readonly KubeObject[]; readonly memo: Map<string, string> }
const compiled = new WeakMap<object, Compiled>();
const NONE = {};

function compile(state: State): Compiled {
  const generation = state.generations.get('flowcontrol') ?? NONE;
  let c = compiled.get(generation);
  if (c === undefined) {
    const schemas = listObjects(state, '/registry/flowschemas/').slice();
    schemas.sort((a, b) => (a['spec'].matchingPrecedence ?? 1000) - (b['spec'].matchingPrecedence ?? 1000) || (a.metadata.name < b.metadata.name ? -1 : 1));
    c = { schemas, memo: new Map() };
    compiled.set(generation, c);
  }
  return c;
}

function subjectFits(s: Any, request: ApiRequest): boolean {
  const { username, groups } = request.user;
  if (s.kind === 'User') return s.user?.name === '*' || s.user?.name === username;
  if (s.kind === 'Group') return s.group?.name === '*' || groups.includes(s.group?.name);
  const [system, kind, ns, name] = username.split(':');
  if (system !== 'system' || kind !== 'serviceaccount') return false;
  return s.serviceAccount?.namespace === ns && (s.serviceAccount?.name === '*' || s.serviceAccount?.name === name);
}

const has = (list: readonly string[] | undefined, value: string): boolean => list !== undefined && (list.includes('*') || list.includes(value));

function ruleFits(rule: Any, request: ApiRequest): boolean {
  if (!(rule.subjects ?? []).some((s: Any) => subjectFits(s, request))) return false;
  if (request.path !== undefined) {
    return (rule.nonResourceRules ?? []).some((r: Any) => has(r.verbs, request.verb) && (r.nonResourceURLs ?? []).some((u: string) => u === '*' || u === request.path || (u.endsWith('/*') && request.path!.startsWith(u.slice(0, -1)))));
  }
  const resource = request.subresource ? request.resource + '/' + request.subresource : request.resource;
  return (rule.resourceRules ?? []).some((r: Any) => has(r.verbs, request.verb) && has(r.apiGroups, request.group) && has(r.resources, resource)
    && (request.namespace ? has(r.namespaces, request.namespace) : r.clusterScope === true));
}

/** `<flow schema> at <priority level>`. */
export function classify(state: State, request: ApiRequest): string {
  const c = compile(state);
  const key = [request.user.username, request.user.groups.join(), request.verb, request.group, request.resource, request.subresource ?? '', request.namespace ?? '', request.path ?? ''].join('\n');
  let text = c.memo.get(key);
  if (text === undefined) {
    const schema = c.schemas.find((s) => ((s['spec'].rules ?? []) as Any[]).some((r) => ruleFits(r, request)));
    text = schema === undefined ? 'catch-all at catch-all' : schema.metadata.name + ' at ' + schema['spec'].priorityLevelConfiguration.name;
    c.memo.set(key, text);
  }
  return text;
}
