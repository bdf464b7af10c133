/**
 * The garbage collector: deletes what has no owner left, orphans or deletes dependents in the foreground as asked.
 *
 * Upstream: pkg/controller/garbagecollector/{garbagecollector,operations,patch}.go
 * Left out: custom resources (no discovery every 30 s).
 */
import type { Program } from '../../../sim/program.ts';
import { act, sleep } from '../../../sim/program.ts';
import type { Resource } from '../../api/resources.ts';
import { resourceOfKind } from '../../api/resources.ts';
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import type { ApiResponse } from '../../apimachinery/request.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, Gvr, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { ApiError, errorText, guarded, isConflict, isNotFound, must, succeeded } from '../answers.ts';
import { gvrOf, preferredResources } from '../api-resources.ts';
import { identityOf } from '../identity.ts';
import { equal } from '../objects.ts';
import type { Node } from './graph.ts';
import { absentCell, absentKey, attemptToDelete, dependentsCell, dependentsOf, nodeOf, nodesCell, noteAbsent, observe, virtualDelete } from './graph.ts';

// A deletion takes two calls, so the collector is allowed twice the rate.
const identity = identityOf('generic-garbage-collector', { qps: 2 });
const client = clientFor(identity);
const source: EventSource = { component: 'garbage-collector-controller', client: identity };

/** Events are never collected. */
const watched: readonly Resource[] = preferredResources.filter((r) => r.resource !== 'events' && r.verbs.includes('delete') && r.verbs.includes('list') && r.verbs.includes('watch'));

interface Place { readonly gvr: Gvr; readonly namespace: string }

/** Throws if the kind is not served: the item is tried again. */
function place(apiVersion: string, kind: string, namespace: string): Place {
  const resource = resourceOfKind(apiVersion, kind);
  if (resource === undefined) throw new ApiError(`unable to get REST mapping for ${apiVersion}/${kind}.`);
  return { gvr: gvrOf(resource), namespace: resource.namespaced ? namespace : '' };
}

function* getLive(n: Node): Program<ApiResponse> {
  const { gvr, namespace } = place(n.apiVersion, n.kind, n.namespace);
  return yield* client.get(gvr, namespace, n.name);
}

type Judgement = 'dangling' | 'waiting' | 'solid';

/** Undefined: a cluster-scoped item names a namespaced owner; nothing can be said. */
function* judge(n: Node, ref: OwnerReference): Program<Judgement | undefined> {
  const known = yield* act((p: ProcessContext) => p.cell(absentCell).has(absentKey(ref, '')) || p.cell(absentCell).has(absentKey(ref, n.namespace)));
  if (known) return 'dangling';
  const resource = resourceOfKind(ref.apiVersion, ref.kind);
  if (resource === undefined) throw new ApiError(`unable to get REST mapping for ${ref.apiVersion}/${ref.kind}.`);
  if (n.namespace === '' && resource.namespaced) return undefined;
  const namespace = resource.namespaced ? n.namespace : '';
  const answer = yield* client.get(gvrOf(resource), namespace, ref.name);
  if (!succeeded(answer) && !isNotFound(answer)) throw new ApiError(errorText(answer), answer);
  const owner = succeeded(answer) ? (answer.body as KubeObject) : undefined;
  if (owner === undefined || owner.metadata.uid !== ref.uid) {
    yield* act((p: ProcessContext) => noteAbsent(p, absentKey(ref, namespace)));
    return 'dangling';
  }
  return owner.metadata.deletionTimestamp !== undefined && (owner.metadata.finalizers ?? []).includes('foregroundDeletion') ? 'waiting' : 'solid';
}

function* forgetAbsent(n: Node): Program<SyncResult> {
  yield* act((p: ProcessContext) => virtualDelete(p, n));
  return 'done';
}

/** Deletes with the uid and version it was judged by; if only the version moved and the owners did not, without the version. */
function* deleteObject(n: Node, live: KubeObject, policy: string): Program<ApiResponse> {
  const { gvr, namespace } = place(n.apiVersion, n.kind, n.namespace);
  const options = (resourceVersion?: string): unknown => ({
    kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: n.uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) }, propagationPolicy: policy,
  });
  const answer = yield* client.delete(gvr, namespace, n.name, options(live.metadata.resourceVersion));
  if (!isConflict(answer)) return answer;
  const fresh = yield* client.get(gvr, namespace, n.name);
  if (isNotFound(fresh)) return fresh;
  if (!succeeded(fresh)) return answer;
  const now = fresh.body as KubeObject;
  if (now.metadata.uid !== n.uid || now.metadata.resourceVersion === live.metadata.resourceVersion || !equal(now.metadata.ownerReferences, live.metadata.ownerReferences)) return answer;
  return yield* client.delete(gvr, namespace, n.name, options());
}

function* finish(n: Node, answer: ApiResponse): Program<SyncResult> {
  if (isNotFound(answer)) return yield* forgetAbsent(n);
  must(answer);
  return 'done';
}

function* patchItem(n: Node, strategic: unknown, merge: () => unknown): Program<ApiResponse> {
  const { gvr, namespace } = place(n.apiVersion, n.kind, n.namespace);
  const answer = yield* client.patch(gvr, namespace, n.name, 'application/strategic-merge-patch+json', strategic);
  return answer.code === 415 ? yield* client.patch(gvr, namespace, n.name, 'application/merge-patch+json', merge()) : answer;
}

function withoutOwners(live: KubeObject, uids: readonly string[]): unknown {
  return { metadata: { resourceVersion: live.metadata.resourceVersion, ownerReferences: (live.metadata.ownerReferences ?? []).filter((r) => !uids.includes(r.uid)) } };
}

const deleteOwners = (uid: string, owners: readonly string[]): unknown => ({ metadata: { uid, ownerReferences: owners.map((o) => ({ $patch: 'delete', uid: o })) } });

function* syncDelete(uid: string): Program<SyncResult> {
  const n = yield* act((p: ProcessContext) => nodeOf(p, uid));
  if (n === undefined || (n.beingDeleted === true && n.deletingDependents !== true)) return 'done';
  const resource = resourceOfKind(n.apiVersion, n.kind);
  if (resource?.namespaced === true && n.namespace === '') return 'done';
  const answer = yield* getLive(n);
  if (!succeeded(answer) && !isNotFound(answer)) throw new ApiError(errorText(answer), answer);
  if (isNotFound(answer)) return yield* forgetAbsent(n);
  const live = answer.body as KubeObject;
  if (live.metadata.uid !== n.uid) return yield* forgetAbsent(n);
  if (n.deletingDependents === true) {
    yield* deleteDependents(n);
    return 'done';
  }
  const done: SyncResult = n.virtual === true ? 'retry' : 'done';
  const refs = live.metadata.ownerReferences ?? [];
  if (refs.length === 0) return done;
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  for (const ref of refs) {
    const verdict = yield* judge(n, ref);
    if (verdict === undefined) return 'done';
    (verdict === 'solid' ? solid : verdict === 'dangling' ? dangling : waiting).push(ref);
  }
  if (solid.length > 0) {
    if (dangling.length === 0 && waiting.length === 0) return done;
    const uids = [...dangling, ...waiting].map((r) => r.uid);
    must(yield* patchItem(n, deleteOwners(n.uid, uids), () => withoutOwners(live, uids)));
    return done;
  }
  if (waiting.length > 0) {
    const dependents = yield* act((p: ProcessContext) => dependentsOf(p, n.uid));
    if (dependents.length > 0) {
      if (dependents.some((d) => d.deletingDependents === true)) {
        // A cycle may wait for itself: this item stops blocking its owners.
        const unblocked = n.owners.filter((o) => o.blockOwnerDeletion === true).map((o) => ({ ...o, blockOwnerDeletion: false }));
        must(yield* patchItem(n, { metadata: { uid: n.uid, ownerReferences: unblocked } }, () => ({
          metadata: { resourceVersion: live.metadata.resourceVersion, ownerReferences: n.owners.map((o) => ({ ...o, blockOwnerDeletion: false })) },
        })));
      }
      return yield* finish(n, yield* deleteObject(n, live, 'Foreground'));
    }
  }
  const finalizers = live.metadata.finalizers ?? [];
  const policy = finalizers.includes('orphan') ? 'Orphan' : finalizers.includes('foregroundDeletion') ? 'Foreground' : 'Background';
  return yield* finish(n, yield* deleteObject(n, live, policy));
}

function* deleteDependents(n: Node): Program {
  const blocking = yield* act((p: ProcessContext) => {
    const found = dependentsOf(p, n.uid).filter((d) => d.owners.some((o) => o.uid === n.uid && o.blockOwnerDeletion === true));
    for (const d of found) if (d.deletingDependents !== true) attemptToDelete(p, d.uid);
    return found.length;
  });
  if (blocking === 0) yield* removeFinalizer(n, 'foregroundDeletion');
}

/** Up to four tries while others write; waits of 10, 50, 250 ms. */
function* removeFinalizer(n: Node, finalizer: string): Program {
  const { gvr, namespace } = place(n.apiVersion, n.kind, n.namespace);
  for (let i = 0, wait = 10_000; ; i++, wait *= 5) {
    const answer = yield* getLive(n);
    if (isNotFound(answer)) return;
    const live = must(answer);
    const finalizers = live.metadata.finalizers ?? [];
    if (!finalizers.includes(finalizer)) return;
    const left = finalizers.filter((f) => f !== finalizer);
    const patched = yield* client.patch(gvr, namespace, n.name, 'application/merge-patch+json', {
      metadata: { resourceVersion: live.metadata.resourceVersion, finalizers: left.length === 0 ? null : left },
    });
    if (succeeded(patched)) return;
    if (!isConflict(patched) || i >= 3) throw new ApiError(errorText(patched), patched);
    yield* sleep(wait);
  }
}

function* syncOrphan(uid: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const n = nodeOf(p, uid);
    return n === undefined ? undefined : { n, dependents: dependentsOf(p, uid) };
  });
  if (start === undefined) return 'done';
  const { n, dependents } = start;
  const answers = yield* client.all(dependents.map((d) => {
    const at = place(d.apiVersion, d.kind, d.namespace);
    return client.request.patch(at.gvr, at.namespace, d.name, 'application/strategic-merge-patch+json', deleteOwners(d.uid, [uid]));
  }));
  for (const answer of answers) if (!succeeded(answer) && !isNotFound(answer)) return 'retry';
  yield* removeFinalizer(n, 'orphan');
  return 'done';
}

export const garbageCollector: ControllerDefinition = {
  name: 'garbagecollector',
  client: identity,
  workers: 20,
  serviceTime: serviceTime.garbagecollector,
  informers: watched.map(gvrOf),
  handlers: Object.fromEntries(watched.map((r) => [gvrOf(r), (p: ProcessContext, event: import('../../client-go/types.ts').InformerEvent) => observe(p, source, r.apiVersion, r.kind, event)])),
  sync: (uid) => guarded(syncDelete(uid)),
  queues: { orphan: { workers: 20, serviceTime: serviceTime.garbagecollector, sync: (uid) => guarded(syncOrphan(uid)) } },
  cells: [nodesCell, dependentsCell, absentCell],
};
