/**
 * Watchers: who receives an event, in which form, and how a watch begins and ends.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher/{cache_watcher,cacher}.go, pkg/endpoints/handlers/watch.go
 * Left out: slow watchers that are cut off when their buffer is full.
 */
import type { KubeObject } from '../api/types.ts';
import type { ApiRequest, WatchEvent } from '../apimachinery/request.ts';
import type { Context, Label } from '../../sim/types.ts';
import { compileSelection, exactField, selects } from './selection.ts';
import type { Selection } from './selection.ts';
import { findResource, subjectOf } from './resources.ts';
import type { Resource } from './resources.ts';
import type { State, Watcher, WindowEvent } from './state.ts';
import { presentObject } from './presentation.ts';

/** Where a watcher is looked up. `node=` for pods of one node, `name=` for one object, `ns=` for a namespace. */
export function scopeOf(prefix: string, namespace: string, selection: Selection): string {
  const name = exactField(selection, 'metadata.name');
  if (name !== undefined) return prefix + 'name=' + namespace + '/' + name;
  const node = exactField(selection, 'spec.nodeName');
  if (node !== undefined && prefix === '/registry/pods/') return prefix + 'node=' + node;
  if (namespace !== '') return prefix + 'ns=' + namespace;
  return prefix;
}

const keyOf = (client: string, stream: string): string => client + '|' + stream;

export function addWatcher(state: State, request: ApiRequest, resource: Resource, client: string, stream: string, selection: Selection): Watcher {
  const id = keyOf(client, stream);
  removeWatcher(state, id);
  const watcher: Watcher = {
    id, client, stream, resource: resource.apiVersion + '/' + resource.resource, prefix: resource.prefix, namespace: request.namespace ?? '',
    labelSelector: request.options?.labelSelector ?? '', fieldSelector: request.options?.fieldSelector ?? '',
    bookmarks: request.options?.allowWatchBookmarks === true, accept: request.accept ?? 'object', scope: scopeOf(resource.prefix, request.namespace ?? '', selection),
  };
  state.watchers.set(id, watcher);
  state.scopes.set(watcher.scope, [...(state.scopes.get(watcher.scope) ?? []), id]);
  state.clients.set(client, [...(state.clients.get(client) ?? []), id]);
  return watcher;
}

function drop(list: readonly string[] | undefined, id: string): readonly string[] {
  return (list ?? []).filter((x) => x !== id);
}

export function removeWatcher(state: State, id: string): Watcher | undefined {
  const watcher = state.watchers.get(id);
  if (watcher === undefined) return undefined;
  state.watchers.delete(id);
  const scope = drop(state.scopes.get(watcher.scope), id);
  if (scope.length === 0) state.scopes.delete(watcher.scope);
  else state.scopes.set(watcher.scope, scope);
  const client = drop(state.clients.get(watcher.client), id);
  if (client.length === 0) state.clients.delete(watcher.client);
  else state.clients.set(watcher.client, client);
  return watcher;
}

export function dropClient(state: State, ctx: Context, client: string): void {
  for (const id of (state.clients.get(client) ?? []).slice()) {
    removeWatcher(state, id);
    ctx.clearTimer('watch ' + id);
  }
}

export const resourceOfWatcher = (w: Watcher): Resource => {
  const slash = w.resource.lastIndexOf('/');
  const apiVersion = w.resource.slice(0, slash);
  const at = apiVersion.indexOf('/');
  return findResource(at < 0 ? '' : apiVersion.slice(0, at), at < 0 ? apiVersion : apiVersion.slice(at + 1), w.resource.slice(slash + 1))!;
};

/** The event as one watcher sees it: a selector turns leaving into DELETED and entering into ADDED. */
export function eventFor(resource: Resource, selection: Selection, entry: WindowEvent): { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject } | undefined {
  const after = entry.type === 'put' && selects(selection, resource, entry.object);
  const before = entry.old !== undefined && selects(selection, resource, entry.old);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: entry.object };
  if (!before) return undefined;
  // A watcher that loses an object sees its last state that matched, with the revision of the change.
  const object = entry.type === 'delete' ? entry.object : { ...entry.old!, metadata: { ...entry.old!.metadata, resourceVersion: entry.object.metadata.resourceVersion } };
  return { type: 'DELETED', object };
}

export function selectionOf(watcher: Watcher, resource: Resource): Selection {
  const parsed = compileSelection(resource, watcher.labelSelector, watcher.fieldSelector);
  return parsed.value ?? { labels: [], fields: [], everything: true };
}

const labels = new Map<string, Label>();
/** Labels repeat: ADDED, MODIFIED … of an object go to many receivers. */
function labelOf(type: string, subject: string): Label {
  const key = type + ' ' + subject;
  let label = labels.get(key);
  if (label === undefined) {
    if (labels.size > 5000) labels.clear();
    labels.set(key, (label = { verb: type, subject }));
  }
  return label;
}

export function sendEvents(ctx: Context, watcher: Watcher, events: readonly WatchEvent[], label: Label): void {
  ctx.send(watcher.client, 'watch', { stream: watcher.stream, events }, label, { stream: watcher.stream });
}

/** Sends one event of the cache to every watcher that can see it. Cost grows with the receivers, not with the watchers. */
export function deliverEvent(state: State, ctx: Context, prefix: string, entry: WindowEvent): void {
  const o = entry.object;
  const namespace = o.metadata.namespace ?? '';
  deliverScope(state, ctx, prefix, namespace, entry);
  if (namespace !== '') deliverScope(state, ctx, prefix + 'ns=' + namespace, namespace, entry);
  deliverScope(state, ctx, prefix + 'name=' + namespace + '/' + o.metadata.name, namespace, entry);
  if (namespace !== '') deliverScope(state, ctx, prefix + 'name=/' + o.metadata.name, namespace, entry);
  if (prefix === '/registry/pods/') {
    const node = o['spec']?.nodeName as string | undefined;
    const before = entry.old?.['spec']?.nodeName as string | undefined;
    deliverScope(state, ctx, prefix + 'node=' + (node ?? ''), namespace, entry);
    if (before !== undefined && before !== node) deliverScope(state, ctx, prefix + 'node=' + before, namespace, entry);
    if (entry.old !== undefined && before === undefined && node !== undefined) deliverScope(state, ctx, prefix + 'node=', namespace, entry);
  }
}

function deliverScope(state: State, ctx: Context, scope: string, namespace: string, entry: WindowEvent): void {
  const ids = state.scopes.get(scope);
  if (ids === undefined) return;
  for (const id of ids) {
    const watcher = state.watchers.get(id);
    if (watcher === undefined || (watcher.namespace !== '' && watcher.namespace !== namespace)) continue;
    const resource = resourceOfWatcher(watcher);
    const event = eventFor(resource, selectionOf(watcher, resource), entry);
    if (event === undefined) continue;
    const subject = subjectOf(resource.resource, event.object.metadata.namespace, event.object.metadata.name);
    sendEvents(ctx, watcher, [{ type: event.type, object: presentObject(resource, event.object, watcher.accept, ctx.now) }], labelOf(event.type, subject));
  }
}

/** Ends a watch from the server's side. */
export function closeWatcher(state: State, ctx: Context, id: string): void {
  const watcher = removeWatcher(state, id);
  if (watcher === undefined) return;
  ctx.clearTimer('watch ' + id);
  ctx.send(watcher.client, 'watch', { stream: watcher.stream, closed: true }, { verb: 'CLOSE', subject: subjectOf(resourceOfWatcher(watcher).resource, watcher.namespace, '') }, { stream: watcher.stream });
}
