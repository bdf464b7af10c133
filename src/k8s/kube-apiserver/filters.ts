/**
 * The handler chain in front of every resource: authentication, audit, priority and fairness, authorization.
 * Upstream: staging/src/k8s.io/apiserver/pkg/server/config.go DefaultBuildHandlerChain
 * Left out: certificates and tokens (the network says who the client is).
 */
import type { Status } from '../api/types.ts';
import { unauthorized } from '../apimachinery/status-errors.ts';
import { authorize, forbiddenMessage } from './authorization/authorizer.ts';
import type { Exchange } from './exchange.ts';
import { pass, refuse } from './exchange.ts';
import { classify } from './flowcontrol.ts';

/** Undefined: the request may go on. */
export function passFilters(x: Exchange): Status | undefined {
  const { request, state } = x;
  if (request.user.username === '') return refuse(x, 'authentication', unauthorized('Unauthorized'), 'no credentials');
  pass(x, 'authentication', request.user.username);
  pass(x, 'audit', 'RequestReceived');
  pass(x, 'priority and fairness', classify(state, request));
  const decision = authorize(state, request);
  if (!decision.allowed) return refuse(x, 'authorization', forbiddenMessage(request, decision.reason), decision.reason || 'no rule allows it');
  pass(x, 'authorization', decision.reason);
  return undefined;
}
