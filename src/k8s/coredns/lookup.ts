/**
 * Names of the cluster's zone: a pure function from question and objects to an answer.
 * Upstream: coredns/coredns plugin/kubernetes/{kubernetes,parse,handler}.go, kubernetes/dns specification.md 1.1.0
 * Left out: AAAA of services (single stack IPv4: NODATA), zone transfer, search paths (the asker's resolver does them).
 */
import type { KubeObject } from '../api/types.ts';

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME' | 'TXT' | 'SOA' | 'NS';

export interface DnsRecord {
  /** With the final dot. */
  readonly name: string;
  readonly type: RecordType;
  /** Seconds. */
  readonly ttl: number;
  /** Address, target name with the final dot, `priority weight port target`, or text. */
  readonly data: string;
}

export interface DnsAnswer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL';
  readonly answers: readonly DnsRecord[];
  /** SRV's targets. */
  readonly additional: readonly DnsRecord[];
  /** The name is not of the cluster's zones: asked of the servers outside. */
  readonly forwarded?: true;
}

export interface DnsState {
  namespace(name: string): KubeObject | undefined;
  service(namespace: string, name: string): KubeObject | undefined;
  slices(namespace: string, service: string): readonly KubeObject[];
  serviceByIP(ip: string): KubeObject | undefined;
  slicesByIP(ip: string): readonly KubeObject[];
}

export const ZONE = 'cluster.local';
/** kubeadm's Corefile: `ttl 30`. */
const TTL = 30;
const MAX_NAME = 255;

const NXDOMAIN: DnsAnswer = { code: 'NXDOMAIN', answers: [], additional: [] };
const NODATA: DnsAnswer = { code: 'NOERROR', answers: [], additional: [] };

/* eslint-disable @typescript-eslint/no-explicit-any */
interface Address { readonly ip: string; readonly hostname: string; readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[] }

function found(answers: readonly DnsRecord[], additional: readonly DnsRecord[] = []): DnsAnswer {
  return { code: 'NOERROR', answers, additional };
}

/** The first label of an endpoint's name: its hostname, else its address with dashes. */
function endpointHostname(endpoint: any): string {
  return endpoint.hostname || String(endpoint.addresses[0]).replaceAll('.', '-').replaceAll(':', '-');
}

function addressesOf(service: KubeObject, slices: readonly KubeObject[]): readonly Address[] {
  const all = service.spec?.publishNotReadyAddresses === true;
  const found = new Map<string, Address>();
  for (const slice of slices) {
    const ports = ((slice['ports'] ?? []) as any[]).map((one) => ({ name: one.name ?? '', protocol: lower(one.protocol ?? 'TCP'), port: one.port ?? 0 }));
    for (const endpoint of (slice['endpoints'] ?? []) as any[]) {
      if (!all && endpoint.conditions?.ready === false) continue;
      for (const ip of endpoint.addresses ?? []) if (!found.has(ip)) found.set(ip, { ip, hostname: endpointHostname({ ...endpoint, addresses: [ip] }), ports });
    }
  }
  return [...found.values()].sort((a, b) => (a.ip < b.ip ? -1 : 1));
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
}

function isHeadless(service: KubeObject): boolean {
  return service.spec?.clusterIP === 'None';
}

function typed(name: string, type: RecordType, ips: readonly string[]): DnsAnswer {
  const wanted = ips.filter((ip) => (type === 'A' ? ip.includes('.') : type === 'AAAA' && ip.includes(':')));
  return found(wanted.map((ip) => ({ name, type, ttl: TTL, data: ip })));
}

function srv(name: string, service: KubeObject, slices: readonly KubeObject[], port: string | null, protocol: string | null): DnsAnswer {
  const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${ZONE}.`;
  const wanted = (one: { name: string; protocol: string }): boolean => (port === null || lower(one.name) === port) && (protocol === null || lower(one.protocol) === protocol);
  const answers: DnsRecord[] = [];
  const additional: DnsRecord[] = [];
  if (isHeadless(service)) {
    const targets = addressesOf(service, slices).flatMap((one) => one.ports.filter(wanted).map((p) => ({ target: `${one.hostname}.${base}`, ip: one.ip, port: p.port })));
    for (const one of targets) {
      answers.push({ name, type: 'SRV', ttl: TTL, data: `0 ${Math.max(1, Math.floor(100 / targets.length))} ${one.port} ${one.target}` });
      if (!additional.some((other) => other.name === one.target)) additional.push({ name: one.target, type: 'A', ttl: TTL, data: one.ip });
    }
  } else {
    const ports = ((service.spec?.ports ?? []) as any[]).filter((one) => wanted({ name: one.name ?? '', protocol: one.protocol ?? 'TCP' }));
    for (const one of ports) answers.push({ name, type: 'SRV', ttl: TTL, data: `0 ${Math.max(1, Math.floor(100 / ports.length))} ${one.port} ${base}` });
    if (ports.length > 0) additional.push({ name: base, type: 'A', ttl: TTL, data: service.spec.clusterIP });
  }
  return answers.length === 0 ? NXDOMAIN : found(answers, additional);
}

function serviceAnswer(name: string, type: RecordType, labels: readonly string[], state: DnsState): DnsAnswer {
  // … [_port _protocol | hostname] service namespace
  const namespace = labels.at(-1);
  if (namespace === undefined) return NODATA;
  if (!state.namespace(namespace)) return NXDOMAIN;
  if (labels.length === 1) return NODATA;
  const service = state.service(namespace, labels.at(-2)!);
  if (!service) return NXDOMAIN;
  const slices = state.slices(namespace, service.metadata.name);
  const rest = labels.slice(0, -2);
  if (service.spec?.type === 'ExternalName') {
    return rest.length === 0 ? found([{ name, type: 'CNAME', ttl: TTL, data: `${service.spec.externalName}.` }]) : NXDOMAIN;
  }
  if (rest.length === 2 && rest[0].startsWith('_') && rest[1].startsWith('_')) {
    const answer = srv(name, service, slices, rest[0].slice(1), rest[1].slice(1));
    return type === 'SRV' || answer.code !== 'NOERROR' ? answer : typed(name, type, isHeadless(service) ? addressesOf(service, slices).map((one) => one.ip) : service.spec?.clusterIPs ?? [service.spec?.clusterIP]);
  }
  if (rest.length === 1) {
    // Only headless services have names for single endpoints.
    const one = isHeadless(service) ? addressesOf(service, slices).filter((address) => lower(address.hostname) === rest[0]) : [];
    return one.length === 0 ? NXDOMAIN : typed(name, type, one.map((address) => address.ip));
  }
  if (rest.length > 1) return NXDOMAIN;
  if (isHeadless(service)) {
    const addresses = addressesOf(service, slices);
    if (addresses.length === 0) return NXDOMAIN;
    return type === 'SRV' ? srv(name, service, slices, null, null) : typed(name, type, addresses.map((one) => one.ip));
  }
  return type === 'SRV' ? srv(name, service, slices, null, null) : typed(name, type, service.spec?.clusterIPs ?? [service.spec?.clusterIP]);
}

/** `10-244-1-2.default.pod.cluster.local`: answered without looking at pods (Corefile: `pods insecure`). */
function podAnswer(name: string, type: RecordType, labels: readonly string[], state: DnsState): DnsAnswer {
  const namespace = labels.at(-1);
  if (namespace === undefined) return NODATA;
  if (!state.namespace(namespace)) return NXDOMAIN;
  if (labels.length === 1) return NODATA;
  if (labels.length > 2) return NXDOMAIN;
  const parts = labels[0].split('-');
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) <= 255)) return NXDOMAIN;
  return typed(name, type, [parts.join('.')]);
}

function reverse(name: string, type: RecordType, ip: string, state: DnsState): DnsAnswer | null {
  const names: string[] = [];
  const service = state.serviceByIP(ip);
  if (service) names.push(`${service.metadata.name}.${service.metadata.namespace}.svc.${ZONE}.`);
  else {
    for (const slice of state.slicesByIP(ip)) {
      const owner = slice.metadata.labels?.['kubernetes.io/service-name'];
      const endpoint = ((slice['endpoints'] ?? []) as any[]).find((one) => one.addresses?.includes(ip));
      if (owner && endpoint) names.push(`${endpointHostname(endpoint)}.${owner}.${slice.metadata.namespace}.svc.${ZONE}.`);
    }
  }
  if (names.length === 0) return null;
  return type === 'PTR' ? found(names.map((data) => ({ name, type: 'PTR' as const, ttl: TTL, data }))) : NODATA;
}

/** Answers one question. `question` with or without the final dot, in any case; anything longer than a name may be is refused. */
export function lookup(question: string, type: RecordType, state: DnsState): DnsAnswer {
  const plain = lower(question.endsWith('.') ? question.slice(0, -1) : question);
  if (plain.length > MAX_NAME) return { code: 'SERVFAIL', answers: [], additional: [] };
  const name = `${plain}.`;
  const arpa = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.in-addr\.arpa$/.exec(plain);
  if (arpa) return reverse(name, type, `${arpa[4]}.${arpa[3]}.${arpa[2]}.${arpa[1]}`, state) ?? { ...NODATA, forwarded: true };
  if (plain !== ZONE && !plain.endsWith(`.${ZONE}`)) return { ...NODATA, forwarded: true };
  const labels = plain === ZONE ? [] : plain.slice(0, -ZONE.length - 1).split('.');
  if (labels.some((label) => label === '')) return NXDOMAIN;
  const kind = labels.at(-1);
  if (kind === undefined) {
    if (type === 'NS') return found([{ name, type, ttl: TTL, data: `ns.dns.${ZONE}.` }]);
    return type === 'SOA' ? found([{ name, type, ttl: TTL, data: `ns.dns.${ZONE}. hostmaster.${ZONE}. 1 7200 1800 86400 ${TTL}` }]) : NODATA;
  }
  if (kind === 'dns-version' && labels.length === 1) return type === 'TXT' ? found([{ name, type, ttl: TTL, data: '1.1.0' }]) : NODATA;
  if (kind === 'svc') return serviceAnswer(name, type, labels.slice(0, -1), state);
  if (kind === 'pod') return podAnswer(name, type, labels.slice(0, -1), state);
  return NXDOMAIN;
}
