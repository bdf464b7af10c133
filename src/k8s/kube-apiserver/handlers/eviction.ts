/**
 * pods/eviction: deletes a pod if its disruption budget allows.
 * Upstream: pkg/registry/core/pod/storage/eviction.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { selectorMatches } from '../../apimachinery/labels.ts';
import { badRequest, conflict, failure, forbidden, notFound, OPTIMISTIC_LOCK, success, tooManyRequests } from '../../apimachinery/status-errors.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { RangeResponse, TxnResponse } from '../../etcd/types.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { decodeObject } from '../codec.ts';
import type { DeleteOptions } from '../codec.ts';
import { currentOf, deleteTxn, etcd, etcdFailure, getKey, putTxn } from '../etcd-client.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { withFields } from '../registry/strategy.ts';
import { listObjects } from '../state.ts';
import type { State } from '../state.ts';
import { encodeStored, objectOf } from '../watch-cache.ts';
import { admitSubresource } from '../write-path.ts';
import { decideDeletion } from './delete.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
const PODS = { group: '', resource: 'pods' };
const CANNOT = "Cannot evict pod as it would violate the pod's disruption budget.";

const cause = (s: Status, message: string): Status => ({ ...s, details: { ...s.details, causes: [{ reason: 'DisruptionBudget', message }] } });

/** The budget with one disruption less, or why none is left. */
function decrement(budget: KubeObject, pod: string, now: string): KubeObject | Status {
  const name = budget.metadata.name;
  const s = (budget['status'] ?? {}) as Any;
  if ((s.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) return cause(tooManyRequests(CANNOT, 10), `The disruption budget ${name} is still being processed by the server.`);
  const gr = { group: 'policy', resource: 'poddisruptionbudgets' };
  if ((s.disruptionsAllowed ?? 0) < 0) return forbidden(gr, name, 'pdb disruptions allowed is negative');
  if (Object.keys(s.disruptedPods ?? {}).length > 2000) return forbidden(gr, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if ((s.disruptionsAllowed ?? 0) === 0) {
    const c = ((s.conditions ?? []) as Any[]).find((x) => x.type === 'DisruptionAllowed');
    if (c?.status === 'False' && c.message && c.reason === 'SyncFailed') return cause(tooManyRequests(CANNOT, 0), `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${c.message}`);
    return cause(tooManyRequests(CANNOT, 0), (s.currentHealthy ?? 0) <= (s.desiredHealthy ?? 0)
      ? `The disruption budget ${name} needs ${s.desiredHealthy ?? 0} healthy pods and has ${s.currentHealthy ?? 0} currently`
      : `The disruption budget ${name} does not allow evicting pods currently`);
  }
  return withFields(budget, { status: { ...s, disruptionsAllowed: s.disruptionsAllowed - 1, disruptedPods: { ...s.disruptedPods, [pod]: now } } });
}

const isReady = (pod: KubeObject): boolean => ((pod['status']?.conditions ?? []) as Any[]).some((c) => c.type === 'Ready' && c.status === 'True');

/** Pods that no budget protects: finished, not yet running, or on their way out. */
function unprotected(pod: KubeObject): boolean {
  const phase = pod['status']?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;
}

interface Budget { readonly key: string; readonly revision: number; readonly object: KubeObject }
interface Plan { readonly key: string; readonly budget: Budget | null; readonly options: DeleteOptions; readonly mark: boolean }

function plan(x: Exchange, pod: KubeObject, body: KubeObject): Plan | Status {
  const options = (body['deleteOptions'] ?? {}) as DeleteOptions;
  const key = `/registry/pods/${x.request.namespace}/${x.request.name}`;
  if (unprotected(pod)) return { key, budget: null, options, mark: false };
  const budgets = listObjects(x.state, `/registry/poddisruptionbudgets/${x.request.namespace}/`).filter((b) => selectorMatches(b['spec']?.selector, pod.metadata.labels));
  if (budgets.length > 1) return failure(500, 'InternalError', 'Internal error occurred: This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.', { causes: [{ message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.' }] });
  if (budgets.length === 0) return { key, budget: null, options, mark: true };
  const b = budgets[0];
  if (!isReady(pod)) {
    const always = b['spec']?.unhealthyPodEvictionPolicy === 'AlwaysAllow';
    const s = (b['status'] ?? {}) as Any;
    if (always || ((s.currentHealthy ?? 0) >= (s.desiredHealthy ?? 0) && (s.desiredHealthy ?? 0) > 0)) return { key, budget: null, options, mark: true };
  }
  const next = decrement(b, pod.metadata.name, formatTime(x.ctx.now));
  if (isRefusal(next)) return next;
  return { key, budget: { key: `/registry/poddisruptionbudgets/${x.request.namespace}/${b.metadata.name}`, revision: Number(b.metadata.resourceVersion), object: encodeStored(next) }, options, mark: true };
}

function withDisruption(pod: KubeObject, now: string): KubeObject {
  const conditions = ((pod['status']?.conditions ?? []) as Any[]).filter((c) => c.type !== 'DisruptionTarget');
  return withFields(pod, { status: { ...pod['status'], conditions: [...conditions, { type: 'DisruptionTarget', status: 'True', lastProbeTime: null, lastTransitionTime: now, reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }] } });
}

export function* evict(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const stop = (status: Status) => act((ctx: Context) => { const x = openExchange(state, ctx, request)!; answerRefusal(x, message, refuse(x, 'storage', status)); });
  const made = yield* act((ctx: Context): Plan | null => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    const decoded = refused ?? decodeObject(x, 'policy/v1', 'Eviction');
    if (isRefusal(decoded)) {
      answerRefusal(x, message, refused ?? refuse(x, 'decode', decoded));
      return null;
    }
    const body = decoded as KubeObject;
    pass(x, 'decode');
    const named = body.metadata.name !== undefined && body.metadata.name !== '' && body.metadata.name !== request.name ? badRequest('name in URL does not match name in Eviction object') : admitSubresource(x, body);
    const pod = state.objects.get(`/registry/pods/${request.namespace}/${request.name}`);
    const out = isRefusal(named) ? named : pod === undefined ? notFound(PODS, request.name ?? '') : plan(x, pod, body);
    if (isRefusal(out)) {
      answerRefusal(x, message, refuse(x, 'storage', out));
      return null;
    }
    if (request.options?.dryRun === true) {
      answer(x, message, 201, { ...success(), code: 201 }, true);
      return null;
    }
    recordGates(x);
    return out as Plan;
  });
  if (made === null) return;
  if (made.budget !== null) {
    const put = yield* etcd<TxnResponse>(state, putTxn(made.budget.key, made.budget.revision, made.budget.object));
    const bad = etcdFailure(put) ?? ((put as TxnResponse).succeeded ? undefined : conflict({ group: 'policy', resource: 'poddisruptionbudgets' }, '', OPTIMISTIC_LOCK));
    if (bad !== undefined) {
      yield* stop(bad.code === 409 ? cause(tooManyRequests(CANNOT, 10), 'The disruption budget is being changed by others.') : bad);
      return;
    }
  }
  let marked = !made.mark;
  for (let round = 0; round < 20; round++) {
    const got = yield* getKey(state, made.key);
    const kv = etcdFailure(got) === undefined ? (got as RangeResponse).kvs[0] : undefined;
    if (kv === undefined) {
      yield* stop(etcdFailure(got) ?? notFound(PODS, request.name ?? ''));
      return;
    }
    const mark = !marked;
    const todo = yield* act((ctx: Context): { op: 'put' | 'delete' | 'done'; object: KubeObject | null; remove: boolean } => {
      const x = openExchange(state, ctx, request)!;
      const pod = objectOf(kv);
      if (mark) return { op: 'put', object: encodeStored(withDisruption(pod, formatTime(ctx.now))), remove: false };
      // The pod, not the eviction, is what gets deleted.
      const d = decideDeletion({ ...x, request: { ...request, subresource: undefined } }, made.options, pod);
      if (isRefusal(d)) {
        answerRefusal(x, message, refuse(x, 'storage', d));
        return { op: 'done', object: null, remove: false };
      }
      if (d.kind === 'pending') {
        answer(x, message, 201, { ...success(), code: 201 }, true);
        return { op: 'done', object: null, remove: false };
      }
      return d.kind === 'remove' ? { op: 'delete', object: null, remove: true } : { op: 'put', object: encodeStored(d.object), remove: d.thenDelete };
    });
    if (todo.op === 'done') return;
    let revision = kv.modRevision;
    if (todo.op === 'put') {
      const put = yield* etcd<TxnResponse>(state, putTxn(made.key, revision, todo.object));
      if (etcdFailure(put) !== undefined || !(put as TxnResponse).succeeded) continue;
      revision = (put as TxnResponse).revision;
      const at = revision;
      yield* act((ctx: Context) => { ctx.record('write', 'update', openExchange(state, ctx, request)!.subject, at); });
      if (mark) {
        marked = true;
        continue;
      }
    }
    if (todo.remove) {
      const gone = yield* etcd<TxnResponse>(state, deleteTxn(made.key, revision));
      if (etcdFailure(gone) !== undefined || (!(gone as TxnResponse).succeeded && currentOf(gone as TxnResponse) !== undefined)) continue;
    }
    yield* act((ctx: Context) => { answer(openExchange(state, ctx, request)!, message, 201, { ...success(), code: 201 }, true); });
    return;
  }
  yield* stop(tooManyRequests(CANNOT, 10));
}
