/**
 * PersistentVolumeClaims.
 * Upstream: ValidatePersistentVolumeClaim & co. in pkg/apis/core/validation/validation.go, pkg/api/persistentvolumeclaim/util.go (warnings)
 * Left out: nothing (gates VolumeAttributesClass and RecoverVolumeExpansionFailure are on).
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { isQualifiedName, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, has, list, sortedKeys, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import { internalDiff, jsonEqual, semanticEqual } from './internal-form.ts';
import { immutableField, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { claimSpec, type ClaimOptions, NEW_CLAIM } from './persistent-volume-claim-spec.ts';
import { claimSpecWarnings } from './pod-warnings.ts';
import { compareQuantities, quantityValue } from './quantities.ts';
import { isNativeResource } from './resource-names.ts';
import { resourceQuantity } from './resources.ts';

const SPEC = path('spec');
const STATUS = path('status');
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

function validateClaim(errs: Errs, pvc: Obj, opts: ClaimOptions): void {
  validateObjectMeta(errs, pvc.metadata, true, nameIsDNSSubdomain);
  claimSpec(errs, pvc.spec ?? {}, SPEC, opts);
}

export function validateCreate(pvc: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateClaim(errs, pvc, NEW_CLAIM);
  return errs;
}

function optionsOf(old: Obj): ClaimOptions {
  const errs: FieldError[] = [];
  validateLabelSelector(errs, old.spec?.selector, SPEC);
  return { allowInvalidLabelValueInSelector: errs.length > 0, allowInvalidAPIGroup: has(old.spec?.dataSource?.apiGroup) || has(old.spec?.dataSourceRef?.apiGroup) };
}

export function validateUpdate(pvc: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, pvc.metadata, old.metadata);
  validateClaim(errs, pvc, optionsOf(old));
  const spec = pvc.spec ?? {}; const oldSpec = old.spec ?? {};
  const annotation: string | undefined = pvc.metadata.annotations?.[BETA_CLASS]; const oldAnnotation: string | undefined = old.metadata.annotations?.[BETA_CLASS];
  const bound = pvc.status?.phase === 'Bound';
  // The new spec with every change undone that an update may make.
  const now: Obj = { ...spec };
  const before: Obj = oldSpec.volumeName ? oldSpec : { ...oldSpec, volumeName: now.volumeName };
  const fromAnnotation = oldAnnotation !== undefined && !has(oldSpec.storageClassName) && spec.storageClassName === oldAnnotation && (annotation === undefined || annotation === oldAnnotation);
  if (fromAnnotation) now.storageClassName = undefined;
  else {
    if ((annotation ?? '') !== (oldAnnotation ?? '')) errs.push(invalid(path('metadata').child('annotations', BETA_CLASS), annotation ?? '', 'field is immutable'));
    if (has(spec.storageClassName) && !has(oldSpec.storageClassName) && (oldAnnotation === undefined || spec.storageClassName === oldAnnotation)) now.storageClassName = oldSpec.storageClassName;
  }
  if (bound) {
    if (has(now.resources?.requests)) now.resources = { ...now.resources, requests: { ...now.resources.requests, storage: oldSpec.resources?.requests?.storage } };
    now.volumeAttributesClassName = oldSpec.volumeAttributesClassName;
  }
  if (!jsonEqual(now, before) && !semanticEqual('PersistentVolumeClaimSpec', now, before)) {
    errs.push(forbidden(SPEC, `spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${internalDiff('PersistentVolumeClaimSpec', before, now)}`));
  }
  const size = spec.resources?.requests?.storage ?? '0';
  if (compareQuantities(size, oldSpec.resources?.requests?.storage ?? '0') < 0 && compareQuantities(size, old.status?.capacity?.storage ?? '0') <= 0) {
    errs.push(forbidden(SPEC.child('resources', 'requests', 'storage'), 'field can not be less than status.capacity'));
  }
  immutableField(errs, spec.volumeMode, oldSpec.volumeMode, path('volumeMode'));
  const attributes = spec.volumeAttributesClassName;
  if (attributes !== oldSpec.volumeAttributesClassName && has(old.status?.currentVolumeAttributesClassName)) {
    const at = SPEC.child('volumeAttributesClassName');
    if (!has(attributes)) errs.push(forbidden(at, 'update to nil is forbidden when status.currentVolumeAttributesClassName is not nil'));
    else if (attributes === '') errs.push(forbidden(at, 'update to empty string is forbidden when status.currentVolumeAttributesClassName is not nil'));
  }
  return errs;
}

const RESIZE = ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending'].sort((a, b) => (a < b ? -1 : 1));

/** False if it complained. */
function resourceKey(errs: Errs, key: string, at: Path): boolean {
  const bad = isQualifiedName(key);
  if (bad.length > 0) { complain(errs, at, key, bad); return false; }
  if (isNativeResource(key) && key !== 'storage') { errs.push(notSupported(at, key, ['storage'])); return false; }
  return true;
}

export function validateStatusUpdate(pvc: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const s = pvc.status ?? {};
  validateObjectMetaUpdate(errs, pvc.metadata, old.metadata);
  if (!pvc.metadata.resourceVersion) errs.push(required(path('resourceVersion'), ''));
  if (list(pvc.spec?.accessModes).length === 0) errs.push(required(path('Spec', 'accessModes'), ''));
  const basic = (value: Obj, at: Path): boolean => {
    const v = quantityValue(value);
    if (v < 0) errs.push(invalid(at, v, 'must be a valid resource quantity'));
    return v >= 0;
  };
  for (const k of sortedKeys(s.capacity)) basic(s.capacity[k], STATUS.child('capacity').key(k));
  const rp = STATUS.child('allocatedResourceStatuses');
  for (const k of sortedKeys(s.allocatedResourceStatuses)) {
    resourceKey(errs, k, rp);
    if (!RESIZE.includes(s.allocatedResourceStatuses[k])) errs.push(notSupported(rp, k, RESIZE));
  }
  const ap = STATUS.child('allocatedResources');
  for (const k of sortedKeys(s.allocatedResources)) {
    if (!resourceKey(errs, k, ap)) continue;
    if (basic(s.allocatedResources[k], ap.key(k))) resourceQuantity(errs, 'storage', s.allocatedResources[k], ap.key(k));
  }
  return errs;
}

export function warnings(pvc: Obj): string[] {
  const out: string[] = [];
  if (pvc.metadata.annotations?.[BETA_CLASS] !== undefined) out.push(`metadata.annotations[${BETA_CLASS}]: deprecated since v1.8; use "storageClassName" attribute instead`);
  out.push(...claimSpecWarnings(pvc.spec, SPEC));
  return out;
}
