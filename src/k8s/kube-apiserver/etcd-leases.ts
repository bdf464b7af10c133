/**
 * Leases of objects that live for a while (Events): one lease serves all that are written within a minute.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/lease_manager.go
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { etcd, etcdFailure } from './etcd-client.ts';
import type { State } from './state.ts';

const REUSE_US = 60_000_000;
const MAX_OBJECTS = 1000;

/** A lease under which an object lives at least `seconds`; 0 if etcd gave none. */
export function* leaseFor(state: State, seconds: number): Program<number> {
  const known = yield* act((ctx: Context): number => {
    const l = state.leases.get('ttl');
    if (l === undefined || l.until < ctx.now || l.objects >= MAX_OBJECTS) return 0;
    state.leases.set('ttl', { ...l, objects: l.objects + 1 });
    return l.id;
  });
  if (known !== 0) return known;
  const granted = yield* etcd<{ id: number }>(state, { op: 'leaseGrant', ttl: seconds + REUSE_US / 1_000_000 });
  if (etcdFailure(granted as never) !== undefined) return 0;
  const { id } = granted as { id: number };
  yield* act((ctx: Context) => { state.leases.set('ttl', { id, until: ctx.now + REUSE_US, objects: 1 }); });
  return id;
}
