/**
 * Sub-resources that show an object as another kind: scale.
 * Upstream: pkg/registry/apps/deployment/storage/storage.go ScaleREST
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { invalid, path } from '../../apimachinery/field-error.ts';
import { invalid as invalidStatus } from '../../apimachinery/status-errors.ts';
import type { Resource } from '../resources.ts';
import { withFields } from '../registry/strategy.ts';

export interface View {
  readonly apiVersion: string;
  readonly kind: string;
  readonly read: (stored: KubeObject) => KubeObject;
  readonly write: (view: KubeObject, stored: KubeObject) => KubeObject | Status;
}

const SCALE: View = {
  apiVersion: 'autoscaling/v1', kind: 'Scale',
  read: (o) => {
    const { name, namespace, uid, resourceVersion, creationTimestamp } = o.metadata;
    const replicas = o['spec']?.replicas as number | undefined;
    const selector = o.kind === 'ReplicationController' ? { matchLabels: o['spec']?.selector } : o['spec']?.selector;
    const text = selector === undefined ? '' : formatLabelSelector(selector);
    return {
      kind: 'Scale', apiVersion: 'autoscaling/v1',
      metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
      spec: replicas ? { replicas } : {}, status: { replicas: o['status']?.replicas ?? 0, ...(text === '' ? {} : { selector: text }) },
    };
  },
  write: (view, o) => {
    const wanted = (view['spec']?.replicas ?? 0) as number;
    if (wanted < 0) return invalidStatus({ group: 'autoscaling', kind: 'Scale' }, o.metadata.name, [invalid(path('spec', 'replicas'), wanted, 'must be greater than or equal to 0')]);
    const given = view.metadata.resourceVersion;
    const next = withFields(o, { spec: { ...o['spec'], replicas: view['spec']?.replicas ?? 0 } });
    return { ...next, metadata: { ...next.metadata, resourceVersion: given ?? o.metadata.resourceVersion } };
  },
};

export function viewOf(resource: Resource, subresource: string): View | undefined {
  return subresource === 'scale' && resource.subresources.some((s) => s.name === 'scale') ? SCALE : undefined;
}
