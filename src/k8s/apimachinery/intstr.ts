/**
 * Fields that hold a number or a text: ports, maxSurge, `25%`.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go
 * Left out: the deprecated GetValueFromIntOrPercent.
 */
import { goQuote } from './goquote.ts';
import type { Parsed } from './parsed.ts';

export type IntOrString = number | string;

export function intstrText(v: IntOrString): string { return String(v); }

function atoi(text: string): Parsed<number> {
  if (!/^[+-]?[0-9]+$/.test(text)) return { error: `strconv.Atoi: parsing ${goQuote(text)}: invalid syntax` };
  const n = Number(text);
  return n > Number.MAX_SAFE_INTEGER || n < Number.MIN_SAFE_INTEGER ? { error: `strconv.Atoi: parsing ${goQuote(text)}: value out of range` } : { value: n };
}

/** The number, or a text read as one; 0 if it is none. */
export function intValue(v: IntOrString): number { return typeof v === 'number' ? v : atoi(v).value ?? 0; }

/** A number as it stands, or a percentage of `total`, rounded as told. */
export function scaledValue(v: IntOrString | undefined | null, total: number, roundUp: boolean): Parsed<number> {
  if (v === undefined || v === null) return { error: 'nil value for IntOrString' };
  if (typeof v === 'number') return { value: v };
  if (!v.endsWith('%')) return { error: 'invalid value for IntOrString: invalid type: string is not a percentage' };
  const n = atoi(v.slice(0, -1));
  if (n.error !== undefined) return { error: `invalid value for IntOrString: invalid value ${goQuote(v)}: ${n.error}` };
  const scaled = n.value * total;
  return { value: roundUp ? Math.ceil(scaled / 100) : Math.floor(scaled / 100) };
}
