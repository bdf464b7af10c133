/**
 * TaintNodesByCondition: a new node carries the not-ready taint until the node controller takes it off.
 * Upstream: plugin/pkg/admission/nodetaint/admission.go
 */
import { withFields } from '../registry/strategy.ts';
import type { Plugin } from './plugin.ts';

const KEY = 'node.kubernetes.io/not-ready';

export const taintNodesByCondition: Plugin = {
  name: 'TaintNodesByCondition',
  handles: ['CREATE'],
  admit(a) {
    if (a.resource.resource !== 'nodes' || a.subresource !== '') return undefined;
    const node = a.object!;
    const taints = (node['spec']?.taints ?? []) as { key?: string; effect?: string }[];
    if (taints.some((t) => t.key === KEY && t.effect === 'NoSchedule')) return undefined;
    return withFields(node, { spec: { ...node['spec'], taints: [...taints, { key: KEY, effect: 'NoSchedule' }] } });
  },
};
