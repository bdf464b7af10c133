/**
 * Cluster IPs and node ports of Services: what a client left out is drawn, what it chose is checked.
 * Upstream: pkg/registry/core/service/storage/{alloc,storage}.go, ipallocator/ipallocator.go, portallocator/{allocator,operation}.go
 * Left out: IPv6 ranges (the cluster is single-stack), the stored bitmap of node ports (the cache says which are taken).
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { invalid, path } from '../../apimachinery/field-error.ts';
import type { FieldError } from '../../apimachinery/field-error.ts';
import { internalError, invalid as invalidStatus } from '../../apimachinery/status-errors.ts';
import { listObjects } from '../state.ts';
import type { State } from '../state.ts';
import { clusterIPs } from '../validation/service.ts';
import { withFields } from './strategy.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const FIRST = 0x0a600000;
const SIZE = 1 << 20;
/** The lower part is left to those who choose. */
const IP_OFFSET = 256;
const PORT_FIRST = 30000;
const PORT_SIZE = 2768;
const PORT_OFFSET = 86;

/** What a write of a Service needs besides: addresses to claim before it, and to give back after it. */
export interface Allocation { readonly object: KubeObject; readonly claim: readonly string[]; readonly release: readonly string[] }

export interface AllocationContext {
  readonly state: State;
  readonly dryRun: boolean;
  /** Numbers of the try: another draw. */
  readonly attempt: number;
  readonly draw: (purpose: string, key: string, n: number) => number;
}

const ipText = (n: number): string => `${(n >>> 24) & 255}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
const isV6 = (ip: string): boolean => ip.includes(':');
const family = (ip: string): string => (isV6(ip) ? 'IPv6' : 'IPv4');
const ipKey = (ip: string): string => '/registry/ipaddresses/' + ip;
const refusal = (o: KubeObject, errors: readonly FieldError[]): Status => invalidStatus({ group: '', kind: 'Service' }, o.metadata.name ?? '', errors);

function ipNumber(ip: string): number | undefined {
  const m = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip);
  return m === null ? undefined : ((Number(m[1]) << 24) | (Number(m[2]) << 16) | (Number(m[3]) << 8) | Number(m[4])) >>> 0;
}

export const needsClusterIP = (s: Any): boolean => s?.type !== 'ExternalName';
export const needsNodePort = (s: Any): boolean => s?.type === 'NodePort' || (s?.type === 'LoadBalancer' && s.allocateLoadBalancerNodePorts !== false);
export const needsHealthCheckPort = (s: Any): boolean => s?.type === 'LoadBalancer' && s.externalTrafficPolicy === 'Local';

const sameIPs = (a: Any, b: Any): boolean => semanticEqual(a.clusterIPs ?? [], b.clusterIPs ?? []);

/** Keeps clusterIP and clusterIPs telling the same. */
function normalizeClusterIPs(spec: Any, old: Any): Any {
  const ips = (spec.clusterIPs ?? []) as string[];
  if (old === undefined) return spec.clusterIP && ips.length === 0 ? { ...spec, clusterIPs: [spec.clusterIP] } : spec;
  let out = spec;
  if ((old.clusterIPs?.length ?? 0) > 0 && ips.length === 0 && (old.clusterIP ?? '') === (spec.clusterIP ?? '')) out = { ...out, clusterIPs: old.clusterIPs };
  if ((old.clusterIP ?? '') !== (out.clusterIP ?? '')) {
    if (old.clusterIP && !out.clusterIP) {
      if (sameIPs(old, out)) { out = { ...out }; delete out.clusterIPs; }
    } else if (sameIPs(old, out)) out = { ...out, clusterIPs: [out.clusterIP] };
  }
  return out;
}

/** What an update left out stays as it was allocated. */
function patchAllocated(spec: Any, old: Any): Any {
  let out = spec;
  if (needsClusterIP(old) && needsClusterIP(spec)) {
    if (!out.clusterIP && old.clusterIP) out = { ...out, clusterIP: old.clusterIP };
    if ((out.clusterIPs?.length ?? 0) === 0 && (old.clusterIPs?.length ?? 0) > 0) out = { ...out, clusterIPs: old.clusterIPs };
  }
  if (needsNodePort(old) && needsNodePort(spec)) {
    const used = new Set((old.ports ?? []).map((p: Any) => p.nodePort).filter((n: Any) => n && (spec.ports ?? []).some((p: Any) => p.nodePort === n)));
    const byName = new Map<string, number>((old.ports ?? []).map((p: Any) => [p.name ?? '', p.nodePort ?? 0]));
    const ports = (out.ports ?? []).map((p: Any) => {
      const before = byName.get(p.name ?? '') ?? 0;
      return !p.nodePort && before && !used.has(before) ? { ...p, nodePort: before } : p;
    });
    if (out.ports) out = { ...out, ports };
  }
  if (needsHealthCheckPort(old) && needsHealthCheckPort(spec) && !out.healthCheckNodePort && old.healthCheckNodePort) out = { ...out, healthCheckNodePort: old.healthCheckNodePort };
  return out;
}

function initFamilies(o: KubeObject, given: Any, old: KubeObject | undefined): Any | Status {
  if (given.type === 'ExternalName') return given;
  let spec = given;
  const headless = spec.clusterIP === 'None';
  const noSelector = Object.keys(spec.selector ?? {}).length === 0;
  if (spec.ipFamilyPolicy === undefined) {
    spec = { ...spec, ipFamilyPolicy: old?.['spec']?.ipFamilyPolicy ?? (headless && noSelector ? 'RequireDualStack' : 'SingleStack') };
  }
  const related: FieldError[] = [];
  clusterIPs(related, withFields(o, { spec }), old);
  if (related.length > 0) return refusal(o, related);
  const errors: FieldError[] = [];
  const at = path('spec');
  const single = spec.ipFamilyPolicy === 'SingleStack';
  const before = old?.['spec'];
  if (before !== undefined && single) {
    if (sameIPs(before, spec) && spec.clusterIPs?.length > 1) spec = { ...spec, clusterIPs: spec.clusterIPs.slice(0, 1) };
    if (semanticEqual(before.ipFamilies ?? [], spec.ipFamilies ?? []) && spec.ipFamilies?.length > 1) spec = { ...spec, ipFamilies: spec.ipFamilies.slice(0, 1) };
  }
  if (single && spec.clusterIPs?.length === 2) errors.push(invalid(at.child('ipFamilyPolicy'), spec.ipFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified"));
  if (single && spec.ipFamilies?.length === 2) errors.push(invalid(at.child('ipFamilyPolicy'), spec.ipFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"));
  const families = [...((spec.ipFamilies ?? []) as string[])];
  const ips = (spec.clusterIPs ?? []) as string[];
  for (let i = 0; i < ips.length && ips[i] !== 'None'; i++) {
    if (i < families.length) continue;
    if (family(ips[i]) !== 'IPv4') errors.push(invalid(at.child('clusterIPs').index(i), ips, `${family(ips[i])} is not configured on this cluster`));
    else families.push('IPv4');
  }
  if (errors.length > 0) return refusal(o, errors);
  if (headless && noSelector) {
    if (families.length === 0) families.push('IPv4');
    if (families.length < 2 && !single) families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    return { ...spec, ipFamilies: families };
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack') errors.push(invalid(at.child('ipFamilyPolicy'), spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'));
  families.forEach((f, i) => { if (f !== 'IPv4') errors.push(invalid(at.child('ipFamilies').index(i), f, 'not configured on this cluster')); });
  if (errors.length > 0) return refusal(o, errors);
  return { ...spec, ipFamilies: families.length === 0 ? ['IPv4'] : families };
}

const isStatus = (v: Any): v is Status => v?.kind === 'Status';

function allocateIP(c: AllocationContext, o: KubeObject, spec: Any): { spec: Any; claim: string[] } | Status {
  if (spec.type === 'ExternalName' || spec.clusterIPs?.[0] === 'None') return { spec, claim: [] };
  const asked = spec.clusterIPs?.[0] as string | undefined;
  if (asked) {
    const n = ipNumber(asked);
    const fail = (why: string): Status => refusal(o, [invalid(path('spec', 'clusterIPs'), spec.clusterIPs, `failed to allocate IP ${asked}: ${why}`)]);
    if (n === undefined) return internalError(`failed to parse service IP "${asked}"`);
    if (!c.dryRun && (n <= FIRST || n >= FIRST + SIZE - 1)) return fail(`the provided network does not match the current range`);
    if (!c.dryRun && c.state.objects.has(ipKey(asked))) return fail('provided IP is already allocated');
    return { spec: { ...spec, clusterIP: asked }, claim: c.dryRun ? [] : [asked] };
  }
  if (c.dryRun) return { spec: { ...spec, clusterIP: ipText(FIRST), clusterIPs: [ipText(FIRST)] }, claim: [] };
  const room = SIZE - 2 - IP_OFFSET;
  const start = c.draw('cluster ip', o.metadata.namespace + '/' + o.metadata.name, c.attempt) % room;
  for (let i = 0; i < room; i++) {
    const ip = ipText(FIRST + 1 + IP_OFFSET + ((start + i) % room));
    if (!c.state.objects.has(ipKey(ip))) return { spec: { ...spec, clusterIP: ip, clusterIPs: [ip] }, claim: [ip] };
  }
  return internalError(`failed to allocate a serviceIP for Service "${o.metadata.name}": range is full`);
}

class Ports {
  private taken: Set<number> | undefined;
  private readonly mine: number[] = [];
  private n = 0;
  private readonly c: AllocationContext;
  private readonly key: string;
  constructor(c: AllocationContext, key: string) { this.c = c; this.key = key; }
  private used(): Set<number> {
    if (this.taken === undefined) {
      this.taken = new Set();
      for (const s of listObjects(this.c.state, '/registry/services/specs/')) {
        for (const p of s['spec']?.ports ?? []) if (p.nodePort) this.taken.add(p.nodePort);
        if (s['spec']?.healthCheckNodePort) this.taken.add(s['spec'].healthCheckNodePort);
      }
    }
    return this.taken;
  }
  allocate(port: number): string | undefined {
    if (this.mine.includes(port)) return 'provided port is already allocated';
    if (!this.c.dryRun) {
      if (port < PORT_FIRST || port >= PORT_FIRST + PORT_SIZE) return `provided port is not in the valid range. The range of valid ports is ${PORT_FIRST}-${PORT_FIRST + PORT_SIZE - 1}`;
      if (this.used().has(port)) return 'provided port is already allocated';
    }
    this.mine.push(port);
    return undefined;
  }
  next(): number {
    if (this.c.dryRun) {
      const port = this.mine.length === 0 ? 32768 : Math.max(...this.mine) + 1;
      this.mine.push(port);
      return port;
    }
    const room = PORT_SIZE - PORT_OFFSET;
    const start = this.c.draw('node port', this.key, this.c.attempt * 100 + this.n++) % room;
    for (let i = 0; i < PORT_SIZE; i++) {
      const port = i < room ? PORT_FIRST + PORT_OFFSET + ((start + i) % room) : PORT_FIRST + (i - room);
      if (!this.used().has(port) && !this.mine.includes(port)) {
        this.mine.push(port);
        return port;
      }
    }
    return 0;
  }
}

const portError = (o: KubeObject, i: number, port: number, why: string): Status => refusal(o, [invalid(path('spec', 'ports').index(i).child('nodePort'), port, why)]);

function healthCheck(ports: Ports, spec: Any): Any | Status {
  if (!spec.healthCheckNodePort) return { ...spec, healthCheckNodePort: ports.next() };
  const why = ports.allocate(spec.healthCheckNodePort);
  return why === undefined ? spec : internalError(`failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${why}`);
}

function createPorts(c: AllocationContext, o: KubeObject, given: Any): Any | Status {
  let spec = given;
  const ports = new Ports(c, o.metadata.namespace + '/' + o.metadata.name);
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    const list = [...((spec.ports ?? []) as Any[])];
    const chosen = new Map<number, number>();
    for (let i = 0; i < list.length; i++) {
      const p = list[i];
      if (!p.nodePort && !needsNodePort(spec)) continue;
      const before = chosen.get(p.port) ?? 0;
      if (before === 0) {
        const wanted = (list.find((q) => q.port === p.port && q.nodePort)?.nodePort ?? 0) as number;
        if (wanted !== 0) {
          const why = ports.allocate(wanted);
          if (why !== undefined) return portError(o, i, wanted, why);
        }
        const port = wanted !== 0 ? wanted : ports.next();
        if (port === 0) return internalError('failed to allocate a nodePort: range is full');
        list[i] = { ...p, nodePort: port };
        chosen.set(p.port, port);
      } else if ((p.nodePort ?? 0) !== before) {
        if (!p.nodePort) list[i] = { ...p, nodePort: before };
        else {
          const why = ports.allocate(p.nodePort);
          if (why !== undefined) return portError(o, i, p.nodePort, why);
        }
      }
    }
    if (spec.ports) spec = { ...spec, ports: list };
  }
  return needsHealthCheckPort(spec) ? healthCheck(ports, spec) : spec;
}

function updatePorts(c: AllocationContext, o: KubeObject, given: Any, old: Any): Any | Status {
  let spec = given;
  const ports = new Ports(c, o.metadata.namespace + '/' + o.metadata.name);
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    const before = new Set((old.ports ?? []).map((p: Any) => p.nodePort).filter((n: Any) => n));
    const seen = new Set<string>();
    const mine = new Set<number>();
    const list = [...((spec.ports ?? []) as Any[])];
    for (let i = 0; i < list.length; i++) {
      const p = list[i];
      if (!p.nodePort && !needsNodePort(spec)) continue;
      if (p.nodePort) {
        if (!before.has(p.nodePort) && !mine.has(p.nodePort)) {
          const why = ports.allocate(p.nodePort);
          if (why !== undefined) return portError(o, i, p.nodePort, why);
          mine.add(p.nodePort);
        }
      } else list[i] = { ...p, nodePort: ports.next() };
      const id = list[i].protocol + '/' + list[i].nodePort;
      if (seen.has(id)) return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: `duplicate nodePort: {${list[i].protocol} ${list[i].nodePort}}`, code: 500 };
      seen.add(id);
    }
    if (spec.ports) spec = { ...spec, ports: list };
  }
  return !needsHealthCheckPort(old) && needsHealthCheckPort(spec) ? healthCheck(ports, spec) : spec;
}

/** Before a Service is created (or, with `old`, changed). */
export function allocateService(c: AllocationContext, o: KubeObject, old?: KubeObject): Allocation | Status {
  const before = old?.['spec'] as Any;
  let spec = o['spec'] as Any;
  if (spec === undefined) spec = {};
  if (before !== undefined) spec = patchAllocated(spec, before);
  spec = normalizeClusterIPs(spec, before);
  const init = initFamilies(o, spec, old);
  if (isStatus(init)) return init;
  spec = init;
  let claim: readonly string[] = [];
  let release: readonly string[] = [];
  if (before === undefined || (before.type === 'ExternalName' && spec.type !== 'ExternalName')) {
    const ip = allocateIP(c, o, spec);
    if (isStatus(ip)) return ip;
    spec = ip.spec;
    claim = ip.claim;
  } else if (before.type !== 'ExternalName' && spec.type === 'ExternalName' && before.clusterIPs?.[0] !== 'None') release = before.clusterIPs ?? [];
  const ported = before === undefined ? createPorts(c, o, spec) : updatePorts(c, o, spec, before);
  if (isStatus(ported)) return ported;
  return { object: withFields(o, { spec: ported }), claim, release };
}

/** Addresses that a deleted Service gives back. */
export function addressesOf(service: KubeObject): readonly string[] {
  const spec = service['spec'] as Any;
  if (!needsClusterIP(spec) || spec?.clusterIPs?.[0] === 'None') return [];
  return (spec?.clusterIPs ?? []) as string[];
}

export const ipAddressKey = ipKey;

/** The object by which an address is taken. `metadata` is completed by the caller. */
export function ipAddressObject(ip: string, service: KubeObject, uid: string, now: string): KubeObject {
  return {
    apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress',
    metadata: { name: ip, uid, creationTimestamp: now, labels: { 'ipaddress.kubernetes.io/ip-family': family(ip), 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' } } as unknown as KubeObject['metadata'],
    spec: { parentRef: { resource: 'services', namespace: service.metadata.namespace, name: service.metadata.name } },
  };
}
