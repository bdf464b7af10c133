/**
 * Leader election by a Lease.
 * Upstream: tools/leaderelection/leaderelection.go, resourcelock/leaselock.go; component-base/config/v1alpha1/defaults.go
 * Left out: jitter of the acquire loop; releasing on cancel.
 */
import { act, now, sleep, type Program } from '../../sim/program.ts';
import { formatMicroTime, parseTime } from '../apimachinery/time.ts';
import { isStatus } from '../apimachinery/request.ts';
import type { KubeObject } from '../api/types.ts';
import { clientFor } from './client.ts';
import type { ClientIdentity, ProcessContext } from './types.ts';

export interface LeaderElectionConfig {
  readonly client: ClientIdentity;
  /** Name of the Lease in kube-system. */
  readonly lease: string;
  readonly identity: string;
}

const DURATION = 15;
const RETRY = 2_000_000;
const LEASES = 'coordination.k8s.io/v1/leases';

/** One attempt to get or renew the Lease. Returns the Lease held, or null when somebody else holds it or no answer came. */
export function* tryAcquireOrRenew(config: LeaderElectionConfig, held: KubeObject | null): Program<KubeObject | null> {
  const client = clientFor(config.client);
  const renewTime = formatMicroTime(yield* now());
  if (held) {
    const renewed = yield* client.update(LEASES, { ...held, spec: { ...held.spec, renewTime } });
    if (renewed.code === 200) return renewed.body as KubeObject;
  }
  const current = yield* client.get(LEASES, 'kube-system', config.lease);
  if (current.code === 404) {
    const made = yield* client.create(LEASES, 'kube-system', {
      apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: config.lease, namespace: 'kube-system' },
      spec: { holderIdentity: config.identity, leaseDurationSeconds: DURATION, acquireTime: renewTime, renewTime, leaseTransitions: 0 },
    });
    return made.code === 201 ? (made.body as KubeObject) : null;
  }
  if (current.code !== 200 || isStatus(current.body)) return null;
  const lease = current.body as KubeObject;
  const spec = lease.spec;
  const mine = spec.holderIdentity === config.identity;
  const expires = (parseTime(spec.renewTime) ?? 0) + (spec.leaseDurationSeconds ?? DURATION) * 1_000_000;
  if (!mine && spec.holderIdentity && expires > (yield* now())) return null;
  const next = mine ? { ...spec, renewTime } : { ...spec, holderIdentity: config.identity, leaseDurationSeconds: DURATION, acquireTime: renewTime, renewTime, leaseTransitions: (spec.leaseTransitions ?? 0) + 1 };
  const taken = yield* client.update(LEASES, { ...lease, spec: next });
  return taken.code === 200 ? (taken.body as KubeObject) : null;
}

/** Waits until the Lease is held. Polls every two seconds. */
export function* acquire(config: LeaderElectionConfig): Program<KubeObject> {
  for (;;) {
    const lease = yield* tryAcquireOrRenew(config, null);
    if (lease) return lease;
    yield* sleep(RETRY);
  }
}

/** The renewing loop's timer period, in microseconds. */
export const RENEW_PERIOD = RETRY;

/** Renews once and keeps the answer for the next time. */
export function* renew(config: LeaderElectionConfig): Program<boolean> {
  const held = yield* act((p: ProcessContext) => p.cell<KubeObject>('leader election').get(config.lease) ?? null);
  const lease = yield* tryAcquireOrRenew(config, held ?? null);
  yield* act((p: ProcessContext) => {
    if (lease) p.cell<KubeObject>('leader election').set(config.lease, lease);
  });
  return lease !== null;
}
