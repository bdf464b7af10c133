/**
 * Whose fields are whose: metadata.managedFields of every write, and server-side apply.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/managedfields/fieldmanager.go, staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import { schemaOfObject } from '../api/schema.ts';
import type { KubeObject, Status } from '../api/types.ts';
import { decodeTyped } from '../apimachinery/decode.ts';
import { fieldPaths } from '../apimachinery/field-set.ts';
import type { FieldSet } from '../apimachinery/field-set.ts';
import { applyConfiguration, managerFromUserAgent, RESET_SPEC, updateManagedFields } from '../apimachinery/managed-fields.ts';
import type { Writer } from '../apimachinery/managed-fields.ts';
import type { ApiRequest } from '../apimachinery/request.ts';
import { badRequest, unknownError } from '../apimachinery/status-errors.ts';
import { formatTime } from '../apimachinery/time.ts';
import { parseYaml } from '../apimachinery/yaml.ts';
import { fieldValidation, withDefaults } from './codec.ts';
import type { Exchange } from './exchange.ts';
import { fromStored, toStored } from './presentation.ts';
import type { Resource } from './resources.ts';

/** The fieldManager option, or the user agent up to its first slash. */
export function managerOf(request: ApiRequest): string {
  return request.options?.fieldManager || managerFromUserAgent(request.userAgent);
}

const resets = new Map<string, FieldSet | undefined>();

function resetOf(resource: Resource, subresource: string): FieldSet | undefined {
  const key = resource.apiVersion + '/' + resource.resource + '/' + subresource;
  if (resets.has(key)) return resets.get(key);
  const texts = resource.strategy.resetFields?.[subresource];
  const set = texts === undefined ? undefined : fieldPaths(...texts.map((t) => t.split('.')));
  resets.set(key, set);
  return set;
}

function writerOf(x: Exchange): Writer | undefined {
  const { resource, request } = x;
  const type = schemaOfObject(resource.apiVersion, resource.kind);
  if (type === undefined) return undefined;
  const subresource = request.subresource ?? '';
  const reset = resetOf(resource, subresource);
  return { type, apiVersion: resource.apiVersion, subresource, manager: managerOf(request), time: formatTime(x.ctx.now), ...(reset === undefined ? {} : { reset }) };
}

/** `next` (stored form) with the managedFields of a create (`old` undefined) or update by this request. */
export function track(x: Exchange, old: KubeObject | undefined, next: KubeObject): KubeObject {
  const writer = writerOf(x);
  if (writer === undefined) return next;
  if (x.resource.strategy.conversion?.[x.resource.apiVersion] === undefined) return updateManagedFields(writer, old, next);
  return toStored(x.resource, updateManagedFields(writer, old === undefined ? undefined : fromStored(x.resource, old), fromStored(x.resource, next)));
}

/** `next` as kube-apiserver itself writes it, through its loopback client. */
export function trackOwn(old: KubeObject | undefined, next: KubeObject, subresource: string, time: string): KubeObject {
  const type = schemaOfObject(next.apiVersion, next.kind);
  if (type === undefined) return next;
  return updateManagedFields({ type, apiVersion: next.apiVersion, subresource, manager: 'kube-apiserver', time, ...(subresource === 'status' ? { reset: RESET_SPEC } : {}) }, old, next);
}

/** Server-side apply: the served form with the configuration merged in by ownership, or why not. */
export function serverSideApply(x: Exchange, old: KubeObject | undefined): KubeObject | Status {
  const { resource, request } = x;
  let config = request.body as KubeObject | undefined;
  const strict: string[] = [];
  if (config === undefined) {
    const parsed = parseYaml(request.text ?? '');
    if (parsed.error !== undefined) return badRequest('error decoding YAML: ' + parsed.error);
    config = parsed.value as KubeObject;
    strict.push(...parsed.duplicates.map((d) => `  line ${d.line}: key "${d.key}" already set in map`));
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return badRequest('error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal value into Go value of type map[string]interface {}');
  if (config.apiVersion !== resource.apiVersion || config.kind !== resource.kind) return badRequest(`invalid object type: ${config.apiVersion ?? ''}, Kind=${config.kind ?? ''}`);
  const writer = writerOf(x);
  if (writer === undefined) return badRequest('no schema for server-side apply');
  if (config.metadata === undefined) config = { ...config, metadata: {} as KubeObject['metadata'] };
  const undeclared = decodeTyped(writer.type, config).strict.map((t) => /^unknown field "(.*)"$/.exec(t)?.[1]).filter((t) => t !== undefined);
  if (undeclared.length > 0) {
    const lines = undeclared.map((f) => `.${f}: field not declared in schema`);
    const { namespace, name } = config.metadata;
    return unknownError(`failed to create typed patch object (${namespace ?? ''}/${name ?? ''}; ${resource.apiVersion}, Kind=${resource.kind}): ${lines.length === 1 ? lines[0] : 'errors:\n' + lines.map((l) => '  ' + l).join('\n')}`);
  }
  const applied = applyConfiguration({ ...writer, force: request.options?.force === true }, old, config);
  if (applied.status !== undefined) return applied.status;
  if (strict.length > 0) {
    const mode = fieldValidation(x);
    if (mode === 'Strict') return badRequest('error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n' + strict.join('\n'));
    if (mode === 'Warn') x.warnings.push(...strict);
  }
  const typed = decodeTyped(writer.type, applied.object);
  if (typed.error !== undefined) return badRequest(typed.error);
  return withDefaults(typed.value as KubeObject, writer.type, resource.apiVersion, resource.kind);
}
