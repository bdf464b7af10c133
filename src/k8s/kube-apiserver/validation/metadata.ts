/**
 * ObjectMeta on create and update.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go, pkg/apis/meta/v1/validation/validation.go (managed fields),
 *   pkg/apis/core/validation/validation.go (validateKubeFinalizerName)
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, path, required, tooLong } from '../../apimachinery/field-error.ts';
import { isQualifiedName, nameIsDNSLabel, type NameCheck } from '../../apimachinery/validation-strings.ts';
import { compareStrings, utf8Length } from '../../apimachinery/utf8.ts';
import { asciiLower, complain, list, nonNegative, quote, sortedKeys, validateLabels, type Errs, type Obj } from './field-checks.ts';
import { jsonEqual, semanticMetaEqual } from './internal-form.ts';

const META = path('metadata');
const ANNOTATION_LIMIT = 256 * 1024;

/** Upstream: ValidateAnnotations. */
export function validateAnnotations(errs: Errs, annotations: Obj, at: Path): void {
  if (annotations === undefined || annotations === null) return;
  let total = 0;
  for (const k of sortedKeys(annotations)) {
    complain(errs, at, k, isQualifiedName(asciiLower(k)));
    total += utf8Length(k) + utf8Length(annotations[k] ?? '');
  }
  if (total > ANNOTATION_LIMIT) errs.push(tooLong(at, '', ANNOTATION_LIMIT));
}

function ownerForm(r: Obj): Obj {
  return { apiVersion: r.apiVersion ?? '', kind: r.kind ?? '', name: r.name ?? '', uid: r.uid ?? '',
    ...(r.controller === undefined ? {} : { controller: r.controller }), ...(r.blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion: r.blockOwnerDeletion }) };
}

/** Upstream: ValidateOwnerReferences. */
export function validateOwnerReferences(errs: Errs, refs: Obj, at: Path): void {
  let first = '';
  for (const r of list(refs)) {
    const apiVersion: string = r.apiVersion ?? '';
    const slash = apiVersion.indexOf('/');
    // More than one slash makes no group and version, as upstream's ParseGroupVersion has it.
    const version = apiVersion.indexOf('/', slash + 1) > slash ? '' : apiVersion.slice(slash + 1);
    if (version === '') errs.push(invalid(at.child('apiVersion'), apiVersion, 'version must not be empty'));
    if (!r.kind) errs.push(invalid(at.child('kind'), '', 'must not be empty'));
    if (!r.name) errs.push(invalid(at.child('name'), '', 'must not be empty'));
    if (!r.uid) errs.push(invalid(at.child('uid'), '', 'must not be empty'));
    if (apiVersion === 'v1' && r.kind === 'Event') errs.push(invalid(at, ownerForm(r), '/v1, Kind=Event is disallowed from being an owner'));
    if (r.controller === true) {
      const name = (r.kind ?? '') + '/' + (r.name ?? '');
      if (first !== '') errs.push(invalid(at, list(refs).map(ownerForm), `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${name}`));
      else first = name;
    }
  }
}

function validateFinalizers(errs: Errs, finalizers: Obj, at: Path): void {
  let orphan = false; let foreground = false;
  for (const f of list(finalizers)) {
    complain(errs, at, f, isQualifiedName(f));
    if (f === 'orphan') orphan = true;
    if (f === 'foregroundDeletion') foreground = true;
  }
  if (orphan && foreground) errs.push(invalid(at, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
}

/** Upstream: validateKubeFinalizerName. */
export function kubeFinalizerName(errs: Errs, name: string, at: Path): void {
  if (!name.includes('/') && name !== 'kubernetes' && name !== 'orphan' && name !== 'foregroundDeletion') {
    errs.push(invalid(at, name, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
}

/** Field manager names: at most 128 bytes, printable. */
function validateManager(errs: Errs, manager: string, at: Path): void {
  if (utf8Length(manager) > 128) errs.push(tooLong(at, '', 128));
  let offset = 0;
  for (const ch of manager) {
    const code = ch.codePointAt(0) as number;
    if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad) {
      const hex = code.toString(16).padStart(4, '0').replace(/[a-f]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 32));
      errs.push(invalid(at, manager, `invalid character U+${hex} (at position ${offset})`));
    }
    offset += utf8Length(ch);
  }
}

function validateManagedFields(errs: Errs, entries: Obj, at: Path): void {
  const all = list(entries);
  for (let i = 0; i < all.length; i++) {
    const e = all[i];
    if (e.operation === 'Update' || e.operation === 'Apply') {
      if ((e.fieldsType === 'FieldsV1' || !e.fieldsType) && (e.subresource ?? '').length <= 85 && (e.manager ?? '').length <= 42 && /^[ -~]*$/.test(e.manager ?? '')) continue;
    } else errs.push(invalid(at.index(i).child('operation'), e.operation ?? '', 'must be `Apply` or `Update`'));
    const ep = at.index(i);
    if (e.fieldsType && e.fieldsType !== 'FieldsV1') errs.push(invalid(ep.child('fieldsType'), e.fieldsType, 'must be `FieldsV1`'));
    validateManager(errs, e.manager ?? '', ep.child('manager'));
    if (utf8Length(e.subresource ?? '') > 256) errs.push(tooLong(ep.child('subresource'), '', 256));
  }
}

/** Upstream: ValidateObjectMeta, with core's check of finalizer names unless `coreFinalizers` is false (coordination, admissionregistration …). */
export function validateObjectMeta(errs: Errs, meta: Obj, namespaced: boolean, nameCheck: NameCheck, at: Path = META, coreFinalizers = true): void {
  if (meta.generateName) complain(errs, at.child('generateName'), meta.generateName, nameCheck(meta.generateName, true));
  if (!meta.name) errs.push(required(at.child('name'), 'name or generateName is required'));
  else {
    const bad = nameCheck(meta.name, false);
    if (bad.length > 0) complain(errs, at.child('name'), meta.name, bad);
  }
  validateRest(errs, meta, namespaced, at);
  if (coreFinalizers && meta.finalizers !== undefined) list(meta.finalizers).forEach((f, i) => kubeFinalizerName(errs, f, at.child('finalizers').index(i)));
}

function validateRest(errs: Errs, meta: Obj, namespaced: boolean, at: Path): void {
  if (namespaced) {
    if (!meta.namespace) errs.push(required(at.child('namespace'), ''));
    else complain(errs, at.child('namespace'), meta.namespace, nameIsDNSLabel(meta.namespace, false));
  } else if (meta.namespace) errs.push(forbidden(at.child('namespace'), 'not allowed on this type'));
  nonNegative(errs, meta.generation, at.child('generation'));
  if (meta.labels !== undefined) validateLabels(errs, meta.labels, at.child('labels'));
  if (meta.annotations !== undefined) validateAnnotations(errs, meta.annotations, at.child('annotations'));
  if (meta.ownerReferences !== undefined) validateOwnerReferences(errs, meta.ownerReferences, at.child('ownerReferences'));
  if (meta.finalizers !== undefined) validateFinalizers(errs, meta.finalizers, at.child('finalizers'));
  if (meta.managedFields !== undefined) validateManagedFields(errs, meta.managedFields, at.child('managedFields'));
}

const IMMUTABLE = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

/** Upstream: ValidateObjectMetaUpdate. Labels, annotations, owners and managed fields that are the old ones by reference are not looked at again. */
export function validateObjectMetaUpdate(errs: Errs, meta: Obj, old: Obj, at: Path = META, coreFinalizers = true): void {
  if (old.deletionTimestamp !== undefined && meta.finalizers !== old.finalizers) {
    const before = new Set<string>(list(old.finalizers));
    const extra = [...new Set<string>(list(meta.finalizers))].filter((f) => !before.has(f)).sort(compareStrings);
    if (extra.length > 0) {
      errs.push(forbidden(at.child('finalizers'), `no new finalizers can be added if the object is being deleted, found new finalizers []string{${extra.map(quote).join(', ')}}`));
    }
  }
  if (!meta.resourceVersion) errs.push(invalid(at.child('resourceVersion'), '', 'must be specified for an update'));
  if ((meta.generation ?? 0) < (old.generation ?? 0)) errs.push(invalid(at.child('generation'), meta.generation ?? 0, 'must not be decremented'));
  for (const f of IMMUTABLE) {
    if (meta[f] !== old[f] && !(!meta[f] && !old[f] && typeof (meta[f] ?? old[f]) === 'string')) {
      const zero = f === 'deletionGracePeriodSeconds' || f === 'creationTimestamp' || f === 'deletionTimestamp' ? null : '';
      errs.push(invalid(at.child(f), meta[f] ?? zero, 'field is immutable'));
    }
  }
  if (meta.labels !== old.labels) validateLabels(errs, meta.labels, at.child('labels'));
  if (meta.annotations !== old.annotations) validateAnnotations(errs, meta.annotations, at.child('annotations'));
  if (meta.ownerReferences !== old.ownerReferences) validateOwnerReferences(errs, meta.ownerReferences, at.child('ownerReferences'));
  if (meta.managedFields !== old.managedFields) validateManagedFields(errs, meta.managedFields, at.child('managedFields'));
  if (coreFinalizers && meta.finalizers !== old.finalizers) list(meta.finalizers).forEach((f, i) => kubeFinalizerName(errs, f, at.child('finalizers').index(i)));
}

/** Upstream: ValidateImmutableField of a scalar or of plain JSON; `shown` is what the error prints. */
export function immutableField(errs: Errs, value: Obj, old: Obj, at: Path, shown: Obj = value): void {
  if (value === old || jsonEqual(value, old) || semanticMetaEqual(value, old)) return;
  errs.push(invalid(at, shown === undefined ? null : shown, 'field is immutable'));
}
