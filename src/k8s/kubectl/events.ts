/**
 * `kubectl events`.
 * Upstream: k8s.io/kubectl/pkg/cmd/events
 */
import type { KubeObject } from '../api/types.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { Micros } from '../../sim/types.ts';
import type { Program } from '../../sim/program.ts';
import { since } from './describe/writer.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { apiVersionOf, lower } from './mapper.ts';
import { listOf } from './object-printer.ts';
import { PRINT_FLAGS, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { alignTabs, TABLE } from './tabwriter.ts';

const FLAGS: readonly Flag[] = [
  ...PRINT_FLAGS, { name: 'watch', short: 'w', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'for', type: 'string' }, { name: 'types', type: 'slice' }, { name: 'no-headers', type: 'bool' }, { name: 'chunk-size', type: 'int', default: 500 },
];

const EVENTS = { group: '', version: 'v1', resource: 'events' };

/** `5m (x3 over 10m)`. */
export function intervalText(e: KubeObject, now: Micros): string {
  const o = e as unknown as { eventTime?: string; firstTimestamp?: string; lastTimestamp?: string; count?: number; series?: { lastObservedTime?: string; count?: number } };
  const first = since(now, parseTime(o.eventTime) === undefined ? o.firstTimestamp : o.eventTime);
  if (o.series) return `${since(now, o.series.lastObservedTime)} (x${o.series.count} over ${first})`;
  return (o.count ?? 0) > 1 ? `${since(now, o.lastTimestamp)} (x${o.count} over ${first})` : first;
}

/** The time `kubectl events` sorts by. */
function lastSeen(e: KubeObject): number {
  return parseTime(e['series']?.lastObservedTime) ?? parseTime(e['lastTimestamp']) ?? parseTime(e['eventTime']) ?? 0;
}

function* run(k: Session, flags: Flags): Program {
  const types = flags.list('types').map(lower);
  if (types.some((t) => t !== 'normal' && t !== 'warning')) throw new KubectlError('valid --types are Normal or Warning');
  let fieldSelector = '';
  const target = flags.string('for');
  if (target !== '') {
    const [type, name, extra] = target.split('/');
    if (name === undefined || extra !== undefined) throw new KubectlError("--for must be in resource/name form");
    const m = yield* k.resource(type);
    fieldSelector = `involvedObject.kind=${m.kind},involvedObject.apiVersion=${apiVersionOf(m)},involvedObject.name=${name}`;
  }
  const all = flags.bool('all-namespaces');
  const namespace = all ? undefined : k.namespace;
  const shown = (e: KubeObject): boolean => types.length === 0 || types.includes(lower(String(e['type'] ?? '')));
  const row = (e: KubeObject, now: Micros): string =>
    `${all ? `${e.metadata.namespace}\t` : ''}${intervalText(e, now)}\t${e['type'] ?? ''}\t${e['reason'] ?? ''}\t${e['involvedObject']?.kind ?? ''}/${e['involvedObject']?.name ?? ''}\t${String(e['message'] ?? '').trim()}`;
  const header = `${all ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE`;
  const printer = resultPrinter(flags);
  const options = fieldSelector === '' ? {} : { fieldSelector };
  if (flags.bool('watch')) {
    const box = yield* k.watchFor({ verb: 'watch', ...EVENTS, namespace, accept: 'object', options });
    const widths: number[] = [];
    let headers = !flags.bool('no-headers');
    for (;;) {
      const item = yield* k.next(box);
      if (item === undefined || 'closed' in item) return;
      if (!('type' in item) || (item.type !== 'ADDED' && item.type !== 'MODIFIED') || !shown(item.object)) continue;
      if (printer !== undefined) yield* k.out(printer.print(item.object));
      else yield* k.out(alignTabs([...(headers ? [header] : []), row(item.object, yield* k.now())].join('\n'), TABLE, widths) + '\n');
      headers = false;
    }
  }
  const events = (yield* k.list(EVENTS, namespace, options)).filter(shown);
  if (events.length === 0) {
    yield* k.err(all ? 'No events found.\n' : `No events found in ${k.namespace} namespace.\n`);
    return;
  }
  const sorted = events.map((e, i) => ({ e, i })).sort((a, b) => lastSeen(a.e) - lastSeen(b.e) || a.i - b.i).map((x) => x.e);
  if (printer !== undefined) {
    yield* k.out(printer.print({ ...listOf(sorted), kind: 'EventList' }));
    return;
  }
  const now = yield* k.now();
  yield* k.out(alignTabs([...(flags.bool('no-headers') ? [] : [header]), ...sorted.map((e) => row(e, now))].join('\n'), TABLE) + '\n');
}

export const EVENTS_COMMAND: Command = { name: 'events', short: 'List events', usage: 'events [(-o|--output=)json|yaml|…] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]', flags: FLAGS, run };
