/**
 * The endpoint slice controller.
 *
 * Upstream: pkg/controller/endpointslice/endpointslice_controller.go, staging/src/k8s.io/endpointslice/reconciler.go
 * Left out: the topology cache and its queue.
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ApiResponse } from '../../apimachinery/request.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { errorText, hasCause, succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import { keyOf } from '../objects.ts';
import { forgetTriggerTimes, lastChangeTriggerTime, podsOfService, servicesToUpdate } from './membership.ts';
import type { Changes, Slice } from './slices.ts';
import { addressTypes, controllerName, managedByLabel, reconcile, reuse, serviceNameLabel, triggerAnnotation } from './slices.ts';
import { SliceTracker } from './tracker.ts';

const gvr = 'discovery.k8s.io/v1/endpointslices';
const identity = identityOf('endpointslice-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'endpoint-slice-controller', client: identity };
const tracker = new SliceTracker('endpointslice generations', serviceNameLabel);
const triggerTimes = 'endpointslice trigger times';
/** A Service is looked at again no sooner than this after a slice of it changed. */
const minSyncDelay = 1_000_000;

const managed = (slice: KubeObject): boolean => slice.metadata.labels?.[managedByLabel] === controllerName;

function queueService(p: ProcessContext, slice: KubeObject): void {
  if ((slice.metadata.labels?.[serviceNameLabel] ?? '') !== '') p.queue('endpointslice').addAfter(tracker.serviceKey(slice), minSyncDelay);
}

function onSlice(p: ProcessContext, event: InformerEvent): void {
  const slice = event.object;
  if (event.type === 'add') {
    if (managed(slice) && tracker.shouldSync(p, slice)) queueService(p, slice);
  } else if (event.type === 'delete') {
    if (managed(slice) && tracker.has(p, slice) && !tracker.handleDeletion(p, slice)) queueService(p, slice);
  } else if (event.old.metadata.labels?.[serviceNameLabel] !== slice.metadata.labels?.[serviceNameLabel]) {
    queueService(p, slice);
    queueService(p, event.old);
  } else if (managed(event.old) !== managed(slice) || (managed(slice) && tracker.shouldSync(p, slice))) queueService(p, slice);
}

interface Plan { readonly changes: readonly Changes[]; readonly obsolete: readonly KubeObject[]; readonly trigger: string | undefined; readonly errors: readonly string[] }

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const service = p.informer('services').get(key);
    if (service === undefined) {
      forgetTriggerTimes(p, triggerTimes, key);
      tracker.deleteService(p, key);
      return undefined;
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined || service.spec.selector === null) return undefined;
    const pods = podsOfService(p, service);
    const slices = p.informer(gvr).list(service.metadata.namespace)
      .filter((s) => s.metadata.labels?.[serviceNameLabel] === service.metadata.name && managed(s) && s.metadata.deletionTimestamp === undefined);
    if (tracker.stale(p, service, slices)) return { stale: true as const };
    const at = lastChangeTriggerTime(p, triggerTimes, service, pods);
    const types = addressTypes(service);
    const errors: string[] = [];
    const nodes = p.informer('nodes');
    const changes = types.map((type) => reconcile(service, pods, slices.filter((s) => s.addressType === type), type, (name) => nodes.get(name), errors));
    for (const one of changes) reuse(service, one);
    const plan: Plan = { changes, obsolete: slices.filter((s) => !types.includes(s.addressType)), trigger: at === undefined ? undefined : formatTime(at), errors };
    return { stale: false as const, service, plan };
  });
  if (start === undefined) return 'done';
  if (start.stale) return 'retry';
  const { service, plan } = start;
  const errors = [...plan.errors];
  for (const changes of plan.changes) {
    const error = yield* write(service, changes, plan.trigger);
    if (error !== undefined) errors.push(error);
  }
  const { namespace, name } = service.metadata;
  for (const slice of plan.obsolete) {
    const answer = yield* remove(slice);
    if (!succeeded(answer)) errors.push(`error deleting ${slice.metadata.name} EndpointSlice for Service ${namespace}/${name}: ${errorText(answer)}`);
  }
  if (errors.length === 0) return 'done';
  const text = errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`;
  yield* act((p: ProcessContext) => p.event(source, service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${namespace}/${name}: ${text}`));
  return 'retry';
}

function triggered(slice: Slice, trigger: string | undefined): Slice {
  const { [triggerAnnotation]: _old, ...rest } = (slice.metadata.annotations ?? {}) as Record<string, string>;
  const annotations = trigger === undefined ? rest : { ...rest, [triggerAnnotation]: trigger };
  const { annotations: _had, ...metadata } = slice.metadata;
  return { ...slice, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } };
}

function* remove(slice: KubeObject): Program<ApiResponse> {
  const answer = yield* client.delete(gvr, slice.metadata.namespace ?? '', slice.metadata.name);
  if (succeeded(answer)) yield* act((p: ProcessContext) => tracker.expectDeletion(p, slice));
  return answer;
}

/** Creates, updates, deletes, in this order; ends at the first refusal and answers its text. */
function* write(service: KubeObject, changes: Changes, trigger: string | undefined): Program<string | undefined> {
  const { namespace, name } = service.metadata;
  if (service.metadata.deletionTimestamp === undefined) {
    for (const slice of changes.create) {
      const answer = yield* client.create(gvr, namespace ?? '', triggered(slice, trigger));
      if (!succeeded(answer)) {
        if (hasCause(answer, 'NamespaceTerminating')) return undefined;
        return `failed to create EndpointSlice for Service ${namespace}/${name}: ${errorText(answer)}`;
      }
      yield* act((p: ProcessContext) => tracker.update(p, answer.body as KubeObject));
    }
  }
  for (const slice of changes.update) {
    const answer = yield* client.update(gvr, triggered(slice, trigger) as unknown as KubeObject);
    if (!succeeded(answer)) return `failed to update ${slice.metadata.name} EndpointSlice for Service ${namespace}/${name}: ${errorText(answer)}`;
    yield* act((p: ProcessContext) => tracker.update(p, answer.body as KubeObject));
  }
  for (const slice of changes.remove) {
    const answer = yield* remove(slice);
    if (!succeeded(answer)) return `failed to delete ${slice.metadata.name} EndpointSlice for Service ${namespace}/${name}: ${errorText(answer)}`;
  }
  return undefined;
}

export const endpointSliceController: ControllerDefinition = {
  name: 'endpointslice',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.endpointslice,
  informers: ['services', 'pods', 'nodes', gvr],
  handlers: {
    services: (p, event) => p.queue('endpointslice').add(keyOf(event.object)),
    pods: (p, event) => servicesToUpdate(p, event).forEach((key) => p.queue('endpointslice').add(key)),
    [gvr]: onSlice,
  },
  sync,
  maxRetries: 15,
  backoff: { base: 1_000_000, max: 1_000_000_000 },
  cells: [tracker.cell, triggerTimes],
};
