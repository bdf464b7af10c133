import { describe, expect, test } from 'vitest';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { mostRecent, nextTime, parseSchedule } from './schedule.ts';

const next = (text: string, after: string): string => formatTime(nextTime(parseSchedule(text)!, parseTime(after)!)!);

describe('cron schedules', () => {
  test('the next time', () => {
    expect(next('* * * * *', '2026-01-01T00:00:30Z')).toBe('2026-01-01T00:01:00Z');
    expect(next('*/15 3 * * *', '2026-01-01T03:46:00Z')).toBe('2026-01-02T03:00:00Z');
    expect(next('0 0 29 feb *', '2026-01-01T00:00:00Z')).toBe('2028-02-29T00:00:00Z');
    expect(next('0 12 * * mon', '2026-01-01T00:00:00Z')).toBe('2026-01-05T12:00:00Z');
    // Day of month or day of week, when both are restricted.
    expect(next('0 0 13 * 5', '2026-01-03T00:00:00Z')).toBe('2026-01-09T00:00:00Z');
    expect(next('@hourly', '2026-01-01T23:00:00Z')).toBe('2026-01-02T00:00:00Z');
  });
  test('refuses nonsense', () => {
    for (const bad of ['', '* * * *', '60 * * * *', '5-1 * * * *', '*/0 * * * *', 'x * * * *']) expect(parseSchedule(bad)).toBeUndefined();
  });
  test('only the latest of many missed times counts', () => {
    const r = mostRecent(parseSchedule('* * * * *')!, 0, 200 * 60e6 + 5e6);
    expect(r).toEqual({ earliest: 0, recent: 200 * 60e6, missed: 'many' });
  });
});
