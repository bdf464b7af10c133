/**
 * What a kubelet may touch: what belongs to its node and the pods on it.
 * Upstream: plugin/pkg/auth/authorizer/node/node_authorizer.go, plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go NodeRules
 * Left out: volume attachments, resource slices and claims, CSI.
 */
import type { KubeObject } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import type { State } from '../state.ts';
import type { Decision } from './authorizer.ts';

const GRANTED: Decision = { allowed: true, reason: 'Node: the node\'s own rules' };
const no = (reason: string): Decision => ({ allowed: false, reason });

/** `<group>/<resource>[/<subresource>]` -> verbs that every node has, whatever the object. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  '/nodes': ['create', 'get', 'list', 'watch', 'update', 'patch'], '/nodes/status': ['update', 'patch'],
  '/services': ['get', 'list', 'watch'], '/events': ['create', 'update', 'patch'],
  '/pods': ['get', 'list', 'watch', 'create', 'delete'], '/pods/status': ['update', 'patch'], '/pods/eviction': ['create'],
  'certificates.k8s.io/certificatesigningrequests': ['create', 'get', 'list', 'watch'],
  'authentication.k8s.io/tokenreviews': ['create'], 'authorization.k8s.io/subjectaccessreviews': ['create'], 'authorization.k8s.io/localsubjectaccessreviews': ['create'],
  'coordination.k8s.io/leases': ['get', 'create', 'update', 'patch', 'delete'], 'storage.k8s.io/csinodes': ['get', 'create', 'update', 'patch', 'delete'],
  'storage.k8s.io/csidrivers': ['get', 'list', 'watch'], 'node.k8s.io/runtimeclasses': ['get', 'list', 'watch'],
};

/** The node of a user `system:node:<name>`, or ''. */
export function nodeNameOf(user: ApiRequest['user']): string {
  return user.username.startsWith('system:node:') && user.groups.includes('system:nodes') ? user.username.slice(12) : '';
}

/** Where a pod that satisfied the same question stood last time: looked at first, never believed. */
const hints = new WeakMap<State, Map<string, string>>();
const HINTS = 10_000;

/** Whether a pod of the namespace on the node satisfies `wanted`; `question` names what is asked for. */
function somePodOf(state: State, node: string, namespace: string, question: string, wanted: (pod: KubeObject) => boolean): boolean {
  let known = hints.get(state);
  if (known === undefined) hints.set(state, (known = new Map()));
  const id = node + '\n' + namespace + '\n' + question;
  const hint = known.get(id);
  if (hint !== undefined) {
    const pod = state.objects.get(hint);
    if (pod !== undefined && pod['spec']?.nodeName === node && wanted(pod)) return true;
  }
  for (const key of state.objects.prefix('/registry/pods/' + namespace + '/')) {
    const pod = state.objects.get(key)!;
    if (pod['spec']?.nodeName !== node || !wanted(pod)) continue;
    if (known.size >= HINTS) known.clear();
    known.set(id, key);
    return true;
  }
  return false;
}

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

function references(pod: KubeObject, resource: string, name: string): boolean {
  const spec = pod['spec'] as Any;
  if (resource === 'secrets' && (spec.imagePullSecrets ?? []).some((s: Any) => s.name === name)) return true;
  for (const c of [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    for (const e of c.env ?? []) if ((resource === 'secrets' ? e.valueFrom?.secretKeyRef : e.valueFrom?.configMapKeyRef)?.name === name) return true;
    for (const e of c.envFrom ?? []) if ((resource === 'secrets' ? e.secretRef : e.configMapRef)?.name === name) return true;
  }
  for (const v of spec.volumes ?? []) {
    if (resource === 'secrets' && v.secret?.secretName === name) return true;
    if (resource === 'configmaps' && v.configMap?.name === name) return true;
    if (resource === 'persistentvolumeclaims' && (v.persistentVolumeClaim?.claimName === name || (v.ephemeral && pod.metadata.name + '-' + v.name === name))) return true;
    for (const s of v.projected?.sources ?? []) if ((resource === 'secrets' ? s.secret : s.configMap)?.name === name && resource !== 'persistentvolumeclaims') return true;
  }
  return false;
}

export function authorizeNode(state: State, request: ApiRequest): Decision {
  const node = nodeNameOf(request.user);
  if (node === '') return no('unknown node');
  if (request.path !== undefined) return no('');
  const id = request.group + '/' + request.resource;
  if (request.group === '' && (request.resource === 'secrets' || request.resource === 'configmaps' || request.resource === 'persistentvolumeclaims') && request.subresource === undefined) {
    const verbs = request.resource === 'persistentvolumeclaims' ? ['get'] : ['get', 'list', 'watch'];
    if (!verbs.includes(request.verb)) return no('no relationship found between node ' + JSON.stringify(node) + ' and this object');
    const name = request.name ?? /metadata\.name==?([^,]+)/.exec(request.options?.fieldSelector ?? '')?.[1] ?? '';
    if (name !== '' && somePodOf(state, node, request.namespace ?? '', request.resource + ' ' + name, (p) => references(p, request.resource, name))) return { allowed: true, reason: 'Node: a pod on the node refers to it' };
    return no('no relationship found between node ' + JSON.stringify(node) + ' and this object');
  }
  if (id === '/serviceaccounts' && request.subresource === 'token' && request.verb === 'create') {
    if (somePodOf(state, node, request.namespace ?? '', 'token ' + request.name, (p) => p['spec']?.serviceAccountName === request.name)) return { allowed: true, reason: 'Node: a pod on the node uses the account' };
    return no('no relationship found between node ' + JSON.stringify(node) + ' and this object');
  }
  if (id === 'coordination.k8s.io/leases') {
    if (request.namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace');
    if (request.verb !== 'create' && request.name !== node) return no('can only access node lease with the same name as the requesting node');
  }
  if (id === 'storage.k8s.io/csinodes' && request.verb !== 'create' && request.name !== node) return no('can only access CSINode with the same name as the requesting node');
  const rule = RULES[request.subresource === undefined ? id : id + '/' + request.subresource];
  return rule?.includes(request.verb) ? GRANTED : no('');
}
