/**
 * The rules a node holds for a set of Services and EndpointSlices: a pure function from objects to tables.
 * Upstream: pkg/proxy/iptables/proxier.go syncProxyRules, writeServiceToEndpointRules
 * Left out: partial syncs and counters (the rules that stand are the same), IPv6, nfacct, the jumps from built-in chains' other users.
 */
import type { KubeObject } from '../api/types.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import { categorize, endpointsOf, externallyAccessible, servicePorts, usesCluster, usesLocal, type Endpoint, type ServicePort } from './service-ports.ts';
import { chainName, endpointChainName, probability, type Rule } from './rules.ts';

/** Above so many endpoints rules carry no comments. */
const LARGE_CLUSTER = 1000;

export interface ProxyState {
  readonly services: readonly KubeObject[];
  /** EndpointSlices by `namespace/service`. */
  slicesOf(service: string): readonly KubeObject[];
  readonly node: string;
  readonly zone: string;
  /** Pods' addresses: traffic from elsewhere to a cluster IP is masqueraded. */
  readonly clusterCIDR: string;
}

/** Chains by `table CHAIN`. */
export type Tables = Record<string, Rule[]>;

class Writer {
  readonly tables: Tables = {};
  chain(table: 'filter' | 'nat', name: string): Rule[] {
    return (this.tables[`${table} ${name}`] ??= []);
  }
  filter(chain: string, rule: Rule): void {
    this.chain('filter', chain).push(rule);
  }
  nat(chain: string, rule: Rule): void {
    this.chain('nat', chain).push(rule);
  }
}

const NEW = 'NEW';

function frame(out: Writer): void {
  const portals = 'kubernetes service portals';
  const external = 'kubernetes externally-visible service portals';
  const firewall = 'kubernetes load balancer firewall';
  for (const chain of ['INPUT', 'FORWARD', 'OUTPUT']) out.filter(chain, { comment: firewall, ctstate: NEW, target: 'KUBE-PROXY-FIREWALL' });
  out.filter('FORWARD', { comment: 'kubernetes forwarding rules', target: 'KUBE-FORWARD' });
  out.filter('FORWARD', { comment: portals, ctstate: NEW, target: 'KUBE-SERVICES' });
  out.filter('OUTPUT', { comment: portals, ctstate: NEW, target: 'KUBE-SERVICES' });
  out.filter('INPUT', { comment: 'kubernetes health check service ports', target: 'KUBE-NODEPORTS' });
  out.filter('INPUT', { comment: external, ctstate: NEW, target: 'KUBE-EXTERNAL-SERVICES' });
  out.filter('FORWARD', { comment: external, ctstate: NEW, target: 'KUBE-EXTERNAL-SERVICES' });
  for (const name of ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-FORWARD', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL', 'KUBE-FIREWALL']) out.chain('filter', name);
  for (const chain of ['PREROUTING', 'OUTPUT']) out.nat(chain, { comment: portals, target: 'KUBE-SERVICES' });
  out.nat('POSTROUTING', { comment: 'kubernetes postrouting rules', target: 'KUBE-POSTROUTING' });
  for (const name of ['KUBE-SERVICES', 'KUBE-NODEPORTS']) out.chain('nat', name);
  out.nat('KUBE-POSTROUTING', { marked: false, target: 'RETURN' });
  out.nat('KUBE-POSTROUTING', { target: 'MARK', operand: '--xor-mark 0x00004000' });
  out.nat('KUBE-POSTROUTING', { comment: 'kubernetes service traffic requiring SNAT', target: 'MASQUERADE', operand: '--random-fully' });
  out.nat('KUBE-MARK-MASQ', { target: 'MARK', operand: '--or-mark 0x00004000' });
  out.filter('KUBE-FIREWALL', { comment: 'block incoming localnet connections', destination: '127.0.0.0/8', source: '! 127.0.0.0/8', ctstate: '! RELATED,ESTABLISHED,DNAT', target: 'DROP' });
}

function balance(out: Writer, port: ServicePort, chain: string, endpoints: readonly Endpoint[], large: boolean): void {
  const sep = (one: Endpoint): string => endpointChainName(port.name, port.protocol, one.address);
  const comment = (one: Endpoint): { comment?: string } => (large ? {} : { comment: `${port.name} -> ${one.address}` });
  if (port.stickySeconds > 0) for (const one of endpoints) out.nat(chain, { ...comment(one), recent: { name: sep(one), check: port.stickySeconds }, target: sep(one) });
  endpoints.forEach((one, i) => {
    const left = endpoints.length - i;
    out.nat(chain, { ...comment(one), ...(left > 1 ? { probability: probability(left) } : {}), target: sep(one) });
  });
}

function writePort(out: Writer, port: ServicePort, endpoints: readonly Endpoint[], state: ProxyState, large: boolean): void {
  const { name, protocol } = port;
  const { cluster, local, reachable, any } = categorize(port, endpoints, state.node, state.zone);
  const [svc, svl, ext, fw] = (['SVC', 'SVL', 'EXT', 'FW'] as const).map((prefix) => chainName(prefix, name, protocol));
  const internalChain = port.internalLocal ? svl : svc;
  const externalPolicy = port.externalLocal ? svl : svc;
  const hasInternal = any && (!port.internalLocal || local.length > 0);
  const hasExternal = any && (!port.externalLocal || local.length > 0);
  const firewalled = any && port.loadBalancerIPs.length > 0 && port.sourceRanges.length > 0;
  const refusal = any ? { target: 'DROP', comment: `${name} has no local endpoints` } : { target: 'REJECT', comment: `${name} has no endpoints` };

  const toClusterIP = { protocol, destination: port.clusterIP, port: port.port };
  if (hasInternal) out.nat('KUBE-SERVICES', { comment: `${name} cluster IP`, ...toClusterIP, target: internalChain });
  else out.filter('KUBE-SERVICES', { ...toClusterIP, ...refusal });
  for (const ip of port.externalIPs) {
    if (any) out.nat('KUBE-SERVICES', { comment: `${name} external IP`, protocol, destination: ip, port: port.port, target: ext });
    if (!hasExternal) out.filter('KUBE-EXTERNAL-SERVICES', { protocol, destination: ip, port: port.port, ...refusal });
  }
  for (const ip of port.loadBalancerIPs) {
    if (any) out.nat('KUBE-SERVICES', { comment: `${name} loadbalancer IP`, protocol, destination: ip, port: port.port, target: firewalled ? fw : ext });
    if (firewalled) out.filter('KUBE-PROXY-FIREWALL', { comment: `${name} traffic not accepted by ${fw}`, protocol, destination: ip, port: port.port, target: 'DROP' });
    if (!hasExternal) out.filter('KUBE-EXTERNAL-SERVICES', { protocol, destination: ip, port: port.port, ...refusal });
  }
  if (port.nodePort !== 0) {
    if (any) out.nat('KUBE-NODEPORTS', { comment: name, protocol, port: port.nodePort, target: ext });
    if (!hasExternal) out.filter('KUBE-EXTERNAL-SERVICES', { dstLocal: true, protocol, port: port.nodePort, ...refusal });
  }
  if (port.healthCheckNodePort !== 0) out.filter('KUBE-NODEPORTS', { comment: `${name} health check node port`, protocol: 'tcp', port: port.healthCheckNodePort, target: 'ACCEPT' });

  if (hasInternal) out.nat(internalChain, { comment: `${name} cluster IP`, ...toClusterIP, source: `! ${state.clusterCIDR}`, target: 'KUBE-MARK-MASQ' });
  if (any && externallyAccessible(port)) {
    if (!port.externalLocal) out.nat(ext, { comment: `masquerade traffic for ${name} external destinations`, target: 'KUBE-MARK-MASQ' });
    else {
      out.nat(ext, { comment: `pod traffic for ${name} external destinations`, source: state.clusterCIDR, target: svc });
      out.nat(ext, { comment: `masquerade LOCAL traffic for ${name} external destinations`, srcLocal: true, target: 'KUBE-MARK-MASQ' });
      out.nat(ext, { comment: `route LOCAL traffic for ${name} external destinations`, srcLocal: true, target: svc });
    }
    if (hasExternal) out.nat(ext, { target: externalPolicy });
  }
  if (firewalled) {
    for (const range of port.sourceRanges) out.nat(fw, { comment: `${name} loadbalancer IP`, source: range, target: ext });
    out.nat(fw, { comment: `other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`, target: 'RETURN' });
  }
  if (cluster.length > 0 && usesCluster(port)) balance(out, port, svc, cluster, large);
  if (local.length > 0 && usesLocal(port)) balance(out, port, svl, local, large);
  for (const one of reachable) {
    const chain = endpointChainName(name, protocol, one.address);
    const comment = large ? {} : { comment: name };
    out.nat(chain, { ...comment, source: one.ip, target: 'KUBE-MARK-MASQ' });
    out.nat(chain, { ...comment, ...(port.stickySeconds > 0 ? { recent: { name: chain } } : {}), protocol, target: 'DNAT', to: one.address });
  }
}

/** All chains of the node's filter and nat tables. Service ports in order of their names (upstream: a map's). */
export function buildTables(state: ProxyState): Tables {
  const out = new Writer();
  frame(out);
  const ports = state.services.flatMap((service) => servicePorts(service)).sort((a, b) => compareStrings(a.name, b.name));
  const endpoints = ports.map((port) => endpointsOf(port, state.slicesOf(`${port.namespace}/${port.service}`), state.node));
  const large = endpoints.reduce((sum, list) => sum + list.length, 0) > LARGE_CLUSTER;
  ports.forEach((port, i) => writePort(out, port, endpoints[i], state, large));
  out.nat('KUBE-SERVICES', {
    comment: 'kubernetes service nodeports; NOTE: this must be the last rule in this chain', dstLocal: true, target: 'KUBE-NODEPORTS',
  });
  out.filter('KUBE-FORWARD', { ctstate: 'INVALID', target: 'DROP' });
  out.filter('KUBE-FORWARD', { comment: 'kubernetes forwarding rules', marked: true, target: 'ACCEPT' });
  out.filter('KUBE-FORWARD', { comment: 'kubernetes forwarding conntrack rule', ctstate: 'RELATED,ESTABLISHED', target: 'ACCEPT' });
  return out.tables;
}
