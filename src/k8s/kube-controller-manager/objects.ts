/**
 * Metadata every controller reads: keys, controller references, conditions, and equality of plain values.
 *
 * Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go, client-go/tools/cache/store.go
 */
import type { KubeObject, OwnerReference } from '../api/types.ts';

export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const at = key.indexOf('/');
  return at < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, at), name: key.slice(at + 1) };
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((r) => r.controller === true);
}

export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

export function newControllerRef(owner: KubeObject, apiVersion: string, kind: string): OwnerReference {
  return { apiVersion, kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** The object with `changes` in its metadata; undefined removes a field. */
export function withMetadata(object: KubeObject, changes: Record<string, unknown>): KubeObject {
  const metadata: Record<string, unknown> = { ...object.metadata, ...changes };
  for (const key of Object.keys(changes)) if (changes[key] === undefined) delete metadata[key];
  return { ...object, metadata: metadata as unknown as KubeObject['metadata'] };
}

export function withAnnotations(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  return withMetadata(object, { annotations: Object.keys(annotations).length === 0 ? undefined : annotations });
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly lastUpdateTime?: string;
  readonly lastProbeTime?: string | null;
  readonly lastHeartbeatTime?: string;
  readonly observedGeneration?: number;
}

export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((c) => c.type === type);
}

/** Deep equality of JSON values; an absent field equals an undefined one. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equal(item, b[i]));
  }
  if (Array.isArray(b)) return false;
  const x = a as Record<string, unknown>;
  const y = b as Record<string, unknown>;
  for (const key of Object.keys(x)) if (!equal(x[key], y[key])) return false;
  for (const key of Object.keys(y)) if (y[key] !== undefined && x[key] === undefined) return false;
  return true;
}

/** Drops undefined fields and, for the fields named, zero numbers: Go's `omitempty`. */
export function omitEmpty<T extends Record<string, unknown>>(value: T, zeros: readonly string[] = []): T {
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const v = value[key];
    if (v === undefined || (v === 0 && zeros.includes(key))) continue;
    out[key] = v;
  }
  return out as T;
}

/** Code unit order: what sort.Strings gives for ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Oldest first, names break ties (…ByCreationTimestamp). RFC 3339 in UTC sorts as text. */
export function byCreation(a: KubeObject, b: KubeObject): number {
  return compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp) || compareText(a.metadata.name, b.metadata.name);
}
