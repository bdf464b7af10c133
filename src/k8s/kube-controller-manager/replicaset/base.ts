/**
 * The controller behind ReplicaSets and ReplicationControllers: as many pods as wanted, no more, no fewer.
 *
 * Upstream: pkg/controller/replicaset/replica_set.go
 * Left out: related pods that a selector matches without being controlled by a ReplicaSet of the same owner do not count when
 * pods to delete are ranked.
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ClientIdentity, ControllerDefinition, EventSource, Gvr, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { ApiError, errorText, guarded, succeeded } from '../answers.ts';
import { ConsistencyStore } from '../consistency.ts';
import { Expectations } from '../expectations.ts';
import { controllerOf, equal, isControlledBy, keyOf, newControllerRef } from '../objects.ts';
import { deletePods, podFromTemplate, slowStartCreate } from '../pod-control.ts';
import { isPodActive, isPodReady, isPodTerminating, nextAvailabilityCheck, sortForDeletion } from '../pods.ts';
import { claim } from '../ref-manager.ts';
import type { LabelSelector } from '../selector.ts';
import { selectorMatches, selectsEverything } from '../selector.ts';
import type { Counts, Status } from './status.ts';
import { calculateStatus, countPods, countTally, statusDiffers } from './status.ts';
import { Tallies } from './tally.ts';

const burstReplicas = 500;
const NONE: readonly KubeObject[] = [];

export interface Flavour {
  readonly name: string;
  readonly identity: ClientIdentity;
  readonly component: string;
  readonly gvr: Gvr;
  readonly apiVersion: string;
  readonly kind: string;
  readonly serviceTime: number;
  readonly selectorOf: (owner: KubeObject) => LabelSelector;
  /** ReplicaSets alone count terminating pods and wait for their caches to see their own writes. */
  readonly modern: boolean;
}

export function replicaController(f: Flavour): ControllerDefinition {
  const client = clientFor(f.identity);
  const source: EventSource = { component: f.component, client: f.identity };
  const expectations = new Expectations(`${f.name} expectations`);
  const consistency = new ConsistencyStore(`${f.name} writes`);
  /** Keys of pods that nobody controls: the candidates for adoption. */
  const orphans = `${f.name} orphans`;
  const tallies = new Tallies(`${f.name} tallies`);

  const enqueue = (p: ProcessContext, owner: KubeObject): void => p.queue(f.name).add(keyOf(owner));

  function resolve(p: ProcessContext, namespace: string | undefined, ref: OwnerReference | undefined): KubeObject | undefined {
    if (ref?.kind !== f.kind) return undefined;
    const owner = p.informer(f.gvr).get(`${namespace}/${ref.name}`);
    return owner?.metadata.uid === ref.uid ? owner : undefined;
  }

  function enqueueSelecting(p: ProcessContext, pod: KubeObject): void {
    if (Object.keys(pod.metadata.labels ?? {}).length === 0) return;
    for (const owner of p.informer(f.gvr).list(pod.metadata.namespace)) {
      const selector = f.selectorOf(owner);
      if (!selectsEverything(selector) && selectorMatches(selector, pod.metadata.labels)) enqueue(p, owner);
    }
  }

  function onOwner(p: ProcessContext, event: InformerEvent): void {
    const owner = event.object;
    if (event.type === 'update' && event.old.metadata.uid !== owner.metadata.uid) forget(p, event.old);
    if (event.type === 'delete') forget(p, owner);
    enqueue(p, owner);
  }

  function forget(p: ProcessContext, owner: KubeObject): void {
    if (f.modern) consistency.clear(p, keyOf(owner), owner.metadata.uid);
    expectations.delete(p, keyOf(owner));
  }

  function podGoes(p: ProcessContext, pod: KubeObject): void {
    const owner = resolve(p, pod.metadata.namespace, controllerOf(pod));
    if (owner === undefined) return;
    expectations.deletionObserved(p, keyOf(owner), keyOf(pod));
    enqueue(p, owner);
  }

  function onPod(p: ProcessContext, event: InformerEvent): void {
    const pod = event.object;
    const ref = controllerOf(pod);
    if (f.modern) tallies.observe(p, event.type === 'add' ? undefined : event.old, event.type === 'delete' ? undefined : pod);
    if (event.type === 'delete') {
      if (ref === undefined && p.cell(orphans).has(keyOf(pod))) p.cell(orphans).delete(keyOf(pod));
      podGoes(p, pod);
      return;
    }
    trackOrphan(p, pod, ref, event.type === 'update' ? event.old : undefined);
    if (event.type === 'add') {
      if (pod.metadata.deletionTimestamp !== undefined) podGoes(p, pod);
      else if (ref !== undefined) {
        const owner = resolve(p, pod.metadata.namespace, ref);
        if (owner === undefined) return;
        expectations.creationObserved(p, keyOf(owner));
        enqueue(p, owner);
      } else enqueueSelecting(p, pod);
      return;
    }
    const { old } = event;
    const labelChanged = old.metadata.labels !== pod.metadata.labels && !equal(old.metadata.labels, pod.metadata.labels);
    if (pod.metadata.deletionTimestamp !== undefined) {
      podGoes(p, pod);
      if (labelChanged) podGoes(p, old);
      return;
    }
    const oldRef = controllerOf(old);
    const refChanged = ref !== oldRef && !equal(ref, oldRef);
    const former = refChanged ? resolve(p, old.metadata.namespace, oldRef) : undefined;
    if (former !== undefined) enqueue(p, former);
    if (ref !== undefined) {
      const owner = resolve(p, pod.metadata.namespace, ref);
      if (owner === undefined) return;
      enqueue(p, owner);
      const minReady: number = owner.spec.minReadySeconds ?? 0;
      if (minReady > 0 && !isPodReady(old) && isPodReady(pod)) p.queue(f.name).addAfter(keyOf(owner), minReady * 1e6);
      return;
    }
    if (labelChanged || refChanged) enqueueSelecting(p, pod);
  }

  function trackOrphan(p: ProcessContext, pod: KubeObject, ref: OwnerReference | undefined, old: KubeObject | undefined): void {
    const was = old !== undefined && controllerOf(old) === undefined;
    if (ref === undefined && !was) p.cell(orphans).set(keyOf(pod), 1);
    else if (ref !== undefined && was) p.cell(orphans).delete(keyOf(pod));
  }

  /** Its own pods and, if its selector is to look for more, the orphans of the namespace. */
  function candidates(p: ProcessContext, owner: KubeObject): KubeObject[] {
    const pods = [...p.informer('pods').byIndex('controller', owner.metadata.uid)];
    if (p.cell(orphans).size === 0) return pods;
    for (const key of p.cell(orphans).prefix(`${owner.metadata.namespace}/`)) {
      const pod = p.informer('pods').get(key);
      if (pod !== undefined) pods.push(pod);
    }
    return pods;
  }

  /** `pods`: the claimed active ones, as many as `have`; null when all that it controls are claimed. */
  function* manage(owner: KubeObject, key: string, have: number, pods: readonly KubeObject[] | null): Program<string | undefined> {
    const diff = have - (owner.spec.replicas ?? 1);
    const reference = newControllerRef(owner, f.apiVersion, f.kind);
    if (diff < 0) {
      const count = Math.min(-diff, burstReplicas);
      yield* act((p: ProcessContext) => expectations.expectCreations(p, key, count));
      const body = podFromTemplate(owner, owner.spec.template, reference);
      if (Object.keys(owner.spec.template?.metadata?.labels ?? {}).length === 0) {
        yield* act((p: ProcessContext) => expectations.creationObserved(p, key, count));
        return 'unable to create pods, no labels';
      }
      const request = client.request.create('pods', owner.metadata.namespace ?? '', body);
      const result = yield* slowStartCreate(client, source, owner, Array.from({ length: count }, () => request), (p, answer) => {
        if (f.modern && succeeded(answer)) consistency.wroteAt(p, key, owner.metadata.uid, 'pods', (answer.body as KubeObject).metadata.resourceVersion);
      });
      const skipped = count - result.successes;
      if (skipped > 0) yield* act((p: ProcessContext) => expectations.creationObserved(p, key, skipped));
      return result.error;
    }
    if (diff > 0) {
      const count = Math.min(diff, burstReplicas);
      const going = yield* act((p: ProcessContext) => {
        const active = pods ?? candidates(p, owner).filter(isPodActive);
        let chosen = active;
        if (count < active.length) {
          const parent = controllerOf(owner);
          const related = parent === undefined ? [] : p.informer(f.gvr).byIndex('controller', parent.uid).flatMap((rs) => p.informer('pods').byIndex('controller', rs.metadata.uid));
          chosen = sortForDeletion(active, related, p.now);
        }
        chosen = chosen.slice(0, count);
        expectations.expectDeletions(p, key, chosen.map(keyOf));
        return chosen;
      });
      return yield* deletePods(client, source, owner, going, (p, pod) => expectations.deletionObserved(p, key, keyOf(pod)));
    }
    return undefined;
  }

  /** One retry with a fresh copy, as the write carries a resourceVersion. */
  function* writeStatus(owner: KubeObject, status: Status): Program<KubeObject> {
    if (!statusDiffers(owner, status)) return owner;
    const next = { ...status, observedGeneration: owner.metadata.generation ?? 0 };
    const first = yield* client.updateSub(f.gvr, 'status', { ...owner, status: next });
    if (succeeded(first)) return first.body as KubeObject;
    const fresh = yield* client.get(f.gvr, owner.metadata.namespace ?? '', owner.metadata.name);
    if (!succeeded(fresh)) throw new ApiError(errorText(fresh), fresh);
    const second = yield* client.updateSub(f.gvr, 'status', { ...(fresh.body as KubeObject), status: next });
    if (!succeeded(second)) throw new ApiError(errorText(second), second);
    return second.body as KubeObject;
  }

  function* sync(key: string): Program<SyncResult> {
    const start = yield* act((p: ProcessContext) => {
      if (f.modern && !consistency.ready(p, key)) return 'stale' as const;
      const owner = p.informer(f.gvr).get(key);
      if (owner === undefined) {
        if (f.modern) consistency.clear(p, key);
        expectations.delete(p, key);
        return undefined;
      }
      const needed = expectations.satisfied(p, key);
      if (f.modern && p.cell(orphans).size === 0) {
        const counts = countTally(owner, f.selectorOf(owner), tallies.of(p, owner.metadata.uid));
        if (counts !== undefined) return { owner, needed, counts, active: NONE, terminating: NONE };
      }
      const pods = candidates(p, owner);
      return { owner, needed, counts: null, active: pods.filter(isPodActive), terminating: f.modern ? pods.filter(isPodTerminating) : NONE };
    });
    if (start === undefined) return 'done';
    if (start === 'stale') return 'retry';
    const { owner } = start;
    let counts: Counts | null = start.counts;
    let active: readonly KubeObject[] | null = null;
    let terminating = start.counts?.terminating;
    if (counts === null) {
      const selector = f.selectorOf(owner);
      active = yield* claim({
        client, owner, ownerGvr: f.gvr, ownerKind: f.kind, reference: newControllerRef(owner, f.apiVersion, f.kind), gvr: 'pods',
        matches: (pod) => selectorMatches(selector, pod.metadata.labels),
      }, start.active);
      terminating = f.modern ? start.terminating.filter((pod) => isControlledBy(pod, owner) && selectorMatches(selector, pod.metadata.labels)).length : undefined;
    }
    let error: string | undefined;
    if (start.needed && owner.metadata.deletionTimestamp === undefined) error = yield* manage(owner, key, counts?.active ?? active!.length, active);
    const at = yield* now();
    counts ??= countPods(at, owner, active!);
    const updated = yield* writeStatus(owner, calculateStatus(at, owner, counts, terminating, error));
    if (f.modern) yield* act((p: ProcessContext) => consistency.wroteAt(p, key, owner.metadata.uid, f.gvr, updated.metadata.resourceVersion));
    if (error !== undefined) return 'retry';
    const minReady: number = updated.spec.minReadySeconds ?? 0;
    if (minReady > 0 && (updated.status?.readyReplicas ?? 0) !== (updated.status?.availableReplicas ?? 0)) {
      yield* act((p: ProcessContext) => {
        const wait = nextAvailabilityCheck(active ?? NONE, minReady, at);
        p.queue(f.name).addAfter(key, wait === undefined ? minReady * 1e6 : Math.max(0, at + wait - p.now));
      });
    }
    return 'done';
  }

  return {
    name: f.name,
    client: f.identity,
    workers: 5,
    serviceTime: f.serviceTime,
    informers: [f.gvr, 'pods'],
    handlers: { [f.gvr]: onOwner, pods: onPod },
    sync: (key) => guarded(sync(key)),
    cells: [expectations.cell, orphans, ...(f.modern ? [consistency.cell, tallies.cell] : [])],
  };
}
