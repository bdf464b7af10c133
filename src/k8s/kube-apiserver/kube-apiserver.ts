/**
 * kube-apiserver as a component: every request is a program; etcd's events fill the watch cache.
 * Upstream: cmd/kube-apiserver, pkg/controlplane/instance.go
 * Left out: TLS, aggregated servers, webhooks.
 */
import type { ApiRequest } from '../apimachinery/request.ts';
import type { WatchResponse } from '../etcd/types.ts';
import type { Component, Context, Host, Message } from '../../sim/types.ts';
import { bootstrap } from './bootstrap.ts';
import { renewIdentity, RENEW_US } from './identity-lease.ts';
import { explainRequest } from './explain.ts';
import type { Explanation } from './explain.ts';
import { serve } from './serve.ts';
import { createState } from './state.ts';
import type { ApiserverConfig, State } from './state.ts';
import { applyWatchResponse, isReady } from './watch-cache.ts';
import { closeWatcher, dropClient, removeWatcher, resourceOfWatcher } from './watchers.ts';
import { sendBookmark } from './handlers/watch.ts';

export type { ApiserverConfig } from './state.ts';

export interface Apiserver extends Component {
  /** What every gate would say to this request in the present state. `draw` as the simulator gives it to this component. */
  explain(request: ApiRequest, now: number, draw: Context['draw']): Explanation;
}

/** Of this component, for those who look at a moment: what each gate would say and change. */
export interface ApiserverContext extends Context { explain(request: ApiRequest): Explanation }

const BOOKMARK_US = 60_000_000;

/** `config.address` defaults to 'kube-apiserver', `config.etcd` to 'etcd'. */
export function createApiserver(host: Host, config: ApiserverConfig = {}): Apiserver {
  const state = createState(host, config);
  return {
    address: state.address,
    peers: [state.etcd],
    explain: (request, now, draw) => explainRequest(state, request, now, draw),
    context: (ctx): ApiserverContext => Object.assign(Object.create(ctx) as Context, { explain: (request: ApiRequest) => explainRequest(state, request, ctx.now, (...of: Parameters<Context['draw']>) => ctx.draw(...of)) }),
    programs: {
      serve: (message: Message) => serve(state, message),
      bootstrap: () => bootstrap(state),
      renewIdentity: () => renewIdentity(state),
    },
    start(ctx) {
      ctx.spawn('bootstrap', {});
      ctx.setTimer('bookmarks', BOOKMARK_US);
      ctx.setTimer('identity', RENEW_US);
    },
    message(ctx, message) {
      if (message.type === 'request') ctx.spawn('serve', message);
      else if (message.type === 'watch') applyWatchResponse(state, ctx, message.body as WatchResponse);
      else if (message.type === 'signal') closeStream(state, ctx, message);
    },
    timer(ctx, name) {
      if (name === 'bookmarks') {
        ctx.setTimer('bookmarks', BOOKMARK_US);
        bookmarks(state, ctx);
      } else if (name === 'identity') {
        ctx.setTimer('identity', RENEW_US);
        if (isReady(state)) ctx.spawn('renewIdentity', {});
      } else if (name.startsWith('watch ')) {
        const id = name.slice(6);
        const watcher = state.watchers.get(id);
        if (watcher?.bookmarks) bookmark(state, ctx, id);
        closeWatcher(state, ctx, id);
      }
    },
    peerLost(ctx, peer) {
      if (peer === state.etcd) restartCache(state, ctx);
      else dropClient(state, ctx, peer);
    },
  };
}

function closeStream(state: State, ctx: Context, message: Message): void {
  const stream = (message.body as { close?: string } | null)?.close;
  if (stream === undefined) return;
  const id = message.from + '|' + stream;
  removeWatcher(state, id);
  ctx.clearTimer('watch ' + id);
}

function bookmark(state: State, ctx: Context, id: string): void {
  const watcher = state.watchers.get(id)!;
  const resource = resourceOfWatcher(watcher);
  sendBookmark(state, ctx, watcher, resource.apiVersion, resource.kind, resource.resource);
}

function bookmarks(state: State, ctx: Context): void {
  if (!isReady(state)) return;
  for (const id of state.watchers.keys()) if (state.watchers.get(id)!.bookmarks) bookmark(state, ctx, id);
}

/** etcd went away: all watches end, and the cache is built anew. */
function restartCache(state: State, ctx: Context): void {
  for (const id of state.watchers.keys().slice()) closeWatcher(state, ctx, id);
  for (const key of state.objects.keys().slice()) state.objects.delete(key);
  for (const key of state.window.keys().slice()) state.window.delete(key);
  for (const key of state.windows.keys().slice()) state.windows.delete(key);
  state.progress.delete('cache');
  ctx.spawn('bootstrap', {});
}

export function isApiRequest(v: unknown): v is ApiRequest {
  return typeof v === 'object' && v !== null && typeof (v as ApiRequest).verb === 'string' && typeof (v as ApiRequest).resource === 'string';
}
