/**
 * Writes the usage that admission added to quotas, before the object itself is written.
 * Upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/resource_access.go
 */
import type { KubeObject } from '../api/types.ts';
import type { EtcdRequest, TxnResponse } from '../etcd/types.ts';
import { act, receive } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { etcd, etcdFailure, putTxn } from './etcd-client.ts';
import type { State } from './state.ts';
import { cacheRevision, encodeStored, waitForRevision } from './watch-cache.ts';

/** A quota as it was read and as it shall be. */
export interface Charge { readonly namespace: string; readonly name: string; readonly revision: number; readonly object: KubeObject }

const WAIT_US = 3_000_000;

/** False when a quota was changed in the meantime: then the cache has caught up, and admission must look again. */
export function* chargeQuotas(state: State, charges: readonly Charge[]): Program<boolean> {
  for (const c of charges) {
    const put = yield* etcd<TxnResponse>(state, { ...putTxn('/registry/resourcequotas/' + c.namespace + '/' + c.name, c.revision, c.object), loopback: { verb: 'update', subresource: 'status' } } as EtcdRequest);
    if (etcdFailure(put) !== undefined) continue;
    const txn = put as TxnResponse;
    if (txn.succeeded) {
      yield* act((ctx: Context) => { ctx.record('write', 'update', `resourcequotas/status ${c.namespace}/${c.name}`, txn.revision); });
      continue;
    }
    const box = yield* act((): string => (cacheRevision(state) >= txn.revision ? '' : waitForRevision(state, txn.revision)));
    if (box !== '') yield* receive(box, WAIT_US);
    return false;
  }
  return true;
}

export function chargeOf(before: KubeObject, after: KubeObject): Charge {
  return { namespace: before.metadata.namespace ?? '', name: before.metadata.name, revision: Number(before.metadata.resourceVersion), object: encodeStored(after) };
}
