/**
 * When a pod fits nowhere: whom to evict so that it would fit, and on which node that costs least.
 * Upstream: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, framework/preemption/preemption.go
 * Left out: extenders, pod groups.
 */
import type { KubeObject } from '../../api/types.ts';
import { selectorMatches } from '../../apimachinery/labels.ts';
import { compareStrings } from '../../apimachinery/utf8.ts';
import { checkNode, withChange, type ActiveFilter, type Diagnosis } from '../framework/filtering.ts';
import { fitErrorText } from '../framework/fit-error.ts';
import { withoutPod, withPod } from '../framework/node-info.ts';
import { Action, type Cycle, type NodeInfo, type Plugin, type Status } from '../framework/types.ts';

const NOT_HELPFUL: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['Preemption is not helpful for scheduling'] };
const NO_VICTIMS: Status = { code: 'UnschedulableAndUnresolvable', reasons: ['No preemption victims found for incoming pod'] };
const MIN_CANDIDATES = 100;
const MIN_CANDIDATES_PERCENT = 10;

/** The event of a victim's end makes no plugin's verdict better by itself; it ends the gate of a preemption in progress. */
export const defaultPreemption: Plugin = { name: 'DefaultPreemption', weight: 0, events: [{ resource: 'Pod', actions: Action.Delete, hint: () => false }] };

export interface Candidate {
  readonly node: string;
  /** Most important first. */
  readonly victims: readonly KubeObject[];
  readonly pdbViolations: number;
}

export type PreemptionResult =
  | { readonly kind: 'nominated'; readonly candidate: Candidate }
  /** Nothing to gain: an earlier nomination is void. */
  | { readonly kind: 'none'; readonly message: string }
  /** Not allowed now: an earlier nomination stands. */
  | { readonly kind: 'not eligible'; readonly message: string };

export function priorityOf(pod: KubeObject): number {
  return pod.spec.priority ?? 0;
}

function startTime(pod: KubeObject): string {
  return pod.status?.startTime ?? '~';
}

/** Higher priority first, then the one that started earlier. */
function moreImportant(a: KubeObject, b: KubeObject): number {
  return priorityOf(b) - priorityOf(a) || compareStrings(startTime(a), startTime(b)) || compareStrings(a.metadata.uid, b.metadata.uid);
}

function terminatingByPreemption(pod: KubeObject): boolean {
  return pod.metadata.deletionTimestamp !== undefined
    && (pod.status?.conditions as readonly { type: string; status: string; reason?: string }[] | undefined)?.some((one) => one.type === 'DisruptionTarget' && one.status === 'True' && one.reason === 'PreemptionByScheduler') === true;
}

/** Splits off those whose eviction would break a disruption budget. */
function byBudget(pods: readonly KubeObject[], budgets: readonly KubeObject[]): { violating: KubeObject[]; others: KubeObject[] } {
  const allowed = budgets.map((one) => (one['status']?.disruptionsAllowed as number | undefined) ?? 0);
  const violating: KubeObject[] = [];
  const others: KubeObject[] = [];
  for (const pod of pods) {
    let breaks = false;
    budgets.forEach((budget, i) => {
      if (budget.metadata.namespace !== pod.metadata.namespace || Object.keys(pod.metadata.labels ?? {}).length === 0) return;
      const selector = budget['spec']?.selector;
      if (!selector || (!selector.matchLabels && !selector.matchExpressions) || !selectorMatches(selector, pod.metadata.labels)) return;
      if (budget['status']?.disruptedPods?.[pod.metadata.name] !== undefined) return;
      allowed[i]--;
      if (allowed[i] < 0) breaks = true;
    });
    (breaks ? violating : others).push(pod);
  }
  return { violating, others };
}

/** The fewest pods of lower priority without which the pod fits; or why that does not help. */
export function selectVictims(cycle: Cycle, filters: readonly ActiveFilter[], info: NodeInfo, budgets: readonly KubeObject[]): Candidate | Status {
  const potential = info.pods.filter((pod) => priorityOf(pod) < priorityOf(cycle.pod)).sort(moreImportant);
  if (potential.length === 0) return NO_VICTIMS;
  let now = info;
  let state = filters;
  for (const pod of potential) {
    now = withoutPod(now, pod.metadata.uid);
    state = withChange(state, pod, now, -1);
  }
  const refused = checkNode(cycle, state, now, withPod);
  if (refused) return refused.status;
  const victims: KubeObject[] = [];
  const { violating, others } = byBudget(potential, budgets);
  let pdbViolations = 0;
  const reprieve = (pod: KubeObject): boolean => {
    const back = withPod(now, pod);
    const changed = withChange(state, pod, back, 1);
    if (checkNode(cycle, changed, back, withPod)) {
      victims.push(pod);
      return false;
    }
    now = back;
    state = changed;
    return true;
  };
  for (const pod of violating) if (!reprieve(pod)) pdbViolations++;
  for (const pod of others) reprieve(pod);
  return { node: info.name, victims: victims.sort(moreImportant), pdbViolations };
}

/** Keeps the candidates with the smallest measure. */
function least<T>(candidates: readonly Candidate[], measure: (one: Candidate) => T, compare: (a: T, b: T) => number): readonly Candidate[] {
  let best: Candidate[] = [];
  let bound: T | undefined;
  for (const one of candidates) {
    const value = measure(one);
    const order = bound === undefined ? -1 : compare(value, bound);
    if (order < 0) {
      bound = value;
      best = [one];
    } else if (order === 0) best.push(one);
  }
  return best;
}

const numbers = (a: number, b: number): number => a - b;

/** Upstream: pickOneNodeForPreemption. */
export function pickCandidate(candidates: readonly Candidate[]): Candidate {
  const earliest = (one: Candidate): string => {
    const top = priorityOf(one.victims[0]);
    return one.victims.filter((pod) => priorityOf(pod) === top).map(startTime).sort(compareStrings)[0];
  };
  let left = least(candidates, (one) => one.pdbViolations, numbers);
  left = least(left, (one) => priorityOf(one.victims[0]), numbers);
  left = least(left, (one) => one.victims.reduce((sum, pod) => sum + priorityOf(pod) + 2_147_483_648, 0), numbers);
  left = least(left, (one) => one.victims.length, numbers);
  left = least(left, earliest, (a, b) => compareStrings(b, a));
  return left[0];
}

/** `draw(n)`: where the search begins, 0 <= draw < n. */
export function preempt(cycle: Cycle, diagnosis: Diagnosis, filters: readonly ActiveFilter[], draw: (n: number) => number): PreemptionResult {
  const { pod, snapshot } = cycle;
  if (pod.spec.preemptionPolicy === 'Never') return { kind: 'not eligible', message: 'not eligible due to preemptionPolicy=Never.' };
  const codes = new Map(diagnosis.refusals.map((one) => [one.node, one.status.code]));
  const absent = diagnosis.absent?.code ?? 'UnschedulableAndUnresolvable';
  const nominated: string | undefined = pod.status?.nominatedNodeName;
  if (nominated && (codes.get(nominated) ?? absent) !== 'UnschedulableAndUnresolvable'
    && snapshot.get(nominated)?.pods.some((one) => priorityOf(one) < priorityOf(pod) && terminatingByPreemption(one))) {
    return { kind: 'not eligible', message: 'not eligible due to a terminating pod on the nominated node.' };
  }
  const nodes = snapshot.nodes.filter((info) => (codes.get(info.name) ?? absent) === 'Unschedulable');
  const wanted = Math.min(nodes.length, Math.max(MIN_CANDIDATES, Math.trunc((nodes.length * MIN_CANDIDATES_PERCENT) / 100)));
  const offset = nodes.length > 1 ? draw(nodes.length) : 0;
  const budgets = nodes.length > 0 ? snapshot.listers.list('policy/v1/poddisruptionbudgets') : [];
  const candidates: Candidate[] = [];
  const refusals: { node: string; plugin: string; status: Status }[] = [];
  let harmless = 0;
  for (let i = 0; i < nodes.length && !(harmless > 0 && candidates.length >= wanted); i++) {
    const info = nodes[(offset + i) % nodes.length];
    const found = selectVictims(cycle, filters, info, budgets);
    if ('reasons' in found) refusals.push({ node: info.name, plugin: defaultPreemption.name, status: found });
    else {
      candidates.push(found);
      if (found.pdbViolations === 0) harmless++;
    }
  }
  if (candidates.length > 0) return { kind: 'nominated', candidate: pickCandidate(candidates) };
  return { kind: 'none', message: fitErrorText(snapshot.nodes.length, { refusals, absent: NOT_HELPFUL, preFilterMessage: '', unschedulablePlugins: [] }, '') };
}
