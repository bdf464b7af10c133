/** What the predicates of lessons ask of a record. */
import type { TraceRecord } from '../trace/trace.ts';

const SECOND = 1_000_000;

/** `deployments default/web` -> ['default', 'web'] when the record's subject is of that resource. */
export function named(record: TraceRecord, resource: string): [string, string] | undefined {
  if (!record.subject.startsWith(`${resource} `)) return undefined;
  const [namespace, name] = record.subject.slice(resource.length + 1).split('/');
  return [namespace, name ?? namespace];
}

/** The record is a request of that verb (not its answer) by that component, on whichever node it runs. */
export function sent(record: TraceRecord, actor: string, verb: string): boolean {
  return record.kind === 'send' && record.type !== 'response' && record.verb === verb && (record.actor === actor || record.actor.startsWith(`${actor}/`));
}

/** The name of the object that a component asks to create, change or delete; undefined for any other record. */
export function asks(record: TraceRecord, actor: string, verb: string, resource: string): string | undefined {
  return sent(record, actor, verb) ? named(record, resource)?.[1] : undefined;
}

/** `kubelet/node-2` -> `node-2`; '' for a component that runs on no node. */
export const nodeOf = (address: string): string => (address.includes('/') ? address.slice(address.indexOf('/') + 1) : '');

/** `default/web-1` -> `web-1`. */
export const nameOf = (subject: string): string => subject.slice(subject.lastIndexOf('/') + 1);

/** Whole seconds between a time kept as a fact, in microseconds, and a record. */
export const secondsSince = (since: string | number | undefined, record: TraceRecord): number => Math.floor((record.time - Number(since ?? record.time)) / SECOND + 0.5);
