/**
 * What several printers say alike: ages, containers, lists cut after three.
 * Upstream: pkg/printers/internalversion/printers.go
 */
import type { KubeObject } from '../../api/types.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { parseTime } from '../../apimachinery/time.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

/** Time since an RFC 3339 text; `<unknown>` for none. */
export function since(text: unknown, now: number): string {
  const at = text ? parseTime(text) : undefined;
  return at === undefined ? '<unknown>' : humanDuration(now - at);
}

export const age = (o: KubeObject, now: number): string => since(o.metadata.creationTimestamp, now);

export const names = (containers: readonly Any[] | undefined): string => (containers ?? []).map((c) => c.name).join(',');
export const images = (containers: readonly Any[] | undefined): string => (containers ?? []).map((c) => c.image ?? '').join(',');

export function labelsText(set: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(set ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((k) => k + '=' + set![k]).join(',');
}

/** At most three, then how many more. */
export function firstThree(list: readonly string[]): string {
  if (list.length === 0) return '<unset>';
  const head = list.slice(0, 3).join(',');
  return list.length > 3 ? `${head} + ${list.length - 3} more...` : head;
}

export const orNone = (text: string | undefined): string => text || '<none>';
