/**
 * The validation gate: the checks of the kind, then those that every object shares.
 * Upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/{create,update}.go
 */
import type { KubeObject, Status } from '../api/types.ts';
import type { Exchange } from './exchange.ts';

export function validateCreate(x: Exchange, object: KubeObject): Status | undefined {
  void x;
  void object;
  return undefined;
}

export function validateUpdate(x: Exchange, object: KubeObject, old: KubeObject, subresource: string): Status | undefined {
  void x;
  void object;
  void old;
  void subresource;
  return undefined;
}
