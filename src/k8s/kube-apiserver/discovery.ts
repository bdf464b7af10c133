/**
 * Paths that name no resource: versions, groups, health.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/discovery, pkg/server/routes, pkg/server/healthz
 */
import type { ApiRequest } from '../apimachinery/request.ts';
import type { Context, Message } from '../../sim/types.ts';
import type { State } from './state.ts';

export function answerPath(state: State, ctx: Context, message: Message): void {
  void state;
  const request = message.body as ApiRequest;
  const path = request.path ?? '';
  const healthy = path === '/healthz' || path === '/livez' || path === '/readyz';
  const code = healthy ? 200 : 404;
  ctx.reply(message, { code, body: healthy ? 'ok' : '404 page not found\n' }, { verb: message.label.verb, subject: path, code });
}
