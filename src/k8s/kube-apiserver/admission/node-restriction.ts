/**
 * NodeRestriction: a kubelet changes its own Node and the pods bound to it, and no other.
 * Upstream: plugin/pkg/admission/noderestriction/admission.go
 * Left out: claims' status, certificates' requests, resource slices, audiences of tokens.
 */
import type { Status } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { nodeNameOf } from '../authorization/node.ts';
import { forbid } from './forbidden.ts';
import type { Attributes, Plugin } from './plugin.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const q = (t: string): string => JSON.stringify(t);

function pods(a: Attributes, node: string): Status | undefined {
  if (a.subresource === 'eviction') {
    const pod = a.state.objects.get(`/registry/pods/${a.namespace}/${a.name}`);
    return pod !== undefined && pod['spec']?.nodeName !== node ? forbid(a, `node ${q(node)} can only evict pods with spec.nodeName set to itself`) : undefined;
  }
  if (a.operation === 'CREATE') {
    if (a.subresource !== '') return undefined;
    const pod = a.object!;
    if (pod.metadata.annotations?.[MIRROR] === undefined) return forbid(a, `pod does not have ${q(MIRROR)} annotation, node ${q(node)} can only create mirror pods`);
    if (pod['spec']?.nodeName !== node) return forbid(a, `node ${q(node)} can only create pods with spec.nodeName set to itself`);
    if (pod['spec']?.serviceAccountName) return forbid(a, `node ${q(node)} can not create pods that reference a service account`);
    return undefined;
  }
  if (a.operation === 'DELETE') return a.old?.['spec']?.nodeName !== node ? forbid(a, `node ${q(node)} can only delete pods with spec.nodeName set to itself`) : undefined;
  if (a.operation === 'UPDATE') {
    if (a.subresource !== 'status') return forbid(a, `unexpected operation ${q(a.operation)}, node ${q(node)} can only create and delete mirror pods`);
    if (a.old?.['spec']?.nodeName !== node) return forbid(a, `node ${q(node)} can only update pod status for pods with spec.nodeName set to itself`);
    if (!semanticEqual(a.old?.metadata.labels ?? {}, a.object?.metadata.labels ?? {})) return forbid(a, `node ${q(node)} cannot update labels through pod status`);
  }
  return undefined;
}

const ALLOWED = /^(?:kubernetes\.io\/(?:hostname|arch|os)|beta\.kubernetes\.io\/(?:instance-type|arch|os)|node\.kubernetes\.io\/instance-type|(?:failure-domain\.beta|topology)\.kubernetes\.io\/(?:zone|region))$/;

/** kubernetes.io labels that a kubelet may not set on its node. */
function forbiddenLabels(labels: Readonly<Record<string, string>> | undefined): string[] {
  return Object.keys(labels ?? {}).filter((key) => {
    const slash = key.indexOf('/');
    if (slash < 0) return false;
    const domain = key.slice(0, slash);
    if (domain === 'node-restriction.kubernetes.io' || domain.endsWith('.node-restriction.kubernetes.io')) return true;
    const ours = /(^|\.)(kubernetes\.io|k8s\.io)$/.test(domain);
    if (!ours || ALLOWED.test(key)) return false;
    return !/(^|\.)(kubelet|node)\.kubernetes\.io$/.test(domain);
  }).sort();
}

function nodes(a: Attributes, node: string): Status | undefined {
  const name = a.name || a.object?.metadata.name || '';
  if (name !== node) return forbid(a, `node ${q(node)} is not allowed to modify node ${q(name)}`);
  if (a.operation === 'CREATE') {
    if (a.object?.['spec']?.configSource) return forbid(a, `node ${q(node)} is not allowed to create pods with a non-nil configSource`);
    const bad = forbiddenLabels(a.object?.metadata.labels);
    if (bad.length > 0) return forbid(a, `node ${q(node)} is not allowed to set the following labels: ${bad.join(', ')}`);
  } else if (a.operation === 'UPDATE') {
    const old = a.old!;
    if (!semanticEqual(old['spec']?.taints ?? [], a.object?.['spec']?.taints ?? [])) return forbid(a, `node ${q(node)} is not allowed to modify taints`);
    const changed: Record<string, string> = {};
    const before = old.metadata.labels ?? {};
    const after = a.object?.metadata.labels ?? {};
    for (const k of [...Object.keys(before), ...Object.keys(after)]) if (before[k] !== after[k]) changed[k] = '';
    const bad = forbiddenLabels(changed);
    if (bad.length > 0) return forbid(a, `is not allowed to modify labels: ${bad.join(', ')}`);
  }
  return undefined;
}

export const nodeRestriction: Plugin = {
  name: 'NodeRestriction',
  handles: ['CREATE', 'UPDATE', 'DELETE'],
  admit(a) {
    if (!a.user.groups.includes('system:nodes')) return undefined;
    const node = nodeNameOf(a.user);
    if (node === '') return a.user.username.startsWith('system:node:') ? forbid(a, `could not determine node from user ${q(a.user.username)}`) : undefined;
    const { group, resource } = a.resource;
    if (group === '' && resource === 'pods') return pods(a, node);
    if (group === '' && resource === 'nodes') return nodes(a, node);
    if (group === '' && resource === 'serviceaccounts' && a.subresource === 'token') {
      const ref = a.object?.['spec']?.boundObjectRef;
      if (ref?.kind !== 'Pod' || !ref.name) return forbid(a, 'node requested token not bound to a pod');
      const pod = a.state.objects.get(`/registry/pods/${a.namespace}/${ref.name}`);
      if (pod === undefined || pod['spec']?.nodeName !== node) return forbid(a, `node requested token bound to a pod scheduled on a different node`);
      return undefined;
    }
    if (group === 'coordination.k8s.io' && resource === 'leases') {
      if (a.namespace !== 'kube-node-lease') return forbid(a, `can only access leases in the "kube-node-lease" system namespace`);
      const name = a.name || a.object?.metadata.name || '';
      return name !== node ? forbid(a, `can only access node lease with the same name as the requesting node`) : undefined;
    }
    return undefined;
  },
};
