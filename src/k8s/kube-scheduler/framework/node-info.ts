/**
 * Building and changing a NodeInfo: each change makes a new value that shares the rest, so its identity is its generation.
 * Upstream: pkg/scheduler/framework/types.go NodeInfo, HostPortInfo
 */
import type { KubeObject } from '../../api/types.ts';
import { affinityTerms } from './affinity-terms.ts';
import { carryCounts } from './pod-counts.ts';
import { addResources, podRequests, resourcesOf, subtractResources } from './pod-resources.ts';
import type { NodeInfo, Resources } from './types.ts';
import { wholeOf } from '../../apimachinery/quantity.ts';

const NOTHING: Resources = { cpu: 0, memory: 0, ephemeral: 0 };

const allocatable = new WeakMap<object, { resources: Resources; pods: number }>();

function allocatableOf(node: KubeObject): { resources: Resources; pods: number } {
  const list = node.status?.allocatable;
  if (!list) return { resources: NOTHING, pods: 0 };
  let known = allocatable.get(list);
  if (known === undefined) allocatable.set(list, (known = { resources: resourcesOf(list), pods: wholeOf(list.pods) }));
  return known;
}

/** A node without pods. */
export function newNodeInfo(node: KubeObject): NodeInfo {
  const { resources, pods } = allocatableOf(node);
  return { name: node.metadata.name, node, allocatable: resources, allowedPods: pods, requested: NOTHING, nonZero: { cpu: 0, memory: 0 }, pods: [], withAffinity: 0, withRequiredAntiAffinity: 0 };
}

export function withNode(info: NodeInfo, node: KubeObject): NodeInfo {
  const { resources, pods } = allocatableOf(node);
  return { ...info, node, allocatable: resources, allowedPods: pods };
}

/* eslint-disable @typescript-eslint/no-explicit-any */
export interface HostPort { readonly key: string; readonly ip: string }

const hostPorts = new WeakMap<object, readonly HostPort[]>();
const NO_PORTS: readonly HostPort[] = [];

/** The host ports of the pod's containers and sidecars. */
export function hostPortsOf(pod: KubeObject): readonly HostPort[] {
  let known = hostPorts.get(pod.spec);
  if (known !== undefined) return known;
  const found: HostPort[] = [];
  const take = (container: any): void => {
    for (const port of container.ports ?? []) if (port.hostPort > 0) found.push({ key: `${port.protocol ?? 'TCP'}/${port.hostPort}`, ip: port.hostIP || '0.0.0.0' });
  };
  for (const container of pod.spec.initContainers ?? []) if (container.restartPolicy === 'Always') take(container);
  for (const container of pod.spec.containers ?? []) take(container);
  known = found.length > 0 ? found : NO_PORTS;
  hostPorts.set(pod.spec, known);
  return known;
}

function portsOf(pods: readonly KubeObject[]): Record<string, readonly string[]> | undefined {
  let ports: Record<string, string[]> | undefined;
  for (const pod of pods) for (const port of hostPortsOf(pod)) ((ports ??= {})[port.key] ??= []).push(port.ip);
  return ports;
}

export function portConflict(info: NodeInfo, wanted: readonly HostPort[]): boolean {
  for (const port of wanted) {
    const taken = info.ports?.[port.key];
    if (taken && (port.ip === '0.0.0.0' || taken.includes('0.0.0.0') || taken.includes(port.ip))) return true;
  }
  return false;
}

function change(info: NodeInfo, pod: KubeObject, pods: readonly KubeObject[], sign: 1 | -1): NodeInfo {
  const { requested, nonZero } = podRequests(pod);
  const terms = affinityTerms(pod);
  const next = {
    ...info,
    pods,
    requested: sign === 1 ? addResources(info.requested, requested) : subtractResources(info.requested, requested),
    nonZero: { cpu: info.nonZero.cpu + sign * nonZero.cpu, memory: info.nonZero.memory + sign * nonZero.memory },
    withAffinity: info.withAffinity + (terms.any ? sign : 0),
    withRequiredAntiAffinity: info.withRequiredAntiAffinity + (terms.requiredAntiAffinity.length > 0 ? sign : 0),
  };
  if (hostPortsOf(pod).length === 0) return next;
  const ports = portsOf(pods);
  if (ports) return { ...next, ports };
  const { ports: _gone, ...rest } = next;
  return rest;
}

export function withPod(info: NodeInfo, pod: KubeObject): NodeInfo {
  const pods = info.pods.slice();
  pods.push(pod);
  carryCounts(info.pods, pods, undefined, pod);
  return change(info, pod, pods, 1);
}

/** Without the pod of that uid; the same value when it is not there. */
export function withoutPod(info: NodeInfo, uid: string): NodeInfo {
  const at = info.pods.findIndex((one) => one.metadata.uid === uid);
  if (at < 0) return info;
  const pods = info.pods.toSpliced(at, 1);
  carryCounts(info.pods, pods, info.pods[at], undefined);
  return change(info, info.pods[at], pods, -1);
}

/** With the pod in place of its earlier version; sums are kept when spec and status amounts are the same. */
export function withNewerPod(info: NodeInfo, pod: KubeObject): NodeInfo {
  const at = info.pods.findIndex((one) => one.metadata.uid === pod.metadata.uid);
  if (at < 0) return withPod(info, pod);
  const old = info.pods[at];
  if (old === pod) return info;
  const pods = info.pods.with(at, pod);
  carryCounts(info.pods, pods, old, pod);
  if (podRequests(old) === podRequests(pod)) return { ...info, pods };
  return change(change(info, old, info.pods.toSpliced(at, 1), -1), pod, pods, 1);
}
