/**
 * The shapes every Kubernetes object shares. Objects are plain, immutable JSON values: never write into one that was read
 * from a store, a cache or a message; build a new one that shares the unchanged subtrees (see `apimachinery/change.ts`).
 * Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: 'FieldsV1';
  readonly fieldsV1?: unknown;
  readonly subresource?: string;
}

/** Times are RFC 3339 strings of whole seconds, as on the wire. */
export interface ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid: string;
  /** etcd's revision of the last write, in decimal. Opaque to clients. */
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** Any API object. `spec`, `status` and the rest are read with the narrower types of `api/<group>.ts` or as `any`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  // The generic store, printers and patches treat all kinds alike.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [field: string]: any;
}

export interface StatusCause { readonly reason?: string; readonly message?: string; readonly field?: string }

/** Upstream: metav1.Status. The body of every refusal and of some deletions. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string; readonly uid?: string; readonly causes?: readonly StatusCause[]; readonly retryAfterSeconds?: number };
  readonly code?: number;
}

/** Lists, Tables (`kind: Table`) and object lists. */
export interface KubeList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly items: readonly KubeObject[];
}
