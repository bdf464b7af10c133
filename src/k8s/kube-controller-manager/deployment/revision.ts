/**
 * Revisions and the annotations that a Deployment and its ReplicaSets share.
 *
 * Upstream: pkg/controller/deployment/util/deployment_util.go
 */
import type { KubeObject } from '../../api/types.ts';
import { maxSurge, replicasOf } from './arithmetic.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';
export const rollbackAnnotation = 'deprecated.deployment.rollback.to';

const skipped = [
  'kubectl.kubernetes.io/last-applied-configuration', revisionAnnotation, historyAnnotation, desiredAnnotation, maxAnnotation, rollbackAnnotation,
];
const maxHistoryChars = 2000;

type Annotations = Record<string, string>;

/** 0 without the annotation; undefined if it is no number. */
export function revisionOf(object: KubeObject): number | undefined {
  const text = object.metadata.annotations?.[revisionAnnotation];
  if (text === undefined) return 0;
  return /^[+-]?\d{1,18}$/.test(text) ? Number(text) : undefined;
}

export function maxRevision(sets: readonly KubeObject[]): number {
  return sets.reduce((max, rs) => Math.max(max, revisionOf(rs) ?? 0), 0);
}

/** The second highest. */
export function lastRevision(sets: readonly (KubeObject | undefined)[]): number {
  let max = 0;
  let second = 0;
  for (const rs of sets) {
    const v = rs === undefined ? undefined : revisionOf(rs);
    if (v === undefined) continue;
    if (v >= max) {
      second = max;
      max = v;
    } else if (v > second) second = v;
  }
  return second;
}

export function replicasAnnotationsNeedUpdate(rs: KubeObject, d: KubeObject): boolean {
  const have = rs.metadata.annotations;
  return have?.[desiredAnnotation] !== String(replicasOf(d)) || have?.[maxAnnotation] !== String(replicasOf(d) + maxSurge(d));
}

export function withReplicasAnnotations(annotations: Readonly<Annotations> | undefined, d: KubeObject): Annotations {
  return { ...annotations, [desiredAnnotation]: String(replicasOf(d)), [maxAnnotation]: String(replicasOf(d) + maxSurge(d)) };
}

/** The new ReplicaSet's annotations for `revision`, or undefined when nothing changes. */
export function newReplicaSetAnnotations(d: KubeObject, have: Readonly<Annotations> | undefined, revision: number, exists: boolean): Annotations | undefined {
  const out: Annotations = { ...have };
  let changed = false;
  for (const key of Object.keys(d.metadata.annotations ?? {})) {
    const value = d.metadata.annotations![key]!;
    if (skipped.includes(key) || out[key] === value) continue;
    out[key] = value;
    changed = true;
  }
  const oldText = out[revisionAnnotation];
  if (oldText !== undefined && oldText !== '' && !/^[+-]?\d{1,18}$/.test(oldText)) return undefined;
  const old = oldText === undefined ? 0 : Number(oldText);
  if (old < revision) {
    out[revisionAnnotation] = String(revision);
    changed = true;
    if (oldText !== undefined) {
      const history = out[historyAnnotation] ?? '';
      if (history === '') out[historyAnnotation] = oldText;
      else {
        const revisions = history.split(',');
        let length = history.length + oldText.length + 1;
        let start = 0;
        while (length > maxHistoryChars && start < revisions.length) length -= revisions[start++]!.length + 1;
        if (length <= maxHistoryChars) out[historyAnnotation] = [...revisions.slice(start), oldText].join(',');
      }
    }
  }
  if (!exists) {
    const next = withReplicasAnnotations(out, d);
    if (next[desiredAnnotation] !== out[desiredAnnotation] || next[maxAnnotation] !== out[maxAnnotation]) return next;
  }
  return changed ? out : undefined;
}

/** A rolled-back Deployment's annotations: its own bookkeeping, and the rest as the ReplicaSet remembers it. */
export function rolledBackAnnotations(d: KubeObject, rs: KubeObject): Annotations {
  const out: Annotations = {};
  const own = d.metadata.annotations ?? {};
  const kept = rs.metadata.annotations ?? {};
  for (const key of Object.keys(own)) if (skipped.includes(key)) out[key] = own[key]!;
  for (const key of Object.keys(kept)) if (!skipped.includes(key)) out[key] = kept[key]!;
  return out;
}
