/**
 * Amounts such as `500m`, `1.5Gi`, `2e3`: parsing, exact arithmetic, canonical text.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/api/resource/{quantity,amount,suffix}.go
 * Left out: exponents beyond ±400, which Go accepts and we refuse.
 */
import type { Parsed } from './parsed.ts';

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** Immutable. Exact: upstream rounds up to a billionth too. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
  /** The text as given, where upstream keeps it (`0.5` is not kept, `1500m` is). */
  readonly text?: string;
}

const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_WRONG = 'unable to parse numeric part of quantity';
const SUFFIX_WRONG = "unable to parse quantity's suffix";

const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const DECIMAL_NAME: Record<number, string> = { [-9]: 'n', [-6]: 'u', [-3]: 'm', 0: '', 3: 'k', 6: 'M', 9: 'G', 12: 'T', 15: 'P', 18: 'E' };
const BINARY: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const BINARY_NAME = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const NANO = 1_000_000_000n;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_EXPONENT = 400;
const MAX_TEXT = 1000;

const memo = new Map<string, Parsed<Quantity>>();

/** Reads a quantity. The answer for a text is remembered. */
export function parseQuantity(text: string): Parsed<Quantity> {
  let known = memo.get(text);
  if (known === undefined) {
    known = parse(text);
    // A bounded memory: its content never shows, only the time it saves.
    if (memo.size >= 20_000) memo.clear();
    memo.set(text, known);
  }
  return known;
}

function parse(text: string): Parsed<Quantity> {
  if (text === '' || text.length > MAX_TEXT) return { error: FORMAT_WRONG };
  if (text === '0') return { value: { nano: 0n, format: 'DecimalSI', text } };
  const m = /^([+-]?)(0*)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text);
  if (m === null) return { error: FORMAT_WRONG };
  const [, sign, zeros, digits, dot, fraction = '', suffix] = m;
  const end = digits === '' && dot === undefined && suffix === '';
  const num = digits === '' ? '0' : digits;
  let exponent = 0;
  let format: QuantityFormat = 'DecimalSI';
  let binary = false;
  if (Object.hasOwn(DECIMAL, suffix)) exponent = DECIMAL[suffix];
  else if (Object.hasOwn(BINARY, suffix)) { exponent = BINARY[suffix]; format = 'BinarySI'; binary = true; }
  else if (/^[eE][+-]?[0-9]+$/.test(suffix)) {
    exponent = Number(suffix.slice(1)); format = 'DecimalExponent';
    if (exponent > MAX_EXPONENT || exponent < -MAX_EXPONENT) return { error: SUFFIX_WRONG };
  } else return { error: SUFFIX_WRONG };
  // `.`, `+`, `-` and `+.5Mi` forms: upstream reads a missing number as zero, but not a missing number without digits at all.
  if (zeros === '' && digits === '' && fraction === '') {
    if (end) return { value: { nano: 0n, format } };
    return { error: NUMERIC_WRONG };
  }
  let coefficient = BigInt(num + fraction);
  let scale = -fraction.length;
  const shifted = num + fraction;
  let keep: boolean;
  if (binary) {
    coefficient <<= BigInt(exponent);
    keep = fraction === '' && (BigInt(num) & 7n) !== 0n && 15 - num.length - Math.floor((exponent * 3) / 10) - 1 >= 0 && coefficient <= MAX_INT64;
  } else {
    scale += exponent;
    keep = 18 - num.length - fraction.length >= 0 && scale >= -9 && scale % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0';
  }
  let nano: bigint;
  if (scale >= -9) nano = coefficient * 10n ** BigInt(scale + 9);
  else {
    // Rounded away from zero: whoever wants something gets something.
    const divisor = 10n ** BigInt(-9 - scale);
    nano = (coefficient + divisor - 1n) / divisor;
  }
  if (binary && nano > MAX_INT64 * NANO) nano = MAX_INT64 * NANO;
  if (binary && nano < NANO && nano > 0n) format = 'DecimalSI';
  if (sign === '-') nano = -nano;
  return { value: keep ? { nano, format, text } : { nano, format } };
}

/** The text upstream writes: the given one where it kept it, else the canonical one. */
export function quantityText(q: Quantity): string {
  return q.text ?? canonicalText(q);
}

/** Smallest mantissa without loss: `1Gi`, `1500m`, `2`. */
export function canonicalText(q: Quantity): string {
  if (q.nano === 0n) return '0';
  let format = q.format;
  if (format === 'BinarySI') {
    const whole = q.nano % NANO === 0n;
    if (!whole || (q.nano > -1024n * NANO && q.nano < 1024n * NANO)) format = 'DecimalSI';
  }
  if (format === 'BinarySI') {
    let n = q.nano / NANO;
    let k = 0;
    while (n % 1024n === 0n && k < 6) { n /= 1024n; k++; }
    return n.toString() + BINARY_NAME[k];
  }
  let n = q.nano;
  let exponent = -9;
  while (n % 10n === 0n) { n /= 10n; exponent++; }
  const over = ((exponent % 3) + 3) % 3;
  n *= 10n ** BigInt(over);
  exponent -= over;
  if (format === 'DecimalExponent') return n.toString() + (exponent === 0 ? '' : 'e' + exponent);
  return n.toString() + (DECIMAL_NAME[exponent] ?? 'e' + exponent);
}

function up(nano: bigint, unit: bigint): bigint {
  const cut = nano / unit;
  return cut * unit === nano ? cut : nano > 0n ? cut + 1n : cut - 1n;
}

/** Whole units, rounded away from zero. Upstream: Value(). */
export function wholeValue(q: Quantity): number { return Number(up(q.nano, NANO)); }
/** Thousandths, rounded away from zero. Upstream: MilliValue(). */
export function milliValue(q: Quantity): number { return Number(up(q.nano, 1_000_000n)); }

export function compareQuantities(a: Quantity, b: Quantity): number { return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0; }
export function addQuantities(a: Quantity, b: Quantity): Quantity { return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format }; }
export function subtractQuantities(a: Quantity, b: Quantity): Quantity { return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format }; }
export function multiplyQuantity(a: Quantity, by: number): Quantity { return { nano: a.nano * BigInt(by), format: a.format }; }
export function negateQuantity(a: Quantity): Quantity { return { nano: -a.nano, format: a.format }; }
export function isZeroQuantity(a: Quantity): boolean { return a.nano === 0n; }
export function signOf(a: Quantity): number { return a.nano > 0n ? 1 : a.nano < 0n ? -1 : 0; }
export function quantityOf(value: number, format: QuantityFormat): Quantity { return { nano: BigInt(value) * NANO, format }; }
export function milliQuantityOf(value: number, format: QuantityFormat): Quantity { return { nano: BigInt(value) * 1_000_000n, format }; }

export const ZERO: Quantity = Object.freeze({ nano: 0n, format: 'DecimalSI' as const });

/** A quantity in an object that was accepted; zero for an absent or unreadable one. */
export function quantity(text: string | number | undefined | null): Quantity {
  if (text === undefined || text === null) return ZERO;
  return parseQuantity(String(text)).value ?? ZERO;
}

/** Milli-units of a quantity's text (cpu arithmetic), 0 if absent. */
export function milliOf(text: string | undefined): number { return text === undefined ? 0 : milliValue(quantity(text)); }
/** Whole units of a quantity's text (bytes, counts), 0 if absent. */
export function wholeOf(text: string | undefined): number { return text === undefined ? 0 : wholeValue(quantity(text)); }

/** Rounds up to thousandths, as defaulting does to every resource list. Upstream: RoundUp(Milli). */
export function roundUpMilli(q: Quantity): Quantity {
  return q.nano % 1_000_000n === 0n ? q : { nano: up(q.nano, 1_000_000n) * 1_000_000n, format: q.format };
}
