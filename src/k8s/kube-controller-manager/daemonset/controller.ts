/**
 * The daemon set controller: a pod on every eligible node.
 *
 * Upstream: pkg/controller/daemon/{daemon_controller,update}.go
 * Left out: adoption of orphaned pods and revisions; several revisions of one template are not merged.
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject, OwnerReference } from '../../api/types.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { ApiError, errorText, guarded, isAlreadyExists, must, succeeded } from '../answers.ts';
import { ConsistencyStore } from '../consistency.ts';
import { Expectations } from '../expectations.ts';
import { controllerRevisions, matchesTemplate, newRevision, revisionsOf } from '../history.ts';
import { identityOf } from '../identity.ts';
import { controllerOf, equal, keyOf, newControllerRef, omitEmpty } from '../objects.ts';
import { deletePods, podFromTemplate, slowStartCreate } from '../pod-control.ts';
import { isPodAvailable, isPodReady, isPodTerminal } from '../pods.ts';
import { selectorMatches, selectsEverything } from '../selector.ts';
import { byAge, hashLabel, isUpdated, nodeShouldRun, rollingLimits, targetNode, templateFor } from './pods.ts';

const gvr = 'apps/v1/daemonsets';
const identity = identityOf('daemon-set-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'daemonset-controller', client: identity };
const expectations = new Expectations('daemonset expectations');
const consistency = new ConsistencyStore('daemonset writes');
/** `<uid>/<generation>/<node>` -> delay and time of the last kill of a failed pod there. */
const backoffCell = 'daemonset failed pods';
const burst = 250;

type ByNode = Readonly<Record<string, readonly KubeObject[]>>;

function podsByNode(p: ProcessContext, ds: KubeObject, deletedTerminal: boolean): ByNode {
  const out: Record<string, KubeObject[]> = {};
  for (const pod of p.informer('pods').byIndex('controller', ds.metadata.uid)) {
    if (!selectorMatches(ds.spec.selector, pod.metadata.labels)) continue;
    if (!deletedTerminal && isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined) continue;
    const node = targetNode(pod);
    if (node !== '') (out[node] ??= []).push(pod);
  }
  return out;
}

interface Plan { readonly create: readonly string[]; readonly remove: readonly KubeObject[] }

function waitsInBackoff(p: ProcessContext, ds: KubeObject, node: string): Micros {
  const cell = p.cell<{ readonly delay: Micros; readonly at: Micros }>(backoffCell);
  const key = `${ds.metadata.uid}/${ds.status?.observedGeneration ?? 0}/${node}`;
  const entry = cell.get(key);
  if (entry !== undefined && p.now - entry.at < entry.delay) return entry.delay;
  // Forgotten after twice the longest delay; 1 s doubling up to 15 min.
  const fresh = entry === undefined || p.now - entry.at > 2 * 900_000_000;
  cell.set(key, { delay: fresh ? 1_000_000 : Math.min(entry.delay * 2, 900_000_000), at: p.now });
  return 0;
}

function planNode(p: ProcessContext, ds: KubeObject, node: KubeObject, pods: readonly KubeObject[] | undefined, hash: string, surge: boolean, plan: { create: string[]; remove: KubeObject[] }): void {
  const { run, stay } = nodeShouldRun(node, ds);
  if (run && pods === undefined) {
    plan.create.push(node.metadata.name);
    return;
  }
  if (!stay) {
    for (const pod of pods ?? []) if (pod.metadata.deletionTimestamp === undefined) plan.remove.push(pod);
    return;
  }
  const running: KubeObject[] = [];
  for (const pod of pods ?? []) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const where = `daemon pod ${keyOf(pod)} on node ${node.metadata.name}`;
    if (pod.status?.phase === 'Failed') {
      const delay = waitsInBackoff(p, ds, node.metadata.name);
      if (delay > 0) {
        p.queue('daemonset').addAfter(keyOf(ds), delay);
        continue;
      }
      p.event(source, ds, 'Warning', 'FailedDaemonPod', `Found failed ${where}, will try to kill it`);
      plan.remove.push(pod);
    } else if (pod.status?.phase === 'Succeeded') {
      p.event(source, ds, 'Normal', 'SucceededDaemonPod', `Found succeeded ${where}, will try to delete it`);
      plan.remove.push(pod);
    } else running.push(pod);
  }
  running.sort(byAge);
  if (!surge) {
    plan.remove.push(...running.slice(1));
    return;
  }
  if (running.length <= 1) {
    if (running.length === 0 && run) plan.create.push(node.metadata.name);
    return;
  }
  let newest: KubeObject | undefined;
  let oldest: KubeObject | undefined;
  for (const pod of running) {
    if (pod.metadata.labels?.[hashLabel] === hash) {
      if (newest === undefined) newest = pod;
      else plan.remove.push(pod);
    } else if (oldest === undefined) oldest = pod;
    else plan.remove.push(pod);
  }
  if (newest !== undefined && oldest !== undefined && (!isPodReady(oldest) || isPodAvailable(newest, ds.spec.minReadySeconds ?? 0, p.now))) plan.remove.push(oldest);
}

function planAll(p: ProcessContext, ds: KubeObject, hash: string): Plan {
  const plan = { create: [] as string[], remove: [] as KubeObject[] };
  const byNode = podsByNode(p, ds, false);
  const surge = ds.spec.updateStrategy?.type === 'RollingUpdate' && rollingLimits(ds, 100).surge > 0;
  const nodes = p.informer('nodes');
  for (const node of nodes.list()) planNode(p, ds, node, byNode[node.metadata.name], hash, surge, plan);
  for (const name of Object.keys(byNode).sort()) {
    if (nodes.get(name) === undefined) plan.remove.push(...byNode[name]!.filter((pod) => (pod.spec.nodeName ?? '') === ''));
  }
  return plan;
}

/** Which old pods to replace now. */
function planRollingUpdate(p: ProcessContext, ds: KubeObject, hash: string): Plan {
  const byNode: Record<string, readonly KubeObject[]> = { ...podsByNode(p, ds, false) };
  let desired = 0;
  for (const node of p.informer('nodes').list()) {
    if (!nodeShouldRun(node, ds).run) continue;
    desired++;
    byNode[node.metadata.name] ??= [];
  }
  const { surge, unavailable } = rollingLimits(ds, desired);
  const available = (pod: KubeObject): boolean => isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, p.now);
  const allowed: KubeObject[] = [];
  const candidates: KubeObject[] = [];
  const create: string[] = [];
  const candidateNodes: string[] = [];
  const sunset: KubeObject[] = [];
  let missing = 0;
  let surging = 0;
  let alive = 0;
  for (const name of Object.keys(byNode).sort()) {
    const here = byNode[name]!.filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const fresh = here.filter((pod) => isUpdated(pod, ds, hash));
    const old = here.filter((pod) => !isUpdated(pod, ds, hash));
    if (surge === 0) {
      if (fresh.length > 1 || old.length > 1 || fresh.length === old.length) missing++;
      else if (fresh.length === 1) missing += available(fresh[0]!) ? 0 : 1;
      else if (!available(old[0]!)) {
        allowed.push(old[0]!);
        missing++;
      } else if (missing < unavailable) candidates.push(old[0]!);
      continue;
    }
    if (fresh.length > 1 || old.length > 1) {
      surging++;
      continue;
    }
    const judged = old[0] ?? fresh[0];
    if (judged !== undefined && available(judged)) alive++;
    if (old.length === 0) continue;
    if (fresh.length === 1) {
      if (available(fresh[0]!)) allowed.push(old[0]!);
      else surging++;
      continue;
    }
    const node = p.informer('nodes').get(name);
    const run = node !== undefined && nodeShouldRun(node, ds).run;
    if (!available(old[0]!)) {
      if (run) create.push(name);
      else allowed.push(old[0]!);
    } else if (!run) sunset.push(old[0]!);
    else if (surging < surge) candidateNodes.push(name);
  }
  if (surge === 0) return { create: [], remove: [...allowed, ...candidates.slice(0, Math.max(0, unavailable - missing))] };
  return { create: [...create, ...candidateNodes.slice(0, Math.max(0, surge - surging))], remove: [...allowed, ...sunset.slice(0, Math.max(0, alive - desired))] };
}

function* syncNodes(ds: KubeObject, key: string, plan: Plan, hash: string): Program {
  const create = plan.create.slice(0, burst);
  const remove = plan.remove.slice(0, burst);
  yield* act((p: ProcessContext) => expectations.set(p, key, create.length, remove.length));
  const reference = newControllerRef(ds, 'apps/v1', 'DaemonSet');
  const requests = create.map((node) => client.request.create('pods', ds.metadata.namespace ?? '', podFromTemplate(ds, templateFor(ds, hash, node), reference)));
  const made = yield* slowStartCreate(client, source, ds, requests, (p, answer) => {
    if (succeeded(answer)) consistency.wroteAt(p, key, ds.metadata.uid, 'pods', (answer.body as KubeObject).metadata.resourceVersion);
  });
  const skipped = create.length - made.successes;
  if (skipped > 0) yield* act((p: ProcessContext) => expectations.lower(p, key, skipped, 0));
  const error = yield* deletePods(client, source, ds, remove, (p) => expectations.lower(p, key, 0, 1));
  if (made.error !== undefined || error !== undefined) throw new ApiError(made.error ?? error!);
}

function* currentRevision(ds: KubeObject): Program<{ readonly hash: string; readonly old: readonly KubeObject[] }> {
  const all = yield* act((p: ProcessContext) => revisionsOf(p, ds));
  const old = all.filter((r) => !matchesTemplate(r, ds.spec.template));
  const current = all.filter((r) => matchesTemplate(r, ds.spec.template)).at(-1);
  const revision = old.reduce((max, r) => Math.max(max, r.revision), 0) + 1;
  if (current !== undefined) {
    if (current.revision < revision) must(yield* client.update(controllerRevisions, { ...current, revision }));
    return { hash: current.metadata.labels?.[hashLabel] ?? '', old };
  }
  const body = newRevision(ds, 'apps/v1', 'DaemonSet', hashLabel, revision, ds.status?.collisionCount);
  const answer = yield* client.create(controllerRevisions, ds.metadata.namespace ?? '', body);
  if (isAlreadyExists(answer)) {
    const existing = must(yield* client.get(controllerRevisions, ds.metadata.namespace ?? '', body.metadata.name));
    if (matchesTemplate(existing, ds.spec.template)) return { hash: existing.metadata.labels?.[hashLabel] ?? '', old };
    const live = must(yield* client.get(gvr, ds.metadata.namespace ?? '', ds.metadata.name));
    if (live.status?.collisionCount === ds.status?.collisionCount) {
      yield* client.updateSub(gvr, 'status', { ...live, status: { ...live.status, collisionCount: (live.status?.collisionCount ?? 0) + 1 } });
    }
    throw new ApiError(errorText(answer), answer);
  }
  return { hash: must(answer).metadata.labels?.[hashLabel] ?? '', old };
}

function* cleanupHistory(ds: KubeObject, old: readonly KubeObject[]): Program {
  let excess = old.length - (ds.spec.revisionHistoryLimit ?? 10);
  if (excess <= 0) return;
  const live = yield* act((p: ProcessContext) => p.informer('pods').byIndex('controller', ds.metadata.uid).map((pod) => pod.metadata.labels?.[hashLabel] ?? ''));
  for (const revision of old) {
    if (excess <= 0) break;
    if (live.includes(revision.metadata.labels?.[hashLabel] ?? '-')) continue;
    const answer = yield* client.delete(controllerRevisions, revision.metadata.namespace ?? '', revision.metadata.name);
    if (!succeeded(answer)) throw new ApiError(errorText(answer), answer);
    excess--;
  }
}

function* updateStatus(ds: KubeObject, key: string, hash: string, observe: boolean): Program {
  const minReady: number = ds.spec.minReadySeconds ?? 0;
  const counts = yield* act((p: ProcessContext) => {
    const byNode = podsByNode(p, ds, false);
    const c = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
    for (const node of p.informer('nodes').list()) {
      const pods = byNode[node.metadata.name];
      if (!nodeShouldRun(node, ds).run) {
        if (pods !== undefined) c.misscheduled++;
        continue;
      }
      c.desired++;
      if (pods === undefined) continue;
      c.current++;
      const pod = [...pods].sort(byAge)[0]!;
      if (isPodReady(pod)) {
        c.ready++;
        if (isPodAvailable(pod, minReady, p.now)) c.available++;
      }
      if (isUpdated(pod, ds, hash)) c.updated++;
    }
    return c;
  });
  const wanted = {
    currentNumberScheduled: counts.current, numberMisscheduled: counts.misscheduled, desiredNumberScheduled: counts.desired, numberReady: counts.ready,
    updatedNumberScheduled: counts.updated, numberAvailable: counts.available, numberUnavailable: counts.desired - counts.available,
  };
  const old = ds.status ?? {};
  const same = (Object.keys(wanted) as (keyof typeof wanted)[]).every((k) => (old[k] ?? 0) === wanted[k]) && (old.observedGeneration ?? 0) >= (ds.metadata.generation ?? 0);
  if (!same) {
    let target = ds;
    for (let i = 0; ; i++) {
      const status = omitEmpty({ ...target.status, ...wanted, ...(observe ? { observedGeneration: ds.metadata.generation } : {}) }, ['updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'observedGeneration']);
      const answer = yield* client.updateSub(gvr, 'status', { ...target, status });
      if (succeeded(answer)) {
        yield* act((p: ProcessContext) => consistency.wroteAt(p, key, ds.metadata.uid, gvr, (answer.body as KubeObject).metadata.resourceVersion));
        break;
      }
      if (i >= 1) throw new ApiError(errorText(answer), answer);
      target = must(yield* client.get(gvr, ds.metadata.namespace ?? '', ds.metadata.name));
    }
  }
  if (minReady > 0 && counts.ready !== counts.available) yield* act((p: ProcessContext) => p.queue('daemonset').addAfter(key, minReady * 1e6));
}

function* sync(key: string): Program<SyncResult> {
  const ds = yield* act((p: ProcessContext) => {
    if (!consistency.ready(p, key)) return 'stale' as const;
    const found = p.informer(gvr).get(key);
    if (found === undefined) {
      expectations.delete(p, key);
      consistency.clear(p, key);
    }
    return found;
  });
  if (ds === 'stale') return 'retry';
  if (ds === undefined) return 'done';
  if (selectsEverything(ds.spec.selector)) {
    yield* act((p: ProcessContext) => p.event(source, ds, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.'));
    return 'done';
  }
  if (ds.metadata.deletionTimestamp !== undefined) return 'done';
  const { hash, old } = yield* currentRevision(ds);
  if (!(yield* act((p: ProcessContext) => expectations.satisfied(p, key)))) {
    yield* updateStatus(ds, key, hash, false);
    return 'done';
  }
  let failed: ApiError | undefined;
  try {
    yield* syncNodes(ds, key, yield* act((p: ProcessContext) => planAll(p, ds, hash)), hash);
    const next = yield* act((p: ProcessContext) => (expectations.satisfied(p, key) && ds.spec.updateStrategy?.type === 'RollingUpdate' ? planRollingUpdate(p, ds, hash) : undefined));
    if (next !== undefined) yield* syncNodes(ds, key, next, hash);
    yield* cleanupHistory(ds, old);
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    failed = thrown;
  }
  yield* updateStatus(ds, key, hash, true);
  if (failed !== undefined) throw failed;
  return 'done';
}

function resolve(p: ProcessContext, namespace: string | undefined, ref: OwnerReference | undefined): KubeObject | undefined {
  if (ref?.kind !== 'DaemonSet') return undefined;
  const ds = p.informer(gvr).get(`${namespace}/${ref.name}`);
  return ds?.metadata.uid === ref.uid ? ds : undefined;
}

function enqueueOwner(p: ProcessContext, event: InformerEvent): void {
  const ds = resolve(p, event.object.metadata.namespace, controllerOf(event.object));
  if (ds !== undefined) p.queue('daemonset').add(keyOf(ds));
}

function onPod(p: ProcessContext, event: InformerEvent): void {
  const pod = event.object;
  const ds = resolve(p, pod.metadata.namespace, controllerOf(pod));
  if (ds === undefined) return;
  const key = keyOf(ds);
  if (event.type === 'delete' || pod.metadata.deletionTimestamp !== undefined) expectations.lower(p, key, 0, 1);
  else if (event.type === 'add') expectations.creationObserved(p, key);
  p.queue('daemonset').add(key);
  const minReady: number = ds.spec.minReadySeconds ?? 0;
  if (event.type === 'update' && minReady > 0 && !isPodReady(event.old) && isPodReady(pod)) p.queue('daemonset').addAfter(key, (minReady + 1) * 1e6);
}

function onNode(p: ProcessContext, event: InformerEvent): void {
  if (event.type === 'delete') return;
  const node = event.object;
  if (event.type === 'update' && equal(event.old.metadata.labels, node.metadata.labels) && equal(event.old.spec, node.spec)) return;
  const here = p.informer('pods').byIndex('node', node.metadata.name);
  for (const ds of p.informer(gvr).list()) {
    const { run, stay } = nodeShouldRun(node, ds);
    const scheduled = here.some((pod) => controllerOf(pod)?.uid === ds.metadata.uid);
    if ((run && !scheduled) || (!stay && scheduled) || (scheduled && (ds.status?.numberMisscheduled ?? 0) > 0)) p.queue('daemonset').add(keyOf(ds));
  }
}

export const daemonSetController: ControllerDefinition = {
  name: 'daemonset',
  client: identity,
  workers: 2,
  serviceTime: serviceTime.daemonset,
  informers: [gvr, controllerRevisions, 'pods', 'nodes'],
  handlers: {
    [gvr]: (p, event) => {
      if (event.type === 'delete') {
        expectations.delete(p, keyOf(event.object));
        consistency.clear(p, keyOf(event.object), event.object.metadata.uid);
      }
      p.queue('daemonset').add(keyOf(event.object));
    },
    [controllerRevisions]: enqueueOwner,
    pods: onPod,
    nodes: onNode,
  },
  sync: (key) => guarded(sync(key)),
  cells: [expectations.cell, consistency.cell, backoffCell],
};

