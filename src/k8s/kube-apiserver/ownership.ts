/**
 * Whose fields are whose: metadata.managedFields of writes that are not server-side apply.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/managedfields/fieldmanager.go
 */
import type { KubeObject } from '../api/types.ts';
import type { ApiRequest } from '../apimachinery/request.ts';
import type { Exchange } from './exchange.ts';

/** The fieldManager option, or the user agent up to its first slash. */
export function managerOf(request: ApiRequest): string {
  const given = request.options?.fieldManager;
  if (given !== undefined && given !== '') return given;
  const agent = request.userAgent;
  const slash = agent.indexOf('/');
  const name = slash < 0 ? agent : agent.slice(0, slash);
  return name === '' ? 'unknown' : name.slice(0, 128);
}

export function trackCreate(x: Exchange, object: KubeObject): KubeObject {
  void x;
  return object;
}

export function trackUpdate(x: Exchange, next: KubeObject, old: KubeObject): KubeObject {
  void x;
  void old;
  return next;
}
