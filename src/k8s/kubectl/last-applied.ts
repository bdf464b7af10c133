/**
 * The annotation in which `kubectl apply` remembers what it applied last.
 * Upstream: k8s.io/kubectl/pkg/util/apply.go
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without the annotation, and the annotation's value for it. An annotations map that was there stays, even when empty. */
export function lastAppliedText(object: KubeObject): string {
  const annotations: Record<string, string> = { ...object.metadata?.annotations };
  delete annotations[LAST_APPLIED];
  return toJson({ ...object, metadata: { ...object.metadata, annotations } }) + '\n';
}

export function withLastApplied(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [LAST_APPLIED]: lastAppliedText(object) } } };
}
