/**
 * What must be true once nobody disturbs the cluster any more. Unlike the invariants these are asked at one moment: after `settleDown`,
 * which undoes all faults and waits. Each check says what is wrong, or nothing.
 */
import type { KubeObject } from '../k8s/api/types.ts';
import type { KeyValue } from '../k8s/etcd/types.ts';
import type { Container } from '../sim/container.ts';
import type { Simulator } from '../sim/simulator.ts';
import { directoryOfResource } from './invariants.ts';

const SECOND = 1_000_000;
/** Longer than the back-offs and grace periods that end by themselves, longer than a Deployment's progress deadline (600 s). */
const QUIET = 700 * SECOND;
const LONGEST = 3_600 * SECOND;
/** In these spans one looks whether something was written. */
const STRIDE = 20 * SECOND;

const owned = (sim: Simulator, owner: string, name: string): Container<unknown> | undefined => sim.allContainers().find((one) => one.owner === owner && one.name === name);
const store = (sim: Simulator): Container<KeyValue> => owned(sim, 'etcd', 'kvs') as Container<KeyValue>;

/** All that is stored but heartbeats, leases and events (which are aggregated for as long as they happen), as key -> version or content. */
function lasting(sim: Simulator): Map<string, string> {
  const out = new Map<string, string>();
  const kvs = store(sim);
  for (const key of kvs.keys()) {
    const kv = kvs.get(key)!;
    if (key.startsWith('/registry/leases/') || key.startsWith('/registry/events/') || key.startsWith('/registry/masterleases/')) continue;
    if (!key.startsWith('/registry/minions/')) out.set(key, String(kv.modRevision));
    else out.set(key, JSON.stringify(kv.value, (name, value: unknown) => (['lastHeartbeatTime', 'resourceVersion', 'managedFields'].includes(name) ? undefined : value)));
  }
  return out;
}

function difference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string | undefined {
  for (const [key, value] of after) if (before.get(key) !== value) return `${key} was written`;
  for (const key of before.keys()) if (!after.has(key)) return `${key} was deleted`;
  return undefined;
}

/** Starts what was stopped, heals what was cut, and runs until nothing lasting was written for `QUIET`. False when that never happens. */
export function settleDown(sim: Simulator): boolean {
  for (const link of sim.cutLinks().slice()) {
    const [a, b] = link.split(' ');
    sim.input({ kind: 'heal', a, b });
  }
  for (const component of sim.addresses()) if (!sim.isUp(component)) sim.input({ kind: 'start', component });
  const end = sim.now + LONGEST;
  let known = lasting(sim);
  let since = sim.now;
  while (sim.now < end) {
    sim.runUntil(sim.now + STRIDE);
    const now = lasting(sim);
    if (difference(known, now)) {
      since = sim.now;
      known = now;
    } else if (sim.now - since >= QUIET) return true;
  }
  return false;
}

/** L2: once converged no writes but heartbeats, leases and event aggregation. Runs ten minutes on. */
export function staysConverged(sim: Simulator): string | undefined {
  const before = lasting(sim);
  sim.runUntil(sim.now + 600 * SECOND);
  const wrong = difference(before, lasting(sim));
  return wrong && `L2: ${wrong} after the cluster had converged`;
}

/** L3: kube-apiserver's cache and every informer hold what the store holds. */
export function cachesReachTheHead(sim: Simulator): string | undefined {
  const kvs = store(sim);
  const stored = (directory: string): Map<string, KubeObject> => new Map(kvs.prefix(`/registry/${directory}/`).map((key) => {
    const kv = kvs.get(key)!;
    const object = kv.value as KubeObject;
    return [`${object.metadata.namespace ?? ''}/${object.metadata.name}`, { ...object, metadata: { ...object.metadata, resourceVersion: String(kv.modRevision) } }];
  }));
  const caches = sim.allContainers().filter((one) => one.name.startsWith('informer '));
  for (const cache of caches) {
    const gvr = cache.name.slice('informer '.length);
    const resource = gvr.slice(gvr.lastIndexOf('/') + 1);
    if (resource === 'leases' || resource === 'events') continue;
    const node = cache.owner.includes('/') ? cache.owner.slice(cache.owner.indexOf('/') + 1) : '';
    const follows = (object: KubeObject): boolean =>
      resource === 'pods' && node !== '' ? object.spec.nodeName === node
        : resource === 'pods' && cache.owner === 'kube-scheduler' ? !['Succeeded', 'Failed'].includes(object.status?.phase)
          : resource === 'nodes' && node !== '' ? object.metadata.name === node : true;
    const wanted = [...stored(directoryOfResource(resource)).values()].filter(follows).map((object) => `${object.metadata.uid} ${object.metadata.resourceVersion}`).sort();
    const seen = cache.keys().map((key) => cache.get(key) as KubeObject).map((object) => `${object.metadata.uid} ${object.metadata.resourceVersion}`).sort();
    if (wanted.join() !== seen.join()) return `L3: ${cache.owner}'s cache of ${gvr} holds ${seen.length} objects, not the ${wanted.length} of the store, or older versions of them`;
  }
  return undefined;
}

/** L4: nothing waits in a controller's queue, in a line of events, or among the pods that the scheduler could try. */
export function queuesDrain(sim: Simulator): string | undefined {
  for (const one of sim.allContainers()) {
    const queue = /^queue .* (waiting|dirty|processing)$/.test(one.name) || one.name === 'events line' || (one.owner === 'kube-scheduler' && one.name === 'in flight');
    if (queue && one.size > 0) return `L4: ${one.owner}'s ${one.name} holds ${one.keys()[0]}`;
    if (one.owner !== 'kube-scheduler' || one.name !== 'queue') continue;
    const open = one.keys().find((key) => (one.get(key) as { queue: string }).queue !== 'u');
    if (open) return `L4: the scheduler could try ${open}`;
  }
  return undefined;
}

/** L5: what is being deleted goes. */
export function deletionsFinish(sim: Simulator): string | undefined {
  const kvs = store(sim);
  const left = kvs.keys().find((key) => (kvs.get(key)!.value as KubeObject | undefined)?.metadata?.deletionTimestamp);
  return left && `L5: ${left} is still being deleted`;
}

/** L7: what `build` makes has the same trace hash every time. */
export function sameEveryTime(build: () => Simulator): string | undefined {
  const hashes = [build().traceHash(), build().traceHash()];
  return hashes[0] === hashes[1] ? undefined : `L7: ${hashes.join(' and ')} from one seed`;
}
