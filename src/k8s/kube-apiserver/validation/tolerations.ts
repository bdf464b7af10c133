/**
 * Tolerations of pods and taints of nodes.
 * Upstream: ValidateTolerations, validateTaintEffect, validateOnlyAddedTolerations, validateNodeTaints in pkg/apis/core/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../../apimachinery/field-error.ts';
import { isDecimalInteger, isValidLabelValue } from '../../apimachinery/validation-strings.ts';
import { complain, has, labelName, list, quote, type Errs, type Obj } from './field-checks.ts';
import { toInternal } from './internal-form.ts';
import type { PodOptions } from './pod-options.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Go's strconv.ParseInt(text, 10, 64) refusals; undefined if it parses. */
export function parseIntError(text: string, bits = 64): string | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return `strconv.ParseInt: parsing ${quote(text)}: invalid syntax`;
  const n = BigInt(text.replace(/^\+/, ''));
  const limit = 1n << BigInt(bits - 1);
  return n >= limit || n < -limit ? `strconv.ParseInt: parsing ${quote(text)}: value out of range` : undefined;
}

/** Upstream: ValidateTolerations. */
export function validateTolerations(errs: Errs, tolerations: Obj, at: Path, opts: PodOptions): void {
  list(tolerations).forEach((t, i) => {
    const p = at.index(i);
    const op = t.operator ?? '';
    if (t.key) labelName(errs, t.key, p.child('key'));
    else if (op !== 'Exists') errs.push(invalid(p.child('operator'), op, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'));
    if (has(t.tolerationSeconds) && t.effect !== 'NoExecute') errs.push(invalid(p.child('effect'), t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    const value: string = t.value ?? '';
    switch (op) {
      case 'Equal': case '': {
        const bad = isValidLabelValue(value);
        if (bad.length > 0) errs.push(invalid(p.child('operator'), value, bad.join(';')));
        break;
      }
      case 'Exists':
        if (value !== '') errs.push(invalid(p.child('operator'), value, "value must be empty when `operator` is 'Exists'"));
        break;
      case 'Lt': case 'Gt': {
        if (!opts.allowTolerationComparison) { errs.push(notSupported(p.child('operator'), op, ['Equal', 'Exists', 'Lt', 'Gt'])); break; }
        complain(errs, p.child('value'), value, isDecimalInteger(value));
        const bad = parseIntError(value);
        if (bad !== undefined) errs.push(invalid(p.child('value'), value, bad));
        break;
      }
      default: errs.push(notSupported(p.child('operator'), op, ['Equal', 'Exists']));
    }
    if (t.effect) taintEffect(errs, t.effect, true, p.child('effect'));
  });
}

function taintEffect(errs: Errs, effect: string, allowEmpty: boolean, at: Path): void {
  if (!allowEmpty && effect === '') errs.push(required(at, ''));
  else if (!EFFECTS.includes(effect)) errs.push(notSupported(at, effect, EFFECTS));
}

const sameToleration = (a: Obj, b: Obj): boolean =>
  (a.key ?? '') === (b.key ?? '') && (a.operator ?? '') === (b.operator ?? '') && (a.value ?? '') === (b.value ?? '') && (a.effect ?? '') === (b.effect ?? '');

/** Upstream: validateOnlyAddedTolerations: an update may add some and change tolerationSeconds. */
export function onlyAddedTolerations(errs: Errs, now: Obj, old: Obj, at: Path, opts: PodOptions): void {
  if (now === old) return;
  for (const o of list(old)) {
    if (!list(now).some((n) => sameToleration(n, o))) { errs.push(forbidden(at, 'existing toleration can not be modified except its tolerationSeconds')); return; }
  }
  validateTolerations(errs, now, at, opts);
}

/** Upstream: validateNodeTaints. */
export function validateTaints(errs: Errs, taints: Obj, at: Path): void {
  const seen = new Set<string>();
  list(taints).forEach((t, i) => {
    const p = at.index(i);
    labelName(errs, t.key ?? '', p.child('key'));
    const bad = isValidLabelValue(t.value ?? '');
    if (bad.length > 0) errs.push(invalid(p.child('value'), t.value, bad.join(';')));
    taintEffect(errs, t.effect ?? '', false, p.child('effect'));
    const key = (t.effect ?? '') + '\n' + (t.key ?? '');
    if (seen.has(key)) errs.push({ ...duplicate(p, toInternal('Taint', t)), detail: 'taints must be unique by key and effect pair' });
    seen.add(key);
  });
}
