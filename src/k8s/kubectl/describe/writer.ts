/**
 * What describers write into: lines with levels of indentation and tab-separated columns, and the bits many kinds share.
 * Upstream: k8s.io/kubectl/pkg/describe/describe.go (PrefixWriter, printLabelsMultiline, printAnnotationsMultiline, DescribeEvents)
 */
import type { KubeObject } from '../../api/types.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { epochUnixSeconds, parseTime } from '../../apimachinery/time.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import type { Micros } from '../../../sim/types.ts';
import { alignTabs, DESCRIBE } from '../tabwriter.ts';

// API objects are read as they come: describers know their kinds.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

export class Writer {
  readonly now: Micros;
  private text = '';
  private done = '';
  constructor(now: Micros) { this.now = now; }

  /** `level` steps of two spaces before the text. The text brings its own newline. */
  write(level: number, text: string): void { this.text += '  '.repeat(level) + text; }
  line(level: number, text: string): void { this.write(level, text + '\n'); }
  /** `Name:\tvalue`. */
  field(level: number, name: string, value: unknown): void { this.line(level, `${name}:\t${value ?? ''}`); }
  /** What follows is aligned on its own. */
  flush(): void { this.done += alignTabs(this.text, DESCRIBE); this.text = ''; }
  aligned(): string { return this.done + alignTabs(this.text, DESCRIBE); }
  raw(): string { return this.done + this.text; }
}

export const none = (text: string | undefined): string => (text === undefined || text === '' ? '<none>' : text);
export const unset = (text: unknown): string => (text === undefined || text === null || text === '' ? '<unset>' : String(text));
export const bool = (v: unknown): string => (v === true ? 'True' : 'False');
export const boolOrUnset = (v: unknown): string => (v === undefined || v === null ? '<unset>' : bool(v));

export const sortedKeys = (map: Readonly<Record<string, unknown>> | undefined): string[] => Object.keys(map ?? {}).sort(compareStrings);

/** `k=v` lines under a heading, `<none>` when there are none. */
export function labelsMultiline(w: Writer, title: string, labels: Readonly<Record<string, string>> | undefined, indent = '', innerIndent = '\t'): void {
  w.write(0, `${indent}${title}:${innerIndent}`);
  const keys = sortedKeys(labels);
  if (keys.length === 0) { w.write(0, '<none>\n'); return; }
  keys.forEach((key, i) => {
    if (i !== 0) w.write(0, indent + innerIndent);
    w.write(0, `${key}=${labels![key]}\n`);
  });
}

const HIDDEN = ['kubectl.kubernetes.io/last-applied-configuration'];

/** `k: v` lines; long and many-line values stand below their key. */
export function annotationsMultiline(w: Writer, title: string, annotations: Readonly<Record<string, string>> | undefined, indent = ''): void {
  w.write(0, `${indent}${title}:\t`);
  const keys = sortedKeys(annotations).filter((key) => !HIDDEN.includes(key));
  if (keys.length === 0) { w.write(0, '<none>\n'); return; }
  keys.forEach((key, i) => {
    if (i !== 0) w.write(0, '\t');
    const value = annotations![key].replace(/\n$/, '');
    if (value.length + key.length + 2 > 140 || value.includes('\n')) {
      w.write(0, `${key}:\n`);
      for (const line of value.split('\n')) w.write(0, `\t  ${cut(line, 138)}\n`);
    } else w.write(0, `${key}: ${value}\n`);
  });
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}...` : text);

/** `Mon, 02 Jan 2006 15:04:05 -0700` of an RFC 3339 text; '' for none. */
export function rfc1123(text: string | undefined): string {
  const at = parseTime(text);
  if (at === undefined) return text === undefined || text === null ? 'Mon, 01 Jan 0001 00:00:00 +0000' : '';
  const seconds = epochUnixSeconds + Math.floor(at / 1e6);
  const days = Math.floor(seconds / 86400);
  const day = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'][((days % 7) + 7) % 7];
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const t = text!;
  return `${day}, ${t.slice(8, 10)} ${months[Number(t.slice(5, 7)) - 1]} ${t.slice(0, 4)} ${t.slice(11, 19)} +0000`;
}

/** Age of a time: `5m3s`, `<unknown>` for none. */
export function since(now: Micros, text: string | undefined | null): string {
  const at = parseTime(text);
  return at === undefined ? '<unknown>' : humanDuration(now - at);
}

/** The `Events:` part, in the order of last times. undefined: not asked for. */
export function describeEvents(w: Writer, events: readonly KubeObject[] | undefined): void {
  if (events === undefined) return;
  if (events.length === 0) { w.line(0, 'Events:\t<none>'); return; }
  w.flush();
  const order = events.map((_, i) => i).sort((a, b) => sortTime(events[a]) - sortTime(events[b]) || a - b);
  w.line(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage');
  w.line(1, '----\t------\t----\t----\t-------');
  for (const i of order) {
    const e: Any = events[i];
    const first = parseTime(e.eventTime) === undefined ? e.firstTimestamp : e.eventTime;
    let age = since(w.now, first);
    if (e.series) age = `${since(w.now, e.series.lastObservedTime)} (x${e.series.count} over ${since(w.now, first)})`;
    else if (e.count > 1) age = `${since(w.now, e.lastTimestamp)} (x${e.count} over ${since(w.now, first)})`;
    const source = e.source?.component || e.reportingComponent || '';
    w.line(1, `${e.type ?? ''}\t${e.reason ?? ''}\t${age}\t${source}\t${fieldPathPrefix(e)}${String(e.message ?? '').trim()}`);
  }
}

const sortTime = (e: KubeObject): number => parseTime((e as Any).lastTimestamp) ?? Number.MIN_SAFE_INTEGER;

/** Events of containers say which one. */
function fieldPathPrefix(e: Any): string {
  const path = e.involvedObject?.fieldPath;
  return path ? `${path}: ` : '';
}

/** `ReplicaSet/web-abc`, '' when nothing controls it. */
export function controllerText(o: KubeObject): string {
  const ref = (o.metadata.ownerReferences ?? []).find((r) => r.controller === true);
  return ref === undefined ? '' : `${ref.kind}/${ref.name}`;
}
