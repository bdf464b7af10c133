/**
 * What travels between an API client and kube-apiserver, after the URL has been taken apart.
 * `kube-apiserver/http.ts` makes it from method, path, query and body; typed clients (controllers, kubelets) make it directly.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go
 */
import type { KubeList, KubeObject, Status } from '../api/types.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface UserInfo {
  readonly username: string;
  readonly groups: readonly string[];
}

export type PatchType =
  | 'application/json-patch+json' | 'application/merge-patch+json'
  | 'application/strategic-merge-patch+json' | 'application/apply-patch+yaml';

/** Query parameters, typed. Absent means: not given. */
export interface RequestOptions {
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  /** Sub-resource parameters that only one handler reads: log's container, tailLines, … as in the query string. */
  readonly query?: Readonly<Record<string, string>>;
}

export interface ApiRequest {
  readonly verb: Verb;
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower-case plural, as in the URL. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly options?: RequestOptions;
  /** The decoded body of a typed client; exclusive with `text`. For delete: DeleteOptions. For patch: the patch itself. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body?: any;
  /** The body as sent over HTTP (kubectl, strangers): decoded and checked by the decode gate. */
  readonly text?: string;
  readonly contentType?: string;
  readonly patchType?: PatchType;
  /** What the client wants back: objects, or server-side printed Tables. */
  readonly accept?: 'object' | 'table' | 'table+object' | 'metadata';
  readonly user: UserInfo;
  /** Impersonate-User and Impersonate-Group: whom `user` asks to be taken for. No groups: those that go with the name. */
  readonly impersonate?: UserInfo;
  /** `<binary>/<version> (linux/amd64) kubernetes/<commit>[/suffix]`; its first word is the default field manager. */
  readonly userAgent: string;
  /** Path of a request that names no resource: /version, /apis, /openapi/v3 … (then `resource` is ''). */
  readonly path?: string;
}

export interface ApiResponse {
  readonly code: number;
  readonly body: KubeObject | KubeList | Status | Table | string;
  /** Texts of the Warning headers. */
  readonly warnings?: readonly string[];
}

export interface TableColumn { readonly name: string; readonly type: string; readonly format: string; readonly description: string; readonly priority: number }
export interface TableRow { readonly cells: readonly (string | number | boolean | null)[]; readonly object?: KubeObject }
/** Upstream: metav1.Table. */
export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly columnDefinitions: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** The object (for DELETED: its last state, with the deletion's resourceVersion), or a Status for ERROR, or a Table. */
  readonly object: KubeObject;
}

export function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && (body as Status).kind === 'Status';
}
