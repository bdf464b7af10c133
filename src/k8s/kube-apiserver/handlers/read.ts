/**
 * GET of one object and of lists.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/get.go, pkg/storage/cacher/{cacher,delegator}.go
 * Left out: pages are cut from one exact read of etcd, not from the cache's snapshots.
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { badRequest, expired, failure, notFound } from '../../apimachinery/status-errors.ts';
import { prefixEnd } from '../../../base/sorted-keys.ts';
import type { KeyValue, RangeResponse } from '../../etcd/types.ts';
import { act, receive } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { decodeContinue, encodeContinue } from '../continue-token.ts';
import { etcd, etcdFailure, getKey } from '../etcd-client.ts';
import { answer, answerRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { presentList, presentObject } from '../presentation.ts';
import { storageKey } from '../resources.ts';
import { compileSelection, exactField, selects } from '../selection.ts';
import type { Selection } from '../selection.ts';
import type { State } from '../state.ts';
import { cacheRevision, objectOf, waitForRevision } from '../watch-cache.ts';
import { viewOf } from './views.ts';

export function* get(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const key = yield* act((ctx: Context): string => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    if (refused !== undefined) {
      answerRefusal(x, message, refused);
      return '';
    }
    const at = storageKey(x.resource, request.namespace ?? '', request.name ?? '');
    // resourceVersion=0: whatever the cache has will do.
    if (request.options?.resourceVersion === '0') {
      finishGet(x, message, state.objects.get(at));
      return '';
    }
    recordGates(x);
    return at;
  });
  if (key === '') return;
  const got = yield* getKey(state, key);
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, request)!;
    const failed = etcdFailure(got);
    if (failed !== undefined) answerRefusal(x, message, refuse(x, 'storage', failed));
    else finishGet(x, message, found(got as RangeResponse));
  });
}

const found = (r: RangeResponse): KubeObject | undefined => (r.kvs.length > 0 ? objectOf(r.kvs[0]) : undefined);

function finishGet(x: Exchange, message: Message, object: KubeObject | undefined): void {
  if (object === undefined) {
    answerRefusal(x, message, refuse(x, 'storage', notFound(x.resource.gr, x.request.name ?? '')));
    return;
  }
  pass(x, 'storage');
  const view = viewOf(x.resource, x.request.subresource ?? '');
  answer(x, message, 200, view === undefined ? presentObject(x.resource, object, x.request.accept, x.ctx.now) : view.read(object), false);
}

const LIST_WAIT_US = 3_000_000;

interface Plan { readonly next: 'done' | 'fresh' | 'wait' | 'exact'; readonly prefix: string; readonly revision: number; readonly box: string; readonly from: string }
const DONE: Plan = { next: 'done', prefix: '', revision: 0, box: '', from: '' };

export function* list(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  let plan = yield* act((ctx: Context) => planList(state, ctx, message));
  if (plan.next === 'fresh') {
    // Consistent read from the cache: ask etcd only how far the cache must be.
    const head = yield* etcd<RangeResponse>(state, { op: 'range', key: plan.prefix, rangeEnd: prefixEnd(plan.prefix), countOnly: true });
    plan = yield* act((ctx: Context): Plan => {
      const failed = etcdFailure(head);
      if (failed !== undefined) {
        const x = openExchange(state, ctx, request)!;
        answerRefusal(x, message, refuse(x, 'storage', failed));
        return DONE;
      }
      return fromCache(state, ctx, message, (head as RangeResponse).revision);
    });
  }
  if (plan.next === 'wait') {
    const reached = yield* receive<number>(plan.box, LIST_WAIT_US);
    yield* act((ctx: Context) => {
      state.waiting.delete(plan.box);
      if (reached === undefined || reached === null) {
        const x = openExchange(state, ctx, request)!;
        answerRefusal(x, message, refuse(x, 'storage', tooLarge(plan.revision, cacheRevision(state))));
      } else fromCache(state, ctx, message, plan.revision);
    });
    return;
  }
  if (plan.next === 'exact') {
    const all = yield* etcd<RangeResponse>(state, { op: 'range', key: plan.from, rangeEnd: prefixEnd(plan.prefix), revision: plan.revision });
    yield* act((ctx: Context) => finishExact(state, ctx, message, plan, all));
  }
}

/** Upstream: storage.NewTooLargeResourceVersionError. */
export function tooLarge(asked: number, current: number): Status {
  return {
    ...failure(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`),
    details: { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 },
  };
}

/** Selectors of the request, with a name in the URL as a field selector. */
export function selectionOfRequest(x: Exchange): Selection | Status {
  const { request } = x;
  let fields = request.options?.fieldSelector;
  if (request.name !== undefined && request.name !== '' && !fields) fields = 'metadata.name=' + request.name;
  const parsed = compileSelection(x.resource, request.options?.labelSelector, fields);
  return parsed.error !== undefined ? badRequest(parsed.error) : parsed.value!;
}

function listPrefix(x: Exchange): string {
  return x.resource.namespaced && x.request.namespace ? x.resource.prefix + x.request.namespace + '/' : x.resource.prefix;
}

function planList(state: State, ctx: Context, message: Message): Plan {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  const refused = passFilters(x);
  if (refused !== undefined) {
    answerRefusal(x, message, refused);
    return DONE;
  }
  const selection = selectionOfRequest(x);
  if ('kind' in selection) {
    answerRefusal(x, message, refuse(x, 'decode', selection));
    return DONE;
  }
  const options = request.options ?? {};
  const prefix = listPrefix(x);
  const rv = options.resourceVersion ?? '';
  if (rv !== '' && !/^\d{1,15}$/.test(rv)) {
    answerRefusal(x, message, refuse(x, 'decode', badRequest(`invalid resource version: strconv.ParseUint: parsing ${JSON.stringify(rv)}: invalid syntax`)));
    return DONE;
  }
  recordGates(x);
  if (options.continue) {
    const token = decodeContinue(options.continue, prefix);
    if (typeof token === 'string') {
      answerRefusal(x, message, refuse(x, 'decode', badRequest(token)));
      return DONE;
    }
    return { next: 'exact', prefix, revision: token.revision < 0 ? 0 : token.revision, box: '', from: token.from };
  }
  if (options.resourceVersionMatch === 'Exact' && rv !== '' && rv !== '0') return { next: 'exact', prefix, revision: Number(rv), box: '', from: prefix };
  if ((options.limit ?? 0) > 0 && rv !== '0') return { next: 'exact', prefix, revision: 0, box: '', from: prefix };
  if (rv === '') return { next: 'fresh', prefix, revision: 0, box: '', from: '' };
  return fromCache(state, ctx, message, Number(rv));
}

/** Answers from the cache if it has reached `revision`; else says to wait. */
function fromCache(state: State, ctx: Context, message: Message, revision: number): Plan {
  const now = cacheRevision(state);
  if (now < revision) return { next: 'wait', prefix: '', revision, box: waitForRevision(state, revision), from: '' };
  const x = openExchange(state, ctx, message.body as ApiRequest)!;
  const selection = selectionOfRequest(x) as Selection;
  const prefix = listPrefix(x);
  const items: KubeObject[] = [];
  const name = exactField(selection, 'metadata.name');
  const keys = name !== undefined && (!x.resource.namespaced || x.request.namespace) ? [prefix + name] : state.objects.prefix(prefix);
  for (const key of keys) {
    const object = state.objects.get(key);
    if (object !== undefined && selects(selection, x.resource, object)) items.push(object);
  }
  pass(x, 'storage', 'watch cache');
  answer(x, message, 200, presentList(x.resource, items, { resourceVersion: String(now) }, x.request.accept, ctx.now), false);
  return DONE;
}

function finishExact(state: State, ctx: Context, message: Message, plan: Plan, got: unknown): void {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  const failed = etcdFailure(got as RangeResponse);
  if (failed !== undefined) {
    const compacted = failed.message?.includes('compacted') === true;
    const status = !compacted ? failed : expired(request.options?.continue ? 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.' : 'The resourceVersion for the provided list is too old.');
    answerRefusal(x, message, refuse(x, 'storage', status));
    return;
  }
  const range = got as RangeResponse;
  const selection = selectionOfRequest(x) as Selection;
  const limit = request.options?.limit ?? 0;
  const revision = plan.revision === 0 ? range.revision : plan.revision;
  const items: KubeObject[] = [];
  let last: KeyValue | undefined;
  let seen = 0;
  for (const kv of range.kvs) {
    if (limit > 0 && items.length >= limit) break;
    seen++;
    last = kv;
    const object = objectOf(kv);
    if (selects(selection, x.resource, object)) items.push(object);
  }
  const more = limit > 0 && seen < range.kvs.length && last !== undefined;
  pass(x, 'storage', more ? 'etcd, one page' : 'etcd');
  answer(x, message, 200, presentList(x.resource, items, {
    resourceVersion: String(revision),
    ...(more ? { continue: encodeContinue(last!.key + '\0', plan.prefix, revision) } : {}),
    ...(more && selection.everything ? { remainingItemCount: range.kvs.length - seen } : {}),
  }, request.accept, ctx.now), false);
}
