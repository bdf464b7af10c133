/**
 * Defaults of the core group.
 * Upstream: pkg/apis/core/v1/defaults.go
 * Left out: pod-level resource requests aggregated from containers (only pod-level limits are copied to requests).
 */
import { parseImageReference } from '../../apimachinery/image-reference.ts';
import { base64, utf8Bytes } from '../../apimachinery/utf8.ts';
import { parseQuantity, quantityText, roundUpMilli } from '../../apimachinery/quantity.ts';
import { fill, fillZero, within } from './rules.ts';
import type { Rules, Struct } from './rules.ts';

function pullPolicy(image: string | undefined): string {
  return parseImageReference(image ?? '').value?.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function container(c: Struct): Struct {
  const out = fill(c, { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' });
  return out.imagePullPolicy ? out : { ...out, imagePullPolicy: pullPolicy(out.image as string) };
}

/** Every amount in thousandths at most. */
export function resourceList(list: Struct): Struct {
  let out: Record<string, unknown> | undefined;
  for (const key of Object.keys(list)) {
    const q = parseQuantity(String(list[key])).value;
    if (q === undefined) continue;
    const rounded = roundUpMilli(q);
    if (rounded === q) continue;
    out ??= { ...list };
    out[key] = quantityText(rounded);
  }
  return out ?? list;
}

function requestsFromLimits(resources: Struct | undefined): Struct | undefined {
  const limits = resources?.limits as Struct | undefined;
  if (limits === undefined || limits === null) return resources;
  const requests = (resources!.requests ?? {}) as Struct;
  const missing = Object.keys(limits).filter((k) => !Object.hasOwn(requests, k));
  if (missing.length === 0) return resources;
  const out: Record<string, unknown> = { ...requests };
  for (const k of missing) out[k] = limits[k];
  return { ...resources, requests: out };
}

function podContainers(list: readonly Struct[] | undefined | null, hostNetwork: boolean): readonly Struct[] | undefined | null {
  if (list === undefined || list === null) return list;
  let changed = false;
  const out = list.map((c) => {
    let next = c;
    const resources = requestsFromLimits(c.resources as Struct | undefined);
    if (resources !== c.resources) next = { ...next, resources };
    if (hostNetwork && Array.isArray(c.ports) && c.ports.some((p: Struct) => !p.hostPort && p.containerPort)) {
      next = { ...next, ports: c.ports.map((p: Struct) => (p.hostPort || !p.containerPort ? p : { ...p, hostPort: p.containerPort })) };
    }
    if (next !== c) changed = true;
    return next;
  });
  return changed ? out : list;
}

function pod(p: Struct): Struct {
  return within(p, 'spec', (spec) => {
    let out = fill(spec, { enableServiceLinks: true });
    // Upstream mends a negative period on the way in; templates keep theirs.
    if (typeof out.terminationGracePeriodSeconds === 'number' && out.terminationGracePeriodSeconds < 0) out = { ...out, terminationGracePeriodSeconds: 1 };
    for (const field of ['containers', 'initContainers']) {
      const list = podContainers(out[field] as readonly Struct[] | undefined, out.hostNetwork === true);
      if (list !== out[field]) out = { ...out, [field]: list };
    }
    const resources = requestsFromLimits(out.resources as Struct | undefined);
    return resources === out.resources ? out : { ...out, resources };
  });
}

function service(s: Struct): Struct {
  let out = within(s, 'spec', (given) => {
    let spec = fill(given, { sessionAffinity: 'None', type: 'ClusterIP' });
    if (spec.sessionAffinity === 'None' && spec.sessionAffinityConfig !== undefined) { const { sessionAffinityConfig: _, ...rest } = spec; spec = rest; }
    if (spec.sessionAffinity === 'ClientIP' && (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? null) === null) spec = { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } };
    if (Array.isArray(spec.ports)) {
      const ports = spec.ports.map((p: Struct) => {
        const q = fill(p, { protocol: 'TCP' });
        return q.targetPort === undefined || q.targetPort === 0 || q.targetPort === '' ? { ...q, targetPort: q.port ?? 0 } : q;
      });
      if (ports.some((p: Struct, i: number) => p !== spec.ports[i])) spec = { ...spec, ports };
    }
    const external = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);
    if (external) spec = fill(spec, { externalTrafficPolicy: 'Cluster' });
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.type === 'ClusterIP') spec = fill(spec, { internalTrafficPolicy: 'Cluster' });
    if (spec.type === 'LoadBalancer') spec = fill(spec, { allocateLoadBalancerNodePorts: true });
    return spec;
  });
  const ingress = out.status?.loadBalancer?.ingress as readonly Struct[] | undefined;
  if (out.spec?.type === 'LoadBalancer' && ingress?.some((i) => i.ip && !i.ipMode)) {
    out = { ...out, status: { ...out.status, loadBalancer: { ...out.status.loadBalancer, ingress: ingress.map((i) => (i.ip ? fill(i, { ipMode: 'VIP' }) : i)) } } };
  }
  return out;
}

const VOLUME_SOURCES = (v: Struct): boolean => Object.keys(v).some((k) => k !== 'name' && v[k] !== undefined && v[k] !== null);

function merge(into: Struct | undefined, from: Struct | undefined): Struct { return { ...from, ...into }; }

function limitRangeItem(item: Struct): Struct {
  if (item.type !== 'Container') return item;
  const limit = merge(item.default as Struct, item.max as Struct);
  const request = merge(merge(item.defaultRequest as Struct, limit), item.min as Struct);
  const out: Record<string, unknown> = { ...item };
  if (Object.keys(limit).length > 0) out['default'] = limit;
  if (Object.keys(request).length > 0) out['defaultRequest'] = request;
  return out;
}

function replicationController(rc: Struct): Struct {
  const labels = rc.spec?.template?.metadata?.labels as Struct | undefined;
  if (labels === undefined || labels === null) return rc;
  let out = rc;
  if (Object.keys(rc.spec.selector ?? {}).length === 0) out = { ...out, spec: { ...out.spec, selector: labels } };
  if (Object.keys(rc.metadata?.labels ?? {}).length === 0) out = { ...out, metadata: { ...out.metadata, labels } };
  return out;
}

/** Two names of one field, kept equal. Upstream: conversion.go, in both directions; call it again after changing either in admission. */
export function mirrorServiceAccount(spec: Struct): Struct {
  const name = (spec.serviceAccountName || spec.serviceAccount) as string | undefined;
  return !name || (spec.serviceAccountName === name && spec.serviceAccount === name) ? spec : { ...spec, serviceAccountName: name, serviceAccount: name };
}

/** stringData is written into data and never stored. Upstream: Convert_v1_Secret_To_core_Secret. */
function secret(given: Struct): Struct {
  const s = fill(given, { type: 'Opaque' });
  if (s.stringData === undefined || s.stringData === null) return s;
  const { stringData, ...rest } = s;
  const data: Record<string, unknown> = { ...s.data };
  for (const key of Object.keys(stringData as object)) data[key] = base64(utf8Bytes(String(stringData[key])));
  return { ...rest, ...(Object.keys(data).length === 0 ? {} : { data }) };
}

const mode = (v: Struct): Struct => fill(v, { defaultMode: 420 });

export const coreRules: Rules = {
  'core.v1.ReplicationController': replicationController,
  'core.v1.Volume': (v) => {
    const out = VOLUME_SOURCES(v) ? v : { ...v, emptyDir: {} };
    return out.image && !out.image.pullPolicy ? { ...out, image: { ...out.image, pullPolicy: pullPolicy(out.image.reference as string) } } : out;
  },
  'core.v1.Container': container,
  'core.v1.EphemeralContainer': container,
  'core.v1.Service': service,
  'core.v1.Pod': pod,
  'core.v1.PodSpec': (s) => fill(mirrorServiceAccount(s), { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {}, terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler' }),
  'core.v1.Probe': (p) => {
    const out = fillZero(p, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    return out.grpc && (out.grpc.service ?? null) === null ? { ...out, grpc: { ...out.grpc, service: '' } } : out;
  },
  'core.v1.SecretVolumeSource': mode,
  'core.v1.ConfigMapVolumeSource': mode,
  'core.v1.DownwardAPIVolumeSource': mode,
  'core.v1.ProjectedVolumeSource': mode,
  'core.v1.ServiceAccountTokenProjection': (v) => fill(v, { expirationSeconds: 3600 }),
  'core.v1.Secret': secret,
  'core.v1.PersistentVolume': (v) => within(within(v, 'status', (s) => fill(s, { phase: 'Pending' })), 'spec', (s) => fill(s, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })),
  'core.v1.PersistentVolumeClaim': (v) => within(v, 'status', (s) => fill(s, { phase: 'Pending' })),
  'core.v1.PersistentVolumeClaimSpec': (s) => fill(s, { volumeMode: 'Filesystem' }),
  'core.v1.EndpointPort': (p) => fill(p, { protocol: 'TCP' }),
  'core.v1.HTTPGetAction': (a) => fill(a, { path: '/', scheme: 'HTTP' }),
  'core.v1.HostPathVolumeSource': (v) => (v.type === undefined || v.type === null ? { ...v, type: '' } : v),
  'core.v1.Namespace': (n) => {
    const name = n.metadata?.name as string | undefined;
    if (!name || n.metadata.labels?.['kubernetes.io/metadata.name'] === name) return n;
    return { ...n, metadata: { ...n.metadata, labels: { ...n.metadata.labels, 'kubernetes.io/metadata.name': name } } };
  },
  'core.v1.NamespaceStatus': (s) => fill(s, { phase: 'Active' }),
  'core.v1.NodeStatus': (s) => (s.capacity && !s.allocatable ? { ...s, allocatable: s.capacity } : s),
  'core.v1.ObjectFieldSelector': (s) => fill(s, { apiVersion: 'v1' }),
  'core.v1.LimitRangeItem': limitRangeItem,
};
