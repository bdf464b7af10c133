/**
 * Reviews: questions about access and identity that are answered and not stored.
 * Upstream: pkg/registry/{authorization,authentication}/*\/rest.go
 * Left out: tokens other than those this server made.
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest, UserInfo, Verb } from '../../apimachinery/request.ts';
import { badRequest } from '../../apimachinery/status-errors.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { authorize } from '../authorization/authorizer.ts';
import { rulesFor } from '../authorization/rbac.ts';
import { decodeObject } from '../codec.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, refuse } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { withFields } from '../registry/strategy.ts';
import type { State } from '../state.ts';
import { userOfToken } from '../tokens.ts';
import { validateCreate } from '../validation-gate.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

export function* review(state: State, message: Message): Program {
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, message.body as ApiRequest)!;
    const refused = passFilters(x);
    if (refused !== undefined) return answerRefusal(x, message, refused);
    const decoded = decodeObject(x, x.resource.apiVersion, x.resource.kind);
    if (isRefusal(decoded)) return answerRefusal(x, message, refuse(x, 'decode', decoded));
    pass(x, 'decode');
    const result = answerReview(x, decoded);
    if (isRefusal(result)) return answerRefusal(x, message, refuse(x, 'validation', result));
    pass(x, 'validation');
    answer(x, message, 201, result, false);
  });
}

function subjectAccess(x: Exchange, spec: Any, user: UserInfo): Any {
  const r = spec?.resourceAttributes;
  const n = spec?.nonResourceAttributes;
  const asked: ApiRequest = {
    verb: (r?.verb ?? n?.verb ?? '') as Verb, group: r?.group ?? '', version: r?.version ?? 'v1', resource: r?.resource ?? '', user, userAgent: '',
    ...(r?.subresource ? { subresource: r.subresource } : {}), ...(r?.namespace ? { namespace: r.namespace } : {}), ...(r?.name ? { name: r.name } : {}), ...(n ? { path: n.path ?? '' } : {}),
  };
  const d = authorize(x.state, asked);
  return { allowed: d.allowed, ...(d.reason === '' || user.groups.includes('system:masters') ? {} : { reason: d.reason }) };
}

const list = (v: unknown): Any => (Array.isArray(v) && v.length > 0 ? v : undefined);

function rules(x: Exchange, namespace: string): Any {
  const resourceRules: Any[] = [];
  const nonResourceRules: Any[] = [];
  for (const r of rulesFor(x.state, x.request.user, namespace)) {
    if (list(r.nonResourceURLs)) nonResourceRules.push({ verbs: r.verbs ?? [], nonResourceURLs: r.nonResourceURLs });
    if (list(r.resources)) resourceRules.push({ verbs: r.verbs ?? [], apiGroups: r.apiGroups ?? [], resources: r.resources, ...(list(r.resourceNames) ? { resourceNames: r.resourceNames } : {}) });
  }
  return { resourceRules, nonResourceRules, incomplete: false };
}

function answerReview(x: Exchange, o: KubeObject): KubeObject | Status {
  const wrong = validateCreate(x, { ...o, metadata: { ...o.metadata, name: o.metadata.name ?? 'review' } });
  const spec = o['spec'] as Any;
  const { user } = x.request;
  switch (x.resource.kind) {
    case 'SelfSubjectAccessReview':
      if (!spec?.resourceAttributes && !spec?.nonResourceAttributes) return badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
      return withFields(o, { status: subjectAccess(x, spec, user) });
    case 'SubjectAccessReview':
    case 'LocalSubjectAccessReview': {
      if (x.resource.kind === 'LocalSubjectAccessReview' && spec?.resourceAttributes && (spec.resourceAttributes.namespace ?? '') !== x.request.namespace) return badRequest(`spec.resourceAttributes.namespace must match namespace: ${x.request.namespace}`);
      return withFields(o, { status: subjectAccess(x, spec, { username: spec?.user ?? '', groups: spec?.groups ?? [] }) });
    }
    case 'SelfSubjectRulesReview':
      if (!spec?.namespace) return badRequest('no namespace on request');
      return withFields(o, { spec: {}, status: rules(x, spec.namespace) });
    case 'SelfSubjectReview':
      return withFields({ ...o, metadata: { creationTimestamp: formatTime(x.ctx.now) } as unknown as KubeObject['metadata'] }, { status: { userInfo: { username: user.username, groups: user.groups } } });
    case 'TokenReview': {
      if (!spec?.token) return wrong ?? badRequest('token is required for TokenReview in authentication');
      const who = userOfToken(x.state, spec.token, x.ctx.now);
      return withFields(o, { status: who === undefined ? { user: {}, error: '[invalid bearer token, token lookup failed]' } : { authenticated: true, user: who, audiences: ['https://kubernetes.default.svc.cluster.local'] } });
    }
    default: return badRequest('unknown review');
  }
}
