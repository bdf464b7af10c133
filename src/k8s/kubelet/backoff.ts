/**
 * Waiting times that double, of crash loops and image pulls.
 * Upstream: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go
 */
import type { ProcessContext } from '../client-go/types.ts';
import { timing } from '../timing.ts';
import { table } from './state.ts';

const { containerBackoff: FIRST, containerBackoffMax: MAX } = timing.kubelet;
/** A container that ran longer than ten minutes starts anew with the first waiting time; a pull after twice the longest. */
const EXPIRES = { container: 600_000_000, image: 2 * MAX };
type Kind = keyof typeof EXPIRES;

/** Still waiting at this moment, counted from `since`. */
export function isInBackoff(p: ProcessContext, kind: Kind, key: string, since: number): boolean {
  const entry = table(p, 'backoff').get(`${kind} ${key}`);
  if (!entry || since - entry.updated > EXPIRES[kind]) return false;
  return p.now - since < entry.delay;
}
/** As above, but counted from the last failure. */
export function isInBackoffSinceUpdate(p: ProcessContext, kind: Kind, key: string): boolean {
  const entry = table(p, 'backoff').get(`${kind} ${key}`);
  if (!entry || p.now - entry.updated > EXPIRES[kind]) return false;
  return p.now - entry.updated < entry.delay;
}
export function backoffDelay(p: ProcessContext, kind: Kind, key: string): number {
  return table(p, 'backoff').get(`${kind} ${key}`)?.delay ?? 0;
}
/** Notes one more failure. */
export function nextBackoff(p: ProcessContext, kind: Kind, key: string, event: number): void {
  const entries = table(p, 'backoff');
  const entry = entries.get(`${kind} ${key}`);
  const delay = !entry || event - entry.updated > EXPIRES[kind] ? FIRST : Math.min(entry.delay * 2, MAX);
  entries.set(`${kind} ${key}`, { delay, updated: p.now });
}
export function forgetBackoffs(p: ProcessContext, uid: string): void {
  const entries = table(p, 'backoff');
  for (const key of [...entries.prefix(`container ${uid} `), ...entries.prefix(`image ${uid}_`)]) entries.delete(key);
}
