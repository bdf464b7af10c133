/**
 * `kubectl delete`: deletes, prints, and waits until the objects are gone.
 * Upstream: k8s.io/kubectl/pkg/cmd/delete/delete.go, cmd/wait/delete.go
 * Left out: --interactive, --raw.
 */
import type { KubeObject } from '../api/types.ts';
import { isStatus } from '../apimachinery/request.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, StatusError, withSource } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { groupKindLower } from './mapper.ts';
import type { Mapping } from './mapper.ts';
import { dryRunOf, DRY_RUN_FLAG, resultSuffix } from './result.ts';
import type { Command, Session } from './session.ts';
import { isNotFound, ref, throwAll } from './session.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import { waitForDeletion } from './wait-deleted.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, DRY_RUN_FLAG,
  { name: 'selector', short: 'l', type: 'string' }, { name: 'field-selector', type: 'string' }, { name: 'all', type: 'bool' }, { name: 'all-namespaces', short: 'A', type: 'bool' },
  { name: 'ignore-not-found', type: 'bool' }, { name: 'force', type: 'bool' }, { name: 'now', type: 'bool' }, { name: 'grace-period', type: 'int', default: -1 },
  { name: 'cascade', type: 'string', default: 'background', bare: 'background' }, { name: 'timeout', type: 'duration', default: '0' }, { name: 'wait', type: 'bool', default: true },
  { name: 'output', short: 'o', type: 'string' }, { name: 'interactive', short: 'i', type: 'bool' }, { name: 'raw', type: 'string' },
];

export interface Deleted { readonly mapping: Mapping; readonly namespace: string | undefined; readonly name: string; readonly uid: string | undefined }

function cascading(flags: Flags): 'Background' | 'Foreground' | 'Orphan' {
  switch (flags.string('cascade')) {
    case '': case 'background': case 'true': return 'Background';
    case 'foreground': return 'Foreground';
    case 'orphan': case 'false': return 'Orphan';
    default: throw new KubectlError(`invalid cascade value (${flags.string('cascade')}). Must be "background", "foreground", or "orphan"`);
  }
}

function* run(k: Session, flags: Flags): Program {
  const output = flags.string('output');
  let grace = flags.int('grace-period');
  const force = flags.bool('force');
  if (flags.bool('now')) {
    if (grace !== -1) throw new KubectlError('--now and --grace-period cannot be specified together');
    grace = 1;
  }
  if (grace === 0 && !force) grace = 1;
  if (force && grace < 0) grace = 0;
  if (output !== '' && output !== 'name') throw new KubectlError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError('cannot set --all and --selector at the same time');
  if (flags.bool('all') && flags.string('field-selector') !== '') throw new KubectlError('cannot set --all and --field-selector at the same time');
  const wait = flags.changed('wait') ? flags.bool('wait') : !(force && grace === 0) || flags.bool('wait');
  if (grace === 0 && force) {
    yield* k.err('Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n');
  } else if (grace > 0 && force) throw new KubectlError('--force and --grace-period greater than 0 cannot be specified together');
  const ignoreNotFound = flags.bool('ignore-not-found') || ((flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== '') && !flags.changed('ignore-not-found'));
  const dryRun = dryRunOf(flags);
  const policy = cascading(flags);
  const { targets } = yield* resolveTargets(k, flags, flags.args, {
    labelSelector: flags.string('selector'), fieldSelector: flags.string('field-selector'), all: flags.bool('all'), allNamespaces: flags.bool('all-namespaces'),
  });

  const errors: KubectlError[] = [];
  const deleted: Deleted[] = [];
  let found = 0;
  let warnClusterScope = k.explicitNamespace && !flags.bool('all-namespaces');
  const one = function* (mapping: Mapping, namespace: string | undefined, name: string, source: string): Program {
    found++;
    if (warnClusterScope && !mapping.namespaced) {
      yield* k.err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
      warnClusterScope = false;
    }
    let uid: string | undefined;
    if (dryRun !== 'client') {
      try {
        const body = yield* k.ask({
          verb: 'delete', ...ref(mapping), namespace, name, contentType: 'application/json', accept: 'object',
          text: toJson({ kind: 'DeleteOptions', apiVersion: 'v1', ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}), propagationPolicy: policy, ...(dryRun === 'server' ? { dryRun: ['All'] } : {}) }),
          ...(dryRun === 'server' ? { options: { dryRun: true } } : {}),
        });
        uid = isStatus(body) ? body.details?.uid : (body as KubeObject).metadata?.uid;
      } catch (error) {
        if (error instanceof StatusError && source !== '') throw withSource('deleting', source, error);
        throw error;
      }
    }
    deleted.push({ mapping, namespace, name, uid });
    const kind = groupKindLower(mapping);
    if (output === 'name') yield* k.out(`${kind}/${name}\n`);
    else yield* k.out(`${kind} "${name}" ${grace === 0 ? 'force deleted' : 'deleted'}${mapping.namespaced ? ` from ${namespace} namespace` : ''}${resultSuffix(dryRun)}\n`);
  };
  for (const target of targets) {
    try {
      if (target.name !== undefined) yield* guard(ignoreNotFound, one(target.mapping, target.namespace, target.name, target.manifest?.source ?? ''));
      else for (const info of yield* fetchTarget(k, target)) {
        try {
          yield* guard(ignoreNotFound, one(info.mapping, info.namespace, info.name, ''));
        } catch (error) {
          if (!(error instanceof KubectlError)) throw error;
          errors.push(error);
        }
      }
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  errors.push(...k.pending);
  throwAll(errors);
  if (found === 0) {
    yield* k.out('No resources found\n');
    return;
  }
  if (!wait || dryRun !== 'none') return;
  const timeout = flags.duration('timeout') === 0 ? 168 * 3600 * 1e6 : flags.duration('timeout');
  for (const d of deleted) yield* waitForDeletion(k, d, timeout);
}

function* guard(ignore: boolean, program: Program): Program {
  try {
    yield* program;
  } catch (error) {
    if (!ignore || !isNotFound(error)) throw error;
  }
}

export const DELETE: Command = { name: 'delete', short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector', usage: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])', flags: FLAGS, run };
