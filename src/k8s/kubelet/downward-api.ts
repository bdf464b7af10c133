/**
 * Values of a pod's own fields and resources, for environment variables and downward API files.
 * Upstream: pkg/fieldpath, pkg/kubelet/kubelet_pods.go podFieldSelectorRuntimeValue, pkg/api/v1/resource
 */
import { goQuote } from '../apimachinery/goquote.ts';
import { milliOf, wholeOf } from '../apimachinery/quantity.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { containerSpec, isHostNetwork, namespaceOf, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { getStatus } from './status-manager.ts';
import type { KubeletConfig } from './state.ts';

const map = (values: Readonly<Record<string, string>> | undefined): string => Object.keys(values ?? {}).sort().map((key) => `${key}=${goQuote(values![key])}`).join('\n');

export function fieldPathValue(config: KubeletConfig, pod: Pod, path: string, podIps: readonly string[]): string {
  const ips = isHostNetwork(pod) ? [config.nodeIp] : podIps;
  const subscript = path.endsWith("']") && /^metadata\.(annotations|labels)\['(.*)'\]$/.exec(path);
  if (subscript) return pod.metadata[subscript[1] as 'annotations' | 'labels']?.[subscript[2]] ?? '';
  switch (path) {
    case 'metadata.name': return pod.metadata.name;
    case 'metadata.namespace': return namespaceOf(pod);
    case 'metadata.uid': return uidOf(pod);
    case 'metadata.labels': return map(pod.metadata.labels);
    case 'metadata.annotations': return map(pod.metadata.annotations);
    case 'spec.nodeName': return (pod.spec as Any).nodeName ?? '';
    case 'spec.serviceAccountName': return (pod.spec as Any).serviceAccountName ?? '';
    case 'status.hostIP': case 'status.hostIPs': return config.nodeIp;
    case 'status.podIP': return ips[0] ?? '';
    case 'status.podIPs': return ips.join(',');
    default: return '';
  }
}

/** Limits that are not set are the node's. */
export function resourceValue(config: KubeletConfig, pod: Pod, selector: Any, container: Any): string {
  const spec = selector.containerName ? containerSpec(pod, selector.containerName) : container;
  const [which, name] = String(selector.resource).split('.');
  const given: string | undefined = spec?.resources?.[which]?.[name] ?? (which === 'limits' ? (name === 'cpu' ? config.cpu : name === 'memory' ? config.memory : undefined) : undefined);
  const divisor: string = selector.divisor && selector.divisor !== '0' ? selector.divisor : '1';
  if (name === 'cpu') return String(Math.ceil(milliOf(given) / milliOf(divisor)));
  return String(Math.ceil(wholeOf(given) / Math.max(1, wholeOf(divisor))));
}

export function fieldValue(p: ProcessContext, config: KubeletConfig, pod: Pod, item: Any): string {
  if (item.fieldRef) {
    const status = getStatus(p, uidOf(pod));
    return fieldPathValue(config, pod, item.fieldRef.fieldPath, (status?.podIPs ?? []).map((ip: Any) => ip.ip));
  }
  return item.resourceFieldRef ? resourceValue(config, pod, item.resourceFieldRef, undefined) : '';
}
