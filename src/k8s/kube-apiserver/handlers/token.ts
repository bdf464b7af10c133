/**
 * serviceaccounts/token: a token for an account, bound to a pod if asked.
 * Upstream: pkg/registry/core/serviceaccount/storage/token.go
 * Left out: tokens bound to secrets.
 */
import type { KubeObject, Status } from '../../api/types.ts';
import type { ApiRequest } from '../../apimachinery/request.ts';
import { badRequest, conflict, invalid as invalidStatus, notFound } from '../../apimachinery/status-errors.ts';
import { invalid, path } from '../../apimachinery/field-error.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { act } from '../../../sim/program.ts';
import type { Program } from '../../../sim/program.ts';
import type { Context, Message } from '../../../sim/types.ts';
import { decodeObject } from '../codec.ts';
import { answer, answerRefusal, isRefusal, openExchange, pass, refuse } from '../exchange.ts';
import type { Exchange } from '../exchange.ts';
import { passFilters } from '../filters.ts';
import { drawUid } from '../identity.ts';
import type { State } from '../state.ts';
import { admitSubresource } from '../write-path.ts';
import { ISSUER, makeToken } from '../tokens.ts';

const WARN_ONLY = 3607;
const EXTENDED = 365 * 24 * 3600;

export function* createToken(state: State, message: Message): Program {
  yield* act((ctx: Context) => {
    const x = openExchange(state, ctx, message.body as ApiRequest)!;
    const refused = passFilters(x);
    if (refused !== undefined) return answerRefusal(x, message, refused);
    const decoded = decodeObject(x, 'authentication.k8s.io/v1', 'TokenRequest');
    if (isRefusal(decoded)) return answerRefusal(x, message, refuse(x, 'decode', decoded));
    pass(x, 'decode');
    const admitted = admitSubresource(x, decoded as KubeObject);
    if (isRefusal(admitted)) return answerRefusal(x, message, admitted);
    const made = make(x, admitted as KubeObject);
    if (isRefusal(made)) return answerRefusal(x, message, refuse(x, 'validation', made));
    pass(x, 'validation');
    answer(x, message, 201, made, false);
  });
}

function make(x: Exchange, o: KubeObject): KubeObject | Status {
  const { state, ctx, request } = x;
  const namespace = request.namespace ?? '';
  const name = request.name ?? '';
  const account = state.objects.get(`/registry/serviceaccounts/${namespace}/${name}`);
  if (account === undefined) return notFound({ group: '', resource: 'serviceaccounts' }, name);
  const given = o.metadata.namespace;
  if (given && given !== namespace) return badRequest('namespace in URL does not match namespace in TokenRequest object');
  const seconds = (o['spec']?.expirationSeconds ?? 3600) as number;
  const at = path('spec', 'expirationSeconds');
  if (seconds < 600) return invalidStatus({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [invalid(at, seconds, 'may not specify a duration less than 10 minutes')]);
  if (seconds > 4294967296) return invalidStatus({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, name, [invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds')]);
  const audiences = (o['spec']?.audiences as string[] | undefined)?.length ? (o['spec'].audiences as string[]) : [ISSUER];
  const ref = o['spec']?.boundObjectRef as { kind?: string; name?: string; uid?: string } | undefined;
  let pod: KubeObject | undefined;
  if (ref?.kind === 'Pod') {
    pod = state.objects.get(`/registry/pods/${namespace}/${ref.name}`);
    if (pod === undefined) return notFound({ group: '', resource: 'pods' }, ref.name ?? '');
    if (ref.uid && ref.uid !== pod.metadata.uid) return conflict({ group: '', resource: 'Pod' }, ref.name ?? '', `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`);
    if (pod['spec']?.serviceAccountName !== name) return badRequest(`cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`);
  }
  const nodeName = pod?.['spec']?.nodeName as string | undefined;
  const node = nodeName === undefined ? undefined : state.objects.get('/registry/minions/' + nodeName);
  const id = drawUid(state, ctx, 'token ' + namespace + '/' + name);
  const bound = pod === undefined ? {} : { pod: { name: pod.metadata.name, uid: pod.metadata.uid }, ...(node === undefined ? {} : { node: { name: node.metadata.name, uid: node.metadata.uid } }) };
  const token = makeToken({ namespace, name, uid: account.metadata.uid, ...bound }, audiences, ctx.now, seconds === WARN_ONLY ? EXTENDED : seconds, id);
  return {
    kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(ctx.now) } as unknown as KubeObject['metadata'],
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: o['spec']?.boundObjectRef ?? null },
    status: { token, expirationTimestamp: formatTime(ctx.now + seconds * 1_000_000) },
  };
}
