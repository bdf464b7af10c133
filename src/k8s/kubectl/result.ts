/**
 * What verbs that change something print: `deployment.apps/web created`, or the object with -o. And --dry-run.
 * Upstream: k8s.io/cli-runtime/pkg/printers/name.go, k8s.io/kubectl/pkg/cmd/util/helpers.go (GetDryRunStrategy)
 * Left out: --record.
 */
import type { KubeObject } from '../api/types.ts';
import { schemaOfObject } from '../api/schema.ts';
import type { TypeSchema } from '../api/schema.ts';
import { normalise } from '../apimachinery/decode.ts';
import { compareStrings } from '../apimachinery/utf8.ts';
import type { RequestOptions } from '../apimachinery/request.ts';
import type { Program } from '../../sim/program.ts';
import { KubectlError } from './errors.ts';
import type { Flag, Flags } from './flags.ts';
import { keepsGoOrder, nameOf, objectPrinter } from './object-printer.ts';
import type { ObjectPrinter } from './object-printer.ts';
import type { Session } from './session.ts';

export type DryRun = 'none' | 'client' | 'server';

export const PRINT_FLAGS: readonly Flag[] = [
  { name: 'output', short: 'o', type: 'string' },
  { name: 'template', type: 'string' },
  { name: 'show-managed-fields', type: 'bool' },
  { name: 'allow-missing-template-keys', type: 'bool', default: true },
];
export const DRY_RUN_FLAG: Flag = { name: 'dry-run', type: 'string', default: 'none', bare: 'unchanged' };
export const VALIDATE_FLAG: Flag = { name: 'validate', type: 'string', default: 'strict', bare: 'strict' };
export const fieldManagerFlag = (manager: string): Flag => ({ name: 'field-manager', type: 'string', default: manager });

const PRINT_FORMATS = 'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml';

export function dryRunOf(flags: Flags): DryRun {
  const value = flags.string('dry-run');
  if (value === 'none' || value === 'client' || value === 'server') return value;
  if (value === '' || value === 'unchanged') return value === '' ? 'none' : 'client';
  throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

export function fieldValidationOf(flags: Flags): 'Ignore' | 'Warn' | 'Strict' {
  const value = flags.string('validate');
  switch (value) {
    case '': case 'true': case 'strict': return 'Strict';
    case 'warn': return 'Warn';
    case 'false': case 'ignore': return 'Ignore';
    default: throw new KubectlError(`invalid - validate option "${value}"`);
  }
}

/** Options of a write: manager, field validation, dry run. */
export function writeOptions(flags: Flags, validate = true): RequestOptions {
  const manager = flags.string('field-manager');
  return {
    ...(manager === '' ? {} : { fieldManager: manager }),
    ...(validate ? { fieldValidation: fieldValidationOf(flags) } : {}),
    ...(dryRunOf(flags) === 'server' ? { dryRun: true } : {}),
  };
}

export function resultPrinter(flags: Flags): ObjectPrinter | undefined {
  const output = flags.string('output');
  return output === '' ? undefined : objectPrinter(output, flags, PRINT_FORMATS);
}

export function resultSuffix(dryRun: DryRun): string {
  return dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
}

/** Prints one object as the verb's result. `printer` is shared by the objects of one command. */
export function* printResult(k: Session, printer: ObjectPrinter | undefined, object: KubeObject, operation: string, dryRun: DryRun): Program {
  if (printer !== undefined) yield* k.out(printer.print(object));
  else yield* k.out(`${nameOf(object)} ${operation}${resultSuffix(dryRun)}\n`);
}

/** The same value with fields in the order of the Go struct, map keys sorted. */
function goOrder(type: TypeSchema | undefined, value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || type === undefined || depth > 60) return value;
  if (Array.isArray(value)) return value.map((v) => goOrder(type.element, v, depth + 1));
  const map = value as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  if (type.kind === 'struct') for (const field of type.fields) { if (map[field.name] !== undefined) out[field.name] = goOrder(field.type, map[field.name], depth + 1); }
  else for (const key of Object.keys(map).sort(compareStrings)) out[key] = goOrder(type.element, map[key], depth + 1);
  return out;
}

/** The object as a typed client writes it: with the empty structs that Go does not leave out. */
export function typed(object: Record<string, unknown>): KubeObject {
  const schema = schemaOfObject(String(object['apiVersion']), String(object['kind']));
  if (schema === undefined) return object as unknown as KubeObject;
  const made = goOrder(schema, normalise(schema, object), 0) as KubeObject;
  keepsGoOrder.add(made);
  return made;
}
