/**
 * Sends a request to its handler.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/installer.go
 */
import type { ApiRequest, Verb } from '../apimachinery/request.ts';
import { methodNotSupported, resourceNotFound } from '../apimachinery/status-errors.ts';
import { act, receive } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Context, Message } from '../../sim/types.ts';
import { answerPath } from './discovery.ts';
import { answerRefusal, openExchange, refuse } from './exchange.ts';
import { binding } from './handlers/binding.ts';
import { create } from './handlers/create.ts';
import { remove } from './handlers/delete.ts';
import { deleteCollection } from './handlers/delete-collection.ts';
import { evict } from './handlers/eviction.ts';
import { podLog } from './handlers/log.ts';
import { get, list } from './handlers/read.ts';
import { review } from './handlers/reviews.ts';
import { createToken } from './handlers/token.ts';
import { update } from './handlers/update.ts';
import { watch } from './handlers/watch.ts';
import { impersonated, refuseImpersonation } from './impersonation.ts';
import { findResource } from './resources.ts';
import type { State } from './state.ts';
import { isReady, waitForRevision } from './watch-cache.ts';

type Handler = (state: State, message: Message) => Program;

const VERBS: Readonly<Record<Verb, Handler>> = { get, list, watch, create, update, patch: update, delete: remove, deletecollection: deleteCollection };

/** Sub-resources with a handler of their own. `<resource>/<subresource>` or `*` + `/<subresource>`. */
const SUBRESOURCES: Readonly<Record<string, Handler>> = {
  'pods/binding': binding, bindings: binding, 'pods/eviction': evict, 'pods/log': podLog, 'serviceaccounts/token': createToken,
  tokenreviews: review, selfsubjectreviews: review, subjectaccessreviews: review, selfsubjectaccessreviews: review, localsubjectaccessreviews: review, selfsubjectrulesreviews: review,
};

const VERB_ACTION: Readonly<Record<Verb, string>> = { get: 'get', list: 'list', watch: 'watch', create: 'create', update: 'update', patch: 'patch', delete: 'delete', deletecollection: 'delete' };

function handlerOf(request: ApiRequest): Handler | 'missing' | 'verb' {
  const resource = findResource(request.group, request.version, request.resource);
  if (resource === undefined) return 'missing';
  if (request.subresource !== undefined) {
    const sub = resource.subresources.find((s) => s.name === request.subresource);
    if (sub === undefined) return 'missing';
    if (!sub.verbs.includes(request.verb)) return 'verb';
    return SUBRESOURCES[request.resource + '/' + request.subresource] ?? VERBS[request.verb];
  }
  if (!resource.verbs.includes(request.verb)) return 'verb';
  return SUBRESOURCES[request.resource] ?? VERBS[request.verb];
}

/** The request of somebody who wants to be taken for another user: served as that user's if the first may impersonate. */
function* serveAs(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const refused = refuseImpersonation(state, request);
  if (refused === undefined) {
    yield* serve(state, { ...message, body: impersonated(request) });
    return;
  }
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, request);
    if (x === undefined) ctx.reply(message, { code: 403, body: refused }, { verb: message.label.verb, subject: message.label.subject, code: 403 });
    else answerRefusal(x, message, refuse(x, 'authorization', refused));
  });
}

export function* serve(state: State, message: Message): Program {
  if ((message.body as ApiRequest).impersonate !== undefined) {
    yield* serveAs(state, message);
    return;
  }
  const request = message.body as ApiRequest;
  if (request.path !== undefined) {
    yield* act((ctx: Context) => answerPath(state, ctx, message));
    return;
  }
  const handler = handlerOf(request);
  if (handler === 'missing' || handler === 'verb') {
    yield* act((ctx: Context) => {
      const status = handler === 'missing' ? resourceNotFound() : methodNotSupported({ group: request.group, resource: request.resource }, VERB_ACTION[request.verb]);
      const x = openExchange(state, ctx, request);
      if (x === undefined) ctx.reply(message, { code: 404, body: status }, { verb: message.label.verb, subject: message.label.subject, code: 404 });
      else answerRefusal(x, message, refuse(x, 'decode', status));
    });
    return;
  }
  // Before the cache is filled nobody is served: the real process would not listen yet.
  const box = yield* act((): string => (isReady(state) ? '' : waitForRevision(state, Number.MAX_SAFE_INTEGER)));
  if (box !== '') yield* receive(box);
  yield* handler(state, message);
}
