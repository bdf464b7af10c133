/**
 * Virtual time at the API's edge: whole seconds (metav1.Time) and microseconds (metav1.MicroTime) in RFC 3339, UTC only.
 * Contract: `Micros` are whole microseconds since the scenario's epoch, 2026-01-01T00:00:00Z; texts outside RFC 3339 parse to undefined.
 *
 * Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go
 * Left out: zones other than Z in what we write (upstream writes UTC too); nanoseconds.
 */
import type { Micros } from '../../sim/types.ts';

/** 2026-01-01T00:00:00Z in seconds since 1970. */
export const epochUnixSeconds = 1767225600;

/** Civil date from days since 1970-01-01 (proleptic Gregorian). */
function civil(days: number): { year: number; month: number; day: number } {
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const doe = z - era * 146097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return { year: yoe + era * 400 + (month <= 2 ? 1 : 0), month, day: doy - Math.floor((153 * mp + 2) / 5) + 1 };
}

function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146097 + yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy - 719468;
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

let lastSecond = Number.NaN;
let lastText = '';
let lastTime = '';

function textOfSecond(second: number): string {
  // A pure memo of the last answer: most calls within one virtual second ask for the same text.
  if (second === lastSecond) return lastText;
  const days = Math.floor(second / 86400);
  const rest = second - days * 86400;
  const { year, month, day } = civil(days);
  const time = [two(Math.floor(rest / 3600)), two(Math.floor(rest / 60) % 60), two(rest % 60)].join(':');
  const text = [String(year).padStart(4, '0'), '-', two(month), '-', two(day), 'T', time].join('');
  lastSecond = second;
  lastText = text;
  lastTime = [text, 'Z'].join('');
  return text;
}

/** `2026-01-01T00:00:05Z`: cut to the whole second, as metav1.Time is written. */
export function formatTime(at: Micros): string {
  textOfSecond(epochUnixSeconds + Math.floor(at / 1e6));
  return lastTime;
}

/** `2026-01-01T00:00:05.000123Z`: metav1.MicroTime. */
export function formatMicroTime(at: Micros): string {
  const whole = Math.floor(at / 1e6);
  return `${textOfSecond(epochUnixSeconds + whole)}.${String(at - whole * 1e6).padStart(6, '0')}Z`;
}

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Microseconds since the epoch (may be negative), or undefined if the text is no RFC 3339 time. */
export function parseTime(text: unknown): Micros | undefined {
  if (typeof text !== 'string') return undefined;
  const m = pattern.exec(text);
  if (m === null) return undefined;
  const month = +m[2]!;
  const day = +m[3]!;
  const hour = +m[4]!;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || +m[5]! > 59 || +m[6]! > 59) return undefined;
  const offset = m[8] === undefined ? 0 : (m[8] === '-' ? -1 : 1) * (+m[9]! * 3600 + +m[10]! * 60);
  const seconds = daysOf(+m[1]!, month, day) * 86400 + hour * 3600 + +m[5]! * 60 + +m[6]! - offset - epochUnixSeconds;
  return seconds * 1e6 + (m[7] === undefined ? 0 : Math.floor(+m[7]!.padEnd(9, '0') / 1000));
}
