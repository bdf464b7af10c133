/**
 * Rows of the core group's kinds.
 * Upstream: pkg/printers/internalversion/printers.go
 */
import { printPod } from './pod.ts';
import type { Printer } from './printer.ts';
import { age, images, labelsText, names, orNone, since } from './text.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const count = (...maps: (object | undefined)[]): number => maps.reduce((n, m) => n + Object.keys(m ?? {}).length, 0);

function endpointsText(o: Any): string {
  const subsets = (o.subsets ?? []) as Any[];
  if (subsets.length === 0) return '<none>';
  const list: string[] = [];
  for (const s of subsets) {
    if (!s.ports?.length) for (const a of s.addresses ?? []) list.push(a.ip);
    for (const p of s.ports ?? []) for (const a of s.addresses ?? []) list.push((a.ip.includes(':') ? `[${a.ip}]` : a.ip) + ':' + p.port);
  }
  const head = list.slice(0, 3).join(',');
  return list.length > 3 ? `${head} + ${list.length - 3} more...` : head;
}

const printNode: Printer = (o, now) => {
  const s = (o['status'] ?? {}) as Any;
  const ready = (s.conditions ?? []).find((c: Any) => c.type === 'Ready');
  const status = [ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'];
  if (o['spec']?.unschedulable === true) status.push('SchedulingDisabled');
  const roles = new Set<string>();
  for (const [k, v] of Object.entries(o.metadata.labels ?? {})) {
    if (k.startsWith('node-role.kubernetes.io/') && k.length > 24) roles.add(k.slice(24));
    else if (k === 'kubernetes.io/role' && v !== '') roles.add(v);
  }
  const address = (type: string): string => (s.addresses ?? []).find((a: Any) => a.type === type)?.address ?? '<none>';
  const info = s.nodeInfo ?? {};
  const kernel = (info.kernelVersion || '<unknown>') + (info.architecture ? ` (${info.architecture})` : '');
  return [o.metadata.name, status.join(','), orNone([...roles].sort().join(',')), age(o, now), info.kubeletVersion ?? '', address('InternalIP'), address('ExternalIP'),
    info.osImage || '<unknown>', kernel, info.containerRuntimeVersion || '<unknown>'];
};

const lbText = (s: Any): string => {
  const all = [...new Set<string>(((s?.loadBalancer?.ingress ?? []) as Any[]).map((i) => (i.ip || i.hostname) as string).filter((t) => t))];
  return all.join(',');
};

function externalIP(o: Any): string {
  const ips = (o.spec?.externalIPs ?? []) as string[];
  switch (o.spec?.type) {
    case 'ClusterIP': case 'NodePort': return ips.length > 0 ? ips.join(',') : '<none>';
    case 'LoadBalancer': {
      const lb = lbText(o.status);
      if (ips.length > 0) return [...(lb === '' ? [] : lb.split(',')), ...ips].join(',');
      return lb || '<pending>';
    }
    case 'ExternalName': return o.spec.externalName ?? '';
    default: return '<unknown>';
  }
}

const printService: Printer = (o, now) => {
  const s = (o['spec'] ?? {}) as Any;
  const ports = ((s.ports ?? []) as Any[]).map((p) => (p.nodePort ? `${p.port}:${p.nodePort}/${p.protocol}` : `${p.port}/${p.protocol}`)).join(',');
  return [o.metadata.name, s.type ?? '', orNone(s.clusterIPs?.[0]), externalIP(o), orNone(ports), age(o, now), labelsText(s.selector)];
};

const printEvent: Printer = (given, now) => {
  const e = given as Any;
  const involved = e.involvedObject ?? e.regarding ?? {};
  const source = e.source ?? e.deprecatedSource ?? {};
  const firstSeen = e.firstTimestamp ?? e.deprecatedFirstTimestamp;
  const lastSeen = e.lastTimestamp ?? e.deprecatedLastTimestamp;
  const first = firstSeen ? since(firstSeen, now) : since(e.eventTime, now);
  let last = lastSeen ? since(lastSeen, now) : first;
  let n = (e.count ?? e.deprecatedCount ?? 0) as number;
  if (e.series) {
    last = since(e.series.lastObservedTime, now);
    n = e.series.count;
  } else if (n === 0) n = 1;
  const kind = String(involved.kind ?? '').replace(/[A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 32));
  const component = source.component || e.reportingComponent || e.reportingController || '';
  const host = source.host || e.reportingInstance || '';
  return [last, e.type ?? '', e.reason ?? '', involved.name ? `${kind}/${involved.name}` : kind, involved.fieldPath ?? '', host ? `${component}, ${host}` : component, String(e.message ?? e.note ?? '').trim(), first, n, e.metadata.name];
};

const quotaOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const printQuota: Printer = (o, now) => {
  const hard = (o['status']?.hard ?? {}) as Record<string, string>;
  const used = (o['status']?.used ?? {}) as Record<string, string>;
  const request: string[] = [];
  const limit: string[] = [];
  for (const k of Object.keys(hard).sort(quotaOrder)) (k.startsWith('limits.') ? limit : request).push(`${k}: ${used[k] ?? '0'}/${hard[k]}`);
  return [o.metadata.name, request.join(', '), limit.join(', '), age(o, now)];
};

const MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };
const modes = (list: readonly string[] | undefined): string => Object.keys(MODES).filter((m) => list?.includes(m)).map((m) => MODES[m]).join(',');

const printClaim: Printer = (o, now) => {
  const s = (o['spec'] ?? {}) as Any;
  const bound = !!s.volumeName;
  const phase = o.metadata.deletionTimestamp === undefined ? o['status']?.phase ?? '' : 'Terminating';
  return [o.metadata.name, phase, s.volumeName ?? '', bound ? o['status']?.capacity?.storage ?? '' : '', bound ? modes(o['status']?.accessModes) : '', s.storageClassName ?? '', s.volumeAttributesClassName ?? '<unset>', age(o, now), s.volumeMode ?? '<unset>'];
};

const printVolume: Printer = (o, now) => {
  const s = (o['spec'] ?? {}) as Any;
  const claim = s.claimRef ? `${s.claimRef.namespace ?? ''}/${s.claimRef.name}` : '';
  const phase = o.metadata.deletionTimestamp === undefined ? o['status']?.phase ?? '' : 'Terminating';
  return [o.metadata.name, s.capacity?.storage ?? '', modes(s.accessModes), s.persistentVolumeReclaimPolicy ?? '', phase, claim, s.storageClassName ?? '', s.volumeAttributesClassName ?? '<unset>', o['status']?.reason ?? '', age(o, now), s.volumeMode ?? '<unset>'];
};

export const CORE_PRINTERS: Readonly<Record<string, Printer>> = {
  pods: printPod,
  nodes: printNode,
  services: printService,
  events: printEvent,
  'events.k8s.io/events': printEvent,
  endpoints: (o, now) => [o.metadata.name, endpointsText(o), age(o, now)],
  namespaces: (o, now) => [o.metadata.name, o['status']?.phase ?? '', age(o, now)],
  configmaps: (o, now) => [o.metadata.name, count(o['data'], o['binaryData']), age(o, now)],
  secrets: (o, now) => [o.metadata.name, o['type'] ?? '', count(o['data']), age(o, now)],
  serviceaccounts: (o, now) => [o.metadata.name, age(o, now)],
  resourcequotas: printQuota,
  persistentvolumeclaims: printClaim,
  persistentvolumes: printVolume,
  replicationcontrollers: (o, now) => {
    const c = o['spec']?.template?.spec?.containers;
    return [o.metadata.name, o['spec']?.replicas ?? 0, o['status']?.replicas ?? 0, o['status']?.readyReplicas ?? 0, age(o, now), names(c), images(c), labelsText(o['spec']?.selector)];
  },
  podtemplates: (o) => [o.metadata.name, names(o['template']?.spec?.containers), images(o['template']?.spec?.containers), labelsText(o['template']?.metadata?.labels)],
  componentstatuses: (o) => {
    const c = (o['conditions'] ?? []).find((x: Any) => x.type === 'Healthy');
    return [o.metadata.name, c?.status === 'True' ? 'Healthy' : 'Unhealthy', c?.message ?? '', c?.error ?? ''];
  },
};

