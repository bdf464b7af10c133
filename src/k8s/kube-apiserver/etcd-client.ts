/**
 * Calls to etcd as the storage layer makes them, and what to answer when etcd does not.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go
 */
import type { Status } from '../api/types.ts';
import { failure, timeout } from '../apimachinery/status-errors.ts';
import type { EtcdError, EtcdRequest, KeyValue, RangeResponse, TxnResponse } from '../etcd/types.ts';
import { call, isCallFailed } from '../../sim/program.ts';
import type { CallFailed, Program } from '../../sim/program.ts';
import type { State } from './state.ts';

export function* etcd<A>(state: State, request: EtcdRequest): Program<A | CallFailed | EtcdError> {
  const subject = 'key' in request ? request.key : request.op === 'txn' ? request.compare[0]?.key ?? '' : '';
  const verb = request.op === 'txn' ? 'Txn' : request.op === 'range' ? 'Range' : request.op === 'put' ? 'Put' : request.op === 'watch' ? 'Watch' : request.op;
  return yield* call<A | EtcdError>(state.etcd, request, { verb, subject });
}

export function* getKey(state: State, key: string): Program<RangeResponse | CallFailed | EtcdError> {
  return yield* etcd<RangeResponse>(state, { op: 'range', key });
}

/** Creates: the key must not exist. */
export const createTxn = (key: string, value: unknown, lease = 0): EtcdRequest =>
  ({ op: 'txn', compare: [{ key, target: 'mod', value: 0 }], success: [lease === 0 ? { op: 'put', key, value } : { op: 'put', key, value, lease }], failure: [] });

/** Writes or deletes if the key was not touched since `revision`; else brings what is there now. */
export const putTxn = (key: string, revision: number, value: unknown, lease = 0): EtcdRequest =>
  ({ op: 'txn', compare: [{ key, target: 'mod', value: revision }], success: [lease === 0 ? { op: 'put', key, value } : { op: 'put', key, value, lease }], failure: [{ op: 'range', key }] });

export const deleteTxn = (key: string, revision: number): EtcdRequest =>
  ({ op: 'txn', compare: [{ key, target: 'mod', value: revision }], success: [{ op: 'delete', key }], failure: [{ op: 'range', key }] });

/** Undefined: etcd answered. */
export function etcdFailure(answer: TxnResponse | RangeResponse | CallFailed | EtcdError): Status | undefined {
  if (isCallFailed(answer)) {
    if (answer.error === 'timeout') return timeout('request did not complete within requested timeout - context deadline exceeded', 0);
    return failure(500, '', answer.error === 'connection reset' ? 'etcdserver: leader changed' : 'etcdserver: request timed out');
  }
  if ('failed' in answer) return failure(500, '', answer.failed);
  return undefined;
}

/** The key's value after a txn that did not succeed. */
export const currentOf = (answer: TxnResponse): KeyValue | undefined => answer.responses[0]?.kvs[0];
