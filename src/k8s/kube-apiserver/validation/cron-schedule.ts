/**
 * Whether a cron schedule parses, with the parser's complaints.
 * Upstream: github.com/robfig/cron/v3 parser.go (ParseStandard), pkg/util/parsers
 * Left out: the schedule itself; the controller computes times.
 */
import { asciiLower, quote } from './field-checks.ts';

interface Bounds { readonly min: number; readonly max: number; readonly names?: Readonly<Record<string, number>> }
const MONTHS = Object.fromEntries(['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'].map((n, i) => [n, i + 1]));
const DAYS = Object.fromEntries(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((n, i) => [n, i]));
const FIELDS: readonly Bounds[] = [{ min: 0, max: 59 }, { min: 0, max: 23 }, { min: 1, max: 31 }, { min: 1, max: 12, names: MONTHS }, { min: 0, max: 6, names: DAYS }];
const DESCRIPTORS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** A number or the complaint. */
function parseInt10(text: string): number | string {
  if (!/^[+-]?[0-9]+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`;
  const n = Number(text);
  if (Math.abs(n) > 2 ** 63) return `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: value out of range`;
  return n < 0 ? `negative number (${n}) not allowed: ${text}` : n;
}

function intOrName(text: string, names: Bounds['names']): number | string {
  const key = asciiLower(text);
  return names !== undefined && Object.hasOwn(names, key) ? names[key] as number : parseInt10(text);
}

function rangeError(expr: string, b: Bounds): string | undefined {
  const parts = expr.split('/');
  const ends = (parts[0] as string).split('-');
  let start: number; let end: number; let step = 1;
  if (ends[0] === '*' || ends[0] === '?') { start = b.min; end = b.max; }
  else {
    const lo = intOrName(ends[0] as string, b.names);
    if (typeof lo === 'string') return lo;
    start = end = lo;
    if (ends.length === 2) {
      const hi = intOrName(ends[1] as string, b.names);
      if (typeof hi === 'string') return hi;
      end = hi;
    } else if (ends.length > 2) return `too many hyphens: ${expr}`;
  }
  if (parts.length === 2) {
    const s = parseInt10(parts[1] as string);
    if (typeof s === 'string') return s;
    step = s;
    if (ends.length === 1) end = b.max;
  } else if (parts.length > 2) return `too many slashes: ${expr}`;
  if (start < b.min) return `beginning of range (${start}) below minimum (${b.min}): ${expr}`;
  if (end > b.max) return `end of range (${end}) above maximum (${b.max}): ${expr}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expr}`;
  return step === 0 ? `step of range should be a positive number: ${expr}` : undefined;
}

const DURATION = /^[+-]?(?:0|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))*)$/;

/** The complaint, or undefined if the schedule is right. */
export function cronScheduleError(schedule: string): string | undefined {
  let spec = schedule;
  if (spec === '') return 'empty spec string';
  if (spec.startsWith('TZ=') || spec.startsWith('CRON_TZ=')) {
    const space = spec.indexOf(' ');
    // Upstream's parser panics here; the server recovers.
    if (space < 0) return 'invalid schedule format: runtime error: slice bounds out of range [:-1]';
    spec = spec.slice(space).trim();
  }
  if (spec.startsWith('@')) {
    if (DESCRIPTORS.has(spec)) return undefined;
    if (!spec.startsWith('@every ')) return `unrecognized descriptor: ${spec}`;
    const d = spec.slice('@every '.length);
    return DURATION.test(d) ? undefined : `failed to parse duration ${spec}: time: invalid duration ${quote(d)}`;
  }
  const fields = spec.split(/\s+/).filter((f) => f !== '');
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (let i = 0; i < 5; i++) {
    for (const expr of (fields[i] as string).split(',')) {
      if (expr === '') continue;
      const bad = rangeError(expr, FIELDS[i] as Bounds);
      if (bad !== undefined) return bad;
    }
  }
  return undefined;
}
