/**
 * The resources that controllers of all kinds find by discovery: the preferred version of each, deletable ones.
 *
 * Upstream: staging/src/k8s.io/client-go/discovery (ServerPreferredResources)
 * Left out: custom resources: their owner references are not collected and a namespace goes without them.
 */
import type { Resource } from '../api/resources.ts';
import { ALL_RESOURCES } from '../api/resources.ts';
import type { Gvr } from '../client-go/types.ts';

export function gvrOf(r: { readonly group: string; readonly apiVersion: string; readonly resource: string }): Gvr {
  return r.group === '' ? r.resource : `${r.apiVersion}/${r.resource}`;
}

/** The first version of each group that discovery lists is the preferred one. */
export const preferredResources: readonly Resource[] = ALL_RESOURCES.filter((r, i) => ALL_RESOURCES.findIndex((o) => o.group === r.group && o.resource === r.resource) === i);
