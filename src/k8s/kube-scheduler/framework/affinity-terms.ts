/**
 * A pod's inter-pod affinity terms, compiled once for each spec.
 * Upstream: staging/src/k8s.io/kube-scheduler/framework/types.go GetAffinityTerms, AffinityTerm.Matches
 */
import type { KubeObject } from '../../api/types.ts';
import { matches, NOTHING, selectorOf, type LabelSelector, type Labels } from '../../apimachinery/labels.ts';
import type { AffinityTerm } from './types.ts';

export interface PodAffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly AffinityTerm[];
  readonly preferredAntiAffinity: readonly AffinityTerm[];
  /** Any of the four. */
  readonly any: boolean;
}

const EMPTY: readonly AffinityTerm[] = [];
const NONE: PodAffinityTerms = { requiredAffinity: EMPTY, requiredAntiAffinity: EMPTY, preferredAffinity: EMPTY, preferredAntiAffinity: EMPTY, any: false };
const memo = new WeakMap<object, PodAffinityTerms>();

interface RawTerm { readonly labelSelector?: LabelSelector; readonly namespaceSelector?: LabelSelector; readonly namespaces?: readonly string[]; readonly topologyKey: string }

function term(pod: KubeObject, raw: RawTerm, weight: number): AffinityTerm {
  const own = !raw.namespaces?.length && !raw.namespaceSelector;
  return {
    namespaces: own ? [pod.metadata.namespace!] : raw.namespaces ?? [],
    namespaceSelector: raw.namespaceSelector ? selectorOf(raw.namespaceSelector).value ?? NOTHING : null,
    selector: selectorOf(raw.labelSelector).value ?? NOTHING,
    topologyKey: raw.topologyKey,
    weight,
  };
}

export function affinityTerms(pod: KubeObject): PodAffinityTerms {
  const affinity = pod.spec.affinity;
  if (!affinity || (!affinity.podAffinity && !affinity.podAntiAffinity)) return NONE;
  let known = memo.get(pod.spec);
  if (known === undefined) {
    const required = (from: { requiredDuringSchedulingIgnoredDuringExecution?: readonly RawTerm[] } | undefined): AffinityTerm[] =>
      (from?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((raw) => term(pod, raw, 0));
    const preferred = (from: { preferredDuringSchedulingIgnoredDuringExecution?: readonly { weight: number; podAffinityTerm: RawTerm }[] } | undefined): AffinityTerm[] =>
      (from?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((raw) => term(pod, raw.podAffinityTerm, raw.weight));
    const terms = {
      requiredAffinity: required(affinity.podAffinity), requiredAntiAffinity: required(affinity.podAntiAffinity),
      preferredAffinity: preferred(affinity.podAffinity), preferredAntiAffinity: preferred(affinity.podAntiAffinity),
    };
    known = { ...terms, any: terms.requiredAffinity.length + terms.requiredAntiAffinity.length + terms.preferredAffinity.length + terms.preferredAntiAffinity.length > 0 };
    memo.set(pod.spec, known);
  }
  return known;
}

/** Whether the term selects the pod. `namespaceLabels` are those of the pod's namespace. */
export function termMatches(one: AffinityTerm, pod: KubeObject, namespaceLabels: Labels | undefined): boolean {
  if (!one.namespaces.includes(pod.metadata.namespace!) && !(one.namespaceSelector && matches(one.namespaceSelector, namespaceLabels))) return false;
  return matches(one.selector, pod.metadata.labels);
}

/** Whether all of the terms (at least one) select the pod. */
export function allTermsMatch(terms: readonly AffinityTerm[], pod: KubeObject, namespaceLabels: Labels | undefined): boolean {
  return terms.length > 0 && terms.every((one) => termMatches(one, pod, namespaceLabels));
}
