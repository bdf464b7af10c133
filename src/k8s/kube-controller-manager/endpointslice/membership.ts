/**
 * Which pods belong to which Services, and what of a pod matters to them. Shared by the endpoints and the endpointslice controller.
 *
 * Upstream: staging/src/k8s.io/endpointslice/util/{controller_utils,trigger_time_tracker}.go, staging/src/k8s.io/endpointslice/utils.go (FindPort)
 * Left out: the queue of pod events between informer and Service queue: a pod's Services are looked up in the handler.
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { InformerEvent, ProcessContext } from '../../client-go/types.ts';
import { equal, keyOf } from '../objects.ts';
import { isPodReady, isPodTerminal, readyCondition } from '../pods.ts';
import { mapMatches } from '../selector.ts';

export interface ServicePort { readonly name?: string; readonly protocol?: string; readonly port: number; readonly targetPort?: number | string; readonly appProtocol?: string }

export function shouldPodBeInEndpoints(pod: KubeObject, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod)) return false;
  if ((pod.status?.podIP ?? '') === '' && (pod.status?.podIPs ?? []).length === 0) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

export function shouldSetHostname(pod: KubeObject, service: KubeObject): boolean {
  return (pod.spec.hostname ?? '') !== '' && pod.spec.subdomain === service.metadata.name && service.metadata.namespace === pod.metadata.namespace;
}

/** The number behind a Service's target port on this pod; undefined if no container names it. */
export function findPort(pod: KubeObject, port: ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec.initContainers ?? []).filter((c: { restartPolicy?: string }) => c.restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const p of container.ports ?? []) if (p.name === target && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return p.containerPort;
  }
  return undefined;
}

/** Whether a Service has an address of its own. */
export function isServiceIPSet(service: KubeObject): boolean {
  const ip: string = service.spec.clusterIP ?? '';
  return ip !== 'None' && ip !== '';
}

/** What changed between two versions: addresses and readiness; labels and host names. */
function podChanges(old: KubeObject, pod: KubeObject): { readonly pod: boolean; readonly labels: boolean } {
  const labels = (old.metadata.labels !== pod.metadata.labels && !equal(old.metadata.labels, pod.metadata.labels))
    || old.spec.hostname !== pod.spec.hostname || old.spec.subdomain !== pod.spec.subdomain;
  const a: readonly { ip: string }[] = old.status?.podIPs ?? [];
  const b: readonly { ip: string }[] = pod.status?.podIPs ?? [];
  const changed = old.metadata.deletionTimestamp !== undefined || pod.metadata.deletionTimestamp !== undefined // upstream compares pointers here
    || isPodReady(old) !== isPodReady(pod)
    || a.length !== b.length || a.some((ip, i) => ip.ip !== b[i]!.ip);
  return { pod: changed, labels };
}

function servicesOf(p: ProcessContext, namespace: string | undefined, labels: Readonly<Record<string, string>> | undefined): string[] {
  return p.informer('services').list(namespace)
    .filter((s) => s.spec.selector !== undefined && s.spec.selector !== null && mapMatches(s.spec.selector, labels))
    .map(keyOf);
}

/** Keys of the Services to look at again after a pod event. */
export function servicesToUpdate(p: ProcessContext, event: InformerEvent): readonly string[] {
  const pod = event.object;
  const { namespace } = pod.metadata;
  if (event.type !== 'update') return servicesOf(p, namespace, pod.metadata.labels);
  const { old } = event;
  const changes = podChanges(old, pod);
  if (!changes.pod && !changes.labels) return [];
  const now = servicesOf(p, namespace, pod.metadata.labels);
  if (!changes.labels) return now;
  const before = servicesOf(p, namespace, old.metadata.labels);
  return changes.pod
    ? [...now, ...before.filter((s) => !now.includes(s))]
    : [...now.filter((s) => !before.includes(s)), ...before.filter((s) => !now.includes(s))];
}

export function podsOfService(p: ProcessContext, service: KubeObject): KubeObject[] {
  return p.informer('pods').list(service.metadata.namespace).filter((pod) => mapMatches(service.spec.selector, pod.metadata.labels));
}

/**
 * The time of the oldest change that a sync takes in, for the annotation; undefined if there is none. Remembers what it has seen in
 * `cell`, under `<service key>` and `<service key> <pod>`.
 */
export function lastChangeTriggerTime(p: ProcessContext, cell: string, service: KubeObject, pods: readonly KubeObject[]): Micros | undefined {
  const seen = p.cell<Micros>(cell);
  const key = keyOf(service);
  const known = seen.has(key);
  let least: Micros | undefined;
  for (const pod of pods) {
    const at = parseTime(readyCondition(pod)?.lastTransitionTime);
    if (at === undefined) continue;
    const podKey = `${key} ${pod.metadata.name}`;
    const before = seen.get(podKey);
    if (before !== at) seen.set(podKey, at);
    if ((before === undefined || at > before) && (least === undefined || at < least)) least = at;
  }
  const created = parseTime(service.metadata.creationTimestamp) ?? 0;
  const before = seen.get(key);
  if (before !== created) seen.set(key, created);
  if ((before === undefined || created > before) && (least === undefined || created < least)) least = created;
  return known ? least : created;
}

export function forgetTriggerTimes(p: ProcessContext, cell: string, serviceKey: string): void {
  const seen = p.cell<Micros>(cell);
  if (!seen.has(serviceKey)) return;
  seen.delete(serviceKey);
  for (const key of seen.prefix(`${serviceKey} `)) seen.delete(key);
}
