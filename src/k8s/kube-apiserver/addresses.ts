/**
 * The writes around a Service's own: IPAddress objects are made before it and removed after it; its Endpoints go with it.
 * Upstream: pkg/registry/core/service/ipallocator/ipallocator.go, pkg/registry/core/service/storage/storage.go afterDelete
 */
import type { KubeObject } from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { TxnResponse } from '../etcd/types.ts';
import { act, all } from '../../sim/program.ts';
import type { Call, Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { createTxn, etcdFailure } from './etcd-client.ts';
import { trackOwn } from './ownership.ts';
import { drawUid } from './identity.ts';
import { addressesOf, ipAddressKey, ipAddressObject } from './registry/service-allocation.ts';
import type { State } from './state.ts';

const SERVICES = '/registry/services/specs/';
const ENDPOINTS = '/registry/services/endpoints/';

/** False when another Service took one of them in the meantime (then none is held). */
export function* claimAddresses(state: State, ips: readonly string[], service: KubeObject): Program<boolean> {
  const calls = yield* act((ctx: Context): readonly Call[] => ips.map((ip) => {
    const key = ipAddressKey(ip);
    return { op: 'call', to: state.etcd, body: { ...createTxn(key, trackOwn(undefined, ipAddressObject(ip, service, drawUid(state, ctx, key), formatTime(ctx.now)), '', formatTime(ctx.now))), loopback: { verb: 'create' } }, label: { verb: 'Txn', subject: key } };
  }));
  const answers = yield* all<TxnResponse>(calls);
  const held = ips.filter((_, i) => etcdFailure(answers[i]) === undefined && (answers[i] as TxnResponse).succeeded);
  if (held.length === ips.length) return true;
  yield* releaseAddresses(state, held);
  return false;
}

export function* releaseAddresses(state: State, ips: readonly string[]): Program {
  yield* all(ips.map((ip): Call => ({ op: 'call', to: state.etcd, body: { op: 'delete', key: ipAddressKey(ip), loopback: { verb: 'delete' } }, label: { verb: 'Delete', subject: ipAddressKey(ip) } })));
}

/** What the server itself removes after an object is gone. */
export function* afterDelete(state: State, key: string, object: KubeObject): Program {
  if (!key.startsWith(SERVICES)) return;
  const keys = [...addressesOf(object).map(ipAddressKey), ENDPOINTS + key.slice(SERVICES.length)];
  yield* all(keys.map((k): Call => ({ op: 'call', to: state.etcd, body: { op: 'delete', key: k, ...(k.startsWith(ENDPOINTS) ? {} : { loopback: { verb: 'delete' } }) }, label: { verb: 'Delete', subject: k } })));
}
