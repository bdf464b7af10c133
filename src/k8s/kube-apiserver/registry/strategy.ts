/**
 * What the generic store needs to know about a kind, as data and small pure functions. A kind's own file declares only where
 * it differs from the default.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update,delete}.go, pkg/registry/<group>/<kind>/strategy.go
 * Left out: disabled-feature field dropping for gates that are on by default.
 */
import type { KubeObject, ObjectMeta } from '../../api/types.ts';
import { semanticEqual } from '../../apimachinery/change.ts';

/** The default grace period that `graceful` wants, in seconds; undefined: the kind knows no graceful deletion. */
export type GracePeriod = (object: KubeObject, asked: number | undefined) => number;

export type DefaultGC = 'background' | 'orphan' | 'unsupported';

export interface Strategy {
  /** After the metadata was initialised. Returns a new object. */
  readonly prepareForCreate?: (object: KubeObject) => KubeObject;
  /** Returns `next` with what a client may not change taken from `old`. metadata.generation is the old one at that moment. */
  readonly prepareForUpdate?: (next: KubeObject, old: KubeObject) => KubeObject;
  /** Sub-resources that update the same object: how each prepares the update. `status` is there by default when discovery names it. */
  readonly subresources?: Readonly<Record<string, (next: KubeObject, old: KubeObject) => KubeObject>>;
  readonly allowCreateOnUpdate?: boolean;
  /** Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Delete answers with the object instead of a Status. */
  readonly returnDeletedObject?: boolean;
  readonly defaultGC?: DefaultGC;
  readonly gracePeriod?: GracePeriod;
  /** Field selector values besides metadata.name and metadata.namespace; undefined members print as ''. */
  readonly fields?: (object: KubeObject) => Readonly<Record<string, string>>;
  /** Labels of fields that exist for the selector (those of `fields`). */
  readonly selectable?: readonly string[];
  /** Seconds an object lives in etcd. */
  readonly ttl?: number;
  /** Fields that managedFields never list, since the strategy resets them: of the main resource and of each sub-resource. */
  readonly resetFields?: Readonly<Record<string, readonly string[]>>;
  /** Deleting needs a second look: a namespace waits for its spec.finalizers. */
  readonly deleteDuringUpdate?: (next: KubeObject, old: KubeObject) => boolean;
  /** Between the served form of another API group or version and the stored one. */
  readonly conversion?: Readonly<Record<string, { readonly toStored: (o: KubeObject) => KubeObject; readonly fromStored: (o: KubeObject) => KubeObject }>>;
}

/** A copy of `object` with these top-level fields replaced; a field set to undefined is dropped. */
export function withFields(object: KubeObject, fields: Readonly<Record<string, unknown>>): KubeObject {
  const out: Record<string, unknown> = { ...object };
  for (const name of Object.keys(fields)) {
    if (fields[name] === undefined) delete out[name];
    else out[name] = fields[name];
  }
  return out as unknown as KubeObject;
}

export function withMeta(object: KubeObject, fields: Partial<Record<keyof ObjectMeta, unknown>>): KubeObject {
  const metadata: Record<string, unknown> = { ...object.metadata };
  for (const name of Object.keys(fields) as (keyof ObjectMeta)[]) {
    if (fields[name] === undefined) delete metadata[name];
    else metadata[name] = fields[name];
  }
  return { ...object, metadata: metadata as unknown as ObjectMeta };
}

/** Generation 1 and the given status (default: an empty one, `{}`). */
export const createSpecKind = (status: unknown = {}) => (o: KubeObject): KubeObject => withMeta(withFields(o, { status }), { generation: 1 });

/** Status is the old one; a changed spec (or, if `annotations`, annotations) raises the generation. */
export const updateSpecKind = (annotations = false) => (next: KubeObject, old: KubeObject): KubeObject => {
  const out = withFields(next, { status: old['status'] });
  const changed = !semanticEqual(next['spec'], old['spec']) || (annotations && !semanticEqual(next.metadata.annotations ?? {}, old.metadata.annotations ?? {}));
  return changed ? withMeta(out, { generation: (old.metadata.generation ?? 0) + 1 }) : out;
};

export const keepStatus = (next: KubeObject, old: KubeObject): KubeObject => withFields(next, { status: old['status'] });

/** The usual status strategy: spec is the old one. */
export const statusKeepsSpec = (next: KubeObject, old: KubeObject): KubeObject => withFields(next, { spec: old['spec'] });

/** Spec and labels are the old ones. */
export const statusKeepsSpecAndLabels = (next: KubeObject, old: KubeObject): KubeObject =>
  withMeta(withFields(next, { spec: old['spec'] }), { labels: old.metadata.labels });

/** Upstream: metav1.ResetObjectMetaForStatus. */
export const statusKeepsAll = (next: KubeObject, old: KubeObject): KubeObject =>
  withMeta(withFields(next, { spec: old['spec'] }), {
    deletionTimestamp: old.metadata.deletionTimestamp, generation: old.metadata.generation, ownerReferences: old.metadata.ownerReferences,
    labels: old.metadata.labels, annotations: old.metadata.annotations, finalizers: old.metadata.finalizers, managedFields: next.metadata.managedFields,
  });

export const DEFAULT_STRATEGY: Strategy = {};

/** Of kinds that have a spec and a status and count generations. */
export const SPEC_STATUS: Strategy = {
  prepareForCreate: createSpecKind(), prepareForUpdate: updateSpecKind(), subresources: { status: statusKeepsSpec },
  resetFields: { '': ['status'], status: ['spec'] },
};
