/**
 * The deployment controller: rolls out by scaling ReplicaSets, never touches a pod.
 *
 * Upstream: pkg/controller/deployment/deployment_controller.go
 * Left out: the live list of ReplicaSets after each deleted pod of a Recreate deployment (the cache is read instead).
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import type { ControllerDefinition, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { guarded } from '../answers.ts';
import { conditionOf, controllerOf, equal, keyOf, newControllerRef } from '../objects.ts';
import { claim } from '../ref-manager.ts';
import { selectorMatches, selectsEverything } from '../selector.ts';
import { newCondition, hasProgressDeadline, setCondition } from './status.ts';
import type { Work } from './sync.ts';
import { client, deploymentEvents, deploymentIdentity, deployments, isScalingEvent, replicaSets, rollback, rollbackTo, rolloutRecreate, rolloutRolling, syncScale, syncStatusOnly, updateStatus } from './sync.ts';

function enqueue(p: ProcessContext, d: KubeObject): void {
  p.queue('deployment').add(keyOf(d));
}

function resolve(p: ProcessContext, namespace: string | undefined, ref: OwnerReference | undefined): KubeObject | undefined {
  if (ref?.kind !== 'Deployment') return undefined;
  const d = p.informer(deployments).get(`${namespace}/${ref.name}`);
  return d?.metadata.uid === ref.uid ? d : undefined;
}

function enqueueSelecting(p: ProcessContext, rs: KubeObject): void {
  if (Object.keys(rs.metadata.labels ?? {}).length === 0) return;
  for (const d of p.informer(deployments).list(rs.metadata.namespace)) {
    if (!selectsEverything(d.spec.selector) && selectorMatches(d.spec.selector, rs.metadata.labels)) enqueue(p, d);
  }
}

function onReplicaSet(p: ProcessContext, event: InformerEvent): void {
  const rs = event.object;
  const ref = controllerOf(rs);
  if (event.type === 'delete' || (event.type === 'add' && rs.metadata.deletionTimestamp !== undefined)) {
    const d = resolve(p, rs.metadata.namespace, ref);
    if (d !== undefined) enqueue(p, d);
    return;
  }
  let refChanged = false;
  if (event.type === 'update') {
    const oldRef = controllerOf(event.old);
    refChanged = !equal(ref, oldRef);
    const former = refChanged ? resolve(p, rs.metadata.namespace, oldRef) : undefined;
    if (former !== undefined) enqueue(p, former);
  }
  if (ref !== undefined) {
    const d = resolve(p, rs.metadata.namespace, ref);
    if (d !== undefined) enqueue(p, d);
    return;
  }
  if (event.type === 'add' || refChanged || !equal(event.old.metadata.labels, rs.metadata.labels)) enqueueSelecting(p, rs);
}

/** Only the last pod of a Recreate deployment matters: then the new ReplicaSet may be made. */
function onPod(p: ProcessContext, event: InformerEvent): void {
  if (event.type !== 'delete') return;
  const ref = controllerOf(event.object);
  if (ref?.kind !== 'ReplicaSet') return;
  const rs = p.informer(replicaSets).get(`${event.object.metadata.namespace}/${ref.name}`);
  if (rs?.metadata.uid !== ref.uid) return;
  const d = resolve(p, rs.metadata.namespace, controllerOf(rs));
  if (d?.spec.strategy?.type !== 'Recreate') return;
  const pods = p.informer('pods');
  if (p.informer(replicaSets).byIndex('controller', d.metadata.uid).every((one) => pods.byIndex('controller', one.metadata.uid).length === 0)) enqueue(p, d);
}

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const d = p.informer(deployments).get(key);
    // Claimed or claimable: those it controls, and those that nobody does.
    return d === undefined ? undefined : { d, sets: p.informer(replicaSets).list(d.metadata.namespace).filter((rs) => (controllerOf(rs)?.uid ?? d.metadata.uid) === d.metadata.uid) };
  });
  if (start === undefined) return 'done';
  const work: Work = { d: start.d, sets: [] };
  const { d } = start;
  if (selectsEverything(d.spec.selector)) {
    yield* act((p: ProcessContext) => p.event(deploymentEvents, d, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.'));
    if ((d.status?.observedGeneration ?? 0) < (d.metadata.generation ?? 0)) yield* client.updateSub(deployments, 'status', { ...d, status: { ...d.status, observedGeneration: d.metadata.generation } });
    return 'done';
  }
  work.sets = yield* claim({
    client, owner: d, ownerGvr: deployments, ownerKind: 'Deployment', reference: newControllerRef(d, 'apps/v1', 'Deployment'), gvr: replicaSets,
    matches: (rs) => selectorMatches(d.spec.selector, rs.metadata.labels),
  }, start.sets);
  if (d.metadata.deletionTimestamp !== undefined) {
    yield* syncStatusOnly(work);
    return 'done';
  }
  yield* checkPaused(work);
  if (work.d.spec.paused === true) yield* syncScale(work);
  else if (rollbackTo(work.d) !== undefined) yield* rollback(work);
  else if (yield* isScalingEvent(work)) yield* syncScale(work);
  else if (work.d.spec.strategy?.type === 'Recreate') yield* rolloutRecreate(work);
  else yield* rolloutRolling(work);
  return 'done';
}

/** Notes pause and resumption in the condition Progressing, so that the deadline does not run meanwhile. */
function* checkPaused(work: Work): Program {
  const { d } = work;
  if (!hasProgressDeadline(d)) return;
  const reason = conditionOf(d.status?.conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded') return;
  const paused = d.spec.paused === true;
  if (paused === (reason === 'DeploymentPaused')) return;
  const at = yield* now();
  const condition = paused
    ? newCondition(at, 'Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')
    : newCondition(at, 'Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
  work.d = { ...d, status: setCondition(d.status ?? {}, condition) };
  yield* updateStatus(work);
}

export const deploymentController: ControllerDefinition = {
  name: 'deployment',
  client: deploymentIdentity,
  workers: 5,
  serviceTime: serviceTime.deployment,
  informers: [deployments, replicaSets, 'pods'],
  handlers: {
    [deployments]: (p, event) => enqueue(p, event.object),
    [replicaSets]: onReplicaSet,
    pods: onPod,
  },
  sync: (key) => guarded(sync(key), true),
  maxRetries: 15,
};
