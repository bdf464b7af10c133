/**
 * The disruption controller: counts the healthy pods behind each PodDisruptionBudget, so that evictions know how many may go.
 *
 * Upstream: pkg/controller/disruption/disruption.go
 * Left out: controllers found by their scale subresource; taking back a DisruptionTarget condition that came to nothing after two minutes.
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { isNotFound, succeeded } from '../answers.ts';
import { scaledValue } from '../deployment/arithmetic.ts';
import { identityOf } from '../identity.ts';
import { controllerOf, equal, keyOf } from '../objects.ts';
import { isPodReady } from '../pods.ts';
import { selectorMatches } from '../selector.ts';

const identity = identityOf('disruption-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'controllermanager', client: identity };
const BUDGETS = 'policy/v1/poddisruptionbudgets';
/** So long an eviction may take until the pod's deletion is seen; then the pod counts as there again. */
const DELETION_TIMEOUT = 120_000_000;

interface Expected { readonly expected: number; readonly desired: number; readonly unmanaged: boolean; readonly error?: string }
interface Times { readonly [pod: string]: string }

function budgetsOf(p: ProcessContext, pod: KubeObject): KubeObject[] {
  return p.informer(BUDGETS).list(pod.metadata.namespace).filter((b) => selectorMatches(b.spec.selector, pod.metadata.labels));
}

function onPod(p: ProcessContext, event: InformerEvent): void {
  const pod = event.object;
  const budgets = budgetsOf(p, pod);
  if (budgets.length === 0) return;
  if (budgets.length > 1) {
    p.event(source, pod, 'Warning', 'MultiplePodDisruptionBudgets', `Pod "${pod.metadata.namespace}"/"${pod.metadata.name}" matches multiple PodDisruptionBudgets.  Chose "${budgets[0]!.metadata.name}" arbitrarily.`);
  }
  p.queue('disruption').add(keyOf(budgets[0]!));
}

/** The workload that decides how many pods there should be, and that number. */
function scaleOf(p: ProcessContext, pod: KubeObject): { readonly uid: string; readonly replicas: number } | undefined {
  const ref = controllerOf(pod)!;
  const group = ref.apiVersion.split('/')[0];
  const known = (gvr: string, kind: string): KubeObject | undefined => {
    if (ref.kind !== kind || group !== (gvr.includes('/') ? gvr.slice(0, gvr.indexOf('/')) : 'v1')) return undefined;
    const found = p.informer(gvr).get(`${pod.metadata.namespace}/${ref.name}`);
    return found?.metadata.uid === ref.uid ? found : undefined;
  };
  const found = known('replicationcontrollers', 'ReplicationController') ?? known('apps/v1/replicasets', 'ReplicaSet') ?? known('apps/v1/statefulsets', 'StatefulSet');
  if (found === undefined) return undefined;
  const above = found.kind === 'ReplicaSet' || ref.kind === 'ReplicaSet' ? controllerOf(found) : undefined;
  const deployment = above?.kind === 'Deployment' ? p.informer('apps/v1/deployments').get(`${pod.metadata.namespace}/${above.name}`) : undefined;
  const owner = deployment?.metadata.uid === above?.uid && deployment !== undefined ? deployment : found;
  return { uid: owner.metadata.uid, replicas: owner.spec.replicas ?? 1 };
}

function expectedScale(p: ProcessContext, pods: readonly KubeObject[]): { readonly count: number; readonly unmanaged: boolean; readonly error?: string } {
  const scales = new Map<string, number>();
  let unmanaged = false;
  for (const pod of pods) {
    if (controllerOf(pod) === undefined) {
      unmanaged = true;
      continue;
    }
    const scale = scaleOf(p, pod);
    if (scale === undefined) return { count: 0, unmanaged, error: `found no controllers for pod "${pod.metadata.name}"` };
    scales.set(scale.uid, scale.replicas);
  }
  let count = 0;
  for (const replicas of scales.values()) count += replicas;
  return { count, unmanaged };
}

function expectedPods(p: ProcessContext, budget: KubeObject, pods: readonly KubeObject[]): Expected {
  const { maxUnavailable, minAvailable } = budget.spec;
  if (maxUnavailable === undefined && minAvailable === undefined) return { expected: 0, desired: 0, unmanaged: false };
  if (maxUnavailable === undefined && typeof minAvailable === 'number') return { expected: pods.length, desired: minAvailable, unmanaged: false };
  const { count, unmanaged, error } = expectedScale(p, pods);
  if (error !== undefined) return { expected: 0, desired: 0, unmanaged, error };
  const desired = maxUnavailable === undefined ? scaledValue(minAvailable, count, true) : Math.max(0, count - scaledValue(maxUnavailable, count, true));
  return { expected: count, desired, unmanaged };
}

function withCondition(status: KubeObject['status'], condition: { readonly status: string; readonly reason: string; readonly message: string }, now: string): KubeObject['status'] {
  const conditions: readonly { type: string; status: string; lastTransitionTime: string }[] = status.conditions ?? [];
  const before = conditions.find((c) => c.type === 'DisruptionAllowed');
  const next = { type: 'DisruptionAllowed', ...condition, observedGeneration: status.observedGeneration, lastTransitionTime: before?.status === condition.status ? before.lastTransitionTime : now };
  return { ...status, conditions: before === undefined ? [...conditions, next] : conditions.map((c) => (c === before ? next : c)) };
}

/** The budget with the status it should have and when to look again, undefined if there is nothing to write. */
function judge(p: ProcessContext, budget: KubeObject): { readonly next?: KubeObject; readonly after?: number } {
  const pods = p.informer('pods').list(budget.metadata.namespace).filter((pod) => selectorMatches(budget.spec.selector, pod.metadata.labels));
  const old = budget.status ?? {};
  const now = formatTime(p.now);
  if (pods.length === 0) p.event(source, budget, 'Normal', 'NoPods', 'No matching pods found');
  const { expected, desired, unmanaged, error } = expectedPods(p, budget, pods);
  if (error !== undefined) {
    p.event(source, budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${error}`);
    return { next: { ...budget, status: withCondition({ ...old, disruptionsAllowed: 0 }, { status: 'False', reason: 'SyncFailed', message: error }, now) } };
  }
  if (unmanaged) {
    p.event(source, budget, 'Warning', 'UnmanagedPods', 'Pods selected by this PodDisruptionBudget were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.');
  }
  const disrupted: Record<string, string> = {};
  let recheck: number | undefined;
  let healthy = 0;
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const since = (old.disruptedPods as Times | undefined)?.[pod.metadata.name];
    const end = since === undefined ? 0 : (parseTime(since) ?? 0) + DELETION_TIMEOUT;
    if (since !== undefined && end >= p.now) {
      disrupted[pod.metadata.name] = since;
      recheck = Math.min(recheck ?? end, end);
      if (end > p.now) continue;
    } else if (since !== undefined) {
      p.event(source, pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${budget.metadata.namespace}/${budget.metadata.namespace} to be deleted but it wasn't`);
    }
    if (isPodReady(pod)) healthy++;
  }
  const after = recheck === undefined ? {} : { after: recheck - p.now + 1 };
  const allowed = expected <= 0 || healthy <= desired ? 0 : healthy - desired;
  const { generation } = budget.metadata;
  const condition = (old.conditions ?? []).find((c: { type: string }) => c.type === 'DisruptionAllowed');
  if (
    (old.currentHealthy ?? 0) === healthy && (old.desiredHealthy ?? 0) === desired && (old.expectedPods ?? 0) === expected && (old.disruptionsAllowed ?? 0) === allowed
    && equal(old.disruptedPods ?? {}, disrupted) && old.observedGeneration === generation
    && condition !== undefined && condition.observedGeneration === generation && (condition.status === 'True') === (allowed > 0)
  ) return after;
  const status = {
    ...(old.conditions === undefined ? {} : { conditions: old.conditions }), ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    currentHealthy: healthy, desiredHealthy: desired, expectedPods: expected, disruptionsAllowed: allowed, observedGeneration: generation,
  };
  return { next: { ...budget, status: withCondition(status, allowed > 0 ? { status: 'True', reason: 'SufficientPods', message: '' } : { status: 'False', reason: 'InsufficientPods', message: '' }, now) }, ...after };
}

function* sync(key: string): Program<SyncResult> {
  const { next, after } = yield* act((p: ProcessContext) => {
    const budget = p.informer(BUDGETS).get(key);
    return budget === undefined ? {} : judge(p, budget);
  });
  if (next !== undefined) {
    const answer = yield* client.updateSub(BUDGETS, 'status', next);
    if (!succeeded(answer) && !isNotFound(answer)) return 'retry';
  }
  return after === undefined ? 'done' : { after };
}

export const disruptionController: ControllerDefinition = {
  name: 'disruption',
  client: identity,
  workers: 1,
  serviceTime: serviceTime.disruption,
  informers: ['pods', BUDGETS, 'replicationcontrollers', 'apps/v1/replicasets', 'apps/v1/statefulsets', 'apps/v1/deployments'],
  handlers: {
    pods: onPod,
    [BUDGETS]: (p, event) => p.queue('disruption').add(keyOf(event.object)),
  },
  sync,
};
