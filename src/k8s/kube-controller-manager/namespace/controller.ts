/**
 * The namespace controller: empties a namespace that is being deleted, pods first, and then lets it go.
 *
 * Upstream: pkg/controller/namespace/namespace_controller.go, deletion/{namespaced_resources_deleter,status_condition_utils}.go
 * Left out: discovery and its failures; resources go in a stable order (upstream walks a map).
 */
import type { Program } from '../../../sim/program.ts';
import { act, now } from '../../../sim/program.ts';
import type { Micros } from '../../../sim/types.ts';
import type { Resource } from '../../api/resources.ts';
import type { KubeList, KubeObject } from '../../api/types.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { ApiError, errorText, guarded, isConflict, isNotFound, must, succeeded } from '../answers.ts';
import { gvrOf, preferredResources } from '../api-resources.ts';
import { identityOf } from '../identity.ts';
import type { Condition } from '../objects.ts';
import { conditionOf } from '../objects.ts';
import { isPodTerminal } from '../pods.ts';

// It makes very many calls for one namespace.
const identity = identityOf('namespace-controller', { qps: 20, burst: 100 });
const client = clientFor(identity);

/** So that the watch caches of several servers know of the deletion. */
const gracePeriod: Micros = 5_000_000;
const finalizerEstimate = 15;

const deletable: readonly Resource[] = preferredResources.filter((r) => r.namespaced && r.verbs.includes('delete'));
const pods = deletable.find((r) => r.group === '' && r.resource === 'pods')!;

const conditionTypes: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  ['NamespaceDeletionContentFailure', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

interface Totals {
  readonly estimate: number;
  readonly remaining: readonly { readonly resource: Resource; readonly count: number }[];
  readonly finalizers: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}
const nothing: Totals = { estimate: 0, remaining: [], finalizers: {}, errors: [] };

function merge(a: Totals, b: Totals): Totals {
  const finalizers: Record<string, number> = { ...a.finalizers };
  for (const key of Object.keys(b.finalizers)) finalizers[key] = (finalizers[key] ?? 0) + b.finalizers[key]!;
  return { estimate: Math.max(a.estimate, b.estimate), remaining: [...a.remaining, ...b.remaining], finalizers, errors: [...a.errors, ...b.errors] };
}

function* sync(name: string): Program<SyncResult> {
  if (!(yield* act((p: ProcessContext) => p.informer('namespaces').get(name) !== undefined))) return 'done';
  const answer = yield* client.get('namespaces', '', name);
  if (isNotFound(answer)) return 'done';
  let namespace = must(answer);
  if (namespace.metadata.deletionTimestamp === undefined) return 'done';
  if (namespace.status?.phase !== 'Terminating') {
    const marked = yield* retryOnConflict(namespace, (ns) => client.updateSub('namespaces', 'status', { ...ns, status: { ...ns.status, phase: 'Terminating' } }));
    if (marked === undefined) return 'done';
    namespace = marked;
  }
  if ((namespace.spec?.finalizers ?? []).length === 0) return 'done';
  const { estimate, errors } = yield* deleteAllContent(namespace);
  if (errors.length > 0) throw new ApiError(errors.join(', '));
  if (estimate > 0) return { after: (Math.floor(estimate / 2) + 1) * 1e6 };
  yield* retryOnConflict(namespace, (ns) => {
    const left = (ns.spec.finalizers as string[]).filter((f) => f !== 'kubernetes').sort();
    const { status: _status, ...rest } = ns;
    return client.updateSub('namespaces', 'finalize', { ...rest, spec: { ...ns.spec, finalizers: left } } as KubeObject);
  });
  return 'done';
}

/** Undefined: it is gone. */
function* retryOnConflict(namespace: KubeObject, write: (ns: KubeObject) => Program<import('../../apimachinery/request.ts').ApiResponse>): Program<KubeObject | undefined> {
  for (let latest = namespace; ;) {
    const answer = yield* write(latest);
    if (isNotFound(answer)) return undefined;
    if (!isConflict(answer)) return must(answer);
    const fresh = yield* client.get('namespaces', '', latest.metadata.name);
    if (isNotFound(fresh)) return undefined;
    const next = must(fresh);
    if (next.metadata.uid !== latest.metadata.uid) throw new ApiError('namespace uid has changed across retries');
    latest = next;
  }
}

function* deleteAllContent(namespace: KubeObject): Program<{ readonly estimate: number; readonly errors: readonly string[] }> {
  const { name } = namespace.metadata;
  const first = yield* deleteResource(pods, namespace);
  let totals: Totals = { ...first, errors: first.errors.map((e) => `failed to delete pods for namespace: ${name}, err: ${e}`) };
  const failed = [...first.errors];
  // Ordered deletion: nothing else goes before the last pod has gone.
  const podsRemain = totals.remaining.length > 0;
  if (!podsRemain) {
    for (const resource of deletable) {
      if (resource === pods) continue;
      const one = yield* deleteResource(resource, namespace);
      totals = merge(totals, one);
      failed.push(...one.errors);
    }
  }
  const at = yield* now();
  const conditions = nextConditions(at, namespace.status?.conditions ?? [], podsRemain ? nothing : totals, failed);
  if (conditions !== undefined) yield* client.updateSub('namespaces', 'status', { ...namespace, status: { ...namespace.status, conditions } });
  return totals;
}

function* deleteResource(resource: Resource, namespace: KubeObject): Program<Totals> {
  const gvr = gvrOf(resource);
  const { name } = namespace.metadata;
  let estimate = 0;
  if (resource === pods) {
    const list = yield* client.list(gvr, name);
    if (!succeeded(list)) return { ...nothing, errors: [errorText(list)] };
    for (const pod of (list.body as KubeList).items) if (!isPodTerminal(pod)) estimate = Math.max(estimate, pod.spec.terminationGracePeriodSeconds ?? 0);
    const since = (yield* now()) - (parseTime(namespace.metadata.deletionTimestamp) ?? 0);
    if (since >= estimate * 1e6) estimate = 0;
  }
  const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
  if (resource.verbs.includes('deletecollection')) {
    const answer = yield* client.deleteCollection(gvr, name, options);
    if (!succeeded(answer) && answer.code !== 405 && !isNotFound(answer)) return { ...nothing, estimate, errors: [errorText(answer)] };
  } else if (resource.verbs.includes('list')) {
    const list = yield* client.list(gvr, name);
    if (!succeeded(list)) return { ...nothing, estimate, errors: [errorText(list)] };
    for (const item of (list.body as KubeList).items) {
      const answer = yield* client.delete(gvr, name, item.metadata.name, options);
      if (!succeeded(answer) && !isNotFound(answer) && answer.code !== 405) return { ...nothing, estimate, errors: [errorText(answer)] };
    }
  }
  if (!resource.verbs.includes('list')) return { ...nothing, estimate };
  const left = yield* client.list(gvr, name);
  if (!succeeded(left)) return isNotFound(left) || left.code === 405 ? { ...nothing, estimate } : { ...nothing, estimate, errors: [errorText(left)] };
  const { items } = left.body as KubeList;
  if (items.length === 0) return nothing;
  const finalizers: Record<string, number> = {};
  for (const item of items) for (const f of item.metadata.finalizers ?? []) finalizers[f] = (finalizers[f] ?? 0) + 1;
  const remaining = [{ resource, count: items.length }];
  if (estimate !== 0) return { estimate, remaining, finalizers, errors: [] };
  if (Object.keys(finalizers).length > 0) return { estimate: finalizerEstimate, remaining, finalizers, errors: [] };
  return { estimate, remaining, finalizers: {}, errors: [`unexpected items still remain in namespace: ${name} for gvr: ${resource.group}/${resource.version}, Resource=${resource.resource}`] };
}

/** The five conditions, or undefined if none changed. */
function nextConditions(at: Micros, have: readonly Condition[], totals: Totals, errors: readonly string[]): Condition[] | undefined {
  const news: Record<string, { readonly reason: string; readonly message: string }> = {};
  if (totals.remaining.length > 0) {
    const texts = totals.remaining.map(({ resource, count }) => `${resource.resource}.${resource.group} has ${count} resource instances`).sort();
    news.NamespaceContentRemaining = { reason: 'SomeResourcesRemain', message: `Some resources are remaining: ${texts.join(', ')}` };
  }
  const names = Object.keys(totals.finalizers);
  if (names.length > 0) {
    const texts = names.map((f) => `${f} in ${totals.finalizers[f]} resource instances`).sort();
    news.NamespaceFinalizersRemaining = { reason: 'SomeFinalizersRemain', message: `Some content in the namespace has finalizers remaining: ${texts.join(', ')}` };
  }
  if (errors.length > 0) {
    news.NamespaceDeletionContentFailure = { reason: 'ContentDeletionFailed', message: `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}` };
  }
  const out = [...have];
  let changed = false;
  for (const [type, okReason, okMessage] of conditionTypes) {
    const bad = news[type];
    const status = bad === undefined ? 'False' : 'True';
    const reason = bad?.reason ?? okReason;
    const message = bad?.message ?? okMessage;
    const old = conditionOf(out, type);
    if (old === undefined) out.push({ type, status, lastTransitionTime: formatTime(at), reason, message });
    else if (old.status !== status || old.reason !== reason || old.message !== message) {
      out[out.indexOf(old)] = { ...old, status, reason, message, lastTransitionTime: old.status === status ? old.lastTransitionTime : formatTime(at) };
    } else continue;
    changed = true;
  }
  return changed ? out : undefined;
}

export const namespaceController: ControllerDefinition = {
  name: 'namespace',
  client: identity,
  workers: 10,
  serviceTime: serviceTime.namespace,
  informers: ['namespaces'],
  handlers: {
    namespaces: (p, event) => {
      if (event.type !== 'delete' && event.object.metadata.deletionTimestamp !== undefined) p.queue('namespace').addAfter(event.object.metadata.name, gracePeriod);
    },
  },
  sync: (key) => guarded(sync(key)),
  backoff: { base: 5_000, max: 60_000_000 },
};
