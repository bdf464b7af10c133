/**
 * `kubectl apply`: client-side (three-way, with the last-applied annotation) and server-side.
 * Upstream: k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go
 * Left out: --prune, apply sets, migration of field managers between the two ways.
 */
import type { KubeObject } from '../api/types.ts';
import { toJson } from '../apimachinery/json-emit.ts';
import { parseJson } from '../apimachinery/json.ts';
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';
import { KubectlError, StatusError, withSource } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { lastAppliedText, LAST_APPLIED, withLastApplied } from './last-applied.ts';
import { readManifests } from './manifests.ts';
import type { Manifest } from './manifests.ts';
import { emitYaml } from './decode.ts';
import { listOf } from './object-printer.ts';
import type { ObjectPrinter } from './object-printer.ts';
import { dryRunOf, DRY_RUN_FLAG, PRINT_FLAGS, printResult, resultPrinter, VALIDATE_FLAG, writeOptions } from './result.ts';
import type { DryRun } from './result.ts';
import type { Command, Session } from './session.ts';
import { isNotFound, ref, throwAll } from './session.ts';
import { hasSchema, threeWayPatch } from './strategic-diff.ts';
import { fetchTarget, FILENAME_FLAGS, resolveTargets } from './targets.ts';

const FLAGS: readonly Flag[] = [
  ...FILENAME_FLAGS, ...PRINT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG,
  { name: 'field-manager', type: 'string', default: '' },
  { name: 'server-side', type: 'bool' }, { name: 'force-conflicts', type: 'bool' }, { name: 'overwrite', type: 'bool', default: true },
  { name: 'force', type: 'bool' }, { name: 'cascade', type: 'string', default: 'background', bare: 'background' }, { name: 'grace-period', type: 'int', default: -1 },
  { name: 'timeout', type: 'duration', default: '0' }, { name: 'wait', type: 'bool' }, { name: 'selector', short: 'l', type: 'string' }, { name: 'all', type: 'bool' },
  { name: 'prune', type: 'bool' }, { name: 'openapi-patch', type: 'bool', default: true }, { name: 'subresource', type: 'string' },
];

const NO_ANNOTATION = (name: string): string =>
  `Warning: resource ${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`;

const CONFLICT = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** Five tries at once, then two a second; after ten the conflict is reported. */
const RETRIES = 5;

function pruneNulls(value: unknown, depth = 0): unknown {
  if (depth > 200 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((v) => pruneNulls(v, depth + 1));
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const v = (value as Record<string, unknown>)[key];
    if (v !== null && v !== undefined) out[key] = pruneNulls(v, depth + 1);
  }
  return out;
}

/** How a manifest is shown in the middle of an error: upstream's info.String(). */
export function infoText(m: Manifest): string {
  return `Resource: "${m.mapping.group === '' ? '' : m.mapping.group + '/'}${m.mapping.version}, Resource=${m.mapping.resource}", GroupVersionKind: "${m.mapping.group === '' ? '' : m.mapping.group + '/'}${m.mapping.version}, Kind=${m.mapping.kind}"\nName: "${m.name}", Namespace: "${m.namespace ?? ''}"`;
}

/** The patch that apply would send for a manifest. Also of `kubectl diff`. */
export function applyPatch(current: KubeObject, manifest: KubeObject): Record<string, unknown> {
  const text = current.metadata.annotations?.[LAST_APPLIED];
  const original = text === undefined ? undefined : (parseJson(text).value as Record<string, unknown> | undefined);
  return threeWayPatch(original, withLastApplied(manifest) as unknown as Record<string, unknown>, current as unknown as Record<string, unknown>) as Record<string, unknown>;
}

function* applyClientSide(k: Session, m: Manifest, flags: Flags, dryRun: DryRun): Program<{ object: KubeObject; operation: string }> {
  const options = writeOptions(flags);
  const managed = { ...options, fieldManager: options.fieldManager ?? 'kubectl-client-side-apply' };
  const where = { ...ref(m.mapping), namespace: m.namespace };
  let current: KubeObject;
  try {
    current = yield* k.get(m.mapping, m.namespace, m.name);
  } catch (error) {
    if (!isNotFound(error)) {
      if (error instanceof KubectlError) throw withSource(`retrieving current configuration of:\n${infoText(m)}\nfrom server for:`, m.source, error);
      throw error;
    }
    let object = pruneNulls(withLastApplied(m.object)) as KubeObject;
    if (dryRun !== 'client') {
      try {
        object = (yield* k.ask({ verb: 'create', ...where, text: toJson(object), contentType: 'application/json', accept: 'object', options: managed })) as KubeObject;
      } catch (failed) {
        if (failed instanceof StatusError) throw withSource('creating', m.source, failed);
        throw failed;
      }
    }
    return { object, operation: 'created' };
  }
  if (current.metadata.annotations?.[LAST_APPLIED] === undefined) yield* k.err(NO_ANNOTATION(`${m.mapping.resource}/${m.name}`));
  for (let tries = 0; ; tries++) {
    const patch = applyPatch(current, m.object);
    if (Object.keys(patch).length === 0) return { object: current, operation: 'unchanged' };
    if (dryRun === 'client') return { object: m.object, operation: 'configured' };
    const strategic = hasSchema(m.object as unknown as Record<string, unknown>);
    try {
      const object = (yield* k.ask({
        verb: 'patch', ...where, name: m.name, patchType: strategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json', text: toJson(patch), accept: 'object', options: managed,
      })) as KubeObject;
      return { object, operation: 'configured' };
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.status.reason === 'Conflict' && tries < RETRIES) {
        if (tries > 0) yield* sleep(1_000_000);
        current = yield* k.get(m.mapping, m.namespace, m.name);
        continue;
      }
      if ((error.status.reason === 'Conflict' || error.status.reason === 'Invalid') && flags.bool('force')) return yield* deleteAndCreate(k, m, managed);
      throw withSource(`applying patch:\n${toJson(patch)}\nto:\n${infoText(m)}\nfor:`, m.source, withSource('patching', m.source, error));
    }
  }
}

function* deleteAndCreate(k: Session, m: Manifest, options: object): Program<{ object: KubeObject; operation: string }> {
  yield* k.ask({ verb: 'delete', ...ref(m.mapping), namespace: m.namespace, name: m.name, text: toJson({ kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' }), contentType: 'application/json' });
  for (let i = 0; i < 600; i++) {
    try {
      yield* k.get(m.mapping, m.namespace, m.name);
    } catch (error) {
      if (isNotFound(error)) break;
      throw error;
    }
    yield* sleep(1_000_000);
  }
  const object = (yield* k.ask({ verb: 'create', ...ref(m.mapping), namespace: m.namespace, text: toJson(withLastApplied(m.object)), contentType: 'application/json', accept: 'object', options })) as KubeObject;
  return { object, operation: 'configured' };
}

function* applyServerSide(k: Session, m: Manifest, flags: Flags): Program<{ object: KubeObject; operation: string }> {
  const options = writeOptions(flags);
  const ask = (fieldManager: string, body: KubeObject) => k.ask({
    verb: 'patch', ...ref(m.mapping), namespace: m.namespace, name: m.name, patchType: 'application/apply-patch+yaml', text: toJson(body), contentType: 'application/apply-patch+yaml', accept: 'object',
    options: { ...options, fieldManager, force: flags.bool('force-conflicts') },
  });
  const manager = options.fieldManager ?? 'kubectl';
  let object: KubeObject;
  try {
    object = (yield* ask(manager, m.object)) as KubeObject;
  } catch (error) {
    if (error instanceof StatusError && error.status.reason === 'Conflict') throw new KubectlError(`${error.message}${CONFLICT}`);
    throw error;
  }
  if (object.metadata.annotations?.[LAST_APPLIED] !== undefined && manager === 'kubectl') {
    const last = { apiVersion: object.apiVersion, kind: object.kind, metadata: { name: m.name, ...(m.namespace === undefined ? {} : { namespace: m.namespace }), annotations: { [LAST_APPLIED]: lastAppliedText(m.object) } } };
    object = (yield* ask('kubectl-last-applied', last as unknown as KubeObject)) as KubeObject;
  }
  return { object, operation: 'serverside-applied' };
}

function* run(k: Session, flags: Flags): Program {
  if (flags.args.length > 0) throw new KubectlError(`Unexpected args: [${flags.args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`);
  const dryRun = dryRunOf(flags);
  if (flags.bool('server-side') && dryRun === 'client') throw new KubectlError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (flags.bool('force-conflicts') && !flags.bool('server-side')) throw new KubectlError('--force-conflicts only works with --server-side');
  if (flags.bool('prune')) throw new KubectlError('--prune is not supported here');
  if (flags.list('filename').length === 0) throw new KubectlError('must specify one of -f and -k');
  const printer: ObjectPrinter | undefined = resultPrinter(flags);
  const errors: KubectlError[] = [];
  const objects: KubeObject[] = [];
  const manifests = yield* readManifests(k, flags.list('filename'), flags.bool('recursive'));
  errors.push(...k.pending);
  for (const m of manifests) {
    try {
      const meta = m.object.metadata;
      if (m.name === '' && meta?.generateName) throw new KubectlError(`from ${meta.generateName}: cannot use generate name with apply`);
      const { object, operation } = flags.bool('server-side') ? yield* applyServerSide(k, m, flags) : yield* applyClientSide(k, m, flags, dryRun);
      if (operation !== 'created' && object.metadata.deletionTimestamp !== undefined) {
        yield* k.err(`Warning: Detected changes to resource ${m.name} which is currently being deleted.\n`);
      }
      if (printer === undefined) yield* printResult(k, undefined, object, operation, dryRun);
      else objects.push(object);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  if (printer !== undefined && objects.length > 0) {
    yield* k.out(flags.string('output') === 'name' || objects.length === 1 ? objects.map((o) => printer.print(o)).join('') : printer.print(listOf(objects)));
  }
  throwAll(errors);
}

/** The `last-applied` family. */
function* viewLastApplied(k: Session, flags: Flags): Program {
  const { targets } = yield* resolveTargets(k, flags, flags.args, {});
  for (const target of targets) {
    for (const info of yield* fetchTarget(k, target)) {
      const text = info.object.metadata.annotations?.[LAST_APPLIED];
      if (text === undefined) throw new KubectlError(`no last-applied-configuration annotation found on resource: ${info.name}`);
      const value = parseJson(text).value;
      yield* k.out(flags.string('output') === 'json' ? toJson(value, { indent: '  ' }) + '\n' : emitYaml(value));
    }
  }
}

export const APPLY: Command = {
  name: 'apply', short: 'Apply a configuration to a resource by file name or stdin', usage: '(-f FILENAME | -k DIRECTORY)', flags: FLAGS, run,
  commands: [{ name: 'view-last-applied', short: 'View the latest last-applied-configuration annotations of a resource/object', flags: [...FILENAME_FLAGS, { name: 'output', short: 'o', type: 'string', default: 'yaml' }], run: viewLastApplied }],
};
