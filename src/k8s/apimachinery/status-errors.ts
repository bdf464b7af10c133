/**
 * The Status objects with which kube-apiserver refuses, and tests on the ones a client received.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 * Left out: NewGenericServerResponse (answers that are not Kubernetes').
 */
import type { Status, StatusCause } from '../api/types.ts';
import { aggregateErrors, errorBody } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { goQuote } from './goquote.ts';

/** Group and resource (plural) or group and kind, as the refusal names them. '' is the core group. */
export interface GroupResource { readonly group: string; readonly resource: string }
export interface GroupKind { readonly group: string; readonly kind: string }

/** `deployments.apps`, `pods`. */
export function groupResourceText(gr: GroupResource): string {
  return gr.group === '' ? gr.resource : gr.resource + '.' + gr.group;
}

type Details = NonNullable<Status['details']>;

function details(d: Details): Details {
  const out: Record<string, unknown> = {};
  if (d.name) out['name'] = d.name;
  if (d.group) out['group'] = d.group;
  if (d.kind) out['kind'] = d.kind;
  if (d.uid) out['uid'] = d.uid;
  if (d.causes !== undefined && d.causes.length > 0) out['causes'] = d.causes;
  if (d.retryAfterSeconds) out['retryAfterSeconds'] = d.retryAfterSeconds;
  return out as Details;
}

/** Any failure. Keys stand in the order of the wire. */
export function failure(code: number, reason: string, message: string, d?: Details): Status {
  return {
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message,
    ...(reason === '' ? {} : { reason }), ...(d === undefined ? {} : { details: details(d) }), code,
  };
}

const of = (gr: GroupResource, name: string, more?: Details): Details => ({ name, group: gr.group, kind: gr.resource, ...more });

export const notFound = (gr: GroupResource, name: string): Status =>
  failure(404, 'NotFound', `${groupResourceText(gr)} ${goQuote(name)} not found`, of(gr, name));

export const alreadyExists = (gr: GroupResource, name: string): Status =>
  failure(409, 'AlreadyExists', `${groupResourceText(gr)} ${goQuote(name)} already exists`, of(gr, name));

export const generateNameConflict = (gr: GroupResource, name: string, retryAfterSeconds: number): Status =>
  failure(409, 'AlreadyExists', `${groupResourceText(gr)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`, of(gr, name, { retryAfterSeconds }));

export const unauthorized = (message = ''): Status => failure(401, 'Unauthorized', message || 'not authorized');

export function forbidden(gr: GroupResource, name: string, why: string): Status {
  const text = groupResourceText(gr);
  const message = gr.group === '' && gr.resource === '' ? `forbidden: ${why}` : name === '' ? `${text} is forbidden: ${why}` : `${text} ${goQuote(name)} is forbidden: ${why}`;
  return failure(403, 'Forbidden', message, of(gr, name));
}

export const conflict = (gr: GroupResource, name: string, why: string): Status =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${groupResourceText(gr)} ${goQuote(name)}: ${why}`, of(gr, name));

/** Text of the conflict that a stale resourceVersion causes: the `why` of `conflict`. */
export const OPTIMISTIC_LOCK = 'the object has been modified; please apply your changes to the latest version and try again';

export const applyConflict = (causes: readonly StatusCause[], message: string): Status => failure(409, 'Conflict', message, { causes });

export const gone = (message: string): Status => failure(410, 'Gone', message);

export const expired = (message: string): Status => failure(410, 'Expired', message);

/** 422 with a cause per error. `name` is metadata.name, or generateName when there is none; the caller decides. */
export function invalid(gk: GroupKind, name: string, errors: readonly FieldError[]): Status {
  const kind = gk.group === '' ? gk.kind : gk.kind + '.' + gk.group;
  const all = aggregateErrors(errors);
  const causes = errors.map((e): StatusCause => ({ reason: e.type, message: errorBody(e), ...(e.field === '' ? {} : { field: e.field }) }));
  return failure(422, 'Invalid', `${kind} ${goQuote(name)} is invalid` + (errors.length === 0 ? '' : ': ' + all), { name, group: gk.group, kind: gk.kind, causes });
}

export const badRequest = (message: string): Status => failure(400, 'BadRequest', message);

export const tooManyRequests = (message: string, retryAfterSeconds: number): Status => failure(429, 'TooManyRequests', message, { retryAfterSeconds });

export const serviceUnavailable = (message: string): Status => failure(503, 'ServiceUnavailable', message);

export const methodNotSupported = (gr: GroupResource, action: string): Status =>
  failure(405, 'MethodNotAllowed', `${action} is not supported on resources of kind ${goQuote(groupResourceText(gr))}`, { group: gr.group, kind: gr.resource });

export const serverTimeout = (gr: GroupResource, operation: string, retryAfterSeconds: number): Status =>
  failure(500, 'ServerTimeout', `The ${operation} operation against ${groupResourceText(gr)} could not be completed at this time, please try again.`, of(gr, operation, { retryAfterSeconds }));

export const internalError = (message: string): Status => failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

export const timeout = (message: string, retryAfterSeconds: number): Status => failure(504, 'Timeout', `Timeout: ${message}`, { retryAfterSeconds });

export const requestEntityTooLarge = (message: string): Status => failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);

export const unsupportedMediaType = (supported: readonly string[]): Status =>
  failure(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`);

export const notAcceptable = (accepted: readonly string[]): Status =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);

/** The answer for a path that no resource is served at (known group, unknown resource or version). */
export const resourceNotFound = (): Status => failure(404, 'NotFound', 'the server could not find the requested resource', {});

/** An error that upstream does not make a Status of: 500 without reason, the message bare. */
export const unknownError = (message: string): Status => failure(500, '', message);

/** Success with details, as DELETE of an object that is gone at once answers for kinds that return a Status. */
export function success(d?: Details): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(d === undefined ? {} : { details: details(d) }) };
}

export const isNotFound = (s: Status): boolean => s.reason === 'NotFound' || (s.reason === undefined && s.code === 404);
export const isAlreadyExists = (s: Status): boolean => s.reason === 'AlreadyExists';
export const isConflict = (s: Status): boolean => s.reason === 'Conflict' || (s.reason === undefined && s.code === 409);
export const isForbidden = (s: Status): boolean => s.reason === 'Forbidden' || (s.reason === undefined && s.code === 403);
export const isExpired = (s: Status): boolean => s.reason === 'Expired' || s.reason === 'Gone' || (s.reason === undefined && s.code === 410);
export const isInvalid = (s: Status): boolean => s.reason === 'Invalid' || (s.reason === undefined && s.code === 422);
export const isTooManyRequests = (s: Status): boolean => s.reason === 'TooManyRequests' || s.code === 429;

/** Upstream: HasStatusCause. */
export function hasCause(s: Status, type: string): boolean {
  return s.details?.causes?.some((c) => c.reason === type) ?? false;
}
