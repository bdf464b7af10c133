/**
 * Times as they come in: read as Go's time.Parse(RFC3339) reads them, complained about in its words, written in UTC.
 * Upstream: Go's time package; staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/{time,micro_time}.go
 * Left out: days beyond a month's end are refused with the same words but without Go's leap-year table for years before 1.
 */
import { formatMicroTime, formatTime, parseTime } from './time.ts';
import { goQuote } from './goquote.ts';

const SECONDS = '2006-01-02T15:04:05Z07:00';
const MICROS = '2006-01-02T15:04:05.000000Z07:00';
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const OURS = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

const leap = (y: number): boolean => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;

/** UTC text in whole seconds (or with six digits), undefined if the text is no RFC 3339 time. */
export function normaliseTime(text: string, micro: boolean): string | undefined {
  // Almost every time that comes in is one we wrote.
  if (!micro && OURS.test(text) && parseTime(text) !== undefined && Number(text.slice(8, 10)) <= 28) return text;
  if (goProblem(text, micro) !== undefined) return undefined;
  const at = parseTime(text);
  if (at === undefined) return undefined;
  return micro ? formatMicroTime(at) : formatTime(at);
}

/** What Go says about a wrong time. */
export function goTimeError(text: string, micro: boolean): string {
  const problem = goProblem(text, micro) ?? `cannot parse ${goQuote(text)} as "2006"`;
  // Go names the layout only where the text does not follow it.
  return `parsing time ${goQuote(text)}` + (problem.startsWith('cannot') ? ` as ${goQuote(micro ? MICROS : SECONDS)}` : '') + ': ' + problem;
}

function goProblem(text: string, micro: boolean): string | undefined {
  let rest = text;
  const cannot = (element: string): string => `cannot parse ${goQuote(rest)} as ${goQuote(element)}`;
  const range = (what: string): string => `${what} out of range`;
  const number = (digits: number): number => {
    if (!new RegExp(`^[0-9]{${digits}}`).test(rest)) return -1;
    const n = Number(rest.slice(0, digits));
    rest = rest.slice(digits);
    return n;
  };
  const year = number(4);
  if (year < 0) return cannot('2006');
  let month = 0, day = 0;
  for (const [mark, element] of [['-', '01'], ['-', '02'], ['T', '15'], [':', '04'], [':', '05']] as const) {
    if (rest[0] !== mark) return cannot(mark);
    const before = rest.slice(1);
    rest = before;
    // Go reads an hour of one digit too, and complains later.
    const n = number(2);
    if (n < 0) return cannot(element);
    if (element === '01') { month = n; if (n < 1 || n > 12) return range('month'); }
    if (element === '02') day = n;
    if (element === '15' && n > 23) return range('hour');
    if (element === '04' && n > 59) return range('minute');
    if (element === '05' && n > 59) return range('second');
  }
  const fraction = /^[.,][0-9]+/.exec(rest);
  if (fraction !== null) rest = rest.slice(fraction[0].length);
  else if (micro) return cannot('.000000');
  if (rest[0] === 'Z') rest = rest.slice(1);
  else {
    const zone = /^[+-]([0-9]{2}):([0-9]{2})/.exec(rest);
    if (zone === null) return cannot('Z07:00');
    if (Number(zone[1]) > 24 || Number(zone[2]) > 60) return range('time zone offset');
    rest = rest.slice(6);
  }
  if (rest !== '') return `extra text: ${goQuote(rest)}`;
  if (day < 1 || day > (month === 2 && leap(year) ? 29 : DAYS[month - 1])) return range('day');
  return undefined;
}
