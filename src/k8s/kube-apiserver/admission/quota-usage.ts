/**
 * What an object uses, by the names that quotas count.
 * Upstream: pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims}.go, staging/src/k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go
 * Left out: device claims.
 */
import type { KubeObject } from '../../api/types.ts';
import { addQuantities, quantity, quantityText } from '../../apimachinery/quantity.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { podLimits, podRequests } from '../pod-resources.ts';
import { podQOS } from '../registry/pod-qos.ts';
import type { Resource } from '../resources.ts';
import type { Attributes } from './plugin.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
export type Usage = Readonly<Record<string, string>>;
export interface ScopeSelector { readonly scopeName: string; readonly operator: string; readonly values?: readonly string[] }

export interface Evaluator {
  readonly handles: (a: Attributes) => boolean;
  /** Those of `hard` that this kind counts. */
  readonly counted: (hard: readonly string[]) => string[];
  readonly inScope: (s: ScopeSelector, o: KubeObject) => boolean;
  /** Why the object may not be counted: amounts it does not state. */
  readonly missing: (restricted: readonly string[], o: KubeObject) => string | undefined;
  /** `now` in microseconds. */
  readonly usage: (o: KubeObject, now: number) => Usage;
}

const IGNORED = new Set(['bindings', 'componentstatuses', 'events', 'events.k8s.io/events', 'authentication.k8s.io/tokenreviews', 'authorization.k8s.io/subjectaccessreviews',
  'authorization.k8s.io/localsubjectaccessreviews', 'authorization.k8s.io/selfsubjectaccessreviews', 'authorization.k8s.io/selfsubjectrulesreviews']);
const ALIASED = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);
const COMPUTE = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const POD_NAMES = new Set(['count/pods', 'pods', 'ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage', ...COMPUTE]);

const terminating = (o: KubeObject): boolean => typeof o['spec']?.activeDeadlineSeconds === 'number' && o['spec'].activeDeadlineSeconds >= 0;

function compute(requests: Usage | undefined, limits: Usage | undefined): Record<string, string> {
  const out: Record<string, string> = { pods: '1' };
  for (const r of ['cpu', 'memory', 'ephemeral-storage']) {
    if (requests?.[r] !== undefined) out[r] = out['requests.' + r] = requests[r];
    if (limits?.[r] !== undefined) out['limits.' + r] = limits[r];
  }
  for (const r of Object.keys(requests ?? {})) {
    if (r.startsWith('hugepages-')) out[r] = out['requests.' + r] = requests![r];
    else if (r.includes('/') && !r.includes('kubernetes.io/')) out['requests.' + r] = requests![r];
  }
  return out;
}

const crossNamespace = (t: Any): boolean => (t?.namespaces?.length ?? 0) > 0 || t?.namespaceSelector !== undefined;

function affinityCrosses(o: KubeObject): boolean {
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const a = o['spec']?.affinity?.[kind] as Any;
    if (a?.requiredDuringSchedulingIgnoredDuringExecution?.some(crossNamespace)) return true;
    if (a?.preferredDuringSchedulingIgnoredDuringExecution?.some((w: Any) => crossNamespace(w.podAffinityTerm))) return true;
  }
  return false;
}

function podInScope(s: ScopeSelector, o: KubeObject): boolean {
  switch (s.scopeName) {
    case 'Terminating': return terminating(o);
    case 'NotTerminating': return !terminating(o);
    case 'BestEffort': return podQOS(o) === 'BestEffort';
    case 'NotBestEffort': return podQOS(o) !== 'BestEffort';
    case 'CrossNamespacePodAffinity': return affinityCrosses(o);
    case 'PriorityClass': {
      const name = (o['spec']?.priorityClassName ?? '') as string;
      if (s.operator === 'Exists') return name !== '';
      if (s.operator === 'DoesNotExist') return name === '';
      return s.operator === 'In' ? name !== '' && (s.values ?? []).includes(name) : !(s.values ?? []).includes(name);
    }
    default: return false;
  }
}

const POD: Evaluator = {
  handles(a) {
    if (a.subresource === 'resize') return a.operation === 'UPDATE';
    if (a.subresource !== '') return false;
    return a.operation === 'CREATE' || terminating(a.object!) !== terminating(a.old!);
  },
  counted: (hard) => hard.filter((k) => POD_NAMES.has(k) || k.startsWith('hugepages-') || (k.startsWith('requests.') && (k.startsWith('requests.hugepages-') || k.includes('/')))),
  inScope: podInScope,
  missing(restricted, o) {
    const spec = o['spec'] as Any;
    if (spec?.resources && (spec.resources.requests || spec.resources.limits)) return undefined;
    const required = COMPUTE.filter((k) => restricted.includes(k));
    const lacking: Record<string, Set<string>> = {};
    for (const c of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
      const has = compute(c.resources?.requests, c.resources?.limits);
      for (const k of required) if (has[k] === undefined) (lacking[k] ??= new Set()).add(c.name);
    }
    const keys = Object.keys(lacking).sort();
    return keys.length === 0 ? undefined : 'must specify ' + keys.map((k) => `${k} for: ${[...lacking[k]].sort().join(',')}`).join('; ');
  },
  usage(o, now) {
    const phase = o['status']?.phase;
    const deleted = o.metadata.deletionTimestamp !== undefined && o.metadata.deletionGracePeriodSeconds !== undefined
      && now > (parseTime(o.metadata.deletionTimestamp) ?? 0) + o.metadata.deletionGracePeriodSeconds * 1_000_000;
    if (phase === 'Failed' || phase === 'Succeeded' || deleted) return { 'count/pods': '1' };
    return { 'count/pods': '1', ...compute(podRequests(o['spec']), podLimits(o['spec'])) };
  },
};

const noScope = (): boolean => false;
const nothingMissing = (): undefined => undefined;

const SERVICE_NAMES = ['count/services', 'services', 'services.nodeports', 'services.loadbalancers'];
const SERVICE: Evaluator = {
  handles: (a) => a.subresource === '' && (a.operation === 'CREATE' || a.operation === 'UPDATE'),
  counted: (hard) => hard.filter((k) => SERVICE_NAMES.includes(k)),
  inScope: noScope, missing: nothingMissing,
  usage(o) {
    const s = (o['spec'] ?? {}) as Any;
    const ports = (s.ports ?? []) as Any[];
    const nodePorts = s.type === 'NodePort' || (s.type === 'LoadBalancer' && s.allocateLoadBalancerNodePorts !== false) ? ports.length : s.type === 'LoadBalancer' ? ports.filter((p) => p.nodePort).length : 0;
    return { 'count/services': '1', services: '1', 'services.nodeports': String(nodePorts), 'services.loadbalancers': s.type === 'LoadBalancer' ? '1' : '0' };
  },
};

const CLAIM: Evaluator = {
  handles: (a) => a.subresource === '' && (a.operation === 'CREATE' || a.operation === 'UPDATE'),
  counted: (hard) => hard.filter((k) => k === 'count/persistentvolumeclaims' || k === 'persistentvolumeclaims' || k === 'requests.storage' || k.includes('.storageclass.storage.k8s.io/')),
  inScope: noScope, missing: nothingMissing,
  usage(o) {
    const out: Record<string, string> = { 'count/persistentvolumeclaims': '1', persistentvolumeclaims: '1' };
    const cls = (o['spec']?.storageClassName ?? '') as string;
    if (cls !== '') out[cls + '.storageclass.storage.k8s.io/persistentvolumeclaims'] = '1';
    const storage = o['spec']?.resources?.requests?.storage as string | undefined;
    if (storage !== undefined) {
      out['requests.storage'] = quantityText(addQuantities(quantity('0'), quantity(storage)));
      if (cls !== '') out[cls + '.storageclass.storage.k8s.io/requests.storage'] = storage;
    }
    return out;
  },
};

function counting(resource: Resource): Evaluator {
  const count = 'count/' + (resource.group === '' ? resource.resource : resource.resource + '.' + resource.group);
  const alias = resource.group === '' && ALIASED.has(resource.resource) ? resource.resource : undefined;
  const usage: Usage = alias === undefined ? { [count]: '1' } : { [count]: '1', [alias]: '1' };
  return {
    handles: (a) => a.operation === 'CREATE' && a.subresource === '',
    counted: (hard) => hard.filter((k) => usage[k] !== undefined), inScope: noScope, missing: nothingMissing, usage: () => usage,
  };
}

const counters = new Map<Resource, Evaluator>();

export function evaluatorFor(resource: Resource): Evaluator | undefined {
  const id = resource.group === '' ? resource.resource : resource.group + '/' + resource.resource;
  if (IGNORED.has(id)) return undefined;
  if (id === 'pods') return POD;
  if (id === 'services') return SERVICE;
  if (id === 'persistentvolumeclaims') return CLAIM;
  let e = counters.get(resource);
  if (e === undefined) counters.set(resource, (e = counting(resource)));
  return e;
}
