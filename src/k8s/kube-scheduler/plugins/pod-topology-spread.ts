/**
 * Spreads a group of pods over topology domains: hard constraints filter, soft ones (and the system's defaults) score.
 * Upstream: pkg/scheduler/framework/plugins/podtopologyspread/{common,plugin,filtering,scoring}.go; plugins/helper/spread.go
 * Left out: default constraints set by the scheduler's configuration.
 */
import type { KubeObject } from '../../api/types.ts';
import { matches, NOTHING, selectorOf, selectorOfSet, selectorText, type LabelSelector, type Labels, type Selector } from '../../apimachinery/labels.ts';
import { countMatching } from '../framework/pod-counts.ts';
import { requiredNodeAffinityMatches } from '../framework/node-selector.ts';
import { div, MAX_NODE_SCORE, naturalLog } from '../framework/scores.ts';
import { untoleratedTaint } from '../framework/taints.ts';
import { Action, type Listers, type NodeInfo, type Plugin, type PreFilter, type Status } from '../framework/types.ts';

const HOSTNAME = 'kubernetes.io/hostname';
const REFUSED: Status = { code: 'Unschedulable', reasons: ["node(s) didn't match pod topology spread constraints"] };
const NO_LABEL: Status = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"] };

interface RawConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: LabelSelector;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
  readonly matchLabelKeys?: readonly string[];
}

interface Constraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  /** Key of the per-node memo. */
  readonly selectorText: string;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

const SYSTEM_DEFAULTS: readonly RawConstraint[] = [
  { topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 3 },
  { topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway', maxSkew: 5 },
];

function constraint(raw: RawConstraint, selector: Selector): Constraint {
  return {
    maxSkew: raw.maxSkew, topologyKey: raw.topologyKey, selector, selectorText: selectorText(selector), minDomains: raw.minDomains ?? 1,
    honorAffinity: raw.nodeAffinityPolicy !== 'Ignore', honorTaints: raw.nodeTaintsPolicy === 'Honor',
  };
}

function own(raw: RawConstraint, labels: Labels | undefined): Constraint {
  let selector = selectorOf(raw.labelSelector).value ?? NOTHING;
  if (selector !== NOTHING) {
    const set: Record<string, string> = {};
    for (const key of raw.matchLabelKeys ?? []) if (labels?.[key] !== undefined) set[key] = labels[key];
    selector = [...selectorOfSet(set), ...selector];
  }
  return constraint(raw, selector);
}

/** The selector of the services and the controller that the pod belongs to; empty when there are none. */
export function defaultSelector(pod: KubeObject, listers: Listers): Selector {
  const namespace = pod.metadata.namespace!;
  const set: Record<string, string> = {};
  for (const service of listers.services(namespace)) {
    const wanted: Labels | undefined = service.spec?.selector;
    if (wanted && Object.keys(wanted).every((key) => pod.metadata.labels?.[key] === wanted[key])) Object.assign(set, wanted);
  }
  const owner = pod.metadata.ownerReferences?.find((one) => one.controller);
  const key = `${namespace}/${owner?.name}`;
  if (owner?.apiVersion === 'v1' && owner.kind === 'ReplicationController') {
    Object.assign(set, listers.get('replicationcontrollers', key)?.spec?.selector);
    return selectorOfSet(set);
  }
  const gvr = owner?.apiVersion !== 'apps/v1' ? '' : owner.kind === 'ReplicaSet' ? 'apps/v1/replicasets' : owner.kind === 'StatefulSet' ? 'apps/v1/statefulsets' : '';
  const controller = gvr ? listers.get(gvr, key) : undefined;
  const more = controller ? selectorOf(controller.spec?.selector).value ?? [] : [];
  return [...selectorOfSet(set), ...more];
}

function constraintsOf(pod: KubeObject, listers: Listers, action: 'DoNotSchedule' | 'ScheduleAnyway'): readonly Constraint[] {
  const given: readonly RawConstraint[] = pod.spec.topologySpreadConstraints ?? [];
  if (given.length > 0) return given.filter((one) => one.whenUnsatisfiable === action).map((one) => own(one, pod.metadata.labels));
  if (action === 'DoNotSchedule') return [];
  const selector = defaultSelector(pod, listers);
  return selector.length === 0 ? [] : SYSTEM_DEFAULTS.map((one) => constraint(one, selector));
}

function countOn(info: NodeInfo, one: Constraint, namespace: string): number {
  return countMatching(info.pods, one.selector, one.selectorText, namespace);
}

function included(one: Constraint, pod: KubeObject, info: NodeInfo): boolean {
  return (!one.honorAffinity || requiredNodeAffinityMatches(pod, info.node)) && (!one.honorTaints || untoleratedTaint(info.node, pod) === undefined);
}

function hasAllKeys(node: KubeObject, constraints: readonly Constraint[]): boolean {
  return constraints.every((one) => node.metadata.labels?.[one.topologyKey] !== undefined);
}

function filterWith(pod: KubeObject, constraints: readonly Constraint[], domains: readonly ReadonlyMap<string, number>[]): PreFilter {
  const least = constraints.map((one, i) => {
    if (domains[i].size < one.minDomains) return 0;
    let min = 0x7fffffff;
    for (const count of domains[i].values()) if (count < min) min = count;
    return min;
  });
  const self = constraints.map((one) => (matches(one.selector, pod.metadata.labels) ? 1 : 0));
  return {
    check(info) {
      for (let i = 0; i < constraints.length; i++) {
        const value = info.node.metadata.labels?.[constraints[i].topologyKey];
        if (value === undefined) return NO_LABEL;
        if ((domains[i].get(value) ?? 0) + self[i] - least[i] > constraints[i].maxSkew) return REFUSED;
      }
      return undefined;
    },
    with(other, info, delta) {
      if (other.metadata.namespace !== pod.metadata.namespace || !hasAllKeys(info.node, constraints)) return filterWith(pod, constraints, domains);
      const changed = domains.map((one, i) => {
        if (!matches(constraints[i].selector, other.metadata.labels) || !included(constraints[i], pod, info)) return one;
        const value = info.node.metadata.labels![constraints[i].topologyKey];
        return new Map(one).set(value, (one.get(value) ?? 0) + delta);
      });
      return filterWith(pod, constraints, changed);
    },
  };
}

function involved(other: KubeObject, pod: KubeObject): boolean {
  if (other.metadata.uid === pod.metadata.uid) return true;
  return !!(other.spec.nodeName || other.status?.nominatedNodeName) && other.metadata.namespace === pod.metadata.namespace;
}

export const podTopologySpread: Plugin = {
  name: 'PodTopologySpread',
  weight: 2,
  events: [
    {
      resource: 'Pod', actions: Action.Add | Action.UpdatePodLabel | Action.UpdatePodToleration | Action.Delete,
      hint(pod, { old, object }, listers) {
        if ((object && !involved(object, pod)) || (old && !involved(old, pod))) return false;
        const constraints = constraintsOf(pod, listers, 'DoNotSchedule');
        if (object && old) {
          if (pod.metadata.uid === object.metadata.uid && object.spec.tolerations !== old.spec.tolerations && constraints.some((one) => one.honorTaints)) return true;
          return constraints.some((one) => matches(one.selector, old.metadata.labels) !== matches(one.selector, object.metadata.labels));
        }
        return constraints.some((one) => matches(one.selector, (object ?? old)!.metadata.labels));
      },
    },
    {
      resource: 'Node', actions: Action.Add | Action.Delete | Action.UpdateNodeLabel | Action.UpdateNodeTaint,
      hint(pod, { old, object }, listers) {
        const constraints = constraintsOf(pod, listers, 'DoNotSchedule');
        const before = old !== undefined && hasAllKeys(old, constraints);
        const after = object !== undefined && hasAllKeys(object, constraints);
        if (old === undefined || object === undefined) return before || after;
        if (before !== after) return true;
        return after && (constraints.some((one) => old.metadata.labels?.[one.topologyKey] !== object.metadata.labels?.[one.topologyKey]) || old.spec?.taints !== object.spec?.taints);
      },
    },
  ],
  preFilter({ pod, snapshot }) {
    const constraints = constraintsOf(pod, snapshot.listers, 'DoNotSchedule');
    if (constraints.length === 0) return 'skip';
    const domains = constraints.map(() => new Map<string, number>());
    for (const info of snapshot.nodes) {
      if (!hasAllKeys(info.node, constraints)) continue;
      constraints.forEach((one, i) => {
        if (!included(one, pod, info)) return;
        const value = info.node.metadata.labels![one.topologyKey];
        domains[i].set(value, (domains[i].get(value) ?? 0) + countOn(info, one, pod.metadata.namespace!));
      });
    }
    return filterWith(pod, constraints, domains);
  },
  preScore({ pod, snapshot }, feasible) {
    const constraints = constraintsOf(pod, snapshot.listers, 'ScheduleAnyway');
    if (constraints.length === 0) return 'skip';
    const requireAll = (pod.spec.topologySpreadConstraints ?? []).length > 0;
    const namespace = pod.metadata.namespace!;
    const ignored = new Set<string>();
    const domains = constraints.map(() => new Map<string, number>());
    for (const info of feasible) {
      if (requireAll && !hasAllKeys(info.node, constraints)) {
        ignored.add(info.name);
        continue;
      }
      constraints.forEach((one, i) => {
        if (one.topologyKey !== HOSTNAME) domains[i].set(info.node.metadata.labels?.[one.topologyKey] ?? '', 0);
      });
    }
    const weights = constraints.map((one, i) => naturalLog((one.topologyKey === HOSTNAME ? feasible.length - ignored.size : domains[i].size) + 2));
    constraints.forEach((one, i) => {
      if (domains[i].size === 0) return;
      for (const info of snapshot.nodes) {
        if (requireAll && !hasAllKeys(info.node, constraints)) continue;
        const value = info.node.metadata.labels?.[one.topologyKey] ?? '';
        const count = domains[i].get(value);
        if (count !== undefined && included(one, pod, info)) domains[i].set(value, count + countOn(info, one, namespace));
      }
    });
    return {
      score(info) {
        if (ignored.has(info.name)) return 0;
        let score = 0;
        for (let i = 0; i < constraints.length; i++) {
          const one = constraints[i];
          const value = info.node.metadata.labels?.[one.topologyKey];
          if (value === undefined) continue;
          const count = one.topologyKey === HOSTNAME ? countOn(info, one, namespace) : domains[i].get(value) ?? 0;
          score += count * weights[i] + (one.maxSkew - 1);
        }
        return Math.floor(score + 0.5);
      },
      normalize(scores, nodes) {
        let min = Infinity;
        let max = 0;
        for (let i = 0; i < scores.length; i++) {
          if (ignored.has(nodes[i].name)) continue;
          if (scores[i] < min) min = scores[i];
          if (scores[i] > max) max = scores[i];
        }
        for (let i = 0; i < scores.length; i++) {
          if (ignored.has(nodes[i].name)) scores[i] = 0;
          else scores[i] = max === 0 ? MAX_NODE_SCORE : div(MAX_NODE_SCORE * (max + min - scores[i]), max);
        }
      },
    };
  },
};
