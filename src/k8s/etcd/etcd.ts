/**
 * etcd as a component: one member. Requests in, answers and watch events out.
 * Upstream: etcd server/etcdserver/v3_server.go, server/storage/mvcc/watchable_store.go, server/lease/lessor.go
 * Left out: raft (one member commits at once), auth, maintenance.
 */
import type { Cell, Component, Context, Host, Message, Micros } from '../../sim/types.ts';
import { COMPACTED, MvccStore, type StoreEvent } from './store.ts';
import type { EtcdRequest, WatchRequest, WatchResponse } from './types.ts';

export interface EtcdConfig {
  readonly address?: string;
  /** Time from a request to its answer: fsync of the log for writes, nothing for reads. */
  readonly writeTime: Micros;
  readonly readTime: Micros;
}

interface Watcher { readonly client: string; readonly key: string; readonly rangeEnd?: string; readonly prevKv: boolean }

export function createEtcd(host: Host, config: EtcdConfig): Component {
  const address = config.address ?? 'etcd';
  const store = new MvccStore(host, address);
  const watchers: Cell<Watcher> = host.container(address, 'watchers', { ordered: true });

  const covers = (watch: { readonly key: string; readonly rangeEnd?: string }, key: string): boolean => (watch.rangeEnd === undefined ? key === watch.key : key >= watch.key && key < watch.rangeEnd);

  const send = (ctx: Context, client: string, body: WatchResponse, subject: string): void => {
    ctx.send(client, 'watch', body, { verb: body.compactRevision !== undefined ? 'CANCELED' : body.events.length > 0 ? (body.events[0].type === 'put' ? 'PUT' : 'DELETE') : 'PROGRESS', subject }, { stream: body.stream, delay: config.writeTime });
  };

  const notify = (ctx: Context, events: readonly StoreEvent[]): void => {
    if (events.length === 0) return;
    for (const stream of watchers.keys()) {
      const watcher = watchers.get(stream)!;
      const seen = events.filter((event) => covers(watcher, event.kv.key));
      if (seen.length === 0) continue;
      send(ctx, watcher.client, { stream: stream.slice(stream.indexOf('\n') + 1), revision: store.revision, events: watcher.prevKv ? seen : seen.map(({ type, kv }) => ({ type, kv })) }, seen[0].kv.key);
    }
  };

  const watch = (ctx: Context, client: string, request: WatchRequest): void => {
    const body = { stream: request.stream, revision: store.revision, events: [] };
    if (request.startRevision > 0 && request.startRevision <= store.compactRevision) {
      send(ctx, client, { ...body, compactRevision: store.compactRevision }, request.key);
      return;
    }
    watchers.set(`${client}\n${request.stream}`, { client, key: request.key, ...(request.rangeEnd !== undefined ? { rangeEnd: request.rangeEnd } : {}), prevKv: request.prevKv ?? false });
    if (request.startRevision === 0) return;
    for (const past of store.since(request.startRevision, (key) => covers(request, key))) send(ctx, client, { stream: request.stream, revision: past.revision, events: past.events }, past.events[0].kv.key);
  };

  const handle = (ctx: Context, from: string, request: EtcdRequest): unknown => {
    switch (request.op) {
      case 'range':
        return store.range(request);
      case 'put':
      case 'delete': {
        const { response, events } = store.txn(ctx, { op: 'txn', compare: [], success: [request], failure: [] });
        notify(ctx, events);
        return response;
      }
      case 'txn': {
        const { response, events } = store.txn(ctx, request);
        notify(ctx, events);
        return response;
      }
      case 'watch':
        watch(ctx, from, request);
        return { revision: store.revision };
      case 'cancelWatch':
        watchers.delete(`${from}\n${request.stream}`);
        return { revision: store.revision };
      case 'compact':
        return store.compact(request.revision) ?? { revision: store.revision };
      case 'leaseGrant': {
        const id = store.leases.size === 0 ? 1 : Number(store.leases.keys().at(-1)) + 1;
        store.leases.set(leaseKey(id), { ttl: request.ttl, expires: ctx.now + request.ttl * 1_000_000 });
        ctx.setTimer(`lease ${id}`, request.ttl * 1_000_000);
        return { id, ttl: request.ttl };
      }
      case 'leaseKeepAlive': {
        const lease = store.leases.get(leaseKey(request.id));
        if (!lease) return { failed: 'etcdserver: requested lease not found' };
        store.leases.set(leaseKey(request.id), { ...lease, expires: ctx.now + lease.ttl * 1_000_000 });
        ctx.setTimer(`lease ${request.id}`, lease.ttl * 1_000_000);
        return { id: request.id, ttl: lease.ttl };
      }
      case 'leaseRevoke':
        store.leases.delete(leaseKey(request.id));
        ctx.clearTimer(`lease ${request.id}`);
        notify(ctx, store.revoke(ctx, request.id));
        return { revision: store.revision };
    }
  };

  return {
    address,
    start(ctx) {
      for (const key of store.leases.keys()) ctx.setTimer(`lease ${Number(key)}`, Math.max(0, store.leases.get(key)!.expires - ctx.now));
    },
    message(ctx, message: Message) {
      const request = message.body as EtcdRequest;
      const answer = handle(ctx, message.from, request) as { failed?: string; succeeded?: boolean };
      const failed = answer.failed !== undefined;
      const read = request.op === 'range' || request.op === 'watch';
      ctx.reply(message, answer, { verb: failed ? (answer.failed === COMPACTED ? 'OUT_OF_RANGE' : 'FAILED') : answer.succeeded === false ? 'COMPARE FAILED' : 'OK', subject: message.label.subject }, { delay: read ? config.readTime : config.writeTime });
    },
    timer(ctx, name) {
      const id = Number(name.slice('lease '.length));
      store.leases.delete(leaseKey(id));
      notify(ctx, store.revoke(ctx, id));
    },
    peerLost(_ctx, peer) {
      for (const stream of watchers.prefix(`${peer}\n`)) watchers.delete(stream);
    },
  };
}

function leaseKey(id: number): string {
  return String(id).padStart(9, '0');
}
