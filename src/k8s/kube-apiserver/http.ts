/**
 * From method, path, query and body to an ApiRequest, or to the refusal the real server gives before it knows the resource.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go, pkg/endpoints/{installer,handlers/negotiation}
 * Left out: protobuf and CBOR; `?watch=` on single objects other than by name.
 */
import type { Status } from '../api/types.ts';
import { invalid as fieldInvalid, notSupported, path as fieldPath, required } from '../apimachinery/field-error.ts';
import type { FieldError } from '../apimachinery/field-error.ts';
import type { ApiRequest, PatchType, RequestOptions, UserInfo, Verb } from '../apimachinery/request.ts';
import { badRequest, failure, invalid, requestEntityTooLarge, resourceNotFound, unsupportedMediaType } from '../apimachinery/status-errors.ts';
import { GROUPS, resourceFor, versionsOf } from '../api/resources.ts';

export interface HttpRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Without question mark; '' for none. */
  readonly query: string;
  readonly contentType: string;
  readonly accept?: string;
  readonly body: string;
  readonly user: UserInfo;
  readonly userAgent: string;
}

export type HttpParsed = { readonly request: ApiRequest } | { readonly code: number; readonly body: Status | string };

const MAX_BODY = 3 * 1024 * 1024;
const PATCH_TYPES: readonly string[] = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];
const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', 'application/cbor'];
const METHOD_NOT_ALLOWED: Status = failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
const notFoundText = { code: 404, body: '404 page not found\n' } as const;

function decode(text: string): string | undefined {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '+') out += ' ';
    else if (c !== '%') out += c;
    else {
      const hex = text.slice(i, i + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(hex)) return undefined;
      // Runs of escapes are UTF-8.
      let run = '';
      while (/^%[0-9a-fA-F]{2}/.test(text.slice(i, i + 3))) { run += text.slice(i, i + 3); i += 3; }
      i--;
      try {
        out += decodeURIComponent(run);
      } catch {
        return undefined;
      }
    }
  }
  return out;
}

/** First value of each parameter, and all values of those that repeat. */
export function parseQuery(query: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const part of query.split('&')) {
    if (part === '') continue;
    const eq = part.indexOf('=');
    const name = decode(eq < 0 ? part : part.slice(0, eq));
    const value = decode(eq < 0 ? '' : part.slice(eq + 1));
    if (name === undefined || value === undefined || Object.hasOwn(out, name)) continue;
    Object.defineProperty(out, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return out;
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const bool = (v: string | undefined): boolean => v !== undefined && (v === '' || (v !== 'false' && v !== '0') || TRUE.has(v));

interface Target { readonly group: string; readonly version: string; readonly namespace?: string; readonly resource: string; readonly name?: string; readonly subresource?: string; readonly watch: boolean }

function target(segments: readonly string[]): Target | undefined {
  let rest = segments;
  let group = '';
  if (rest[0] === 'apis') { group = rest[1]; rest = rest.slice(2); } else rest = rest.slice(1);
  const version = rest[0];
  rest = rest.slice(1);
  const watch = rest[0] === 'watch';
  if (watch) rest = rest.slice(1);
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') {
    namespace = rest[1];
    rest = rest.slice(2);
  }
  if (rest.length === 0) return undefined;
  const [resource, name, ...sub] = rest;
  return {
    group, version, resource, watch,
    ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }), ...(sub.length === 0 ? {} : { subresource: sub.join('/') }),
  };
}

export function parseHttp(h: HttpRequest): HttpParsed {
  const base = { user: h.user, userAgent: h.userAgent };
  const segments = h.path.split('/').filter((s) => s !== '').map((s) => decode(s.replaceAll('+', '%2B')) ?? s);
  const query = parseQuery(h.query);
  const method = h.method.toUpperCase();
  const apis = segments[0] === 'apis';
  if ((segments[0] !== 'api' && !apis) || segments.length < (apis ? 4 : 3)) {
    if (apis && segments.length >= 2 && !GROUPS.includes(segments[1])) return notFoundText;
    const verb = method === 'GET' ? 'get' : method === 'POST' ? 'create' : method === 'PUT' ? 'update' : method === 'PATCH' ? 'patch' : 'delete';
    return { request: { ...base, verb, group: '', version: '', resource: '', path: h.path, options: { query } } };
  }
  const t = target(segments);
  if (t === undefined) return { code: 404, body: resourceNotFound() };
  if (apis && (!GROUPS.includes(t.group) || t.group === '')) return notFoundText;
  if (!versionsOf(t.group).includes(t.version)) return { code: 404, body: resourceNotFound() };
  const resource = resourceFor(t.group, t.version, t.resource);
  const sub = t.subresource === undefined ? undefined : resource?.subresources.find((s) => s.name === t.subresource!.split('/')[0]);
  if (resource === undefined || (t.subresource !== undefined && sub === undefined)) return { code: 404, body: resourceNotFound() };
  if (!resource.namespaced && t.namespace !== undefined) return { code: 404, body: resourceNotFound() };
  if (resource.namespaced && t.namespace === undefined && t.name !== undefined) return { code: 404, body: resourceNotFound() };
  const verb = verbOf(method, t, query, resource.verbs.includes('list'));
  const served = sub === undefined ? resource.verbs : sub.verbs;
  if (verb === undefined || !served.includes(verb) || (resource.namespaced && t.namespace === undefined && verb !== 'list' && verb !== 'watch' && !resource.resource.endsWith('reviews'))) return { code: 405, body: METHOD_NOT_ALLOWED };
  return withBody(h, t, verb, query, base);
}

function verbOf(method: string, t: Target, query: Record<string, string>, lists: boolean): Verb | undefined {
  const named = t.name !== undefined;
  switch (method) {
    case 'GET': case 'HEAD':
      if (t.watch || (bool(query['watch']) && t.subresource === undefined && lists && !named)) return 'watch';
      return named ? 'get' : 'list';
    case 'POST': return named && t.subresource === undefined ? undefined : 'create';
    case 'PUT': return named ? 'update' : undefined;
    case 'PATCH': return named ? 'patch' : undefined;
    case 'DELETE': return named ? 'delete' : 'deletecollection';
    default: return undefined;
  }
}

function withBody(h: HttpRequest, t: Target, verb: Verb, query: Record<string, string>, base: { user: UserInfo; userAgent: string }): HttpParsed {
  const media = h.contentType.split(';')[0].trim().toLowerCase();
  const writes = verb === 'create' || verb === 'update' || verb === 'patch';
  if (verb === 'patch' && !PATCH_TYPES.includes(media)) return { code: 415, body: unsupportedMediaType(PATCH_TYPES) };
  if ((verb === 'create' || verb === 'update') && media !== '' && !BODY_TYPES.includes(media)) return { code: 415, body: unsupportedMediaType(BODY_TYPES) };
  if (writes && h.body.length > MAX_BODY) return { code: 413, body: requestEntityTooLarge('limit is ' + MAX_BODY) };
  const wrong = checkOptions(verb, media, query);
  if (wrong !== undefined) return { code: wrong.code!, body: wrong };
  const hasBody = writes || ((verb === 'delete' || verb === 'deletecollection') && h.body !== '');
  return {
    request: {
      ...base, verb, group: t.group, version: t.version, resource: t.resource,
      ...(t.namespace === undefined ? {} : { namespace: t.namespace }), ...(t.name === undefined ? {} : { name: t.name }),
      ...(t.subresource === undefined ? {} : { subresource: t.subresource.split('/')[0] }),
      options: optionsOf(query), ...(hasBody ? { text: h.body, contentType: media } : {}),
      ...(verb === 'patch' ? { patchType: media as PatchType } : {}), accept: acceptOf(h.accept ?? '', query),
    },
  };
}

function acceptOf(accept: string, query: Record<string, string>): ApiRequest['accept'] {
  if (accept.includes('as=Table')) return query['includeObject'] === 'Object' ? 'table+object' : 'table';
  if (accept.includes('as=PartialObjectMetadata')) return 'metadata';
  return 'object';
}

function optionsOf(q: Record<string, string>): RequestOptions {
  const out: Record<string, unknown> = { query: q };
  for (const k of ['fieldManager', 'fieldValidation', 'labelSelector', 'fieldSelector', 'continue', 'resourceVersion', 'resourceVersionMatch']) if (q[k] !== undefined && q[k] !== '') out[k] = q[k];
  if (q['dryRun'] !== undefined) out['dryRun'] = true;
  for (const k of ['force', 'allowWatchBookmarks', 'sendInitialEvents']) if (q[k] !== undefined) out[k] = bool(q[k]);
  for (const k of ['limit', 'timeoutSeconds']) if (q[k] !== undefined && /^\d{1,9}$/.test(q[k])) out[k] = Number(q[k]);
  return out as RequestOptions;
}

/** Upstream: apimachinery/pkg/apis/meta/v1/validation ValidateCreateOptions … ValidateListOptions. */
function checkOptions(verb: Verb, media: string, q: Record<string, string>): Status | undefined {
  const errors: FieldError[] = [];
  const kind = verb === 'create' ? 'CreateOptions' : verb === 'update' ? 'UpdateOptions' : verb === 'patch' ? 'PatchOptions' : verb === 'delete' || verb === 'deletecollection' ? 'DeleteOptions' : 'ListOptions';
  if (verb === 'patch') {
    if (media !== 'application/apply-patch+yaml') {
      if (q['force'] !== undefined) errors.push({ type: 'FieldValueForbidden', field: 'force', badValue: '', detail: 'may not be specified for non-apply patch' });
    } else if (!q['fieldManager']) errors.push(required(fieldPath('fieldManager'), 'is required for apply patch'));
  }
  const manager = q['fieldManager'];
  if (manager !== undefined && manager.length > 128) errors.push({ type: 'FieldValueTooLong', field: 'fieldManager', badValue: manager, detail: 'may not be more than 128 bytes' });
  if (q['dryRun'] !== undefined && q['dryRun'] !== 'All') errors.push(notSupported(fieldPath('dryRun'), [q['dryRun']], ['All']));
  const fv = q['fieldValidation'];
  if (fv !== undefined && fv !== '' && !['Ignore', 'Warn', 'Strict'].includes(fv)) errors.push(notSupported(fieldPath('fieldValidation'), fv, ['Ignore', 'Strict', 'Warn']));
  if (verb === 'list' || verb === 'watch') {
    const match = q['resourceVersionMatch'];
    const rv = q['resourceVersion'] ?? '';
    if (verb === 'list' && match) {
      if (rv === '') errors.push({ type: 'FieldValueForbidden', field: 'resourceVersionMatch', badValue: '', detail: 'resourceVersionMatch is forbidden unless resourceVersion is provided' });
      if (q['continue']) errors.push({ type: 'FieldValueForbidden', field: 'resourceVersionMatch', badValue: '', detail: 'resourceVersionMatch is forbidden when continue is provided' });
      if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupported(fieldPath('resourceVersionMatch'), match, ['Exact', 'NotOlderThan', '']));
      if (match === 'Exact' && rv === '0') errors.push({ type: 'FieldValueForbidden', field: 'resourceVersionMatch', badValue: '', detail: 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"' });
    }
    const limit = q['limit'];
    if (limit !== undefined && !/^-?\d{1,18}$/.test(limit)) return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  }
  if (kind === 'DeleteOptions' && q['propagationPolicy'] && !['Foreground', 'Background', 'Orphan'].includes(q['propagationPolicy'])) {
    errors.push(fieldInvalid(fieldPath('propagationPolicy'), q['propagationPolicy'], 'DeletionPropagation need to be one of "Foreground", "Background", "Orphan" or nil'));
  }
  return errors.length === 0 ? undefined : invalid({ group: 'meta.k8s.io', kind }, '', errors);
}
