/**
 * The endpoints controller: one v1 Endpoints object a Service, deprecated and still written.
 *
 * Upstream: pkg/controller/endpoint/{endpoints_controller,endpoints_tracker}.go
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, EventSource, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { errorText, hasCause, isNotFound, succeeded } from '../answers.ts';
import type { ServicePort } from '../endpointslice/membership.ts';
import { findPort, forgetTriggerTimes, isServiceIPSet, lastChangeTriggerTime, podsOfService, servicesToUpdate, shouldPodBeInEndpoints, shouldSetHostname } from '../endpointslice/membership.ts';
import { headlessLabel, triggerAnnotation } from '../endpointslice/slices.ts';
import { identityOf } from '../identity.ts';
import { keyOf, splitKey } from '../objects.ts';
import { isPodReady } from '../pods.ts';
import type { Address, Subset } from './subsets.ts';
import { overCapacity, repackSubsets, subsetsEqual, truncate } from './subsets.ts';

const identity = identityOf('endpoint-controller');
const client = clientFor(identity);
const source: EventSource = { component: 'endpoint-controller', client: identity };
const triggerTimes = 'endpoint trigger times';
/** Endpoints key -> resourceVersion that this controller has overwritten and that its cache may still show. */
const stale = 'endpoint stale versions';
const managedBy = 'endpoints.kubernetes.io/managed-by';
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity';

function addressOf(service: KubeObject, pod: KubeObject): Address | undefined {
  const families: readonly string[] = service.spec.ipFamilies ?? [];
  const six = families.length > 0 ? families[0] === 'IPv6' : (isServiceIPSet(service) ? service.spec.clusterIP : pod.status.podIP ?? '').includes(':');
  const ip = (pod.status.podIPs ?? []).find((one: { ip: string }) => one.ip.includes(':') === six)?.ip;
  if (ip === undefined) return undefined;
  return {
    ip,
    ...(shouldSetHostname(pod, service) ? { hostname: pod.spec.hostname } : {}),
    nodeName: pod.spec.nodeName ?? '',
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  };
}

function subsetsOf(service: KubeObject, pods: readonly KubeObject[]): Subset[] {
  const publish = service.spec.publishNotReadyAddresses === true;
  const ports: readonly ServicePort[] = service.spec.ports ?? [];
  const subsets: Subset[] = [];
  for (const pod of pods) {
    if (!shouldPodBeInEndpoints(pod, publish)) continue;
    const address = addressOf(service, pod);
    if (address === undefined) continue;
    const where = publish || isPodReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] };
    if (ports.length === 0 && service.spec.clusterIP === 'None') subsets.push(where);
    for (const port of ports) {
      const number = findPort(pod, port);
      if (number === undefined) continue;
      subsets.push({ ...where, ports: [{ ...((port.name ?? '') === '' ? {} : { name: port.name }), port: number, protocol: port.protocol ?? 'TCP', ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }] });
    }
  }
  return repackSubsets(subsets);
}

function labelsCorrect(have: Readonly<Record<string, string>> | undefined, want: Readonly<Record<string, string>> | undefined): boolean {
  if (have?.[managedBy] !== 'endpoint-controller') return false;
  const own = Object.keys(have).filter((k) => k !== headlessLabel && k !== managedBy);
  return own.every((k) => want?.[k] === have[k]) && Object.keys(want ?? {}).length === own.length;
}

/** What to write, or undefined if all is well. */
function desired(service: KubeObject, current: KubeObject | undefined, subsets: readonly Subset[], trigger: number | undefined): KubeObject | undefined {
  if (current !== undefined) {
    const had: readonly Subset[] = current.subsets ?? [];
    const annotated = !overCapacity(had) && current.metadata.annotations?.[overCapacityAnnotation] === undefined;
    if ((subsetsEqual(had, subsets) || subsetsEqual(repackSubsets(had), subsets)) && labelsCorrect(current.metadata.labels, service.metadata.labels) && annotated) return undefined;
  }
  const { [triggerAnnotation]: _trigger, [overCapacityAnnotation]: _over, ...annotations } = (current?.metadata.annotations ?? {}) as Record<string, string>;
  if (trigger !== undefined) annotations[triggerAnnotation] = formatTime(trigger);
  if (overCapacity(subsets)) annotations[overCapacityAnnotation] = 'truncated';
  const { [headlessLabel]: _headless, ...labels } = (service.metadata.labels ?? {}) as Record<string, string>;
  if (!isServiceIPSet(service)) labels[headlessLabel] = '';
  labels[managedBy] = 'endpoint-controller';
  const { annotations: _had, ...metadata } = (current?.metadata ?? { name: service.metadata.name, namespace: service.metadata.namespace }) as KubeObject['metadata'];
  const { subsets: _old, ...rest } = current ?? ({ apiVersion: 'v1', kind: 'Endpoints' } as KubeObject);
  return {
    ...rest,
    metadata: { ...metadata, labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    ...(subsets.length === 0 ? {} : { subsets: truncate(subsets) }),
  } as KubeObject;
}

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const service = p.informer('services').get(key);
    if (service === undefined) return { service: undefined };
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined || service.spec.selector === null) return undefined;
    const pods = podsOfService(p, service);
    const trigger = lastChangeTriggerTime(p, triggerTimes, service, pods);
    const current = p.informer('endpoints').get(key);
    if (current !== undefined && p.cell<string>(stale).get(key) === current.metadata.resourceVersion) return 'stale' as const;
    return { service, current, next: desired(service, current, subsetsOf(service, pods), trigger) };
  });
  if (start === undefined) return 'done';
  if (start === 'stale') return 'retry';
  const { namespace, name } = splitKey(key);
  if (start.service === undefined) {
    const answer = yield* client.delete('endpoints', namespace, name);
    if (!succeeded(answer) && !isNotFound(answer)) return 'retry';
    yield* act((p: ProcessContext) => {
      forgetTriggerTimes(p, triggerTimes, key);
      if (p.cell(stale).has(key)) p.cell(stale).delete(key);
    });
    return 'done';
  }
  const { current, next } = start;
  if (next === undefined) return 'done';
  const answer = current === undefined ? yield* client.create('endpoints', namespace, next) : yield* client.update('endpoints', next);
  if (!succeeded(answer)) {
    if (current === undefined && hasCause(answer, 'NamespaceTerminating')) return 'done';
    const text = current === undefined ? `Failed to create endpoint for service ${key}: ${errorText(answer)}` : `Failed to update endpoint ${key}: ${errorText(answer)}`;
    yield* act((p: ProcessContext) => p.event(source, next, 'Warning', current === undefined ? 'FailedToCreateEndpoint' : 'FailedToUpdateEndpoint', text));
    return 'retry';
  }
  if (current !== undefined && (answer.body as KubeObject).metadata.resourceVersion !== current.metadata.resourceVersion) {
    yield* act((p: ProcessContext) => p.cell<string>(stale).set(key, current.metadata.resourceVersion));
  }
  return 'done';
}

export const endpointsController: ControllerDefinition = {
  name: 'endpoint',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.endpoint,
  informers: ['services', 'pods', 'endpoints'],
  handlers: {
    services: (p, event) => p.queue('endpoint').add(keyOf(event.object)),
    pods: (p, event) => servicesToUpdate(p, event).forEach((key) => p.queue('endpoint').add(key)),
    endpoints: (p, event) => {
      if (event.type === 'delete') p.queue('endpoint').add(keyOf(event.object));
    },
  },
  sync,
  maxRetries: 15,
  cells: [triggerTimes, stale],
  // Endpoints whose Service went away while nobody watched.
  started: (p) => {
    for (const endpoints of p.informer('endpoints').list()) p.queue('endpoint').add(keyOf(endpoints));
  },
};
