/**
 * Rows of the remaining groups.
 * Upstream: pkg/printers/internalversion/printers.go
 * Left out: printers of resource.k8s.io beyond names and ages.
 */
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import type { Printer } from './printer.ts';
import { age, firstThree } from './text.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const boolText = (v: unknown): string => (v === true ? 'true' : v === false ? 'false' : '<unset>');

function subjects(o: Any): { users: string; groups: string; accounts: string } {
  const of = (kind: string): Any[] => (o.subjects ?? []).filter((s: Any) => s.kind === kind);
  return { users: of('User').map((s) => s.name).join(', '), groups: of('Group').map((s) => s.name).join(', '), accounts: of('ServiceAccount').map((s) => `${s.namespace ?? ''}/${s.name}`).join(', ') };
}

const printBinding: Printer = (o, now) => {
  const s = subjects(o);
  return [o.metadata.name, `${o['roleRef']?.kind}/${o['roleRef']?.name}`, age(o, now), s.users, s.groups, s.accounts];
};

const printIngress: Printer = (o, now) => {
  const s = (o['spec'] ?? {}) as Any;
  const hosts = ((s.rules ?? []) as Any[]).map((r) => r.host).filter((h) => h);
  const all = hosts.slice(0, 3).join(',') + (hosts.length > 3 ? ` + ${hosts.length - 3} more...` : '');
  const address = ((o['status']?.loadBalancer?.ingress ?? []) as Any[]).map((i) => i.ip || i.hostname).filter((t) => t).join(',');
  return [o.metadata.name, s.ingressClassName ?? '<none>', all === '' ? '*' : all, address, s.tls?.length ? '80, 443' : '80', age(o, now)];
};

const slicePorts = (o: Any): string => firstThree(((o.ports ?? []) as Any[]).map((p) => (p.port !== undefined ? String(p.port) : p.name ?? '*')));
const sliceAddresses = (o: Any): string => firstThree(((o.endpoints ?? []) as Any[]).flatMap((e) => e.addresses ?? []));

const count = (field: string): Printer => (o, now) => [o.metadata.name, ((o[field] ?? []) as unknown[]).length, age(o, now)];

export const OTHER_PRINTERS: Readonly<Record<string, Printer>> = {
  'discovery.k8s.io/endpointslices': (o, now) => [o.metadata.name, o['addressType'] ?? '', slicePorts(o), sliceAddresses(o), age(o, now)],
  'coordination.k8s.io/leases': (o, now) => [o.metadata.name, o['spec']?.holderIdentity ?? '', age(o, now)],
  'scheduling.k8s.io/priorityclasses': (o, now) => [o.metadata.name, o['value'] ?? 0, o['globalDefault'] === true, age(o, now), o['preemptionPolicy'] ?? ''],
  'rbac.authorization.k8s.io/rolebindings': printBinding,
  'rbac.authorization.k8s.io/clusterrolebindings': printBinding,
  'networking.k8s.io/ingresses': printIngress,
  'networking.k8s.io/ingressclasses': (o, now) => {
    const p = o['spec']?.parameters;
    return [o.metadata.name, o['spec']?.controller ?? '', p ? `${p.kind}${p.apiGroup ? '.' + p.apiGroup : ''}/${p.name}` : '<none>', age(o, now)];
  },
  'networking.k8s.io/networkpolicies': (o, now) => [o.metadata.name, formatLabelSelector(o['spec']?.podSelector), age(o, now)],
  'networking.k8s.io/ipaddresses': (o) => {
    const r = o['spec']?.parentRef;
    return [o.metadata.name, r ? (r.group ? r.resource + '.' + r.group : r.resource) + '/' + (r.namespace ? r.namespace + '/' : '') + r.name : '<none>'];
  },
  'networking.k8s.io/servicecidrs': (o, now) => [o.metadata.name, ((o['spec']?.cidrs ?? []) as string[]).join(','), age(o, now)],
  'storage.k8s.io/storageclasses': (o, now) => {
    const byDefault = o.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
    return [o.metadata.name + (byDefault ? ' (default)' : ''), o['provisioner'] ?? '', o['reclaimPolicy'] ?? 'Delete', o['volumeBindingMode'] ?? '<unset>', o['allowVolumeExpansion'] === true, age(o, now)];
  },
  'storage.k8s.io/csinodes': (o, now) => [o.metadata.name, ((o['spec']?.drivers ?? []) as unknown[]).length, age(o, now)],
  'storage.k8s.io/csidrivers': (o, now) => {
    const s = (o['spec'] ?? {}) as Any;
    return [o.metadata.name, s.attachRequired ?? true, s.podInfoOnMount ?? false, s.storageCapacity ?? false, (s.tokenRequests ?? []).map((t: Any) => t.audience).join(',') || '<unset>', s.requiresRepublish ?? false, (s.volumeLifecycleModes ?? []).join(',') || '<none>', age(o, now)];
  },
  'storage.k8s.io/volumeattachments': (o, now) => [o.metadata.name, o['spec']?.attacher ?? '', o['spec']?.source?.persistentVolumeName ?? '', o['spec']?.nodeName ?? '', o['status']?.attached === true, age(o, now)],
  'storage.k8s.io/volumeattributesclasses': (o, now) => [o.metadata.name, o['driverName'] ?? '', age(o, now)],
  'node.k8s.io/runtimeclasses': (o, now) => [o.metadata.name, o['handler'] ?? '', age(o, now)],
  'certificates.k8s.io/certificatesigningrequests': (o, now) => {
    const s = (o['spec'] ?? {}) as Any;
    const conditions = (o['status']?.conditions ?? []) as Any[];
    const has = (t: string): boolean => conditions.some((c) => c.type === t);
    let state = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
    if (has('Failed')) state += ',Failed';
    if (o['status']?.certificate) state += ',Issued';
    return [o.metadata.name, age(o, now), s.signerName ?? '', s.username ?? '', s.expirationSeconds === undefined ? '<none>' : String(s.expirationSeconds) + 's', state];
  },
  'apiregistration.k8s.io/apiservices': (o, now) => {
    const c = ((o['status']?.conditions ?? []) as Any[]).find((x) => x.type === 'Available');
    const service = o['spec']?.service ? `${o['spec'].service.namespace}/${o['spec'].service.name}` : 'Local';
    return [o.metadata.name, service, c === undefined ? 'Unknown' : c.status === 'True' ? 'True' : `${c.status} (${c.reason})`, age(o, now)];
  },
  'flowcontrol.apiserver.k8s.io/flowschemas': (o, now) => {
    const s = (o['spec'] ?? {}) as Any;
    const dangling = ((o['status']?.conditions ?? []) as Any[]).find((c) => c.type === 'Dangling');
    return [o.metadata.name, s.priorityLevelConfiguration?.name ?? '', s.matchingPrecedence ?? 1000, s.distinguisherMethod?.type ?? '<none>', age(o, now), dangling?.status ?? '?'];
  },
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': (o, now) => {
    const s = (o['spec'] ?? {}) as Any;
    const l = s.limited ?? s.exempt ?? {};
    const q = s.limited?.limitResponse?.queuing;
    return [o.metadata.name, s.type ?? '', l.nominalConcurrencyShares === undefined ? '<none>' : String(l.nominalConcurrencyShares), q ? String(q.queues) : '<none>', q ? String(q.handSize) : '<none>', q ? String(q.queueLengthLimit) : '<none>', age(o, now)];
  },
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': count('webhooks'),
  'admissionregistration.k8s.io/validatingwebhookconfigurations': count('webhooks'),
  'admissionregistration.k8s.io/validatingadmissionpolicies': (o, now) => [o.metadata.name, ((o['spec']?.validations ?? []) as unknown[]).length, o['spec']?.paramKind ? `${o['spec'].paramKind.apiVersion}/${o['spec'].paramKind.kind}` : '<unset>', age(o, now)],
  'admissionregistration.k8s.io/mutatingadmissionpolicies': (o, now) => [o.metadata.name, ((o['spec']?.mutations ?? []) as unknown[]).length, o['spec']?.paramKind ? `${o['spec'].paramKind.apiVersion}/${o['spec'].paramKind.kind}` : '<unset>', age(o, now)],
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': (o, now) => [o.metadata.name, o['spec']?.policyName ?? '', o['spec']?.paramRef?.name ?? '<unset>', age(o, now)],
  'admissionregistration.k8s.io/mutatingadmissionpolicybindings': (o, now) => [o.metadata.name, o['spec']?.policyName ?? '', o['spec']?.paramRef?.name ?? '<unset>', age(o, now)],
  'resource.k8s.io/deviceclasses': (o, now) => [o.metadata.name, age(o, now)],
  'resource.k8s.io/resourceclaimtemplates': (o, now) => [o.metadata.name, age(o, now)],
  'resource.k8s.io/resourceclaims': (o, now) => {
    const s = (o['status'] ?? {}) as Any;
    const states = [...(o.metadata.deletionTimestamp === undefined ? [] : ['deleted']), s.allocation === undefined ? 'pending' : 'allocated', ...(s.reservedFor?.length ? ['reserved'] : [])];
    return [o.metadata.name, states.join(','), age(o, now)];
  },
  'resource.k8s.io/resourceslices': (o, now) => [o.metadata.name, o['spec']?.nodeName ?? (boolText(o['spec']?.allNodes) === 'true' ? '<all>' : '<some>'), o['spec']?.driver ?? '', o['spec']?.pool?.name ?? '', age(o, now)],
};
