/**
 * Quantities as they stand in objects (texts, or numbers a stranger wrote), for the rules about resources.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go
 * Left out: arithmetic beyond what validation needs; it is in apimachinery.
 */
import {
  addQuantities as add, compareQuantities as compare, milliValue, parseQuantity, quantity, quantityText, signOf, wholeValue, type Quantity,
} from '../../apimachinery/quantity.ts';

type Text = string | number | undefined | null;

const of = (v: Text): Quantity => quantity(v);

export const compareQuantities = (a: Text, b: Text): number => compare(of(a), of(b));
export const quantitySign = (v: Text): number => signOf(of(v));
/** Upstream: Quantity.String(). */
export const canonicalQuantity = (v: Text): string => quantityText(of(v));
/** No fraction beyond thousandths is lost: a tenth of a thousandth counts as one. */
export const isWhole = (v: Text): boolean => milliValue(of(v)) % 1000 === 0;
export const quantityValue = (v: Text): number => wholeValue(of(v));
export const quantityMilliValue = (v: Text): number => milliValue(of(v));
export const addQuantities = (a: Text, b: Text): string => quantityText(add(of(a), of(b)));
export const maxQuantity = (a: string, b: string): string => (compareQuantities(a, b) >= 0 ? a : b);

/** Upstream: IsHugePageResourceValueDivisible; `unit` is the page size in the resource's name. */
export function isDivisible(v: Text, unit: string): boolean {
  const page = parseQuantity(unit).value;
  if (page === undefined || signOf(page) <= 0 || milliValue(page) % 1000 !== 0) return false;
  return wholeValue(of(v)) % wholeValue(page) === 0;
}
