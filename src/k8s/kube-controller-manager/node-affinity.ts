/**
 * Whether a node is one that a pod's nodeSelector and required node affinity allow.
 *
 * Upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
import type { KubeObject } from '../api/types.ts';
import { mapMatches } from './selector.ts';

interface Requirement { readonly key: string; readonly operator: string; readonly values?: readonly string[] }
interface Term { readonly matchExpressions?: readonly Requirement[]; readonly matchFields?: readonly Requirement[] }

function meets(r: Requirement, value: string | undefined): boolean {
  const values = r.values ?? [];
  switch (r.operator) {
    case 'In': return value !== undefined && values.includes(value);
    case 'NotIn': return value === undefined || !values.includes(value);
    case 'Exists': return value !== undefined;
    case 'DoesNotExist': return value === undefined;
    case 'Gt': return value !== undefined && /^-?\d{1,15}$/.test(value) && Number(value) > Number(values[0]);
    case 'Lt': return value !== undefined && /^-?\d{1,15}$/.test(value) && Number(value) < Number(values[0]);
    default: return false;
  }
}

/** `spec`: a pod's. */
export function requiredNodeAffinityMatches(spec: KubeObject['spec'], node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  if (spec.nodeSelector !== undefined && !mapMatches(spec.nodeSelector, labels)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || required === null) return true;
  return ((required.nodeSelectorTerms ?? []) as readonly Term[]).some((term) => {
    const expressions = term.matchExpressions ?? [];
    const fields = term.matchFields ?? [];
    if (expressions.length === 0 && fields.length === 0) return false;
    return expressions.every((r) => meets(r, labels[r.key])) && fields.every((r) => meets(r, r.key === 'metadata.name' ? node.metadata.name : undefined));
  });
}
