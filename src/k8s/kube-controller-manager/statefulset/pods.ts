/**
 * The pods of a StatefulSet: names by ordinal, stable hosts and claims.
 *
 * Upstream: pkg/controller/statefulset/stateful_set_utils.go
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { newControllerRef } from '../objects.ts';
import { podFromTemplate } from '../pod-control.ts';
import { isPodAvailable, isPodReady } from '../pods.ts';

export const revisionLabel = 'controller-revision-hash';
const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const indexLabel = 'apps.kubernetes.io/pod-index';

/** -1: not a name of such a pod. */
export function ordinalOf(pod: KubeObject): number {
  const m = /^.+-(0|[1-9]\d{0,8})$/.exec(pod.metadata.name);
  return m === null ? -1 : Number(m[1]);
}

export const isCreated = (pod: KubeObject): boolean => (pod.status?.phase ?? '') !== '';
export const isTerminating = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined;
export const isRunningAndReady = (pod: KubeObject): boolean => pod.status?.phase === 'Running' && isPodReady(pod);
export const isRunningAndAvailable = (pod: KubeObject, minReady: number, now: Micros): boolean => isPodAvailable(pod, minReady, now);
export const isHealthy = (pod: KubeObject): boolean => isRunningAndReady(pod) && !isTerminating(pod);
export const revisionOf = (pod: KubeObject): string => pod.metadata.labels?.[revisionLabel] ?? '';

interface ClaimTemplate { readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>>; readonly annotations?: unknown }; readonly spec: unknown }

export function claimName(set: KubeObject, template: ClaimTemplate, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

/** Bodies of the claims that a pod needs. */
export function claimsFor(set: KubeObject, ordinal: number): { readonly name: string; readonly body: unknown }[] {
  return ((set.spec.volumeClaimTemplates ?? []) as readonly ClaimTemplate[]).map((t) => {
    const name = claimName(set, t, ordinal);
    return {
      name,
      body: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { ...t.metadata, name, namespace: set.metadata.namespace, labels: { ...t.metadata.labels, ...set.spec.selector?.matchLabels } }, spec: t.spec },
    };
  });
}

/** A pod that does not exist yet: has no phase. */
export function newPod(set: KubeObject, template: { metadata?: Record<string, unknown>; spec: Record<string, unknown> }, ordinal: number, revision: string): KubeObject {
  const name = `${set.metadata.name}-${ordinal}`;
  const base = podFromTemplate(set, template as never, newControllerRef(set, 'apps/v1', 'StatefulSet')) as { metadata: Record<string, unknown>; spec: Record<string, unknown> };
  const claims = ((set.spec.volumeClaimTemplates ?? []) as readonly ClaimTemplate[]).map((t) => ({ name: t.metadata.name, persistentVolumeClaim: { claimName: claimName(set, t, ordinal), readOnly: false } }));
  const volumes = [...claims.map(({ name: volume, persistentVolumeClaim: { claimName: c } }) => ({ name: volume, persistentVolumeClaim: { claimName: c } })), ...((base.spec.volumes ?? []) as { name: string }[]).filter((v) => !claims.some((c) => c.name === v.name))];
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      ...base.metadata, name, namespace: set.metadata.namespace,
      labels: { ...(base.metadata.labels as Record<string, string>), [podNameLabel]: name, [indexLabel]: String(ordinal), [revisionLabel]: revision },
    },
    spec: { ...base.spec, ...(volumes.length === 0 ? {} : { volumes }), hostname: name, ...((set.spec.serviceName ?? '') === '' ? {} : { subdomain: set.spec.serviceName }) },
  } as unknown as KubeObject;
}

export function identityMatches(set: KubeObject, pod: KubeObject): boolean {
  const ordinal = ordinalOf(pod);
  return ordinal >= 0 && pod.metadata.name === `${set.metadata.name}-${ordinal}` && pod.metadata.namespace === set.metadata.namespace
    && pod.metadata.labels?.[podNameLabel] === pod.metadata.name && pod.metadata.labels?.[indexLabel] === String(ordinal);
}

export function withIdentity(pod: KubeObject): KubeObject {
  const labels = { ...pod.metadata.labels, [podNameLabel]: pod.metadata.name, [indexLabel]: String(ordinalOf(pod)) };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}
