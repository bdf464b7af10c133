/**
 * An informer's cache: objects by key, with indexes, kept in journalled containers.
 * Upstream: tools/cache/thread_safe_store.go, tools/cache/shared_informer.go
 * Left out: DeltaFIFO as a queue of its own (an event is applied and handed on in the event that brought it), resync.
 */
import type { Cell, Host } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import type { WatchEvent } from '../apimachinery/request.ts';
import type { Gvr, Informer, InformerEvent } from './types.ts';

export interface InformerSpec {
  readonly gvr: Gvr;
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Further indexes: name -> values of an object. 'controller' and 'node' are built in. */
  readonly indexes?: Readonly<Record<string, (object: KubeObject) => readonly string[]>>;
}

export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

function controllerUid(object: KubeObject): readonly string[] {
  const owner = object.metadata.ownerReferences?.find((ref) => ref.controller);
  return owner ? [owner.uid] : [];
}

/** Indexes of which two versions of an object are seen at once to agree. */
const AGREE: Readonly<Record<string, (a: KubeObject, b: KubeObject) => boolean>> = {
  controller: (a, b) => a.metadata.ownerReferences === b.metadata.ownerReferences,
  node: (a, b) => a.spec?.nodeName === b.spec?.nodeName,
};

function nodeName(object: KubeObject): readonly string[] {
  return object.spec?.nodeName ? [object.spec.nodeName] : [];
}

export interface ReflectorState {
  readonly phase: 'listing' | 'watching' | 'waiting';
  /** Resource version of the last event or list. */
  readonly version: string;
  readonly stream: string;
  readonly synced: boolean;
  readonly failures: number;
}

export class Store implements Informer {
  readonly gvr: Gvr;
  private readonly objects: Cell<KubeObject>;
  private readonly indexes: { readonly name: string; readonly agree: ((a: KubeObject, b: KubeObject) => boolean) | undefined; readonly values: (object: KubeObject) => readonly string[]; /** value and key -> the key: the very string of the objects' container, so that its hash is known. */
    readonly cell: Cell<string> }[];
  readonly state: Cell<ReflectorState>;

  constructor(host: Host, owner: string, readonly spec: InformerSpec) {
    this.gvr = spec.gvr;
    this.objects = host.container(owner, `informer ${spec.gvr}`, { ordered: true });
    this.state = host.container(owner, `reflector ${spec.gvr}`);
    const functions: Record<string, (object: KubeObject) => readonly string[]> = { controller: controllerUid, ...(spec.gvr === 'pods' ? { node: nodeName } : {}), ...spec.indexes };
    this.indexes = Object.keys(functions).sort().map((name) => ({ name, agree: spec.indexes?.[name] ? undefined : AGREE[name], values: functions[name], cell: host.container<string>(owner, `index ${spec.gvr} ${name}`, { ordered: true }) }));
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.objects.get(key);
  }

  keys(): readonly string[] {
    return this.objects.keys();
  }

  list(namespace?: string): readonly KubeObject[] {
    const keys = namespace ? this.objects.prefix(`${namespace}/`) : this.objects.keys();
    return keys.map((key) => this.objects.get(key)!);
  }

  byIndex(name: string, value: string): readonly KubeObject[] {
    const index = this.indexes.find((one) => one.name === name);
    if (!index) throw new Error(`informer ${this.gvr} has no index ${name}`);
    return index.cell.prefix(`${value}\n`).map((entry) => this.objects.get(index.cell.get(entry)!)!);
  }

  hasSynced(): boolean {
    return this.state.get('')?.synced === true;
  }

  lastSyncResourceVersion(): string {
    return this.state.get('')?.version ?? '';
  }

  /** Applies one watch event. Returns what the handlers are told, or null when nothing changed for them. */
  apply(event: WatchEvent): InformerEvent | null {
    const key = keyOf(event.object);
    const old = this.objects.get(key);
    if (event.type === 'DELETED') {
      if (!old) return null;
      this.put(key, old, undefined);
      return { type: 'delete', object: event.object, old };
    }
    this.put(key, old, event.object);
    return old ? { type: 'update', object: event.object, old } : { type: 'add', object: event.object };
  }

  /** Replaces the whole content by a list, as after a relist. */
  replace(items: readonly KubeObject[]): InformerEvent[] {
    const events: InformerEvent[] = [];
    const seen = new Set(items.map(keyOf));
    for (const key of this.objects.keys().slice()) {
      if (seen.has(key)) continue;
      const old = this.objects.get(key)!;
      this.put(key, old, undefined);
      events.push({ type: 'delete', object: old, old });
    }
    for (const object of items) {
      const key = keyOf(object);
      const old = this.objects.get(key);
      if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old.metadata.uid === object.metadata.uid) continue;
      this.put(key, old, object);
      events.push(old ? { type: 'update', object, old } : { type: 'add', object });
    }
    return events;
  }

  private put(key: string, old: KubeObject | undefined, object: KubeObject | undefined): void {
    for (const index of this.indexes) {
      if (old && object && index.agree?.(old, object)) continue;
      const before = old ? index.values(old) : NONE;
      const after = object ? index.values(object) : NONE;
      if (before === after || (before.length === after.length && before.every((value, i) => value === after[i]))) continue;
      for (const value of before) if (!after.includes(value)) index.cell.delete(`${value}\n${key}`);
      for (const value of after) if (!before.includes(value)) index.cell.set(`${value}\n${key}`, key);
    }
    if (object) this.objects.set(key, object);
    else this.objects.delete(key);
  }
}

const NONE: readonly string[] = [];
