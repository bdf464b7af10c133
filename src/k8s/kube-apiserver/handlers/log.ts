/**
 * pods/log: the kubelet of the pod's node is asked, its answer passed on.
 * Upstream: pkg/registry/core/pod/strategy.go LogLocation, pkg/registry/core/pod/rest/log.go
 * Left out: following a log as a stream (a client asks again).
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { badRequest, failure, internalError, notFound } from '../../apimachinery/status-errors.ts';
import { act, call, isCallFailed } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import type { State } from '../state.ts';

interface Target { readonly node: string; readonly path: string; readonly query: Readonly<Record<string, string>> }
const PARAMETERS = ['follow', 'previous', 'timestamps', 'sinceSeconds', 'sinceTime', 'tailLines', 'limitBytes'];

function container(pod: KubeObject, asked: string): string | Status {
  const names = (field: string): string[] => ((pod['spec']?.[field] ?? []) as { name: string }[]).map((c) => c.name);
  const own = names('containers');
  const init = names('initContainers');
  const debug = names('ephemeralContainers');
  if (asked === '') {
    if (own.length === 1) return own[0];
    if (own.length === 0) return badRequest(`a container name must be specified for pod ${pod.metadata.name}`);
    let text = `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${own.join(' ')}]`;
    if (init.length > 0) text += ` or one of the init containers: [${init.join(' ')}]`;
    if (debug.length > 0) text += ` or one of the ephemeral containers: [${debug.join(' ')}]`;
    return badRequest(text);
  }
  return [...own, ...init, ...debug].includes(asked) ? asked : badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
}

export function* podLog(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const target = yield* act((ctx: Context): Target | null => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    const pod = state.objects.get(`/registry/pods/${request.namespace}/${request.name}`);
    const name = refused ?? (pod === undefined ? notFound(x.resource.gr, request.name ?? '') : container(pod, request.options?.query?.['container'] ?? ''));
    if (isRefusal(name)) {
      answerRefusal(x, message, refused ?? refuse(x, 'validation', name));
      return null;
    }
    pass(x, 'validation');
    const node = pod!['spec']?.nodeName as string | undefined;
    if (!node) {
      answer(x, message, 200, '', false);
      return null;
    }
    recordGates(x);
    const query: Record<string, string> = {};
    for (const k of PARAMETERS) if (request.options?.query?.[k] !== undefined) query[k] = request.options.query[k];
    return { node, path: `/containerLogs/${request.namespace}/${request.name}/${name as string}`, query };
  });
  if (target === null) return;
  const got = yield* call<{ code: number; text: string }>('kubelet/' + target.node, { path: target.path, query: target.query }, { verb: 'GET', subject: target.path });
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, request)!;
    if (isCallFailed(got)) {
      const node = state.objects.get('/registry/minions/' + target.node);
      const ip = (node?.['status']?.addresses as { type: string; address: string }[] | undefined)?.find((a) => a.type === 'InternalIP')?.address ?? target.node;
      const why = got.error === 'timeout' ? 'i/o timeout' : 'connect: ' + got.error;
      answerRefusal(x, message, refuse(x, 'proxy', internalError(`Get "https://${ip}:10250${target.path}": dial tcp ${ip}:10250: ${why}`)));
    } else if (got.code === 200) answer(x, message, 200, got.text, false);
    else answerRefusal(x, message, refuse(x, 'proxy', got.code === 400 ? badRequest(got.text) : got.code === 500 ? internalError(got.text) : failure(got.code, 'NotFound', `the server could not find the requested resource ( pods/log ${request.name})`)));
  });
}
