/**
 * Audit events of kube-apiserver, made from the messages on the network: request in, answer out.
 * Upstream: staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go (level RequestResponse, stage ResponseComplete)
 */
import { parseJson } from '../k8s/apimachinery/json.ts';
import { formatMicroTime } from '../k8s/apimachinery/time.ts';
import type { ApiRequest, ApiResponse } from '../k8s/apimachinery/request.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import type { Loopback, PutRequest, TxnRequest, TxnResponse } from '../k8s/etcd/types.ts';
import { resourceOfKey } from '../k8s/kube-apiserver/resources.ts';
import type { Message, Micros } from '../sim/types.ts';

export interface AuditEvent { readonly kind: 'Event'; readonly apiVersion: 'audit.k8s.io/v1'; readonly [field: string]: unknown }

/** Follows the messages of a simulator (as its `tap`) and hands each finished request to `out`. */
export function auditor(out: (event: AuditEvent) => void, apiserver = 'kube-apiserver'): (message: Message, record: number, departs: Micros, arrives: Micros) => void {
  const open = new Map<string, { request: ApiRequest; received: Micros }>();
  const own = new Map<string, { key: string; value: KubeObject | undefined; loopback: Loopback; sent: Micros }>();
  return (message, _record, departs, arrives) => {
    if (!message.re) return;
    if (message.from === apiserver && message.type === 'request') {
      const body = message.body as { readonly loopback?: Loopback; readonly success?: TxnRequest['success'] };
      if (!body.loopback) return;
      const put = body.success?.[0] as PutRequest | undefined;
      own.set(`${message.re.program} ${message.re.slot}`, { key: message.label.subject, value: put?.value as KubeObject | undefined, loopback: body.loopback, sent: departs });
      return;
    }
    if (message.to === apiserver && message.type === 'response') {
      const entry = own.get(`${message.re.program} ${message.re.slot}`);
      if (!entry) return;
      own.delete(`${message.re.program} ${message.re.slot}`);
      const answer = message.body as Partial<TxnResponse>;
      if (answer.succeeded) out(loopbackEvent(entry, answer as TxnResponse, entry.sent, arrives));
      return;
    }
    if (message.to === apiserver && message.type === 'request') {
      open.set(`${message.from} ${message.re.program} ${message.re.slot}`, { request: message.body as ApiRequest, received: arrives });
    } else if (message.from === apiserver && message.type === 'response') {
      const key = `${message.to} ${message.re.program} ${message.re.slot}`;
      const entry = open.get(key);
      if (!entry) return;
      open.delete(key);
      out(auditEvent(entry.request, message.body as ApiResponse, entry.received, departs));
    }
  };
}

/** A write that kube-apiserver made for itself, as its loopback client would have been audited. */
function loopbackEvent(write: { key: string; value: KubeObject | undefined; loopback: Loopback }, answer: TxnResponse, sent: Micros, answered: Micros): AuditEvent {
  const resource = resourceOfKey(write.key)!;
  const names = write.key.slice(resource.prefix.length).split('/').filter(Boolean);
  const object = write.value && { ...write.value, metadata: { ...write.value.metadata, resourceVersion: String(answer.revision) } };
  const request: ApiRequest = {
    verb: write.loopback.verb, group: resource.group, version: resource.version, resource: resource.resource, ...(write.loopback.subresource ? { subresource: write.loopback.subresource } : {}),
    ...(names.length > 1 ? { namespace: names[0] } : {}), name: names[names.length - 1], body: object, user: { username: 'system:apiserver', groups: ['system:masters'] }, userAgent: 'kube-apiserver/v1.36.3 (linux/amd64) kubernetes/$Format',
  };
  return auditEvent(request, { code: write.loopback.verb === 'create' ? 201 : 200, body: object ?? { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } }, sent, answered);
}

export function auditEvent(request: ApiRequest, response: ApiResponse, received: Micros, answered: Micros): AuditEvent {
  const body = response.body;
  const read = request.verb === 'get' || request.verb === 'list' || request.verb === 'watch';
  const object = typeof body === 'object' ? (body as { metadata?: { name?: string; namespace?: string } }) : undefined;
  const name = request.name ?? object?.metadata?.name;
  return {
    kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'RequestResponse', stage: 'ResponseComplete', requestURI: uriOf(request), verb: request.verb,
    user: request.user, userAgent: request.userAgent,
    ...(request.path ? {} : {
      objectRef: {
        resource: request.resource, ...(request.namespace ? { namespace: request.namespace } : {}), ...(name ? { name } : {}),
        ...(request.group ? { apiGroup: request.group } : {}), apiVersion: request.version, ...(request.subresource ? { subresource: request.subresource } : {}),
      },
    }),
    responseStatus: { metadata: {}, code: response.code },
    ...(read ? {} : requestObject(request)),
    ...(read || object === undefined ? {} : { responseObject: object }),
    requestReceivedTimestamp: formatMicroTime(received), stageTimestamp: formatMicroTime(answered),
  };
}

/** The body as an object, also of clients that send text. */
function requestObject(request: ApiRequest): { requestObject?: unknown } {
  const object = request.body ?? (request.text === undefined ? undefined : parseJson(request.text).value);
  return object === undefined ? {} : { requestObject: object };
}

/** The URL as a client would have sent it. */
export function uriOf(request: ApiRequest): string {
  if (request.path) return request.path;
  const root = request.group ? `/apis/${request.group}/${request.version}` : `/api/${request.version}`;
  const namespaced = request.namespace && request.resource !== 'namespaces' ? `/namespaces/${request.namespace}` : '';
  const path = [root + namespaced, request.resource, request.name, request.subresource].filter(Boolean).join('/');
  const o = request.options ?? {};
  const query: string[] = [];
  const add = (key: string, value: unknown): void => {
    if (value !== undefined && value !== '') query.push(`${key}=${encodeURIComponent(String(value))}`);
  };
  if (o.dryRun) add('dryRun', 'All');
  for (const key of ['allowWatchBookmarks', 'continue', 'fieldManager', 'fieldSelector', 'fieldValidation', 'force', 'labelSelector', 'limit', 'resourceVersion', 'resourceVersionMatch', 'sendInitialEvents', 'timeoutSeconds'] as const) add(key, o[key]);
  for (const key of Object.keys(o.query ?? {}).sort()) if (key !== 'stream') add(key, o.query![key]);
  if (request.verb === 'watch') add('watch', 'true');
  return query.length ? `${path}?${query.join('&')}` : path;
}

/** True for a write that never counts towards "settled": leases, tokens, reviews, node heartbeats, reads and refusals. */
export function isQuiet(event: AuditEvent): boolean {
  const ref = event.objectRef as { resource: string; subresource?: string } | undefined;
  const code = (event.responseStatus as { code: number }).code;
  const verb = String(event.verb);
  if (!ref || code < 200 || code > 299 || !['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb)) return true;
  if (ref.resource === 'leases' || ref.resource.endsWith('reviews') || (ref.resource === 'serviceaccounts' && ref.subresource === 'token')) return true;
  return ref.resource === 'nodes' && ref.subresource === 'status' && String((event.user as { username: string }).username).startsWith('system:node:');
}
