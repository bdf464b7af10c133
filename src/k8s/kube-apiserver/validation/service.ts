/**
 * Services.
 * Upstream: ValidateServiceCreate/Update/StatusUpdate in pkg/apis/core/validation/validation.go, pkg/api/service/warnings.go
 * Left out: nothing (gates RelaxedServiceNameValidation and PreferSameTrafficDistribution are on).
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, internal, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, isValidPortNum, nameIsDNSLabel, warningsForCIDR, warningsForIP } from '../../apimachinery/validation-strings.ts';
import { parseIp } from '../../apimachinery/ip.ts';
import { PROTOCOLS } from './containers.ts';
import {
  complain, dns1123Label, dns1123Subdomain, dualStackIPs, endpointIP, has, isIPv6Text, legacyCIDR, legacyIP, list, portNumOrName, qualifiedName, quote, validateLabels, type Errs, type Obj,
} from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';

const SPEC = path('spec');
const PORTS = SPEC.child('ports');
const CLUSTER_IPS = SPEC.child('clusterIPs');
const HINTS = 'service.kubernetes.io/topology-aware-hints';
const MODE = 'service.kubernetes.io/topology-mode';
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

const isHeadless = (s: Obj): boolean => list(s.spec.clusterIPs).length === 1 && s.spec.clusterIPs[0] === 'None';
const needsHealthCheck = (s: Obj): boolean => s.spec.type === 'LoadBalancer' && s.spec.externalTrafficPolicy === 'Local';

function servicePort(errs: Errs, p: Obj, requireName: boolean, names: Set<string>, at: Path): void {
  if (requireName && !p.name) errs.push(required(at.child('name'), ''));
  else if (p.name) {
    dns1123Label(errs, p.name, at.child('name'));
    if (names.has(p.name)) errs.push(duplicate(at.child('name'), p.name));
    else names.add(p.name);
  }
  complain(errs, at.child('port'), p.port ?? 0, isValidPortNum(p.port ?? 0));
  if (!p.protocol) errs.push(required(at.child('protocol'), ''));
  else if (!PROTOCOLS.includes(p.protocol)) errs.push(notSupported(at.child('protocol'), p.protocol, PROTOCOLS));
  portNumOrName(errs, p.targetPort, at.child('targetPort'));
  if (has(p.appProtocol)) qualifiedName(errs, p.appProtocol, at.child('appProtocol'));
}

function sessionAffinity(errs: Errs, spec: Obj): void {
  const kind = spec.sessionAffinity ?? '';
  if (kind === '') errs.push(required(SPEC.child('sessionAffinity'), ''));
  else if (kind !== 'ClientIP' && kind !== 'None') errs.push(notSupported(SPEC.child('sessionAffinity'), kind, ['ClientIP', 'None']));
  const config = spec.sessionAffinityConfig; const at = SPEC.child('sessionAffinityConfig');
  if (kind === 'ClientIP') {
    const why = 'when session affinity type is ClientIP';
    const seconds = config?.clientIP?.timeoutSeconds;
    if (!has(config)) errs.push(required(at, why));
    else if (!has(config.clientIP)) errs.push(required(at.child('clientIP'), why));
    else if (!has(seconds)) errs.push(required(at.child('clientIP').child('timeoutSeconds'), why));
    else if (seconds <= 0 || seconds > 86400) errs.push(invalid(at.child('clientIP').child('timeoutSeconds'), seconds, 'must be greater than 0 and less than 86400'));
  } else if (kind === 'None' && has(config)) errs.push(forbidden(at, 'must not be set when session affinity is None'));
}

const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Upstream: ValidateServiceClusterIPsRelatedFields; the IP allocator asks it too, before the rest is looked at. */
export function clusterIPs(errs: Errs, service: Obj, old: Obj): void {
  const spec = service.spec;
  if (spec.type === 'ExternalName') return;
  const ips = list(spec.clusterIPs);
  if (spec.clusterIP) {
    if (ips.length === 0) errs.push(required(CLUSTER_IPS, ''));
    else if (ips[0] !== spec.clusterIP) errs.push(invalid(CLUSTER_IPS, ips, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) errs.push(invalid(CLUSTER_IPS, ips, 'must be empty when `clusterIP` is not specified'));
  const families = list(spec.ipFamilies); const fp = SPEC.child('ipFamilies');
  const seen = new Set<string>();
  families.forEach((f, i) => {
    if (!FAMILIES.includes(f)) errs.push(notSupported(fp.index(i), f, FAMILIES));
    if (seen.has(f)) errs.push(duplicate(fp.index(i), f));
    seen.add(f);
  });
  if (has(spec.ipFamilyPolicy) && !POLICIES.includes(spec.ipFamilyPolicy)) errs.push(notSupported(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy, POLICIES));
  let bad = false;
  ips.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) { bad = true; errs.push(invalid(CLUSTER_IPS, ips, "'None' must be the first and only value")); }
      return;
    }
    const before = errs.length;
    legacyIP(errs, CLUSTER_IPS.index(i), ip, list(old?.spec.clusterIPs));
    if (errs.length > before) bad = true;
  });
  if (ips.length > 2) errs.push(invalid(CLUSTER_IPS, ips, 'may only hold up to 2 values'));
  if (bad) return;
  if (ips.length > 1) {
    const unreadable = ips.find((t) => parseIp(t) === undefined);
    if (unreadable !== undefined) errs.push(internal(CLUSTER_IPS, `failed to check for dual stack with error:invalid IP: ${unreadable}`));
    if (!dualStackIPs(ips).dual) errs.push(invalid(CLUSTER_IPS, ips, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(service)) return;
  for (let i = 0; i < ips.length && i < families.length; i++) {
    const v6 = isIPv6Text(ips[i]);
    if (families[i] === 'IPv4' && v6) errs.push(invalid(CLUSTER_IPS.index(i), ips[i], `expected an IPv4 value as indicated by \`ipFamilies[${i}]\``));
    if (families[i] === 'IPv6' && !v6) errs.push(invalid(CLUSTER_IPS.index(i), ips[i], `expected an IPv6 value as indicated by \`ipFamilies[${i}]\``));
  }
}

function sourceRanges(errs: Errs, service: Obj, old: Obj): void {
  const spec = service.spec;
  const why = "may only be used when `type` is 'LoadBalancer'";
  const ranges = list(spec.loadBalancerSourceRanges);
  const annotation: string | undefined = service.metadata.annotations?.[SOURCE_RANGES];
  if (ranges.length > 0) {
    const at = SPEC.child('LoadBalancerSourceRanges');
    if (spec.type !== 'LoadBalancer') errs.push(forbidden(at, why));
    const before = list(old?.spec.loadBalancerSourceRanges).map((r: string) => r.trim());
    ranges.forEach((r, i) => legacyCIDR(errs, at.index(i), r.trim(), before));
  } else if (annotation !== undefined) {
    const at = path('metadata', 'annotations').key(SOURCE_RANGES);
    if (spec.type !== 'LoadBalancer') errs.push(forbidden(at, why));
    if (old?.metadata.annotations?.[SOURCE_RANGES] !== annotation && annotation.trim() !== '') for (const r of annotation.trim().split(',')) legacyCIDR(errs, at, r.trim());
  }
}

function loadBalancerClass(errs: Errs, service: Obj, old: Obj): void {
  const at = SPEC.child('loadBalancerClass');
  const name = service.spec.loadBalancerClass;
  const balancer = service.spec.type === 'LoadBalancer';
  if (old !== undefined && balancer && old.spec.type === 'LoadBalancer' && (name ?? null) !== (old.spec.loadBalancerClass ?? null)) errs.push(invalid(at, name ?? null, 'may not change once set'));
  if (!has(name)) return;
  if (balancer) qualifiedName(errs, name, at);
  else errs.push(forbidden(at, "may only be used when `type` is 'LoadBalancer'"));
}

function trafficPolicies(errs: Errs, service: Obj): void {
  const spec = service.spec;
  const policy: string = spec.externalTrafficPolicy ?? ''; const at = SPEC.child('externalTrafficPolicy');
  const external = spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && list(spec.externalIPs).length > 0);
  if (!external) { if (policy !== '') errs.push(invalid(at, policy, 'may only be set for externally-accessible services')); }
  else if (policy === '') errs.push(required(at, ''));
  else if (policy !== 'Cluster' && policy !== 'Local') errs.push(notSupported(at, policy, ['Cluster', 'Local']));
  const port: number = spec.healthCheckNodePort ?? 0; const hp = SPEC.child('healthCheckNodePort');
  if (!needsHealthCheck(service)) { if (port !== 0) errs.push(invalid(hp, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")); }
  else if (port === 0) errs.push(required(hp, ''));
  else complain(errs, hp, port, isValidPortNum(port));
  const inner = spec.internalTrafficPolicy; const ip = SPEC.child('internalTrafficPolicy');
  if (!has(inner)) { if (spec.type === 'NodePort' || spec.type === 'LoadBalancer' || spec.type === 'ClusterIP') errs.push(required(ip, '')); }
  else if (inner !== 'Cluster' && inner !== 'Local') errs.push(notSupported(ip, inner, ['Cluster', 'Local']));
  const spread = spec.trafficDistribution; const SPREADS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  if (has(spread) && !SPREADS.includes(spread)) errs.push(notSupported(SPEC.child('trafficDistribution'), spread, SPREADS));
}

function validateService(errs: Errs, service: Obj, old: Obj): void {
  const spec = service.spec; const annotations = service.metadata.annotations ?? {};
  if (annotations[MODE] !== undefined && annotations[HINTS] !== undefined && annotations[MODE] !== annotations[HINTS]) {
    errs.push(invalid(path('metadata', 'annotations').key(MODE), annotations[MODE], `must match annotations[${HINTS}] when both are specified`));
  }
  const ports = list(spec.ports); const headless = isHeadless(service);
  if (ports.length === 0 && !headless && spec.type !== 'ExternalName') errs.push(required(PORTS, ''));
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && headless) errs.push(invalid(CLUSTER_IPS.index(0), 'None', `may not be set to 'None' for ${spec.type} services`));
  if (spec.type === 'ExternalName') {
    const why = 'may not be set for ExternalName services';
    if (list(spec.clusterIPs).length > 0) errs.push(forbidden(CLUSTER_IPS, why));
    if (list(spec.ipFamilies).length > 0) errs.push(forbidden(SPEC.child('ipFamilies'), why));
    if (has(spec.ipFamilyPolicy)) errs.push(forbidden(SPEC.child('ipFamilyPolicy'), why));
    const cname: string = (spec.externalName ?? '').replace(/\.$/, '');
    if (cname !== '') dns1123Subdomain(errs, cname, SPEC.child('externalName'));
    else errs.push(required(SPEC.child('externalName'), ''));
  }
  const names = new Set<string>();
  ports.forEach((p, i) => servicePort(errs, p, ports.length > 1, names, PORTS.index(i)));
  if (has(spec.selector)) validateLabels(errs, spec.selector, SPEC.child('selector'));
  sessionAffinity(errs, spec);
  clusterIPs(errs, service, old);
  list(spec.externalIPs).forEach((ip, i) => {
    const at = SPEC.child('externalIPs').index(i);
    const before = errs.length;
    legacyIP(errs, at, ip, list(old?.spec.externalIPs));
    if (errs.length === before) endpointIP(errs, ip, at);
  });
  if (!spec.type) errs.push(required(SPEC.child('type'), ''));
  else if (!TYPES.includes(spec.type)) errs.push(notSupported(SPEC.child('type'), spec.type, TYPES));
  if (spec.type === 'ClusterIP') ports.forEach((p, i) => { if (p.nodePort) errs.push(forbidden(PORTS.index(i).child('nodePort'), "may not be used when `type` is 'ClusterIP'")); });
  const nodePorts = new Set<string>(); const pairs = new Set<string>();
  ports.forEach((p, i) => {
    if (!p.nodePort) return;
    const key = `${p.protocol}/${p.nodePort}`;
    if (nodePorts.has(key)) errs.push(duplicate(PORTS.index(i).child('nodePort'), p.nodePort));
    nodePorts.add(key);
  });
  ports.forEach((p, i) => {
    const key = `${p.protocol}/${p.port}`;
    if (pairs.has(key)) errs.push(duplicate(PORTS.index(i), toInternal('ServicePort', { protocol: p.protocol, port: p.port })));
    pairs.add(key);
  });
  sourceRanges(errs, service, old);
  if (has(spec.allocateLoadBalancerNodePorts) && spec.type !== 'LoadBalancer') errs.push(forbidden(SPEC.child('allocateLoadBalancerNodePorts'), "may only be used when `type` is 'LoadBalancer'"));
  if (spec.type === 'LoadBalancer' && !has(spec.allocateLoadBalancerNodePorts)) errs.push(required(path('allocateLoadBalancerNodePorts'), ''));
  loadBalancerClass(errs, service, undefined);
  trafficPolicies(errs, service);
}

export function validateCreate(service: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, service.metadata, true, nameIsDNSLabel);
  validateService(errs, service, undefined);
  return errs;
}

// Upstream: validateUpgradeDowngradeClusterIPs, …IPFamilies.
function familyChanges(errs: Errs, service: Obj, old: Obj): void {
  if (service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return;
  const now = list(service.spec.clusterIPs); const before = list(old.spec.clusterIPs);
  const headless = isHeadless(service); const wasHeadless = isHeadless(old);
  const once = 'may not change once set';
  const policy = service.spec.ipFamilyPolicy;
  const first = CLUSTER_IPS.index(0);
  if (!headless || !wasHeadless) {
    if (before.length === now.length) before.forEach((ip, i) => { if (ip !== now[i]) errs.push(invalid(CLUSTER_IPS.index(i), now, once)); });
    else if (before.length > now.length) {
      if (now.length === 0) errs.push(invalid(first, has(service.spec.clusterIPs) ? now : null, 'primary clusterIP can not be unset'));
      else if (now[0] !== before[0]) errs.push(invalid(first, now, once));
      if (now.length === 1 && policy !== 'SingleStack') errs.push(invalid(SPEC.child('ipFamilyPolicy'), policy ?? null, "must be set to 'SingleStack' when releasing the secondary clusterIP"));
    } else if (before.length > 0 && now[0] !== before[0]) errs.push(invalid(first, now, once));
  }
  if (headless !== wasHeadless || headless) return;
  const families = list(service.spec.ipFamilies); const oldFamilies = list(old.spec.ipFamilies);
  const at = SPEC.child('ipFamilies').index(0);
  const shown = (v: Obj): Obj => v ?? null;
  if (oldFamilies.length === families.length) oldFamilies.forEach((f, i) => { if (f !== families[i]) errs.push(invalid(at, families, once)); });
  else if (oldFamilies.length > families.length) {
    if (now.length === 0) errs.push(invalid(at, shown(service.spec.ipFamilies), 'primary ipFamily can not be unset'));
    if (families.length > 0 && families[0] !== oldFamilies[0]) errs.push(invalid(at, shown(service.spec.clusterIPs), once));
    if (families.length === 1 && policy !== 'SingleStack') errs.push(invalid(SPEC.child('ipFamilyPolicy'), policy ?? null, "must be set to 'SingleStack' when releasing the secondary ipFamily"));
  } else if (oldFamilies.length > 0 && families[0] !== oldFamilies[0]) errs.push(invalid(at, shown(service.spec.clusterIPs), once));
}

export function validateUpdate(service: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, service.metadata, old.metadata);
  familyChanges(errs, service, old);
  loadBalancerClass(errs, service, old);
  if (needsHealthCheck(old) && needsHealthCheck(service) && (service.spec.healthCheckNodePort ?? 0) !== (old.spec.healthCheckNodePort ?? 0)) {
    errs.push(forbidden(SPEC.child('healthCheckNodePort'), 'field is immutable'));
  }
  validateService(errs, service, old);
  return errs;
}

/** Addresses of a load balancer. Upstream: ValidateLoadBalancerStatus. */
export function validateStatusUpdate(service: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, service.metadata, old.metadata);
  const ingress = list(service.status?.loadBalancer?.ingress);
  const at = path('status', 'loadBalancer', 'ingress');
  if (service.spec.type !== 'LoadBalancer' && ingress.length > 0) { errs.push(forbidden(at, "may only be used when `spec.type` is 'LoadBalancer'")); return errs; }
  const before = list(old.status?.loadBalancer?.ingress).map((x) => x.ip ?? '').filter((t) => t !== '');
  ingress.forEach((x, i) => {
    const p = at.index(i);
    if (x.ip) legacyIP(errs, p.child('ip'), x.ip, before);
    if (!has(x.ipMode)) { if (x.ip) errs.push(required(p.child('ipMode'), 'must be specified when `ip` is set')); }
    else if (!x.ip) errs.push(forbidden(p.child('ipMode'), 'may not be specified when `ip` is not set'));
    else if (x.ipMode !== 'VIP' && x.ipMode !== 'Proxy') errs.push(notSupported(p.child('ipMode'), x.ipMode, ['Proxy', 'VIP']));
    if (x.hostname) {
      complain(errs, p.child('hostname'), x.hostname, isDNS1123Subdomain(x.hostname));
      if (parseIp(x.hostname) !== undefined) errs.push(invalid(p.child('hostname'), x.hostname, 'must be a DNS name, not an IP address'));
    }
  });
  return errs;
}

export function warnings(service: Obj): string[] {
  const out: string[] = [];
  const spec = service.spec;
  if (service.metadata.annotations?.[HINTS] !== undefined) out.push(`annotation ${HINTS} is deprecated, please use ${MODE} instead`);
  const ipWarnings = (field: string, items: Obj): void => list(items).forEach((ip, i) => out.push(...warningsForIP(SPEC.child(field).index(i), ip)));
  if (spec.clusterIP && spec.clusterIP !== 'None') ipWarnings('clusterIPs', spec.clusterIPs);
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  const external = list(spec.externalIPs).length > 0;
  if (headless) {
    if (spec.loadBalancerIP) out.push('spec.loadBalancerIP is ignored for headless services');
    if (external) out.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') out.push('spec.SessionAffinity is ignored for headless services');
  }
  ipWarnings('externalIPs', spec.externalIPs);
  if (external && !headless && spec.type !== 'ExternalName') out.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (spec.loadBalancerIP) out.push(...warningsForIP(SPEC.child('loadBalancerIP'), spec.loadBalancerIP));
  list(spec.loadBalancerSourceRanges).forEach((c, i) => out.push(...warningsForCIDR(SPEC.child('loadBalancerSourceRanges').index(i), c)));
  if (spec.type === 'ExternalName' && external) out.push(`spec.externalIPs is ignored when spec.type is ${quote('ExternalName')}`);
  if (spec.type !== 'ExternalName' && spec.externalName) out.push(`spec.externalName is ignored when spec.type is not ${quote('ExternalName')}`);
  if (spec.trafficDistribution === 'PreferClose') out.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return out;
}
