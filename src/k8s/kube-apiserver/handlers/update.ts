/**
 * PUT and PATCH, of objects and of the sub-resources that are views of them: a compare-and-swap loop that starts from the cache.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{update,patch}.go, pkg/storage/etcd3/store.go GuaranteedUpdate
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { semanticEqual } from '../../apimachinery/change.ts';
import { badRequest, conflict, notFound } from '../../apimachinery/status-errors.ts';
import type { KeyValue, RangeResponse, TxnResponse } from '../../etcd/types.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { decodeObject } from '../codec.ts';
import { addressesOf } from '../registry/service-allocation.ts';
import { claimAddresses, releaseAddresses } from '../addresses.ts';
import { leaseFor } from '../etcd-leases.ts';
import { createTxn, currentOf, deleteTxn, etcd, etcdFailure, getKey, putTxn } from '../etcd-client.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse, snapshot } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { fromStored, presentObject, toStored } from '../presentation.ts';
import { storageKey } from '../resources.ts';
import { chargeQuotas } from '../quota-charge.ts';
import type { Charge } from '../quota-charge.ts';
import type { State } from '../state.ts';
import { decodeStored, encodeStored, objectOf } from '../watch-cache.ts';
import { prepareCreation, prepareUpdate } from '../write-path.ts';
import { applyPatch } from './patch.ts';
import { viewOf } from './views.ts';

/** undefined: not read from etcd yet; null: not there. */
type Fresh = KeyValue | null | undefined;

interface Step {
  readonly next: 'done' | 'refetch' | 'put' | 'create' | 'delete';
  readonly key: string;
  readonly revision: number;
  /** What is written, and of a deletion what is answered. */
  readonly object: KubeObject | null;
  readonly warnings: readonly string[];
  readonly claims: readonly string[];
  readonly releases: readonly string[];
  readonly charges: readonly Charge[];
  /** Seconds the object lives; 0: for good. */
  readonly ttl: number;
}

const DONE: Step = { next: 'done', key: '', revision: 0, object: null, warnings: [], claims: [], releases: [], charges: [], ttl: 0 };
const MAX_ROUNDS = 50;
const SERVICES = '/registry/services/specs/';

export function* update(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  let fresh: Fresh;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const known = fresh;
    const step = yield* act((ctx: Context) => attempt(state, ctx, message, known, round));
    if (step.next === 'done') return;
    if (step.next === 'refetch') {
      const got = yield* getKey(state, step.key);
      const failed = etcdFailure(got);
      if (failed !== undefined) {
        yield* act((ctx: Context) => fail(state, ctx, message, failed));
        return;
      }
      fresh = (got as RangeResponse).kvs[0] ?? null;
      continue;
    }
    if (step.charges.length > 0 && !(yield* chargeQuotas(state, step.charges))) continue;
    if (step.claims.length > 0 && !(yield* claimAddresses(state, step.claims, step.object!))) continue;
    const lease = step.ttl === 0 || step.next === 'delete' ? 0 : yield* leaseFor(state, step.ttl);
    const txn = step.next === 'delete' ? deleteTxn(step.key, step.revision) : step.next === 'create' ? createTxn(step.key, step.object, lease) : putTxn(step.key, step.revision, step.object, lease);
    const result = yield* etcd<TxnResponse>(state, txn);
    if (step.claims.length > 0 && (etcdFailure(result) !== undefined || !(result as TxnResponse).succeeded)) yield* releaseAddresses(state, step.claims);
    const failed = etcdFailure(result);
    if (failed !== undefined) {
      yield* act((ctx: Context) => fail(state, ctx, message, failed));
      return;
    }
    const done = result as TxnResponse;
    if (done.succeeded) {
      if (step.releases.length > 0) yield* releaseAddresses(state, step.releases);
      yield* act((ctx: Context) => {
        const x = openExchange(state, ctx, request)!;
        x.warnings.push(...step.warnings);
        ctx.record('write', step.next === 'delete' ? 'delete' : step.next === 'create' ? 'create' : 'update', x.subject, done.revision);
        const stored = step.next === 'delete' ? { ...step.object!, metadata: { ...step.object!.metadata, resourceVersion: String(step.revision) } } : decodeStored(step.object, done.revision);
        answer(x, message, step.next === 'create' ? 201 : 200, presentView(x, stored), true);
      });
      return;
    }
    fresh = step.next === 'create' ? undefined : currentOf(done) ?? null;
    if (step.next === 'create') {
      const got = yield* getKey(state, step.key);
      if (etcdFailure(got) === undefined) fresh = (got as RangeResponse).kvs[0] ?? null;
    }
  }
  yield* act((ctx: Context) => fail(state, ctx, message, conflict({ group: request.group, resource: request.resource }, request.name ?? '', 'too many concurrent writes')));
}

function fail(state: State, ctx: Context, message: Message, status: Status): void {
  const x = openExchange(state, ctx, message.body as ApiRequest)!;
  answerRefusal(x, message, refuse(x, 'storage', status));
}

function presentView(x: Exchange, stored: KubeObject): KubeObject {
  const view = viewOf(x.resource, x.request.subresource ?? '');
  return view === undefined ? presentObject(x.resource, stored, x.request.accept, x.ctx.now) : view.read(stored);
}

function attempt(state: State, ctx: Context, message: Message, fresh: Fresh, round: number): Step {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  const key = storageKey(x.resource, request.namespace ?? '', request.name ?? '');
  if (round === 1) {
    const refused = passFilters(x);
    if (refused !== undefined) {
      answerRefusal(x, message, refused);
      return DONE;
    }
  }
  const old = fresh === undefined ? state.objects.get(key) : fresh === null ? undefined : objectOf(fresh);
  const outcome = buildUpdate(x, old, round);
  if (isRefusal(outcome)) {
    // A refusal on the cache's word is checked against etcd first.
    if (fresh === undefined && couldBeStale(outcome)) return { ...DONE, next: 'refetch', key };
    answerRefusal(x, message, outcome);
    return DONE;
  }
  const revision = old === undefined ? 0 : Number(old.metadata.resourceVersion);
  const dry = request.options?.dryRun === true;
  if (old === undefined) {
    if (dry) {
      pass(x, 'storage', 'dry run');
      answer(x, message, 201, presentView(x, outcome), true);
      return DONE;
    }
    recordGates(x);
    return { next: 'create', key, revision: 0, object: encodeStored(outcome), warnings: x.warnings, claims: x.claims, releases: [], charges: x.charges, ttl: x.resource.strategy.ttl ?? 0 };
  }
  if (!dry && semanticEqual(outcome, old)) {
    if (fresh === undefined) return { ...DONE, next: 'refetch', key };
    pass(x, 'storage', 'unchanged');
    answer(x, message, 200, presentView(x, old), true);
    return DONE;
  }
  const gone = deletesNow(x, outcome, old);
  if (dry) {
    pass(x, 'storage', 'dry run');
    answer(x, message, 200, presentView(x, outcome), true);
    return DONE;
  }
  recordGates(x);
  return { next: gone ? 'delete' : 'put', key, revision, object: encodeStored(outcome), warnings: x.warnings, claims: x.claims, releases: gone && x.resource.prefix === SERVICES ? addressesOf(old) : x.releases, charges: x.charges, ttl: x.resource.strategy.ttl ?? 0 };
}

/** Refusals that depend on what is stored. */
const couldBeStale = (s: Status): boolean => s.code === 409 || s.code === 404 || s.code === 422 || s.code === 403 || s.code === 500;

/** An object whose deletion was asked for goes when its last finalizer does. */
function deletesNow(x: Exchange, next: KubeObject, old: KubeObject): boolean {
  if ((next.metadata.finalizers?.length ?? 0) > 0 || old.metadata.deletionTimestamp === undefined) return false;
  if ((old.metadata.deletionGracePeriodSeconds ?? 0) !== 0) return false;
  return x.resource.strategy.deleteDuringUpdate?.(next, old) ?? true;
}

/** Decode to admission, against what is stored now. */
export function buildUpdate(x: Exchange, old: KubeObject | undefined, round: number): KubeObject | Status {
  return old === undefined ? createOrRefuse(x, x.request, round) : change(x, old, round);
}

function createOrRefuse(x: Exchange, request: ApiRequest, round: number): KubeObject | Status {
  const apply = request.patchType === 'application/apply-patch+yaml';
  if (request.subresource !== undefined || !((request.verb === 'update' && x.resource.strategy.allowCreateOnUpdate === true) || apply)) {
    return refuse(x, 'storage', notFound(x.resource.gr, request.name ?? ''));
  }
  let decoded: KubeObject | Status;
  if (apply) {
    decoded = applyPatch(x, undefined);
    if (!isRefusal(decoded)) decoded = checkName(x, decoded) ?? decoded;
  }
  else decoded = readPut(x);
  if (isRefusal(decoded)) return refuse(x, 'decode', decoded);
  pass(x, 'decode');
  const creation = prepareCreation(x, toStored(x.resource, decoded), apply, round);
  return isRefusal(creation) ? creation : creation.object;
}

/** PUT's body as an object of the resource; for a view (scale) the view itself. */
function readPut(x: Exchange): KubeObject | Status {
  const view = viewOf(x.resource, x.request.subresource ?? '');
  const decoded = decodeObject(x, view?.apiVersion ?? x.resource.apiVersion, view?.kind ?? x.resource.kind);
  if (isRefusal(decoded)) return decoded;
  return checkName(x, decoded) ?? decoded;
}

/** The object must be the one that the URL names. */
function checkName(x: Exchange, o: KubeObject): Status | undefined {
  const url = x.request.name ?? '';
  const name = o.metadata.name ?? '';
  if (name === '') return badRequest(`the name of the object (${url} based on URL) was undeterminable: name must be provided`);
  if (name !== url) return badRequest(`the name of the object (${name}) does not match the name on the URL (${url})`);
  const namespace = o.metadata.namespace ?? '';
  if (x.resource.namespaced && namespace !== '' && namespace !== x.request.namespace) return badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return undefined;
}

function change(x: Exchange, old: KubeObject, round: number): KubeObject | Status {
  const { request, resource } = x;
  const view = viewOf(resource, request.subresource ?? '');
  const apply = request.patchType === 'application/apply-patch+yaml';
  if (request.verb === 'patch') {
    const served = view === undefined ? fromStored(resource, old) : view.read(old);
    const patched = applyPatch(x, served);
    if (isRefusal(patched)) return refuse(x, 'decode', patched);
    const misnamed = checkName(x, patched);
    if (misnamed !== undefined) return refuse(x, 'decode', misnamed);
    pass(x, 'decode');
    snapshot(x, 'decode', patched);
    if (view !== undefined) {
      const object = view.write(patched, old);
      return isRefusal(object) ? refuse(x, 'validation', object) : prepareUpdate(x, object, old, false);
    }
    return prepareUpdate(x, toStored(resource, patched), old, apply, round);
  }
  const decoded = readPut(x);
  if (isRefusal(decoded)) return refuse(x, 'decode', decoded);
  pass(x, 'decode');
  snapshot(x, 'decode', decoded);
  const uid = decoded.metadata.uid;
  if (uid && uid !== old.metadata.uid) {
    const key = storageKey(resource, request.namespace ?? '', request.name ?? '').slice(9);
    return refuse(x, 'storage', conflict(resource.gr, request.name ?? '', `StorageError: invalid object, Code: 4, Key: /registry${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`));
  }
  if (view !== undefined) {
    const object = view.write(decoded, old);
    return isRefusal(object) ? refuse(x, 'validation', object) : prepareUpdate(x, object, old, false);
  }
  return prepareUpdate(x, toStored(resource, decoded), old, false, round);
}
