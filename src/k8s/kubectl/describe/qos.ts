/**
 * The QoS class of a pod: as its status says, else computed.
 * Upstream: k8s.io/kubectl/pkg/util/qos/qos.go
 */
import type { KubeObject } from '../../api/types.ts';
import { isZeroQuantity, quantity } from '../../apimachinery/quantity.ts';
import type { Any } from './writer.ts';

export function podQos(pod: KubeObject): string {
  if (pod.status?.qosClass) return pod.status.qosClass;
  const containers: Any[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  let any = false;
  let guaranteed = true;
  for (const c of containers) {
    for (const name of ['cpu', 'memory']) {
      const limit = c.resources?.limits?.[name];
      const request = c.resources?.requests?.[name] ?? limit;
      const has = (v: unknown): boolean => v !== undefined && !isZeroQuantity(quantity(v as string));
      if (has(limit) || has(request)) any = true;
      if (!has(limit) || String(limit) !== String(request)) guaranteed = false;
    }
  }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable';
}
