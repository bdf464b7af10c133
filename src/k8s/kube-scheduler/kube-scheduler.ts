/**
 * kube-scheduler as a process: informers feed the cache and the queue; one pod at a time is taken from the queue and decided
 * upon; bindings run beside, each as a program.
 * Upstream: cmd/kube-scheduler, pkg/scheduler/{scheduler,schedule_one,eventhandlers}.go
 * Left out: profiles beside the default one, extenders, Permit's waiting pods, DRA, metrics.
 */
import { act, sleep, type Program } from '../../sim/program.ts';
import type { Component, Host } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import { isStatus, type ApiResponse } from '../apimachinery/request.ts';
import { formatTime } from '../apimachinery/time.ts';
import { clientFor } from '../client-go/client.ts';
import { createProcess } from '../client-go/process.ts';
import type { InformerEvent, ProcessContext } from '../client-go/types.ts';
import { listersOf, SchedulerCache } from './cache.ts';
import { nodeChanges, podChanges } from './framework/changes.ts';
import { schedule, type Outcome } from './framework/cycle.ts';
import type { Diagnosis } from './framework/filtering.ts';
import { fitErrorText } from './framework/fit-error.ts';
import { withPod } from './framework/node-info.ts';
import { Action, type Cycle, type EventResource } from './framework/types.ts';
import { EVENTS, LEADER_ELECTION, SCHEDULER } from './identity.ts';
import { preempt, priorityOf, type Candidate } from './plugins/default-preemption.ts';
import { decideVolumes, delayedClaims, type VolumeDecisions } from './plugins/volume-binding.ts';
import { evictVictims, type PreemptArgs, type Preempting } from './preemption.ts';
import { podKey, SchedulingQueue, type QueuedPod } from './queue.ts';

export const SCHEDULER_NAME = 'default-scheduler';
const SECOND = 1_000_000;
/** VolumeBindingArgs.bindTimeoutSeconds. */
const BIND_TIMEOUT = 600 * SECOND;
const FLUSH_BACKOFF = SECOND;
const FLUSH_UNSCHEDULABLE = 30 * SECOND;
/** Work of one scheduling cycle before the verdicts, and per node looked at (upstream's scheduling_algorithm_duration, small clusters). */
const CYCLE_WORK = 500;
const CYCLE_WORK_PER_NODE = 5;
/** events/v1 validation: NoteLengthLimit. */
const NOTE_LIMIT = 1024;

const OTHERS: Readonly<Record<string, EventResource>> = {
  persistentvolumes: 'PersistentVolume', persistentvolumeclaims: 'PersistentVolumeClaim',
  'storage.k8s.io/v1/storageclasses': 'StorageClass', 'storage.k8s.io/v1/csinodes': 'CSINode',
};
/** What DynamicResources says after a filter failure: it has no claim to give back. */
const DYNAMIC_RESOURCES = 'no new claims to deallocate';
const LISTED = ['services', 'replicationcontrollers', 'apps/v1/replicasets', 'apps/v1/statefulsets', 'namespaces', 'policy/v1/poddisruptionbudgets'];

export interface SchedulerConfig {
  /** Default: `kube-scheduler`. */
  readonly address?: string;
  /** The Lease's holder; default: the address of a control plane node. No election when null. */
  readonly identity?: string | null;
}

/** The loop: idle, deciding (timer `cycle`), or waiting for the answer to a status patch. */
interface Loop { readonly running: boolean; readonly busy: boolean; readonly nextStart: number }
const STOPPED: Loop = { running: false, busy: false, nextStart: 0 };

interface BindArgs { readonly key: string; readonly entry: QueuedPod; readonly node: string }
interface PatchArgs { readonly namespace: string; readonly name: string; readonly patch: unknown; readonly loop: boolean }

function terminal(pod: KubeObject): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

function ours(pod: KubeObject): boolean {
  return (pod.spec.schedulerName ?? SCHEDULER_NAME) === SCHEDULER_NAME;
}

function queueOf(p: ProcessContext): SchedulingQueue {
  return new SchedulingQueue(p, listersOf(p));
}

function cacheOf(p: ProcessContext): SchedulerCache {
  return new SchedulerCache(p, listersOf(p));
}

function loopOf(p: ProcessContext): Loop {
  return p.cell<Loop>('loop').get('') ?? STOPPED;
}

function setLoop(p: ProcessContext, change: Partial<Loop>): void {
  p.cell<Loop>('loop').set('', { ...loopOf(p), ...change });
}

// ---------------------------------------------------------------- the loop

/** Takes the next pod when the loop is free, and keeps the flush timers armed while they have something to do. */
function kick(p: ProcessContext): void {
  const loop = loopOf(p);
  const queue = queueOf(p);
  if (loop.running && !loop.busy) {
    const flying = queue.pop();
    if (flying) {
      setLoop(p, { busy: true });
      p.record('dequeue', 'schedule', flying.key, flying.entry.attempts);
      const work = CYCLE_WORK + CYCLE_WORK_PER_NODE * p.informer('nodes').size;
      p.setTimer('cycle', Math.floor((work * (500 + (p.draw('cycle', flying.entry.pod.metadata.uid, flying.entry.attempts) % 1000))) / 1000));
    }
  }
  const armed = p.cell<number>('flushes');
  if (!armed.has('flushBackoff') && queue.hasBackingOff()) {
    armed.set('flushBackoff', 1);
    p.setTimer('flushBackoff', FLUSH_BACKOFF - (p.now % FLUSH_BACKOFF));
  }
  if (!armed.has('flushUnschedulable') && queue.hasUnschedulable()) {
    armed.set('flushUnschedulable', 1);
    p.setTimer('flushUnschedulable', FLUSH_UNSCHEDULABLE);
  }
}

function event(p: ProcessContext, pod: KubeObject, type: 'Normal' | 'Warning', reason: string, action: string, message: string): void {
  p.event({ component: SCHEDULER_NAME, host: `${SCHEDULER_NAME}-${p.self}`, client: EVENTS, api: 'events.k8s.io/v1', action }, pod, type, reason, message);
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'no nodes') return '';
  const count = new Map<string, number>();
  for (const { plugin, status } of outcome.diagnosis.refusals) {
    const key = `${plugin}: ${status.reasons.join(', ')}`;
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  return [...count.keys()].sort().map((key) => `${count.get(key)} ${key}`).join('; ');
}

/** One scheduling cycle, start to end, for the pod in flight. */
function runCycle(p: ProcessContext): void {
  const queue = queueOf(p);
  const flying = queue.inFlight();
  if (!flying) return;
  const cache = cacheOf(p);
  const { key, entry } = flying;
  const { pod } = entry;
  setLoop(p, { busy: false });
  if (pod.metadata.deletionTimestamp !== undefined) {
    event(p, pod, 'Warning', 'FailedScheduling', 'Scheduling', `skip schedule deleting pod: ${key}`);
    queue.done();
    return;
  }
  if (cache.isAssumed(pod.metadata.uid)) {
    queue.done();
    return;
  }
  const cycle: Cycle = { pod, snapshot: cache.snapshot() };
  const { nextStart } = loopOf(p);
  const outcome = schedule(cycle, nextStart, withPod);
  if (outcome.kind !== 'no nodes' && outcome.nextStart !== nextStart) setLoop(p, { nextStart: outcome.nextStart });
  if (outcome.kind === 'scheduled') {
    p.record('schedule', outcome.node, key, outcome.feasible, describe(outcome));
    cache.assume(pod, outcome.node);
    cache.unnominate(pod.metadata.uid);
    queue.done();
    p.spawn('bind', { key, entry, node: outcome.node } satisfies BindArgs);
    return;
  }
  p.record('schedule', '', key, 0, describe(outcome));
  if (outcome.kind === 'no nodes') {
    fail(p, key, entry, 'Unschedulable', 'no nodes available to schedule pods', [], true, '');
    return;
  }
  const { diagnosis } = outcome;
  const result = preempt(cycle, diagnosis, outcome.filters, (n) => p.draw('preemption', pod.metadata.uid, entry.attempts) % n);
  const found = result.kind === 'nominated' ? result.candidate : null;
  if (found) startPreemption(p, pod, found, cycle);
  const message = fitErrorText(cycle.snapshot.nodes.length, diagnosis, result.kind === 'nominated' ? '' : `${DYNAMIC_RESOURCES}, preemption: ${result.message}`);
  fail(p, key, entry, 'Unschedulable', message, diagnosis.unschedulablePlugins, true, found ? found.node : result.kind === 'none' ? '' : undefined);
}

/** Upstream: prepareCandidateAsync. */
function startPreemption(p: ProcessContext, pod: KubeObject, { node, victims }: Candidate, cycle: Cycle): void {
  const alive = victims.filter((one) => one.metadata.deletionTimestamp === undefined);
  if (alive.length === 0) return;
  const { uid } = pod.metadata;
  p.cell<Preempting>('preempting').set(uid, { last: '' });
  const lower = cycle.snapshot.nominated(node).filter((one) => priorityOf(one) < priorityOf(pod));
  p.spawn('evictVictims', { preemptor: uid, node, victims: alive, lower } satisfies PreemptArgs);
}

/** Upstream: handleSchedulingFailure. `flying`: the pod is still the one in flight. `nominate`: a node, '' for none, undefined to leave it. */
function fail(p: ProcessContext, key: string, entry: QueuedPod, reason: 'Unschedulable' | 'SchedulerError', message: string, plugins: Diagnosis['unschedulablePlugins'], flying: boolean, nominate: string | undefined): void {
  const queue = queueOf(p);
  const cached = p.informer('pods').get(key);
  let pod = entry.pod;
  if (cached && !cached.spec.nodeName) {
    if (cached.metadata.uid !== pod.metadata.uid) {
      if (flying) queue.done();
      return;
    }
    pod = cached;
    const place = flying ? queue.addUnschedulable(pod, plugins) : queue.addAfterError(key, entry, pod);
    p.record('enqueue', place === 'u' ? 'unschedulable' : place === 'a' ? 'active' : 'backoff', key);
    const node: string = nominate ?? pod.status?.nominatedNodeName ?? '';
    if (node === '') cacheOf(p).unnominate(pod.metadata.uid);
    else cacheOf(p).nominate(pod, node);
  } else if (flying) queue.done();
  event(p, pod, 'Warning', 'FailedScheduling', 'Scheduling', message.length <= NOTE_LIMIT ? message : `${message.slice(0, NOTE_LIMIT - 4)} ...`);
  const patch = statusPatch(p, pod, reason, message, nominate);
  if (patch === null) return;
  if (flying) setLoop(p, { busy: true });
  p.spawn('patchStatus', { namespace: pod.metadata.namespace!, name: pod.metadata.name, patch, loop: flying } satisfies PatchArgs);
}

interface PodCondition { readonly type: string; readonly status: string; readonly lastTransitionTime?: string; readonly reason?: string; readonly message?: string; readonly observedGeneration?: number }

/** The patch that makes the pod say why it is not placed, and where it may come to be; null when it says so already. */
function statusPatch(p: ProcessContext, pod: KubeObject, reason: string, message: string, nominate: string | undefined): unknown {
  const old = (pod.status?.conditions as readonly PodCondition[] | undefined)?.find((one) => one.type === 'PodScheduled');
  const observedGeneration = pod.metadata.generation;
  const renominate = nominate !== undefined && (pod.status?.nominatedNodeName ?? '') !== nominate;
  if (old && old.status === 'False' && old.reason === reason && old.message === message && old.observedGeneration === observedGeneration && !renominate) return null;
  return {
    status: {
      ...(renominate ? { nominatedNodeName: nominate === '' ? null : nominate } : {}),
      conditions: [{
        lastProbeTime: null, lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : formatTime(p.now), message,
        ...(observedGeneration ? { observedGeneration } : {}), reason, status: 'False', type: 'PodScheduled',
      }],
    },
  };
}

// ---------------------------------------------------------------- programs

/** The binding cycle: tells the server, then the world. */
function* bind({ key, entry, node }: BindArgs): Program {
  const { metadata } = entry.pod;
  if ((entry.pod.spec.volumes as readonly { persistentVolumeClaim?: object; ephemeral?: object }[] | undefined)?.some((one) => one.persistentVolumeClaim || one.ephemeral) && !(yield* bindVolumes(entry.pod, node))) {
    yield* act((p: ProcessContext) => bindingFailed(p, key, entry, 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'));
    return;
  }
  const answer: ApiResponse = yield* clientFor(SCHEDULER).createSub('pods', 'binding', metadata.namespace!, metadata.name, {
    kind: 'Binding', apiVersion: 'v1', metadata: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid }, target: { kind: 'Node', name: node },
  });
  yield* act((p: ProcessContext) => {
    if (answer.code >= 200 && answer.code < 300) {
      event(p, entry.pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${key} to ${node}`);
      return;
    }
    const text = isStatus(answer.body) ? answer.body.message ?? '' : String(answer.body);
    bindingFailed(p, key, entry, `running Bind plugin "DefaultBinder": ${text}`);
  });
}

/** Upstream: handleBindingCycleError. What the pod had taken is free again, for it and for others. */
function bindingFailed(p: ProcessContext, key: string, entry: QueuedPod, message: string): void {
  const { uid } = entry.pod.metadata;
  const assumed = cacheOf(p).assumedPod(uid);
  cacheOf(p).forget(uid);
  if (assumed) queueOf(p).move({ resource: 'Pod', action: Action.Delete, old: assumed.pod });
  fail(p, key, entry, 'SchedulerError', message, [], false, '');
  kick(p);
}

/** PreBind of VolumeBinding: claims get their volumes or ask for one on the node, then it waits for the PV controller. False: in vain. */
function* bindVolumes(pod: KubeObject, node: string): Program<boolean> {
  const decided: VolumeDecisions | null = yield* act((p: ProcessContext) => {
    const place = p.informer('nodes').get(node);
    const waiting = delayedClaims(pod, listersOf(p));
    return place && waiting.length > 0 ? decideVolumes(waiting, place, listersOf(p)) : null;
  });
  if (!decided) return true;
  const client = clientFor(SCHEDULER);
  for (const { volume, claim } of decided.bindings) {
    const { name, namespace, uid, resourceVersion } = claim.metadata;
    yield* client.update('persistentvolumes', {
      ...volume,
      metadata: { ...volume.metadata, annotations: { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' } },
      spec: { ...volume.spec, claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion } },
    });
  }
  for (const claim of decided.provision) {
    yield* client.update('persistentvolumeclaims', { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, 'volume.kubernetes.io/selected-node': node } } });
  }
  for (let waited = 0; waited < BIND_TIMEOUT; waited += SECOND) {
    const done = yield* act((p: ProcessContext) => delayedClaims(pod, listersOf(p)).length === 0);
    if (done) return true;
    yield* sleep(SECOND);
  }
  return false;
}

function* patchStatus({ namespace, name, patch }: PatchArgs): Program {
  yield* clientFor(SCHEDULER).patch('pods', namespace, name, 'application/strategic-merge-patch+json', patch, 'status');
}

// ---------------------------------------------------------------- handlers

function podEvent(p: ProcessContext, change: InformerEvent): void {
  const pod = change.object;
  const old = change.type === 'update' ? change.old : undefined;
  // The informer asks for live pods only: one that ends is a deletion.
  if (change.type === 'delete' || terminal(pod)) {
    const last = old ?? pod;
    if (change.type !== 'add' && !(old && terminal(old))) podGone(p, old ? last : pod);
  } else if (change.type === 'add' || (old && terminal(old))) podAdded(p, pod);
  else if (old!.metadata.uid !== pod.metadata.uid) {
    podGone(p, old!);
    podAdded(p, pod);
  } else podUpdated(p, old!, pod);
  kick(p);
}

function podAdded(p: ProcessContext, pod: KubeObject): void {
  if (pod.spec.nodeName) placed(p, pod);
  else if (ours(pod)) {
    queueOf(p).add(pod);
    if (pod.status?.nominatedNodeName) cacheOf(p).nominate(pod, pod.status.nominatedNodeName);
    p.record('enqueue', 'active', podKey(pod));
  }
}

function placed(p: ProcessContext, pod: KubeObject): void {
  cacheOf(p).addPod(pod);
  queueOf(p).move({ resource: 'Pod', action: Action.Add, object: pod });
}

function podUpdated(p: ProcessContext, old: KubeObject, pod: KubeObject): void {
  const queue = queueOf(p);
  if (old.spec.nodeName) {
    cacheOf(p).updatePod(pod);
    for (const one of podChanges(old, pod)) queue.move(one);
  } else if (pod.spec.nodeName) {
    placed(p, pod);
    if (ours(old)) {
      cacheOf(p).unnominate(pod.metadata.uid);
      queue.delete(podKey(old));
    }
  } else if (ours(old) && old.metadata.resourceVersion !== pod.metadata.resourceVersion) {
    if (cacheOf(p).isAssumed(pod.metadata.uid)) {
      if (pod.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined) assumedPodDeleted(p, pod);
      return;
    }
    queue.update(old, pod, podChanges(old, pod));
    const [before, after]: (string | undefined)[] = [old.status?.nominatedNodeName, pod.status?.nominatedNodeName];
    // A nomination that the server does not know of yet stays.
    const node = before || after ? after : cacheOf(p).nominationOf(pod.metadata.uid)?.node;
    if (node) cacheOf(p).nominate(pod, node);
    else cacheOf(p).unnominate(pod.metadata.uid);
    if (before && before !== after) queue.move({ resource: 'Pod', action: Action.Delete, old }, (other) => priorityOf(other) <= priorityOf(old));
  }
}

function assumedPodDeleted(p: ProcessContext, pod: KubeObject): void {
  const assumed = cacheOf(p).assumedPod(pod.metadata.uid);
  if (!assumed) return;
  cacheOf(p).forget(pod.metadata.uid);
  queueOf(p).move({ resource: 'Pod', action: Action.Delete, old: assumed.pod });
}

function podGone(p: ProcessContext, pod: KubeObject): void {
  const cache = cacheOf(p);
  if (pod.spec.nodeName) {
    cache.removePod(pod);
    queueOf(p).move({ resource: 'Pod', action: Action.Delete, old: pod });
    return;
  }
  if (!ours(pod)) return;
  const nominated = cache.nominationOf(pod.metadata.uid);
  cache.unnominate(pod.metadata.uid);
  queueOf(p).delete(podKey(pod));
  if (cache.isAssumed(pod.metadata.uid)) assumedPodDeleted(p, pod);
  else if (nominated || pod.status?.nominatedNodeName) {
    queueOf(p).move({ resource: 'Pod', action: Action.Delete, old: pod }, (other) => priorityOf(other) <= priorityOf(pod));
  }
}

function nodeEvent(p: ProcessContext, change: InformerEvent): void {
  const cache = cacheOf(p);
  const queue = queueOf(p);
  const node = change.object;
  if (change.type === 'add') {
    cache.addNode(node);
    queue.move({ resource: 'Node', action: Action.Add, object: node });
  } else if (change.type === 'update') {
    cache.updateNode(change.old, node);
    for (const one of nodeChanges(change.old, node)) queue.move(one);
  } else {
    queue.move({ resource: 'Node', action: Action.Delete, old: node });
    cache.removeNode(node);
  }
  kick(p);
}

function otherEvent(resource: EventResource) {
  return (p: ProcessContext, change: InformerEvent): void => {
    const action = change.type === 'add' ? Action.Add : change.type === 'update' ? Action.Update : Action.Delete;
    queueOf(p).move({
      resource, action,
      ...(change.type === 'delete' ? { old: change.object } : { object: change.object }),
      ...(change.type === 'update' ? { old: change.old } : {}),
    });
    kick(p);
  };
}

// ---------------------------------------------------------------- the process

export function createScheduler(host: Host, config: SchedulerConfig = {}): Component {
  const address = config.address ?? 'kube-scheduler';
  const identity = config.identity === undefined ? `${address}_control-plane` : config.identity;
  return createProcess(host, {
    address,
    reader: SCHEDULER,
    informers: [{ gvr: 'pods', fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' }, 'nodes', ...LISTED],
    handlers: { pods: podEvent, nodes: nodeEvent, ...Object.fromEntries(Object.keys(OTHERS).map((gvr) => [gvr, otherEvent(OTHERS[gvr])])) },
    programs: { bind, patchStatus, evictVictims },
    cells: ['preempting', 'in flight', 'assumed', 'nominated', 'node tree', 'loop', 'flushes', 'queue'],
    orderedCells: ['queue order', 'nodes'],
    ...(identity === null ? {} : { leaderElection: { client: LEADER_ELECTION, lease: 'kube-scheduler', identity, releaseOnCancel: true } }),
    started(p) {
      setLoop(p, { running: true });
      kick(p);
    },
    timer(p, name) {
      if (name === 'cycle') runCycle(p);
      else {
        p.cell<number>('flushes').delete(name);
        if (name === 'flushBackoff') queueOf(p).flushBackoff();
        else if (name === 'flushUnschedulable') queueOf(p).flushUnschedulable();
      }
      kick(p);
    },
    done(p, program, args, result) {
      if (program === 'evictVictims') {
        // Upstream activates the pod when its preemption failed; otherwise the victims' end wakes it.
        const { preemptor } = args as PreemptArgs;
        const nomination = cacheOf(p).nominationOf(preemptor);
        if (result === false && nomination) queueOf(p).activate(podKey(nomination.pod));
        kick(p);
        return;
      }
      if (program !== 'patchStatus' || !(args as PatchArgs).loop) return;
      setLoop(p, { busy: false });
      kick(p);
    },
  });
}
