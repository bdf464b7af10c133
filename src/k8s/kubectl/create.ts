/**
 * `kubectl create -f` and what its generators share.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create.go
 * Left out: --edit, --raw.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { createCommands } from './create-generators.ts';
import { withLastApplied } from './last-applied.ts';
import { KubectlError, StatusError, withSource } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { readManifests } from './manifests.ts';
import { dryRunOf, DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS, printResult, resultPrinter, VALIDATE_FLAG, writeOptions } from './result.ts';
import type { Command, Session } from './session.ts';
import { each, ref, throwAll } from './session.ts';
import { FILENAME_FLAGS } from './targets.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, fieldManagerFlag('kubectl-create'),
  { name: 'save-config', type: 'bool' }, { name: 'edit', type: 'bool' }, { name: 'selector', short: 'l', type: 'string' }, { name: 'raw', type: 'string' }, { name: 'windows-line-endings', type: 'bool' },
];

function* run(k: Session, flags: Flags): Program {
  if (flags.args.length > 0) throw new KubectlError(`Unexpected args: [${flags.args.join(' ')}]\nSee 'kubectl create -h' for help and examples`);
  if (flags.list('filename').length === 0) throw new KubectlError('must specify one of -f and -k');
  const dryRun = dryRunOf(flags);
  const printer = resultPrinter(flags);
  const manifests = yield* readManifests(k, flags.list('filename'), flags.bool('recursive'));
  yield* each(manifests, function* (m) {
    let object: KubeObject = flags.bool('save-config') ? withLastApplied(m.object) : m.object;
    if (dryRun !== 'client') {
      try {
        object = (yield* k.ask({
          verb: 'create', ...ref(m.mapping), namespace: m.namespace, text: toJson(object), contentType: 'application/json', accept: 'object', options: writeOptions(flags),
        })) as KubeObject;
      } catch (error) {
        if (error instanceof StatusError) throw withSource('creating', m.source, error);
        throw error;
      }
    }
    yield* printResult(k, printer, object, 'created', dryRun);
  });
  throwAll(k.pending);
}

export const CREATE: Command = {
  name: 'create', short: 'Create a resource from a file or from stdin', usage: 'create -f FILENAME [options]', flags: FLAGS, run, commands: createCommands(),
};
