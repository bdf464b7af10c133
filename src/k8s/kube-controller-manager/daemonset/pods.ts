/**
 * Which nodes a DaemonSet wants a pod on, and what its pods look like.
 *
 * Upstream: pkg/controller/daemon/daemon_controller.go (NodeShouldRunDaemonPod), util/daemonset_util.go
 */
import type { KubeObject } from '../../api/types.ts';
import { scaledValue } from '../deployment/arithmetic.ts';
import { requiredNodeAffinityMatches } from '../node-affinity.ts';
import { byCreation } from '../objects.ts';
import type { Toleration } from '../taints.ts';
import { taintsOf, tolerates } from '../taints.ts';

export const hashLabel = 'controller-revision-hash';
const generationAnnotation = 'deprecated.daemonset.template.generation';

function tolerations(spec: KubeObject['spec']): Toleration[] {
  const added: Toleration[] = [
    { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
    ...(spec.hostNetwork === true ? [{ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }] : []),
  ];
  const out: Toleration[] = [...(spec.tolerations ?? [])];
  for (const t of added) {
    const i = out.findIndex((o) => o.key === t.key && (o.operator ?? 'Equal') === t.operator && o.effect === t.effect && (o.value ?? '') === '');
    if (i < 0) out.push(t);
    else out[i] = t;
  }
  return out;
}

export interface Verdict { readonly run: boolean; readonly stay: boolean }

/** `run`: a pod should be made there; `stay`: one that is there may go on. */
export function nodeShouldRun(node: KubeObject, ds: KubeObject): Verdict {
  const spec = ds.spec.template.spec;
  if ((spec.nodeName ?? '') !== '' && spec.nodeName !== node.metadata.name) return { run: false, stay: false };
  if (!requiredNodeAffinityMatches(spec, node)) return { run: false, stay: false };
  const tolerated = tolerations(spec);
  const against = (effects: readonly string[]): boolean => taintsOf(node).some((t) => effects.includes(t.effect) && !tolerated.some((o) => tolerates(o, t)));
  if (against(['NoExecute', 'NoSchedule'])) return { run: false, stay: !against(['NoExecute']) };
  return { run: true, stay: true };
}

export function generationOf(ds: KubeObject): string | undefined {
  const text = ds.metadata.annotations?.[generationAnnotation];
  return text !== undefined && /^\d{1,18}$/.test(text) ? text : undefined;
}

/** The template of a pod for one node: the scheduler binds it there by affinity. */
export function templateFor(ds: KubeObject, hash: string, node: string): { metadata: Record<string, unknown>; spec: unknown } {
  const { template } = ds.spec;
  const generation = generationOf(ds);
  const labels = { ...template.metadata?.labels, ...(generation === undefined ? {} : { 'pod-template-generation': generation }), [hashLabel]: hash };
  const { affinity } = template.spec;
  return {
    metadata: { ...template.metadata, labels },
    spec: {
      ...template.spec,
      affinity: {
        ...affinity,
        nodeAffinity: {
          ...affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] },
        },
      },
      tolerations: tolerations(template.spec),
    },
  };
}

/** The node a pod is on, or is meant for. '' if that cannot be said. */
export function targetNode(pod: KubeObject): string {
  if ((pod.spec.nodeName ?? '') !== '') return pod.spec.nodeName;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const term of terms) for (const f of term.matchFields ?? []) if (f.key === 'metadata.name' && f.operator === 'In' && f.values?.length === 1) return f.values[0];
  return '';
}

export function isUpdated(pod: KubeObject, ds: KubeObject, hash: string): boolean {
  const generation = generationOf(ds);
  const labels = pod.metadata.labels ?? {};
  return (generation !== undefined && labels['pod-template-generation'] === generation) || (hash !== '' && labels[hashLabel] === hash);
}

/** Scheduled ones first, then the oldest. */
export function byAge(a: KubeObject, b: KubeObject): number {
  const x = (a.spec.nodeName ?? '') !== '';
  const y = (b.spec.nodeName ?? '') !== '';
  return x === y ? byCreation(a, b) : x ? -1 : 1;
}

/** How many nodes may have two pods, or none, during an update. */
export function rollingLimits(ds: KubeObject, desired: number): { readonly surge: number; readonly unavailable: number } {
  const rolling = ds.spec.updateStrategy?.type === 'RollingUpdate' ? ds.spec.updateStrategy.rollingUpdate : undefined;
  const surge = rolling === undefined ? 0 : scaledValue(rolling.maxSurge ?? 0, desired, true);
  const unavailable = rolling === undefined ? 0 : scaledValue(rolling.maxUnavailable ?? 0, desired, true);
  return { surge, unavailable: desired > 0 && surge === 0 && unavailable === 0 ? 1 : unavailable };
}
