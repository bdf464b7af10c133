/**
 * Durations as people and Go read them: `5m30s` of age, `1h0m0s` of a flag.
 * Contract: spans are whole microseconds.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go, Go's time.ParseDuration and Duration.String
 * Left out: nanoseconds.
 */
import { goQuote } from './goquote.ts';
import type { Parsed } from './parsed.ts';

const whole = (n: number): number => Math.trunc(n);

/** Ages in kubectl's tables: two or three figures. */
export function humanDuration(micros: number): string {
  const seconds = whole(micros / 1e6);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return seconds + 's';
  const minutes = whole(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? minutes + 'm' : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return minutes + 'm';
  const hours = whole(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? hours + 'h' : `${hours}h${minutes % 60}m`;
  if (hours < 48) return hours + 'h';
  const days = whole(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? days + 'd' : `${days}d${hours % 24}h`;
  if (days < 730) return days + 'd';
  const years = whole(days / 365);
  if (days < 2920) return days % 365 === 0 ? years + 'y' : `${years}y${days % 365}d`;
  return years + 'y';
}

export function shortHumanDuration(micros: number): string {
  const seconds = whole(micros / 1e6);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 60) return seconds + 's';
  if (seconds < 3600) return whole(seconds / 60) + 'm';
  const hours = whole(seconds / 3600);
  if (hours < 24) return hours + 'h';
  return hours < 8760 ? whole(hours / 24) + 'd' : whole(hours / 8760) + 'y';
}

function decimals(value: number, digits: number): string {
  // value / 10^digits without floating point, trailing zeros dropped.
  const unit = 10 ** digits;
  const f = String(value % unit).padStart(digits, '0').replace(/0+$/, '');
  return whole(value / unit) + (f === '' ? '' : '.' + f);
}

/** Go's Duration.String: `1h0m0s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(micros: number): string {
  if (micros === 0) return '0s';
  const sign = micros < 0 ? '-' : '';
  const m = Math.abs(micros);
  if (m < 1000) return `${sign}${m}µs`;
  if (m < 1e6) return sign + decimals(m, 3) + 'ms';
  const minutes = whole(m / 60e6);
  const seconds = decimals(m - minutes * 60e6, 6) + 's';
  if (minutes === 0) return sign + seconds;
  const hours = whole(minutes / 60);
  return sign + (hours === 0 ? '' : hours + 'h') + (minutes % 60) + 'm' + seconds;
}

const UNITS: Record<string, number> = { ns: 0.001, us: 1, 'µs': 1, 'μs': 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };

/** Go's time.ParseDuration, to the microsecond. */
export function parseGoDuration(text: string): Parsed<number> {
  const bad = { error: 'time: invalid duration ' + goQuote(text) };
  if (text.length > 100) return bad;
  let rest = text;
  let sign = 1;
  if (rest[0] === '-' || rest[0] === '+') { if (rest[0] === '-') sign = -1; rest = rest.slice(1); }
  if (rest === '0') return { value: 0 };
  if (rest === '') return bad;
  let total = 0;
  while (rest !== '') {
    const m = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest)!;
    if (m[1] === '' && (m[2] ?? '') === '') return bad;
    rest = rest.slice(m[0].length);
    const unit = /^[^.0-9]*/.exec(rest)![0];
    if (unit === '') return { error: 'time: missing unit in duration ' + goQuote(text) };
    if (!Object.hasOwn(UNITS, unit)) return { error: `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}` };
    rest = rest.slice(unit.length);
    const fraction = (m[2] ?? '').slice(0, 12);
    total += Number(m[1] || '0') * UNITS[unit] + (fraction === '' ? 0 : (Number(fraction) * UNITS[unit]) / 10 ** fraction.length);
    if (total > 9.2e15) return bad;
  }
  return { value: sign * whole(total) };
}
