/**
 * Acting as another user (`kubectl --as`): who may, and whose request it is then.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/filters/impersonation
 * Left out: uid and extra of the impersonated user; constrained impersonation.
 */
import type { Status } from '../api/types.ts';
import type { ApiRequest, UserInfo, Verb } from '../apimachinery/request.ts';
import { authorize, forbiddenMessage } from './authorization/authorizer.ts';
import type { State } from './state.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Undefined: the user may impersonate all that is asked. */
export function refuseImpersonation(state: State, request: ApiRequest): Status | undefined {
  const as = request.impersonate!;
  const account = SERVICE_ACCOUNT.exec(as.username);
  const asked: { resource: string; namespace?: string; name: string }[] = [
    account === null ? { resource: 'users', name: as.username } : { resource: 'serviceaccounts', namespace: account[1], name: account[2] },
    ...as.groups.map((name) => ({ resource: 'groups', name })),
  ];
  for (const one of asked) {
    const attributes: ApiRequest = { verb: 'impersonate' as Verb, group: '', version: 'v1', ...one, user: request.user, userAgent: request.userAgent };
    const decision = authorize(state, attributes);
    if (!decision.allowed) return forbiddenMessage(attributes, decision.reason);
  }
  return undefined;
}

/** The same request, as if the impersonated user had sent it. */
export function impersonated(request: ApiRequest): ApiRequest {
  const { impersonate, ...rest } = request;
  return { ...rest, user: withGroups(impersonate!) };
}

function withGroups(as: UserInfo): UserInfo {
  const account = SERVICE_ACCOUNT.exec(as.username);
  const groups = as.groups.length === 0 && account !== null ? ['system:serviceaccounts', 'system:serviceaccounts:' + account[1]] : [...as.groups];
  if (as.username === 'system:anonymous') return { username: as.username, groups: groups.includes('system:unauthenticated') ? groups : [...groups, 'system:unauthenticated'] };
  return { username: as.username, groups: groups.includes('system:authenticated') || groups.includes('system:unauthenticated') ? groups : [...groups, 'system:authenticated'] };
}
