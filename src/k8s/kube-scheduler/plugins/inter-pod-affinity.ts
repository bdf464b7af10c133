/**
 * Affinity and anti-affinity between pods, of the incoming pod and of those already placed.
 * Upstream: pkg/scheduler/framework/plugins/interpodaffinity/{plugin,filtering,scoring}.go
 */
import type { KubeObject } from '../../api/types.ts';
import { affinityTerms, allTermsMatch, termMatches, type PodAffinityTerms } from '../framework/affinity-terms.ts';
import { MAX_NODE_SCORE } from '../framework/scores.ts';
import { Action, type AffinityTerm, type Listers, type NodeInfo, type Plugin, type PreFilter, type Status } from '../framework/types.ts';

const AFFINITY: Status = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match pod affinity rules"] };
const ANTI_AFFINITY: Status = { code: 'Unschedulable', reasons: ["node(s) didn't match pod anti-affinity rules"] };
const EXISTING: Status = { code: 'Unschedulable', reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"] };
const HARD_POD_AFFINITY_WEIGHT = 1;

/** Counts by `topologyKey\nvalue`. */
type Pairs = Map<string, number>;

function bump(pairs: Pairs, node: KubeObject, topologyKey: string, by: number): void {
  const value = node.metadata.labels?.[topologyKey];
  if (value === undefined) return;
  const pair = `${topologyKey}\n${value}`;
  const count = (pairs.get(pair) ?? 0) + by;
  if (count === 0) pairs.delete(pair);
  else pairs.set(pair, count);
}

interface FilterState { readonly existing: Pairs; readonly affinity: Pairs; readonly anti: Pairs }

function account(state: FilterState, terms: PodAffinityTerms, pod: KubeObject, other: KubeObject, info: NodeInfo, listers: Listers, by: number): void {
  for (const term of affinityTerms(other).requiredAntiAffinity) if (termMatches(term, pod, listers.namespaceLabels(pod.metadata.namespace!))) bump(state.existing, info.node, term.topologyKey, by);
  const labels = listers.namespaceLabels(other.metadata.namespace!);
  if (allTermsMatch(terms.requiredAffinity, other, labels)) for (const term of terms.requiredAffinity) bump(state.affinity, info.node, term.topologyKey, by);
  for (const term of terms.requiredAntiAffinity) if (termMatches(term, other, labels)) bump(state.anti, info.node, term.topologyKey, by);
}

function filterWith(state: FilterState, terms: PodAffinityTerms, pod: KubeObject, listers: Listers): PreFilter {
  const self = allTermsMatch(terms.requiredAffinity, pod, listers.namespaceLabels(pod.metadata.namespace!));
  const count = (pairs: Pairs, term: AffinityTerm, node: KubeObject): number | undefined => {
    const value = node.metadata.labels?.[term.topologyKey];
    return value === undefined ? undefined : pairs.get(`${term.topologyKey}\n${value}`) ?? 0;
  };
  return {
    check({ node }) {
      let exist = true;
      for (const term of terms.requiredAffinity) {
        const have = count(state.affinity, term, node);
        if (have === undefined) return AFFINITY;
        if (have <= 0) exist = false;
      }
      // The first pod of a group that wants to be near itself may go anywhere.
      if (!exist && !(state.affinity.size === 0 && self)) return AFFINITY;
      if (state.anti.size > 0) for (const term of terms.requiredAntiAffinity) if ((count(state.anti, term, node) ?? 0) > 0) return ANTI_AFFINITY;
      if (state.existing.size > 0) {
        const labels = node.metadata.labels ?? {};
        for (const key of Object.keys(labels)) if ((state.existing.get(`${key}\n${labels[key]}`) ?? 0) > 0) return EXISTING;
      }
      return undefined;
    },
    with(other, info, delta) {
      const changed = { existing: new Map(state.existing), affinity: new Map(state.affinity), anti: new Map(state.anti) };
      account(changed, terms, pod, other, info, listers, delta);
      return filterWith(changed, terms, pod, listers);
    },
  };
}

function unplaced(pod: KubeObject | undefined): boolean {
  return pod !== undefined && !pod.spec.nodeName && !pod.status?.nominatedNodeName;
}

export const interPodAffinity: Plugin = {
  name: 'InterPodAffinity',
  weight: 2,
  events: [
    {
      resource: 'Pod', actions: Action.Add | Action.UpdatePodLabel | Action.Delete,
      hint(pod, { old, object }, listers) {
        if (old && object && object.metadata.uid === pod.metadata.uid) return true;
        if (unplaced(object) || unplaced(old)) return false;
        const terms = affinityTerms(pod);
        const match = (list: readonly AffinityTerm[], other: KubeObject): boolean => allTermsMatch(list, other, listers.namespaceLabels(other.metadata.namespace!));
        if (old && object) {
          return (!match(terms.requiredAffinity, old) && match(terms.requiredAffinity, object)) || (match(terms.requiredAntiAffinity, old) && !match(terms.requiredAntiAffinity, object));
        }
        if (object) return match(terms.requiredAffinity, object);
        return match(terms.requiredAntiAffinity, old!) || match(affinityTerms(old!).requiredAntiAffinity, pod);
      },
    },
    {
      resource: 'Node', actions: Action.Add | Action.UpdateNodeLabel,
      hint(pod, { old, object }) {
        const terms = affinityTerms(pod);
        const value = (node: KubeObject, term: AffinityTerm): string | undefined => node.metadata.labels?.[term.topologyKey];
        for (const term of terms.requiredAffinity) {
          const after = value(object!, term);
          if (after !== undefined && (old === undefined || value(old, term) !== after)) return true;
        }
        for (const term of terms.requiredAntiAffinity) {
          if (old === undefined) return true;
          const before = value(old, term);
          if (before !== undefined && value(object!, term) !== before) return true;
        }
        return false;
      },
    },
  ],
  preFilter({ pod, snapshot }) {
    const terms = affinityTerms(pod);
    const state: FilterState = { existing: new Map(), affinity: new Map(), anti: new Map() };
    const wanted = terms.requiredAffinity.length > 0 || terms.requiredAntiAffinity.length > 0;
    for (const info of snapshot.nodes) {
      // Unless the pod itself asks, only nodes with anti-affine pods matter.
      if (!wanted && info.withRequiredAntiAffinity === 0) continue;
      for (const other of info.pods) account(state, terms, pod, other, info, snapshot.listers, 1);
    }
    return state.existing.size === 0 && !wanted ? 'skip' : filterWith(state, terms, pod, snapshot.listers);
  },
  preScore({ pod, snapshot }) {
    const terms = affinityTerms(pod);
    const preferring = terms.preferredAffinity.length > 0 || terms.preferredAntiAffinity.length > 0;
    const own = snapshot.listers.namespaceLabels(pod.metadata.namespace!);
    const scores = new Map<string, Map<string, number>>();
    const process = (term: AffinityTerm, weight: number, other: KubeObject, labels: Readonly<Record<string, string>> | undefined, node: KubeObject): void => {
      if (weight === 0 || !termMatches(term, other, labels)) return;
      const value = node.metadata.labels?.[term.topologyKey];
      if (value === undefined) return;
      let byValue = scores.get(term.topologyKey);
      if (byValue === undefined) scores.set(term.topologyKey, (byValue = new Map()));
      byValue.set(value, (byValue.get(value) ?? 0) + weight);
    };
    for (const info of snapshot.nodes) {
      if (!preferring && info.withAffinity === 0) continue;
      for (const other of info.pods) {
        const theirs = affinityTerms(other);
        if (preferring) {
          const labels = snapshot.listers.namespaceLabels(other.metadata.namespace!);
          for (const term of terms.preferredAffinity) process(term, term.weight, other, labels, info.node);
          for (const term of terms.preferredAntiAffinity) process(term, -term.weight, other, labels, info.node);
        }
        if (!theirs.any) continue;
        for (const term of theirs.requiredAffinity) process(term, HARD_POD_AFFINITY_WEIGHT, pod, own, info.node);
        for (const term of theirs.preferredAffinity) process(term, term.weight, pod, own, info.node);
        for (const term of theirs.preferredAntiAffinity) process(term, -term.weight, pod, own, info.node);
      }
    }
    if (scores.size === 0) return 'skip';
    const keys = [...scores.keys()].sort();
    return {
      score(info) {
        let sum = 0;
        for (const key of keys) {
          const value = info.node.metadata.labels?.[key];
          if (value !== undefined) sum += scores.get(key)!.get(value) ?? 0;
        }
        return sum;
      },
      normalize(raw: number[]) {
        let min = Infinity;
        let max = -Infinity;
        for (const score of raw) {
          if (score > max) max = score;
          if (score < min) min = score;
        }
        for (let i = 0; i < raw.length; i++) raw[i] = max > min ? Math.trunc(MAX_NODE_SCORE * ((raw[i] - min) / (max - min))) : 0;
      },
    };
  },
};
