/**
 * The decode and default gates: from a body (text, or an object of a typed client) to an object with its defaults.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update,rest}.go
 */
import type { KubeObject, Status } from '../api/types.ts';
import { badRequest } from '../apimachinery/status-errors.ts';
import type { Exchange } from './exchange.ts';

/** The body as an object of `kind` in `apiVersion`, with defaults. */
export function decodeObject(x: Exchange, apiVersion: string, kind: string): KubeObject | Status {
  const { request } = x;
  let body = request.body as KubeObject | undefined;
  if (body === undefined) {
    if (request.text === undefined || request.text === '') return badRequest('EOF');
    try {
      body = JSON.parse(request.text) as KubeObject;
    } catch {
      return badRequest('the object provided is unrecognized (must be of type ' + kind + ')');
    }
  }
  return withType(body, apiVersion, kind);
}

function withType(o: KubeObject, apiVersion: string, kind: string): KubeObject {
  const metadata = o.metadata ?? ({} as KubeObject['metadata']);
  return o.apiVersion === apiVersion && o.kind === kind && o.metadata !== undefined ? o : { ...o, apiVersion, kind, metadata };
}

export function applyDefaults(o: KubeObject): KubeObject {
  return o;
}

/** Deleting with a body, or without. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}
