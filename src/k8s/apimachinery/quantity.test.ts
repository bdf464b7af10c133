import { describe, expect, it } from 'vitest';
import { humanDuration, goDuration, parseGoDuration } from './duration.ts';
import { scaledValue } from './intstr.ts';
import { addQuantities, compareQuantities, milliOf, parseQuantity, quantity, quantityText, roundUpMilli, wholeOf } from './quantity.ts';

const text = (s: string): string => { const p = parseQuantity(s); return p.error ?? quantityText(p.value!); };

describe('quantities', () => {
  it('canonical texts', () => {
    const cases: Record<string, string> = {
      '0': '0', '0Mi': '0', '0.5': '500m', '1500m': '1500m', '1024Mi': '1Gi', '1.5Gi': '1536Mi', '0.1Ki': '102400m', '0.5Ki': '512', '1000m': '1', '1000Ki': '1000Ki',
      '1e3': '1e3', '1E3': '1E3', '12e3': '12e3', '+5': '+5', '1000': '1k', '100M': '100M', '1000000': '1M', '0.0000000001': '1n', '-1.5': '-1500m', '1E': '1E', '3.': '3.',
    };
    for (const [given, want] of Object.entries(cases)) expect(text(given), given).toBe(want);
  });
  it('errors', () => {
    expect(text('')).toMatch(/^quantities must match the regular expression/);
    expect(text('1 Gi')).toMatch(/^quantities must match/);
    expect(text('1GiB')).toMatch(/^quantities must match/);
    expect(text('1gi')).toMatch(/^quantities must match/);
    expect(text('1mM')).toBe("unable to parse quantity's suffix");
    expect(text('1e9999999')).toBe("unable to parse quantity's suffix");
    expect(text('.')).toBe('unable to parse numeric part of quantity');
  });
  it('arithmetic is exact and rounds away from zero', () => {
    expect(quantityText(addQuantities(quantity('0.1'), quantity('0.2')))).toBe('300m');
    expect(quantityText(addQuantities(quantity(undefined), quantity('1Gi')))).toBe('1Gi');
    expect([milliOf('0.1m'), milliOf('2'), wholeOf('1.1'), wholeOf('-1.1'), wholeOf('1Ki')]).toEqual([1, 2000, 2, -2, 1024]);
    expect(compareQuantities(quantity('1Gi'), quantity('1G'))).toBe(1);
    expect(quantityText(roundUpMilli(quantity('100u')))).toBe('1m');
  });
});

describe('durations', () => {
  it('ages', () => {
    const s = 1e6;
    expect([0, 119 * s, 120 * s, 125 * s, 600 * s, 10800 * s, 11000 * s, 48 * 3600 * s, 50 * 3600 * s, 9 * 86400 * s, 800 * 86400 * s, -5 * s, -1 * s].map(humanDuration))
      .toEqual(['0s', '119s', '2m', '2m5s', '10m', '3h', '3h3m', '2d', '2d2h', '9d', '2y70d', '<invalid>', '0s']);
  });
  it('Go’s', () => {
    expect([0, 1, 1500, 1_500_000, 3600e6, 61e6, -90e6].map(goDuration)).toEqual(['0s', '1µs', '1.5ms', '1.5s', '1h0m0s', '1m1s', '-1m30s']);
    expect(parseGoDuration('1h2m3.5s')).toEqual({ value: 3723.5e6 });
    expect(parseGoDuration('5')).toEqual({ error: 'time: missing unit in duration "5"' });
    expect(parseGoDuration('5x')).toEqual({ error: 'time: unknown unit "x" in duration "5x"' });
  });
});

it('percentages round as told and must be percentages', () => {
  expect(scaledValue('25%', 3, true)).toEqual({ value: 1 });
  expect(scaledValue('25%', 3, false)).toEqual({ value: 0 });
  expect(scaledValue('25', 3, false).error).toBe('invalid value for IntOrString: invalid type: string is not a percentage');
});
