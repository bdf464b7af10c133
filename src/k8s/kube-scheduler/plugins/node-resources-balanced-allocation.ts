/**
 * Prefers nodes whose CPU and memory use the pod brings closer together.
 * Upstream: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go
 */
import { podRequests } from '../framework/pod-resources.ts';
import { div, MAX_NODE_SCORE } from '../framework/scores.ts';
import type { Plugin, Resources } from '../framework/types.ts';

function share(requested: number, allocatable: number): number {
  const fraction = requested / allocatable;
  return fraction > 1 ? 1 : fraction;
}

/** 100 when both shares are equal, less by half their distance. With one resource only: 100. */
function balance(cpu: number, memory: number, allocatable: Resources): number {
  const deviation = allocatable.cpu === 0 || allocatable.memory === 0 ? 0 : Math.abs((share(cpu, allocatable.cpu) - share(memory, allocatable.memory)) / 2);
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
}

export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  preScore({ pod }) {
    const wanted = podRequests(pod).requested;
    if (wanted.cpu === 0 && wanted.memory === 0) return 'skip';
    return {
      score({ requested, allocatable }) {
        const withPod = balance(requested.cpu + wanted.cpu, requested.memory + wanted.memory, allocatable);
        const without = balance(requested.cpu, requested.memory, allocatable);
        return MAX_NODE_SCORE / 2 + div(MAX_NODE_SCORE / 2 + withPod - without, 2);
      },
    };
  },
};
