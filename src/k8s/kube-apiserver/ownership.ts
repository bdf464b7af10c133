/**
 * Whose fields are whose: metadata.managedFields of writes that are not server-side apply.
 * Upstream: staging/src/k8s.io/apimachinery/pkg/util/managedfields/fieldmanager.go
 */
import type { KubeObject, Status } from '../api/types.ts';
import { badRequest } from '../apimachinery/status-errors.ts';
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

/** Server-side apply: the object with the patch merged in by ownership, or a conflict. */
export function serverSideApply(x: Exchange, old: KubeObject | undefined): KubeObject | Status {
  void old;
  return badRequest('server-side apply is not served: ' + x.subject);
}
