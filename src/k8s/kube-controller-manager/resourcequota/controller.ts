/**
 * The resource quota controller: counts what is used, when a quota is new and when something goes. Admission counts what comes.
 *
 * Upstream: pkg/controller/resourcequota/{resource_quota_controller,resource_quota_monitor}.go
 */
import type { Program } from '../../../sim/program.ts';
import { act } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { quantity, compareQuantities } from '../../apimachinery/quantity.ts';
import { clientFor } from '../../client-go/client.ts';
import type { ControllerDefinition, Gvr, InformerEvent, ProcessContext, SyncResult } from '../../client-go/types.ts';
import { serviceTime } from '../../timing.ts';
import { gvrOf, preferredResources } from '../api-resources.ts';
import { succeeded } from '../answers.ts';
import { identityOf } from '../identity.ts';
import { equal, keyOf } from '../objects.ts';
import { isPodTerminal } from '../pods.ts';
import { calculateUsage, countedBy } from './usage.ts';

const identity = identityOf('resourcequota-controller');
const client = clientFor(identity);
const resync = 300_000_000;

function sameAmounts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => b[k] !== undefined && compareQuantities(quantity(a[k]), quantity(b[k])) === 0);
}

function* sync(key: string): Program<SyncResult> {
  const start = yield* act((p: ProcessContext) => {
    const quota = p.informer('resourcequotas').get(key);
    return quota === undefined ? undefined : { quota, usage: calculateUsage(p, quota) };
  });
  if (start === undefined) return 'done';
  const { quota, usage } = start;
  const hard: Readonly<Record<string, string>> = quota.spec?.hard ?? {};
  const had: Readonly<Record<string, string>> | undefined = quota.status?.used;
  const used: Record<string, string> = {};
  for (const name of Object.keys(hard)) {
    const amount = usage[name] ?? had?.[name];
    if (amount !== undefined) used[name] = amount;
  }
  const dirty = !equal(hard, quota.status?.hard ?? {}) || quota.status?.hard === undefined || had === undefined || !sameAmounts(used, had);
  if (!dirty) return 'done';
  const answer = yield* client.updateSub('resourcequotas', 'status', { ...quota, status: { hard, used } });
  return succeeded(answer) ? 'done' : 'retry';
}

function onQuota(p: ProcessContext, event: InformerEvent): void {
  if (event.type === 'delete' || (event.type === 'update' && equal(event.old.spec, event.object.spec))) return;
  const quota = event.object;
  const { hard, used } = quota.status ?? {};
  const missing = !equal(quota.spec?.hard, hard) || Object.keys(hard ?? {}).some((name) => used?.[name] === undefined && countedBy(name) !== undefined);
  p.queue(missing ? 'resourcequota/missing' : 'resourcequota').add(keyOf(quota));
}

/** Something has gone (or a pod has ended): quotas that count it are counted anew. */
function replenish(p: ProcessContext, gvr: Gvr, object: KubeObject): void {
  for (const quota of p.informer('resourcequotas').list(object.metadata.namespace)) {
    if (Object.keys(quota.status?.hard ?? {}).some((name) => countedBy(name) === gvr)) p.queue('resourcequota').add(keyOf(quota));
  }
}

function* enqueueAll(): Program {
  yield* act((p: ProcessContext) => {
    for (const quota of p.informer('resourcequotas').list()) p.queue('resourcequota').add(keyOf(quota));
  });
}

const counted: readonly Gvr[] = preferredResources.filter((r) => r.namespaced && r.resource !== 'events' && r.verbs.includes('delete') && r.verbs.includes('list') && r.verbs.includes('watch')).map(gvrOf);

function handlerOf(gvr: Gvr): (p: ProcessContext, event: InformerEvent) => void {
  return (p, event) => {
    if (gvr === 'resourcequotas') onQuota(p, event);
    if (event.type === 'delete') replenish(p, gvr, event.object);
    else if (event.type === 'update' && gvr === 'pods' && isPodTerminal(event.object) && !isPodTerminal(event.old)) replenish(p, gvr, event.object);
    else if (event.type === 'update' && gvr === 'services' && event.old.spec !== event.object.spec && !equal(event.old.spec, event.object.spec)) replenish(p, gvr, event.object);
  };
}

export const resourceQuotaController: ControllerDefinition = {
  name: 'resourcequota',
  client: identity,
  workers: 5,
  serviceTime: serviceTime.resourcequota,
  informers: counted,
  handlers: Object.fromEntries(counted.map((gvr) => [gvr, handlerOf(gvr)])),
  sync,
  queues: { missing: { workers: 5, serviceTime: serviceTime.resourcequota, sync } },
  periodic: { resync: { period: resync, initialDelay: resync, run: enqueueAll } },
};
