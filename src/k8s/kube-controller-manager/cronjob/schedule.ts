/**
 * Cron schedules: five fields, names of months and days, @hourly and its like. All times are UTC.
 *
 * Upstream: github.com/robfig/cron/v3 (ParseStandard, SpecSchedule.Next)
 * Left out: `@every`; other time zones than UTC.
 */
import type { Micros } from '../../../sim/types.ts';
import { formatTime } from '../../apimachinery/time.ts';

export interface Schedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
  /** A field that begins with * does not restrict the day. */
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
}

const macros: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function field(text: string, min: number, max: number, names: readonly string[] = [], base = 0): number[] | undefined {
  const out: number[] = [];
  const number = (word: string): number => {
    const i = names.indexOf(word.toLowerCase());
    return i >= 0 ? i + base : /^\d{1,4}$/.test(word) ? Number(word) : Number.NaN;
  };
  for (const part of text.split(',')) {
    const [range, stepText, extra] = part.split('/');
    if (extra !== undefined || range === undefined || range === '') return undefined;
    const step = stepText === undefined ? 1 : number(stepText);
    let [from, to] = [min, max];
    if (range !== '*' && range !== '?') {
      const [a, b, c] = range.split('-');
      if (c !== undefined) return undefined;
      from = number(a!);
      to = b === undefined ? (stepText === undefined ? from : max) : number(b);
    }
    if (!(step > 0) || !(from >= min) || !(to <= max) || !(from <= to)) return undefined;
    for (let n = from; n <= to; n += step) if (!out.includes(n)) out.push(n);
  }
  return out.sort((a, b) => a - b);
}

/** Undefined: unreadable. */
export function parseSchedule(text: string): Schedule | undefined {
  const words = (macros[text.trim()] ?? text).trim().split(/\s+/);
  if (words.length !== 5) return undefined;
  const minutes = field(words[0]!, 0, 59);
  const hours = field(words[1]!, 0, 23);
  const days = field(words[2]!, 1, 31);
  const months = field(words[3]!, 1, 12, monthNames, 1);
  const weekdays = field(words[4]!, 0, 6, dayNames);
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined) return undefined;
  return { minutes, hours, days, months, weekdays, anyDay: /^[*?]/.test(words[2]!), anyWeekday: /^[*?]/.test(words[4]!) };
}

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;

function dayMatches(s: Schedule, at: Micros): boolean {
  const text = formatTime(at);
  if (!s.months.includes(Number(text.slice(5, 7)))) return false;
  const inMonth = s.days.includes(Number(text.slice(8, 10)));
  // 2026-01-01, the epoch, is a Thursday.
  const inWeek = s.weekdays.includes((((Math.floor(at / day) + 4) % 7) + 7) % 7);
  return s.anyDay || s.anyWeekday ? inMonth && inWeek : inMonth || inWeek;
}

/** The first time after `after`; undefined if there is none within five years. */
export function nextTime(s: Schedule, after: Micros): Micros | undefined {
  let at = (Math.floor(after / minute) + 1) * minute;
  for (let i = 0; i < 5 * 366; i++) {
    const start = Math.floor(at / day) * day;
    if (dayMatches(s, start)) {
      for (const h of s.hours) for (const m of s.minutes) if (start + h * hour + m * minute >= at) return start + h * hour + m * minute;
    }
    at = start + day;
  }
  return undefined;
}

interface Recent { readonly earliest: Micros; readonly recent: Micros | undefined; readonly missed: 'none' | 'few' | 'many' }

/** The last time since `earliest` that is not after `now`. */
export function mostRecent(s: Schedule, earliest: Micros, now: Micros): Recent {
  const first = nextTime(s, earliest);
  if (first === undefined || now < first) return { earliest, recent: undefined, missed: 'none' };
  const second = nextTime(s, first);
  if (second === undefined || now < second) return { earliest, recent: first, missed: 'none' };
  const between = second - first;
  const count = Math.floor((now - first) / between) + 1;
  let recent: Micros | undefined;
  for (let t = nextTime(s, first + (count - 2) * between); t !== undefined && t <= now; t = nextTime(s, t)) recent = t;
  return { earliest, recent, missed: count > 100 ? 'many' : 'few' };
}
