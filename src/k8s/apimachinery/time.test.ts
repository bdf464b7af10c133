import { describe, expect, test } from 'vitest';
import { formatMicroTime, formatTime, parseTime } from './time.ts';

describe('virtual time at the edge', () => {
  test('agrees with the calendar over leap years and month ends', () => {
    for (const seconds of [0, 59, 86399, 58 * 86400, 59 * 86400, 789 * 86400 + 3661, -1, -1767225600, 6e9]) {
      const real = new Date((1767225600 + seconds) * 1000).toISOString().replace('.000Z', 'Z');
      expect(formatTime(seconds * 1e6)).toBe(real);
      expect(parseTime(real)).toBe(seconds * 1e6);
    }
  });
  test('cuts to seconds, keeps microseconds, reads offsets', () => {
    expect(formatTime(5_999_999)).toBe('2026-01-01T00:00:05Z');
    expect(formatMicroTime(5_000_123)).toBe('2026-01-01T00:00:05.000123Z');
    expect(parseTime('2026-01-01T01:00:05.000123+01:00')).toBe(5_000_123);
    for (const bad of ['', '2026-13-01T00:00:00Z', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00', 5]) expect(parseTime(bad)).toBeUndefined();
  });
});
