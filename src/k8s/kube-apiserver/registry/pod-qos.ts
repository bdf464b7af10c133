/**
 * The quality-of-service class of a pod, from the requests and limits of cpu and memory.
 * Upstream: pkg/apis/core/helper/qos/qos.go
 */
import type { KubeObject } from '../../api/types.ts';

const COUNTED = ['cpu', 'memory'];

const isZero = (q: unknown): boolean => q === undefined || q === null || /^[+-]?0*(\.0*)?(e[+-]?\d+|[a-zA-Z]*)$/.test(String(q));

type Resources = { readonly requests?: Record<string, unknown>; readonly limits?: Record<string, unknown> } | undefined;

function classOf(parts: readonly Resources[]): string {
  let requests = false;
  let limits = false;
  let guaranteed = true;
  for (const r of parts) {
    for (const name of COUNTED) {
      const request = r?.requests?.[name];
      const limit = r?.limits?.[name];
      if (!isZero(request)) requests = true;
      if (!isZero(limit)) limits = true;
      if (isZero(limit) || (request !== undefined && String(request) !== String(limit))) guaranteed = false;
    }
  }
  if (!requests && !limits) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** Init containers count like the others; pod-level resources, when set, decide alone. */
export function podQOS(pod: KubeObject): string {
  const spec = pod['spec'] ?? {};
  const whole = spec.resources as Resources;
  if (whole !== undefined && (whole.requests !== undefined || whole.limits !== undefined)) return classOf([whole]);
  return classOf([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c: { resources?: Resources }) => c.resources));
}
