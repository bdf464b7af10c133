/**
 * Node affinity, pod affinity and node selectors.
 * Upstream: validateAffinity, ValidateNodeSelector, validatePodAffinityTerm, ValidateMatchLabelKeysAndMismatchLabelKeys in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, required } from '../../apimachinery/field-error.ts';
import { isValidLabelValue, nameIsDNSLabel, nameIsDNSSubdomain } from '../../apimachinery/validation-strings.ts';
import { complain, has, labelName, list, size, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import type { PodOptions } from './pod-options.ts';

function nodeSelectorRequirement(errs: Errs, r: Obj, allowInvalidValues: boolean, at: Path): void {
  const n = list(r.values).length;
  switch (r.operator) {
    case 'In': case 'NotIn':
      if (n === 0) errs.push(required(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists': case 'DoesNotExist':
      if (n > 0) errs.push(forbidden(at.child('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt': case 'Lt':
      if (n !== 1) errs.push(required(at.child('values'), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default: errs.push(invalid(at.child('operator'), r.operator ?? '', 'not a valid selector operator'));
  }
  labelName(errs, r.key ?? '', at.child('key'));
  if (!allowInvalidValues) list(r.values).forEach((v, i) => complain(errs, at.child('values').index(i), v, isValidLabelValue(v)));
}

function nodeFieldRequirement(errs: Errs, r: Obj, at: Path): void {
  if (r.operator === 'In' || r.operator === 'NotIn') {
    if (list(r.values).length !== 1) errs.push(required(at.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  } else errs.push(invalid(at.child('operator'), r.operator ?? '', 'not a valid selector operator'));
  if (r.key !== 'metadata.name') errs.push(invalid(at.child('key'), r.key ?? '', 'not a valid field selector key'));
  else list(r.values).forEach((v, i) => complain(errs, at.child('values').index(i), v, nameIsDNSSubdomain(v, false)));
}

function nodeSelectorTerm(errs: Errs, term: Obj, allowInvalidValues: boolean, at: Path): void {
  list(term?.matchExpressions).forEach((r, i) => nodeSelectorRequirement(errs, r, allowInvalidValues, at.child('matchExpressions').index(i)));
  list(term?.matchFields).forEach((r, i) => nodeFieldRequirement(errs, r, at.child('matchFields').index(i)));
}

/** Upstream: ValidateNodeSelector. */
export function validateNodeSelector(errs: Errs, selector: Obj, allowInvalidValues: boolean, at: Path): void {
  const p = at.child('nodeSelectorTerms');
  const terms = list(selector.nodeSelectorTerms);
  if (terms.length === 0) errs.push(required(p, 'must have at least one node selector term'));
  terms.forEach((t, i) => nodeSelectorTerm(errs, t, allowInvalidValues, p.index(i)));
}

/** Upstream: ValidateTopologySelectorTerm. Returns the values by key. */
export function validateTopologySelectorTerm(errs: Errs, term: Obj, at: Path): Map<string, Set<string>> {
  const byKey = new Map<string, Set<string>>();
  list(term.matchLabelExpressions).forEach((r, i) => {
    const p = at.child('matchLabelExpressions').index(i);
    const values = new Set<string>();
    if (list(r.values).length === 0) errs.push(required(p.child('values'), ''));
    list(r.values).forEach((v, j) => { if (values.has(v)) errs.push(duplicate(p.child('values').index(j), v)); values.add(v); });
    labelName(errs, r.key ?? '', p.child('key'));
    if (byKey.has(r.key ?? '')) errs.push(duplicate(p.child('key'), r.key ?? ''));
    byKey.set(r.key ?? '', values);
  });
  return byKey;
}

/** Upstream: ValidatePodAffinityTermSelector. */
export function podAffinityTermSelectors(errs: Errs, term: Obj, allowInvalidValues: boolean, at: Path): void {
  validateLabelSelector(errs, term.labelSelector, at.child('labelSelector'), allowInvalidValues);
  validateLabelSelector(errs, term.namespaceSelector, at.child('namespaceSelector'), allowInvalidValues);
}

function podAffinityTerm(errs: Errs, term: Obj, allowInvalidValues: boolean, at: Path): void {
  podAffinityTermSelectors(errs, term, allowInvalidValues, at);
  for (const n of list(term.namespaces)) complain(errs, at.child('namespace'), n, nameIsDNSLabel(n, false));
  matchAndMismatchLabelKeys(errs, at, term.matchLabelKeys, term.mismatchLabelKeys, term.labelSelector);
  if (!term.topologyKey) errs.push(required(at.child('topologyKey'), 'can not be empty'));
  labelName(errs, term.topologyKey ?? '', at.child('topologyKey'));
}

function labelKeys(errs: Errs, at: Path, keys: Obj, selector: Obj): void {
  if (list(keys).length === 0) return;
  if (!has(selector)) { errs.push(forbidden(at, 'must not be specified when labelSelector is not set')); return; }
  list(keys).forEach((k, i) => labelName(errs, k, at.index(i)));
}

/** Upstream: ValidateMatchLabelKeysAndMismatchLabelKeys. */
export function matchAndMismatchLabelKeys(errs: Errs, at: Path, match: Obj, mismatch: Obj, selector: Obj): void {
  if (list(match).length === 0 && list(mismatch).length === 0) return;
  labelKeys(errs, at.child('matchLabelKeys'), match, selector);
  labelKeys(errs, at.child('mismatchLabelKeys'), mismatch, selector);
  if (has(selector)) {
    // The server merges matchLabelKeys into the selector's expressions; a key that was there before as well is found twice.
    const position = new Map<string, number>();
    list(match).forEach((k, i) => position.set(k, i));
    const seen = new Set<string>(Object.keys(selector.matchLabels ?? {}));
    for (const e of list(selector.matchExpressions)) {
      const i = position.get(e.key);
      if (i !== undefined && seen.has(e.key)) errs.push(invalid(at.index(i), e.key, 'exists in both matchLabelKeys and labelSelector'));
      seen.add(e.key);
    }
  }
  list(match).forEach((k, i) => {
    if (list(mismatch).includes(k)) errs.push(invalid(at.child('matchLabelKeys').index(i), k, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
}

function weight(errs: Errs, w: number | undefined, at: Path): void {
  const v = w ?? 0;
  if (v <= 0 || v > 100) errs.push(invalid(at.child('weight'), v, 'must be in the range 1-100'));
}

function podAffinity(errs: Errs, a: Obj, opts: PodOptions, at: Path): void {
  list(a.requiredDuringSchedulingIgnoredDuringExecution).forEach((t, i) =>
    podAffinityTerm(errs, t, opts.allowInvalidLabelValueInSelector, at.child('requiredDuringSchedulingIgnoredDuringExecution').index(i)));
  list(a.preferredDuringSchedulingIgnoredDuringExecution).forEach((t, i) => {
    const p = at.child('preferredDuringSchedulingIgnoredDuringExecution').index(i);
    weight(errs, t.weight, p);
    podAffinityTerm(errs, t.podAffinityTerm ?? {}, opts.allowInvalidLabelValueInSelector, p.child('podAffinityTerm'));
  });
}

/** Upstream: validateAffinity. */
export function validateAffinity(errs: Errs, affinity: Obj, opts: PodOptions, at: Path): void {
  if (!has(affinity)) return;
  const node = affinity.nodeAffinity;
  if (has(node)) {
    const p = at.child('nodeAffinity');
    if (has(node.requiredDuringSchedulingIgnoredDuringExecution)) {
      validateNodeSelector(errs, node.requiredDuringSchedulingIgnoredDuringExecution, opts.allowInvalidLabelValueInRequiredNodeAffinity, p.child('requiredDuringSchedulingIgnoredDuringExecution'));
    }
    list(node.preferredDuringSchedulingIgnoredDuringExecution).forEach((t, i) => {
      const tp = p.child('preferredDuringSchedulingIgnoredDuringExecution').index(i);
      weight(errs, t.weight, tp);
      nodeSelectorTerm(errs, t.preference, true, tp.child('preference'));
    });
  }
  if (has(affinity.podAffinity)) podAffinity(errs, affinity.podAffinity, opts, at.child('podAffinity'));
  if (has(affinity.podAntiAffinity)) podAffinity(errs, affinity.podAntiAffinity, opts, at.child('podAntiAffinity'));
}

/** Whether some value of a required term is no label value: such pods may go on to have them. */
export function hasInvalidLabelValue(terms: Obj): boolean {
  return list(terms).some((t) => list(t.matchExpressions).some((e) => list(e.values).some((v) => isValidLabelValue(v).length > 0)));
}

/** Whether a label selector selects nothing in particular: no labels, no expressions. */
export const isEmptySelector = (s: Obj): boolean => size(s.matchLabels) + list(s.matchExpressions).length === 0;
