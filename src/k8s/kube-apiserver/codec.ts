/**
 * The decode and default gates: from a body (text, or an object of a typed client) to an object in canonical form with its defaults.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,rest}.go
 */
import { applyDefaults } from '../api/defaults/defaulting.ts';
import { schemaOfObject } from '../api/schema.ts';
import type { TypeSchema } from '../api/schema.ts';
import type { KubeObject, Status } from '../api/types.ts';
import { decodeBody } from '../apimachinery/decode-body.ts';
import { decodeBuilt } from '../apimachinery/decode.ts';
import { badRequest } from '../apimachinery/status-errors.ts';
import type { Exchange } from './exchange.ts';

const YAML_ERRORS = 'yaml: unmarshal errors:\n';
const NO_METADATA = {} as KubeObject['metadata'];

/** fieldValidation of the request; the server's default is Warn. */
export function fieldValidation(x: Exchange): 'Ignore' | 'Warn' | 'Strict' {
  return x.request.options?.fieldValidation ?? 'Warn';
}

const split = (apiVersion: string): [group: string, version: string] => {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
};

/** The body as an object of `kind` in `apiVersion`, with defaults. */
export function decodeObject(x: Exchange, apiVersion: string, kind: string): KubeObject | Status {
  const { request } = x;
  const type = schemaOfObject(apiVersion, kind);
  if (request.body !== undefined) return decodeValue(request.body, type, apiVersion, kind);
  const [group, version] = split(apiVersion);
  const decoded = decodeBody({ text: request.text ?? '', contentType: request.contentType, group, version, kind, fieldValidation: fieldValidation(x), schema: schemaOfObject });
  if (decoded.status !== undefined) return decoded.status;
  for (const w of decoded.warnings) x.warnings.push(...(w.startsWith(YAML_ERRORS) ? w.slice(YAML_ERRORS.length).split('\n').map((l) => l.trim()) : [w]));
  return withDefaults(decoded.object, type, apiVersion, kind);
}

/** An object a typed client built. */
export function decodeValue(body: unknown, type: TypeSchema | undefined, apiVersion: string, kind: string): KubeObject | Status {
  const given = body as KubeObject;
  if (type === undefined) return { ...given, apiVersion, kind, metadata: given.metadata ?? NO_METADATA };
  const decoded = decodeBuilt(type, body);
  if (decoded.error !== undefined) return badRequest(`${kind} in version "${split(apiVersion)[1]}" cannot be handled as a ${kind}: ${decoded.error}`);
  return withDefaults(decoded.value as KubeObject, type, apiVersion, kind);
}

/** `known`: the defaulted object that `o` was patched from. */
export function withDefaults(o: KubeObject, type: TypeSchema | undefined, apiVersion: string, kind: string, known?: KubeObject): KubeObject {
  const typed = o.apiVersion === apiVersion && o.kind === kind && o.metadata !== undefined ? o : { ...o, apiVersion, kind, metadata: o.metadata ?? NO_METADATA };
  return type === undefined ? typed : applyDefaults(type, typed, known);
}

/** Deleting with a body, or without. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}
