/**
 * What workloads share: selector and template, status counters, the warning about names.
 * Upstream: ValidatePodTemplateSpecForReplicaSet and status checks in pkg/apis/apps/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts';
import { isDNS1123Label } from '../../apimachinery/validation-strings.ts';
import { isEmptySelector } from './affinity.ts';
import { has, selectorMatches, selectorParses, validateLabelSelector, type Errs, type Obj } from './field-checks.ts';
import type { PodOptions } from './pod-options.ts';
import { validatePodTemplate } from './pod-spec.ts';
import { metaForm, semanticPointerEqual, sortedMap } from './internal-form.ts';

export const MISMATCH = '`selector` does not match template `labels`';

/** Only Always, no deadline: what every controller that keeps pods running asks. `kind` names it in the error. */
export function runsForever(errs: Errs, template: Obj, at: Path, kind: string): void {
  const policy = template.spec?.restartPolicy ?? '';
  if (policy !== 'Always') errs.push(notSupported(at.child('spec', 'restartPolicy'), policy, ['Always']));
  if (has(template.spec?.activeDeadlineSeconds)) errs.push(forbidden(at.child('spec', 'activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`));
}

/** Selector and template of ReplicaSets and Deployments. `unchanged`: the template is the old one and needs no second look. */
export function selectorAndTemplate(errs: Errs, spec: Obj, at: Path, opts: PodOptions, noun: string, unchanged: boolean): void {
  const selector = spec.selector;
  if (!has(selector)) errs.push(required(at.child('selector'), ''));
  else {
    validateLabelSelector(errs, selector, at.child('selector'));
    if (isEmptySelector(selector)) errs.push(invalid(at.child('selector'), metaForm(selector), `empty selector is invalid for ${noun}`));
  }
  if (!selectorParses(selector)) { errs.push(invalid(at.child('selector'), metaForm(selector), 'invalid label selector')); return; }
  const template = spec.template ?? {};
  const tp = at.child('template');
  // An absent selector selects nothing, an empty one everything.
  if ((!has(selector) || !isEmptySelector(selector)) && !selectorMatches(selector, template.metadata?.labels)) {
    errs.push(invalid(tp.child('metadata', 'labels'), sortedMap(template.metadata?.labels), MISMATCH));
  }
  if (unchanged) return;
  validatePodTemplate(errs, template, tp, opts);
  runsForever(errs, template, tp, 'ReplicaSet');
}

/** Counters of a status may not be negative. */
export function counters(errs: Errs, status: Obj, at: Path, fields: readonly string[]): void {
  for (const f of fields) if ((status[f] ?? 0) < 0) errs.push(invalid(at.child(f), status[f], 'must be greater than or equal to 0'));
}

export function notAbove(errs: Errs, status: Obj, at: Path, fields: readonly string[], limit: string, why: string): void {
  for (const f of fields) if ((status[f] ?? 0) > (status[limit] ?? 0)) errs.push(invalid(at.child(f), status[f] ?? 0, why));
}

/** Upstream: IsDecremented. */
export function collisionCount(errs: Errs, status: Obj, old: Obj, at: Path): void {
  const now = status.collisionCount; const before = old?.collisionCount;
  if (has(before) && (!has(now) || now < before)) errs.push(invalid(at.child('collisionCount'), now ?? 0, 'cannot be decremented'));
}

/** Selectors are pointers upstream: nil and empty differ. */
export function immutableSelector(errs: Errs, now: Obj, old: Obj, at: Path): void {
  if (!semanticPointerEqual(now, old)) errs.push(invalid(at, metaForm(now), 'field is immutable'));
}

/** A name over 63 characters or with dots is allowed, but pods' names and host names come from it. */
export function nameWarning(obj: Obj): string[] {
  const bad = isDNS1123Label(obj.metadata.name ?? '');
  return bad.length === 0 ? [] : [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${bad.join(' ')}]`];
}
