/**
 * DELETE of a collection: lists, then deletes one after the other.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go DeleteCollection
 * Left out: parallel workers (upstream's default is one).
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import type { KeyValue, RangeResponse, TxnResponse } from '../../etcd/types.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import type { DeleteOptions } from '../codec.ts';
import { afterDelete } from '../addresses.ts';
import { readDeleteOptions } from '../delete-options.ts';
import { currentOf, deleteTxn, etcd, etcdFailure, getKey, putTxn } from '../etcd-client.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { presentList } from '../presentation.ts';
import { subjectOf } from '../resources.ts';
import { selects } from '../selection.ts';
import type { State } from '../state.ts';
import { cacheRevision, decodeStored, encodeStored, objectOf } from '../watch-cache.ts';
import { validateDelete } from '../write-path.ts';
import { decideDeletion } from './delete.ts';
import { selectionOfRequest } from './read.ts';

type Step = { readonly next: 'skip' } | { readonly next: 'mark'; readonly object: KubeObject; readonly thenDelete: boolean } | { readonly next: 'remove' };

export function* deleteCollection(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const keys = yield* act((ctx: Context): readonly string[] | null => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    const selection = refused ?? selectionOfRequest(x);
    const options = readDeleteOptions(x);
    if (refused !== undefined || 'kind' in selection || isRefusal(options)) {
      answerRefusal(x, message, refused ?? refuse(x, 'decode', ('kind' in selection ? selection : options) as Status));
      return null;
    }
    pass(x, 'decode');
    recordGates(x);
    const prefix = x.resource.namespaced && request.namespace ? x.resource.prefix + request.namespace + '/' : x.resource.prefix;
    return state.objects.prefix(prefix).filter((k) => selects(selection, x.resource, state.objects.get(k)!));
  });
  if (keys === null) return;
  const items: KubeObject[] = [];
  for (const key of keys) {
    let seen: RangeResponse | unknown = yield* getKey(state, key);
    for (;;) {
      const kv: KeyValue | undefined = etcdFailure(seen as RangeResponse) === undefined ? (seen as RangeResponse).kvs[0] : undefined;
      if (kv === undefined) break;
      const step = yield* act((ctx: Context): Step | Status => {
        const x = openExchange(state, ctx, request)!;
        const old = objectOf(kv);
        const decided = decideDeletion(x, readDeleteOptions(x) as DeleteOptions, old);
        if (isRefusal(decided)) return decided;
        if (decided.kind === 'pending') return { next: 'skip' };
        const denied = validateDelete(x, old);
        if (denied !== undefined) return denied;
        if (request.options?.dryRun === true) return { next: 'skip' };
        return decided.kind === 'remove' ? { next: 'remove' } : { next: 'mark', object: encodeStored(decided.object), thenDelete: decided.thenDelete };
      });
      if (isRefusal(step)) {
        yield* act((ctx: Context) => answerRefusal(openExchange(state, ctx, request)!, message, step));
        return;
      }
      items.push(objectOf(kv));
      const todo = step as Step;
      if (todo.next === 'skip') break;
      let revision = kv.modRevision;
      if (todo.next === 'mark') {
        const put = yield* etcd<TxnResponse>(state, putTxn(key, revision, todo.object));
        if (etcdFailure(put) !== undefined) break;
        if (!(put as TxnResponse).succeeded) {
          items.pop();
          seen = again(put as TxnResponse);
          continue;
        }
        revision = (put as TxnResponse).revision;
        items[items.length - 1] = decodeStored(todo.object, revision);
        yield* act((ctx: Context) => { ctx.record('write', 'update', subjectOf(request.resource, request.namespace, todo.object.metadata.name), revision); });
        if (!todo.thenDelete) break;
      }
      const gone = yield* etcd<TxnResponse>(state, deleteTxn(key, revision));
      if (etcdFailure(gone) !== undefined) break;
      if (!(gone as TxnResponse).succeeded && currentOf(gone as TxnResponse) !== undefined) {
        items.pop();
        seen = again(gone as TxnResponse);
        continue;
      }
      const name = items[items.length - 1].metadata.name;
      yield* afterDelete(state, key, items[items.length - 1]);
      yield* act((ctx: Context) => { ctx.record('write', 'delete', subjectOf(request.resource, request.namespace, name), (gone as TxnResponse).revision); });
      break;
    }
  }
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, request)!;
    answer(x, message, 200, presentList(x.resource, items, { resourceVersion: String(cacheRevision(state)) }, request.accept, ctx.now), true);
  });
}

const again = (txn: TxnResponse): RangeResponse => ({ revision: txn.revision, kvs: currentOf(txn) === undefined ? [] : [currentOf(txn)!], more: false, count: 0 });
