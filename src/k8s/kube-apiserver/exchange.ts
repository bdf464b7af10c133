/**
 * One request on its way through the gates: what is known of it, and what each gate said.
 * Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/request/{context,requestinfo}.go
 */
import type { KubeObject, Status } from '../api/types.ts';
import type { ApiRequest, ApiResponse } from '../apimachinery/request.ts';
import type { Context, Message } from '../../sim/types.ts';
import { findResource, subjectOf } from './resources.ts';
import type { Resource } from './resources.ts';
import type { Charge } from './quota-charge.ts';
import type { State } from './state.ts';

export interface Gate { readonly gate: string; readonly detail: string; readonly code: number }

/** Lives within one event: never part of the state. */
export interface Exchange {
  readonly state: State;
  readonly ctx: Context;
  readonly request: ApiRequest;
  readonly resource: Resource;
  readonly subject: string;
  readonly gates: Gate[];
  readonly warnings: string[];
  /** Addresses that must be claimed before the object is written, and given back after it. */
  readonly claims: string[];
  /** Name of the object the claims are for. */
  claimant: string;
  readonly releases: string[];
  readonly charges: Charge[];
  /** Set when a request is explained: the object as each gate left it. */
  readonly snapshots?: { readonly gate: string; readonly object: KubeObject }[];
}

export const NO_DETAIL = '';

/** Every answer of these resources carries a warning. */
const DEPRECATED: Readonly<Record<string, string>> = {
  'v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  'v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
};

export function openExchange(state: State, ctx: Context, request: ApiRequest): Exchange | undefined {
  const resource = findResource(request.group, request.version, request.resource);
  if (resource === undefined) return undefined;
  return { state, ctx, request, resource, subject: subjectOf(request.resource, request.namespace, request.name, request.subresource), gates: [], warnings: [], claims: [], claimant: '', releases: [], charges: [] };
}

export function pass(x: Exchange, gate: string, detail = NO_DETAIL): void {
  x.gates.push({ gate, detail, code: 0 });
}

/** For explanations: the object after a gate. Costs nothing otherwise. */
export function snapshot(x: Exchange, gate: string, object: KubeObject): void {
  x.snapshots?.push({ gate, object });
}

/** Notes the refusal and returns it. */
export function refuse(x: Exchange, gate: string, status: Status, detail?: string): Status {
  x.gates.push({ gate, detail: detail ?? status.reason ?? status.message ?? '', code: status.code ?? 0 });
  return status;
}

/** Writes the gates' records of this event. */
export function recordGates(x: Exchange): void {
  for (const g of x.gates) x.ctx.record('gate', g.gate, x.subject, g.code, g.detail);
  x.gates.length = 0;
}

export function isRefusal(v: unknown): v is Status {
  return typeof v === 'object' && v !== null && (v as Status).kind === 'Status' && (v as Status).status === 'Failure';
}

export function answer(x: Exchange, message: Message, code: number, body: ApiResponse['body'], write: boolean): void {
  recordGates(x);
  const deprecated = DEPRECATED[x.resource.apiVersion + '/' + x.resource.resource];
  if (deprecated !== undefined) x.warnings.unshift(deprecated);
  const response: ApiResponse = x.warnings.length > 0 ? { code, body, warnings: dedup(x.warnings) } : { code, body };
  const config = x.state.config;
  x.ctx.reply(message, response, { verb: message.label.verb, subject: message.label.subject, code }, { delay: (write ? config.writeTime : config.readTime) ?? 0 });
}

export function answerRefusal(x: Exchange, message: Message, status: Status): void {
  answer(x, message, status.code ?? 500, status, false);
}

/** Upstream drops a warning that was given before. */
function dedup(texts: readonly string[]): string[] {
  const out: string[] = [];
  for (const t of texts) if (!out.includes(t)) out.push(t);
  return out;
}
