/**
 * Strategies of the core group, except Pod (pod.ts) and Service (service.ts).
 * Upstream: pkg/registry/core/<kind>/strategy.go
 */
import type { KubeObject } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { EVENT } from './event.ts';
import { POD } from './pod.ts';
import { SERVICE } from './service.ts';
import { createSpecKind, keepStatus, SPEC_STATUS, statusKeepsSpec, withFields, withMeta } from './strategy.ts';
import type { Strategy } from './strategy.ts';

const STATUS_RESET = { '': ['status'], status: ['spec'] };

/** A namespace is gone only when spec.finalizers is empty, too. */
const NAMESPACE: Strategy = {
  prepareForCreate: (o) => {
    const finalizers = (o['spec']?.finalizers ?? []) as string[];
    const all = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
    return withMeta(withFields(o, { spec: { ...o['spec'], finalizers: all }, status: { phase: 'Active' } }), {
      labels: { ...o.metadata.labels, 'kubernetes.io/metadata.name': o.metadata.name },
    });
  },
  prepareForUpdate: (next, old) => withMeta(withFields(next, { spec: { ...next['spec'], finalizers: old['spec']?.finalizers }, status: old['status'] }), {
    labels: { ...next.metadata.labels, 'kubernetes.io/metadata.name': next.metadata.name },
  }),
  subresources: {
    status: statusKeepsSpec,
    finalize: (next, old) => withFields(next, { status: old['status'] }),
  },
  returnDeletedObject: true,
  deleteDuringUpdate: (next) => ((next['spec']?.finalizers ?? []) as unknown[]).length === 0,
  selectable: ['status.phase', 'name'],
  fields: (o) => ({ 'status.phase': o['status']?.phase ?? '', name: o.metadata.name }),
  resetFields: { '': ['status'], status: ['spec'], finalize: ['status'] },
};

/** The singular podCIDR is the first of podCIDRs, and wins over another one. Upstream: pkg/apis/core/v1/conversion.go. */
function withPodCIDRs(o: KubeObject): KubeObject {
  const spec = o['spec'] as { podCIDR?: string; podCIDRs?: readonly string[] } | undefined;
  const first = spec?.podCIDR ?? '';
  const all = spec?.podCIDRs ?? [];
  if (spec === undefined || (first === (all[0] ?? ''))) return o;
  const podCIDRs = first === '' ? all : [first];
  return withFields(o, { spec: { ...spec, podCIDR: podCIDRs[0], podCIDRs } });
}

/** spec.configSource stays only where an old node has it. */
function withoutConfigSource(o: KubeObject, old?: KubeObject): KubeObject {
  const spec = o['spec'] as { configSource?: unknown } | undefined;
  if (spec?.configSource === undefined || old?.['spec']?.configSource !== undefined) return o;
  const { configSource: _, ...rest } = spec;
  return withFields(o, { spec: rest });
}

const NODE: Strategy = {
  prepareForCreate: (o) => {
    const out = withoutConfigSource(withPodCIDRs(o));
    if (out['status']?.config === undefined) return out;
    const { config: _, ...status } = out['status'];
    return withFields(out, { status });
  },
  prepareForUpdate: (next, old) => withoutConfigSource(withPodCIDRs(keepStatus(next, old)), old),
  subresources: { status: statusKeepsSpec },
  selectable: ['spec.unschedulable'],
  fields: (o) => ({ 'spec.unschedulable': o['spec']?.unschedulable === true ? 'true' : 'false' }),
  resetFields: STATUS_RESET,
};

const nameOnly = (o: KubeObject): KubeObject =>
  Array.isArray(o['secrets']) ? withFields(o, { secrets: (o['secrets'] as { name?: string }[]).map((s) => (s.name === undefined ? {} : { name: s.name })) }) : o;

export const CORE: Readonly<Record<string, Strategy>> = {
  pods: POD,
  services: SERVICE,
  events: EVENT,
  namespaces: NAMESPACE,
  nodes: NODE,
  endpoints: { allowCreateOnUpdate: true },
  // Upstream gives a nameless one a uuid as its name.
  limitranges: { allowCreateOnUpdate: true, prepareForCreate: (o) => (o.metadata.name ? o : withMeta(o, { name: o.metadata.uid })) },
  secrets: {
    prepareForUpdate: (next, old) => (next['type'] ? next : withFields(next, { type: old['type'] })),
    selectable: ['type'], fields: (o) => ({ type: o['type'] ?? '' }),
  },
  serviceaccounts: { prepareForCreate: nameOnly, prepareForUpdate: nameOnly, returnDeletedObject: true },
  resourcequotas: {
    prepareForCreate: (o) => withFields(o, { status: {} }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec },
    returnDeletedObject: true, resetFields: STATUS_RESET,
  },
  replicationcontrollers: {
    ...SPEC_STATUS, prepareForCreate: createSpecKind({ replicas: 0 }), selectable: ['status.replicas'], fields: (o) => ({ 'status.replicas': String(o['status']?.replicas ?? 0) }),
  },
  podtemplates: {
    returnDeletedObject: true,
    prepareForCreate: (o) => withMeta(o, { generation: 1 }),
    prepareForUpdate: (next, old) => (semanticEqual(next['template'], old['template']) ? next : withMeta(next, { generation: (old.metadata.generation ?? 0) + 1 })),
  },
  persistentvolumes: {
    prepareForCreate: (o) => withFields(o, { status: { phase: 'Pending' } }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec },
    returnDeletedObject: true, resetFields: STATUS_RESET, selectable: ['name'], fields: (o) => ({ name: o.metadata.name }),
  },
  persistentvolumeclaims: {
    prepareForCreate: (o) => withFields(o, { status: { phase: 'Pending' } }), prepareForUpdate: keepStatus, subresources: { status: statusKeepsSpec },
    returnDeletedObject: true, resetFields: STATUS_RESET, selectable: ['name'], fields: (o) => ({ name: o.metadata.name }),
  },
};

