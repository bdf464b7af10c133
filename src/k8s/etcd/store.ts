/**
 * MVCC: one revision a transaction, current values by key, and the events since the last compaction.
 * Upstream: etcd server/storage/mvcc/{kvstore,kvstore_txn,key_index}.go
 * Left out: sub-revisions (order inside a transaction is the order of its operations), the on-disk backend, quota and alarms.
 */
import type { Cell, Context, Host } from '../../sim/types.ts';
import type { Compare, DeleteRequest, EtcdError, KeyValue, PutRequest, RangeRequest, RangeResponse, TxnRequest, TxnResponse } from './types.ts';

export const COMPACTED = 'etcdserver: mvcc: required revision has been compacted';
export const FUTURE = 'etcdserver: mvcc: required revision is a future revision';

export interface StoreEvent { readonly type: 'put' | 'delete'; readonly kv: KeyValue; readonly prev?: KeyValue }
interface Lease { readonly ttl: number; readonly expires: number }

const pad = (revision: number): string => String(revision).padStart(12, '0');

export class MvccStore {
  private readonly kvs: Cell<KeyValue>;
  private readonly history: Cell<readonly StoreEvent[]>;
  private readonly meta: Cell<number>;
  readonly leases: Cell<Lease>;
  /** `lease key`, so that revoking finds its keys. */
  private readonly attached: Cell<1>;

  constructor(host: Host, owner: string) {
    this.kvs = host.container(owner, 'kvs', { durable: true, ordered: true });
    this.history = host.container(owner, 'history', { durable: true, ordered: true });
    this.meta = host.container(owner, 'meta', { durable: true });
    this.leases = host.container(owner, 'leases', { durable: true, ordered: true });
    this.attached = host.container(owner, 'lease keys', { durable: true, ordered: true });
  }

  get revision(): number {
    return this.meta.get('revision') ?? 1;
  }

  get compactRevision(): number {
    return this.meta.get('compact') ?? 0;
  }

  get size(): number {
    return this.kvs.size;
  }

  current(key: string): KeyValue | undefined {
    return this.kvs.get(key);
  }

  range(request: RangeRequest): RangeResponse | EtcdError {
    const revision = request.revision && request.revision > 0 ? request.revision : this.revision;
    if (revision > this.revision) return { failed: FUTURE };
    if (revision < this.compactRevision) return { failed: COMPACTED };
    const keys = request.rangeEnd === undefined ? (this.kvs.has(request.key) ? [request.key] : []) : this.kvs.range(request.key, request.rangeEnd);
    if (revision === this.revision) {
      const shown = request.countOnly ? [] : request.limit ? keys.slice(0, request.limit) : keys;
      return { revision: this.revision, kvs: shown.map((key) => this.kvs.get(key)!), more: shown.length < keys.length && !request.countOnly, count: keys.length };
    }
    const past = this.pastRange(request, keys, revision);
    const shown = request.countOnly ? [] : request.limit ? past.slice(0, request.limit) : past;
    return { revision: this.revision, kvs: shown, more: shown.length < past.length && !request.countOnly, count: past.length };
  }

  /** The content of a range at an older revision: today's, with the events since undone. */
  private pastRange(request: RangeRequest, keys: readonly string[], revision: number): KeyValue[] {
    const values = new Map<string, KeyValue | undefined>(keys.map((key) => [key, this.kvs.get(key)]));
    const since = this.history.range(pad(revision + 1));
    for (let i = since.length - 1; i >= 0; i--) {
      const events = this.history.get(since[i])!;
      for (let j = events.length - 1; j >= 0; j--) {
        const { kv, prev } = events[j];
        const inside = request.rangeEnd === undefined ? kv.key === request.key : kv.key >= request.key && kv.key < request.rangeEnd;
        if (inside) values.set(kv.key, prev);
      }
    }
    return [...values.keys()].sort().map((key) => values.get(key)).filter((kv): kv is KeyValue => kv !== undefined);
  }

  /** Performs a transaction. `events`: what it changed, all at the answer's revision. */
  txn(ctx: Context, request: TxnRequest): { response: TxnResponse | EtcdError; events: readonly StoreEvent[] } {
    const succeeded = request.compare.every((compare) => this.holds(compare));
    const events: StoreEvent[] = [];
    const responses: RangeResponse[] = [];
    const next = this.revision + 1;
    for (const op of succeeded ? request.success : request.failure) {
      if (op.op === 'range') {
        const answer = this.range(op);
        if ('failed' in answer) return { response: answer, events: [] };
        responses.push(answer);
      } else {
        const changed = op.op === 'put' ? this.put(op, next) : this.delete(op, next);
        events.push(...changed);
        responses.push({ revision: next, kvs: op.op === 'delete' ? changed.map((event) => event.prev!) : [], more: false, count: changed.length });
      }
    }
    this.commit(ctx, next, events);
    return { response: { revision: this.revision, succeeded, responses }, events };
  }

  /** Events of keys in the range from `revision` on, in order. */
  since(revision: number, inside: (key: string) => boolean): { revision: number; events: StoreEvent[] }[] {
    return this.history.range(pad(revision)).map((key) => ({ revision: Number(key), events: this.history.get(key)!.filter((event) => inside(event.kv.key)) }))
      .filter((entry) => entry.events.length > 0);
  }

  compact(revision: number): EtcdError | null {
    if (revision <= this.compactRevision) return { failed: COMPACTED };
    if (revision > this.revision) return { failed: FUTURE };
    for (const key of this.history.range('', pad(revision + 1))) this.history.delete(key);
    this.meta.set('compact', revision);
    return null;
  }

  /** Deletes the keys of a lease, as ordinary revisions. */
  revoke(ctx: Context, id: number): readonly StoreEvent[] {
    const prefix = `${id} `;
    const next = this.revision + 1;
    const events = this.attached.prefix(prefix).flatMap((entry) => this.delete({ op: 'delete', key: entry.slice(prefix.length) }, next));
    this.commit(ctx, next, events);
    return events;
  }

  private commit(ctx: Context, revision: number, events: readonly StoreEvent[]): void {
    if (events.length === 0) return;
    this.meta.set('revision', revision);
    this.history.set(pad(revision), events);
    for (const event of events) ctx.record('write', event.type, event.kv.key, revision);
  }

  private put(op: PutRequest, revision: number): StoreEvent[] {
    const prev = this.kvs.get(op.key);
    const lease = op.lease ?? 0;
    const kv: KeyValue = { key: op.key, value: op.value, createRevision: prev?.createRevision ?? revision, modRevision: revision, version: (prev?.version ?? 0) + 1, lease };
    if (prev && prev.lease !== 0 && prev.lease !== lease) this.attached.delete(`${prev.lease} ${op.key}`);
    if (lease !== 0) this.attached.set(`${lease} ${op.key}`, 1);
    this.kvs.set(op.key, kv);
    return [prev ? { type: 'put', kv, prev } : { type: 'put', kv }];
  }

  private delete(op: DeleteRequest, revision: number): StoreEvent[] {
    const keys = op.rangeEnd === undefined ? [op.key] : this.kvs.range(op.key, op.rangeEnd);
    const events: StoreEvent[] = [];
    for (const key of keys) {
      const prev = this.kvs.get(key);
      if (!prev) continue;
      if (prev.lease !== 0) this.attached.delete(`${prev.lease} ${key}`);
      this.kvs.delete(key);
      events.push({ type: 'delete', kv: { key, value: null, createRevision: 0, modRevision: revision, version: 0, lease: 0 }, prev });
    }
    return events;
  }

  private holds(compare: Compare): boolean {
    const kv = this.kvs.get(compare.key);
    return (compare.target === 'mod' ? kv?.modRevision ?? 0 : kv?.version ?? 0) === compare.value;
  }
}
