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
  const wait = yield* act((p: ProcessContext) => reserve(p, identity));
  if (wait > 0) yield* sleep(wait);
  return yield* request(req, timeout);
}

/** A client with upstream's method names. Pure: it holds nothing but the identity. */
export function clientFor(identity: ClientIdentity): Client {
  const base = (gvr: Gvr, verb: Verb, namespace: string, name?: string, options?: RequestOptions): ApiRequest => ({
    verb, ...parseGvr(gvr), ...(namespace ? { namespace } : {}), ...(name ? { name } : {}), ...(options ? { options } : {}), user: identity.user, userAgent: identity.userAgent,
  });
  const build = {
    create: (gvr: Gvr, namespace: string, body: unknown, options?: RequestOptions): ApiRequest => ({ ...base(gvr, 'create', namespace, undefined, options), body }),
    delete: (gvr: Gvr, namespace: string, name: string, deleteOptions?: unknown): ApiRequest => ({ ...base(gvr, 'delete', namespace, name), ...(deleteOptions ? { body: deleteOptions } : {}) }),
    patch: (gvr: Gvr, namespace: string, name: string, type: PatchType, patch: unknown, subresource?: string, options?: RequestOptions): ApiRequest => ({
      ...base(gvr, 'patch', namespace, name, options), body: patch, patchType: type, ...(subresource ? { subresource } : {}),
    }),
    updateSub: (gvr: Gvr, subresource: string, object: KubeObject, options?: RequestOptions): ApiRequest => ({
      ...base(gvr, 'update', object.metadata.namespace ?? '', object.metadata.name, options), subresource, body: object,
    }),
  };
  return {
    request: build,
    get: (gvr, namespace, name, options) => limited(identity, base(gvr, 'get', namespace, name, options)),
    list: (gvr, namespace, options) => limited(identity, base(gvr, 'list', namespace, undefined, options)),
    create: (gvr, namespace, body, options) => limited(identity, build.create(gvr, namespace, body, options)),
    update: (gvr, object, options) => limited(identity, { ...base(gvr, 'update', object.metadata.namespace ?? '', object.metadata.name, options), body: object }),
    updateSub: (gvr, subresource, object, options) => limited(identity, build.updateSub(gvr, subresource, object, options)),
    createSub: (gvr, subresource, namespace, name, body) => limited(identity, { ...base(gvr, 'create', namespace, name), subresource, body }),
    patch: (gvr, namespace, name, type, patch, subresource, options) => limited(identity, build.patch(gvr, namespace, name, type, patch, subresource, options)),
    delete: (gvr, namespace, name, deleteOptions) => limited(identity, build.delete(gvr, namespace, name, deleteOptions)),
    deleteCollection: (gvr, namespace, deleteOptions, options) => limited(identity, { ...base(gvr, 'deletecollection', namespace, undefined, options), ...(deleteOptions ? { body: deleteOptions } : {}) }),
    *all(requests) {
      if (requests.length === 0) return [];
      const wait = yield* act((p: ProcessContext) => reserve(p, identity, requests.length));
      if (wait > 0) yield* sleep(wait);
      const calls: Call[] = requests.map((req) => ({ op: 'call', to: APISERVER, body: req, label: labelOf(req) }));
      const answers = (yield { op: 'all', calls }) as readonly (ApiResponse | { error: string })[];
      return answers.map((answer) => (isCallFailed(answer) ? failed(answer.error) : (answer as ApiResponse)));
    },
  };
}

/**
 * Starts a watch. The stream's events arrive in the mailbox of the same name (for `receive`) when the component's message
 * handler hands 'watch' messages to `watchMessage`. The stream's name must be unique in the client.
 */
export function* startWatch(req: ApiRequest, stream: string): Program<ApiResponse> {
  return yield* request({ ...req, verb: 'watch', options: { ...req.options, query: { ...req.options?.query, stream } } });
}
