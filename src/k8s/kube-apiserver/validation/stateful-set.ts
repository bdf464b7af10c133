/**
 * StatefulSets.
 * Upstream: ValidateStatefulSet & co. in pkg/apis/apps/validation/validation.go, pkg/registry/apps/statefulset/strategy.go (warnings)
 * Left out: nothing (gate MaxUnavailableStatefulSet is off: the field is dropped before validation).
 */
import type { FieldError, Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, path, required } from '../../apimachinery/field-error.ts';
import { nameIsDNSLabel } from '../../apimachinery/validation-strings.ts';
import { isEmptySelector } from './affinity.ts';
import { dns1123Label, has, list, nonNegative, nonNegativeField, selectorMatches, selectorParses, validateLabelSelector, validateLabels, type Errs, type Obj } from './field-checks.ts';
import { intOrPercent, intOrPercentValue, notAbove100Percent } from './int-or-percent.ts';
import { jsonEqual, metaForm, semanticEqual, sortedMap, toInternal } from './internal-form.ts';
import { validateAnnotations, validateObjectMeta, validateObjectMetaUpdate } from './metadata.ts';
import { claimSpec } from './persistent-volume-claim-spec.ts';
import { podOptions, type PodOptions } from './pod-options.ts';
import { podAnnotations, validatePodTemplate } from './pod-spec.ts';
import { claimSpecWarnings, templateWarnings } from './pod-warnings.ts';
import { MISMATCH, collisionCount, counters, notAbove } from './workload.ts';

const SPEC = path('spec');
const TEMPLATE = SPEC.child('template');
const STATUS = path('status');

/** What an update does not look at again. */
interface SetOptions { readonly update: boolean; readonly skipTemplate: boolean }

function updateStrategy(errs: Errs, s: Obj, at: Path): void {
  const rolling = s?.rollingUpdate; const rp = at.child('rollingUpdate');
  switch (s?.type ?? '') {
    case '': errs.push(required(at, '')); break;
    case 'OnDelete':
      if (has(rolling)) errs.push(invalid(rp, toInternal('apps.RollingUpdateStatefulSetStrategy', rolling), "only allowed for updateStrategy 'RollingUpdate'"));
      break;
    case 'RollingUpdate':
      if (!has(rolling)) break;
      nonNegative(errs, rolling.partition, rp.child('partition'));
      if (!has(rolling.maxUnavailable)) break;
      intOrPercent(errs, rolling.maxUnavailable, rp.child('maxUnavailable'));
      if (intOrPercentValue(rolling.maxUnavailable) === 0) errs.push(invalid(rp.child('maxUnavailable'), rolling.maxUnavailable, 'cannot be 0'));
      notAbove100Percent(errs, rolling.maxUnavailable, rp.child('maxUnavailable'));
      break;
    default: errs.push(invalid(at, toInternal('apps.StatefulSetUpdateStrategy', s), "must be 'RollingUpdate' or 'OnDelete'"));
  }
}

/** The template as its pods will be: claims stand in for volumes, host names are the set's. */
function podsTemplate(spec: Obj): Obj {
  const template = spec.template ?? {};
  const claims = list(spec.volumeClaimTemplates);
  if (claims.length === 0 && !template.spec?.subdomain && !template.spec?.hostname) return template;
  const { subdomain, hostname, ...pod } = template.spec ?? {};
  void subdomain; void hostname;
  if (claims.length === 0) return { ...template, spec: pod };
  const names = new Set<string>(claims.map((c) => c.metadata?.name ?? ''));
  const volumes = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...pod, volumes: [...volumes, ...list(pod.volumes).filter((v) => !names.has(v.name ?? ''))] } };
}

function validateSpec(errs: Errs, spec: Obj, opts: PodOptions, set: SetOptions): void {
  const management: string = spec.podManagementPolicy ?? ''; const mp = SPEC.child('podManagementPolicy');
  if (management === '') errs.push(required(mp, ''));
  else if (management !== 'OrderedReady' && management !== 'Parallel') errs.push(invalid(mp, management, "must be 'OrderedReady' or 'Parallel'"));
  updateStrategy(errs, spec.updateStrategy, SPEC.child('updateStrategy'));
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  if (has(retention)) {
    for (const f of ['whenDeleted', 'whenScaled']) {
      const v = retention[f] ?? '';
      if (v !== 'Retain' && v !== 'Delete') errs.push(notSupported(SPEC.child('persistentVolumeClaimRetentionPolicy').child(f), v, ['Retain', 'Delete']));
    }
  }
  if (!set.update) list(spec.volumeClaimTemplates).forEach((c, i) => claimSpec(errs, c.spec ?? {}, SPEC.child('volumeClaimTemplates').index(i).child('spec')));
  nonNegativeField(errs, spec, 'replicas', SPEC);
  nonNegativeField(errs, spec, 'minReadySeconds', SPEC);
  if (has(spec.ordinals)) nonNegative(errs, spec.ordinals.start, SPEC.child('ordinals.start'));
  if (!set.update && spec.serviceName) dns1123Label(errs, spec.serviceName, SPEC.child('serviceName'));
  const selector = spec.selector;
  if (!has(selector)) errs.push(required(SPEC.child('selector'), ''));
  else {
    validateLabelSelector(errs, selector, SPEC.child('selector'));
    if (isEmptySelector(selector)) errs.push(invalid(SPEC.child('selector'), metaForm(selector), 'empty selector is invalid for statefulset'));
  }
  if (!selectorParses(selector)) errs.push(invalid(SPEC.child('selector'), metaForm(selector), ''));
  else {
    const template = podsTemplate(spec); const meta = template.metadata ?? {};
    if ((!has(selector) || !isEmptySelector(selector)) && !selectorMatches(selector, meta.labels)) errs.push(invalid(TEMPLATE.child('metadata', 'labels'), sortedMap(meta.labels), MISMATCH));
    if (!set.skipTemplate) validatePodTemplate(errs, template, TEMPLATE, opts);
    validateLabels(errs, meta.labels, TEMPLATE.child('labels'));
    validateAnnotations(errs, meta.annotations, TEMPLATE.child('annotations'));
    podAnnotations(errs, meta.annotations, template.spec ?? {}, TEMPLATE.child('annotations'), opts);
  }
  const policy = spec.template?.spec?.restartPolicy ?? '';
  if (policy !== 'Always') errs.push(notSupported(TEMPLATE.child('spec', 'restartPolicy'), policy, ['Always']));
  if (has(spec.template?.spec?.activeDeadlineSeconds)) errs.push(forbidden(TEMPLATE.child('spec', 'activeDeadlineSeconds'), 'activeDeadlineSeconds in StatefulSet is not Supported'));
}

export function validateCreate(s: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMeta(errs, s.metadata, true, nameIsDNSLabel);
  validateSpec(errs, s.spec, podOptions(false), { update: false, skipTemplate: false });
  return errs;
}

const MUTABLE = ['replicas', 'template', 'updateStrategy', 'minReadySeconds', 'ordinals', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy'];

export function validateUpdate(s: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  validateObjectMetaUpdate(errs, s.metadata, old.metadata);
  if (s.spec === old.spec) return errs;
  const opts = podOptions(false, old.spec.template?.spec ?? {}, old.spec.template?.metadata ?? {});
  // A template that was wrong already may stay.
  const before: FieldError[] = [];
  validateSpec(before, old.spec, opts, { update: true, skipTemplate: false });
  validateSpec(errs, s.spec, opts, { update: true, skipTemplate: before.length > 0 });
  const kept = { ...s.spec };
  for (const f of MUTABLE) kept[f] = old.spec[f];
  if (!jsonEqual(kept, old.spec) && !semanticEqual('apps.StatefulSetSpec', kept, old.spec)) {
    errs.push(forbidden(SPEC, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"));
  }
  return errs;
}

export function validateStatusUpdate(s: Obj, old: Obj): FieldError[] {
  const errs: FieldError[] = [];
  const status = s.status ?? {};
  counters(errs, status, STATUS, ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration', 'collisionCount']);
  notAbove(errs, status, STATUS, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'], 'replicas', 'cannot be greater than status.replicas');
  notAbove(errs, status, STATUS, ['availableReplicas'], 'readyReplicas', 'cannot be greater than status.readyReplicas');
  validateObjectMetaUpdate(errs, s.metadata, old.metadata);
  collisionCount(errs, status, old.status, STATUS);
  return errs;
}

export function warnings(s: Obj, old?: Obj): string[] {
  const out = old !== undefined && (s.metadata.generation ?? 0) === (old.metadata.generation ?? 0) ? [] : templateWarnings(s.spec.template, TEMPLATE);
  list(s.spec.volumeClaimTemplates).forEach((c, i) => {
    const at = SPEC.child('volumeClaimTemplates').index(i);
    out.push(...claimSpecWarnings(c.spec, old === undefined ? at : at.child('Spec')));
  });
  if (has(s.spec.revisionHistoryLimit) && s.spec.revisionHistoryLimit < 0) out.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended');
  return out;
}
