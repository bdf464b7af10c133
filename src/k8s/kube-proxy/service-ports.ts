/**
 * Services and EndpointSlices as kube-proxy sees them: service ports, their endpoints, and which endpoints this node may use.
 * Upstream: pkg/proxy/{serviceport,serviceinfo,endpointslicecache,topology}.go
 * Left out: IPv6 (the proxier of the other family does the same), mixed families.
 */
import type { KubeObject } from '../api/types.ts';
import { compareStrings } from '../apimachinery/utf8.ts';

export interface ServicePort {
  /** `namespace/name:port`; without `:port` when the port has no name. */
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
  /** tcp, udp, sctp. */
  readonly protocol: string;
  readonly clusterIP: string;
  readonly port: number;
  readonly nodePort: number;
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly sourceRanges: readonly string[];
  readonly healthCheckNodePort: number;
  /** Seconds of client affinity; 0: none. */
  readonly stickySeconds: number;
  readonly internalLocal: boolean;
  readonly externalLocal: boolean;
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  /** `ip:port`. */
  readonly address: string;
  readonly local: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly nodeHints: readonly string[];
  readonly zoneHints: readonly string[];
}

/* eslint-disable @typescript-eslint/no-explicit-any */
function isIPv4(ip: unknown): ip is string {
  return typeof ip === 'string' && ip.includes('.');
}

/** The ports of a service that need rules; none for headless and ExternalName services. */
export function servicePorts(service: KubeObject): readonly ServicePort[] {
  const spec = service.spec ?? {};
  const clusterIP = (spec.clusterIPs ?? [spec.clusterIP]).find(isIPv4);
  if (spec.type === 'ExternalName' || !clusterIP || service.metadata.labels?.['service.kubernetes.io/service-proxy-name'] !== undefined) return [];
  const { namespace, name } = service.metadata;
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
  return (spec.ports ?? []).map((port: any): ServicePort => ({
    name: port.name ? `${namespace}/${name}:${port.name}` : `${namespace}/${name}`,
    namespace: namespace!, service: name, portName: port.name ?? '',
    protocol: port.protocol === 'UDP' ? 'udp' : port.protocol === 'SCTP' ? 'sctp' : 'tcp',
    clusterIP, port: port.port, nodePort: port.nodePort ?? 0,
    externalIPs: (spec.externalIPs ?? []).filter(isIPv4),
    loadBalancerIPs: (service['status']?.loadBalancer?.ingress ?? []).filter((one: any) => isIPv4(one.ip) && one.ipMode !== 'Proxy').map((one: any) => one.ip),
    sourceRanges: (spec.loadBalancerSourceRanges ?? []).filter(isIPv4),
    healthCheckNodePort: spec.healthCheckNodePort ?? 0,
    stickySeconds: spec.sessionAffinity === 'ClientIP' ? spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10800 : 0,
    internalLocal: spec.internalTrafficPolicy === 'Local',
    externalLocal: external && spec.externalTrafficPolicy === 'Local',
  }));
}

/** The endpoints of one port of a service, from all its slices, sorted by address. */
export function endpointsOf(port: ServicePort, slices: readonly KubeObject[], node: string): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const slice of slices) {
    if (slice['addressType'] !== 'IPv4') continue;
    const number = (slice['ports'] as any[] | undefined)?.find((one) => (one.name ?? '') === port.portName && (one.protocol ?? 'TCP').toLowerCase() === port.protocol)?.port;
    if (!number) continue;
    for (const one of (slice['endpoints'] ?? []) as any[]) {
      const ip = one.addresses?.[0];
      if (!isIPv4(ip)) continue;
      const address = `${ip}:${number}`;
      const { ready = true, serving = true, terminating = false } = one.conditions ?? {};
      // An address that two pods share for a moment belongs to the one that is not ending.
      if (found.has(address) && terminating) continue;
      found.set(address, {
        ip, port: number, address, local: one.nodeName === node, ready, serving, terminating,
        nodeHints: (one.hints?.forNodes ?? []).map((hint: any) => hint.name), zoneHints: (one.hints?.forZones ?? []).map((hint: any) => hint.name),
      });
    }
  }
  return [...found.keys()].sort(compareStrings).map((address) => found.get(address)!);
}

function topologyMode(endpoints: readonly Endpoint[], node: string, zone: string): 'node' | 'zone' | '' {
  const ready = endpoints.filter((one) => one.ready);
  if (ready.length === 0) return '';
  if (ready.every((one) => one.nodeHints.length > 0) && ready.some((one) => one.nodeHints.includes(node))) return 'node';
  if (ready.every((one) => one.zoneHints.length > 0) && ready.some((one) => one.zoneHints.includes(zone))) return 'zone';
  return '';
}

export interface Categorized {
  readonly cluster: readonly Endpoint[];
  readonly local: readonly Endpoint[];
  readonly reachable: readonly Endpoint[];
  readonly any: boolean;
}

export function externallyAccessible(port: ServicePort): boolean {
  return port.nodePort !== 0 || port.loadBalancerIPs.length > 0 || port.externalIPs.length > 0;
}

export function usesCluster(port: ServicePort): boolean {
  return !port.internalLocal || externallyAccessible(port);
}

export function usesLocal(port: ServicePort): boolean {
  return port.internalLocal || (port.externalLocal && externallyAccessible(port));
}

/** Upstream: CategorizeEndpoints. */
export function categorize(port: ServicePort, endpoints: readonly Endpoint[], node: string, zone: string): Categorized {
  const draining = (one: Endpoint): boolean => one.serving && one.terminating;
  let cluster: readonly Endpoint[] = [];
  let mode: 'node' | 'zone' | '' = '';
  if (usesCluster(port)) {
    mode = topologyMode(endpoints, node, zone);
    cluster = endpoints.filter((one) => one.ready && (mode === '' || (mode === 'node' ? one.nodeHints.includes(node) : one.zoneHints.includes(zone))));
    if (cluster.length === 0) cluster = endpoints.filter(draining);
  }
  if (!usesLocal(port)) return { cluster, local: [], reachable: cluster, any: cluster.length > 0 };
  const any = cluster.length > 0 || endpoints.some((one) => one.ready || draining(one));
  let local = endpoints.filter((one) => one.local && one.ready);
  const usesDraining = local.length === 0 && endpoints.some((one) => one.local && draining(one));
  if (usesDraining) local = endpoints.filter((one) => one.local && draining(one));
  if (!usesCluster(port)) return { cluster, local, reachable: local, any };
  if (mode === '' && !usesDraining) return { cluster, local, reachable: cluster, any };
  return { cluster, local, reachable: endpoints.filter((one) => cluster.includes(one) || local.includes(one)), any };
}
