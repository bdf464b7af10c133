/**
 * DELETE of one object: graceful deletion, finalizers, preconditions, propagation. A graceful deletion is a write; the object goes
 * when nothing holds it any more.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Delete, pkg/registry/rest/delete.go BeforeDelete
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { conflict, notFound, success } from '../../apimachinery/status-errors.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { KeyValue, RangeResponse, TxnResponse } from '../../etcd/types.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import type { DeleteOptions } from '../codec.ts';
import { afterDelete } from '../addresses.ts';
import { readDeleteOptions } from '../delete-options.ts';
import { currentOf, deleteTxn, etcd, etcdFailure, getKey, putTxn } from '../etcd-client.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { presentObject } from '../presentation.ts';
import { withFields, withMeta } from '../registry/strategy.ts';
import { storageKey } from '../resources.ts';
import type { State } from '../state.ts';
import { decodeStored, encodeStored, objectOf } from '../watch-cache.ts';
import { validateDelete } from '../write-path.ts';

/** What one look at the object decides. */
export type Deletion =
  | { readonly kind: 'mark'; readonly object: KubeObject; readonly thenDelete: boolean }
  | { readonly kind: 'remove' }
  /** A deletion is on its way already: answer with the object. */
  | { readonly kind: 'pending' };

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

export function decideDeletion(x: Exchange, options: DeleteOptions, old: KubeObject): Deletion | Status {
  const m = old.metadata;
  const { uid, resourceVersion } = options.preconditions ?? {};
  const gr = { group: x.resource.group, resource: x.resource.kind };
  if (uid !== undefined && uid !== m.uid) return conflict(gr, m.name, `the UID in the precondition (${uid}) does not match the UID in record (${m.uid}). The object might have been deleted and then recreated`);
  if (resourceVersion !== undefined && resourceVersion !== m.resourceVersion) return conflict(gr, m.name, `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${m.resourceVersion}). The object might have been modified`);
  if (x.resource.resource === 'namespaces' && x.resource.group === '') {
    const namespace = deleteNamespace(x, options, old);
    if (namespace !== undefined) return namespace;
  }
  const graceful = beforeDelete(x, options, old);
  if (graceful === 'pending') return { kind: 'pending' };
  let object = graceful ?? old;
  const finalizers = collectorFinalizers(x, options, old);
  if (finalizers !== undefined) object = withMeta(object, { finalizers: finalizers.length === 0 ? undefined : finalizers });
  const held = (object.metadata.finalizers?.length ?? 0) > 0;
  if (graceful === undefined) {
    if (!held) return { kind: 'remove' };
    return { kind: 'mark', object: markDeleting(x, object), thenDelete: false };
  }
  return { kind: 'mark', object, thenDelete: !held && object.metadata.deletionGracePeriodSeconds === 0 };
}

/** Graceful deletion: the marked object; 'pending' when one is on its way; undefined when the kind or the moment knows none. */
function beforeDelete(x: Exchange, options: DeleteOptions, old: KubeObject): KubeObject | 'pending' | undefined {
  const strategy = x.resource.strategy;
  if (strategy.gracePeriod === undefined) return undefined;
  const asked = options.gracePeriodSeconds === undefined ? undefined : options.gracePeriodSeconds < 0 ? 1 : options.gracePeriodSeconds;
  const m = old.metadata;
  const now = x.ctx.now;
  if (m.deletionTimestamp !== undefined) {
    const left = m.deletionGracePeriodSeconds ?? 0;
    if (left === 0) return undefined;
    if (asked === undefined || asked >= left) return 'pending';
    let at = (parseTime(m.deletionTimestamp) ?? now) - left * 1_000_000 + asked * 1_000_000;
    let period = asked;
    if (at < now) {
      at = now;
      if (period !== 0) period = 1;
    }
    return withMeta(old, { deletionTimestamp: formatTime(at), deletionGracePeriodSeconds: period });
  }
  const period = strategy.gracePeriod(old, asked);
  return withMeta(old, { deletionTimestamp: formatTime(now + period * 1_000_000), deletionGracePeriodSeconds: period, ...(m.generation ? { generation: m.generation + 1 } : {}) });
}

/** The finalizers that the garbage collector will work on; undefined: no change. */
function collectorFinalizers(x: Exchange, options: DeleteOptions, old: KubeObject): readonly string[] | undefined {
  const gc = x.resource.strategy.defaultGC ?? 'background';
  const now = old.metadata.finalizers ?? [];
  if (gc === 'unsupported') return undefined;
  let orphan: boolean;
  let foreground: boolean;
  if (options.orphanDependents !== undefined) { orphan = options.orphanDependents; foreground = false; }
  else if (options.propagationPolicy !== undefined) { orphan = options.propagationPolicy === 'Orphan'; foreground = options.propagationPolicy === 'Foreground'; }
  else {
    const first = now.find((f) => f === ORPHAN || f === FOREGROUND);
    orphan = first === ORPHAN || (first === undefined && gc === 'orphan');
    foreground = first === FOREGROUND;
  }
  const next = now.filter((f) => f !== ORPHAN && f !== FOREGROUND);
  if (orphan) next.push(ORPHAN);
  if (foreground) next.push(FOREGROUND);
  return next.length === now.length && next.every((f) => now.includes(f)) ? undefined : next;
}

function markDeleting(x: Exchange, o: KubeObject): KubeObject {
  const m = o.metadata;
  const first = m.deletionTimestamp === undefined;
  const later = !first && (parseTime(m.deletionTimestamp!) ?? 0) > x.ctx.now;
  return withMeta(o, {
    ...(first && m.generation ? { generation: m.generation + 1 } : {}),
    ...(first || later ? { deletionTimestamp: formatTime(x.ctx.now) } : {}), deletionGracePeriodSeconds: 0,
  });
}

/** Upstream: pkg/registry/core/namespace/storage/storage.go Delete. */
function deleteNamespace(x: Exchange, options: DeleteOptions, old: KubeObject): Deletion | undefined {
  if (old.metadata.deletionTimestamp !== undefined) return ((old['spec']?.finalizers ?? []) as unknown[]).length > 0 ? { kind: 'pending' } : undefined;
  const finalizers = (old.metadata.finalizers ?? []).filter((f) => f !== ORPHAN && f !== FOREGROUND);
  const had = (f: string): boolean => old.metadata.finalizers?.includes(f) ?? false;
  const orphan = options.orphanDependents ?? (options.propagationPolicy === undefined ? had(ORPHAN) : options.propagationPolicy === 'Orphan');
  const foreground = options.orphanDependents === true ? false : options.propagationPolicy === undefined ? had(FOREGROUND) : options.propagationPolicy === 'Foreground';
  if (orphan) finalizers.push(ORPHAN);
  if (foreground) finalizers.push(FOREGROUND);
  const marked = withFields(withMeta(old, { deletionTimestamp: formatTime(x.ctx.now), finalizers: finalizers.length === 0 ? undefined : finalizers }), { status: { ...old['status'], phase: 'Terminating' } });
  return { kind: 'mark', object: marked, thenDelete: false };
}

interface Step { readonly next: 'done' | 'mark' | 'remove'; readonly object: KubeObject | null; readonly thenDelete: boolean; readonly revision: number }
const DONE: Step = { next: 'done', object: null, thenDelete: false, revision: 0 };

export function* remove(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const begun = yield* act((ctx: Context): string => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    if (refused !== undefined) {
      answerRefusal(x, message, refused);
      return '';
    }
    const options = readDeleteOptions(x);
    if (isRefusal(options)) {
      answerRefusal(x, message, refuse(x, 'decode', options));
      return '';
    }
    pass(x, 'decode');
    recordGates(x);
    return storageKey(x.resource, request.namespace ?? '', request.name ?? '');
  });
  if (begun === '') return;
  let answered = yield* getKey(state, begun);
  for (;;) {
    const seen = answered;
    const failed = etcdFailure(seen);
    if (failed !== undefined) {
      yield* act((ctx: Context) => fail(state, ctx, message, failed));
      return;
    }
    const kv: KeyValue | undefined = (seen as RangeResponse).kvs[0];
    const step = yield* act((ctx: Context) => look(state, ctx, message, kv));
    if (step.next === 'done') return;
    let revision = step.revision;
    let object = step.object;
    if (step.next === 'mark') {
      const put = yield* etcd<TxnResponse>(state, putTxn(begun, revision, step.object));
      const bad = etcdFailure(put);
      if (bad !== undefined) {
        yield* act((ctx: Context) => fail(state, ctx, message, bad));
        return;
      }
      const txn = put as TxnResponse;
      if (!txn.succeeded) {
        answered = { revision: txn.revision, kvs: currentOf(txn) === undefined ? [] : [currentOf(txn)!], more: false, count: 0 };
        continue;
      }
      revision = txn.revision;
      object = decodeStored(step.object, revision);
      const at = object;
      const end = yield* act((ctx: Context): boolean => {
        const x = openExchange(state, ctx, request)!;
        ctx.record('write', 'update', x.subject, revision);
        if (!step.thenDelete) answer(x, message, markedCode(x), finished(x, at, false), true);
        return !step.thenDelete;
      });
      if (end) return;
    }
    const gone = yield* etcd<TxnResponse>(state, deleteTxn(begun, revision));
    const bad = etcdFailure(gone);
    if (bad !== undefined) {
      yield* act((ctx: Context) => fail(state, ctx, message, bad));
      return;
    }
    const txn = gone as TxnResponse;
    const last = object;
    const current = currentOf(txn);
    if (txn.succeeded || current === undefined) {
      if (txn.succeeded) yield* afterDelete(state, begun, last!);
      yield* act((ctx: Context) => {
        const x = openExchange(state, ctx, request)!;
        if (txn.succeeded) ctx.record('write', 'delete', x.subject, txn.revision);
        else if (step.next !== 'mark') {
          answerRefusal(x, message, refuse(x, 'storage', notFound(x.resource.gr, request.name ?? '')));
          return;
        }
        answer(x, message, 200, finished(x, { ...last!, metadata: { ...last!.metadata, resourceVersion: String(txn.revision) } }, true), true);
      });
      return;
    }
    answered = { revision: txn.revision, kvs: [current], more: false, count: 1 };
  }
}

/** Upstream answers 200 throughout, or 202 when the object will be gone later and the client asked to orphan nothing. */
function markedCode(x: Exchange): number {
  const options = readDeleteOptions(x);
  return !isRefusal(options) && options.orphanDependents === false ? 202 : 200;
}

/** An object, or a Status: what the kind answers a deletion with. A marked object is always answered as it is. */
function finished(x: Exchange, object: KubeObject, gone: boolean): KubeObject | Status {
  if (!gone || x.resource.strategy.returnDeletedObject === true) return presentObject(x.resource, object, x.request.accept, x.ctx.now);
  return success({ name: object.metadata.name, group: x.resource.group, kind: x.resource.resource, uid: object.metadata.uid });
}

function fail(state: State, ctx: Context, message: Message, status: Status): void {
  const x = openExchange(state, ctx, message.body as ApiRequest)!;
  answerRefusal(x, message, refuse(x, 'storage', status));
}

function look(state: State, ctx: Context, message: Message, kv: KeyValue | undefined): Step {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  if (kv === undefined) {
    answerRefusal(x, message, refuse(x, 'storage', notFound(x.resource.gr, request.name ?? '')));
    return DONE;
  }
  const old = objectOf(kv);
  const options = readDeleteOptions(x) as DeleteOptions;
  const deletion = decideDeletion(x, options, old);
  if (isRefusal(deletion)) {
    answerRefusal(x, message, refuse(x, 'validation', deletion));
    return DONE;
  }
  if (deletion.kind === 'pending') {
    pass(x, 'storage', 'is being deleted already');
    answer(x, message, 200, x.resource.strategy.returnDeletedObject === true ? finished(x, old, false) : finished(x, old, true), true);
    return DONE;
  }
  const denied = validateDelete(x, old);
  if (denied !== undefined) {
    answerRefusal(x, message, denied);
    return DONE;
  }
  if (request.options?.dryRun === true || options.dryRun?.length) {
    pass(x, 'storage', 'dry run');
    answer(x, message, 200, deletion.kind === 'mark' && !deletion.thenDelete ? finished(x, deletion.object, false) : deletion.kind === 'mark' ? finished(x, deletion.object, false) : finished(x, old, true), true);
    return DONE;
  }
  recordGates(x);
  if (deletion.kind === 'remove') return { next: 'remove', object: old, thenDelete: true, revision: kv.modRevision };
  return { next: 'mark', object: encodeStored(deletion.object), thenDelete: deletion.thenDelete, revision: kv.modRevision };
}
