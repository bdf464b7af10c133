/**
 * DefaultStorageClass: a claim without a class gets the default one. StorageObjectInUseProtection: claims and volumes carry a finalizer.
 * Upstream: plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection}/admission.go
 */
import type { KubeObject } from '../../api/types.ts';
import { withFields, withMeta } from '../registry/strategy.ts';
import { listObjects } from '../state.ts';
import type { Plugin } from './plugin.ts';

export const defaultStorageClass: Plugin = {
  name: 'DefaultStorageClass',
  handles: ['CREATE'],
  admit(a) {
    if (a.resource.resource !== 'persistentvolumeclaims' || a.subresource !== '') return undefined;
    const claim = a.object!;
    if (claim['spec']?.storageClassName !== undefined || claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return undefined;
    const classes = listObjects(a.state, '/registry/storageclasses/').filter((c) => c.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true');
    if (classes.length === 0) return undefined;
    const newest = classes.reduce((best: KubeObject, c) => (c.metadata.creationTimestamp > best.metadata.creationTimestamp ? c : best));
    return withFields(claim, { spec: { ...claim['spec'], storageClassName: newest.metadata.name } });
  },
};

export const storageObjectInUseProtection: Plugin = {
  name: 'StorageObjectInUseProtection',
  handles: ['CREATE'],
  admit(a) {
    if (a.subresource !== '') return undefined;
    const finalizer = a.resource.resource === 'persistentvolumeclaims' ? 'kubernetes.io/pvc-protection' : a.resource.resource === 'persistentvolumes' ? 'kubernetes.io/pv-protection' : '';
    if (finalizer === '' || a.object!.metadata.finalizers?.includes(finalizer)) return undefined;
    return withMeta(a.object!, { finalizers: [...(a.object!.metadata.finalizers ?? []), finalizer] });
  },
};
