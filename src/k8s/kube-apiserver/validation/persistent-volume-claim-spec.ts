/**
 * The spec of a claim, alone, in a StatefulSet's template or in an ephemeral volume.
 * Upstream: ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimTemplate in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts';
import { isDNS1123Subdomain, nameIsDNSLabel, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, has, list, validateLabelSelector, validateLabels, type Errs, type Obj } from './field-checks.ts';
import { validateAnnotations } from './metadata.ts';
import { canonicalQuantity, quantitySign } from './quantities.ts';
import { resourceQuantity } from './resources.ts';

export const ACCESS_MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES = ['Block', 'Filesystem'];

export interface ClaimOptions { readonly allowInvalidLabelValueInSelector: boolean; readonly allowInvalidAPIGroup: boolean }
export const NEW_CLAIM: ClaimOptions = { allowInvalidLabelValueInSelector: false, allowInvalidAPIGroup: false };

/** Known modes, and ReadWriteOncePod alone. */
export function accessModes(errs: Errs, modes: Obj, at: Path): void {
  let oncePod = false; let other = false;
  for (const m of list(modes)) {
    if (!ACCESS_MODES.includes(m)) errs.push(notSupported(at, m, ACCESS_MODES));
    if (m === 'ReadWriteOncePod') oncePod = true;
    else if (ACCESS_MODES.includes(m)) other = true;
  }
  if (oncePod && other) errs.push(forbidden(at, 'may not use ReadWriteOncePod with other access modes'));
}

function dataSource(errs: Errs, s: Obj, at: Path, opts: ClaimOptions): void {
  if (!s.name) errs.push(required(at.child('name'), ''));
  if (!s.kind) errs.push(required(at.child('kind'), ''));
  const group: string = s.apiGroup ?? '';
  if (group === '' && s.kind !== 'PersistentVolumeClaim') errs.push(invalid(at, s.kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  if (group !== '' && !opts.allowInvalidAPIGroup) complain(errs, at.child('apiGroup'), group, isDNS1123Subdomain(group));
  if (s.namespace) complain(errs, at.child('namespace'), s.namespace, nameIsDNSLabel(s.namespace, false));
}

export function claimSpec(errs: Errs, spec: Obj, at: Path, opts: ClaimOptions = NEW_CLAIM): void {
  if (list(spec.accessModes).length === 0) errs.push(required(at.child('accessModes'), 'at least 1 access mode is required'));
  validateLabelSelector(errs, spec.selector, at.child('selector'), opts.allowInvalidLabelValueInSelector);
  accessModes(errs, spec.accessModes, at.child('accessModes'));
  const storage = spec.resources?.requests?.storage;
  const rp = at.child('resources').key('storage');
  if (!has(storage)) errs.push(required(rp, ''));
  else if (quantitySign(storage) <= 0) errs.push(invalid(rp, canonicalQuantity(storage), 'must be greater than zero'));
  else resourceQuantity(errs, 'storage', storage, rp);
  if (spec.storageClassName) complain(errs, at.child('storageClassName'), spec.storageClassName, nameIsDNSSubdomain(spec.storageClassName, false));
  if (has(spec.volumeMode) && !VOLUME_MODES.includes(spec.volumeMode)) errs.push(notSupported(at.child('volumeMode'), spec.volumeMode, VOLUME_MODES));
  const source = spec.dataSource; const ref = spec.dataSourceRef;
  if (has(source)) dataSource(errs, source, at.child('dataSource'), opts);
  if (has(ref)) dataSource(errs, ref, at.child('dataSourceRef'), opts);
  // Upstream passes the path itself as the bad value; it prints as {}.
  if (has(ref) && ref.namespace) {
    if (has(source)) errs.push(invalid(at, {}, 'may not be specified when dataSourceRef.namespace is specified'));
  } else if (has(source) && has(ref)) {
    const same = (source.apiGroup ?? undefined) === (ref.apiGroup ?? undefined) && (source.kind ?? '') === (ref.kind ?? '') && (source.name ?? '') === (ref.name ?? '');
    if (!same) errs.push(invalid(at, {}, 'must match dataSourceRef'));
  }
  if (spec.volumeAttributesClassName) complain(errs, at.child('volumeAttributesClassName'), spec.volumeAttributesClassName, nameIsDNSSubdomain(spec.volumeAttributesClassName, false));
}

// ObjectMeta's other fields, in declaration order.
const FORBIDDEN_META = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp',
  'deletionGracePeriodSeconds', 'ownerReferences', 'finalizers', 'managedFields'];
const GO_NAME: Record<string, string> = { uid: 'uID' };

/** Upstream: ValidatePersistentVolumeClaimTemplate (of an ephemeral volume): only labels and annotations may be set. */
export function claimTemplate(errs: Errs, template: Obj, at: Path): void {
  templateMeta(errs, template.metadata ?? {}, at.child('metadata'));
  claimSpec(errs, template.spec ?? {}, at.child('spec'));
}

/** Upstream: ValidateTemplateObjectMeta. */
export function templateMeta(errs: Errs, meta: Obj, at: Path): void {
  validateAnnotations(errs, meta.annotations, at.child('annotations'));
  validateLabels(errs, meta.labels, at.child('labels'));
  for (const f of FORBIDDEN_META) if (has(meta[f]) && meta[f] !== '') errs.push(forbidden(at.child(GO_NAME[f] ?? f), 'cannot be set'));
}
