/**
 * Numbers that may be percentages.
 * Upstream: ValidatePositiveIntOrPercent, IsNotMoreThan100Percent, getIntOrPercentValue in pkg/apis/apps/validation/validation.go
 * Left out: nothing.
 */
import type { Path } from '../../apimachinery/field-error.ts';
import { invalid } from '../../apimachinery/field-error.ts';
import { isValidPercent } from '../../apimachinery/validation-strings.ts';
import { complain, nonNegative, type Errs } from './field-checks.ts';

type IntOrString = number | string;

export function intOrPercent(errs: Errs, v: IntOrString, at: Path): void {
  if (typeof v === 'string') complain(errs, at, v, isValidPercent(v));
  else nonNegative(errs, v, at);
}

/** undefined if it is no percentage. */
export const percentValue = (v: IntOrString): number | undefined => typeof v === 'string' && isValidPercent(v).length === 0 ? Number(v.slice(0, -1)) : undefined;

/** A percentage's number, or the number; texts that are neither count as upstream's Atoi has them: 0 unless numeric. */
export function intOrPercentValue(v: IntOrString): number {
  const p = percentValue(v);
  if (p !== undefined) return p;
  return typeof v === 'number' ? v : /^[+-]?[0-9]+$/.test(v) ? Number(v) : 0;
}

export function notAbove100Percent(errs: Errs, v: IntOrString, at: Path): void {
  const p = percentValue(v);
  if (p !== undefined && p > 100) errs.push(invalid(at, v, 'must not be greater than 100%'));
}
