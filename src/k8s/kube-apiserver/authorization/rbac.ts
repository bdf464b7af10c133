/**
 * RBAC: roles and bindings as they stand in the cache.
 * Upstream: plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/registry/rbac/validation/{rule,policy_compact}.go
 * Left out: errors of bindings whose role is missing (they allow nothing).
 */
import type { KubeObject } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { listObjects } from '../state.ts';
import type { State } from '../state.ts';
import type { Decision } from './authorizer.ts';

export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}
interface Grant { readonly rule: PolicyRule; readonly namespace: string; readonly reason: string }
interface Compiled { readonly bySubject: Map<string, Grant[]>; readonly byUser: Map<string, readonly Grant[]>; readonly decided: Map<string, readonly Grant[]> }

const compiled = new WeakMap<object, Compiled>();
const NONE = {};
const DENIED: Decision = { allowed: false, reason: '' };

interface Subject { readonly kind: string; readonly name: string; readonly namespace?: string }

function compile(state: State): Compiled {
  const generation = state.generations.get('rbac') ?? NONE;
  const known = compiled.get(generation);
  if (known !== undefined) return known;
  const bySubject = new Map<string, Grant[]>();
  const add = (binding: KubeObject, namespace: string): void => {
    const ref = binding['roleRef'] as { kind: string; name: string };
    const role = state.objects.get(ref.kind === 'ClusterRole' ? '/registry/clusterroles/' + ref.name : '/registry/roles/' + namespace + '/' + ref.name);
    if (role === undefined) return;
    for (const subject of (binding['subjects'] ?? []) as Subject[]) {
      const who = subject.kind === 'User' ? 'u:' + subject.name : subject.kind === 'Group' ? 'g:' + subject.name : 'u:system:serviceaccount:' + (subject.namespace ?? namespace) + ':' + subject.name;
      const text = subject.kind === 'ServiceAccount' ? `${subject.kind} "${subject.name}/${subject.namespace ?? namespace}"` : `${subject.kind} "${subject.name}"`;
      const of = namespace === '' ? `ClusterRoleBinding "${binding.metadata.name}"` : `RoleBinding "${binding.metadata.name}/${namespace}"`;
      const reason = `RBAC: allowed by ${of} of ${ref.kind} "${ref.name}" to ${text}`;
      let grants = bySubject.get(who);
      if (grants === undefined) bySubject.set(who, (grants = []));
      for (const rule of (role['rules'] ?? []) as PolicyRule[]) grants.push({ rule, namespace, reason });
    }
  };
  for (const b of listObjects(state, '/registry/clusterrolebindings/')) add(b, '');
  for (const b of listObjects(state, '/registry/rolebindings/')) add(b, b.metadata.namespace ?? '');
  const out: Compiled = { bySubject, byUser: new Map(), decided: new Map() };
  compiled.set(generation, out);
  return out;
}

function grantsOf(c: Compiled, request: Pick<ApiRequest, 'user'>): readonly Grant[] {
  const key = request.user.username + '\n' + request.user.groups.join('\n');
  let grants = c.byUser.get(key);
  if (grants === undefined) {
    grants = [request.user.username].map((u) => 'u:' + u).concat(request.user.groups.map((g) => 'g:' + g)).flatMap((who) => c.bySubject.get(who) ?? []);
    // Cluster-wide grants are asked first, as upstream visits them.
    grants = [...grants.filter((g) => g.namespace === ''), ...grants.filter((g) => g.namespace !== '')];
    c.byUser.set(key, grants);
  }
  return grants;
}

const has = (list: readonly string[] | undefined, value: string): boolean => list !== undefined && (list.includes(value) || list.includes('*'));

function fits(rule: PolicyRule, request: ApiRequest): boolean {
  if (!has(rule.verbs, request.verb)) return false;
  if (request.path !== undefined) {
    return (rule.nonResourceURLs ?? []).some((u) => u === '*' || u === request.path || (u.endsWith('*') && request.path!.startsWith(u.slice(0, -1))));
  }
  if (!has(rule.apiGroups, request.group)) return false;
  const resource = request.subresource ? request.resource + '/' + request.subresource : request.resource;
  return has(rule.resources, resource) || (request.subresource !== undefined && (rule.resources ?? []).includes('*/' + request.subresource));
}

export function authorizeRbac(state: State, request: ApiRequest): Decision {
  const c = compile(state);
  const key = [request.user.username, request.user.groups.join(), request.verb, request.group, request.resource, request.subresource ?? '', request.namespace ?? '', request.path ?? ''].join('\n');
  let found = c.decided.get(key);
  if (found === undefined) {
    found = grantsOf(c, request).filter((g) => (g.namespace === '' || g.namespace === request.namespace) && fits(g.rule, request));
    if (c.decided.size > 20_000) c.decided.clear();
    c.decided.set(key, found);
  }
  for (const g of found) {
    const names = g.rule.resourceNames;
    if (names === undefined || names.length === 0 || names.includes(request.name ?? '')) return { allowed: true, reason: g.reason };
  }
  return DENIED;
}

/** All rules a user has in a namespace: SelfSubjectRulesReview. */
export function rulesFor(state: State, user: ApiRequest['user'], namespace: string): readonly PolicyRule[] {
  return grantsOf(compile(state), { user }).filter((g) => g.namespace === '' || g.namespace === namespace).map((g) => g.rule);
}
