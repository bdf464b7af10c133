/**
 * What a Service's EndpointSlices should be, and which of the existing ones to create, update and delete for it: few writes rather
 * than tight packing.
 *
 * Upstream: staging/src/k8s.io/endpointslice/{reconciler,utils}.go, trafficdist/trafficdist.go
 * Left out: topology aware hints by proportion (annotation service.kubernetes.io/topology-mode: Auto): no hints are set then.
 */
import type { KubeObject } from '../../api/types.ts';
import { canonical } from '../template.ts';
import { equal, newControllerRef } from '../objects.ts';
import { isPodReady } from '../pods.ts';
import type { ServicePort } from './membership.ts';
import { findPort, isServiceIPSet, shouldPodBeInEndpoints, shouldSetHostname } from './membership.ts';

export const controllerName = 'endpointslice-controller.k8s.io';
export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const headlessLabel = 'service.kubernetes.io/headless';
export const triggerAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';
const maxEndpoints = 100;

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  readonly hostname?: string;
  readonly targetRef?: { readonly kind: string; readonly namespace?: string; readonly name: string; readonly uid: string };
  readonly nodeName?: string;
  readonly zone?: string;
  readonly hints?: unknown;
}
interface Port { readonly name: string; readonly port: number; readonly protocol: string; readonly appProtocol?: string }

/** A slice to be written: `name` empty until the server invents it. */
export type Slice = Omit<KubeObject, 'metadata'> & { readonly metadata: Readonly<Record<string, unknown>> & { readonly name?: string } };

export interface Changes { readonly create: Slice[]; readonly update: Slice[]; readonly remove: KubeObject[] }

/** IPv4, IPv6: what the Service has addresses of. */
export function addressTypes(service: KubeObject): string[] {
  const families: readonly string[] = service.spec.ipFamilies ?? [];
  if (families.length > 0) return [...families];
  if (isServiceIPSet(service)) return [service.spec.clusterIP.includes(':') ? 'IPv6' : 'IPv4'];
  return ['IPv4', 'IPv6'];
}

export function endpointPorts(service: KubeObject, pod: KubeObject): Port[] {
  const out: Port[] = [];
  for (const port of (service.spec.ports ?? []) as ServicePort[]) {
    const number = findPort(pod, port);
    if (number === undefined) continue;
    out.push({ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) });
  }
  return out;
}

/** Equal sets of ports have equal keys. */
function portKey(ports: readonly unknown[] | null | undefined): string {
  return (ports ?? []).map((p) => canonical(p)).sort().join(';');
}

// A pod's endpoint is asked for at every sync of its Service; most pods have not changed since.
const memo = new WeakMap<KubeObject, { readonly uid: string; readonly publish: boolean; readonly zone: string | undefined; readonly type: string; readonly endpoint: Endpoint }>();

export function podToEndpoint(pod: KubeObject, node: KubeObject | undefined, service: KubeObject, type: string): Endpoint {
  const publish = service.spec.publishNotReadyAddresses === true;
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'] || undefined;
  const known = memo.get(pod);
  if (known !== undefined && known.uid === service.metadata.uid && known.publish === publish && known.zone === zone && known.type === type) return known.endpoint;
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const endpoint: Endpoint = {
    addresses: (pod.status.podIPs ?? []).map((ip: { ip: string }) => ip.ip).filter((ip: string) => ip.includes(':') === (type === 'IPv6')),
    conditions: { ready: publish || (serving && !terminating), serving, terminating },
    ...(shouldSetHostname(pod, service) ? { hostname: pod.spec.hostname } : {}),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    ...((pod.spec.nodeName ?? '') === '' ? {} : { nodeName: pod.spec.nodeName }),
    ...(zone === undefined ? {} : { zone }),
  };
  memo.set(pod, { uid: service.metadata.uid, publish, zone, type, endpoint });
  return endpoint;
}

/** Endpoints with equal keys are the same one in another state. */
function endpointKey(e: Endpoint): string {
  return `${[...e.addresses].sort().join(',')}|${e.hostname ?? ''}|${e.targetRef?.namespace ?? ''}|${e.targetRef?.name ?? ''}`;
}

function sameState(a: Endpoint, b: Endpoint): boolean {
  return a === b || (a.nodeName === b.nodeName && a.zone === b.zone
    && a.conditions.ready === b.conditions.ready && a.conditions.serving === b.conditions.serving && a.conditions.terminating === b.conditions.terminating
    && a.targetRef?.kind === b.targetRef?.kind && a.targetRef?.uid === b.targetRef?.uid && a.targetRef?.name === b.targetRef?.name && a.targetRef?.namespace === b.targetRef?.namespace);
}

export function ownedBy(slice: KubeObject, service: KubeObject): boolean {
  return (slice.metadata.ownerReferences ?? []).some((o) => o.uid === service.metadata.uid && o.kind === 'Service' && o.apiVersion === 'v1');
}

const reserved = [serviceNameLabel, managedByLabel, headlessLabel];

function bare(labels: Readonly<Record<string, string>> | undefined): Record<string, string> {
  const out: Record<string, string> = {};
  for (const key of Object.keys(labels ?? {})) if (!reserved.includes(key)) out[key] = labels![key]!;
  return out;
}

function sliceLabels(service: KubeObject): Record<string, string> {
  return {
    ...bare(service.metadata.labels),
    ...(isServiceIPSet(service) ? {} : { [headlessLabel]: '' }),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: controllerName,
  };
}

function newSlice(service: KubeObject, type: string, ports: readonly Port[], endpoints: readonly Endpoint[]): Slice {
  const { name, namespace } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice',
    metadata: { generateName: `${name}-`, namespace, labels: sliceLabels(service), ownerReferences: [newControllerRef(service, 'v1', 'Service')] },
    addressType: type, endpoints, ports,
  };
}

/** `node`: looks a node up. `existing`: the Service's slices of this address type. `errors` receives the pods that had to be left out. */
export function reconcile(service: KubeObject, pods: readonly KubeObject[], existing: readonly KubeObject[], type: string, node: (name: string) => KubeObject | undefined, errors: string[]): Changes {
  const changes: Changes = { create: [], update: [], remove: [] };
  const byPorts: Record<string, KubeObject[]> = {};
  for (const slice of existing) {
    if (ownedBy(slice, service)) (byPorts[portKey(slice.ports)] ??= []).push(slice);
    else changes.remove.push(slice);
  }
  const wanted: Record<string, { readonly ports: Port[]; readonly endpoints: Endpoint[] }> = {};
  // Most pods resolve to the same numbers: their key is worked out once.
  const numeric = ((service.spec.ports ?? []) as ServicePort[]).every((p) => typeof (p.targetPort ?? p.port) === 'number');
  let last: { readonly ports: Port[]; readonly key: string } | undefined;
  for (const pod of pods) {
    if (!shouldPodBeInEndpoints(pod, true)) continue;
    if (last === undefined || !numeric) {
      const ports = endpointPorts(service, pod);
      last = { ports, key: portKey(ports) };
    }
    const group = (wanted[last.key] ??= { ports: last.ports, endpoints: [] });
    const host = node(pod.spec.nodeName ?? '');
    if (host === undefined && service.spec.publishNotReadyAddresses !== true) {
      errors.push(`skipping Pod ${pod.metadata.name} for Service ${service.metadata.namespace}/${service.metadata.name}: Node ${pod.spec.nodeName ?? ''} Not Found`);
      continue;
    }
    const endpoint = podToEndpoint(pod, host, service, type);
    if (endpoint.addresses.length > 0) group.endpoints.push(endpoint);
  }
  for (const key of Object.keys(wanted).sort()) byPortMapping(service, type, byPorts[key] ?? [], wanted[key]!, changes);
  for (const key of Object.keys(byPorts).sort()) if (wanted[key] === undefined) changes.remove.push(...byPorts[key]!);
  if (existing.length === changes.remove.length && changes.create.length === 0) {
    const placeholder = newSlice(service, type, [], []);
    if (changes.remove.length === 1 && isPlaceholder(changes.remove[0]!, placeholder)) changes.remove.length = 0;
    else changes.create.push(placeholder);
  }
  hints(service, existing, changes);
  return changes;
}

function isPlaceholder(slice: KubeObject, placeholder: Slice): boolean {
  return (slice.endpoints ?? []).length === 0 && (slice.ports ?? []).length === 0 && slice.addressType === placeholder.addressType && equal(slice.metadata.labels, placeholder.metadata.labels);
}

function byPortMapping(service: KubeObject, type: string, existing: readonly KubeObject[], wanted: { readonly ports: readonly Port[]; readonly endpoints: readonly Endpoint[] }, changes: Changes): void {
  const index = new Map<string, Endpoint>();
  for (const e of wanted.endpoints) index.set(endpointKey(e), e);
  const labels = sliceLabels(service);
  const update: { slice: KubeObject; endpoints: Endpoint[] }[] = [];
  const unchanged: KubeObject[] = [];
  const keep = new Set<string>();
  for (const slice of existing) {
    const had: readonly Endpoint[] = slice.endpoints ?? [];
    const next: Endpoint[] = [];
    let changed = false;
    for (const e of had) {
      const key = endpointKey(e);
      const got = keep.has(key) ? undefined : index.get(key);
      if (got === undefined) continue;
      keep.add(key);
      // Hints are given out anew below.
      next.push(got);
      if (!sameState(got, e)) changed = true;
    }
    if (changed || had.length !== next.length) {
      if (next.length === 0) changes.remove.push(slice);
      else update.push({ slice, endpoints: next });
    } else if (!equal(bare(slice.metadata.labels), bare(service.metadata.labels))) update.push({ slice, endpoints: next });
    else unchanged.push(slice);
  }
  const left: Endpoint[] = [];
  for (const e of wanted.endpoints) {
    const key = endpointKey(e);
    if (index.get(key) === e && !keep.has(key)) left.push(e);
  }
  let at = 0;
  if (left.length > 0) {
    update.sort((a, b) => b.endpoints.length - a.endpoints.length);
    for (const one of update) while (at < left.length && one.endpoints.length < maxEndpoints) one.endpoints.push(left[at++]!);
  }
  while (at < left.length) {
    const rest = left.length - at;
    const fill = rest < maxEndpoints ? sliceToFill(unchanged, rest) : undefined;
    if (fill === undefined) {
      changes.create.push(newSlice(service, type, wanted.ports, left.slice(at, at + maxEndpoints)));
      at += maxEndpoints;
      continue;
    }
    const endpoints = [...(fill.endpoints as readonly Endpoint[] ?? [])];
    while (at < left.length && endpoints.length < maxEndpoints) endpoints.push(left[at++]!);
    unchanged.splice(unchanged.indexOf(fill), 1);
    update.push({ slice: fill, endpoints });
  }
  for (const { slice, endpoints } of update) changes.update.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints });
}

/** The slice that would be fullest with `more` endpoints and still hold them. */
function sliceToFill(slices: readonly KubeObject[], more: number): KubeObject | undefined {
  let closest = maxEndpoints;
  let found: KubeObject | undefined;
  for (const slice of slices) {
    const diff = maxEndpoints - more - (slice.endpoints ?? []).length;
    if (diff >= 0 && diff < closest) {
      closest = diff;
      found = slice;
      if (diff === 0) break;
    }
  }
  return found;
}

/** spec.trafficDistribution: each ready endpoint is a hint for its own zone (and node). */
function hints(service: KubeObject, existing: readonly KubeObject[], changes: Changes): void {
  const wish: string | undefined = service.spec.trafficDistribution;
  const close = wish === 'PreferClose' || wish === 'PreferSameZone' || wish === 'PreferSameNode';
  const hinted = (e: Endpoint): Endpoint => {
    if (!close) {
      if (e.hints === undefined) return e;
      const { hints: _gone, ...rest } = e;
      return rest;
    }
    if (!e.conditions.ready) return e;
    const forZones = e.zone === undefined ? undefined : [{ name: e.zone }];
    const forNodes = e.nodeName === undefined || wish !== 'PreferSameNode' ? undefined : [{ name: e.nodeName }];
    const { hints: _old, ...rest } = e;
    if (forZones === undefined && forNodes === undefined) return rest;
    return { ...rest, hints: { ...(forZones === undefined ? {} : { forZones }), ...(forNodes === undefined ? {} : { forNodes }) } };
  };
  if (!close && !existing.some((s) => (s.endpoints ?? []).some((e: Endpoint) => e.hints !== undefined))) return;
  const touched = new Set([...changes.update, ...changes.remove].map((s) => s.metadata.name));
  for (const slice of existing) {
    if (touched.has(slice.metadata.name)) continue;
    const next = (slice.endpoints ?? []).map(hinted);
    if (!equal(next, slice.endpoints ?? [])) changes.update.push({ ...slice, metadata: { ...slice.metadata }, endpoints: next });
  }
  const apply = (slices: Slice[]): void => slices.forEach((s, i) => { slices[i] = { ...s, endpoints: (s.endpoints ?? []).map(hinted) } as Slice; });
  apply(changes.create);
  apply(changes.update);
}

/** A slice that would be deleted is reused for one that would be created. */
export function reuse(service: KubeObject, changes: Changes): void {
  for (let i = 0; i < changes.remove.length && changes.create.length > 0;) {
    const old = changes.remove[i]!;
    const next = changes.create.at(-1)!;
    if (old.addressType === next.addressType && ownedBy(old, service)) {
      changes.create.pop();
      changes.update.push({ ...next, metadata: { ...next.metadata, name: old.metadata.name } });
      changes.remove.splice(i, 1);
    } else i++;
  }
}
