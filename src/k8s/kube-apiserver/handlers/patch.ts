/**
 * The four patch types, on the served form of an object.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
import type { KubeObject, Status } from '../../api/types.ts';
import { badRequest } from '../../apimachinery/status-errors.ts';
import type { Exchange } from '../exchange.ts';

/** `old` undefined: apply creates. */
export function applyPatch(x: Exchange, old: KubeObject | undefined): KubeObject | Status {
  const patch = x.request.body as unknown;
  if (old === undefined) return patch as KubeObject;
  if (typeof patch !== 'object' || patch === null) return badRequest('no patch given');
  return merge(old, patch as Record<string, unknown>) as KubeObject;
}

function merge(a: unknown, b: unknown): unknown {
  if (typeof b !== 'object' || b === null || Array.isArray(b)) return b;
  const out: Record<string, unknown> = typeof a === 'object' && a !== null && !Array.isArray(a) ? { ...(a as Record<string, unknown>) } : {};
  for (const key of Object.keys(b)) {
    const v = (b as Record<string, unknown>)[key];
    if (v === null) delete out[key];
    else out[key] = merge(out[key], v);
  }
  return out;
}
