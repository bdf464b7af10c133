/**
 * The client side of a process that talks to kube-apiserver: informers, listers, work queues, clients, event recorders.
 * Contract file; the machinery is in the files beside it (process.ts, reflector.ts, workqueue.ts, client.ts, events.ts).
 * Upstream: staging/src/k8s.io/client-go
 */
import type { Context } from '../../sim/types.ts';
import type { Program } from '../../sim/program.ts';
import type { KubeObject } from '../api/types.ts';
import type { ApiRequest, ApiResponse, PatchType, RequestOptions, UserInfo } from '../apimachinery/request.ts';

/** Group, version, resource, written 'pods', 'apps/v1/deployments', 'discovery.k8s.io/v1/endpointslices'. Core v1 has no prefix. */
export type Gvr = string;

/** A read-only, indexed cache that follows the server by list and watch. Keys are `namespace/name`, or `name`. */
export interface Informer {
  readonly gvr: Gvr;
  get(key: string): KubeObject | undefined;
  /** All objects, by key order; of one namespace if given. */
  list(namespace?: string): readonly KubeObject[];
  /** Objects whose index function named `index` yields `value`, by key order. Built in: 'controller' (uid of the controller owner), 'node' (pods: spec.nodeName). */
  byIndex(index: string, value: string): readonly KubeObject[];
  /** True once the first list has been stored. */
  hasSynced(): boolean;
  readonly size: number;
  /** Resource version of the last event or list that was stored: how far this cache has come. */
  lastSyncResourceVersion(): string;
}

/** Upstream: util/workqueue. Keys merge while they wait; a key that is added while it is being processed waits again. */
export interface WorkQueue {
  add(key: string): void;
  /** After `us` microseconds; an earlier waiting time of the same key wins. */
  addAfter(key: string, us: number): void;
  /** After the key's exponential back-off (5 ms · 2^failures, at most 1000 s). */
  addRateLimited(key: string): void;
  forget(key: string): void;
  numRequeues(key: string): number;
}

/** The context of a client-go process: what `act` functions and handlers receive. */
export interface ProcessContext extends Context {
  informer(gvr: Gvr): Informer;
  queue(name: string): WorkQueue;
  /** Small journalled state of a controller: expectations, counters, caches. Volatile. Declared in ControllerDefinition.cells. */
  cell<V>(name: string): import('../../sim/types.ts').Cell<V>;
  /** Notes an event object for recording, as `recorder.Eventf` (asynchronous, correlated, rate limited). */
  event(source: EventSource, object: EventObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** What an event is about: an object, or a reference to one (nodes by name, a container by fieldPath). */
export type EventObject = KubeObject | ObjectReference;
export interface ObjectReference {
  readonly reference: true;
  readonly kind: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly fieldPath?: string;
}

export interface EventSource {
  /** `source.component` / reportingComponent, e.g. 'deployment-controller'. */
  readonly component: string;
  readonly host?: string;
  readonly client: ClientIdentity;
  /** The scheduler's recorder writes events.k8s.io/v1 with an action; all others core/v1. */
  readonly api?: 'core/v1' | 'events.k8s.io/v1';
  readonly action?: string;
}

/** Who asks, and how fast it may (token bucket of the client; upstream's defaults stand in timing.ts). */
export interface ClientIdentity {
  /** Key of the rate limiter, unique in the process: e.g. 'deployment-controller'. */
  readonly name: string;
  readonly user: UserInfo;
  readonly userAgent: string;
  readonly qps: number;
  readonly burst: number;
}

/** Programs that send one request each and return its response. A transport failure has code 0 and the error as a string body. */
export interface Client {
  get(gvr: Gvr, namespace: string, name: string, options?: RequestOptions): Program<ApiResponse>;
  list(gvr: Gvr, namespace: string, options?: RequestOptions): Program<ApiResponse>;
  create(gvr: Gvr, namespace: string, body: unknown, options?: RequestOptions): Program<ApiResponse>;
  update(gvr: Gvr, object: KubeObject, options?: RequestOptions): Program<ApiResponse>;
  /** PUT of a subresource: 'status', 'scale', 'finalize', … */
  updateSub(gvr: Gvr, subresource: string, object: KubeObject, options?: RequestOptions): Program<ApiResponse>;
  /** POST of a subresource: 'binding', 'eviction', 'token'. */
  createSub(gvr: Gvr, subresource: string, namespace: string, name: string, body: unknown): Program<ApiResponse>;
  patch(gvr: Gvr, namespace: string, name: string, type: PatchType, patch: unknown, subresource?: string, options?: RequestOptions): Program<ApiResponse>;
  delete(gvr: Gvr, namespace: string, name: string, deleteOptions?: unknown): Program<ApiResponse>;
  deleteCollection(gvr: Gvr, namespace: string, deleteOptions?: unknown, options?: RequestOptions): Program<ApiResponse>;
  /** Any number of requests at the same moment (parallel deletions, slow-start batches). Answers in order. */
  all(requests: readonly ApiRequest[]): Program<readonly ApiResponse[]>;
  /** Builds the request of `create`, `delete` … for `all`. */
  readonly request: {
    create(gvr: Gvr, namespace: string, body: unknown, options?: RequestOptions): ApiRequest;
    delete(gvr: Gvr, namespace: string, name: string, deleteOptions?: unknown): ApiRequest;
    patch(gvr: Gvr, namespace: string, name: string, type: PatchType, patch: unknown, subresource?: string, options?: RequestOptions): ApiRequest;
    updateSub(gvr: Gvr, subresource: string, object: KubeObject, options?: RequestOptions): ApiRequest;
  };
}

export type InformerEvent =
  | { readonly type: 'add'; readonly object: KubeObject }
  | { readonly type: 'update'; readonly object: KubeObject; readonly old: KubeObject }
  /** `object` is the last known state, `old` what the cache had. */
  | { readonly type: 'delete'; readonly object: KubeObject; readonly old: KubeObject };

/**
 * What a sync answers. undefined or 'done': forget the key's failures. 'retry': add it back rate limited (upstream: sync returned an error).
 * {after}: forget the failures, add it again after so many microseconds. `maxRetries` of the definition bounds 'retry'.
 */
export type SyncResult = undefined | 'done' | 'retry' | { readonly after: number };

/** A controller: handlers that enqueue, and a sync that reads caches and asks the server. */
export interface ControllerDefinition {
  /** As in the folder, the lane and the queue: 'deployment', 'replicaset', 'endpointslice' … */
  readonly name: string;
  readonly client: ClientIdentity;
  /** Upstream's number of concurrent workers. */
  readonly workers: number;
  /** Service time of one sync in microseconds, from timing.ts. */
  readonly serviceTime: number;
  /** Resources that must have synced before the workers start; handlers may be given for any of them. */
  readonly informers: readonly Gvr[];
  readonly handlers?: Readonly<Record<Gvr, (p: ProcessContext, event: InformerEvent) => void>>;
  readonly sync: (key: string) => Program<SyncResult>;
  /** Further queues with the same contract (garbage collector: attemptToDelete, attemptToOrphan). Names are `name` + '/' + key. */
  readonly queues?: Readonly<Record<string, { readonly workers: number; readonly serviceTime: number; readonly sync: (key: string) => Program<SyncResult>; readonly maxRetries?: number }>>;
  readonly maxRetries?: number;
  /** Back-off of addRateLimited: first and longest, in microseconds. Default 5 ms and 1000 s. */
  readonly backoff?: { readonly base: number; readonly max: number };
  /** Programs that run again and again: started `period` after the last run began (or ended, when it took longer). */
  readonly periodic?: Readonly<Record<string, { readonly period: number; readonly initialDelay?: number; readonly run: () => Program }>>;
  readonly cells?: readonly string[];
  /** Called once when the controller's workers start. */
  readonly started?: (p: ProcessContext) => void;
}
