/**
 * PersistentVolumes.
 * Upstream: ValidatePersistentVolume & co. in pkg/apis/core/validation/validation.go, pkg/api/persistentvolume/util.go (warnings)
 * Left out: inline volumes of VolumeAttachments.
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { hasInvalidLabelValue, validateNodeSelector } from './affinity.ts';
import { complain, has, list, size, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { internalDiff, semanticEqual, sortedMap, toInternal } from './internal-form.ts';
import { immutableField, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { VOLUME_MODES, accessModes } from './persistent-volume-claim-spec.ts';
import { deprecatedNodeLabel } from './pod-warnings.ts';
import { canonicalQuantity, quantitySign, quantityValue } from './quantities.ts';
import * as sources from './volume-sources.ts';

const SPEC = path('spec');
const RECLAIM = ['Delete', 'Recycle', 'Retain'];

type Check = (errs: Errs, source: Obj, at: Path) => void;
/** In upstream's order: v1 name, the path its errors use, the name of a second one in its error, its check. */
const SOURCES: readonly (readonly [field: string, at: string, second: string, check: Check])[] = [
  ['hostPath', 'hostPath', 'hostPath', sources.hostPath],
  ['gcePersistentDisk', 'persistentDisk', 'gcePersistentDisk', sources.gcePersistentDisk],
  ['awsElasticBlockStore', 'awsElasticBlockStore', 'awsElasticBlockStore', sources.awsElasticBlockStore],
  ['glusterfs', 'glusterfs', 'glusterfs', sources.glusterfsPersistent],
  ['flocker', 'flocker', 'flocker', sources.flocker],
  ['nfs', 'nfs', 'nfs', sources.nfs],
  ['rbd', 'rbd', 'rbd', sources.rbd],
  ['quobyte', 'quobyte', 'quobyte', sources.quobyte],
  ['cephfs', 'cephfs', 'cephFS', sources.cephfs],
  ['iscsi', 'iscsi', 'iscsi', () => undefined],
  ['cinder', 'cinder', 'cinder', sources.cinderPersistent],
  ['fc', 'fc', 'fc', sources.fibreChannel],
  ['flexVolume', 'flexVolume', 'flexVolume', sources.flexVolume],
  ['azureFile', 'azureFile', 'azureFile', sources.azureFilePersistent],
  ['vsphereVolume', 'vsphereVolume', 'vsphereVolume', sources.vsphereVolume],
  ['photonPersistentDisk', 'photonPersistentDisk', 'photonPersistentDisk', sources.photonPersistentDisk],
  ['portworxVolume', 'portworxVolume', 'portworxVolume', sources.portworxVolume],
  ['azureDisk', 'azureDisk', 'azureDisk', sources.azureDisk],
  ['scaleIO', 'scaleIO', 'scaleIO', sources.scaleIO],
  ['local', 'local', 'local', sources.local],
  ['storageos', 'storageos', 'storageos', sources.storageosPersistent],
  ['csi', 'csi', 'csi', sources.csiPersistent],
];

function source(errs: Errs, spec: Obj, name: string): void {
  let taken = 0;
  for (const [field, place, second, check] of SOURCES) {
    if (!has(spec[field])) continue;
    // A flex volume beside another source is accepted.
    if (taken > 0 && field !== 'flexVolume') { errs.push(forbidden(SPEC.child(second), 'may not specify more than 1 volume type')); continue; }
    taken++;
    if (field === 'iscsi') sources.iscsiPersistent(errs, spec.iscsi, SPEC.child('iscsi'), name);
    else check(errs, spec[field], SPEC.child(place));
    if (field === 'local' && !has(spec.nodeAffinity)) errs.push(required(SPEC.child('nodeAffinity'), 'Local volume requires node affinity'));
  }
  if (taken === 0) errs.push(required(SPEC, 'must specify a volume type'));
}

// Upstream: path.Clean.
function isRoot(p: string): boolean {
  let depth = 0;
  if (!p.startsWith('/')) return false;
  for (const part of p.split('/')) { if (part === '..') depth = Math.max(0, depth - 1); else if (part !== '' && part !== '.') depth++; }
  return depth === 0;
}

function validateVolume(errs: Errs, pv: Obj, laxAffinity: boolean): void {
  const spec = pv.spec ?? {};
  validateObjectMeta(errs, pv.metadata, false, nameIsDNSSubdomain);
  if (list(spec.accessModes).length === 0) errs.push(required(SPEC.child('accessModes'), ''));
  accessModes(errs, spec.accessModes, SPEC.child('accessModes'));
  const cp = SPEC.child('capacity');
  if (size(spec.capacity) === 0) errs.push(required(cp, ''));
  if (!has(spec.capacity?.storage) || size(spec.capacity) > 1) errs.push(notSupported(cp, sortedMap(spec.capacity), ['storage']));
  for (const k of sortedKeys(spec.capacity)) {
    const q = spec.capacity[k];
    if (quantityValue(q) < 0) errs.push(invalid(cp.key(k), quantityValue(q), 'must be a valid resource quantity'));
    if (quantitySign(q) <= 0) errs.push(invalid(cp.key(k), canonicalQuantity(q), 'must be greater than zero'));
  }
  const reclaim = spec.persistentVolumeReclaimPolicy; const rp = SPEC.child('persistentVolumeReclaimPolicy');
  if (reclaim && !RECLAIM.includes(reclaim)) errs.push(notSupported(rp, reclaim, RECLAIM));
  if (has(spec.nodeAffinity)) {
    const at = SPEC.child('nodeAffinity').child('required');
    if (has(spec.nodeAffinity.required)) validateNodeSelector(errs, spec.nodeAffinity.required, laxAffinity, at);
    else errs.push(required(at, 'must specify required node constraints'));
  }
  source(errs, spec, pv.metadata.name ?? '');
  if (has(spec.hostPath) && isRoot(spec.hostPath.path ?? '') && reclaim === 'Recycle') errs.push(forbidden(rp, "may not be 'recycle' for a hostPath mount of '/'"));
  if (spec.storageClassName) complain(errs, SPEC.child('storageClassName'), spec.storageClassName, nameIsDNSSubdomain(spec.storageClassName, false));
  if (has(spec.volumeMode) && !VOLUME_MODES.includes(spec.volumeMode)) errs.push(notSupported(SPEC.child('volumeMode'), spec.volumeMode, VOLUME_MODES));
  const attributes = spec.volumeAttributesClassName;
  if (!has(attributes)) return;
  const ap = SPEC.child('volumeAttributesClassName');
  if (attributes === '') errs.push(required(ap, 'an empty string is disallowed'));
  else complain(errs, ap, attributes, nameIsDNSSubdomain(attributes, false));
  if (!has(spec.csi)) errs.push(required(SPEC.child('csi'), 'has to be specified when using volumeAttributesClassName'));
}

export function validateCreate(pv: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateVolume(errs, pv, false);
  return errs;
}

const GA_LABEL: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os', 'beta.kubernetes.io/arch': 'kubernetes.io/arch', 'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** An update may replace beta labels by those that are generally available. */
function graduated(now: Obj, old: Obj): Obj {
  const terms = old?.required?.nodeSelectorTerms;
  if (!has(terms)) return old;
  const pair = (o: Obj, n: Obj): Obj => (GA_LABEL[o.key] !== undefined && GA_LABEL[o.key] === n?.key ? { ...o, key: n.key } : o);
  return { required: { nodeSelectorTerms: terms.map((t: Obj, i: number) => (has(t.matchExpressions)
    ? { ...t, matchExpressions: t.matchExpressions.map((e: Obj, j: number) => pair(e, now?.required?.nodeSelectorTerms?.[i]?.matchExpressions?.[j])) } : t)) } };
}

export function validateUpdate(pv: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateVolume(errs, pv, hasInvalidLabelValue(old.spec?.nodeAffinity?.required?.nodeSelectorTerms));
  let spec = pv.spec ?? {}; const oldSpec = old.spec ?? {};
  // The secret for expansion may be set once, later.
  if (has(oldSpec.csi) && !has(oldSpec.csi.controllerExpandSecretRef) && has(spec.csi?.controllerExpandSecretRef)) spec = { ...spec, csi: { ...spec.csi, controllerExpandSecretRef: undefined } };
  if (!semanticEqual('PersistentVolumeSource', spec, oldSpec)) {
    errs.push(forbidden(SPEC.child('persistentvolumesource'), `spec.persistentvolumesource is immutable after creation\n${internalDiff('PersistentVolumeSource', oldSpec, spec)}`));
  }
  immutableField(errs, spec.volumeMode, oldSpec.volumeMode, path('volumeMode'));
  if (has(oldSpec.nodeAffinity) && !semanticEqual('VolumeNodeAffinity', spec.nodeAffinity ?? {}, graduated(spec.nodeAffinity, oldSpec.nodeAffinity))) {
    errs.push(invalid(path('nodeAffinity'), has(spec.nodeAffinity) ? toInternal('VolumeNodeAffinity', spec.nodeAffinity) : null, 'field is immutable, except for updating from beta label to GA'));
  }
  if (has(oldSpec.volumeAttributesClassName) && !has(spec.volumeAttributesClassName)) errs.push(forbidden(SPEC.child('volumeAttributesClassName'), 'update from non-nil value to nil is forbidden'));
  return errs;
}

export function validateStatusUpdate(pv: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, pv.metadata, old.metadata);
  if (!pv.metadata.resourceVersion) errs.push(required(path('resourceVersion'), ''));
  return errs;
}


const DEPRECATED: readonly (readonly [field: string, shown: string, why: string])[] = [
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

export function warnings(pv: Obj): string[] {
  const out: string[] = [];
  const spec = pv.spec ?? {};
  for (const [k, why] of [['volume.beta.kubernetes.io/storage-class', 'deprecated since v1.8; use "storageClassName" attribute instead'], ['volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead']] as const) {
    if (pv.metadata.annotations?.[k] !== undefined) out.push(`metadata.annotations[${k}]: ${why}`);
  }
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') out.push('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.');
  list(spec.nodeAffinity?.required?.nodeSelectorTerms).forEach((t, i) => list(t.matchExpressions).forEach((e, j) => {
    const why = deprecatedNodeLabel(e.key ?? '');
    if (why !== undefined) out.push(`spec.nodeAffinity.required.nodeSelectorTerms[${i}].matchExpressions[${j}].key: ${e.key} is ${why}`);
  }));
  for (const [field, shown, why] of DEPRECATED) if (has(spec[field])) out.push(`spec.${shown}: ${why}`);
  return out;
}
