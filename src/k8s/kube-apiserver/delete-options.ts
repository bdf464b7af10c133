/**
 * DeleteOptions from a body or the query.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go
 */
import type { Status } from '../api/types.ts';
import { badRequest } from '../apimachinery/status-errors.ts';
import type { DeleteOptions } from './codec.ts';
import type { Exchange } from './exchange.ts';

export function readDeleteOptions(x: Exchange): DeleteOptions | Status {
  const { request } = x;
  let body = request.body as DeleteOptions | undefined;
  if (body === undefined && request.text !== undefined && request.text !== '') {
    try {
      body = JSON.parse(request.text) as DeleteOptions;
    } catch {
      return badRequest('the object provided is unrecognized');
    }
  }
  const query = request.options?.query;
  if (body === undefined && query !== undefined) {
    const out: { gracePeriodSeconds?: number; propagationPolicy?: string; orphanDependents?: boolean } = {};
    if (query['gracePeriodSeconds'] !== undefined) out.gracePeriodSeconds = Number(query['gracePeriodSeconds']);
    if (query['propagationPolicy'] !== undefined) out.propagationPolicy = query['propagationPolicy'];
    if (query['orphanDependents'] !== undefined) out.orphanDependents = query['orphanDependents'] === 'true';
    return out;
  }
  return body ?? {};
}
