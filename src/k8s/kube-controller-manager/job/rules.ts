/**
 * The rules of Jobs: which pods count as what, back-off, deadlines, completion indexes.
 *
 * Upstream: pkg/controller/job/{job_controller,backoff_utils,indexed_job_utils}.go
 * Left out: podFailurePolicy, successPolicy, backoffLimitPerIndex, pod groups.
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Condition } from '../objects.ts';

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
const indexKey = 'batch.kubernetes.io/job-completion-index';

export const isIndexed = (job: KubeObject): boolean => job.spec.completionMode === 'Indexed';
export const isSuspended = (job: KubeObject): boolean => job.spec.suspend === true;
export const isTracked = (pod: KubeObject): boolean => pod.metadata.finalizers?.includes(trackingFinalizer) ?? false;

export function isFinished(job: KubeObject): boolean {
  return ((job.status?.conditions ?? []) as Condition[]).some((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
}

/** A terminating pod counts as failed, unless only failed ones are to be replaced. */
export function isPodFailed(pod: KubeObject, job: KubeObject): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (job.spec.podReplacementPolicy === 'Failed') return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

export function condition(at: Micros, type: string, reason: string, message: string, status = 'True'): Condition {
  const time = formatTime(at);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

/** The list with the condition as wanted; the same list if it stands. A condition that would be false is not added. */
export function ensureCondition(list: readonly Condition[], next: Condition): readonly Condition[] {
  const i = list.findIndex((c) => c.type === next.type);
  if (i < 0) return next.status === 'False' ? list : [...list, next];
  const old = list[i]!;
  if (old.status === next.status && old.reason === next.reason && old.message === next.message) return list;
  return list.map((c, j) => (j === i ? next : c));
}

export interface Backoff { readonly failures: number; readonly last: Micros }

function finishedAt(pod: KubeObject): Micros {
  let latest: Micros | undefined;
  for (const c of pod.status?.containerStatuses ?? []) {
    const at = parseTime(c.state?.terminated?.finishedAt);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest ?? parseTime(pod.metadata.deletionTimestamp) ?? parseTime(pod.metadata.creationTimestamp) ?? 0;
}

/** Failures since the last success, with those just seen. */
export function nextBackoff(record: Backoff, succeeded: readonly KubeObject[], failed: readonly KubeObject[]): Backoff {
  const times = failed.map(finishedAt);
  const lastSuccess = succeeded.length === 0 ? undefined : Math.max(...succeeded.map(finishedAt));
  const after = lastSuccess === undefined ? times : times.filter((t) => t > lastSuccess);
  const failures = (lastSuccess === undefined ? record.failures : 0) + after.length;
  return { failures, last: after.length === 0 ? (lastSuccess === undefined ? record.last : 0) : Math.max(...after, lastSuccess === undefined ? record.last : 0) };
}

export function backoffLeft(record: Backoff, now: Micros): Micros {
  if (record.failures === 0) return 0;
  const wait = record.failures > 7 ? 600_000_000 : Math.min(10_000_000 * 2 ** (record.failures - 1), 600_000_000);
  return record.last + wait - now;
}

/** Restarts in place count against the limit too. */
export function pastBackoffLimitOnFailure(job: KubeObject, pods: readonly KubeObject[]): boolean {
  if (job.spec.template?.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const pod of pods) {
    if (pod.status?.phase !== 'Running' && pod.status?.phase !== 'Pending') continue;
    for (const c of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]) restarts += c.restartCount ?? 0;
  }
  const limit: number = job.spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

export function indexOf(pod: KubeObject): number {
  const text = pod.metadata.annotations?.[indexKey];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

/** `1,3-5` as numbers, below `limit`. */
export function parseIndexes(text: string | undefined, limit: number): number[] {
  const out: number[] = [];
  for (const part of (text ?? '').split(',')) {
    const m = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
    if (m === null) continue;
    for (let i = Number(m[1]); i <= Number(m[2] ?? m[1]) && i < limit; i++) out.push(i);
  }
  return out;
}

export function formatIndexes(indexes: readonly number[]): string {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j]! + 1) j++;
    parts.push(j === i ? `${sorted[i]}` : j === i + 1 ? `${sorted[i]},${sorted[j]}` : `${sorted[i]}-${sorted[j]}`);
    i = j + 1;
  }
  return parts.join(',');
}

interface Template { readonly metadata?: Record<string, unknown> & { readonly labels?: object; readonly annotations?: object; readonly finalizers?: readonly string[] }; readonly spec: Record<string, unknown> }

/** The template of a Job's pod; for indexed ones with what tells the index. */
export function podTemplate(job: KubeObject, index: number | undefined): Template {
  const template = job.spec.template as Template;
  const finalizers = [...(template.metadata?.finalizers ?? []).filter((f) => f !== trackingFinalizer), trackingFinalizer];
  if (index === undefined) return { ...template, metadata: { ...template.metadata, finalizers } };
  const env = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${indexKey}']` } } };
  const add = (list: unknown): unknown => (Array.isArray(list) ? list.map((c: { env?: { name: string }[] }) => (c.env?.some((e) => e.name === env.name) ? c : { ...c, env: [...(c.env ?? []), env] })) : list);
  return {
    ...template,
    metadata: { ...template.metadata, finalizers, labels: { ...template.metadata?.labels, [indexKey]: String(index) }, annotations: { ...template.metadata?.annotations, [indexKey]: String(index) } },
    spec: {
      ...template.spec, hostname: `${job.metadata.name}-${index}`, containers: add(template.spec.containers),
      ...(template.spec.initContainers === undefined ? {} : { initContainers: add(template.spec.initContainers) }),
    },
  };
}
