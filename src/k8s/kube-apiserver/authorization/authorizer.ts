/**
 * May this user do this? system:masters may do all; then the Node authorizer, then RBAC.
 * Upstream: staging/src/k8s.io/apiserver/pkg/authorization/union, plugin/pkg/auth/authorizer/{node,rbac}
 */
import type { Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { failure, forbidden } from '../../apimachinery/status-errors.ts';
import { goQuote } from '../../apimachinery/goquote.ts';
import type { State } from '../state.ts';
import { authorizeNode } from './node.ts';
import { authorizeRbac } from './rbac.ts';

export interface Decision { readonly allowed: boolean; readonly reason: string }

const MASTERS: Decision = { allowed: true, reason: 'group system:masters' };

export function authorize(state: State, request: ApiRequest): Decision {
  if (request.user.groups.includes('system:masters')) return MASTERS;
  let reason = '';
  if (request.user.groups.includes('system:nodes')) {
    const node = authorizeNode(state, request);
    if (node.allowed) return node;
    reason = node.reason;
  }
  const rbac = authorizeRbac(state, request);
  if (rbac.allowed) return rbac;
  return { allowed: false, reason: [reason, rbac.reason].filter((r) => r !== '').join(', ') };
}

/** Upstream: endpoints/handlers/responsewriters/errors.go forbiddenMessage. */
export function forbiddenMessage(request: ApiRequest, reason: string): Status {
  const user = goQuote(request.user.username);
  if (request.path !== undefined) {
    const why = `User ${user} cannot ${request.verb} path ${goQuote(request.path)}`;
    return failure(403, 'Forbidden', 'forbidden: ' + why + (reason === '' ? '' : ': ' + reason), {});
  }
  const resource = request.subresource ? request.resource + '/' + request.subresource : request.resource;
  const where = request.namespace ? ` in the namespace ${goQuote(request.namespace)}` : ' at the cluster scope';
  const why = `User ${user} cannot ${request.verb} resource ${goQuote(resource)} in API group ${goQuote(request.group)}${where}` + (reason === '' ? '' : ': ' + reason);
  return forbidden({ group: request.group, resource: request.resource }, request.name ?? '', why);
}
