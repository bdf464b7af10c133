/**
 * Parses a command's flags as kubectl's flag library does: long and short forms, joined short ones, `=`, `--`.
 * Upstream: github.com/spf13/pflag, as k8s.io/kubectl uses it
 * Left out: deprecation notices.
 */
import { goQuote } from '../apimachinery/goquote.ts';
import { KubectlError } from './errors.ts';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** array: repeated; slice: repeated and split at commas; map: key=value, repeated and split at commas. */
  readonly type: 'string' | 'bool' | 'int' | 'duration' | 'array' | 'slice' | 'map';
  readonly default?: string | boolean | number;
  /** The value when the flag stands without one (`--dry-run`, `--cascade`). */
  readonly bare?: string;
  readonly hidden?: boolean;
  readonly usage?: string;
}

/** Values of the flags that were given, and defaults of the others. */
export class Flags {
  private readonly values: Map<string, string | boolean | number | readonly string[]>;
  private readonly given: Set<string>;
  readonly args: readonly string[];
  /** Number of arguments before `--`, or -1. */
  readonly dash: number;

  constructor(values: Map<string, string | boolean | number | readonly string[]>, given: Set<string>, args: readonly string[], dash: number) {
    this.values = values;
    this.given = given;
    this.args = args;
    this.dash = dash;
  }

  string(name: string): string { const v = this.values.get(name); return typeof v === 'string' ? v : ''; }
  bool(name: string): boolean { return this.values.get(name) === true; }
  int(name: string): number { const v = this.values.get(name); return typeof v === 'number' ? v : 0; }
  list(name: string): readonly string[] { const v = this.values.get(name); return Array.isArray(v) ? v : []; }
  /** Microseconds. */
  duration(name: string): number { const v = this.values.get(name); return typeof v === 'number' ? v : 0; }
  /** Whether the user wrote it. */
  changed(name: string): boolean { return this.given.has(name); }
  /** The command's arguments after others were taken from the front. */
  withArgs(args: readonly string[]): Flags { return new Flags(this.values, this.given, args, this.dash); }
}

const UNITS: Readonly<Record<string, number>> = { h: 3.6e9, m: 6e7, s: 1e6, ms: 1e3, us: 1, ns: 0.001 };

/** Microseconds of a Go duration (`1m30s`), or undefined. */
export function goDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|us|ns|m|s)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:h|ms|us|ns|m|s))*$/.test(body)) return undefined;
  let total = 0;
  for (const m of body.matchAll(/([\d.]+)(h|ms|us|ns|m|s)/g)) total += Number(m[1]) * UNITS[m[2]];
  return sign * Math.floor(total);
}

export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  return undefined;
}

const shown = (flag: Flag): string => (flag.short ? `-${flag.short}, --${flag.name}` : `--${flag.name}`);

/** One value's comma-separated parts; quotes of CSV are honoured in the simple form. */
function splitComma(text: string): string[] {
  const out: string[] = [];
  let part = '';
  let quoted = false;
  for (const c of text) {
    if (c === '"') quoted = !quoted;
    else if (c === ',' && !quoted) { out.push(part); part = ''; } else part += c;
  }
  out.push(part);
  return out;
}

/** Reads `argv` (after the command's words). Throws with the real texts; `commandPath` is `kubectl create deployment`. */
export function parseFlags(commandPath: string, specs: readonly Flag[], argv: readonly string[]): Flags {
  const values = new Map<string, string | boolean | number | readonly string[]>();
  const given = new Set<string>();
  for (const spec of specs) {
    if (spec.type === 'duration') values.set(spec.name, typeof spec.default === 'string' ? goDuration(spec.default) ?? 0 : 0);
    else if (spec.default !== undefined) values.set(spec.name, spec.default);
  }
  const see = `\nSee '${commandPath} --help' for usage.`;
  const set = (flag: Flag, value: string): void => {
    const bad = (why: string): KubectlError => new KubectlError(`invalid argument ${goQuote(value)} for ${goQuote(shown(flag))} flag: ${why}${see}`);
    if (flag.type === 'bool') {
      const b = parseBool(value);
      if (b === undefined) throw bad(`strconv.ParseBool: parsing ${goQuote(value)}: invalid syntax`);
      values.set(flag.name, b);
    } else if (flag.type === 'int') {
      if (!/^[+-]?\d+$/.test(value)) throw bad(`strconv.ParseInt: parsing ${goQuote(value)}: invalid syntax`);
      const n = Number(value);
      if (!Number.isSafeInteger(n)) throw bad(`strconv.ParseInt: parsing ${goQuote(value)}: value out of range`);
      values.set(flag.name, n);
    } else if (flag.type === 'duration') {
      const d = goDuration(value);
      if (d === undefined) throw bad(/^[\d.]+$/.test(value) ? `time: missing unit in duration ${goQuote(value)}` : `time: invalid duration ${goQuote(value)}`);
      values.set(flag.name, d);
    } else if (flag.type === 'string') {
      values.set(flag.name, value);
    } else {
      const before = given.has(flag.name) ? (values.get(flag.name) as readonly string[]) : [];
      const parts = flag.type === 'array' ? [value] : value === '' ? [] : splitComma(value);
      if (flag.type === 'map') for (const part of parts) if (!part.includes('=')) throw bad(`${part} must be formatted as key=value`);
      values.set(flag.name, [...before, ...parts]);
    }
    given.add(flag.name);
  };

  const args: string[] = [];
  let dash = -1;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === '--') {
      dash = args.length;
      args.push(...argv.slice(i + 1));
      break;
    }
    if (word.startsWith('--')) {
      const eq = word.indexOf('=');
      const name = eq < 0 ? word.slice(2) : word.slice(2, eq);
      if (name === '' || name.startsWith('-') || name.startsWith('=')) throw new KubectlError(`bad flag syntax: ${word}${see}`);
      const flag = specs.find((s) => s.name === name);
      if (flag === undefined) throw new KubectlError(`unknown flag: --${name}${see}`);
      if (eq >= 0) set(flag, word.slice(eq + 1));
      else if (flag.bare !== undefined) set(flag, flag.bare);
      else if (flag.type === 'bool') set(flag, 'true');
      else if (i + 1 < argv.length) set(flag, argv[++i]);
      else throw new KubectlError(`flag needs an argument: --${name}${see}`);
    } else if (word.startsWith('-') && word.length > 1) {
      let rest = word.slice(1);
      while (rest !== '') {
        const c = rest[0];
        rest = rest.slice(1);
        const flag = specs.find((s) => s.short === c);
        if (flag === undefined) throw new KubectlError(`unknown shorthand flag: '${c}' in -${c}${rest}${see}`);
        if (rest.startsWith('=')) { set(flag, rest.slice(1)); break; }
        if (flag.bare !== undefined || flag.type === 'bool') { set(flag, flag.bare ?? 'true'); continue; }
        if (rest !== '') { set(flag, rest); break; }
        if (i + 1 < argv.length) { set(flag, argv[++i]); break; }
        throw new KubectlError(`flag needs an argument: '${c}' in -${word.slice(1)}${see}`);
      }
    } else args.push(word);
  }
  return new Flags(values, given, args, dash);
}
