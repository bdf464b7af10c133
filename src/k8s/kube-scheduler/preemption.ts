/**
 * Carrying a preemption out: victims are marked and deleted beside the scheduling loop; until then the pod stays gated.
 * Upstream: pkg/scheduler/framework/preemption/executor.go
 */
import { act, type Program } from '../../sim/program.ts';
import type { KubeObject } from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import { clientFor } from '../client-go/client.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { EVENTS, SCHEDULER } from './identity.ts';

export interface PreemptArgs {
  readonly preemptor: string;
  readonly node: string;
  readonly victims: readonly KubeObject[];
  /** Pods of lower priority that were nominated to the node. */
  readonly lower: readonly KubeObject[];
}

/** Of a pod that preempts: the key of the last victim once that is being deleted, else ''. */
export type Preempting = Readonly<{ last: string }>;

/** Whether the pod's preemption is still under way. */
export function isPreempting(p: ProcessContext, uid: string): boolean {
  const state = p.cell<Preempting>('preempting').get(uid);
  if (!state) return false;
  if (state.last === '') return true;
  const victim = p.informer('pods').get(state.last);
  return victim !== undefined && victim.metadata.deletionTimestamp === undefined;
}

function* evict(victim: KubeObject, args: PreemptArgs): Program<boolean> {
  const { namespace, name } = victim.metadata;
  const client = clientFor(SCHEDULER);
  const at = yield* act((p: ProcessContext) => formatTime(p.now));
  const marked = yield* client.patch('pods', namespace!, name, 'application/strategic-merge-patch+json', {
    status: {
      conditions: [{
        lastProbeTime: null, lastTransitionTime: at, message: 'default-scheduler: preempting to accommodate a higher priority pod',
        ...(victim.metadata.generation ? { observedGeneration: victim.metadata.generation } : {}), reason: 'PreemptionByScheduler', status: 'True', type: 'DisruptionTarget',
      }],
    },
  }, 'status');
  if (marked.code === 404) return true;
  if (marked.code !== 200) return false;
  const deleted = yield* client.delete('pods', namespace!, name);
  if (deleted.code === 404) return true;
  if (deleted.code !== 200 && deleted.code !== 202) return false;
  yield* act((p: ProcessContext) => p.event(
    { component: 'default-scheduler', host: `default-scheduler-${p.self}`, client: EVENTS, api: 'events.k8s.io/v1', action: 'Preempting' },
    victim, 'Normal', 'Preempted', `Preempted by pod ${args.preemptor} on node ${args.node}`));
  return true;
}

/** Returns whether all victims are on their way. */
export function* evictVictims(args: PreemptArgs): Program<boolean> {
  for (const pod of args.lower) {
    yield* clientFor(SCHEDULER).patch('pods', pod.metadata.namespace!, pod.metadata.name, 'application/strategic-merge-patch+json', { status: { nominatedNodeName: null } }, 'status');
  }
  let ok = true;
  for (let i = 0; i < args.victims.length && ok; i++) {
    const victim = args.victims[i];
    if (i === args.victims.length - 1) {
      yield* act((p: ProcessContext) => p.cell<Preempting>('preempting').set(args.preemptor, { last: `${victim.metadata.namespace}/${victim.metadata.name}` }));
    }
    ok = yield* evict(victim, args);
  }
  yield* act((p: ProcessContext) => p.cell<Preempting>('preempting').delete(args.preemptor));
  return ok;
}
