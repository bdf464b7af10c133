/**
 * `kubectl describe` of Service, Endpoints, EndpointSlice, Ingress, NetworkPolicy.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go
 */
import type { KubeObject } from '../../api/types.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import type { Program } from '../../../sim/program.ts';
import type { Session } from '../session.ts';
import { isNotFound } from '../session.ts';
import type { Describer } from './describer.ts';
import { annotationsMultiline, describeEvents, labelsMultiline, none, sortedKeys, unset } from './writer.ts';
import type { Any, Writer } from './writer.ts';

const SLICES = { group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' };
const SERVICES = { group: '', version: 'v1', resource: 'services' };

function* slicesOf(k: Session, namespace: string | undefined, service: string): Program<readonly KubeObject[]> {
  return yield* k.list(SLICES, namespace, { labelSelector: `kubernetes.io/service-name=${service}` });
}

/** At most three ready addresses of the ports named. Upstream: formatEndpointSlices. */
export function endpointsText(slices: readonly KubeObject[], portNames: readonly string[]): string {
  if (slices.length === 0) return '<none>';
  const max = 3;
  const list: string[] = [];
  let count = 0;
  for (const slice of slices) {
    const ports: Any[] = slice['ports'] ?? [];
    const endpoints: Any[] = slice['endpoints'] ?? [];
    if (ports.length === 0) {
      for (const e of endpoints) {
        if (e.conditions?.ready === false) continue;
        for (const a of e.addresses ?? []) { if (list.length < max) list.push(a); count++; }
      }
      continue;
    }
    for (const port of ports) {
      if (!portNames.includes(port.name ?? '')) continue;
      for (const e of endpoints) {
        if (e.conditions?.ready === false) continue;
        for (const a of e.addresses ?? []) {
          if (list.length < max) list.push(String(a).includes(':') ? `[${a}]:${port.port}` : `${a}:${port.port}`);
          count++;
        }
      }
    }
  }
  return list.join(',') + (count > max ? ` + ${count - max} more...` : '');
}

const setText = (labels: Readonly<Record<string, string>> | undefined): string => none(sortedKeys(labels).map((key) => `${key}=${labels![key]}`).join(','));

export const service: Describer = {
  kinds: ['Service'],
  events: 'by-kind',
  *fetch(k, o) { return yield* slicesOf(k, o.metadata.namespace, o.metadata.name); },
  write(w, o, { events, extra }) {
    const spec = o.spec;
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'Selector', setText(spec.selector));
    w.field(0, 'Type', spec.type ?? '');
    if (spec.ipFamilyPolicy !== undefined) w.field(0, 'IP Family Policy', spec.ipFamilyPolicy);
    w.field(0, 'IP Families', none((spec.ipFamilies ?? []).join(',')));
    w.field(0, 'IP', spec.clusterIP ?? '');
    w.field(0, 'IPs', none((spec.clusterIPs ?? []).join(',')));
    if ((spec.externalIPs ?? []).length > 0) w.field(0, 'External IPs', spec.externalIPs.join(','));
    if (spec.loadBalancerIP) w.field(0, 'Desired LoadBalancer IP', spec.loadBalancerIP);
    if (spec.externalName) w.field(0, 'External Name', spec.externalName);
    const ingress: Any[] = o.status?.loadBalancer?.ingress ?? [];
    if (ingress.length > 0) w.field(0, 'LoadBalancer Ingress', ingress.map((i) => (i.ip ? `${i.ip}${i.ipMode === undefined ? '' : ` (${i.ipMode})`}` : i.hostname ?? '')).join(', '));
    for (const p of spec.ports ?? []) {
      const name = p.name || '<unset>';
      w.line(0, `Port:\t${name}\t${p.port}/${p.protocol ?? ''}`);
      w.field(0, 'TargetPort', `${p.targetPort ?? 0}/${p.protocol ?? ''}`);
      if (p.appProtocol !== undefined) w.field(0, 'AppProtocol', p.appProtocol);
      if (p.nodePort) w.line(0, `NodePort:\t${name}\t${p.nodePort}/${p.protocol ?? ''}`);
      w.field(0, 'Endpoints', endpointsText(extra, [p.name ?? '']));
    }
    w.field(0, 'Session Affinity', spec.sessionAffinity ?? '');
    if (spec.externalTrafficPolicy) w.field(0, 'External Traffic Policy', spec.externalTrafficPolicy);
    if (spec.internalTrafficPolicy !== undefined) w.field(0, 'Internal Traffic Policy', spec.internalTrafficPolicy);
    if (spec.healthCheckNodePort) w.field(0, 'HealthCheck NodePort', spec.healthCheckNodePort);
    if ((spec.loadBalancerSourceRanges ?? []).length > 0) w.field(0, 'LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','));
    if (spec.trafficDistribution !== undefined) w.field(0, 'Traffic Distribution', spec.trafficDistribution);
    describeEvents(w, events);
  },
};

export const endpoints: Describer = {
  kinds: ['Endpoints'],
  events: 'by-kind',
  write(w, o, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.line(0, 'Subsets:');
    for (const s of o['subsets'] ?? []) {
      w.field(1, 'Addresses', none((s.addresses ?? []).map((a: Any) => a.ip).join(',')));
      w.field(1, 'NotReadyAddresses', none((s.notReadyAddresses ?? []).map((a: Any) => a.ip).join(',')));
      if ((s.ports ?? []).length > 0) {
        w.line(1, 'Ports:');
        w.line(2, 'Name\tPort\tProtocol');
        w.line(2, '----\t----\t--------');
        for (const p of s.ports) w.line(2, `${p.name || '<unset>'}\t${p.port}\t${p.protocol ?? ''}`);
      }
      w.line(0, '');
    }
    describeEvents(w, events);
  },
};

export const endpointSlice: Describer = {
  kinds: ['EndpointSlice'],
  events: 'by-kind',
  write(w, o, { events }) {
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.field(0, 'AddressType', o['addressType']);
    const ports: Any[] = o['ports'] ?? [];
    if (ports.length === 0) w.line(0, 'Ports: <unset>');
    else {
      w.line(0, 'Ports:');
      w.line(1, 'Name\tPort\tProtocol');
      w.line(1, '----\t----\t--------');
      for (const p of ports) w.line(1, `${p.name || '<unset>'}\t${unset(p.port)}\t${p.protocol ?? ''}`);
    }
    const list: Any[] = o['endpoints'] ?? [];
    if (list.length === 0) w.line(0, 'Endpoints: <none>');
    else {
      w.line(0, 'Endpoints:');
      for (const e of list) {
        w.field(1, '- Addresses', none((e.addresses ?? []).join(', ')));
        w.line(2, 'Conditions:');
        w.field(3, 'Ready', unset(e.conditions?.ready));
        w.field(2, 'Hostname', unset(e.hostname));
        if (e.targetRef !== undefined) w.field(2, 'TargetRef', `${e.targetRef.kind}/${e.targetRef.name}`);
        w.field(2, 'NodeName', unset(e.nodeName));
        w.field(2, 'Zone', unset(e.zone));
      }
    }
    describeEvents(w, events);
  },
};

function* backendText(k: Session, namespace: string | undefined, backend: Any): Program<string> {
  if (backend?.service) {
    const name: string = backend.service.name;
    const port = backend.service.port ?? {};
    const text = `${name}:${port.name || port.number || ''}`;
    const slices = yield* slicesOf(k, namespace, name);
    let found: KubeObject;
    try {
      found = yield* k.get(SERVICES, namespace, name);
    } catch (error) {
      if (isNotFound(error)) return `${text} (<error: services "${name}" not found>)`;
      throw error;
    }
    const match = (found.spec.ports ?? []).find((p: Any) => (port.number && p.port === port.number) || (port.name && p.name === port.name));
    return `${text} (${endpointsText(slices, [match?.name ?? ''])})`;
  }
  if (backend?.resource) return `APIGroup: ${backend.resource.apiGroup ?? '<none>'}, Kind: ${backend.resource.kind}, Name: ${backend.resource.name}`;
  return '';
}

export const ingress: Describer = {
  kinds: ['Ingress'],
  events: 'by-kind',
  *fetch(k, o) {
    const ns = o.metadata.namespace;
    const rules: { host: string; paths: { path: string; backend: string }[] }[] = [];
    const fallback = o.spec?.defaultBackend === undefined ? '<default>' : yield* backendText(k, ns, o.spec.defaultBackend);
    for (const rule of o.spec?.rules ?? []) {
      const paths: { path: string; backend: string }[] = [];
      for (const p of rule.http?.paths ?? []) paths.push({ path: p.path ?? '', backend: yield* backendText(k, ns, p.backend) });
      if (rule.http !== undefined) rules.push({ host: rule.host || '*', paths });
    }
    return { fallback, rules };
  },
  write(w, o, { events, extra }) {
    w.field(0, 'Name', o.metadata.name);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'Address', (o.status?.loadBalancer?.ingress ?? []).map((i: Any) => i.ip || i.hostname).join(','));
    w.field(0, 'Ingress Class', o.spec?.ingressClassName ?? o.metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>');
    w.field(0, 'Default backend', extra.fallback);
    const tls: Any[] = o.spec?.tls ?? [];
    if (tls.length > 0) {
      w.line(0, 'TLS:');
      for (const t of tls) w.line(1, t.secretName ? `${t.secretName} terminates ${(t.hosts ?? []).join(',')}` : `SNI routes ${(t.hosts ?? []).join(',')}`);
    }
    w.line(0, 'Rules:');
    w.line(1, 'Host\tPath\tBackends');
    w.line(1, '----\t----\t--------');
    for (const rule of extra.rules) {
      w.line(1, `${rule.host}\t`);
      for (const p of rule.paths) w.line(2, `\t${p.path} \t${p.backend}`);
    }
    if (extra.rules.length === 0) w.line(1, `*\t*\t${extra.fallback}`);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    describeEvents(w, events);
  },
};

function selectorOrAll(selector: Any): string {
  const text = formatLabelSelector(selector);
  return text;
}

function peers(w: Writer, title: 'From' | 'To', list: readonly Any[]): void {
  const one = title;
  if (list.length === 0) { w.write(0, `    ${one}: <any> (traffic not restricted by ${title === 'From' ? 'source' : 'destination'})\n`); return; }
  for (const peer of list) {
    w.write(0, `    ${one}:\n`);
    if (peer.podSelector && peer.namespaceSelector) {
      w.write(0, `      NamespaceSelector: ${selectorOrAll(peer.namespaceSelector)}\n`);
      w.write(0, `      PodSelector: ${selectorOrAll(peer.podSelector)}\n`);
    } else if (peer.podSelector) w.write(0, `      PodSelector: ${selectorOrAll(peer.podSelector)}\n`);
    else if (peer.namespaceSelector) w.write(0, `      NamespaceSelector: ${selectorOrAll(peer.namespaceSelector)}\n`);
    else if (peer.ipBlock) {
      w.write(0, `      IPBlock:\n        CIDR: ${peer.ipBlock.cidr}\n        Except: ${(peer.ipBlock.except ?? []).join(', ')}\n`);
    }
  }
}

function policyRules(w: Writer, rules: readonly Any[], side: 'from' | 'to'): void {
  rules.forEach((rule, i) => {
    const ports: Any[] = rule.ports ?? [];
    if (ports.length === 0) w.write(0, '    To Port: <any> (traffic allowed to all ports)\n');
    for (const p of ports) w.write(0, `    To Port: ${p.endPort === undefined ? p.port ?? '<any>' : `${p.port}-${p.endPort}`}/${p.protocol ?? 'TCP'}\n`);
    peers(w, side === 'from' ? 'From' : 'To', rule[side] ?? []);
    if (i !== rules.length - 1) w.write(0, '    ----------\n');
  });
}

export const networkPolicy: Describer = {
  kinds: ['NetworkPolicy'],
  events: 'never',
  write(w, o) {
    const spec = o.spec ?? {};
    const types: string[] = spec.policyTypes ?? [];
    w.field(0, 'Name', o.metadata.name);
    w.field(0, 'Namespace', o.metadata.namespace);
    w.field(0, 'Created on', `${String(o.metadata.creationTimestamp).replace('T', ' ').replace('Z', '')} +0000 UTC`);
    labelsMultiline(w, 'Labels', o.metadata.labels);
    annotationsMultiline(w, 'Annotations', o.metadata.annotations);
    w.line(0, 'Spec:');
    w.write(0, '  PodSelector: ');
    const selector = formatLabelSelector(spec.podSelector);
    const empty = sortedKeys(spec.podSelector?.matchLabels).length === 0 && (spec.podSelector?.matchExpressions ?? []).length === 0;
    w.write(0, empty ? '    <none> (Allowing the specific traffic to all pods in this namespace)\n' : `    ${selector}\n`);
    if (types.includes('Ingress')) {
      w.line(0, '  Allowing ingress traffic:');
      if ((spec.ingress ?? []).length === 0) w.line(0, '    <none> (Selected pods are isolated for ingress connectivity)');
      else policyRules(w, spec.ingress, 'from');
    } else w.line(0, '  Not affecting ingress traffic');
    if (types.includes('Egress')) {
      w.line(0, '  Allowing egress traffic:');
      if ((spec.egress ?? []).length === 0) w.line(0, '    <none> (Selected pods are isolated for egress connectivity)');
      else policyRules(w, spec.egress, 'to');
    } else w.line(0, '  Not affecting egress traffic');
    w.line(0, `  Policy Types: ${types.join(', ')}`);
  },
};
