/**
 * Leader election by a Lease.
 * Upstream: tools/leaderelection/leaderelection.go, resourcelock/leaselock.go; component-base/config/v1alpha1/defaults.go
 * Left out: the write that gives the Lease up on cancel: a process that does so (ReleaseOnCancel) keeps its identity over a restart
 * instead, and so need not wait for itself.
 */
import { act, now, sleep, type Program } from '../../sim/program.ts';
import { formatMicroTime } from '../apimachinery/time.ts';
import { isStatus } from '../apimachinery/request.ts';
import type { KubeObject } from '../api/types.ts';
import { clientFor } from './client.ts';
import type { ClientIdentity, ProcessContext } from './types.ts';

export interface LeaderElectionConfig {
  readonly client: ClientIdentity;
  /** Name of the Lease in kube-system. */
  readonly lease: string;
  /** Who leads: host name, and a name of the process that is new at every start unless the Lease is given up at the end. */
  readonly identity: string;
  readonly releaseOnCancel: boolean;
}

const DURATION = 15;
const RETRY = 2_000_000;
const LEASES = 'coordination.k8s.io/v1/leases';

/** What a process has seen of the Lease of another: its version, and when that was first seen by the process's own clock. */
interface Observed { readonly version: string; readonly at: number }

/** This process's identity: that of the first start stands in the configuration, later ones are drawn. */
function* identityOf(config: LeaderElectionConfig): Program<string> {
  return yield* act((p: ProcessContext) => {
    const starts = p.cell<number>('process starts').get('') ?? 1;
    if (config.releaseOnCancel || starts === 1) return config.identity;
    const hex = (n: number): string => p.draw('identity', config.lease, starts * 4 + n).toString(16).padStart(8, '0');
    const [a, b, c, d] = [hex(0), hex(1), hex(2), hex(3)];
    return `${config.identity.slice(0, config.identity.indexOf('_'))}_${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
  });
}

/** One attempt to get or renew the Lease. Returns the Lease held, or null when somebody else holds it or no answer came. */
export function* tryAcquireOrRenew(config: LeaderElectionConfig, held: KubeObject | null): Program<KubeObject | null> {
  const client = clientFor(config.client);
  const renewTime = formatMicroTime(yield* now());
  if (held) {
    const renewed = yield* client.update(LEASES, { ...held, spec: { ...held.spec, renewTime } });
    if (renewed.code === 200) return renewed.body as KubeObject;
  }
  const identity = yield* identityOf(config);
  const current = yield* client.get(LEASES, 'kube-system', config.lease);
  if (current.code === 404) {
    const made = yield* client.create(LEASES, 'kube-system', {
      apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: config.lease, namespace: 'kube-system' },
      spec: { holderIdentity: identity, leaseDurationSeconds: DURATION, acquireTime: renewTime, renewTime, leaseTransitions: 0 },
    });
    return made.code === 201 ? (made.body as KubeObject) : null;
  }
  if (current.code !== 200 || isStatus(current.body)) return null;
  const lease = current.body as KubeObject;
  const spec = lease.spec;
  const mine = spec.holderIdentity === identity;
  // Another's Lease counts from when this process first saw it, by its own clock: clocks of two machines are never compared.
  const waits = yield* act((p: ProcessContext) => {
    const cell = p.cell<Observed>('observed lease');
    const seen = cell.get(config.lease);
    const version = lease.metadata.resourceVersion;
    if (seen?.version !== version) cell.set(config.lease, { version, at: p.now });
    return seen?.version !== version || seen.at + DURATION * 1_000_000 > p.now;
  });
  if (!mine && spec.holderIdentity && waits) return null;
  const next = mine ? { ...spec, renewTime } : { ...spec, holderIdentity: identity, leaseDurationSeconds: DURATION, acquireTime: renewTime, renewTime, leaseTransitions: (spec.leaseTransitions ?? 0) + 1 };
  const taken = yield* client.update(LEASES, { ...lease, spec: next });
  return taken.code === 200 ? (taken.body as KubeObject) : null;
}

/** Waits until the Lease is held. Polls every two seconds and up to 1.2 times that again. */
export function* acquire(config: LeaderElectionConfig): Program<KubeObject> {
  for (let attempt = 0; ; attempt++) {
    const lease = yield* tryAcquireOrRenew(config, null);
    if (lease) return lease;
    const jitter = yield* act((p: ProcessContext) => p.draw('acquire', `${config.lease} ${p.cell<number>('process starts').get('') ?? 1}`, attempt) % (RETRY * 1.2));
    yield* sleep(RETRY + jitter);
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
