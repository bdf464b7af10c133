/**
 * A pod's node selector and node affinity against a node.
 * Upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
import type { KubeObject } from '../../api/types.ts';

export interface NodeSelectorRequirement { readonly key: string; readonly operator: string; readonly values?: readonly string[] }
export interface NodeSelectorTerm { readonly matchExpressions?: readonly NodeSelectorRequirement[]; readonly matchFields?: readonly NodeSelectorRequirement[] }

function integer(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[+-]?[0-9]{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
}

function holds(one: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (one.operator) {
    case 'In': return value !== undefined && one.values?.includes(value) === true;
    case 'NotIn': return value === undefined || one.values?.includes(value) !== true;
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': case 'Lt': {
      const have = integer(value);
      const bound = integer(one.values?.[0]);
      return have !== undefined && bound !== undefined && (one.operator === 'Gt' ? have > bound : have < bound);
    }
    default: return false;
  }
}

/** An empty term selects nothing. */
export function termSelects(term: NodeSelectorTerm, node: KubeObject): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const labels = node.metadata.labels;
  return expressions.every((one) => holds(one, labels?.[one.key])) && fields.every((one) => one.key === 'metadata.name' && holds(one, node.metadata.name));
}

/** Whether nodeSelector and required node affinity admit the node. */
export function requiredNodeAffinityMatches(pod: KubeObject, node: KubeObject): boolean {
  const selector: Readonly<Record<string, string>> | undefined = pod.spec.nodeSelector;
  if (selector) for (const key of Object.keys(selector)) if (node.metadata.labels?.[key] !== selector[key]) return false;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required) return true;
  return (required.nodeSelectorTerms as readonly NodeSelectorTerm[] | undefined)?.some((term) => termSelects(term, node)) === true;
}
