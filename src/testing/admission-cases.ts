/**
 * Sends recorded requests to kube-apiserver and collects its answers, each on a fresh control plane prepared once.
 */
import { parseHttp } from '../k8s/kube-apiserver/http.ts';
import type { ApiResponse } from '../k8s/apimachinery/request.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import { ADMIN, createApiHarness } from './api-harness.ts';
import type { ApiHarness } from './api-harness.ts';

interface CaseRequest { readonly method: string; readonly path: string; readonly query?: string; readonly contentType: string; readonly body?: string; readonly fill?: { readonly mark: string; readonly char: string; readonly count: number } }
export interface AdmissionCase { readonly id: string; readonly setup?: readonly CaseRequest[]; readonly request: CaseRequest }
export interface CaseAnswer { readonly id: string; readonly code: number; readonly body: unknown; readonly warnings?: readonly string[] }

function send(api: ApiHarness, r: CaseRequest, made: readonly (KubeObject | undefined)[]): ApiResponse {
  let body = r.body ?? '';
  if (r.fill) body = body.replaceAll(r.fill.mark, r.fill.char.repeat(r.fill.count));
  body = body.replaceAll(/<(rv|uid):(\d+)>/g, (_, what: string, n: string) => (what === 'rv' ? made[Number(n)]?.metadata.resourceVersion : made[Number(n)]?.metadata.uid) ?? '');
  const parsed = parseHttp({ method: r.method, path: r.path, query: r.query ?? '', contentType: r.contentType, body, user: ADMIN, userAgent: '' });
  if ('code' in parsed) return { code: parsed.code, body: parsed.body };
  return api.ask(parsed.request);
}

/** A new control plane with the ServiceAccount that every namespace has. */
export function preparedHarness(): ApiHarness {
  const api = createApiHarness();
  api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
  return api;
}

/** `api` is changed by the case's setup: give each case that has one its own. */
export function answerCase(api: ApiHarness, c: AdmissionCase): CaseAnswer {
  const made: (KubeObject | undefined)[] = [];
  for (const s of c.setup ?? []) {
    const answer = send(api, s, made);
    made.push(answer.code < 300 ? (answer.body as KubeObject) : undefined);
    // What was written has to reach the cache, as it has by the time a person types the next line.
    api.run(5_000);
  }
  const answer = send(api, c.request, made);
  return { id: c.id, code: answer.code, body: answer.body, ...(answer.warnings ? { warnings: answer.warnings } : {}) };
}
