/**
 * Refuses nodes without enough free resources; prefers the least allocated.
 * Upstream: pkg/scheduler/framework/plugins/noderesources/{fit,least_allocated,resource_allocation}.go
 * Left out: the strategies MostAllocated and RequestedToCapacityRatio; extended resources served by DRA.
 */
import { newNodeInfo } from '../framework/node-info.ts';
import { podRequests } from '../framework/pod-resources.ts';
import { div, MAX_NODE_SCORE } from '../framework/scores.ts';
import { Action, type NodeInfo, type Plugin, type Resources, type Status } from '../framework/types.ts';

const FEW = new Map<string, Status>();

/** Statuses are shared by content: a full cluster refuses with the same few again and again. */
function refusal(reasons: readonly string[], unresolvable: boolean): Status {
  const key = `${unresolvable ? '!' : ''}${reasons.join('\n')}`;
  let known = FEW.get(key);
  if (known === undefined) {
    if (FEW.size >= 1000) FEW.clear();
    FEW.set(key, (known = { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons: [...reasons] }));
  }
  return known;
}

function insufficient(wanted: Resources, info: NodeInfo): Status | undefined {
  const { allocatable, requested } = info;
  const full = info.pods.length + 1 > info.allowedPods;
  const cpu = wanted.cpu > 0 && wanted.cpu > allocatable.cpu - requested.cpu;
  const memory = wanted.memory > 0 && wanted.memory > allocatable.memory - requested.memory;
  const ephemeral = wanted.ephemeral > 0 && wanted.ephemeral > allocatable.ephemeral - requested.ephemeral;
  if (!full && !cpu && !memory && !ephemeral && !wanted.scalar) return undefined;
  const reasons: string[] = [];
  let unresolvable = false;
  if (full) reasons.push('Too many pods');
  if (cpu) {
    reasons.push('Insufficient cpu');
    unresolvable ||= wanted.cpu > allocatable.cpu;
  }
  if (memory) {
    reasons.push('Insufficient memory');
    unresolvable ||= wanted.memory > allocatable.memory;
  }
  if (ephemeral) {
    reasons.push('Insufficient ephemeral-storage');
    unresolvable ||= wanted.ephemeral > allocatable.ephemeral;
  }
  for (const name of Object.keys(wanted.scalar ?? {})) {
    const quantity = wanted.scalar![name];
    const capacity = allocatable.scalar?.[name] ?? 0;
    if (quantity === 0 || quantity <= capacity - (requested.scalar?.[name] ?? 0)) continue;
    reasons.push(`Insufficient ${name}`);
    unresolvable ||= quantity > capacity;
  }
  return reasons.length === 0 ? undefined : refusal(reasons, unresolvable);
}

function grew(wanted: Resources, old: NodeInfo, now: NodeInfo): boolean {
  if (now.allowedPods > old.allowedPods) return true;
  if ((wanted.cpu > 0 && now.allocatable.cpu > old.allocatable.cpu) || (wanted.memory > 0 && now.allocatable.memory > old.allocatable.memory)
    || (wanted.ephemeral > 0 && now.allocatable.ephemeral > old.allocatable.ephemeral)) return true;
  return Object.keys(wanted.scalar ?? {}).some((name) => wanted.scalar![name] !== 0 && (now.allocatable.scalar?.[name] ?? 0) > (old.allocatable.scalar?.[name] ?? 0));
}

function shrank(wanted: Resources, old: Resources, now: Resources): boolean {
  return (wanted.cpu > 0 && old.cpu > now.cpu) || (wanted.memory > 0 && old.memory > now.memory) || (wanted.ephemeral > 0 && old.ephemeral > now.ephemeral)
    || Object.keys(wanted.scalar ?? {}).some((name) => wanted.scalar![name] !== 0 && (old.scalar?.[name] ?? 0) > (now.scalar?.[name] ?? 0));
}

/** Share of free capacity in hundredths; 0 when more is asked for than there is. */
function leastRequested(requested: number, capacity: number): number {
  return requested > capacity ? 0 : div((capacity - requested) * MAX_NODE_SCORE, capacity);
}

export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  events: [
    {
      resource: 'Pod', actions: Action.Delete | Action.UpdatePodScaleDown,
      hint(pod, event) {
        const { old, object } = event;
        if (object === undefined) return !!(old!.spec.nodeName || old!.status?.nominatedNodeName);
        if (object.metadata.uid === pod.metadata.uid) return true;
        return !!object.spec.nodeName && shrank(podRequests(pod).requested, podRequests(old!).requested, podRequests(object).requested);
      },
    },
    {
      resource: 'Node', actions: Action.Add | Action.UpdateNodeAllocatable,
      hint(pod, event) {
        const wanted = podRequests(pod).requested;
        const now = newNodeInfo(event.object!);
        return insufficient(wanted, now) === undefined && (event.old === undefined || grew(wanted, newNodeInfo(event.old), now));
      },
    },
  ],
  preFilter({ pod }) {
    const wanted = podRequests(pod).requested;
    return { check: (info) => insufficient(wanted, info) };
  },
  preScore({ pod }) {
    const wanted = podRequests(pod).nonZero;
    return {
      score(info) {
        const { allocatable, nonZero } = info;
        let sum = 0;
        let weights = 0;
        if (allocatable.cpu !== 0) {
          sum += leastRequested(nonZero.cpu + wanted.cpu, allocatable.cpu);
          weights++;
        }
        if (allocatable.memory !== 0) {
          sum += leastRequested(nonZero.memory + wanted.memory, allocatable.memory);
          weights++;
        }
        return weights === 0 ? 0 : div(sum, weights);
      },
    };
  },
};
