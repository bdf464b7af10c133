/**
 * The selector and labels that bind a Job's pods to it, unless the user manages them.
 * Upstream: pkg/registry/batch/job/strategy.go generateSelector
 */
import type { KubeObject } from '../../api/types.ts';
import { createSpecKind, withFields, withMeta } from './strategy.ts';

const create = createSpecKind();

export function createJob(o: KubeObject): KubeObject {
  const spec = o['spec'] ?? {};
  if (spec.manualSelector === true) return create(o);
  const { name, uid } = o.metadata;
  const own: Record<string, string> = { 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': name, 'controller-uid': uid, 'job-name': name };
  const labels = { ...own, ...spec.template?.metadata?.labels };
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
  const selector = { ...spec.selector, matchLabels: { 'batch.kubernetes.io/controller-uid': uid, ...spec.selector?.matchLabels } };
  const out = withFields(o, { spec: { ...spec, selector, template } });
  // A Job without labels of its own shows those of its pods, once it is read back.
  return create(Object.keys(o.metadata.labels ?? {}).length === 0 ? withMeta(out, { labels }) : out);
}
