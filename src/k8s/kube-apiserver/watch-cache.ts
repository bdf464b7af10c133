/**
 * The watch cache: follows etcd by one watch over /registry/, keeps the newest objects and a window of events, and passes each
 * event to the watchers it concerns, and to no other.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher/{cacher,watch_cache,cache_watcher}.go
 * Left out: one cacher per resource with its own reflector (one watch keeps the order of all resources); Events are cached like the rest.
 */
import type { KubeObject } from '../api/types.ts';
import type { WatchEvent } from '../apimachinery/request.ts';
import type { KeyValue, WatchResponse } from '../etcd/types.ts';
import type { Context } from '../../sim/types.ts';
import { deliverEvent } from './watchers.ts';
import { resourceOfKey } from './resources.ts';
import type { State, WindowEvent } from './state.ts';

/** Events of a resource that always stay in its window; beyond it they stay for FRESH. */
const WINDOW_MIN = 100;
const WINDOW_FRESH_US = 75_000_000;

const withVersion = new WeakMap<object, { readonly revision: number; readonly object: KubeObject }>();

/** The stored value as an object with its resourceVersion. The same value and revision give the same reference. */
export function decodeStored(value: unknown, revision: number): KubeObject {
  const stored = value as KubeObject;
  const known = withVersion.get(stored);
  if (known !== undefined && known.revision === revision) return known.object;
  const { managedFields, ...metadata } = stored.metadata;
  const object: KubeObject = { ...stored, metadata: { ...metadata, resourceVersion: String(revision), ...(managedFields === undefined ? {} : { managedFields }) } };
  withVersion.set(stored, { revision, object });
  return object;
}

export const objectOf = (kv: KeyValue): KubeObject => decodeStored(kv.value, kv.modRevision);

/** What of an object goes into etcd: all but its resourceVersion. */
export function encodeStored(object: KubeObject): KubeObject {
  if (object.metadata.resourceVersion === undefined) return object;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata } as KubeObject;
}

export function cacheRevision(state: State): number {
  return state.progress.get('cache')?.revision ?? 0;
}

export function isReady(state: State): boolean {
  return state.progress.get('cache')?.phase === 'ready';
}

/** Fills the cache from a range over the whole registry. */
export function loadCache(state: State, ctx: Context, kvs: readonly KeyValue[], revision: number): void {
  for (const kv of kvs) if (resourceOfKey(kv.key) !== undefined) state.objects.set(kv.key, objectOf(kv));
  for (const what of ['rbac', 'flowcontrol']) state.generations.set(what, { revision });
  state.progress.set('cache', { phase: 'starting', revision, loadedAt: revision });
  void ctx;
}

/** An answer of the watch over /registry/. */
export function applyWatchResponse(state: State, ctx: Context, response: WatchResponse): void {
  let last: KubeObject | undefined;
  for (const event of response.events) {
    const resource = resourceOfKey(event.kv.key);
    if (resource === undefined) continue;
    const key = event.kv.key;
    const old = state.objects.get(key);
    const revision = event.kv.modRevision;
    let object: KubeObject;
    if (event.type === 'put') {
      object = decodeStored(event.kv.value, revision);
      if (old !== undefined && old.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      state.objects.set(key, object);
    } else {
      if (old === undefined) continue;
      object = { ...old, metadata: { ...old.metadata, resourceVersion: String(revision) } };
      state.objects.delete(key);
    }
    last = object;
    const entry: WindowEvent = { type: event.type, revision, at: ctx.now, object, old };
    remember(state, resource.prefix, entry);
    if (resource.group === 'rbac.authorization.k8s.io') state.generations.set('rbac', { revision });
    else if (resource.group === 'flowcontrol.apiserver.k8s.io') state.generations.set('flowcontrol', { revision });
    deliverEvent(state, ctx, resource.prefix, entry);
  }
  void last;
  const progress = state.progress.get('cache');
  if (progress === undefined || response.revision <= progress.revision) return;
  state.progress.set('cache', { ...progress, revision: response.revision });
  wakeWaiting(state, ctx, response.revision);
}

function remember(state: State, prefix: string, entry: WindowEvent): void {
  let head = state.windows.get(prefix) ?? { tail: 0, head: 0, evicted: state.progress.get('cache')?.loadedAt ?? 0 };
  state.window.set(prefix + '#' + head.head, entry);
  head = { ...head, head: head.head + 1 };
  for (let n = 0; n < 2 && head.head - head.tail > WINDOW_MIN; n++) {
    const oldest = state.window.get(prefix + '#' + head.tail);
    if (oldest !== undefined && oldest.at > entry.at - WINDOW_FRESH_US) break;
    state.window.delete(prefix + '#' + head.tail);
    head = { tail: head.tail + 1, head: head.head, evicted: oldest?.revision ?? head.evicted };
  }
  state.windows.set(prefix, head);
}

/** Events of a resource after `revision`, or undefined when the window does not reach back so far. */
export function eventsSince(state: State, prefix: string, revision: number): readonly WindowEvent[] | undefined {
  const head = state.windows.get(prefix);
  const evicted = head?.evicted ?? state.progress.get('cache')?.loadedAt ?? 0;
  if (revision < evicted) return undefined;
  const out: WindowEvent[] = [];
  if (head === undefined) return out;
  for (let i = head.head - 1; i >= head.tail; i--) {
    const event = state.window.get(prefix + '#' + i)!;
    if (event.revision <= revision) break;
    out.push(event);
  }
  return out.reverse();
}

/** Oldest revision a watch may start from, for the text of the refusal. */
export function oldestRevision(state: State, prefix: string): number {
  return state.windows.get(prefix)?.evicted ?? state.progress.get('cache')?.loadedAt ?? 0;
}

/** Names a mailbox that gets an item as soon as the cache has reached `revision` (Infinity: the server is ready). */
export function waitForRevision(state: State, revision: number): string {
  const n = (state.counters.get('seq') ?? 0) + 1;
  state.counters.set('seq', n);
  const box = 'fresh ' + String(n).padStart(9, '0');
  state.waiting.set(box, revision);
  return box;
}

export function wakeWaiting(state: State, ctx: Context, revision: number): void {
  if (state.waiting.size === 0) return;
  for (const box of state.waiting.keys().slice()) {
    if (state.waiting.get(box)! > revision) continue;
    state.waiting.delete(box);
    ctx.deliver(box, revision);
  }
}

export function bookmarkObject(apiVersion: string, kind: string, revision: number, initialEventsEnd: boolean): WatchEvent {
  return {
    type: 'BOOKMARK',
    object: { apiVersion, kind, metadata: { resourceVersion: String(revision), ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}) } } as unknown as KubeObject,
  };
}
