/**
 * Topology spread constraints.
 * Upstream: validateTopologySpreadConstraints in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts';
import { matchAndMismatchLabelKeys } from './affinity.ts';
import { has, labelName, list, positive, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import type { PodOptions } from './pod-options.ts';

function inclusionPolicy(errs: Errs, policy: Obj, at: Path): void {
  if (has(policy) && policy !== 'Honor' && policy !== 'Ignore') errs.push(notSupported(at, policy, ['Honor', 'Ignore']));
}

// Upstream: ValidateMatchLabelKeysInTopologySpread, for pods made before keys were merged into the selector.
function unmergedLabelKeys(errs: Errs, at: Path, keys: Obj, selector: Obj): void {
  if (list(keys).length === 0) return;
  const taken = new Set<string>();
  if (has(selector)) {
    for (const k of Object.keys(selector.matchLabels ?? {})) taken.add(k);
    for (const e of list(selector.matchExpressions)) taken.add(e.key);
  } else errs.push(forbidden(at, 'must not be specified when labelSelector is not set'));
  list(keys).forEach((k, i) => {
    labelName(errs, k, at.index(i));
    if (taken.has(k)) errs.push(invalid(at.index(i), k, 'exists in both matchLabelKeys and labelSelector'));
  });
}

export function validateTopologySpread(errs: Errs, constraints: Obj, at: Path, opts: PodOptions): void {
  const all = list(constraints);
  all.forEach((c, i) => {
    const p = at.index(i);
    const when = c.whenUnsatisfiable ?? '';
    positive(errs, c.maxSkew, p.child('maxSkew'));
    if (!c.topologyKey) errs.push(required(p.child('topologyKey'), 'can not be empty'));
    if (when !== 'DoNotSchedule' && when !== 'ScheduleAnyway') errs.push(notSupported(p.child('whenUnsatisfiable'), when, ['DoNotSchedule', 'ScheduleAnyway']));
    if (all.slice(i + 1).some((o) => (o.topologyKey ?? '') === (c.topologyKey ?? '') && (o.whenUnsatisfiable ?? '') === when)) {
      errs.push(duplicate(p.child('{topologyKey, whenUnsatisfiable}'), `{${c.topologyKey ?? ''}, ${when}}`));
    }
    if (has(c.minDomains)) {
      const mp = p.child('minDomains');
      positive(errs, c.minDomains, mp);
      if (when !== 'DoNotSchedule') errs.push(invalid(mp, c.minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${when}`));
    }
    inclusionPolicy(errs, c.nodeAffinityPolicy, p.child('nodeAffinityPolicy'));
    inclusionPolicy(errs, c.nodeTaintsPolicy, p.child('nodeTaintsPolicy'));
    if (opts.oldViolatesMatchLabelKeys) unmergedLabelKeys(errs, p.child('matchLabelKeys'), c.matchLabelKeys, c.labelSelector);
    else matchAndMismatchLabelKeys(errs, p, c.matchLabelKeys, undefined, c.labelSelector);
    if (!opts.allowInvalidTopologySpreadSelector) validateLabelSelector(errs, c.labelSelector, p.child('labelSelector'));
  });
}
