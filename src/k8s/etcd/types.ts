/**
 * etcd's client contract: the bodies of the messages between kube-apiserver and etcd. etcd knows keys and values, no Pod;
 * a value is an immutable reference that etcd never looks into.
 * Upstream: api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto
 * Left out: sub-revisions beyond one key a txn is not assumed; auth, maintenance calls.
 */

export interface KeyValue {
  readonly key: string;
  readonly value: unknown;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1, 2, 3 … since the key was last created. */
  readonly version: number;
  /** Lease id or 0. */
  readonly lease: number;
}

/** `rangeEnd` absent: exactly `key`. Keys are compared by UTF-16 code units. `revision` 0: the newest. */
export interface RangeRequest { readonly op: 'range'; readonly key: string; readonly rangeEnd?: string; readonly limit?: number; readonly revision?: number; readonly countOnly?: boolean }
export interface PutRequest { readonly op: 'put'; readonly key: string; readonly value: unknown; readonly lease?: number }
export interface DeleteRequest { readonly op: 'delete'; readonly key: string; readonly rangeEnd?: string; readonly loopback?: Loopback }
/** target 'mod': compares modRevision (0: the key does not exist); 'version': compares version. */
export interface Compare { readonly key: string; readonly target: 'mod' | 'version'; readonly value: number }
/** What a write is to the API when kube-apiserver makes it for itself (upstream: through its loopback client, as system:apiserver). */
export interface Loopback { readonly verb: 'create' | 'update' | 'delete'; readonly subresource?: 'status' }
export interface TxnRequest {
  readonly op: 'txn';
  /** For the audit log alone; etcd does not look at it. */
  readonly loopback?: Loopback;
  readonly compare: readonly Compare[];
  readonly success: readonly (PutRequest | DeleteRequest | RangeRequest)[];
  readonly failure: readonly (PutRequest | DeleteRequest | RangeRequest)[];
}
/** Events from `startRevision` on (0: from now) arrive as messages of type 'watch' on the stream named `stream`. */
export interface WatchRequest { readonly op: 'watch'; readonly key: string; readonly rangeEnd?: string; readonly startRevision: number; readonly stream: string; readonly prevKv?: boolean }
export interface CancelWatchRequest { readonly op: 'cancelWatch'; readonly stream: string }
export interface CompactRequest { readonly op: 'compact'; readonly revision: number }
/** ttl in seconds. */
export interface LeaseGrantRequest { readonly op: 'leaseGrant'; readonly ttl: number }
export interface LeaseKeepAliveRequest { readonly op: 'leaseKeepAlive'; readonly id: number }
export interface LeaseRevokeRequest { readonly op: 'leaseRevoke'; readonly id: number }
export type EtcdRequest = RangeRequest | PutRequest | DeleteRequest | TxnRequest | WatchRequest | CancelWatchRequest | CompactRequest | LeaseGrantRequest | LeaseKeepAliveRequest | LeaseRevokeRequest;

export interface RangeResponse { readonly revision: number; readonly kvs: readonly KeyValue[]; readonly more: boolean; readonly count: number }
/** `responses`: one RangeResponse for each range among the operations performed (in order), empty kvs for puts and deletes. `prev`: of deletes. */
export interface TxnResponse { readonly revision: number; readonly succeeded: boolean; readonly responses: readonly RangeResponse[] }
export interface WatchResponse {
  readonly stream: string;
  /** Of the store when the response was made; all events up to it have been sent (a progress notification has no events). */
  readonly revision: number;
  readonly events: readonly { readonly type: 'put' | 'delete'; readonly kv: KeyValue; readonly prev?: KeyValue }[];
  /** Set when the watch was cancelled: the start revision is compacted away. */
  readonly compactRevision?: number;
}
/** `etcdserver: mvcc: required revision has been compacted` and the like. */
export interface EtcdError { readonly failed: string }
