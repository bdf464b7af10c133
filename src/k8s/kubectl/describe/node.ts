/**
 * `kubectl describe node`.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (describeNode, describeNodeResource), k8s.io/component-helpers/resource/helpers.go
 * Left out: resource slices of the node; resources in a pod's status (in-place resize in progress).
 */
import type { KubeObject } from '../../api/types.ts';
import { addQuantities, compareQuantities, milliValue, quantity, quantityText, wholeValue, ZERO } from '../../apimachinery/quantity.ts';
import type { Quantity } from '../../apimachinery/quantity.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { isNotFound, ref } from '../session.ts';
import type { Describer } from './describer.ts';
import { annotationsMultiline, describeEvents, labelsMultiline, rfc1123, since, sortedKeys } from './writer.ts';
import type { Any, Writer } from './writer.ts';

type Totals = Readonly<Record<string, Quantity>>;

const add = (a: Totals, b: Totals): Totals => {
  const out: Record<string, Quantity> = { ...a };
  for (const name of Object.keys(b)) out[name] = out[name] === undefined ? b[name] : addQuantities(out[name], b[name]);
  return out;
};
const most = (a: Totals, b: Totals): Totals => {
  const out: Record<string, Quantity> = { ...a };
  for (const name of Object.keys(b)) if (out[name] === undefined || compareQuantities(b[name], out[name]) > 0) out[name] = b[name];
  return out;
};
const listOf = (list: Any): Totals => Object.fromEntries(Object.keys(list ?? {}).map((name) => [name, quantity(list[name])]));

/** What a pod asks for (or may use) in all: containers and sidecars together, or the largest init container. */
export function podResources(pod: KubeObject, kind: 'requests' | 'limits'): Totals {
  let total: Totals = {};
  for (const c of pod.spec?.containers ?? []) total = add(total, listOf(c.resources?.[kind]));
  let sidecars: Totals = {};
  let init: Totals = {};
  for (const c of pod.spec?.initContainers ?? []) {
    let need = listOf(c.resources?.[kind]);
    if (c.restartPolicy === 'Always') {
      total = add(total, need);
      sidecars = add(sidecars, need);
      need = sidecars;
    } else need = add(need, sidecars);
    init = most(init, need);
  }
  total = most(total, init);
  for (const name of Object.keys(listOf(pod.spec?.resources?.[kind]))) total = { ...total, [name]: quantity(pod.spec.resources[kind][name]) };
  const overhead = listOf(pod.spec?.overhead);
  if (Object.keys(overhead).length > 0) total = kind === 'requests' ? add(total, overhead) : Object.fromEntries(Object.keys(total).map((n) => [n, overhead[n] === undefined ? total[n] : addQuantities(total[n], overhead[n])]));
  return total;
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.trunc((part / whole) * 100));

function share(q: Quantity | undefined, all: Quantity | undefined, cpu: boolean): string {
  const value = q ?? ZERO;
  const of = (x: Quantity): number => (cpu ? milliValue(x) : wholeValue(x));
  return `${quantityText(value)} (${percent(of(value), of(all ?? ZERO))}%)`;
}

function taints(w: Writer, list: readonly Any[] | undefined): void {
  const sorted = [...(list ?? [])].sort((a, b) => compareStrings(taintText(a), taintText(b)));
  w.write(0, 'Taints:\t');
  if (sorted.length === 0) w.write(0, '<none>\n');
  sorted.forEach((t, i) => w.write(0, `${i === 0 ? '' : '\t'}${taintText(t)}\n`));
}

const taintText = (t: Any): string => `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`;

export const node: Describer = {
  kinds: ['Node'],
  events: 'node',
  *fetch(k, o) {
    const pods = yield* k.list({ group: '', version: 'v1', resource: 'pods' }, undefined, { fieldSelector: `spec.nodeName=${o.metadata.name},status.phase!=Succeeded,status.phase!=Failed` });
    let lease: KubeObject | undefined;
    try {
      lease = (yield* k.ask({ verb: 'get', ...ref({ group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }), namespace: 'kube-node-lease', name: o.metadata.name, accept: 'object' })) as KubeObject;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return { pods, lease };
  },
  write(w, o, { events, extra }) {
    const roles = new Set<string>();
    for (const label of sortedKeys(o.metadata.labels)) {
      if (label.startsWith('node-role.kubernetes.io/') && label.length > 24) roles.add(label.slice(24));
      if (label === 'kubernetes.io/role' && o.metadata.labels![label] !== '') roles.add(o.metadata.labels![label]);
    }
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Roles', [...roles].sort(compareStrings).join(',') || '<none>');
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'CreationTimestamp', rfc1123(o.metadata.creationTimestamp));
    taints(w, o.spec?.taints);
    w.field(0, 'Unschedulable', String(o.spec?.unschedulable === true));
    const lease = extra.lease;
    if (lease === undefined) w.field(0, 'Lease', `Failed to get lease: leases.coordination.k8s.io "${o.metadata.name}" not found`);
    else {
      w.line(0, 'Lease:');
      w.field(1, 'HolderIdentity', lease.spec?.holderIdentity ?? '<unset>');
      w.field(1, 'AcquireTime', lease.spec?.acquireTime === undefined ? '<unset>' : rfc1123(lease.spec.acquireTime));
      w.field(1, 'RenewTime', lease.spec?.renewTime === undefined ? '<unset>' : rfc1123(lease.spec.renewTime));
    }
    const conditions: Any[] = o.status?.conditions ?? [];
    if (conditions.length > 0) {
      w.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
      w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
      for (const c of conditions) w.line(1, `${c.type} \t${c.status} \t${rfc1123(c.lastHeartbeatTime)} \t${rfc1123(c.lastTransitionTime)} \t${c.reason ?? ''} \t${c.message ?? ''}`);
    }
    w.line(0, 'Addresses:');
    for (const a of o.status?.addresses ?? []) w.field(1, a.type, a.address);
    for (const [title, list] of [['Capacity', o.status?.capacity], ['Allocatable', o.status?.allocatable]] as const) {
      if (sortedKeys(list).length === 0) continue;
      w.line(0, `${title}:`);
      for (const name of sortedKeys(list)) w.field(1, name, list[name]);
    }
    const info = o.status?.nodeInfo ?? {};
    w.line(0, 'System Info:');
    for (const [title, field] of [['Machine ID', 'machineID'], ['System UUID', 'systemUUID'], ['Boot ID', 'bootID'], ['Kernel Version', 'kernelVersion'], ['OS Image', 'osImage'], ['Operating System', 'operatingSystem'], ['Architecture', 'architecture'], ['Container Runtime Version', 'containerRuntimeVersion'], ['Kubelet Version', 'kubeletVersion']] as const) w.field(1, title, info[field] ?? '');
    if (o.spec?.podCIDR) w.field(0, 'PodCIDR', o.spec.podCIDR);
    if ((o.spec?.podCIDRs ?? []).length > 0) w.field(0, 'PodCIDRs', o.spec.podCIDRs.join(','));
    if (o.spec?.providerID) w.field(0, 'ProviderID', o.spec.providerID);
    pods(w, o, extra.pods);
    describeEvents(w, events);
  },
};

function pods(w: Writer, o: KubeObject, list: readonly KubeObject[]): void {
  const all = listOf(o.status?.allocatable ?? o.status?.capacity);
  w.field(0, 'Non-terminated Pods', `(${list.length} in total)`);
  w.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  w.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  let requests: Totals = {};
  let limits: Totals = {};
  for (const pod of list) {
    const r = podResources(pod, 'requests');
    const l = podResources(pod, 'limits');
    requests = add(requests, r);
    limits = add(limits, l);
    w.line(1, `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${share(r['cpu'], all['cpu'], true)}\t${share(l['cpu'], all['cpu'], true)}\t${share(r['memory'], all['memory'], false)}\t${share(l['memory'], all['memory'], false)}\t${since(w.now, pod.metadata.creationTimestamp)}`);
  }
  w.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  w.line(1, 'Resource\tRequests\tLimits');
  w.line(1, '--------\t--------\t------');
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) w.line(1, `${name}\t${share(requests[name], all[name], name === 'cpu')}\t${share(limits[name], all[name], name === 'cpu')}`);
  const standard = ['cpu', 'memory', 'ephemeral-storage', 'storage', 'pods'];
  for (const name of sortedKeys(all).filter((n) => n.startsWith('hugepages-'))) w.line(1, `${name}\t${share(requests[name], all[name], false)}\t${share(limits[name], all[name], false)}`);
  for (const name of sortedKeys(all).filter((n) => !n.startsWith('hugepages-') && !standard.includes(n))) w.line(1, `${name}\t${quantityText(requests[name] ?? ZERO)}\t${quantityText(limits[name] ?? ZERO)}`);
}
