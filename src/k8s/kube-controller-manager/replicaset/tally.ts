/**
 * How many pods each controller has, by labels and state: kept from event to event, so that a sync of a ReplicaSet need not visit
 * its pods. The pods of one set carry few different labels (the template's, and those of the zone they came to).
 *
 * Upstream: none: upstream visits all pods of the set in every sync. The numbers are the same.
 */
import type { Cell } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import type { ProcessContext } from '../../client-go/types.ts';
import { controllerOf, equal } from '../objects.ts';
import { isPodReady, isPodTerminal } from '../pods.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** Pods with equal labels. */
export interface Group {
  readonly labels: Labels;
  readonly pods: number;
  readonly active: number;
  /** Of the active ones. */
  readonly ready: number;
  readonly terminating: number;
}

export interface Tally {
  readonly groups: readonly Group[];
  /** Pods beyond the groups, when labels are too many: nothing is known of them. */
  readonly others: number;
}

const MAX_GROUPS = 32;
export const NO_PODS: Tally = { groups: [], others: 0 };

/** `cell` is the name of the journalled cell: controller's uid -> tally. The object itself has no state. */
export class Tallies {
  readonly cell: string;
  constructor(cell: string) {
    this.cell = cell;
  }

  of(p: ProcessContext, uid: string): Tally {
    return p.cell<Tally>(this.cell).get(uid) ?? NO_PODS;
  }

  /** To be told of every event of a pod. `old`: as it was before, `pod`: as it is; undefined: not there. */
  observe(p: ProcessContext, old: KubeObject | undefined, pod: KubeObject | undefined): void {
    const before = old && controllerOf(old)?.uid;
    const after = pod && controllerOf(pod)?.uid;
    if (before === after) {
      if (before === undefined || (stateOf(old!) === stateOf(pod!) && sameLabels(old!.metadata.labels, pod!.metadata.labels))) return;
      const cell = p.cell<Tally>(this.cell);
      cell.set(before, count(count(cell.get(before) ?? NO_PODS, old!, -1), pod!, 1));
      return;
    }
    if (before !== undefined) change(p.cell(this.cell), before, old!, -1);
    if (after !== undefined) change(p.cell(this.cell), after, pod!, 1);
  }
}

type State = 'ended' | 'terminating' | 'active' | 'ready';

function stateOf(pod: KubeObject): State {
  if (isPodTerminal(pod)) return 'ended';
  if (pod.metadata.deletionTimestamp !== undefined) return 'terminating';
  return isPodReady(pod) ? 'ready' : 'active';
}

const sameLabels = (a: Labels, b: Labels): boolean => a === b || equal(a, b);

function change(cell: Cell<Tally>, uid: string, pod: KubeObject, by: 1 | -1): void {
  const next = count(cell.get(uid) ?? NO_PODS, pod, by);
  if (next.groups.length === 0 && next.others === 0) cell.delete(uid);
  else cell.set(uid, next);
}

function count(tally: Tally, pod: KubeObject, by: 1 | -1): Tally {
  const { groups, others } = tally;
  const { labels } = pod.metadata;
  let at = 0;
  while (at < groups.length && !sameLabels(groups[at]!.labels, labels)) at++;
  // As long as some pods are beyond the groups no new group is made: it could be theirs.
  if (at === groups.length && (others > 0 || at === MAX_GROUPS || by === -1)) return { groups, others: others + by };
  const group = groups[at] ?? { labels, pods: 0, active: 0, ready: 0, terminating: 0 };
  const next = groups.slice();
  if (group.pods + by === 0) next.splice(at, 1);
  else {
    const state = stateOf(pod);
    next[at] = {
      labels: group.labels,
      pods: group.pods + by,
      active: group.active + (state === 'active' || state === 'ready' ? by : 0),
      ready: group.ready + (state === 'ready' ? by : 0),
      terminating: group.terminating + (state === 'terminating' ? by : 0),
    };
  }
  return { groups: next, others };
}
