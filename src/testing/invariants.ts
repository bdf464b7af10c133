/**
 * Invariant checkers: folds over the journal slice and the messages of one event, never scans of the state. Attached to a simulator they are
 * asked after every event; the first broken one throws with its number and what was seen.
 */
import { hashString } from '../base/hash.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import type { ApiRequest, ApiResponse, WatchEvent } from '../k8s/apimachinery/request.ts';
import { milliOf, wholeOf } from '../k8s/apimachinery/quantity.ts';
import type { KeyValue } from '../k8s/etcd/types.ts';
import type { Container } from '../sim/container.ts';
import type { SimEvent } from '../sim/event-queue.ts';
import type { JournalEntry } from '../sim/journal.ts';
import type { Simulator } from '../sim/simulator.ts';
import type { Message } from '../sim/types.ts';

export class InvariantBroken extends Error {
  constructor(readonly id: string, text: string, readonly event: number) {
    super(`${id}: ${text} (event ${event})`);
  }
}

/** One write to an etcd key, as one event made it. */
export interface StoredWrite { readonly key: string; readonly prev: KeyValue | undefined; readonly next: KeyValue | undefined }

interface Facts { readonly sim: Simulator; readonly event: SimEvent; readonly entries: readonly JournalEntry[]; readonly writes: readonly StoredWrite[]; readonly sent: readonly Message[] }

/** Each checker says what is wrong, or nothing. State between events lives in its closure. */
export interface Checker { readonly id: string; check(facts: Facts): string | undefined }

const TERMINAL = ['Succeeded', 'Failed'];
const object = (kv: KeyValue | undefined): KubeObject | undefined => (typeof kv?.value === 'object' && kv.value !== null && 'metadata' in kv.value ? (kv.value as KubeObject) : undefined);
const controllers = (o: KubeObject | undefined): number => (o?.metadata.ownerReferences ?? []).filter((ref) => ref.controller).length;

/** S1: the store's revision rises strictly, and no two events write under the same one. */
function revisionRises(meta: number): Checker {
  let last = 0;
  return {
    id: 'S1',
    check: ({ entries, writes, event }) => {
      const before = event.kind === 'start' && event.target === '' ? 0 : last;
      for (const { key, next } of writes) {
        if (next && next.modRevision <= before) return `${key} was written at revision ${next.modRevision} after ${before}`;
        if (next && next.modRevision > last) last = next.modRevision;
      }
      for (const entry of entries) if (entry.container === meta && entry.key === 'revision' && !((entry.new as number) > ((entry.old as number | undefined) ?? 0))) return `revision went from ${String(entry.old)} to ${String(entry.new)}`;
      return undefined;
    },
  };
}

/** S5, S6: events of one watch come in order, once each, and only from beyond the version it began at. */
function watchesInOrder(): Checker {
  const last = new Map<string, number>();
  const from = new Map<string, number>();
  return {
    id: 'S5',
    check: ({ event, sent }) => {
      for (const message of sent) {
        const body = message.body as ApiRequest;
        if (message.to !== 'kube-apiserver' || message.type !== 'request' || body?.verb !== 'watch') continue;
        const key = `${message.from} ${body.options?.query?.stream ?? ''}`;
        last.set(key, Number(body.options?.resourceVersion ?? 0));
        from.set(key, Number(body.options?.resourceVersion ?? 0));
      }
      const message = event.message;
      if (event.kind !== 'message' || message?.type !== 'watch' || message.from !== 'kube-apiserver') return undefined;
      const { stream, events } = message.body as { stream: string; events?: readonly WatchEvent[] };
      const key = `${message.to} ${stream}`;
      for (const one of events ?? []) {
        if (one.type === 'ERROR') continue;
        const version = Number(one.object.metadata.resourceVersion);
        const before = last.get(key) ?? 0;
        if (one.type !== 'BOOKMARK' && version <= (from.get(key) ?? 0)) return `S6: ${one.type} of version ${version} on ${key}, which began at ${from.get(key)!}`;
        if (one.type === 'BOOKMARK' ? version < before : version <= before) return `${one.type} of version ${version} after ${before} on ${key}`;
        last.set(key, version);
      }
      return undefined;
    },
  };
}

/** S7: an update that names a resourceVersion is stored only over that very version. */
function staleVersionsConflict(): Checker {
  const open = new Map<string, string>();
  return {
    id: 'S7',
    check: ({ sent, sim }) => {
      for (const message of sent) {
        if (!message.re) continue;
        const key = `${message.type === 'request' ? message.from : message.to} ${message.re.program} ${message.re.slot}`;
        if (message.to === 'kube-apiserver' && message.type === 'request') {
          const body = message.body as ApiRequest;
          const version = body.verb === 'update' ? body.body?.metadata?.resourceVersion : undefined;
          if (version) open.set(key, version);
        } else if (message.from === 'kube-apiserver' && message.type === 'response' && open.has(key)) {
          const asked = open.get(key)!;
          open.delete(key);
          const answer = message.body as ApiResponse;
          if (answer.code !== 200 || typeof answer.body === 'string') continue;
          const now = (answer.body as KubeObject).metadata?.resourceVersion;
          if (!now || now === asked) continue;
          const history = sim.allContainers().find((container) => container.owner === 'etcd' && container.name === 'history') as Container<readonly { prev?: KeyValue }[]>;
          const prev = history.get(now.padStart(12, '0'))?.[0]?.prev;
          if (prev && String(prev.modRevision) !== asked) return `an update of version ${asked} was stored over version ${prev.modRevision}`;
        }
      }
      return undefined;
    },
  };
}

const DIRECTORY: Readonly<Record<string, string>> = { nodes: 'minions', services: 'services/specs', endpoints: 'services/endpoints', replicationcontrollers: 'controllers', apiservices: 'apiregistration.k8s.io/apiservices', customresourcedefinitions: 'apiextensions.k8s.io/customresourcedefinitions' };

/** Where upstream's key layout keeps a resource below /registry. */
export function directoryOfResource(resource: string): string {
  return DIRECTORY[resource] ?? resource;
}

/** S8: every informer of whole resources equals a past content of the store (rolling hashes by revision). */
function cachesArePast(sim: Simulator): Checker {
  const informers = new Map<number, { resource: string; hash: number }>();
  for (const container of sim.allContainers()) {
    // Kubelets and the scheduler follow a selection of the pods: no whole resource to compare with.
    if (!container.name.startsWith('informer ') || container.owner.startsWith('kubelet/') || (container.owner === 'kube-scheduler' && container.name === 'informer pods')) continue;
    const gvr = container.name.slice('informer '.length);
    informers.set(container.index, { resource: gvr.slice(gvr.lastIndexOf('/') + 1), hash: 0 });
  }
  const store = new Map<string, { hash: number; past: Set<number> }>();
  const item = (key: string, version: string): number => hashString(`${key} ${version}`) | 0;
  const directoryOf = (key: string): string => {
    const parts = key.split('/');
    return parts[2] === 'services' || parts[2].endsWith('.k8s.io') ? `${parts[2]}/${parts[3]}` : parts[2];
  };
  const nameOf = (o: KubeObject): string => `${o.metadata.namespace ?? ''}/${o.metadata.name}`;
  return {
    id: 'S8',
    check: ({ writes, entries }) => {
      for (const { key, prev, next } of writes) {
        const directory = directoryOf(key);
        let entry = store.get(directory);
        if (!entry) store.set(directory, (entry = { hash: 0, past: new Set([0]) }));
        const [before, after] = [object(prev), object(next)];
        if (before) entry.hash ^= item(nameOf(before), String(prev!.modRevision));
        if (after) entry.hash ^= item(nameOf(after), String(next!.modRevision));
        entry.past.add(entry.hash);
      }
      let touched: number[] | undefined;
      for (const { container, old, new: value } of entries) {
        const informer = informers.get(container);
        if (!informer) continue;
        const [before, after] = [old as KubeObject | undefined, value as KubeObject | undefined];
        if (before) informer.hash ^= item(nameOf(before), before.metadata.resourceVersion);
        if (after) informer.hash ^= item(nameOf(after), after.metadata.resourceVersion);
        (touched ??= []).push(container);
      }
      for (const container of touched ?? []) {
        const informer = informers.get(container)!;
        const past = store.get(directoryOfResource(informer.resource))?.past;
        if (past && !past.has(informer.hash)) return `the cache of ${informer.resource} equals no past content of the store`;
      }
      return undefined;
    },
  };
}

/** Checks of one stored write at a time. */
const ofWrites: readonly { id: string; check: (write: StoredWrite, before: KubeObject, after: KubeObject, facts: Facts) => string | undefined }[] = [
  { id: 'S9', check: ({ key }, before, after) => (before.metadata.uid !== after.metadata.uid ? `${key}: uid changed` : (after.metadata.generation ?? 0) < (before.metadata.generation ?? 0) ? `${key}: generation fell` : undefined) },
  { id: 'S11', check: ({ key }, before, after) => (key.startsWith('/registry/pods/') && before.spec?.nodeName && before.spec.nodeName !== after.spec?.nodeName ? `${key}: nodeName went from ${before.spec.nodeName} to ${after.spec?.nodeName}` : undefined) },
  { id: 'S13', check: ({ key }, before, after) => {
    if (before.metadata.deletionTimestamp && !after.metadata.deletionTimestamp) return `${key}: deletionTimestamp cleared`;
    return key.startsWith('/registry/pods/') && TERMINAL.includes(before.status?.phase) && before.status.phase !== after.status?.phase ? `${key}: phase went from ${before.status.phase} to ${after.status?.phase}` : undefined;
  } },
];

function writesAreSound(): Checker {
  return {
    id: 'S9-S16',
    check: (facts) => {
      for (const write of facts.writes) {
        const [before, after] = [object(write.prev), object(write.next)];
        if (after && controllers(after) > 1) return `S16: ${write.key} has ${controllers(after)} controllers`;
        if (before && after) {
          for (const { id, check } of ofWrites) {
            const wrong = check(write, before, after, facts);
            if (wrong) return `${id}: ${wrong}`;
          }
        }
      }
      return undefined;
    },
  };
}

/** S9 (second half): a write to status or binding does not raise the generation. S14: a plain DELETE never removes an object that has finalizers. */
function subresourcesKeepGeneration(): Checker {
  const open = new Map<string, ApiRequest>();
  const generations = new Map<string, number>();
  const finalizers = new Map<string, number>();
  return {
    id: 'S14',
    check: ({ sent, writes }) => {
      for (const { next } of writes) {
        const o = object(next);
        if (o) {
          generations.set(o.metadata.uid, o.metadata.generation ?? 0);
          finalizers.set(o.metadata.uid, (o.metadata.finalizers ?? []).length);
        }
      }
      for (const message of sent) {
        if (!message.re) continue;
        const key = `${message.type === 'request' ? message.from : message.to} ${message.re.program} ${message.re.slot}`;
        if (message.to === 'kube-apiserver' && message.type === 'request') open.set(key, message.body as ApiRequest);
        else if (message.from === 'kube-apiserver' && message.type === 'response') {
          const request = open.get(key);
          open.delete(key);
          const answer = message.body as ApiResponse;
          if (!request || answer.code !== 200 || typeof answer.body === 'string' || request.options?.dryRun) continue;
          if (request.verb === 'delete') {
            const body = answer.body as { kind: string; details?: { uid?: string } };
            if (body.kind === 'Status' && (finalizers.get(body.details?.uid ?? '') ?? 0) > 0) return `a delete removed ${request.resource} ${request.name ?? ''} although it has finalizers`;
          }
          if (request.subresource === 'status' && (request.verb === 'update' || request.verb === 'patch')) {
            const o = answer.body as KubeObject;
            const asked = (request.body as KubeObject | undefined)?.metadata;
            if (asked?.generation !== undefined && request.verb === 'update' && asked.resourceVersion && o.metadata.generation !== undefined && o.metadata.generation > asked.generation) return `S9: a status write raised the generation of ${request.resource} ${request.name ?? ''}`;
          }
        }
      }
      return undefined;
    },
  };
}

/** S12: at bind the requests fit what the node can allocate. */
function bindingsFit(): Checker {
  const used = new Map<string, { cpu: number; memory: number; pods: number }>();
  const nodes = new Map<string, { cpu: number; memory: number; pods: number }>();
  const requests = (pod: KubeObject): { cpu: number; memory: number } => {
    let [cpu, memory] = [0, 0];
    for (const container of pod.spec.containers) {
      cpu += milliOf(container.resources?.requests?.cpu);
      memory += wholeOf(container.resources?.requests?.memory);
    }
    return { cpu, memory };
  };
  const active = (o: KubeObject | undefined): o is KubeObject => o !== undefined && Boolean(o.spec?.nodeName) && !TERMINAL.includes(o.status?.phase);
  const book = (o: KubeObject, sign: 1 | -1): void => {
    const node = o.spec.nodeName as string;
    const sum = used.get(node) ?? { cpu: 0, memory: 0, pods: 0 };
    const r = requests(o);
    used.set(node, { cpu: sum.cpu + sign * r.cpu, memory: sum.memory + sign * r.memory, pods: sum.pods + sign });
  };
  return {
    id: 'S12',
    check: ({ writes }) => {
      for (const { key, prev, next } of writes) {
        const [before, after] = [object(prev), object(next)];
        if (key.startsWith('/registry/minions/') && after) {
          const a = after.status?.allocatable ?? {};
          nodes.set(after.metadata.name, { cpu: milliOf(a.cpu), memory: wholeOf(a.memory), pods: wholeOf(a.pods) });
        }
        if (!key.startsWith('/registry/pods/')) continue;
        if (active(before)) book(before, -1);
        if (active(after)) book(after, 1);
        if (!active(after) || before?.spec?.nodeName || !before) continue;
        const node = nodes.get(after.spec.nodeName);
        const sum = used.get(after.spec.nodeName)!;
        if (node && node.cpu > 0 && (sum.cpu > node.cpu || sum.memory > node.memory || sum.pods > node.pods)) return `${key} was bound to ${String(after.spec.nodeName)}, which has no room: ${JSON.stringify(sum)} of ${JSON.stringify(node)}`;
      }
      return undefined;
    },
  };
}

/** S15: the garbage collector never deletes the child of a live owner. */
function collectorSparesLiveOwners(): Checker {
  const live = new Map<string, boolean>();
  const owners = new Map<string, readonly string[]>();
  return {
    id: 'S15',
    check: ({ writes, sent }) => {
      for (const { prev, next } of writes) {
        const [before, after] = [object(prev), object(next)];
        if (after) {
          live.set(after.metadata.uid, after.metadata.deletionTimestamp === undefined);
          owners.set(`${after.kind} ${after.metadata.namespace ?? ''}/${after.metadata.name}`, (after.metadata.ownerReferences ?? []).map((ref) => ref.uid));
        } else if (before) live.delete(before.metadata.uid);
      }
      for (const message of sent) {
        if (message.to !== 'kube-apiserver' || message.type !== 'request') continue;
        const request = message.body as ApiRequest;
        if (request.verb !== 'delete' || !request.user.username.endsWith(':generic-garbage-collector')) continue;
        for (const [name, uids] of owners) {
          if (!name.endsWith(` ${request.namespace ?? ''}/${request.name ?? ''}`) || !name.toLowerCase().startsWith(request.resource.slice(0, 3))) continue;
          const alive = uids.find((uid) => live.get(uid) === true);
          if (alive) return `the garbage collector deletes ${name}, whose owner ${alive} lives`;
        }
      }
      return undefined;
    },
  };
}

/** S17: no controller creates a pod beyond what its ReplicaSet asks for in its view at that moment. */
function replicasAreNotExceeded(sim: Simulator): Checker {
  const informer = (gvr: string): Container<KubeObject> | undefined => sim.allContainers().find((container) => container.owner === 'kube-controller-manager' && container.name === `informer ${gvr}`) as Container<KubeObject> | undefined;
  const sets = informer('apps/v1/replicasets');
  const index = sim.allContainers().find((container) => container.owner === 'kube-controller-manager' && container.name === 'index pods controller');
  const pods = informer('pods');
  return {
    id: 'S17',
    check: ({ sent }) => {
      const asked = new Map<string, number>();
      for (const message of sent) {
        const request = message.body as ApiRequest;
        if (message.to !== 'kube-apiserver' || message.type !== 'request' || request.verb !== 'create' || request.resource !== 'pods' || request.subresource) continue;
        const owner = (request.body as KubeObject)?.metadata?.ownerReferences?.find((ref) => ref.controller && ref.kind === 'ReplicaSet');
        if (owner) asked.set(owner.uid, (asked.get(owner.uid) ?? 0) + 1);
      }
      for (const [uid, n] of asked) {
        const keys = index?.prefix(`${uid}\n`) ?? [];
        const mine = keys.map((key) => pods?.get(key.slice(uid.length + 1))).filter((pod) => pod && !pod.metadata.deletionTimestamp && !TERMINAL.includes(pod.status?.phase)).length;
        const set = sets?.keys().map((key) => sets.get(key)!).find((one) => one.metadata.uid === uid);
        if (set && mine + n > (set.spec.replicas ?? 1)) return `${set.metadata.name} wants ${String(set.spec.replicas)}, has ${mine} in its view and asks for ${n} more`;
      }
      return undefined;
    },
  };
}

/** S18: a rollout never scales an old ReplicaSet down when fewer than minAvailable would stay available in its view. */
function rolloutsKeepAvailable(sim: Simulator): Checker {
  const informer = (gvr: string): Container<KubeObject> | undefined => sim.allContainers().find((container) => container.owner === 'kube-controller-manager' && container.name === `informer ${gvr}`) as Container<KubeObject> | undefined;
  return {
    id: 'S18',
    check: ({ sent }) => {
      for (const message of sent) {
        const request = message.body as ApiRequest;
        if (message.to !== 'kube-apiserver' || message.type !== 'request' || request.verb !== 'update' || request.resource !== 'replicasets' || request.subresource || !request.user.username.endsWith(':deployment-controller')) continue;
        const set = request.body as KubeObject;
        const owner = set.metadata.ownerReferences?.find((ref) => ref.controller);
        const sets = informer('apps/v1/replicasets');
        const deployment = informer('apps/v1/deployments')?.get(`${set.metadata.namespace}/${owner?.name}`);
        if (!sets || !deployment || deployment.spec.strategy?.type !== 'RollingUpdate' || deployment.metadata.deletionTimestamp) continue;
        const siblings = sets.prefix(`${set.metadata.namespace}/`).map((key) => sets.get(key)!).filter((one) => one.metadata.ownerReferences?.some((ref) => ref.uid === owner?.uid));
        const before = siblings.find((one) => one.metadata.uid === set.metadata.uid);
        const wanted = deployment.spec.replicas as number;
        const active = siblings.filter((one) => (one.spec.replicas as number) > 0);
        if (!before || set.spec.replicas >= before.spec.replicas || active.length < 2) continue;
        const total = siblings.reduce((sum, one) => sum + (one.spec.replicas as number), 0);
        if (Number(before.metadata.annotations?.['deployment.kubernetes.io/desired-replicas'] ?? wanted) !== wanted) continue;
        const unavailable = deployment.spec.strategy.rollingUpdate?.maxUnavailable ?? 1;
        const allowed = typeof unavailable === 'number' ? unavailable : Math.floor((wanted * parseInt(unavailable, 10)) / 100);
        const least = wanted - Math.max(allowed, allowed === 0 && !deployment.spec.strategy.rollingUpdate?.maxSurge ? 1 : 0);
        const available = siblings.reduce((sum, one) => sum + (one.status?.availableReplicas ?? 0), 0);
        const cut = before.spec.replicas - set.spec.replicas;
        const unhealthy = before.spec.replicas - (before.status?.availableReplicas ?? 0);
        if (cut > Math.max(unhealthy, 0) + Math.max(0, available - least)) return `${set.metadata.name} goes from ${before.spec.replicas} to ${set.spec.replicas} of ${total} while ${available} are available and ${least} must be`;
      }
      return undefined;
    },
  };
}

/** S24: every effect has an earlier cause. */
function causesComeFirst(sim: Simulator): Checker {
  let read = sim.trace.first;
  return {
    id: 'S24',
    check: () => {
      for (const end = sim.trace.end; read < end; read++) {
        const { chunk, at } = sim.trace.locate(read);
        if (chunk.cause[at] >= read) return `record ${read} names the cause ${chunk.cause[at]}`;
      }
      return undefined;
    },
  };
}

function contentOf(sim: Simulator, container: number): JournalEntry[] {
  const from = sim.allContainers()[container];
  return from.keys().map((key) => ({ container, key, old: undefined, new: from.get(key) }));
}

/** Attaches the checkers to a simulator (its journal must be on). Throws InvariantBroken from the step that breaks one. */
export function checkInvariants(sim: Simulator, checkers: readonly Checker[] = allCheckers(sim)): void {
  const kvs = sim.allContainers().find((container) => container.owner === 'etcd' && container.name === 'kvs')!.index;
  // What is there already stands as if it had just been written.
  const start: Facts = {
    sim, sent: [], event: { seq: 0, at: sim.now, cls: 0, kind: 'start', target: '', cause: -1 },
    writes: contentOf(sim, kvs).map((entry) => ({ key: entry.key, prev: undefined, next: entry.new as KeyValue })),
    entries: sim.allContainers().filter((container) => container.name.startsWith('informer ')).flatMap((container) => contentOf(sim, container.index)),
  };
  for (const checker of checkers) checker.check(start);
  let sent: Message[] = [];
  const tap = sim.tap;
  sim.tap = (message, ...rest) => {
    sent.push(message);
    tap?.(message, ...rest);
  };
  sim.observer = (event, from, to) => {
    const entries: JournalEntry[] = [];
    for (let i = from; i < to; i++) entries.push(sim.branch.journal.at(i));
    const writes = entries.filter((entry) => entry.container === kvs).map((entry) => ({ key: entry.key, prev: entry.old as KeyValue | undefined, next: entry.new as KeyValue | undefined }));
    const facts = { sim, event, entries, writes, sent };
    for (const checker of checkers) {
      const wrong = checker.check(facts);
      if (!wrong) continue;
      // A checker of several invariants says which.
      const named = /^(S\d+): ([^]*)$/.exec(wrong);
      throw new InvariantBroken(named ? named[1] : checker.id, named ? named[2] : wrong, sim.position);
    }
    sent = [];
  };
}

export function allCheckers(sim: Simulator): Checker[] {
  const meta = sim.allContainers().find((container) => container.owner === 'etcd' && container.name === 'meta')!.index;
  return [
    revisionRises(meta), watchesInOrder(), staleVersionsConflict(), cachesArePast(sim), writesAreSound(), subresourcesKeepGeneration(), bindingsFit(),
    collectorSparesLiveOwners(), replicasAreNotExceeded(sim), rolloutsKeepAvailable(sim), causesComeFirst(sim),
  ];
}

