/**
 * Everything kube-apiserver remembers, as containers. The watch cache is all of it that matters; it is volatile, for etcd keeps the truth.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/cacher
 */
import type { KubeObject } from '../api/types.ts';
import type { Cell, Host } from '../../sim/types.ts';

export interface ApiserverConfig {
  /** Default 'kube-apiserver'. */
  readonly address?: string;
  readonly etcd?: string;
  /** Microseconds of work before an answer leaves; reads and writes. */
  readonly readTime?: number;
  readonly writeTime?: number;
  /** The server's own endpoint, for Service `kubernetes`. */
  readonly advertiseAddress?: string;
  readonly securePort?: number;
  readonly serviceCidr?: string;
  readonly hostname?: string;
  /** Objects that somebody made before the first user came; stored at the start when they are missing. */
  readonly objects?: readonly KubeObject[];
}

/** One client's watch. */
export interface Watcher {
  readonly id: string;
  readonly client: string;
  readonly stream: string;
  /** apiVersion/resource as asked. */
  readonly resource: string;
  readonly prefix: string;
  readonly namespace: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly bookmarks: boolean;
  readonly accept: 'object' | 'table' | 'table+object' | 'metadata';
  readonly scope: string;
}

/** An event in the window of one resource. */
export interface WindowEvent { readonly type: 'put' | 'delete'; readonly revision: number; readonly at: number; readonly object: KubeObject; readonly old: KubeObject | undefined }
/** Events [tail, head) of a resource stand in the window; `evicted` is the revision of the newest that left it. */
export interface WindowHead { readonly tail: number; readonly head: number; readonly evicted: number }

/** 'starting' until the cache is filled and the bootstrap objects are written. */
export interface Progress { readonly phase: 'starting' | 'ready'; readonly revision: number; readonly loadedAt: number }

export interface State {
  readonly config: ApiserverConfig;
  readonly address: string;
  readonly etcd: string;
  /** The watch cache: objects by etcd key, with their resourceVersion. */
  readonly objects: Cell<KubeObject>;
  readonly window: Cell<WindowEvent>;
  readonly windows: Cell<WindowHead>;
  readonly watchers: Cell<Watcher>;
  /** Ids of watchers by what they can receive: `<prefix>`, `<prefix>ns=…`, `<prefix>node=…`, `<prefix>name=…`. */
  readonly scopes: Cell<readonly string[]>;
  /** Watcher ids by client address. */
  readonly clients: Cell<readonly string[]>;
  /** 'cache': progress of the cache. */
  readonly progress: Cell<Progress>;
  /** Programs that wait until the cache has reached a revision, by mailbox. */
  readonly waiting: Cell<number>;
  /** Counters of draws and names; 'seq' numbers mailboxes. Durable: a restart must not draw the same names again. */
  readonly counters: Cell<number>;
  /** 'ttl': the etcd lease that new Events share. */
  readonly leases: Cell<{ readonly id: number; readonly until: number; readonly objects: number }>;
  /** Changes whenever objects that a compiled index depends on change: 'rbac', 'flowcontrol'. */
  readonly generations: Cell<object>;
}

export function createState(host: Host, config: ApiserverConfig): State {
  const address = config.address ?? 'kube-apiserver';
  const cell = <V>(name: string, ordered = false, durable = false): Cell<V> => host.container<V>(address, name, { ordered, durable });
  return {
    config, address, etcd: config.etcd ?? 'etcd',
    objects: cell('objects', true), window: cell('window'), windows: cell('windows'), watchers: cell('watchers', true), scopes: cell('scopes', true),
    clients: cell('clients', true), progress: cell('progress'), waiting: cell('waiting', true), counters: cell('counters', false, true), generations: cell('generations'), leases: cell('leases'),
  };
}

/** Reads objects of the cache below a prefix, in key order. */
export function listObjects(state: State, prefix: string): KubeObject[] {
  const out: KubeObject[] = [];
  for (const key of state.objects.prefix(prefix)) out.push(state.objects.get(key)!);
  return out;
}
