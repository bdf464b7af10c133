/**
 * A `kubectl create KIND NAME` command from a function that builds the object.
 * Upstream: k8s.io/kubectl/pkg/cmd/create/create_*.go
 * Left out: --save-config beyond the annotation.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError, StatusError, usageError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { withLastApplied } from './last-applied.ts';
import { findKind } from './mapper.ts';
import { builtinMappings } from './mapper.ts';
import { dryRunOf, DRY_RUN_FLAG, fieldManagerFlag, PRINT_FLAGS, printResult, resultPrinter, typed, VALIDATE_FLAG, writeOptions } from './result.ts';
import type { Command, Session } from './session.ts';
import { ref } from './session.ts';

export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly short: string;
  readonly usage?: string;
  readonly flags: readonly Flag[];
  readonly required?: readonly string[];
  /** Builds the object, apiVersion and kind included. May throw. */
  build(name: string, flags: Flags, k: Session): Program<Record<string, unknown>>;
  /** `failed to create deployment: `: what stands before a refusal of the server. */
  readonly failure?: string;
  /** Names what the command is for in errors: 'kubectl create deployment'. */
  readonly path?: string;
  /** Arguments after `--` are allowed (a command line). */
  readonly takesCommand?: boolean;
}

/** The one NAME argument. Upstream: NameFromCommandArgs. */
export function nameArgument(commandPath: string, flags: Flags, takesCommand = false): string {
  const count = flags.dash === -1 ? flags.args.length : flags.dash;
  const name = takesCommand ? count : flags.args.length;
  if (name !== 1) throw usageError(commandPath, `exactly one NAME is required, got ${name}`);
  return flags.args[0];
}

export function requireFlags(flags: Flags, required: readonly string[]): void {
  const missing = required.filter((name) => !flags.changed(name));
  if (missing.length > 0) throw new KubectlError(`required flag(s) ${missing.map((m) => `"${m}"`).join(', ')} not set`);
}

/** Sends a built object, unless it is a dry run, and says what came of it. */
export function* createObject(k: Session, flags: Flags, built: Record<string, unknown>, failure = '', done = 'created'): Program {
  yield* printCreated(k, flags, yield* makeObject(k, flags, built, failure), done);
}

/** Prints what `makeObject` gave. */
export function* printCreated(k: Session, flags: Flags, object: KubeObject, done = 'created'): Program {
  yield* printResult(k, resultPrinter(flags), object, done, dryRunOf(flags));
}

/** Sends a built object, unless it is a dry run of the client's, and returns what stands now. */
export function* makeObject(k: Session, flags: Flags, built: Record<string, unknown>, failure = ''): Program<KubeObject> {
  const dryRun = dryRunOf(flags);
  let object = typed(built);
  const mapping = findKind(builtinMappings(), object.apiVersion, object.kind)!;
  if (flags.bool('save-config')) object = withLastApplied(object);
  if (mapping.namespaced && k.explicitNamespace && object.metadata.namespace === undefined) object = { ...object, metadata: { ...object.metadata, namespace: k.namespace } };
  if (dryRun !== 'client') {
    try {
      object = (yield* k.ask({
        verb: 'create', ...ref(mapping), namespace: mapping.namespaced ? k.namespace : undefined, text: toJson(object), contentType: 'application/json', accept: 'object', options: writeOptions(flags, flags.string('validate') !== ''),
      })) as KubeObject;
    } catch (error) {
      if (error instanceof StatusError && failure !== '') throw new KubectlError(failure + error.message);
      throw error;
    }
  }
  return object;
}

export function generatorCommand(g: Generator): Command {
  return {
    name: g.name, aliases: g.aliases, short: g.short, usage: g.usage,
    flags: [...g.flags, ...PRINT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, fieldManagerFlag('kubectl-create'), { name: 'save-config', type: 'bool' }],
    *run(k, flags) {
      requireFlags(flags, g.required ?? []);
      const name = nameArgument(k.commandPath, flags, g.takesCommand);
      yield* createObject(k, flags, yield* g.build(name, flags, k), g.failure);
    },
  };
}
