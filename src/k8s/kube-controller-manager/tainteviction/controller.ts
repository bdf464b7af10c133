/**
 * The taint eviction controller: deletes pods that do not tolerate their node's NoExecute taints, at once or when their time is up.
 *
 * Upstream: pkg/controller/tainteviction/{taint_eviction,timed_workers}.go
 */
import type { Program } from '../../../sim/program.ts';
import { act, now, sleep } from '../../../sim/program.ts';
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ObjectReference, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import type { Condition } from '../objects.ts';
import { equal, keyOf, splitKey } from '../objects.ts';
import type { Taint, Toleration } from '../taints.ts';
import { matchingTolerations, taintsOf } from '../taints.ts';

const identity = identityOf('node-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'taint-eviction-controller', client: identity };

/** Node -> its NoExecute taints, as far as they have been dealt with. */
const taintedCell = 'taint eviction tainted nodes';
/** Pod -> when its eviction was planned and when it is due; `running`: under way, cannot be cancelled any more. */
const workCell = 'taint eviction work';

interface Work { readonly created: Micros; readonly fire: Micros; readonly running?: boolean }

const noExecute = (node: KubeObject): Taint[] => taintsOf(node).filter((t) => t.effect === 'NoExecute');

function reference(key: string): ObjectReference {
  const { namespace, name } = splitKey(key);
  return { reference: true, kind: 'Pod', apiVersion: 'v1', namespace, name };
}

function cancel(p: ProcessContext, key: string): void {
  const work = p.cell<Work>(workCell).get(key);
  if (work === undefined) return;
  p.cell(workCell).delete(key);
  if (work.running !== true) p.event(source, reference(key), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
}

function addWork(p: ProcessContext, key: string, created: Micros, fire: Micros): void {
  if (p.cell(workCell).has(key)) return;
  p.cell<Work>(workCell).set(key, { created, fire, ...(fire <= created ? { running: true } : {}) });
  p.queue('tainteviction/evict').addAfter(key, fire - created);
}

/** -1: for ever. */
function shortest(tolerations: readonly Toleration[]): Micros {
  if (tolerations.length === 0) return 0;
  const seconds = tolerations.map((t) => t.tolerationSeconds).filter((s): s is number => s !== undefined && s !== null);
  if (seconds.length === 0) return -1;
  return Math.max(0, Math.min(...seconds)) * 1e6;
}

function plan(p: ProcessContext, pod: KubeObject, taints: readonly Taint[]): void {
  const key = keyOf(pod);
  if (taints.length === 0) cancel(p, key);
  const used = matchingTolerations(taints, pod.spec.tolerations ?? []);
  if (used === undefined) {
    cancel(p, key);
    addWork(p, key, p.now, p.now);
    return;
  }
  const time = shortest(used);
  if (time < 0) {
    cancel(p, key);
    return;
  }
  let start = p.now;
  const planned = p.cell<Work>(workCell).get(key);
  if (planned !== undefined && planned.running !== true) {
    start = planned.created;
    if (start + time < p.now + time) return;
    cancel(p, key);
  }
  addWork(p, key, start, p.now + time);
}

function* syncNode(name: string): Program<SyncResult> {
  yield* act((p: ProcessContext) => {
    const node = p.informer('nodes').get(name);
    const tainted = p.cell<readonly Taint[]>(taintedCell);
    if (node === undefined) {
      if (tainted.has(name)) tainted.delete(name);
      return;
    }
    const taints = noExecute(node);
    if (taints.length > 0) tainted.set(name, taints);
    else if (tainted.has(name)) tainted.delete(name);
    for (const pod of p.informer('pods').byIndex('node', name)) {
      if (taints.length === 0) cancel(p, keyOf(pod));
      else plan(p, pod, taints);
    }
  });
  return 'done';
}

function* syncPod(key: string): Program<SyncResult> {
  yield* act((p: ProcessContext) => {
    const pod = p.informer('pods').get(key);
    if (pod === undefined) {
      cancel(p, key);
      return;
    }
    const taints = p.cell<readonly Taint[]>(taintedCell).get(pod.spec.nodeName ?? '');
    if (taints !== undefined) plan(p, pod, taints);
  });
  return 'done';
}

function* evict(key: string): Program<SyncResult> {
  const due = yield* act((p: ProcessContext) => {
    const work = p.cell<Work>(workCell).get(key);
    if (work === undefined) return undefined;
    if (p.now < work.fire) return work.fire - p.now;
    p.cell<Work>(workCell).set(key, { ...work, running: true });
    p.event(source, reference(key), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    return 0;
  });
  if (due === undefined) return 'done';
  if (due > 0) return { after: due };
  for (let i = 0; i < 5; i++) {
    if (yield* markAndDelete(key)) break;
    yield* sleep(10_000);
  }
  yield* act((p: ProcessContext) => {
    if (p.cell(workCell).has(key)) p.cell(workCell).delete(key);
  });
  return 'done';
}

function* markAndDelete(key: string): Program<boolean> {
  const { namespace, name } = splitKey(key);
  const answer = yield* client.get('pods', namespace, name);
  if (!succeeded(answer)) return false;
  const pod = answer.body as KubeObject;
  const patch = disruptionTargetPatch(pod, yield* now(), 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint');
  if (patch !== undefined) {
    const patched = yield* client.patch('pods', namespace, name, 'application/strategic-merge-patch+json', patch, 'status');
    if (!succeeded(patched)) return false;
  }
  return succeeded(yield* client.delete('pods', namespace, name));
}

/** The strategic patch of pods/status that sets the condition DisruptionTarget; undefined if it stands already. `phase`: a new phase too. */
export function disruptionTargetPatch(pod: KubeObject, at: Micros, reason: string, message: string, phase?: string): unknown {
  const conditions: readonly Condition[] = pod.status?.conditions ?? [];
  const old = conditions.find((c) => c.type === 'DisruptionTarget');
  const unchanged = old !== undefined && old.status === 'True' && old.reason === reason && old.message === message;
  if (unchanged && (phase === undefined || pod.status?.phase === phase)) return undefined;
  const condition = {
    lastProbeTime: null, lastTransitionTime: old?.status === 'True' ? old.lastTransitionTime : formatTime(at), message, observedGeneration: pod.metadata.generation, reason, status: 'True', type: 'DisruptionTarget',
  };
  return {
    metadata: { uid: pod.metadata.uid },
    status: {
      '$setElementOrder/conditions': [...conditions.filter((c) => c !== old), condition].map((c) => ({ type: c.type })),
      ...(unchanged ? {} : { conditions: [condition] }),
      ...(phase === undefined || pod.status?.phase === phase ? {} : { phase }),
    },
  };
}

function onNode(p: ProcessContext, event: InformerEvent): void {
  const node = event.object;
  if (event.type === 'update' && equal(noExecute(event.old), noExecute(node))) return;
  if (event.type === 'add' && noExecute(node).length === 0) return;
  p.queue('tainteviction').add(node.metadata.name);
}

function onPod(p: ProcessContext, event: InformerEvent): void {
  const pod = event.object;
  if (event.type === 'update' && event.old.spec.nodeName === pod.spec.nodeName && (event.old.spec.tolerations === pod.spec.tolerations || equal(event.old.spec.tolerations, pod.spec.tolerations))) return;
  const key = keyOf(pod);
  // Only pods on tainted nodes, or with an eviction planned, have anything to be decided.
  if (p.cell(workCell).has(key) || (event.type !== 'delete' && p.cell(taintedCell).has(pod.spec.nodeName ?? ''))) p.queue('tainteviction/pods').add(key);
}

export const taintEvictionController: ControllerDefinition = {
  name: 'tainteviction',
  client: identity,
  workers: 8,
  serviceTime: serviceTime.tainteviction,
  informers: ['nodes', 'pods'],
  handlers: { nodes: onNode, pods: onPod },
  sync: syncNode,
  queues: {
    pods: { workers: 8, serviceTime: serviceTime.tainteviction, sync: syncPod },
    evict: { workers: 500, serviceTime: serviceTime.tainteviction, sync: evict },
  },
  cells: [taintedCell, workCell],
};
