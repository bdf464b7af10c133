/**
 * `kubectl scale`.
 * Upstream: k8s.io/kubectl/pkg/cmd/scale/scale.go, pkg/scale/scale.go
 * Left out: nothing.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { requireFlags } from './generator.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { ref, throwAll } from './session.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';
import type { Info } from './targets.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, { name: 'replicas', type: 'int', default: 0 }, { name: 'current-replicas', type: 'int', default: -1 }, { name: 'resource-version', type: 'string' },
  { name: 'timeout', type: 'duration', default: '0' }, { name: 'all', type: 'bool' }, { name: 'selector', short: 'l', type: 'string' },
];

function* run(k: Session, flags: Flags): Program {
  requireFlags(flags, ['replicas']);
  const replicas = flags.int('replicas');
  const expected = flags.int('current-replicas');
  const version = flags.string('resource-version');
  if (replicas < 0) throw new KubectlError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  if (expected < -1) throw new KubectlError('The --current-replicas must specify an integer of -1 or greater');
  const dryRun = dryRunOf(flags);
  const { targets } = yield* resolveTargets(k, flags, flags.args, { labelSelector: flags.string('selector'), allowEmptySelector: flags.bool('all') });
  const infos: Info[] = [];
  const errors: KubectlError[] = [];
  for (const target of targets) {
    try {
      infos.push(...(yield* fetchTarget(k, target)));
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  if (version !== '' && infos.length > 1) throw new KubectlError('cannot use --resource-version with multiple resources');
  if (infos.length === 0) {
    throwAll(errors);
    throw new KubectlError('no objects passed to scale');
  }
  const printer = resultPrinter(flags);
  for (const info of infos) {
    if (dryRun !== 'client') yield* scaleOne(k, info, replicas, expected, version, dryRun === 'server');
    if (flags.duration('timeout') > 0 && dryRun === 'none') yield* waitForSize(k, info, replicas, flags.duration('timeout'));
    const after: KubeObject = { ...info.object, spec: { ...info.object.spec, replicas } };
    yield* printResult(k, printer, after, 'scaled', dryRun);
  }
  throwAll(errors);
}

function* scaleOne(k: Session, info: Info, replicas: number, expected: number, version: string, dryRun: boolean): Program {
  const where = { ...ref(info.mapping), subresource: 'scale', namespace: info.namespace, name: info.name };
  if (expected === -1 && version === '') {
    yield* k.ask({ verb: 'patch', ...where, patchType: 'application/merge-patch+json', text: toJson({ spec: { replicas } }), accept: 'object', ...(dryRun ? { options: { dryRun: true } } : {}) });
    return;
  }
  const scale = (yield* k.ask({ verb: 'get', ...where, accept: 'object' })) as KubeObject;
  const current = scale.spec?.replicas ?? 0;
  if (expected !== -1 && current !== expected) throw new KubectlError(`Expected replicas to be ${expected}, was ${current}`);
  if (version !== '' && scale.metadata.resourceVersion !== version) throw new KubectlError(`Expected resource version to be ${version}, was ${scale.metadata.resourceVersion}`);
  yield* k.ask({ verb: 'update', ...where, text: toJson({ ...scale, spec: { ...scale.spec, replicas } }), contentType: 'application/json', accept: 'object', ...(dryRun ? { options: { dryRun: true } } : {}) });
}

function* waitForSize(k: Session, info: Info, replicas: number, timeout: number): Program {
  const end = (yield* k.now()) + timeout;
  for (;;) {
    const o = yield* k.get(info.mapping, info.namespace, info.name);
    const observed = o.status?.observedGeneration ?? o.metadata.generation ?? 0;
    if (observed >= (o.metadata.generation ?? 0) && (o.status?.replicas ?? 0) === replicas) return;
    if ((yield* k.now()) >= end) throw new KubectlError('timed out waiting for the condition');
    yield* sleep(1_000_000);
  }
}

export const SCALE: Command = { name: 'scale', short: 'Set a new size for a deployment, replica set, or replication controller', usage: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)', flags: FLAGS, run };
