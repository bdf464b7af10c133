/**
 * `kubectl patch`.
 * Upstream: k8s.io/kubectl/pkg/cmd/patch/patch.go
 * Left out: --local; --dry-run=client shows the object as the server would return it from a dry run.
 */
import type { KubeObject } from '../api/types.ts';
import { equal } from '../apimachinery/change.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { PatchType } from '../apimachinery/request.ts';
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { decodeDocuments } from './decode.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, ref } from './session.ts';
import { FILENAME_FLAGS, resolveTargets } from './targets.ts';

const TYPES: Readonly<Record<string, PatchType>> = { json: 'application/json-patch+json', merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json' };

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, { name: 'field-manager', type: 'string', default: 'kubectl-patch' },
  { name: 'patch', short: 'p', type: 'string' }, { name: 'patch-file', type: 'string' }, { name: 'type', type: 'string', default: 'strategic' }, { name: 'subresource', type: 'string' }, { name: 'local', type: 'bool' },
];

function* run(k: Session, flags: Flags): Program {
  const file = flags.string('patch-file');
  if (flags.changed('patch') && file !== '') throw new KubectlError('cannot specify --patch and --patch-file together');
  if (flags.string('patch') === '' && file === '') throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch');
  const type = TYPES[flags.string('type')];
  if (type === undefined) throw new KubectlError(`--type must be one of [json merge strategic], not "${flags.string('type')}"`);
  let text = flags.string('patch');
  if (file !== '') {
    const read = yield* act(() => k.io.readFile(file));
    if (typeof read !== 'string') throw new KubectlError(`unable to read patch file: open ${file}: no such file or directory`);
    text = read;
  }
  if (!/^\s*[{[]/.test(text) || flags.string('type') !== 'json') {
    const parsed = decodeDocuments(text);
    if (parsed.error !== undefined) throw new KubectlError(`unable to parse "${text}": ${parsed.error.replace(/^error converting YAML to JSON: /, '')}`);
    if (!/^\s*[{[]/.test(text)) text = toJson(parsed.value![0]);
  }
  const dryRun = dryRunOf(flags);
  const subresource = flags.string('subresource');
  const { targets } = yield* resolveTargets(k, flags, flags.args, {});
  yield* each(targets, function* (target) {
    const extra = subresource === '' ? {} : { subresource };
    const before = yield* k.get(target.mapping, target.namespace, target.name!, extra);
    const after = (yield* k.ask({
      verb: 'patch', ...ref(target.mapping), namespace: target.namespace, name: target.name, ...extra, patchType: type, text, accept: 'object',
      options: { fieldManager: flags.string('field-manager'), ...(dryRun === 'none' ? {} : { dryRun: true }) },
    })) as KubeObject;
    yield* printResult(k, resultPrinter(flags), after, equal(before, after) ? 'patched (no change)' : 'patched', dryRun);
  });
}

export const PATCH: Command = { name: 'patch', short: 'Update fields of a resource', usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]', flags: FLAGS, run };
