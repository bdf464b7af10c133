/**
 * What the objects of a namespace use of what a quota limits.
 *
 * Upstream: staging/src/k8s.io/apiserver/pkg/quota/v1/resources.go (CalculateUsage), pkg/quota/v1/evaluator/core
 * Left out: scopes by priority class and cross-namespace affinity; per storage class; extended resources; device claims.
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { addQuantities, compareQuantities, quantity, quantityText } from '../../apimachinery/quantity.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Gvr, ProcessContext } from '../../client-go/types.ts';
import { gvrOf, preferredResources } from '../api-resources.ts';
import { isPodTerminal } from '../pods.ts';

type List = Readonly<Record<string, string>>;

const aliased = ['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'];
const add = (a: string | undefined, b: string): string => quantityText(addQuantities(quantity(a ?? '0'), quantity(b)));

/** Containers together, or the largest init container; sidecars count throughout. */
function total(spec: KubeObject['spec'], of: 'requests' | 'limits', name: string): string | undefined {
  let sum: string | undefined;
  let sidecars: string | undefined;
  let most: string | undefined;
  for (const c of spec.containers ?? []) if (c.resources?.[of]?.[name] !== undefined) sum = add(sum, c.resources[of][name]);
  for (const c of spec.initContainers ?? []) {
    const amount: string | undefined = c.resources?.[of]?.[name];
    if (amount === undefined) continue;
    if (c.restartPolicy === 'Always') {
      sidecars = add(sidecars, amount);
      sum = add(sum, amount);
    } else {
      const peak = add(sidecars, amount);
      if (most === undefined || compareQuantities(quantity(peak), quantity(most)) > 0) most = peak;
    }
  }
  if (spec.resources?.[of]?.[name] !== undefined) return spec.resources[of][name];
  if (most !== undefined && (sum === undefined || compareQuantities(quantity(most), quantity(sum)) > 0)) return most;
  return sum;
}

/** Which kind of object a limited name counts: its cache, or undefined if nobody counts it. */
export function countedBy(name: string): Gvr | undefined {
  if (name.startsWith('count/')) {
    const found = preferredResources.find((r) => r.namespaced && name === `count/${r.groupResource}`);
    return found === undefined ? undefined : gvrOf(found);
  }
  if (aliased.includes(name) || name === 'pods' || name === 'services' || name === 'persistentvolumeclaims') return name;
  if (name === 'services.nodeports' || name === 'services.loadbalancers') return 'services';
  if (name === 'requests.storage') return 'persistentvolumeclaims';
  if (/^((requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.test(name)) return 'pods';
  return undefined;
}

function amountOf(name: string, object: KubeObject, now: Micros): string | undefined {
  if (name.startsWith('count/')) return '1';
  const { spec } = object;
  if (object.kind === 'Pod') {
    const due = parseTime(object.metadata.deletionTimestamp);
    if (isPodTerminal(object) || (due !== undefined && now > due + (object.metadata.deletionGracePeriodSeconds ?? 0) * 1e6)) return undefined;
    if (name === 'pods') return '1';
    return total(spec, name.startsWith('limits.') ? 'limits' : 'requests', name.replace(/^(requests|limits)\./, ''));
  }
  if (name === 'services.loadbalancers') return spec.type === 'LoadBalancer' ? '1' : '0';
  if (name === 'services.nodeports') return String(spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false) ? (spec.ports ?? []).length : 0);
  if (name === 'requests.storage') return spec.resources?.requests?.storage;
  return '1';
}

function inScopes(quota: KubeObject, object: KubeObject): boolean {
  const bestEffort = (): boolean => ['cpu', 'memory'].every((r) => total(object.spec, 'requests', r) === undefined && total(object.spec, 'limits', r) === undefined);
  return ((quota.spec?.scopes ?? []) as readonly string[]).every((scope) => {
    if (object.kind !== 'Pod') return false;
    const ends = object.spec.activeDeadlineSeconds !== undefined;
    return scope === 'Terminating' ? ends : scope === 'NotTerminating' ? !ends : scope === 'BestEffort' ? bestEffort() : scope === 'NotBestEffort' ? !bestEffort() : true;
  });
}

/** Of the names limited by the quota that somebody counts, how much is used. */
export function calculateUsage(p: ProcessContext, quota: KubeObject): List {
  const out: Record<string, string> = {};
  for (const name of Object.keys(quota.spec?.hard ?? {}).sort()) {
    const gvr = countedBy(name);
    if (gvr === undefined) continue;
    let sum = '0';
    for (const object of p.informer(gvr).list(quota.metadata.namespace)) {
      const amount = inScopes(quota, object) ? amountOf(name, object, p.now) : undefined;
      if (amount !== undefined && amount !== '0') sum = add(sum, amount);
    }
    out[name] = sum;
  }
  return out;
}
