/**
 * pods/binding: puts a pod onto a node.
 * Upstream: pkg/registry/core/pod/storage/storage.go BindingREST
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { badRequest, conflict, notFound, success, unknownError } from '../../apimachinery/status-errors.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { KeyValue, RangeResponse, TxnResponse } from '../../etcd/types.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { decodeObject } from '../codec.ts';
import { currentOf, etcd, etcdFailure, getKey, putTxn } from '../etcd-client.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { bindPod } from '../registry/pod.ts';
import { findResource } from '../resources.ts';
import type { State } from '../state.ts';
import { encodeStored, objectOf } from '../watch-cache.ts';
import { admitSubresource } from '../write-path.ts';

const PODS = findResource('', 'v1', 'pods')!;

type Step = { readonly next: 'done' } | { readonly next: 'refetch'; readonly key: string } | { readonly next: 'put'; readonly key: string; readonly object: KubeObject; readonly revision: number };

export function* binding(state: State, message: Message): Program {
  let fresh: KeyValue | null | undefined;
  for (let round = 1; round < 50; round++) {
    const known = fresh;
    const step = yield* act((ctx: Context) => attempt(state, ctx, message, known, round));
    if (step.next === 'done') return;
    if (step.next === 'refetch') {
      const got = yield* getKey(state, step.key);
      const bad = etcdFailure(got);
      if (bad !== undefined) {
        yield* act((ctx: Context) => answerRefusal(openExchange(state, ctx, message.body as ApiRequest)!, message, bad));
        return;
      }
      fresh = (got as RangeResponse).kvs[0] ?? null;
      continue;
    }
    const put = yield* etcd<TxnResponse>(state, putTxn(step.key, step.revision, step.object));
    const bad = etcdFailure(put);
    if (bad !== undefined) {
      yield* act((ctx: Context) => answerRefusal(openExchange(state, ctx, message.body as ApiRequest)!, message, bad));
      return;
    }
    const txn = put as TxnResponse;
    if (txn.succeeded) {
      yield* act((ctx: Context) => {
        const x = openExchange(state, ctx, message.body as ApiRequest)!;
        ctx.record('write', 'update', x.subject, txn.revision);
        answer(x, message, 201, { ...success(), code: 201 }, true);
      });
      return;
    }
    fresh = currentOf(txn) ?? null;
  }
}

function attempt(state: State, ctx: Context, message: Message, fresh: KeyValue | null | undefined, round: number): Step {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  const stop = (status: Status): Step => {
    answerRefusal(x, message, status);
    return { next: 'done' };
  };
  if (round === 1) {
    const refused = passFilters(x);
    if (refused !== undefined) return stop(refused);
  }
  const decoded = decodeObject(x, 'v1', 'Binding');
  if (isRefusal(decoded)) return stop(refuse(x, 'decode', decoded));
  if (round === 1) pass(x, 'decode');
  const name = request.name ?? decoded.metadata.name ?? '';
  if (request.name !== undefined && decoded.metadata.name !== name) return stop(refuse(x, 'decode', badRequest('name in URL does not match name in Binding object')));
  const admitted = round === 1 ? admitSubresource(x, decoded) : decoded;
  if (isRefusal(admitted)) return stop(admitted);
  const target = admitted['target'] as { kind?: string; name?: string } | undefined;
  const errors: string[] = [];
  if (target?.kind && target.kind !== 'Node') errors.push(`target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", ""`);
  if (!target?.name) errors.push('target.name: Required value');
  if (errors.length > 0) return stop(refuse(x, 'validation', unknownError(errors.length === 1 ? errors[0] : '[' + errors.join(', ') + ']')));
  const key = PODS.prefix + (request.namespace ?? '') + '/' + name;
  const old = fresh === undefined ? state.objects.get(key) : fresh === null ? undefined : objectOf(fresh);
  const bad = (status: Status): Step => (fresh === undefined ? { next: 'refetch', key } : stop(refuse(x, 'storage', status)));
  if (old === undefined) return bad(notFound(PODS.gr, name));
  const uid = admitted.metadata.uid;
  if (uid && uid !== old.metadata.uid) return bad(conflict({ group: '', resource: 'pods/binding' }, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`));
  const bound = bindPod(old, target!.name!, admitted, formatTime(ctx.now));
  if (typeof bound === 'string') return bad(conflict({ group: '', resource: 'pods/binding' }, name, bound));
  if (request.options?.dryRun === true) {
    pass(x, 'storage', 'dry run');
    answer(x, message, 201, { ...success(), code: 201 }, true);
    return { next: 'done' };
  }
  recordGates(x);
  return { next: 'put', key, object: encodeStored(bound), revision: Number(old.metadata.resourceVersion) };
}
