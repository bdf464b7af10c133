/**
 * serviceaccounts/token: a bound token for a pod.
 * Upstream: pkg/registry/core/serviceaccount/storage/token.go
 * Left out: the signature; the token says in clear whom it is for, and nobody checks it.
 */
import type { KubeObject } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { notFound } from '../../apimachinery/status-errors.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { base64, utf8Bytes } from '../../apimachinery/utf8.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { answer, answerRefusal, openExchange, pass, refuse } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { storageKey } from '../resources.ts';
import type { State } from '../state.ts';

const part = (value: unknown): string => base64(utf8Bytes(JSON.stringify(value))).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_');

export function* token(state: State, message: Message): Program {
  const request = message.body as ApiRequest;
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, request)!;
    const refused = passFilters(x);
    if (refused !== undefined) return answerRefusal(x, message, refused);
    const account = state.objects.get(storageKey(x.resource, request.namespace ?? '', request.name ?? ''));
    if (account === undefined) return answerRefusal(x, message, refuse(x, 'storage', notFound(x.resource.gr, request.name ?? '')));
    pass(x, 'storage');
    const spec = (request.body as KubeObject | undefined)?.['spec'] as { audiences?: readonly string[]; expirationSeconds?: number; boundObjectRef?: { name?: string; uid?: string } } | undefined;
    const audiences = spec?.audiences?.length ? spec.audiences : ['https://kubernetes.default.svc.cluster.local'];
    const seconds = spec?.expirationSeconds ?? 3600;
    const issued = Math.floor(ctx.now / 1_000_000);
    const claims = {
      aud: audiences, iat: issued, exp: issued + seconds, iss: 'https://kubernetes.default.svc.cluster.local', sub: `system:serviceaccount:${request.namespace}:${request.name}`,
      'kubernetes.io': { namespace: request.namespace, serviceaccount: { name: request.name, uid: account.metadata.uid }, ...(spec?.boundObjectRef ? { pod: { name: spec.boundObjectRef.name, uid: spec.boundObjectRef.uid } } : {}) },
    };
    answer(x, message, 201, {
      kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { ...account.metadata, creationTimestamp: formatTime(ctx.now) },
      spec: { ...spec, audiences, expirationSeconds: seconds },
      status: { token: `${part({ alg: 'RS256', kid: 'kube-orrery' })}.${part(claims)}.unsigned`, expirationTimestamp: formatTime(ctx.now + seconds * 1_000_000) },
    } as unknown as KubeObject, false);
  });
}
