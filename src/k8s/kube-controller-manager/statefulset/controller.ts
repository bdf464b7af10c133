/**
 * The stateful set controller: pods with names that stay, made and removed in order.
 *
 * Upstream: pkg/controller/statefulset/{stateful_set,stateful_set_control,stateful_pod_control}.go
 * Left out: adoption of orphans; owner references of claims (persistentVolumeClaimRetentionPolicy other than Retain); maxUnavailable (off by default).
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ApiResponse } from '../../apimachinery/request.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { ApiError, errorText, guarded, isAlreadyExists, isConflict, must, succeeded } from '../answers.ts';
import { controllerRevisions, matchesTemplate, newRevision, revisionsOf, templateOf } from '../history.ts';
import { identityOf } from '../identity.ts';
import { controllerOf, keyOf, omitEmpty } from '../objects.ts';
import { isPodAvailable, isPodReady, isPodTerminal } from '../pods.ts';
import { selectorMatches } from '../selector.ts';
import { claimsFor, identityMatches, isCreated, isHealthy, isRunningAndAvailable, isRunningAndReady, isTerminating, newPod, ordinalOf, revisionOf, withIdentity } from './pods.ts';

const gvr = 'apps/v1/statefulsets';
const identity = identityOf('statefulset-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'statefulset-controller', client: identity };
const hashLabel = 'controller.kubernetes.io/hash';

interface Revisions { readonly current: KubeObject; readonly update: KubeObject; readonly all: readonly KubeObject[]; readonly collisions: number }

function* revisions(set: KubeObject): Program<Revisions> {
  const all = yield* act((p: ProcessContext) => revisionsOf(p, set));
  let collisions: number = set.status?.collisionCount ?? 0;
  const next = (all.at(-1)?.revision ?? 0) + 1;
  const equalOnes = all.filter((r) => matchesTemplate(r, set.spec.template));
  let update: KubeObject;
  if (equalOnes.length > 0 && all.at(-1) === equalOnes.at(-1)) update = all.at(-1)!;
  else if (equalOnes.length > 0) update = must(yield* client.update(controllerRevisions, { ...equalOnes.at(-1)!, revision: next }));
  else {
    for (;;) {
      const body = newRevision(set, 'apps/v1', 'StatefulSet', hashLabel, next, collisions);
      const answer = yield* client.create(controllerRevisions, set.metadata.namespace ?? '', body);
      if (!isAlreadyExists(answer)) {
        update = must(answer);
        break;
      }
      const existing = must(yield* client.get(controllerRevisions, set.metadata.namespace ?? '', body.metadata.name));
      if (matchesTemplate(existing, set.spec.template)) {
        update = existing;
        break;
      }
      collisions++;
    }
  }
  return { current: all.find((r) => r.metadata.name === set.status?.currentRevision) ?? update, update, all, collisions };
}

interface Counts { replicas: number; ready: number; available: number; current: number; updated: number }

function count(pods: readonly KubeObject[], minReady: number, at: number, currentName: string, updateName: string): Counts {
  const c: Counts = { replicas: 0, ready: 0, available: 0, current: 0, updated: 0 };
  for (const pod of pods) {
    if (isCreated(pod)) c.replicas++;
    if (isRunningAndReady(pod)) {
      c.ready++;
      if (isPodAvailable(pod, minReady, at)) c.available++;
    }
    if (isCreated(pod) && !isTerminating(pod)) {
      if (revisionOf(pod) === currentName) c.current++;
      if (revisionOf(pod) === updateName) c.updated++;
    }
  }
  return c;
}

function* note(set: KubeObject, verb: string, what: string, answer: ApiResponse): Program {
  const title = verb.charAt(0) === 'c' ? 'Create' : verb.charAt(0) === 'd' ? 'Delete' : 'Update';
  yield* act((p: ProcessContext) => {
    if (succeeded(answer)) p.event(source, set, 'Normal', `Successful${title}`, `${title} ${what} in StatefulSet ${set.metadata.name} successful`);
    else p.event(source, set, 'Warning', `Failed${title}`, `${title} ${what} in StatefulSet ${set.metadata.name} failed error: ${errorText(answer)}`);
  });
}

function* createPod(set: KubeObject, pod: KubeObject): Program {
  yield* createClaims(set, pod);
  const answer = yield* client.create('pods', set.metadata.namespace ?? '', pod);
  if (isAlreadyExists(answer)) throw new ApiError(errorText(answer), answer);
  yield* note(set, 'create', `Pod ${pod.metadata.name}`, answer);
  must(answer);
}

function* createClaims(set: KubeObject, pod: KubeObject): Program {
  for (const { name, body } of claimsFor(set, ordinalOf(pod))) {
    const have = yield* act((p: ProcessContext) => p.informer('persistentvolumeclaims').get(`${set.metadata.namespace}/${name}`));
    if (have !== undefined) continue;
    const answer = yield* client.create('persistentvolumeclaims', set.metadata.namespace ?? '', body);
    if (isAlreadyExists(answer)) continue;
    yield* act((p: ProcessContext) => {
      if (succeeded(answer)) p.event(source, set, 'Normal', 'SuccessfulCreate', `Create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} success`);
      else p.event(source, set, 'Warning', 'FailedCreate', `Create Claim ${name} for Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} failed error: ${errorText(answer)}`);
    });
    must(answer);
  }
}

function* deletePod(set: KubeObject, pod: KubeObject): Program {
  const answer = yield* client.delete('pods', set.metadata.namespace ?? '', pod.metadata.name);
  yield* note(set, 'delete', `Pod ${pod.metadata.name}`, answer);
  if (!succeeded(answer)) throw new ApiError(errorText(answer), answer);
}

/** Makes, repairs and removes pods: as far as the order allows in one sync. Replaces entries of `replicas`. */
function* work(set: KubeObject, r: Revisions, replicas: KubeObject[], condemned: readonly KubeObject[]): Program {
  const minReady: number = set.spec.minReadySeconds ?? 0;
  const monotonic = set.spec.podManagementPolicy !== 'Parallel';
  const at = yield* now();
  for (let i = 0; i < replicas.length; i++) {
    let pod = replicas[i]!;
    if (isPodTerminal(pod)) {
      if (pod.metadata.deletionTimestamp === undefined) {
        const failed = pod.status?.phase === 'Failed';
        yield* act((p: ProcessContext) => p.event(source, set, failed ? 'Warning' : 'Normal', failed ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod', `StatefulSet ${keyOf(set)} is recreating ${failed ? 'failed' : 'terminated'} Pod ${pod.metadata.name}`));
        yield* deletePod(set, pod);
      }
      pod = replicas[i] = versioned(set, r, ordinalOf(pod));
      // Made anew once the old one has gone.
      if (monotonic) return;
      continue;
    }
    if (!isCreated(pod)) {
      yield* createPod(set, pod);
      if (monotonic) return;
      continue;
    }
    if (pod.status?.phase === 'Pending') yield* createClaims(set, pod);
    if (isTerminating(pod) && monotonic) return;
    if (!isRunningAndReady(pod) && monotonic) return;
    if (!isRunningAndAvailable(pod, minReady, at) && monotonic) return;
    if (!identityMatches(set, pod)) {
      const fixed = withIdentity(pod);
      const answer = yield* client.update('pods', fixed);
      yield* note(set, 'update', `Pod ${pod.metadata.name}`, answer);
      must(answer);
    }
  }
  const firstUnhealthy = [...replicas, ...[...condemned].reverse()].find((pod) => !isHealthy(pod));
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (monotonic) return;
      continue;
    }
    if (monotonic && pod !== firstUnhealthy && (!isRunningAndReady(pod) || !isRunningAndAvailable(pod, minReady, at))) return;
    yield* deletePod(set, pod);
    if (monotonic) return;
  }
  if (set.spec.updateStrategy?.type === 'OnDelete') return;
  const from = (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0) as number;
  const start: number = set.spec.ordinals?.start ?? 0;
  for (let i = replicas.length - 1; i >= 0 && i + start >= from; i--) {
    const pod = replicas[i]!;
    if (revisionOf(pod) !== r.update.metadata.name && !isTerminating(pod)) {
      yield* deletePod(set, pod);
      return;
    }
    if (!isHealthy(pod)) return;
  }
}

function versioned(set: KubeObject, r: Revisions, ordinal: number): KubeObject {
  const partition: number = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const old = set.spec.updateStrategy?.type === 'RollingUpdate' && ordinal < partition;
  const template = old ? templateOf(r.current) : set.spec.template;
  return newPod(set, template as never, ordinal, (old ? r.current : r.update).metadata.name);
}

function* writeStatus(set: KubeObject, status: Record<string, unknown>): Program {
  const old = set.status ?? {};
  const same = (['replicas', 'readyReplicas', 'availableReplicas', 'currentReplicas', 'updatedReplicas'] as const).every((k) => (old[k] ?? 0) === (status[k] ?? 0))
    && old.currentRevision === status.currentRevision && old.updateRevision === status.updateRevision && Number(status.observedGeneration ?? 0) <= (old.observedGeneration ?? 0);
  if (same) return;
  let target = set;
  for (let i = 0; ; i++) {
    const answer = yield* client.updateSub(gvr, 'status', { ...target, status });
    if (succeeded(answer)) return;
    if (!isConflict(answer) || i >= 4) throw new ApiError(errorText(answer), answer);
    const cached = yield* act((p: ProcessContext) => p.informer(gvr).get(keyOf(set)));
    if (cached === undefined) return;
    target = cached;
  }
}

function* truncateHistory(set: KubeObject, pods: readonly KubeObject[], r: Revisions): Program {
  const live = [r.current.metadata.name, r.update.metadata.name, ...pods.map(revisionOf)];
  const old = r.all.filter((one) => !live.includes(one.metadata.name));
  const excess = old.length - (set.spec.revisionHistoryLimit ?? 10);
  for (const one of old.slice(0, Math.max(0, excess))) {
    const answer = yield* client.delete(controllerRevisions, one.metadata.namespace ?? '', one.metadata.name);
    if (!succeeded(answer)) throw new ApiError(errorText(answer), answer);
  }
}

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const set = p.informer(gvr).get(key);
    if (set === undefined) return undefined;
    const pods = p.informer('pods').byIndex('controller', set.metadata.uid)
      .filter((pod) => selectorMatches(set.spec.selector, pod.metadata.labels) && ordinalOf(pod) >= 0 && pod.metadata.name === `${set.metadata.name}-${ordinalOf(pod)}`);
    return { set, pods: [...pods].sort((a, b) => ordinalOf(a) - ordinalOf(b)) };
  });
  if (start === undefined) return 'done';
  const { set, pods } = start;
  const r = yield* revisions(set);
  const minReady: number = set.spec.minReadySeconds ?? 0;
  const first: number = set.spec.ordinals?.start ?? 0;
  const size: number = set.spec.replicas ?? 1;
  const replicas: KubeObject[] = [];
  for (let i = 0; i < size; i++) replicas.push(pods.find((pod) => ordinalOf(pod) === first + i) ?? versioned(set, r, first + i));
  const condemned = pods.filter((pod) => ordinalOf(pod) < first || ordinalOf(pod) >= first + size).reverse();
  const [currentName, updateName] = [r.current.metadata.name, r.update.metadata.name];
  let failed: ApiError | undefined;
  if (set.metadata.deletionTimestamp === undefined) {
    try {
      yield* work(set, r, replicas, condemned);
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown;
      failed = thrown;
    }
  }
  const c = count([...replicas, ...condemned], minReady, yield* now(), currentName, updateName);
  let revision = currentName;
  if (set.spec.updateStrategy?.type === 'RollingUpdate' && c.updated === c.replicas && c.ready === c.replicas) {
    c.current = c.updated;
    revision = updateName;
  }
  yield* writeStatus(set, omitEmpty({
    observedGeneration: set.metadata.generation ?? 0, replicas: c.replicas, readyReplicas: c.ready, currentReplicas: c.current, updatedReplicas: c.updated,
    currentRevision: revision, updateRevision: updateName, collisionCount: r.collisions, availableReplicas: c.available,
    conditions: set.status?.conditions as unknown,
  }, ['observedGeneration', 'readyReplicas', 'currentReplicas', 'updatedReplicas']));
  if (failed !== undefined) throw failed;
  yield* truncateHistory(set, pods, r);
  if (minReady > 0 && c.available !== size) yield* act((p: ProcessContext) => p.queue('statefulset').addAfter(key, minReady * 1e6));
  return 'done';
}

function onPod(p: ProcessContext, event: InformerEvent): void {
  const pod = event.object;
  const ref = controllerOf(pod);
  if (ref?.kind !== 'StatefulSet') return;
  const set = p.informer(gvr).get(`${pod.metadata.namespace}/${ref.name}`);
  if (set?.metadata.uid !== ref.uid) return;
  const key = keyOf(set);
  p.queue('statefulset').add(key);
  const minReady: number = set.spec.minReadySeconds ?? 0;
  if (event.type === 'update' && minReady > 0 && !isPodReady(event.old) && isPodReady(pod)) p.queue('statefulset').addAfter(key, (minReady + 1) * 1e6);
}

export const statefulSetController: ControllerDefinition = {
  name: 'statefulset',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.statefulset,
  informers: [gvr, controllerRevisions, 'pods', 'persistentvolumeclaims'],
  handlers: {
    [gvr]: (p, event) => p.queue('statefulset').add(keyOf(event.object)),
    pods: onPod,
  },
  sync: (key) => guarded(sync(key), true),
};

