/**
 * Requests to kube-apiserver as programs, with the client-side token bucket.
 * Upstream: staging/src/k8s.io/client-go/rest/request.go, util/flowcontrol/throttle.go
 * Left out: retries on 429 and 5xx with Retry-After inside the client (callers see the answer).
 */
import { act, call, isCallFailed, sleep, type Call, type Program } from '../../sim/program.ts';
import type { Label, Micros } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import type { ApiRequest, ApiResponse, PatchType, RequestOptions, Verb } from '../apimachinery/request.ts';
import type { Client, ClientIdentity, Gvr, ProcessContext } from './types.ts';

export const APISERVER = 'kube-apiserver';

const METHOD: Readonly<Record<Verb, string>> = {
  get: 'GET', list: 'GET', watch: 'WATCH', create: 'POST', update: 'PUT', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE',
};

/** `apps/v1/deployments` taken apart; core resources have no prefix. */
export function parseGvr(gvr: Gvr): { group: string; version: string; resource: string } {
  const parts = GVRS.get(gvr);
  if (parts) return parts;
  const words = gvr.split('/');
  const made = words.length === 1 ? { group: '', version: 'v1', resource: gvr } : { group: words[0], version: words[1], resource: words[2] };
  GVRS.set(gvr, made);
  return made;
}
const GVRS = new Map<Gvr, { group: string; version: string; resource: string }>();

/** What stands on the message: the HTTP method and `resource[/subresource] [namespace/]name`. */
export function labelOf(req: ApiRequest): Label {
  const resource = req.subresource ? `${req.resource}/${req.subresource}` : req.resource;
  const name = req.name ?? req.body?.metadata?.name ?? req.body?.metadata?.generateName ?? (req.verb === 'create' && req.text !== undefined ? nameInText(req.text) : '');
  const subject = req.path ?? (req.namespace ? `${resource} ${req.namespace}/${name}` : name ? `${resource} ${name}` : resource);
  return { verb: METHOD[req.verb], subject };
}

/** The name in a body sent as text, for the label alone: '' when it does not stand in its plain place. */
function nameInText(text: string): string {
  return /"metadata":\s*\{(?:[^{}]|\{[^{}]*\}){0,800}?"name":\s*"([a-z0-9.-]{1,253})"/.exec(text.slice(0, 4096))?.[1] ?? '';
}

/** Sends one request and returns its response; code 0 and a string body when no answer came. */
export function* request(req: ApiRequest, timeout?: Micros): Program<ApiResponse> {
  const answer = yield* call<ApiResponse>(APISERVER, req, labelOf(req), timeout);
  return isCallFailed(answer) ? failed(answer.error) : answer;
}

function failed(error: string): ApiResponse {
  return { code: 0, body: error };
}

/**
 * Takes a token of the client's bucket. Returns the microseconds to wait for it (0: go at once).
 * Tokens are counted in millionths, so that qps tokens a second are qps millionths a microsecond: integers throughout.
 */
export function reserve(p: ProcessContext, identity: ClientIdentity, tokens = 1): Micros {
  if (identity.qps <= 0) return 0;
  const buckets = p.cell<{ readonly tokens: number; readonly at: Micros }>('rate limiters');
  const bucket = buckets.get(identity.name) ?? { tokens: identity.burst * 1_000_000, at: p.now };
  const left = Math.min(identity.burst * 1_000_000, bucket.tokens + (p.now - bucket.at) * identity.qps) - tokens * 1_000_000;
  buckets.set(identity.name, { tokens: left, at: p.now });
  return left >= 0 ? 0 : Math.ceil(-left / identity.qps);
}

/** One request within the client's rate. */
export function* limited(identity: ClientIdentity, req: ApiRequest, timeout?: Micros): Program<ApiResponse> {
  const wait = (yield { op: 'do', run: (p: ProcessContext) => reserve(p, identity) }) as Micros;
  if (wait > 0) yield { op: 'sleep', us: wait };
  const answer = yield { op: 'call', to: APISERVER, body: req, label: labelOf(req), timeout };
  return isCallFailed(answer) ? failed(answer.error) : (answer as ApiResponse);
}

type Draft = { -readonly [K in keyof ApiRequest]: ApiRequest[K] };

/** The parts that all requests have, in the order in which they always stand. */
function draft(identity: ClientIdentity, gvr: Gvr, verb: Verb, namespace: string, name: string | undefined, options: RequestOptions | undefined): Draft {
  const { group, version, resource } = parseGvr(gvr);
  const req = { verb, group, version, resource } as Draft;
  if (namespace) req.namespace = namespace;
  if (name) req.name = name;
  if (options) req.options = options;
  req.user = identity.user;
  req.userAgent = identity.userAgent;
  return req;
}

/** Builds requests without sending them. */
class Requests {
  constructor(readonly identity: ClientIdentity) {}

  create(gvr: Gvr, namespace: string, body: unknown, options?: RequestOptions): ApiRequest {
    const req = draft(this.identity, gvr, 'create', namespace, undefined, options);
    req.body = body as Draft['body'];
    return req;
  }
  delete(gvr: Gvr, namespace: string, name: string, deleteOptions?: unknown): ApiRequest {
    const req = draft(this.identity, gvr, 'delete', namespace, name, undefined);
    if (deleteOptions) req.body = deleteOptions as Draft['body'];
    return req;
  }
  patch(gvr: Gvr, namespace: string, name: string, type: PatchType, patch: unknown, subresource?: string, options?: RequestOptions): ApiRequest {
    const req = draft(this.identity, gvr, 'patch', namespace, name, options);
    req.body = patch as Draft['body'];
    req.patchType = type;
    if (subresource) req.subresource = subresource;
    return req;
  }
  updateSub(gvr: Gvr, subresource: string, object: KubeObject, options?: RequestOptions): ApiRequest {
    const req = draft(this.identity, gvr, 'update', object.metadata.namespace ?? '', object.metadata.name, options);
    req.subresource = subresource;
    req.body = object;
    return req;
  }
}

class ApiClient implements Client {
  readonly request: Requests;

  constructor(private readonly identity: ClientIdentity) {
    this.request = new Requests(identity);
  }
  get(gvr: Gvr, namespace: string, name: string, options?: RequestOptions): Program<ApiResponse> {
    return limited(this.identity, draft(this.identity, gvr, 'get', namespace, name, options));
  }
  list(gvr: Gvr, namespace: string, options?: RequestOptions): Program<ApiResponse> {
    return limited(this.identity, draft(this.identity, gvr, 'list', namespace, undefined, options));
  }
  create(gvr: Gvr, namespace: string, body: unknown, options?: RequestOptions): Program<ApiResponse> {
    return limited(this.identity, this.request.create(gvr, namespace, body, options));
  }
  update(gvr: Gvr, object: KubeObject, options?: RequestOptions): Program<ApiResponse> {
    const req = draft(this.identity, gvr, 'update', object.metadata.namespace ?? '', object.metadata.name, options);
    req.body = object;
    return limited(this.identity, req);
  }
  updateSub(gvr: Gvr, subresource: string, object: KubeObject, options?: RequestOptions): Program<ApiResponse> {
    return limited(this.identity, this.request.updateSub(gvr, subresource, object, options));
  }
  createSub(gvr: Gvr, subresource: string, namespace: string, name: string, body: unknown): Program<ApiResponse> {
    const req = draft(this.identity, gvr, 'create', namespace, name, undefined);
    req.subresource = subresource;
    req.body = body as Draft['body'];
    return limited(this.identity, req);
  }
  patch(gvr: Gvr, namespace: string, name: string, type: PatchType, patch: unknown, subresource?: string, options?: RequestOptions): Program<ApiResponse> {
    return limited(this.identity, this.request.patch(gvr, namespace, name, type, patch, subresource, options));
  }
  delete(gvr: Gvr, namespace: string, name: string, deleteOptions?: unknown): Program<ApiResponse> {
    return limited(this.identity, this.request.delete(gvr, namespace, name, deleteOptions));
  }
  deleteCollection(gvr: Gvr, namespace: string, deleteOptions?: unknown, options?: RequestOptions): Program<ApiResponse> {
    const req = draft(this.identity, gvr, 'deletecollection', namespace, undefined, options);
    if (deleteOptions) req.body = deleteOptions as Draft['body'];
    return limited(this.identity, req);
  }
  *all(requests: readonly ApiRequest[]): Program<readonly ApiResponse[]> {
    if (requests.length === 0) return [];
    const { identity } = this;
    const wait = yield* act((p: ProcessContext) => reserve(p, identity, requests.length));
    if (wait > 0) yield* sleep(wait);
    const calls: Call[] = requests.map((req) => ({ op: 'call', to: APISERVER, body: req, label: labelOf(req) }));
    const answers = (yield { op: 'all', calls }) as readonly (ApiResponse | { error: string })[];
    return answers.map((answer) => (isCallFailed(answer) ? failed(answer.error) : (answer as ApiResponse)));
  }
}

/** Made once for each identity; what the table holds cannot change what a client does. */
const CLIENTS = new WeakMap<ClientIdentity, Client>();

/** A client with upstream's method names. Pure: it holds nothing but the identity. */
export function clientFor(identity: ClientIdentity): Client {
  let client = CLIENTS.get(identity);
  if (client === undefined) CLIENTS.set(identity, (client = new ApiClient(identity)));
  return client;
}

/**
 * Starts a watch. The stream's events arrive in the mailbox of the same name (for `receive`) when the component's message
 * handler hands 'watch' messages to `watchMessage`. The stream's name must be unique in the client.
 */
export function* startWatch(req: ApiRequest, stream: string): Program<ApiResponse> {
  return yield* request({ ...req, verb: 'watch', options: { ...req.options, query: { ...req.options?.query, stream } } });
}
