/**
 * Pods: create, update, and the sub-resources that change a stored pod.
 * Upstream: ValidatePodCreate, ValidatePodUpdate, ValidatePodEphemeralContainersUpdate, ValidatePodBinding in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { imageWhitespace } from './containers.ts';
import { has, list, quote, sortedKeys, type Errs, type Obj } from './field-checks.ts';
import { internalDiff, jsonEqual, semanticEqual, semanticMetaEqual, semanticPointerEqual, sortedMap, toInternal } from './internal-form.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { MIRROR_POD, podAnnotations, validatePodSpec } from './pod-spec.ts';
import { APPARMOR_PREFIX, profileAnnotationsMatchFields } from './security-context.ts';
import { onlyAddedTolerations } from './tolerations.ts';

const SPEC = path('spec');
const ANNOTATIONS = path('metadata', 'annotations');
const CONTAINERS = SPEC.child('containers');
const INIT = SPEC.child('initContainers');

function metadataAndSpec(errs: Errs, pod: Obj, opts: PodOptions): void {
  validateObjectMeta(errs, pod.metadata, true, nameIsDNSSubdomain);
  podAnnotations(errs, pod.metadata.annotations, pod.spec, ANNOTATIONS, opts);
  validatePodSpec(errs, pod.spec, pod.metadata, SPEC, opts);
  if (!pod.spec.serviceAccountName) {
    list(pod.spec.volumes).forEach((v, i) => list(v.projected?.sources).forEach((s, j) => {
      if (has(s.serviceAccountToken)) {
        errs.push(forbidden(SPEC.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken'), 'must not be specified when serviceAccountName is not set'));
      }
    }));
  }
  list(pod.spec.containers).forEach((c, i) => imageWhitespace(errs, c, CONTAINERS.index(i)));
  list(pod.spec.initContainers).forEach((c, i) => imageWhitespace(errs, c, INIT.index(i)));
}

export function validateCreate(pod: Obj): FieldError[] {
  const errs: FieldError[] = [];
  metadataAndSpec(errs, pod, podOptions(true));
  if (list(pod.spec.ephemeralContainers).length > 0) errs.push(forbidden(SPEC.child('ephemeralContainers'), 'cannot be set on create'));
  if (pod.spec.nodeName && list(pod.spec.schedulingGates).length > 0) errs.push(forbidden(SPEC.child('nodeName'), 'cannot be set until all schedulingGates have been cleared'));
  profileAnnotationsMatchFields(errs, pod.metadata.annotations, pod.spec, SPEC);
  return errs;
}

/** Upstream: ValidatePodSpecificAnnotationUpdates. */
export function annotationUpdates(errs: Errs, pod: Obj, old: Obj, opts: PodOptions): void {
  const now = pod.metadata.annotations; const before = old.metadata.annotations;
  if (now !== before) {
    for (const k of sortedKeys(before)) {
      if (now !== undefined && now[k] === before[k]) continue;
      if (k.startsWith(APPARMOR_PREFIX)) errs.push(forbidden(ANNOTATIONS.key(k), 'may not remove or update AppArmor annotations'));
      if (k === MIRROR_POD) errs.push(forbidden(ANNOTATIONS.key(k), 'may not remove or update mirror pod annotation'));
    }
    for (const k of sortedKeys(now)) {
      if (before !== undefined && Object.hasOwn(before, k)) continue;
      if (k.startsWith(APPARMOR_PREFIX)) errs.push(forbidden(ANNOTATIONS.key(k), 'may not add AppArmor annotations'));
      if (k === MIRROR_POD) errs.push(forbidden(ANNOTATIONS.key(k), 'may not add mirror pod annotation'));
    }
  }
  if (now !== undefined && (now !== before || pod.spec !== old.spec)) podAnnotations(errs, now, pod.spec, ANNOTATIONS, opts);
}

/** False if containers came or went: then nothing else is compared. */
function containerUpdates(errs: Errs, now: Obj, before: Obj, at: typeof CONTAINERS): boolean {
  if (list(now).length !== list(before).length) { errs.push(forbidden(at, 'pod updates may not add or remove containers')); return false; }
  list(now).forEach((c, i) => {
    if (!c.image) errs.push(required(at.index(i).child('image'), ''));
    imageWhitespace(errs, c, at.index(i));
  });
  return true;
}

const UPDATABLE = '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),'
  + '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

export function validateUpdate(pod: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const opts = podOptions(true, old.spec, old.metadata);
  validateObjectMetaUpdate(errs, pod.metadata, old.metadata);
  if (pod.spec !== old.spec || pod.metadata.name !== old.metadata.name) metadataAndSpec(errs, pod, opts);
  else {
    validateObjectMeta(errs, pod.metadata, true, nameIsDNSSubdomain);
    podAnnotations(errs, pod.metadata.annotations, pod.spec, ANNOTATIONS, opts);
  }
  annotationUpdates(errs, pod, old, opts);
  if (pod.spec === old.spec) return errs;
  const spec = pod.spec; const oldSpec = old.spec;
  if (!containerUpdates(errs, spec.containers, oldSpec.containers, CONTAINERS)) return errs;
  if (!containerUpdates(errs, spec.initContainers, oldSpec.initContainers, INIT)) return errs;
  const deadline = spec.activeDeadlineSeconds; const oldDeadline = oldSpec.activeDeadlineSeconds;
  const dp = SPEC.child('activeDeadlineSeconds');
  if (has(deadline)) {
    if (deadline < 0 || deadline > 2147483647) { errs.push(invalid(dp, deadline, 'must be between 0 and 2147483647, inclusive')); return errs; }
    if (has(oldDeadline) && oldDeadline < deadline) { errs.push(invalid(dp, deadline, 'must be less than or equal to previous value')); return errs; }
  } else if (has(oldDeadline)) errs.push(invalid(dp, null, 'must not update from a positive integer to nil value'));
  onlyAddedTolerations(errs, spec.tolerations, oldSpec.tolerations, SPEC.child('tolerations'), opts);
  const oldGates = new Set(list(oldSpec.schedulingGates).map((g) => g.name));
  list(spec.schedulingGates).forEach((g, i) => {
    if (!oldGates.has(g.name)) errs.push(forbidden(SPEC.child('schedulingGates').index(i).child('name'), `only deletion is allowed, but found new scheduling gate '${g.name ?? ''}'`));
  });
  if (jsonEqual(spec, oldSpec) || semanticEqual('PodSpec', spec, oldSpec)) return errs;
  const munged = mungedSpec(errs, spec, oldSpec);
  if (!semanticEqual('PodSpec', munged, oldSpec)) {
    errs.push(forbidden(SPEC, `pod updates may not change fields other than ${UPDATABLE}\n${internalDiff('PodSpec', oldSpec, munged)}`));
  }
  return errs;
}

const withImages = (now: Obj, before: Obj): Obj => now === undefined ? undefined : now.map((c: Obj, i: number) => ({ ...c, image: before[i].image }));

/** The new spec with every change undone that an update may make. */
function mungedSpec(errs: Errs, spec: Obj, old: Obj): Obj {
  const munged: Obj = {
    ...spec, containers: withImages(spec.containers, old.containers), initContainers: withImages(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds, schedulingGates: old.schedulingGates, tolerations: old.tolerations,
  };
  if (has(old.terminationGracePeriodSeconds) && old.terminationGracePeriodSeconds < 0 && munged.terminationGracePeriodSeconds === 1) munged.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds;
  if (list(old.schedulingGates).length === 0) return munged;
  if (!semanticMetaEqual(munged.nodeSelector ?? {}, old.nodeSelector ?? {})) {
    for (const k of Object.keys(old.nodeSelector ?? {})) {
      if (munged.nodeSelector?.[k] !== old.nodeSelector[k]) {
        errs.push(invalid(SPEC.child('nodeSelector'), sortedMap(munged.nodeSelector), 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'));
        break;
      }
    }
    munged.nodeSelector = old.nodeSelector;
  }
  const oldAffinity = old.affinity?.nodeAffinity; const affinity = munged.affinity?.nodeAffinity;
  if (!semanticPointerEqual(oldAffinity, affinity)) {
    nodeAffinityMutation(errs, affinity, oldAffinity);
    if (!has(munged.affinity)) { if (has(oldAffinity)) munged.affinity = { nodeAffinity: oldAffinity }; }
    else if (!has(old.affinity) && !has(munged.affinity.podAffinity) && !has(munged.affinity.podAntiAffinity)) munged.affinity = undefined;
    else munged.affinity = { ...munged.affinity, nodeAffinity: oldAffinity };
  }
  return munged;
}

/** Upstream: validateNodeAffinityMutation: a gated pod may only become pickier. */
function nodeAffinityMutation(errs: Errs, now: Obj, old: Obj): void {
  const FIELD = 'requiredDuringSchedulingIgnoredDuringExecution';
  if (!has(old?.[FIELD])) return;
  const oldTerms = list(old[FIELD].nodeSelectorTerms); const terms = list(now?.[FIELD]?.nodeSelectorTerms);
  const at = SPEC.child('affinity', 'nodeAffinity', FIELD, 'nodeSelectorTerms');
  if (oldTerms.length > 0 && oldTerms.length !== terms.length) { errs.push(invalid(at, terms.map((t) => toInternal('NodeSelectorTerm', t)), 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')); return; }
  const starts = (a: Obj, b: Obj): boolean => list(a).length >= list(b).length && list(b).every((x, i) => semanticMetaEqual(a[i], x));
  oldTerms.forEach((o, i) => {
    const t = terms[i];
    const oldEmpty = list(o.matchExpressions).length === 0 && list(o.matchFields).length === 0;
    const newEmpty = list(t.matchExpressions).length === 0 && list(t.matchFields).length === 0;
    if ((oldEmpty && !newEmpty) || !starts(t.matchExpressions, o.matchExpressions) || !starts(t.matchFields, o.matchFields)) {
      errs.push(invalid(at.index(i), toInternal('NodeSelectorTerm', t), 'only additions are allowed (no mutations or deletions)'));
    }
  });
}

/** The `ephemeralcontainers` sub-resource. */
export function validateEphemeralContainersUpdate(pod: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const opts = podOptions(true, old.spec, old.metadata);
  validateObjectMetaUpdate(errs, pod.metadata, old.metadata);
  metadataAndSpec(errs, pod, opts);
  annotationUpdates(errs, pod, old, opts);
  if (old.metadata.annotations?.[MIRROR_POD] !== undefined) return [forbidden(path(''), 'static pods do not support ephemeral containers')];
  const at = SPEC.child('ephemeralContainers');
  for (const o of list(old.spec.ephemeralContainers)) {
    const now = list(pod.spec.ephemeralContainers).findLast((c) => c.name === o.name);
    if (now === undefined) errs.push(forbidden(at, `existing ephemeral containers ${quote(o.name)} may not be removed\n`));
    else if (!semanticEqual('EphemeralContainer', o, now)) errs.push(forbidden(at, `existing ephemeral containers ${quote(o.name)} may not be changed\n${internalDiff('EphemeralContainer', o, now)}`));
  }
  return errs;
}

/** The `binding` sub-resource's body. */
export function validateBinding(binding: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const kind = binding.target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') errs.push(notSupported(path('target', 'kind'), kind, ['Node', '<empty>']));
  if (!binding.target?.name) errs.push(required(path('target', 'name'), ''));
  return errs;
}
