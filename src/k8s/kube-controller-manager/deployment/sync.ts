/**
 * What a sync of a Deployment does to its ReplicaSets and its status. A sync works on one copy of the Deployment, as read from the
 * cache: it never takes over what the server answers to a status write, so a second status write of the same sync is refused with
 * 409 and the sync is tried again. That is upstream's behaviour, and visible in every rollout.
 *
 * Upstream: pkg/controller/deployment/{sync,rolling,recreate,rollback}.go
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { EventSource, ProcessContext } from '../../client-go/types.ts';
import { ApiError, errorText, hasCause, isAlreadyExists, isNotFound, must, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import { byCreation, conditionOf, controllerOf, equal, keyOf, newControllerRef, withAnnotations } from '../objects.ts';
import { isPodTerminal } from '../pods.ts';
import { computeHash, equalIgnoreHash, hashLabel } from '../template.ts';
import {
  actualReplicas, availableReplicas, countAnnotation, deploymentComplete, isRollingUpdate, maxSurge, maxUnavailable, newRSReplicas, proportion, replicasOf, specReplicas,
} from './arithmetic.ts';
import {
  desiredAnnotation, lastRevision, maxRevision, newReplicaSetAnnotations, replicasAnnotationsNeedUpdate, revisionAnnotation, revisionOf, rollbackAnnotation, rolledBackAnnotations,
  withReplicasAnnotations,
} from './revision.ts';
import type { Status } from './status.ts';
import { calculateStatus, hasProgressDeadline, newCondition, rolloutStatus, setCondition } from './status.ts';

export const deployments = 'apps/v1/deployments';
export const replicaSets = 'apps/v1/replicasets';
export const deploymentIdentity = identityOf('deployment-controller');
export const deploymentEvents: EventSource = { component: 'deployment-controller', client: deploymentIdentity };
export const client = clientFor(deploymentIdentity);

/** One sync: the Deployment as this sync sees it, and its claimed ReplicaSets, oldest first. */
export interface Work {
  d: KubeObject;
  sets: KubeObject[];
}

type Sets = readonly (KubeObject | undefined)[];
const active = (sets: Sets): KubeObject[] => sets.filter((rs): rs is KubeObject => rs !== undefined && replicasOf(rs) > 0);

export function* updateStatus(work: Work): Program<KubeObject> {
  return must(yield* client.updateSub(deployments, 'status', work.d));
}

function* note(work: Work, type: 'Normal' | 'Warning', reason: string, message: string): Program {
  const { d } = work;
  yield* act((p: ProcessContext) => p.event(deploymentEvents, d, type, reason, message));
}

/** Sets the revision on the copy; true if that changed it. */
function setRevision(work: Work, revision: string): boolean {
  const have = work.d.metadata.annotations ?? {};
  if (have[revisionAnnotation] === revision) return false;
  work.d = withAnnotations(work.d, { ...have, [revisionAnnotation]: revision });
  return true;
}

function setStatus(work: Work, status: Status): void {
  work.d = { ...work.d, status };
}

interface Found { readonly newRS: KubeObject | undefined; readonly old: KubeObject[] }

/** Finds the new and the old ReplicaSets, keeps revisions in step, and makes the new one if asked to. */
export function* replicaSetsAndRevision(work: Work, create: boolean): Program<Found> {
  work.sets.sort(byCreation);
  const existing = work.sets.find((rs) => equalIgnoreHash(rs.spec.template, work.d.spec.template));
  const old = work.sets.filter((rs) => rs !== existing);
  const revision = maxRevision(old) + 1;
  if (existing !== undefined) return { newRS: yield* keepInStep(work, existing, revision), old };
  return { newRS: create ? yield* createReplicaSet(work, old, revision) : undefined, old };
}

function* keepInStep(work: Work, existing: KubeObject, revision: number): Program<KubeObject> {
  const annotations = newReplicaSetAnnotations(work.d, existing.metadata.annotations, revision, true);
  const minReady: number = work.d.spec.minReadySeconds ?? 0;
  if (annotations !== undefined || (existing.spec.minReadySeconds ?? 0) !== minReady) {
    let next = annotations === undefined ? existing : withAnnotations(existing, annotations);
    const { minReadySeconds: _old, ...spec } = next.spec;
    next = { ...next, spec: minReady === 0 ? spec : { ...spec, minReadySeconds: minReady } };
    return must(yield* client.update(replicaSets, next));
  }
  let write = setRevision(work, existing.metadata.annotations?.[revisionAnnotation] ?? '');
  if (hasProgressDeadline(work.d) && conditionOf(work.d.status?.conditions, 'Progressing') === undefined) {
    const at = yield* now();
    setStatus(work, setCondition(work.d.status ?? {}, newCondition(at, 'Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${existing.metadata.name}"`)));
    write = true;
  }
  if (write) yield* updateStatus(work);
  return existing;
}

export function replicaSetName(deployment: string, hash: string): string {
  const room = 253 - 1 - hash.length;
  return `${deployment.length > room && room > 0 ? deployment.slice(0, room) : deployment}-${hash}`;
}

function* createReplicaSet(work: Work, old: KubeObject[], revision: number): Program<KubeObject> {
  const { d } = work;
  const hash = computeHash(d.spec.template, d.status?.collisionCount);
  const template = { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels: { ...d.spec.template.metadata?.labels, [hashLabel]: hash } } };
  const replicas = newRSReplicas(d, old, 0);
  const minReady: number = d.spec.minReadySeconds ?? 0;
  const body = {
    apiVersion: 'apps/v1', kind: 'ReplicaSet',
    metadata: {
      name: replicaSetName(d.metadata.name, hash),
      namespace: d.metadata.namespace,
      labels: template.metadata.labels,
      annotations: newReplicaSetAnnotations(d, undefined, revision, false) ?? {},
      ownerReferences: [newControllerRef(d, 'apps/v1', 'Deployment')],
    },
    spec: {
      replicas,
      ...(minReady === 0 ? {} : { minReadySeconds: minReady }),
      selector: { ...d.spec.selector, matchLabels: { ...d.spec.selector?.matchLabels, [hashLabel]: hash } },
      template,
    },
    status: { replicas: 0 },
  };
  const answer = yield* client.create(replicaSets, d.metadata.namespace ?? '', body);
  let created: KubeObject;
  let alreadyExists = false;
  if (succeeded(answer)) created = answer.body as KubeObject;
  else if (isAlreadyExists(answer)) {
    alreadyExists = true;
    const cached = yield* act((p: ProcessContext) => p.informer(replicaSets).get(`${d.metadata.namespace}/${body.metadata.name}`));
    if (cached === undefined) throw new ApiError(`replicaset.apps "${body.metadata.name}" not found`);
    if (controllerOf(cached)?.uid !== d.metadata.uid || !equalIgnoreHash(d.spec.template, cached.spec.template)) {
      // Another template with the same hash: count up, so that the next sync's hash differs.
      setStatus(work, { ...d.status, collisionCount: (d.status?.collisionCount ?? 0) + 1 });
      yield* client.updateSub(deployments, 'status', work.d);
      throw new ApiError(errorText(answer), answer);
    }
    created = cached;
  } else {
    if (hasCause(answer, 'NamespaceTerminating')) throw new ApiError(errorText(answer), answer);
    const message = `Failed to create new replica set "${body.metadata.name}": ${errorText(answer)}`;
    if (hasProgressDeadline(d)) {
      const at = yield* now();
      setStatus(work, setCondition(d.status ?? {}, newCondition(at, 'Progressing', 'False', 'ReplicaSetCreateError', message)));
      yield* client.updateSub(deployments, 'status', work.d);
    }
    yield* note(work, 'Warning', 'ReplicaSetCreateError', message);
    throw new ApiError(errorText(answer), answer);
  }
  if (!alreadyExists && replicas > 0) yield* note(work, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${created.metadata.name} from 0 to ${replicas}`);
  let write = setRevision(work, String(revision));
  if (!alreadyExists && hasProgressDeadline(work.d)) {
    const at = yield* now();
    setStatus(work, setCondition(work.d.status ?? {}, newCondition(at, 'Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${created.metadata.name}"`)));
    write = true;
  }
  if (write) yield* updateStatus(work);
  return created;
}

interface Scaled { readonly scaled: boolean; readonly rs: KubeObject }

function* scaleReplicaSet(work: Work, rs: KubeObject, replicas: number, force = false): Program<Scaled> {
  const from = replicasOf(rs);
  if (!force && from === replicas) return { scaled: false, rs };
  if (from === replicas && !replicasAnnotationsNeedUpdate(rs, work.d)) return { scaled: false, rs };
  const next = withAnnotations({ ...rs, spec: { ...rs.spec, replicas } }, withReplicasAnnotations(rs.metadata.annotations, work.d));
  const answer = must(yield* client.update(replicaSets, next));
  if (from === replicas) return { scaled: false, rs: answer };
  yield* note(work, 'Normal', 'ScalingReplicaSet', `Scaled ${from < replicas ? 'up' : 'down'} replica set ${rs.metadata.name} from ${from} to ${replicas}`);
  return { scaled: true, rs: answer };
}

export function* isScalingEvent(work: Work): Program<boolean> {
  const { newRS, old } = yield* replicaSetsAndRevision(work, false);
  return active([...old, newRS]).some((rs) => {
    const desired = countAnnotation(rs, desiredAnnotation);
    return desired !== undefined && desired !== replicasOf(work.d);
  });
}

/** The path of paused and of just rescaled Deployments: sizes only, no rollout. */
export function* syncScale(work: Work): Program {
  const { newRS, old } = yield* replicaSetsAndRevision(work, false);
  yield* scale(work, newRS, old);
  if (work.d.spec.paused === true && rollbackTo(work.d) === undefined) yield* cleanup(work, old);
  yield* syncCounts(work, [...old, newRS], newRS);
}

export function* syncStatusOnly(work: Work): Program {
  const { newRS, old } = yield* replicaSetsAndRevision(work, false);
  yield* syncCounts(work, [...old, newRS], newRS);
}

function* syncCounts(work: Work, all: Sets, newRS: KubeObject | undefined): Program {
  const status = calculateStatus(yield* now(), work.d, all, newRS);
  if (equal(work.d.status ?? {}, status)) return;
  setStatus(work, status);
  yield* updateStatus(work);
}

function* scale(work: Work, newRS: KubeObject | undefined, old: KubeObject[]): Program {
  const { d } = work;
  const only = activeOrLatest(newRS, old);
  if (only !== undefined) {
    if (replicasOf(only) !== replicasOf(d)) yield* scaleReplicaSet(work, only, replicasOf(d));
    return;
  }
  if (newRS !== undefined && replicasOf(newRS) === replicasOf(d) && countAnnotation(newRS, desiredAnnotation) === replicasOf(d) && (newRS.status?.availableReplicas ?? 0) === replicasOf(d)) {
    for (const rs of active(old)) yield* scaleReplicaSet(work, rs, 0);
    return;
  }
  if (!isRollingUpdate(d)) return;
  const all = active([...old, newRS]);
  const toAdd = (replicasOf(d) > 0 ? replicasOf(d) + maxSurge(d) : 0) - specReplicas(all);
  if (toAdd > 0) all.sort((a, b) => replicasOf(b) - replicasOf(a) || byCreation(b, a));
  else if (toAdd < 0) all.sort((a, b) => replicasOf(b) - replicasOf(a) || byCreation(a, b));
  let added = 0;
  const sizes = all.map((rs) => {
    const share = toAdd === 0 ? 0 : proportion(d, rs, toAdd, added);
    added += share;
    return replicasOf(rs) + share;
  });
  if (toAdd !== 0 && sizes.length > 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  for (let i = 0; i < all.length; i++) yield* scaleReplicaSet(work, all[i]!, sizes[i]!, true);
}

/** The only ReplicaSet with replicas; if none has any, the newest; undefined if several have. */
function activeOrLatest(newRS: KubeObject | undefined, old: KubeObject[]): KubeObject | undefined {
  if (newRS === undefined && old.length === 0) return undefined;
  const all = active([...old, newRS]);
  if (all.length === 0) return newRS ?? [...old].sort((a, b) => byCreation(b, a))[0];
  return all.length === 1 ? all[0] : undefined;
}

/** Deletes old, empty ReplicaSets beyond the history limit, lowest revision first. */
function* cleanup(work: Work, old: readonly KubeObject[]): Program {
  const limit = work.d.spec.revisionHistoryLimit;
  if (limit === undefined || limit === null || limit === 2147483647) return;
  const alive = old.filter((rs) => rs.metadata.deletionTimestamp === undefined);
  const excess = alive.length - limit;
  if (excess <= 0) return;
  alive.sort((a, b) => {
    const x = revisionOf(a);
    const y = revisionOf(b);
    return x === undefined || y === undefined || x === y ? byCreation(a, b) : x - y;
  });
  for (const rs of alive.slice(0, excess)) {
    if ((rs.status?.replicas ?? 0) !== 0 || replicasOf(rs) !== 0 || (rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0)) continue;
    const answer = yield* client.delete(replicaSets, rs.metadata.namespace ?? '', rs.metadata.name);
    if (!succeeded(answer) && !isNotFound(answer)) throw new ApiError(errorText(answer), answer);
  }
}

function* syncRollout(work: Work, all: Sets, newRS: KubeObject | undefined): Program {
  const at = yield* now();
  const status = rolloutStatus(at, work.d, all, newRS);
  if (equal(work.d.status ?? {}, status)) {
    yield* requeueStuck(work, status);
    return;
  }
  setStatus(work, status);
  yield* updateStatus(work);
}

/** Comes back when the progress deadline will have passed. */
function* requeueStuck(work: Work, status: Status): Program {
  const { d } = work;
  const condition = conditionOf(d.status?.conditions, 'Progressing');
  if (!hasProgressDeadline(d) || condition === undefined || deploymentComplete(d, status) || condition.reason === 'ProgressDeadlineExceeded') return;
  const from = parseTime(condition.lastUpdateTime) ?? 0;
  yield* act((p: ProcessContext) => {
    const after = from + d.spec.progressDeadlineSeconds * 1e6 - p.now;
    if (after < 1e6) p.queue('deployment').addRateLimited(keyOf(d));
    else p.queue('deployment').addAfter(keyOf(d), after + 1e6);
  });
}

export function* rolloutRolling(work: Work): Program {
  const found = yield* replicaSetsAndRevision(work, true);
  const newRS = found.newRS!;
  const all = [...found.old, newRS];
  if ((yield* reconcileNew(work, all, newRS)) || (yield* reconcileOld(work, all, active(found.old), newRS))) {
    yield* syncRollout(work, all, newRS);
    return;
  }
  if (deploymentComplete(work.d, work.d.status ?? {})) yield* cleanup(work, found.old);
  yield* syncRollout(work, all, newRS);
}

function* reconcileNew(work: Work, all: Sets, newRS: KubeObject): Program<boolean> {
  const desired = replicasOf(work.d);
  if (replicasOf(newRS) === desired) return false;
  const size = replicasOf(newRS) > desired ? desired : newRSReplicas(work.d, all, replicasOf(newRS));
  return (yield* scaleReplicaSet(work, newRS, size)).scaled;
}

function* reconcileOld(work: Work, all: Sets, old: KubeObject[], newRS: KubeObject): Program<boolean> {
  const { d } = work;
  if (specReplicas(old) === 0) return false;
  const minAvailable = replicasOf(d) - maxUnavailable(d);
  const newUnavailable = replicasOf(newRS) - (newRS.status?.availableReplicas ?? 0);
  const most = specReplicas(all) - minAvailable - newUnavailable;
  if (most <= 0) return false;
  old.sort(byCreation);
  try {
    const cleaned = yield* cleanupUnhealthy(work, old, most);
    return cleaned + (yield* scaleDownOld(work, old, newRS, minAvailable)) > 0;
  } catch (thrown) {
    // Upstream swallows the error here and goes on to the status.
    if (thrown instanceof ApiError) return false;
    throw thrown;
  }
}

/** Takes away replicas that are not available anyway. Replaces entries of `old` by what the server answered. */
function* cleanupUnhealthy(work: Work, old: KubeObject[], most: number): Program<number> {
  let total = 0;
  for (let i = 0; i < old.length && total < most; i++) {
    const rs = old[i]!;
    const size = replicasOf(rs);
    const available: number = rs.status?.availableReplicas ?? 0;
    if (size === 0 || size === available) continue;
    const down = Math.min(most - total, size - available);
    if (down < 0) throw new ApiError('when cleaning up unhealthy replicas, got invalid request to scale down');
    old[i] = (yield* scaleReplicaSet(work, rs, size - down)).rs;
    total += down;
  }
  return total;
}

function* scaleDownOld(work: Work, old: readonly KubeObject[], newRS: KubeObject, minAvailable: number): Program<number> {
  const most = availableReplicas([...old, newRS]) - minAvailable;
  if (most <= 0) return 0;
  let total = 0;
  for (const rs of old) {
    if (total >= most) break;
    const size = replicasOf(rs);
    if (size === 0) continue;
    const down = Math.min(size, most - total);
    yield* scaleReplicaSet(work, rs, size - down);
    total += down;
  }
  return total;
}

export function* rolloutRecreate(work: Work): Program {
  let { newRS, old } = yield* replicaSetsAndRevision(work, false);
  let all: Sets = [...old, newRS];
  let scaledDown = false;
  for (const rs of active(old)) scaledDown = (yield* scaleReplicaSet(work, rs, 0)).scaled || scaledDown;
  if (scaledDown || (yield* oldPodsRunning(work, newRS, old))) {
    yield* syncRollout(work, all, newRS);
    return;
  }
  if (newRS === undefined) {
    ({ newRS, old } = yield* replicaSetsAndRevision(work, true));
    all = [...old, newRS];
  }
  yield* scaleReplicaSet(work, newRS!, replicasOf(work.d));
  if (deploymentComplete(work.d, work.d.status ?? {})) yield* cleanup(work, old);
  yield* syncRollout(work, all, newRS);
}

function* oldPodsRunning(work: Work, newRS: KubeObject | undefined, old: readonly KubeObject[]): Program<boolean> {
  if (actualReplicas(old) > 0) return true;
  const { sets } = work;
  return yield* act((p: ProcessContext) => sets.some((rs) => rs.metadata.uid !== newRS?.metadata.uid && p.informer('pods').byIndex('controller', rs.metadata.uid).some((pod) => !isPodTerminal(pod))));
}

/** The revision asked for by the annotation that extensions/v1beta1 left behind. */
export function rollbackTo(d: KubeObject): number | undefined {
  const text = d.metadata.annotations?.[rollbackAnnotation];
  return text !== undefined && /^[+-]?\d{1,18}$/.test(text) ? Number(text) : undefined;
}

export function* rollback(work: Work): Program {
  const { newRS, old } = yield* replicaSetsAndRevision(work, true);
  const all = [...old, newRS];
  let revision = rollbackTo(work.d) ?? 0;
  if (revision === 0) revision = lastRevision(all);
  if (revision === 0) {
    yield* note(work, 'Warning', 'DeploymentRollbackRevisionNotFound', 'Unable to find last revision.');
    yield* clearRollback(work);
    return;
  }
  const rs = all.find((one) => one !== undefined && revisionOf(one) === revision);
  if (rs === undefined) {
    yield* note(work, 'Warning', 'DeploymentRollbackRevisionNotFound', 'Unable to find the revision to rollback to.');
    yield* clearRollback(work);
    return;
  }
  if (equalIgnoreHash(work.d.spec.template, rs.spec.template)) {
    yield* note(work, 'Warning', 'DeploymentRollbackTemplateUnchanged', `The rollback revision contains the same template as current deployment "${work.d.metadata.name}"`);
    yield* clearRollback(work);
    return;
  }
  const { [hashLabel]: _hash, ...labels } = rs.spec.template.metadata?.labels ?? {};
  const template = { ...rs.spec.template, metadata: { ...rs.spec.template.metadata, labels } };
  work.d = withAnnotations({ ...work.d, spec: { ...work.d.spec, template } }, rolledBackAnnotations(work.d, rs));
  yield* clearRollback(work);
  yield* note(work, 'Normal', 'DeploymentRollback', `Rolled back deployment "${work.d.metadata.name}" to revision ${revision}`);
}

function* clearRollback(work: Work): Program {
  const { [rollbackAnnotation]: _asked, ...rest } = work.d.metadata.annotations ?? {};
  work.d = withAnnotations(work.d, rest);
  must(yield* client.update(deployments, work.d));
}

