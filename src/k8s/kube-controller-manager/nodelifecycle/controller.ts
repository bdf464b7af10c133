/**
 * The node lifecycle controller: notices silent nodes, taints nodes by their conditions, marks their pods not ready.
 *
 * Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/util/node/controller_utils.go
 * Left out: parallel passes over nodes (they go one after the other); the pass that taints NoExecute every 100 ms runs only while nodes wait.
 */
import type { Program } from '../../../sim/program.ts';
import { act, now, sleep } from '../../../sim/program.ts';
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ObjectReference, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { isNotFound, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import type { Condition } from '../objects.ts';
import { keyOf } from '../objects.ts';
import type { Taint } from '../taints.ts';
import { addTaints, hasTaint, removeTaints, same, taintsOf } from '../taints.ts';
import { isSilent, monitorPeriod, noteLease, noteNode, ready, signsCell, unknown } from './health.ts';
import type { Counts, Zone } from './zones.ts';
import { add, done, handleDisruption, newZone, remove, take, zoneOf } from './zones.ts';

const identity = identityOf('node-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'node-controller', client: identity };

const leases = 'coordination.k8s.io/v1/leases';
const knownCell = 'node lifecycle known nodes';
const zonesCell = 'node lifecycle zones';
const retryCell = 'node lifecycle nodes to retry';
/** NodeEvictionPeriod. */
const evictionPeriod: Micros = 100_000;

const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };

const conditionTaints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: 'node.kubernetes.io/not-ready', Unknown: 'node.kubernetes.io/unreachable' },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};
const unschedulable = 'node.kubernetes.io/unschedulable';
const ownKeys = [unschedulable, ...Object.keys(conditionTaints).flatMap((c) => Object.values(conditionTaints[c]!))];

const reference = (node: { readonly metadata: { readonly name: string; readonly uid: string } }): ObjectReference => ({ reference: true, kind: 'Node', apiVersion: 'v1', name: node.metadata.name, uid: node.metadata.uid });

/** Adds taints stamped with the time, then removes the others. */
function* swapTaints(node: KubeObject, adding: readonly Taint[], removing: readonly Taint[]): Program<boolean> {
  const timeAdded = formatTime(yield* now());
  if (!(yield* addTaints(client, node.metadata.name, adding.map((t) => ({ ...t, timeAdded }))))) return false;
  return yield* removeTaints(client, node, removing);
}

/** NoSchedule taints follow the conditions; beta labels follow the stable ones. */
function* syncNode(name: string): Program<SyncResult> {
  const node = yield* act((p: ProcessContext) => p.informer('nodes').get(name));
  if (node === undefined) return 'done';
  const wanted: Taint[] = [];
  for (const c of (node.status?.conditions ?? []) as Condition[]) {
    const key = conditionTaints[c.type]?.[c.status];
    if (key !== undefined) wanted.push({ key, effect: 'NoSchedule' });
  }
  if (node.spec?.unschedulable === true) wanted.push({ key: unschedulable, effect: 'NoSchedule' });
  const have = taintsOf(node).filter((t) => t.effect === 'NoSchedule' && ownKeys.includes(t.key));
  const adding = wanted.filter((t) => !have.some((h) => same(h, t)));
  const removing = have.filter((t) => !wanted.some((w) => same(w, t)));
  if (adding.length > 0 || removing.length > 0) yield* swapTaints(node, adding, removing);
  yield* reconcileLabels(node);
  return 'done';
}

function* reconcileLabels(node: KubeObject): Program {
  const labels = node.metadata.labels ?? {};
  const changes: Record<string, string> = {};
  for (const [stable, beta] of [['kubernetes.io/os', 'beta.kubernetes.io/os'], ['kubernetes.io/arch', 'beta.kubernetes.io/arch']] as const) {
    const value = labels[stable];
    if (value !== undefined && labels[beta] !== value) changes[beta] = value;
  }
  if (Object.keys(changes).length === 0) return;
  const fresh = yield* client.get('nodes', '', node.metadata.name, { resourceVersion: '0' });
  if (succeeded(fresh)) yield* client.patch('nodes', '', node.metadata.name, 'application/strategic-merge-patch+json', { metadata: { labels: changes } });
}

function zones(p: ProcessContext): Record<string, Zone> {
  const out: Record<string, Zone> = {};
  for (const key of p.cell<Zone>(zonesCell).keys()) out[key] = p.cell<Zone>(zonesCell).get(key)!;
  return out;
}

function editZone(p: ProcessContext, node: KubeObject, edit: (zone: Zone) => Zone): void {
  const key = zoneOf(node);
  const zone = p.cell<Zone>(zonesCell).get(key) ?? newZone;
  const next = edit(zone);
  if (next === zone && p.cell(zonesCell).has(key)) return;
  p.cell<Zone>(zonesCell).set(key, next);
  if (next.queue.length > zone.queue.length) p.queue('nodelifecycle/noexecute').addAfter(key || ':', p.now % evictionPeriod === 0 ? 0 : evictionPeriod - (p.now % evictionPeriod));
}

function* markReachable(node: KubeObject): Program {
  if (!(yield* removeTaints(client, node, [unreachable])) || !(yield* removeTaints(client, node, [notReady]))) return;
  yield* act((p: ProcessContext) => editZone(p, node, (zone) => remove(zone, node.metadata.name)));
}

interface Glance { readonly node: KubeObject; readonly silent: boolean; readonly added: boolean; readonly retry: boolean }

function* monitor(): Program {
  const glance = yield* act((p: ProcessContext) => {
    const known = p.cell<string>(knownCell);
    const nodes = p.informer('nodes').list();
    const present: string[] = [];
    const look: Glance[] = [];
    for (const node of nodes) {
      const { name } = node.metadata;
      const added = !known.has(name);
      const silent = isSilent(p, node, p.now);
      const retry = p.cell(retryCell).has(name);
      const status = ready(node)?.status;
      // A healthy node without a taint needs nothing.
      if (added || retry || (silent && status !== 'Unknown') || status !== 'True' || hasTaint(node, unreachable) || hasTaint(node, notReady) || (p.cell<Zone>(zonesCell).get(zoneOf(node))?.known.includes(name) ?? false)) {
        look.push({ node, silent, added, retry });
      }
      if (added) known.set(name, node.metadata.uid);
      present.push(name);
    }
    for (const { node, added } of look) if (added) p.event(source, reference(node), 'Normal', 'RegisteredNode', `Node ${node.metadata.name} event: Registered Node ${node.metadata.name} in Controller`);
    if (known.size !== present.length) {
      for (const name of known.keys().slice()) {
        if (p.informer('nodes').get(name) !== undefined) continue;
        const uid = known.get(name)!;
        p.event(source, { reference: true, kind: 'Node', apiVersion: 'v1', name, uid }, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
        known.delete(name);
      }
    }
    return look;
  });
  for (const one of glance) if (one.added) yield* markReachable(one.node);
  const turned: string[] = [];
  for (const one of glance) if (yield* checkNode(one)) turned.push(one.node.metadata.name);
  yield* disruption(turned);
}

/** True if the node has just become unknown (the cache may not show it yet). */
function* checkNode({ node: seen, silent, retry }: Glance): Program<boolean> {
  let node = seen;
  const observed = ready(node)?.status ?? 'Unknown';
  let turned = false;
  if (silent) {
    for (let i = 0; ; i++) {
      const next = unknown(node, yield* now());
      if (next === node) break;
      const answer = yield* client.updateSub('nodes', 'status', next);
      if (succeeded(answer)) {
        turned = true;
        node = next;
        break;
      }
      const fresh = yield* client.get('nodes', '', node.metadata.name);
      if (!succeeded(fresh) || i >= 4) return turned;
      node = fresh.body as KubeObject;
      yield* sleep(20_000);
    }
  }
  const status = ready(node)?.status;
  if (status === undefined) return turned;
  yield* taintEviction(node, status);
  if ((status !== 'True' && observed === 'True') || (retry && observed !== 'True')) {
    const pods = yield* act((p: ProcessContext) => {
      if (observed === 'True') p.event(source, reference(node), 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
      return p.informer('pods').byIndex('node', node.metadata.name);
    });
    const marked = yield* markPodsNotReady(pods);
    yield* act((p: ProcessContext) => {
      if (!marked) p.cell(retryCell).set(node.metadata.name, 1);
      else if (retry) p.cell(retryCell).delete(node.metadata.name);
    });
  } else if (retry) yield* act((p: ProcessContext) => p.cell(retryCell).delete(node.metadata.name));
  return turned;
}

function* taintEviction(node: KubeObject, status: string): Program {
  if (status === 'True') {
    yield* markReachable(node);
    return;
  }
  const [wanted, other] = status === 'False' ? [notReady, unreachable] : [unreachable, notReady];
  if (hasTaint(node, other)) {
    // It changes its kind of trouble: no new place in the queue.
    yield* swapTaints(node, [wanted], [other]);
    return;
  }
  yield* act((p: ProcessContext) => editZone(p, node, (zone) => add(hasTaint(node, wanted) ? zone : remove(zone, node.metadata.name), node.metadata.name, p.now)));
}

function* markPodsNotReady(pods: readonly KubeObject[]): Program<boolean> {
  let good = true;
  for (const pod of pods) {
    const conditions: readonly Condition[] = pod.status?.conditions ?? [];
    const i = conditions.findIndex((c) => c.type === 'Ready');
    if (i < 0 || conditions[i]!.status === 'False') continue;
    const at = formatTime(yield* now());
    const next = conditions.map((c, j) => (j === i ? { ...c, status: 'False', lastTransitionTime: at } : c));
    const answer = yield* client.updateSub('pods', 'status', { ...pod, status: { ...pod.status, conditions: next } });
    if (!succeeded(answer)) {
      if (isNotFound(answer)) continue;
      good = false;
    }
    yield* act((p: ProcessContext) => p.event(source, pod, 'Warning', 'NodeNotReady', 'Node is not ready'));
  }
  return good;
}

function* disruption(turned: readonly string[]): Program {
  const entering = yield* act((p: ProcessContext) => {
    const counts: Record<string, Counts> = {};
    const nodes = p.informer('nodes').list();
    for (const node of nodes) {
      if (node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined) continue;
      const key = zoneOf(node);
      const good = ready(node)?.status === 'True' && !turned.includes(node.metadata.name);
      const c = counts[key] ?? { ready: 0, notReady: 0 };
      counts[key] = good ? { ...c, ready: c.ready + 1 } : { ...c, notReady: c.notReady + 1 };
    }
    const before = zones(p);
    const result = handleDisruption(before, counts, p.now);
    for (const key of Object.keys(before)) if (result.zones[key] === undefined) p.cell(zonesCell).delete(key);
    for (const key of Object.keys(result.zones)) {
      if (result.zones[key] === before[key]) continue;
      p.cell<Zone>(zonesCell).set(key, result.zones[key]!);
      if (result.zones[key]!.queue.length > 0) p.queue('nodelifecycle/noexecute').add(key || ':');
    }
    if (result.mode === 'leaving') for (const node of nodes) p.cell<Micros>(signsCell).set(node.metadata.name, p.now);
    return result.mode === 'entering' ? nodes : undefined;
  });
  for (const node of entering ?? []) yield* markReachable(node);
}

/** One pass of the queue of nodes that wait for their NoExecute taint. */
function* syncZone(key: string): Program<SyncResult> {
  for (;;) {
    const next = yield* act((p: ProcessContext) => {
      const zone = p.cell<Zone>(zonesCell).get(key);
      const taken = zone === undefined ? undefined : take(zone, p.now);
      if (taken === undefined) return { wait: zone === undefined || zone.queue.length === 0 || zone.rate === 0 ? undefined : Math.max(evictionPeriod, zone.next - p.now) };
      p.cell<Zone>(zonesCell).set(key, taken.zone);
      return { name: taken.name, node: p.informer('nodes').get(taken.name) };
    });
    if (!('name' in next)) return next.wait === undefined ? 'done' : { after: Math.ceil(next.wait / evictionPeriod) * evictionPeriod };
    const { node } = next;
    const name = next.name as string;
    const status = node === undefined ? undefined : ready(node)?.status;
    let good = true;
    if (node !== undefined && status === 'False') good = yield* swapTaints(node, [notReady], [unreachable]);
    else if (node !== undefined && status === 'Unknown') good = yield* swapTaints(node, [unreachable], [notReady]);
    if (good) {
      yield* act((p: ProcessContext) => {
        const zone = p.cell<Zone>(zonesCell).get(key);
        if (zone !== undefined) p.cell<Zone>(zonesCell).set(key, done(zone, name));
      });
    }
  }
}

/** A pod that comes to a node which is not ready cannot be ready. */
function* syncPod(key: string): Program<SyncResult> {
  const pod = yield* act((p: ProcessContext) => {
    const found = p.informer('pods').get(key);
    const node = found === undefined ? undefined : p.informer('nodes').get(found.spec.nodeName ?? '');
    return node === undefined || ready(node) === undefined || ready(node)!.status === 'True' ? undefined : found;
  });
  if (pod === undefined) return 'done';
  return (yield* markPodsNotReady([pod])) ? 'done' : 'retry';
}

function onPod(p: ProcessContext, event: InformerEvent): void {
  if (event.type === 'delete') return;
  const name: string = event.object.spec.nodeName ?? '';
  if (name === '' || (event.type === 'update' && event.old.spec.nodeName === name)) return;
  const node = p.informer('nodes').get(name);
  if (node !== undefined && ready(node) !== undefined && ready(node)!.status !== 'True') p.queue('nodelifecycle/pods').add(keyOf(event.object));
}

export const nodeLifecycleController: ControllerDefinition = {
  name: 'nodelifecycle',
  client: identity,
  workers: 8,
  serviceTime: serviceTime.nodelifecycle,
  informers: ['nodes', 'pods', leases],
  handlers: {
    nodes: (p, event) => {
      noteNode(p, event);
      if (event.type !== 'delete') p.queue('nodelifecycle').add(event.object.metadata.name);
      else if (p.cell(retryCell).has(event.object.metadata.name)) p.cell(retryCell).delete(event.object.metadata.name);
    },
    [leases]: noteLease,
    pods: onPod,
  },
  sync: syncNode,
  queues: {
    noexecute: { workers: 1, serviceTime: serviceTime.nodelifecycle, sync: (key) => syncZone(key === ':' ? '' : key) },
    pods: { workers: 4, serviceTime: serviceTime.nodelifecycle, sync: syncPod },
  },
  periodic: { monitor: { period: monitorPeriod, run: monitor } },
  cells: [signsCell, knownCell, zonesCell, retryCell],
};

