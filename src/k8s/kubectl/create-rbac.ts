/**
 * `kubectl create` role, clusterrole, rolebinding, clusterrolebinding.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create_{role,clusterrole,rolebinding,clusterrolebinding}.go
 */
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { generatorCommand } from './generator.ts';
import type { Generator } from './generator.ts';
import type { Command, Session } from './session.ts';

const ROLE_FLAGS: readonly Flag[] = [{ name: 'verb', type: 'slice' }, { name: 'resource', type: 'slice' }, { name: 'resource-name', type: 'array' }];
const VERBS = ['get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection', 'use', 'bind', 'impersonate', 'escalate', 'approve', 'sign', 'attest', '*'];

interface Rule { readonly verbs: readonly string[]; readonly apiGroups?: readonly string[]; readonly resources?: readonly string[]; readonly resourceNames?: readonly string[]; readonly nonResourceURLs?: readonly string[] }

/** One rule per API group. */
function* rules(k: Session, flags: Flags): Program<Rule[]> {
  const verbs = [...new Set(flags.list('verb'))];
  const all = verbs.includes('*') ? ['*'] : verbs;
  if (all.length === 0) throw new KubectlError('at least one verb must be specified');
  for (const verb of all) if (!VERBS.includes(verb)) yield* k.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const groups: { group: string; resources: string[] }[] = [];
  for (const text of flags.list('resource')) {
    const [word, sub] = text.split('/');
    if (word === '') throw new KubectlError('resource must be specified if apiGroup/subresource specified');
    let resource = word;
    let group = '';
    if (word === '*') group = '*';
    else {
      const m = yield* k.resource(word);
      resource = m.resource;
      group = m.group;
    }
    const name = sub === undefined ? resource : `${resource}/${sub}`;
    const found = groups.find((g) => g.group === group);
    if (found === undefined) groups.push({ group, resources: [name] });
    else if (!found.resources.includes(name)) found.resources.push(name);
  }
  const names = flags.list('resource-name');
  return groups.map((g) => ({ apiGroups: [g.group], ...(names.length === 0 ? {} : { resourceNames: names }), resources: g.resources, verbs: all }));
}

const role: Generator = {
  name: 'role', short: 'Create a role with single rule', usage: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]', flags: ROLE_FLAGS, failure: 'failed to create role: ',
  *build(name, flags, k) {
    if (flags.list('verb').length === 0) throw new KubectlError('at least one verb must be specified');
    if (flags.list('resource').length === 0) throw new KubectlError('at least one resource must be specified');
    return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules: yield* rules(k, flags) };
  },
};

const clusterrole: Generator = {
  name: 'clusterrole', short: 'Create a cluster role', usage: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  flags: [...ROLE_FLAGS, { name: 'non-resource-url', type: 'slice' }, { name: 'aggregation-rule', type: 'map' }], failure: 'failed to create clusterrole: ',
  *build(name, flags, k) {
    const aggregation = flags.list('aggregation-rule');
    if (aggregation.length > 0) {
      return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels: Object.fromEntries(aggregation.map((a) => a.split('='))) }] } };
    }
    const urls = flags.list('non-resource-url');
    if (flags.list('verb').length === 0) throw new KubectlError('at least one verb must be specified');
    if (flags.list('resource').length === 0 && urls.length === 0) throw new KubectlError('one of resource or nonResourceURL must be specified');
    const list = flags.list('resource').length === 0 ? [] : yield* rules(k, flags);
    return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: urls.length === 0 ? list : [...list, { nonResourceURLs: urls, verbs: flags.list('verb') }] };
  },
};

const BINDING: readonly Flag[] = [{ name: 'clusterrole', type: 'string' }, { name: 'user', type: 'array' }, { name: 'group', type: 'array' }, { name: 'serviceaccount', type: 'array' }];

function subjects(flags: Flags): unknown[] {
  const out: unknown[] = [];
  const api = 'rbac.authorization.k8s.io';
  for (const user of flags.list('user')) out.push({ kind: 'User', apiGroup: api, name: user });
  for (const group of flags.list('group')) out.push({ kind: 'Group', apiGroup: api, name: group });
  for (const sa of flags.list('serviceaccount')) {
    const parts = sa.split(':');
    if (parts.length !== 2 || parts[0] === '' || parts[1] === '') throw new KubectlError('serviceaccount must be <namespace>:<name>');
    out.push({ kind: 'ServiceAccount', namespace: parts[0], name: parts[1] });
  }
  return out;
}

const rolebinding: Generator = {
  name: 'rolebinding', short: 'Create a role binding for a particular role or cluster role', usage: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  flags: [...BINDING, { name: 'role', type: 'string' }], failure: 'failed to create rolebinding: ',
  *build(name, flags) {
    const cluster = flags.string('clusterrole');
    const local = flags.string('role');
    if ((cluster === '') === (local === '')) throw new KubectlError('exactly one of clusterrole or role must be specified');
    return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name }, subjects: subjects(flags), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: cluster === '' ? 'Role' : 'ClusterRole', name: cluster || local } };
  },
};

const clusterrolebinding: Generator = {
  name: 'clusterrolebinding', short: 'Create a cluster role binding for a particular cluster role', usage: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  flags: BINDING, required: ['clusterrole'], failure: 'failed to create clusterrolebinding: ',
  *build(name, flags) {
    return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name }, subjects: subjects(flags), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: flags.string('clusterrole') } };
  },
};

export const CREATE_RBAC: readonly Command[] = [clusterrole, clusterrolebinding, role, rolebinding].map(generatorCommand);
