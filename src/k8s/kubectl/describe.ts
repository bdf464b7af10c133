/**
 * `kubectl describe`.
 * Upstream: k8s.io/kubectl/pkg/cmd/describe/describe.go, pkg/describe/describe.go
 * Left out: --chunk-size.
 */
import type { KubeObject } from '../api/types.ts';
import type { Program } from '../../sim/program.ts';
import { describerFor } from './describe/all.ts';
import { Writer } from './describe/writer.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import type { Mapping } from './mapper.ts';
import type { Command, Session } from './session.ts';
import { isNotFound, throwAll } from './session.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Info, Target } from './targets.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, { name: 'selector', short: 'l', type: 'string' }, { name: 'all-namespaces', short: 'A', type: 'bool' },
  { name: 'show-events', type: 'bool', default: true }, { name: 'chunk-size', type: 'int', default: 500 },
];

const EVENTS = { group: '', version: 'v1', resource: 'events' };

function* eventsOf(k: Session, o: KubeObject, how: 'by-kind' | 'no-kind' | 'node'): Program<readonly KubeObject[]> {
  const select = (uid: string): string => [
    ...(how === 'no-kind' ? [] : [`involvedObject.kind=${o.kind}`]), `involvedObject.name=${o.metadata.name}`,
    ...(o.metadata.namespace ? [`involvedObject.namespace=${o.metadata.namespace}`] : []), `involvedObject.uid=${uid}`,
  ].join(',');
  const mirror = o.metadata.annotations?.['kubernetes.io/config.mirror'];
  const list = yield* k.list(EVENTS, o.metadata.namespace, { fieldSelector: select(mirror ?? o.metadata.uid) });
  if (how !== 'node') return list;
  // Components that do not know a node's uid write its name there.
  const byName = yield* k.list(EVENTS, undefined, { fieldSelector: select(o.metadata.name) });
  return [...list, ...byName.filter((e) => !list.some((other) => other.metadata.uid === e.metadata.uid))];
}

/** The text of one object, fetched anew as upstream's describers do. */
export function* describeObject(k: Session, mapping: Mapping, namespace: string | undefined, name: string, showEvents: boolean): Program<string> {
  const describer = describerFor(mapping.kind, mapping.group);
  const o = { ...(yield* k.get(mapping, namespace, name)), kind: mapping.kind };
  const extra = describer.fetch === undefined ? undefined : yield* describer.fetch(k, o);
  const events = !showEvents || describer.events === 'never' ? undefined : yield* eventsOf(k, o, describer.events);
  const w = new Writer(yield* k.now());
  describer.write(w, o, { events, extra });
  return w.aligned();
}

function* run(k: Session, flags: Flags): Program {
  if (flags.args.length === 0 && flags.list('filename').length === 0) throw new KubectlError("You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.\n");
  const { targets } = yield* resolveTargets(k, flags, flags.args, { labelSelector: flags.string('selector'), allNamespaces: flags.bool('all-namespaces'), allowEmptySelector: true });
  const infos: Info[] = [];
  const errors: KubectlError[] = [];
  for (const target of targets) {
    try {
      infos.push(...(yield* fetchTarget(k, target)));
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      if (isNotFound(error) && flags.args.length === 2 && target.name !== undefined && flags.list('filename').length === 0) {
        yield* describeMatching(k, target, error);
        return;
      }
      errors.push(error);
    }
  }
  const showEvents = flags.changed('show-events') ? flags.bool('show-events') : infos.length <= 1 && errors.length === 0;
  let first = true;
  for (const info of infos) {
    try {
      const text = yield* describeObject(k, info.mapping, info.namespace, info.name, showEvents);
      yield* k.out(first ? text : `\n\n${text}`);
      first = false;
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  if (infos.length === 0 && errors.length === 0) yield* k.err(flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${k.namespace} namespace.\n`);
  throwAll(errors);
}

/** `describe pod web` with no pod of that name: all whose names begin so. */
function* describeMatching(k: Session, target: Target, original: KubectlError): Program {
  const all = yield* k.list(target.mapping, target.namespace);
  const found = all.filter((o) => o.metadata.name.startsWith(target.name!));
  if (found.length === 0) throw original;
  for (const o of found) yield* k.out((yield* describeObject(k, target.mapping, o.metadata.namespace, o.metadata.name, true)) + '\n');
}

export const DESCRIBE_COMMAND: Command = { name: 'describe', short: 'Show details of a specific resource or group of resources', usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)', flags: FLAGS, run };
