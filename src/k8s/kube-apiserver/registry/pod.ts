/**
 * Pods: graceful deletion, status, resize and ephemeralcontainers sub-resources, binding.
 * Upstream: pkg/registry/core/pod/strategy.go, pkg/registry/core/pod/storage/storage.go
 * Left out: AppArmor annotations of old versions.
 */
import type { KubeObject, ObjectMeta } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { podQOS } from './pod-qos.ts';
import { statusKeepsAll, withFields, withMeta } from './strategy.ts';
import type { Strategy } from './strategy.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- pods are read loosely */
type Any = any;

function raiseGeneration(next: KubeObject, old: KubeObject): KubeObject {
  return semanticEqual(next['spec'], old['spec']) ? next : withMeta(next, { generation: (old.metadata.generation ?? 0) + 1 });
}

/** Merges `matchLabelKeys` of affinity terms and spread constraints into their selectors. */
function mergeMatchLabelKeys(spec: Any, labels: Readonly<Record<string, string>> | undefined): Any {
  let out = spec;
  const affinity = spec?.affinity;
  const mergeTerm = (term: Any): Any => {
    if (!term?.labelSelector || (!term.matchLabelKeys?.length && !term.mismatchLabelKeys?.length)) return term;
    const more: Any[] = [];
    for (const key of term.matchLabelKeys ?? []) if (labels?.[key] !== undefined) more.push({ key, operator: 'In', values: [labels[key]] });
    for (const key of term.mismatchLabelKeys ?? []) if (labels?.[key] !== undefined) more.push({ key, operator: 'NotIn', values: [labels[key]] });
    if (more.length === 0) return term;
    return { ...term, labelSelector: { ...term.labelSelector, matchExpressions: [...(term.labelSelector.matchExpressions ?? []), ...more] } };
  };
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const a = affinity?.[kind];
    if (!a) continue;
    const required = a.requiredDuringSchedulingIgnoredDuringExecution?.map(mergeTerm);
    const preferred = a.preferredDuringSchedulingIgnoredDuringExecution?.map((w: Any) => ({ ...w, podAffinityTerm: mergeTerm(w.podAffinityTerm) }));
    const next = { ...a, ...(required ? { requiredDuringSchedulingIgnoredDuringExecution: required } : {}), ...(preferred ? { preferredDuringSchedulingIgnoredDuringExecution: preferred } : {}) };
    if (!semanticEqual(a, next)) out = { ...out, affinity: { ...out.affinity, [kind]: next } };
  }
  if (spec?.topologySpreadConstraints?.some((c: Any) => c.matchLabelKeys?.length)) {
    out = { ...out, topologySpreadConstraints: spec.topologySpreadConstraints.map(mergeTerm) };
  }
  return out;
}

function create(o: KubeObject): KubeObject {
  const spec = mergeMatchLabelKeys(o['spec'], o.metadata.labels);
  const gated = (spec?.schedulingGates?.length ?? 0) > 0;
  const status = {
    phase: 'Pending',
    ...(gated ? { conditions: [{ type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: o.metadata.creationTimestamp, reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' }] } : {}),
    qosClass: podQOS(o),
  };
  return withMeta(withFields(o, { spec, status }), { generation: 1 });
}

function keepObservedGeneration(next: Any, old: Any): Any {
  let status = next ?? {};
  if (!status.observedGeneration && old?.observedGeneration) status = { ...status, observedGeneration: old.observedGeneration };
  const before: Record<string, number[]> = {};
  let any = false;
  for (const c of old?.conditions ?? []) {
    (before[c.type] ??= []).push(c.observedGeneration ?? 0);
    if (c.observedGeneration) any = true;
  }
  if (!any || !status.conditions) return status;
  const conditions = status.conditions.map((c: Any) => {
    const kept = before[c.type]?.shift() ?? 0;
    return !c.observedGeneration && kept ? { ...c, observedGeneration: kept } : c;
  });
  return { ...status, conditions };
}

function status(next: KubeObject, old: KubeObject): KubeObject {
  let s = next['status'] as Any;
  if (!s?.qosClass && old['status']?.qosClass) s = { ...s, qosClass: old['status'].qosClass };
  return withMeta(withFields(next, { spec: old['spec'], status: keepObservedGeneration(s, old['status']) }), {
    deletionTimestamp: undefined, ownerReferences: old.metadata.ownerReferences,
  });
}

function ephemeral(next: KubeObject, old: KubeObject): KubeObject {
  const containers = next['spec']?.ephemeralContainers;
  const kept = statusKeepsAll(withFields(next, { status: old['status'] }), old);
  const spec = { ...old['spec'], ephemeralContainers: containers };
  if (containers === undefined) delete spec.ephemeralContainers;
  return raiseGeneration(withFields(kept, { spec }), old);
}

function resizeContainers(next: Any[] | undefined, old: Any[] | undefined): Any[] | undefined {
  if (!next || next.length === 0) return next;
  const out: Any[] = [];
  for (let i = 0; i < next.length; i++) {
    if (old?.[i]?.name !== next[i].name) return next;
    const c: Any = { ...old![i] };
    for (const f of ['resources', 'resizePolicy']) {
      if (next[i][f] === undefined) delete c[f];
      else c[f] = next[i][f];
    }
    out.push(c);
  }
  return out;
}

function resize(next: KubeObject, old: KubeObject): KubeObject {
  const a = next['spec'] as Any;
  const b = old['spec'] as Any;
  if ((a?.containers?.length ?? 0) !== (b?.containers?.length ?? 0) || (a?.initContainers?.length ?? 0) !== (b?.initContainers?.length ?? 0)) return raiseGeneration(next, old);
  const spec: Any = { ...b, containers: resizeContainers(a.containers, b.containers) };
  if (b.initContainers) spec.initContainers = resizeContainers(a.initContainers, b.initContainers);
  if (a.resources === undefined) delete spec.resources;
  else spec.resources = a.resources;
  return raiseGeneration(statusKeepsAll(withFields(next, { status: old['status'] }), { ...old, spec } as KubeObject), old);
}

export const POD: Strategy = {
  prepareForCreate: create,
  prepareForUpdate: (next, old) => raiseGeneration(withFields(next, { status: old['status'] }), old),
  subresources: { status, ephemeralcontainers: ephemeral, resize },
  returnDeletedObject: true,
  gracePeriod: (o, asked) => {
    const phase = o['status']?.phase;
    if (!o['spec']?.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
    const period = asked ?? (o['spec']?.terminationGracePeriodSeconds as number | undefined) ?? 0;
    return period < 0 ? 1 : period;
  },
  selectable: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  fields: (o) => {
    const spec = o['spec'];
    const s = o['status'];
    return {
      'spec.nodeName': spec?.nodeName ?? '', 'spec.restartPolicy': spec?.restartPolicy ?? '', 'spec.schedulerName': spec?.schedulerName ?? '',
      'spec.serviceAccountName': spec?.serviceAccountName ?? '', 'spec.hostNetwork': spec?.hostNetwork === true ? 'true' : 'false',
      'status.phase': s?.phase ?? '', 'status.podIP': s?.podIPs?.[0]?.ip ?? s?.podIP ?? '', 'status.nominatedNodeName': s?.nominatedNodeName ?? '',
    };
  },
  resetFields: { '': ['status'], status: ['spec', 'metadata.deletionTimestamp', 'metadata.ownerReferences'] },
};

/** What the binding sub-resource does to a pod: an error text, or the bound pod. `now`: RFC 3339. */
export function bindPod(pod: KubeObject, node: string, binding: { readonly metadata?: Partial<ObjectMeta> }, now: string): KubeObject | string {
  if (pod.metadata.deletionTimestamp !== undefined) return `pod ${pod.metadata.name} is being deleted, cannot be assigned to a host`;
  if (pod['spec']?.nodeName) return `pod ${pod.metadata.name} is already assigned to node "${pod['spec'].nodeName}"`;
  if ((pod['spec']?.schedulingGates?.length ?? 0) > 0) return `pod ${pod.metadata.name} has non-empty .spec.schedulingGates`;
  const conditions = [...((pod['status']?.conditions ?? []) as Any[])];
  const at = conditions.findIndex((c) => c.type === 'PodScheduled');
  if (at < 0) conditions.push({ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now });
  else {
    const same = conditions[at].status === 'True';
    conditions[at] = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: same ? conditions[at].lastTransitionTime : now };
  }
  const s = { ...pod['status'], conditions };
  delete s.nominatedNodeName;
  const annotations = binding.metadata?.annotations;
  const labels = binding.metadata?.labels;
  const out = withFields(pod, { spec: { ...pod['spec'], nodeName: node }, status: s });
  if (!annotations && !labels) return out;
  return withMeta(out, {
    ...(annotations ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
    ...(labels ? { labels: { ...pod.metadata.labels, ...labels } } : {}),
  });
}
