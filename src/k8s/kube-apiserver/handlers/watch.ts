/**
 * WATCH: from a revision, from what the cache has, or with the initial state as ADDED events and a bookmark.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go, pkg/storage/cacher/cacher.go Watch
 */
import type { KubeObject } from '../../api/types.ts';
import type { ApiRequest, WatchEvent } from '../../apimachinery/request.ts';
import { badRequest, expired } from '../../apimachinery/status-errors.ts';
import { act, receive } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { answer, answerRefusal, openExchange, pass, refuse } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { presentObject } from '../presentation.ts';
import { selects } from '../selection.ts';
import type { Selection } from '../selection.ts';
import type { State, Watcher } from '../state.ts';
import { bookmarkObject, cacheRevision, eventsSince, oldestRevision, waitForRevision } from '../watch-cache.ts';
import { addWatcher, eventFor, sendEvents } from '../watchers.ts';
import { selectionOfRequest, tooLarge } from './read.ts';

const MIN_TIMEOUT_S = 1800;
const WAIT_US = 3_000_000;

export function* watch(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const box = yield* act((ctx: Context) => begin(state, ctx, message, true));
  if (box === '') return;
  const reached = yield* receive<number>(box, WAIT_US);
  yield* act((ctx: Context) => {
    state.waiting.delete(box);
    if (reached === undefined || reached === null) {
      const x = openExchange(state, ctx, request)!;
      answerRefusal(x, message, refuse(x, 'storage', tooLarge(Number(request.options?.resourceVersion), cacheRevision(state))));
    } else begin(state, ctx, message, false);
  });
}

/** Starts the watch, or names the mailbox to wait at until the cache is as new as the client's revision. '': answered. */
function begin(state: State, ctx: Context, message: Message, first: boolean): string {
  const request = message.body as ApiRequest;
  const x = openExchange(state, ctx, request)!;
  if (first) {
    const refused = passFilters(x);
    if (refused !== undefined) {
      answerRefusal(x, message, refused);
      return '';
    }
  }
  const selection = selectionOfRequest(x);
  if ('kind' in selection) {
    answerRefusal(x, message, refuse(x, 'decode', selection));
    return '';
  }
  const options = request.options ?? {};
  const rv = options.resourceVersion ?? '';
  if (rv !== '' && !/^\d{1,15}$/.test(rv)) {
    answerRefusal(x, message, refuse(x, 'decode', badRequest(`invalid resource version: strconv.ParseUint: parsing ${JSON.stringify(rv)}: invalid syntax`)));
    return '';
  }
  const from = Number(rv === '' ? 0 : rv);
  if (from > cacheRevision(state)) return waitForRevision(state, from);
  const stream = options.query?.['stream'] ?? 'watch';
  const initial = options.sendInitialEvents === true || (options.sendInitialEvents === undefined && from === 0);
  const past = initial ? [] : eventsSince(state, x.resource.prefix, from);
  const watcher = addWatcher(state, request, x.resource, message.from, stream, selection);
  const seconds = options.timeoutSeconds ?? MIN_TIMEOUT_S + (ctx.draw('watch timeout', watcher.id, 0) % MIN_TIMEOUT_S);
  ctx.setTimer('watch ' + watcher.id, seconds * 1_000_000);
  pass(x, 'storage', initial ? 'watch cache, with the state' : 'watch cache');
  answer(x, message, 200, '', false);
  if (past === undefined) {
    const status = expired(`too old resource version: ${from} (${oldestRevision(state, x.resource.prefix)})`);
    sendEvents(ctx, watcher, [{ type: 'ERROR', object: status as unknown as KubeObject }], { verb: 'ERROR', subject: x.subject, code: 410 });
    return '';
  }
  const events = initial ? initialEvents(x, selection, options.sendInitialEvents === true && watcher.bookmarks) : past.flatMap((e) => {
    if (watcher.namespace !== '' && e.object.metadata.namespace !== watcher.namespace) return [];
    const event = eventFor(x.resource, selection, e);
    return event === undefined ? [] : [{ type: event.type, object: presentObject(x.resource, event.object, request.accept, ctx.now) }];
  });
  if (events.length > 0) sendEvents(ctx, watcher, events, { verb: events[0].type, subject: x.subject });
  return '';
}

function initialEvents(x: Exchange, selection: Selection, bookmark: boolean): WatchEvent[] {
  const { state, resource, request } = x;
  const prefix = resource.namespaced && request.namespace ? resource.prefix + request.namespace + '/' : resource.prefix;
  const out: WatchEvent[] = [];
  for (const key of state.objects.prefix(prefix)) {
    const object = state.objects.get(key)!;
    if (selects(selection, resource, object)) out.push({ type: 'ADDED', object: presentObject(resource, object, request.accept, x.ctx.now) });
  }
  if (bookmark) out.push(bookmarkObject(resource.apiVersion, resource.kind, cacheRevision(state), true));
  return out;
}

/** Tells a watcher how far the server has come, so that it can go on from there. */
export function sendBookmark(state: State, ctx: Context, watcher: Watcher, apiVersion: string, kind: string, subject: string): void {
  sendEvents(ctx, watcher, [bookmarkObject(apiVersion, kind, cacheRevision(state), false)], { verb: 'BOOKMARK', subject });
}
