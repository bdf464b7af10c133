/**
 * `kubectl wait`.
 * Upstream: k8s.io/kubectl/pkg/cmd/wait
 */
import type { KubeList, KubeObject } from '../api/types.ts';
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';
import { KubectlError, NoResourceMatch } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { jsonPathValues, relaxed } from './jsonpath.ts';
import { lower } from './mapper.ts';
import { PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, isNotFound, ref } from './session.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Info } from './targets.ts';
import { waitForDeletion } from './wait-deleted.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, { name: 'for', type: 'array' }, { name: 'timeout', type: 'duration', default: '30s' }, { name: 'selector', short: 'l', type: 'string' }, { name: 'field-selector', type: 'string' },
  { name: 'all', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' }, { name: 'local', type: 'bool' },
];

type Check = (o: KubeObject) => boolean;

function condition(name: string, wanted: string): Check {
  return (o) => {
    for (const c of o.status?.conditions ?? []) {
      if (lower(String(c.type)) !== lower(name)) continue;
      const observed = c.observedGeneration ?? o.status?.observedGeneration;
      if (o.metadata.generation !== undefined && observed !== undefined && observed < o.metadata.generation) return false;
      return lower(String(c.status)) === lower(wanted);
    }
    return false;
  };
}

function path(input: string): Check {
  const parts = input.replace(/==/g, '\u0001').split('=').map((p) => p.replace(/\u0001/g, '=='));
  if (parts.length > 2) throw new KubectlError("jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'");
  const expression = relaxed(parts[0]);
  const value = parts.length === 1 ? undefined : parts[1].replace(/^['"]+|['"]+$/g, '');
  if (value === '') throw new KubectlError("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3");
  return (o) => {
    const found = jsonPathValues(expression, o, true);
    if (found.length === 0) return false;
    if (value === undefined) return true;
    if (found.length > 1) throw new KubectlError('given jsonpath expression matches more than one value');
    if (typeof found[0] === 'object' && found[0] !== null) throw new KubectlError(`jsonpath leads to a nested object or list: ${expression}`);
    return String(found[0]) === value;
  };
}

function* waitForChecks(k: Session, info: Info, check: Check, timeout: number, end: number): Program<KubeObject> {
  const where = `${info.mapping.resource}/${info.name}`;
  if (timeout === 0) {
    const object = yield* k.get(info.mapping, info.namespace, info.name);
    if (!check(object)) throw new KubectlError(`condition not met for ${where}`);
    return object;
  }
  const fieldSelector = `metadata.name=${info.name}`;
  for (;;) {
    const list = (yield* k.ask({ verb: 'list', ...ref(info.mapping), namespace: info.namespace, accept: 'object', options: { fieldSelector, resourceVersion: '0' } })) as KubeList;
    if (list.items.length === 0) yield* k.get(info.mapping, info.namespace, info.name);
    for (const item of list.items) if (check(item)) return item.kind === undefined ? { ...item, kind: info.mapping.kind, apiVersion: info.object.apiVersion } : item;
    const box = yield* k.watchFor({ verb: 'watch', ...ref(info.mapping), namespace: info.namespace, accept: 'object', options: { fieldSelector, resourceVersion: list.metadata.resourceVersion, allowWatchBookmarks: true } });
    for (;;) {
      const left = end - (yield* k.now());
      const item = left <= 0 ? undefined : yield* k.next(box, left);
      if (item === undefined) {
        yield* k.io.unwatch(box);
        throw new KubectlError(`timed out waiting for the condition on ${where}`);
      }
      if ('closed' in item) break;
      if (!('type' in item) || item.type === 'DELETED' || item.type === 'BOOKMARK' || item.type === 'ERROR') continue;
      if (check(item.object)) {
        yield* k.io.unwatch(box);
        return item.object;
      }
    }
  }
}

function* run(k: Session, flags: Flags): Program {
  const wanted = flags.list('for');
  if (wanted.length === 0) throw new KubectlError('unrecognized condition: []');
  const timeout = flags.duration('timeout') < 0 ? 168 * 3600 * 1e6 : flags.duration('timeout');
  const checks: ('create' | 'delete' | Check)[] = wanted.map((text) => {
    if (lower(text) === 'delete') return 'delete';
    if (lower(text) === 'create') return 'create';
    if (text.startsWith('condition=')) {
      const rest = text.slice(10);
      const eq = rest.indexOf('=');
      return eq < 0 ? condition(rest, 'true') : condition(rest.slice(0, eq), rest.slice(eq + 1));
    }
    if (text.startsWith('jsonpath=')) return path(text.slice(9));
    throw new KubectlError(`unrecognized condition: "${text}"`);
  });
  const end = (yield* k.now()) + timeout;
  const options = { labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector'), all: flags.bool('all'), allNamespaces: flags.bool('all-namespaces') };
  const { targets } = yield* resolveTargets(k, flags, flags.args, options);
  const printer = resultPrinter(flags);
  if (checks.includes('create')) {
    for (const target of targets) {
      for (;;) {
        try {
          if ((yield* fetchTarget(k, target)).length > 0) break;
        } catch (error) {
          if (!isNotFound(error) && !(error instanceof NoResourceMatch)) throw error;
        }
        if ((yield* k.now()) >= end) throw new KubectlError('timed out waiting for the condition');
        yield* sleep(500_000);
      }
    }
  }
  let visited = 0;
  yield* each(targets, function* (target) {
    let infos: readonly Info[];
    try {
      infos = yield* fetchTarget(k, target);
    } catch (error) {
      if (checks.includes('delete') && isNotFound(error)) return;
      throw error;
    }
    yield* each(infos, function* (info) {
      visited++;
      for (const check of checks) {
        let object = info.object;
        if (check === 'delete') yield* waitForDeletion(k, { mapping: info.mapping, namespace: info.namespace, name: info.name, uid: info.object.metadata.uid }, Math.max(0, end - (yield* k.now())));
        else if (check !== 'create') object = yield* waitForChecks(k, info, check, timeout, end);
        yield* printResult(k, printer, object, 'condition met', 'none');
      }
    });
  });
  if (visited === 0 && !checks.includes('delete')) throw new KubectlError('no matching resources found');
}

export const WAIT: Command = { name: 'wait', short: 'Experimental: Wait for a specific condition on one or many resources', usage: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]", flags: FLAGS, run };
