/**
 * What changed of a pod or a node, as far as scheduling cares.
 * Upstream: pkg/scheduler/framework/events.go
 * Left out: resource claims, declared features.
 */
import type { KubeObject } from '../../api/types.ts';
import { podRequests } from './pod-resources.ts';
import { Action, type ClusterEvent, type Resources } from './types.ts';

/** Equal as JSON values; quick for shared references. Depth is that of API fields compared here (labels, taints, amounts). */
function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function sameMap(a: Readonly<Record<string, string>> | undefined, b: Readonly<Record<string, string>> | undefined): boolean {
  if (a === b) return true;
  const keys = Object.keys(a ?? {});
  return keys.length === Object.keys(b ?? {}).length && keys.every((key) => a![key] === b![key]);
}

function smaller(now: Resources, old: Resources): boolean {
  return now.cpu < old.cpu || now.memory < old.memory || now.ephemeral < old.ephemeral || Object.keys(old.scalar ?? {}).some((name) => (now.scalar?.[name] ?? 0) < old.scalar![name]);
}

export function podChanges(old: KubeObject, pod: KubeObject): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const note = (action: number): void => void events.push({ resource: 'Pod', action, old, object: pod });
  if (!sameMap(old.metadata.labels, pod.metadata.labels)) note(Action.UpdatePodLabel);
  const [before, after] = [podRequests(old).requested, podRequests(pod).requested];
  if (before !== after && smaller(after, before)) note(Action.UpdatePodScaleDown);
  if ((pod.spec.schedulingGates ?? []).length === 0 && (old.spec.schedulingGates ?? []).length !== 0) note(Action.UpdatePodSchedulingGatesEliminated);
  if ((pod.spec.tolerations ?? []).length !== (old.spec.tolerations ?? []).length) note(Action.UpdatePodToleration);
  if (events.length === 0) note(Action.Update);
  return events;
}

/* eslint-disable @typescript-eslint/no-explicit-any */
function conditions(node: KubeObject): Record<string, string> {
  const found: Record<string, string> = {};
  for (const one of (node.status?.conditions ?? []) as any[]) found[one.type] = one.status;
  return found;
}

export function nodeChanges(old: KubeObject, node: KubeObject): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const note = (action: number): void => void events.push({ resource: 'Node', action, old, object: node });
  if (old.spec?.unschedulable && !node.spec?.unschedulable) note(Action.UpdateNodeTaint);
  if (!same(old.status?.allocatable, node.status?.allocatable)) note(Action.UpdateNodeAllocatable);
  if (!sameMap(old.metadata.labels, node.metadata.labels)) note(Action.UpdateNodeLabel);
  if (!same(old.spec?.taints, node.spec?.taints)) note(Action.UpdateNodeTaint);
  if (old.status?.conditions !== node.status?.conditions && !sameMap(conditions(old), conditions(node))) note(Action.UpdateNodeCondition);
  if (!sameMap(old.metadata.annotations, node.metadata.annotations)) note(Action.UpdateNodeAnnotation);
  return events;
}
