/**
 * Tokens of service accounts: the shape of a JWT, with a signature that proves nothing outside this simulation.
 * Upstream: pkg/serviceaccount/{jwt,claims}.go
 */
import { finish, hashString, hex32, mixNumber } from '../../base/hash.ts';
import { parseJson } from '../apimachinery/json.ts';
import { epochUnixSeconds } from '../apimachinery/time.ts';
import { fromBase64Url, toBase64Url } from './base64.ts';
import type { State } from './state.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const HEADER = toBase64Url('{"alg":"RS256","kid":"kube-orrery"}');
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

function sign(text: string): string {
  const hash = hashString(text);
  let out = '';
  for (let i = 0; i < 8; i++) out += hex32(finish(mixNumber(hash, i)));
  return toBase64Url(out);
}

export interface TokenSubject { readonly namespace: string; readonly name: string; readonly uid: string; readonly pod?: { readonly name: string; readonly uid: string }; readonly node?: { readonly name: string; readonly uid: string } }

/** `now` in microseconds. */
export function makeToken(s: TokenSubject, audiences: readonly string[], now: number, seconds: number, id: string): string {
  const at = epochUnixSeconds + Math.floor(now / 1e6);
  const payload = JSON.stringify({
    aud: audiences, exp: at + seconds, iat: at, iss: ISSUER, jti: id,
    'kubernetes.io': { namespace: s.namespace, ...(s.node ? { node: s.node } : {}), ...(s.pod ? { pod: s.pod } : {}), serviceaccount: { name: s.name, uid: s.uid } },
    nbf: at, sub: `system:serviceaccount:${s.namespace}:${s.name}`,
  });
  const body = HEADER + '.' + toBase64Url(payload);
  return body + '.' + sign(body);
}

/** Who a token stands for, while it is valid and its account lives. */
export function userOfToken(state: State, token: string, now: number): { username: string; uid: string; groups: string[] } | undefined {
  const [head, payload, signature] = token.split('.');
  if (head !== HEADER || payload === undefined || sign(head + '.' + payload) !== signature) return undefined;
  const claims = parseJson(fromBase64Url(payload) ?? '').value as Any;
  const own = claims?.['kubernetes.io'];
  if (own === undefined || claims.exp < epochUnixSeconds + now / 1e6) return undefined;
  const account = state.objects.get(`/registry/serviceaccounts/${own.namespace}/${own.serviceaccount?.name}`);
  if (account === undefined || account.metadata.uid !== own.serviceaccount.uid) return undefined;
  return { username: claims.sub, uid: account.metadata.uid, groups: ['system:serviceaccounts', 'system:serviceaccounts:' + own.namespace, 'system:authenticated'] };
}
