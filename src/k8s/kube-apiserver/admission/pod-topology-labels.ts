/**
 * PodTopologyLabels: a pod that is bound gets its node's zone and region labels.
 * Upstream: plugin/pkg/admission/podtopologylabels/admission.go
 */
import type { KubeObject } from '../../api/types.ts';
import { withMeta } from '../registry/strategy.ts';
import type { State } from '../state.ts';
import { isPods } from './forbidden.ts';
import type { Plugin } from './plugin.ts';

const KEYS = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];

function withLabels(state: State, object: KubeObject, node: string): KubeObject | undefined {
  const labels = state.objects.get('/registry/minions/' + node)?.metadata.labels;
  if (labels === undefined) return undefined;
  let out: Record<string, string> | undefined;
  for (const key of KEYS) if (labels[key] !== undefined && object.metadata.labels?.[key] !== labels[key]) (out ??= { ...object.metadata.labels })[key] = labels[key];
  return out === undefined ? undefined : withMeta(object, { labels: out });
}

export const podTopologyLabels: Plugin = {
  name: 'PodTopologyLabels',
  handles: ['CREATE'],
  admit(a) {
    if (!isPods(a)) return undefined;
    const object = a.object!;
    if (a.subresource === 'binding') return object['target']?.kind === 'Node' ? withLabels(a.state, object, object['target'].name ?? '') : undefined;
    if (a.subresource !== '' || !object['spec']?.nodeName) return undefined;
    return withLabels(a.state, object, object['spec'].nodeName);
  },
};
