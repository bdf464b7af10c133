/**
 * pods/log: asks the kubelet of the pod's node.
 * Upstream: pkg/registry/core/pod/{rest/log.go,strategy.go LogLocation}, staging/src/k8s.io/apiserver/pkg/registry/generic/rest
 * Left out: following a log; the answer is what there is now.
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { badRequest, failure, internalError, notFound } from '../../apimachinery/status-errors.ts';
import { act, call, isCallFailed } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { answer, answerRefusal, openExchange, pass, recordGates, refuse } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { storageKey } from '../resources.ts';
import type { State } from '../state.ts';

interface Containers { readonly containers?: readonly { name: string }[]; readonly initContainers?: readonly { name: string }[]; readonly ephemeralContainers?: readonly { name: string }[]; readonly nodeName?: string }

const names = (list: readonly { name: string }[] | undefined): string => (list ?? []).map((c) => c.name).join(' ');

/** The container to read, or the refusal. */
function containerOf(pod: KubeObject, asked: string | undefined): string | Status {
  const spec = pod['spec'] as Containers;
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  if (asked !== undefined && asked !== '') {
    return all.some((c) => c.name === asked) ? asked : badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  }
  if (spec.containers?.length === 1) return spec.containers[0].name;
  let text = `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names(spec.containers)}]`;
  if (spec.initContainers?.length) text += ` or one of the init containers: [${names(spec.initContainers)}]`;
  if (spec.ephemeralContainers?.length) text += ` or one of the ephemeral containers: [${names(spec.ephemeralContainers)}]`;
  return badRequest(text);
}

export function* log(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  const query = request.options?.query ?? {};
  const where = yield* act((ctx: Context): { node: string; container: string } | null => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    if (refused !== undefined) {
      answerRefusal(x, message, refused);
      return null;
    }
    const pod = state.objects.get(storageKey(x.resource, request.namespace ?? '', request.name ?? ''));
    if (pod === undefined) {
      answerRefusal(x, message, refuse(x, 'storage', notFound(x.resource.gr, request.name ?? '')));
      return null;
    }
    const container = containerOf(pod, query['container']);
    if (typeof container !== 'string') {
      answerRefusal(x, message, refuse(x, 'storage', container));
      return null;
    }
    const node = (pod['spec'] as Containers).nodeName ?? '';
    if (node === '') {
      // Not bound yet: nothing to read.
      answer(x, message, 200, '', false);
      return null;
    }
    recordGates(x);
    return { node, container };
  });
  if (where === null) return;
  const path = `/containerLogs/${request.namespace}/${request.name}/${where.container}`;
  const got = yield* call<{ code: number; text: string }>(`kubelet/${where.node}`, { path, query }, { verb: 'GET', subject: path });
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, request)!;
    if (isCallFailed(got)) return answerRefusal(x, message, refuse(x, 'storage', internalError(`Get "https://${where.node}:10250${path}": ${got.error}`)));
    if (got.code === 200) {
      pass(x, 'storage');
      return answer(x, message, 200, got.text, false);
    }
    const status = got.code === 400 ? badRequest(got.text) : got.code === 500 ? internalError(got.text) : failure(got.code, 'NotFound', `the server could not find the requested resource ( pods/log ${request.name})`);
    answerRefusal(x, message, refuse(x, 'storage', status));
  });
}
