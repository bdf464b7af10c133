/**
 * The four patch types, on the served form of an object.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import { schemaOfObject } from '../../api/schema.ts';
import type { KubeObject, Status } from '../../api/types.ts';
import { decodeBuilt, decodeTyped } from '../../apimachinery/decode.ts';
import { invalid, path } from '../../apimachinery/field-error.ts';
import { toJson } from '../../apimachinery/json-emit.ts';
import { duplicateKeys, parseJson } from '../../apimachinery/json.ts';
import { applyJsonPatch, MAX_JSON_PATCH_OPERATIONS } from '../../apimachinery/patch-json.ts';
import type { JsonPatchOperation } from '../../apimachinery/patch-json.ts';
import { applyMergePatch } from '../../apimachinery/patch-merge.ts';
import { applyStrategicMergePatch } from '../../apimachinery/patch-strategic.ts';
import { badRequest, failure, invalid as invalidStatus, requestEntityTooLarge, unknownError } from '../../apimachinery/status-errors.ts';
import { fieldValidation, withDefaults } from '../codec.ts';
import type { Exchange } from '../exchange.ts';
import { serverSideApply } from '../ownership.ts';
import { viewOf } from './views.ts';

const isMap = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);
const goKind = (v: unknown): string => (Array.isArray(v) ? 'array' : typeof v === 'boolean' ? 'bool' : v === null ? 'null' : isMap(v) ? 'object' : typeof v);

/** `old` undefined: apply creates. */
export function applyPatch(x: Exchange, old: KubeObject | undefined): KubeObject | Status {
  const { request } = x;
  if (request.patchType === 'application/apply-patch+yaml') return serverSideApply(x, old);
  if (old === undefined) return badRequest('no object to patch');
  const patch = readPatch(x);
  if ('status' in patch) return patch.status;
  if (request.patchType === 'application/strategic-merge-patch+json') return strategic(x, old, patch.value);
  let patched: unknown;
  if (request.patchType === 'application/json-patch+json') {
    if (!Array.isArray(patch.value)) return badRequest(`error decoding patch: json: cannot unmarshal ${goKind(patch.value)} into Go value of type []handlers.jsonPatchOp`);
    if (patch.value.length > MAX_JSON_PATCH_OPERATIONS) return requestEntityTooLarge(`The allowed maximum operations in a JSON patch is ${MAX_JSON_PATCH_OPERATIONS}, got ${patch.value.length}`);
    const done = applyJsonPatch(old, patch.value as JsonPatchOperation[]);
    if (done.error !== undefined) return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
    patched = done.value;
  } else {
    if (!isMap(patch.value)) return badRequest(`error decoding patch: json: cannot unmarshal ${goKind(patch.value)} into Go value of type map[string]interface {}`);
    patched = applyMergePatch(old, patch.value);
  }
  const decoded = decodePatched(x, old, patched, () => toJson(patched, { sort: true }));
  return decoded;
}

function readPatch(x: Exchange): { readonly value: unknown } | { readonly status: Status } {
  if (x.request.body !== undefined) return { value: x.request.body as unknown };
  const parsed = parseJson(x.request.text ?? '');
  if (parsed.error !== undefined) {
    const strategicMerge = x.request.patchType === 'application/strategic-merge-patch+json';
    return { status: badRequest(strategicMerge ? parsed.error : 'error decoding patch: ' + parsed.error) };
  }
  return { value: parsed.value };
}

const invalidPatch = (text: string, why: string): Status => invalidStatus({ group: '', kind: '' }, '', [invalid(path('patch'), text, why)]);

/** A patched document as an object of the kind again, with defaults. `text`: how a refusal quotes it. */
function decodePatched(x: Exchange, old: KubeObject, patched: unknown, text: () => string, fromMap = false): KubeObject | Status {
  const view = viewOf(x.resource, x.request.subresource ?? '');
  const apiVersion = view?.apiVersion ?? x.resource.apiVersion;
  const kind = view?.kind ?? x.resource.kind;
  const type = schemaOfObject(apiVersion, kind);
  if (type === undefined) return patched as KubeObject;
  const given = patched as KubeObject;
  if (isMap(patched) && ((given.kind !== undefined && given.kind !== kind) || (given.apiVersion !== undefined && given.apiVersion !== apiVersion))) {
    const version = String(given.apiVersion).slice(String(given.apiVersion).indexOf('/') + 1);
    const known = schemaOfObject(given.apiVersion, given.kind) !== undefined;
    const pack = x.resource.group === '' ? 'core' : x.resource.group.split('.')[0];
    return invalidPatch(text(), known ? `converting (${version}.${given.kind}) to (${pack}.${kind}): unknown conversion` : `no kind "${given.kind}" is registered for version "${given.apiVersion}" in scheme "pkg/runtime/scheme.go:111"`);
  }
  const decoded = x.request.body === undefined ? decodeTyped(type, patched, old, fromMap) : decodeBuilt(type, patched, old);
  if (decoded.error !== undefined) return invalidPatch(text(), decoded.error);
  if (decoded.strict.length > 0) {
    const mode = fieldValidation(x);
    if (mode === 'Strict') return invalidPatch(text(), 'strict decoding error: ' + decoded.strict.join(', '));
    if (mode === 'Warn') x.warnings.push(...decoded.strict);
  }
  return withDefaults(decoded.value as KubeObject, type, apiVersion, kind, old);
}

function strategic(x: Exchange, old: KubeObject, patch: unknown): KubeObject | Status {
  if (!isMap(patch)) return badRequest(`json: cannot unmarshal ${goKind(patch)} into Go value of type map[string]interface {}`);
  const view = viewOf(x.resource, x.request.subresource ?? '');
  const type = schemaOfObject(view?.apiVersion ?? x.resource.apiVersion, view?.kind ?? x.resource.kind);
  if (type === undefined) return applyMergePatch(old, patch) as KubeObject;
  const doubles = duplicateKeys(patch);
  if (doubles.length > 0 && fieldValidation(x) === 'Strict') return invalidPatch(goMap(patch), 'strict decoding error: ' + doubles.map((k) => `duplicate field "${k}"`).join(', '));
  const patched = applyStrategicMergePatch(type, old, patch);
  if (patched.error !== undefined) return unknownError(patched.error);
  return decodePatched(x, old, patched.value, () => goMap(patch), true);
}

/** A value as Go's %+v prints it: `map[a:1 b:[x y]]`. */
function goMap(v: unknown, depth = 0): string {
  if (depth > 100) return '...';
  if (Array.isArray(v)) return '[' + v.map((e) => goMap(e, depth + 1)).join(' ') + ']';
  if (isMap(v)) return 'map[' + Object.keys(v).sort().map((k) => k + ':' + goMap(v[k], depth + 1)).join(' ') + ']';
  return v === null ? '<nil>' : String(v);
}
