/**
 * POST: decode, default, admit, validate, store. A drawn name that is taken is drawn again, up to eight times.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go, pkg/registry/generic/registry/store.go Create
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { alreadyExists, badRequest, generateNameConflict } from '../../apimachinery/status-errors.ts';
import type { TxnResponse } from '../../etcd/types.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { decodeObject } from '../codec.ts';
import { claimAddresses, releaseAddresses } from '../addresses.ts';
import { leaseFor } from '../etcd-leases.ts';
import { createTxn, etcd, etcdFailure } from '../etcd-client.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse, snapshot } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { presentObject, toStored } from '../presentation.ts';
import { chargeQuotas } from '../quota-charge.ts';
import type { Charge } from '../quota-charge.ts';
import type { State } from '../state.ts';
import { decodeStored } from '../watch-cache.ts';
import { prepareCreation } from '../write-path.ts';
import type { Creation } from '../write-path.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';

const MAX_ATTEMPTS = 8;

interface Step { readonly key: string; readonly object: KubeObject; readonly warnings: readonly string[]; readonly claims: readonly string[]; readonly charges: readonly Charge[]; readonly ttl: number }

export function* create(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  for (let attempt = 1; ; attempt++) {
    const step = yield* act((ctx: Context) => prepare(state, ctx, message, attempt));
    if (step === null) return;
    if ('undone' in step) {
      // Addresses are taken before validation, and given back when it refuses.
      if (yield* claimAddresses(state, step.undone, step.service)) yield* releaseAddresses(state, step.undone);
      return;
    }
    if (step.charges.length > 0 && !(yield* chargeQuotas(state, step.charges))) continue;
    if (step.claims.length > 0 && !(yield* claimAddresses(state, step.claims, step.object))) continue;
    const lease = step.ttl === 0 ? 0 : yield* leaseFor(state, step.ttl);
    const result = yield* etcd<TxnResponse>(state, createTxn(step.key, step.object, lease));
    if (step.claims.length > 0 && (etcdFailure(result) !== undefined || !(result as TxnResponse).succeeded)) yield* releaseAddresses(state, step.claims);
    const again = yield* act((ctx: Context): boolean => {
      const x = openExchange(state, ctx, request)!;
      x.warnings.push(...step.warnings);
      const failed = etcdFailure(result);
      if (failed !== undefined) {
        answerRefusal(x, message, refuse(x, 'storage', failed));
        return false;
      }
      const txn = result as TxnResponse;
      if (txn.succeeded) {
        ctx.record('write', 'create', x.subject, txn.revision);
        answer(x, message, 201, presentObject(x.resource, decodeStored(step.object, txn.revision), request.accept, ctx.now), true);
        return false;
      }
      if (attempt < MAX_ATTEMPTS && drawsName(request, step.object)) return true;
      answerRefusal(x, message, refuse(x, 'storage', taken(state, x, step.object, step.key)));
      return false;
    });
    if (!again) return;
  }
}

function drawsName(request: ApiRequest, object: KubeObject): boolean {
  return request.name === undefined && !!object.metadata.generateName && (request.body as KubeObject | undefined)?.metadata?.name === undefined;
}

function taken(state: State, x: Exchange, object: KubeObject, key: string): Status {
  const name = object.metadata.name;
  const status = object.metadata.generateName ? generateNameConflict(x.resource.gr, name, 1) : alreadyExists(x.resource.gr, name);
  return state.objects.get(key)?.metadata.deletionTimestamp === undefined ? status : { ...status, message: 'object is being deleted: ' + status.message };
}

/** A refused Service whose addresses were already taken. */
interface Undone { readonly undone: readonly string[]; readonly service: KubeObject }

/** One attempt up to the storage gate. Null: the request was answered. */
function prepare(state: State, ctx: Context, message: Message, attempt: number): Step | Undone | null {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  const creation = buildCreation(x, attempt);
  if (isRefusal(creation)) {
    answerRefusal(x, message, creation);
    if (x.claims.length === 0 || request.options?.dryRun === true) return null;
    return { undone: x.claims, service: { apiVersion: 'v1', kind: 'Service', metadata: { name: x.claimant, ...(request.namespace ? { namespace: request.namespace } : {}) } as KubeObject['metadata'] } };
  }
  if (request.options?.dryRun === true) {
    const there = state.objects.get(creation.key);
    pass(x, 'storage', 'dry run');
    if (there !== undefined) answerRefusal(x, message, refuse(x, 'storage', taken(state, x, creation.object, creation.key)));
    else answer(x, message, 201, presentObject(x.resource, creation.object, request.accept, ctx.now), true);
    return null;
  }
  recordGates(x);
  return { ...creation, warnings: x.warnings, claims: x.claims, charges: x.charges, ttl: x.resource.strategy.ttl ?? 0 };
}

/** Decode to admission. The filters pass on the first attempt alone. */
export function buildCreation(x: Exchange, attempt: number): Creation | Status {
  if (attempt === 1) {
    const refused = passFilters(x);
    if (refused !== undefined) return refused;
  }
  const decoded = decodeObject(x, x.resource.apiVersion, x.resource.kind);
  if (isRefusal(decoded)) return refuse(x, 'decode', decoded);
  pass(x, 'decode');
  snapshot(x, 'decode', decoded);
  if (x.resource.namespaced && !x.request.namespace) return refuse(x, 'decode', badRequest('an empty namespace may not be set during creation'));
  return prepareCreation(x, toStored(x.resource, decoded), false, attempt);
}
