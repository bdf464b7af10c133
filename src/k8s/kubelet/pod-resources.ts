/**
 * A pod's own resources in its status.
 * Upstream: pkg/kubelet/kubelet_pods.go convertToAPIPodLevelResourcesStatus, component-helpers/resource (PodRequests, PodLimits)
 */
import { addQuantities, canonicalText, compareQuantities, milliValue, quantity } from '../apimachinery/quantity.ts';
import { containers, initContainers, isRestartableInit } from './pod.ts';
import type { Any, Pod } from './pod.ts';

type List = Readonly<Record<string, string>>;

function add(a: List, b: List): List {
  const out: Record<string, string> = { ...a };
  for (const name of Object.keys(b)) out[name] = name in out ? canonicalText(addQuantities(quantity(out[name]), quantity(b[name]))) : b[name];
  return out;
}
function max(a: List, b: List): List {
  const out: Record<string, string> = { ...a };
  for (const name of Object.keys(b)) if (!(name in out) || compareQuantities(quantity(b[name]), quantity(out[name])) > 0) out[name] = b[name];
  return out;
}

const NOTHING: List = {};

/** Nothing in the pod says anything of resources: the usual case. */
function unspecified(pod: Pod, which: 'requests' | 'limits'): boolean {
  const spec = pod.spec as Any;
  if (spec.overhead !== undefined || spec.resources !== undefined) return false;
  for (const c of containers(pod)) if (c.resources?.[which] !== undefined) return false;
  for (const c of initContainers(pod)) if (c.resources?.[which] !== undefined) return false;
  return true;
}

function aggregate(pod: Pod, which: 'requests' | 'limits'): List {
  if (unspecified(pod, which)) return NOTHING;
  const of = (c: Any): List => c.resources?.[which] ?? {};
  let sum: List = {};
  for (const c of containers(pod)) sum = add(sum, of(c));
  let sidecars: List = {};
  let init: List = {};
  for (const c of initContainers(pod)) {
    if (isRestartableInit(c)) {
      sum = add(sum, of(c));
      sidecars = add(sidecars, of(c));
      init = max(init, sidecars);
    } else init = max(init, add(of(c), sidecars));
  }
  const total = max(sum, init);
  const overhead: List = (pod.spec as Any).overhead ?? {};
  const own: List = (pod.spec as Any).resources?.[which] ?? {};
  const withOwn = { ...total, ...own };
  if (which === 'requests') return add(withOwn, overhead);
  const shared: Record<string, string> = {};
  for (const name of Object.keys(overhead)) if (name in withOwn) shared[name] = overhead[name];
  return add(withOwn, shared);
}
export const podRequests = (pod: Pod): List => aggregate(pod, 'requests');
export const podLimits = (pod: Pod): List => aggregate(pod, 'limits');

function lists(requests: List, limits: List): Any {
  if (requests === NOTHING && limits === NOTHING) return NOTHING;
  return { ...(Object.keys(limits).length > 0 ? { limits } : {}), ...(Object.keys(requests).length > 0 ? { requests } : {}) };
}

/** What stands in status.resources. `old`: the status the kubelet last meant to report. */
export function podLevelResources(pod: Pod, old: Any): Any {
  if (old?.resources === undefined && unspecified(pod, 'requests') && unspecified(pod, 'limits')) return NOTHING;
  if (pod.status?.phase !== 'Running') return lists(podRequests(pod), podLimits(pod));
  const preserve = (which: 'requests' | 'limits', name: string, into: Record<string, string>): void => {
    const value = old?.phase === 'Running' ? old.resources?.[which]?.[name] : undefined;
    if (value !== undefined) into[name] = value;
  };
  const own = (pod.spec as Any).resources ?? {};
  const requests: Record<string, string> = { ...own.requests };
  const limits: Record<string, string> = { ...own.limits };
  const asked = podRequests(pod);
  // The cgroup holds shares of at least 2; a request above that comes back as it went in.
  if (asked.cpu !== undefined && milliValue(quantity(asked.cpu)) > 2) requests.cpu = asked.cpu;
  if (requests.memory === undefined && asked.memory !== undefined) requests.memory = asked.memory;
  preserve('requests', 'memory', requests);
  // A pod's cgroup has a limit only if every container has one.
  const all = [...containers(pod), ...initContainers(pod)];
  const total = podLimits(pod);
  for (const name of ['cpu', 'memory']) {
    if (total[name] !== undefined && all.every((c) => c.resources?.limits?.[name] !== undefined)) limits[name] = total[name];
    else preserve('limits', name, limits);
  }
  return lists(requests, limits);
}
