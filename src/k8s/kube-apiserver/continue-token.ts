/**
 * Continue tokens: base64url of {"v":"meta.k8s.io/v1","rv":N,"start":"key"}.
 * Upstream: staging/src/k8s.io/apiserver/pkg/storage/continue.go
 */
import { fromBase64Url, toBase64Url } from './base64.ts';

/** Go's encoding/json writes control characters and `<`, `>`, `&` as \u escapes. Keys are ASCII. */
export function encodeContinue(key: string, prefix: string, revision: number): string {
  const start = key.slice(prefix.length).replaceAll('\0', '\\u0000');
  return toBase64Url(`{"v":"meta.k8s.io/v1","rv":${revision},"start":"${start}"}`);
}

/** Where to go on and at which revision (below 0: the newest), or an error text. */
export function decodeContinue(token: string, prefix: string): { readonly from: string; readonly revision: number } | string {
  const json = fromBase64Url(token);
  const m = json === undefined ? null : /^\{"v":"([^"]*)","rv":(-?\d{1,15}),"start":"((?:[^"\\]|\\u[0-9a-f]{4})*)"\}$/.exec(json);
  if (m === null) return 'continue key is not valid: illegal base64 data or JSON';
  if (m[1] !== 'meta.k8s.io/v1') return 'continue key is not valid: server does not recognize this encoded version ' + m[1];
  if (m[2] === '0') return 'continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)';
  const start = m[3].replaceAll('\\u0000', '\0');
  if (start === '') return 'continue key is not valid: encoded start key empty (version meta.k8s.io/v1)';
  if (start.split('/').some((s) => s === '..' || s === '.' || s === '')) return 'continue key is not valid: ' + start;
  return { from: prefix + start, revision: Number(m[2]) };
}
