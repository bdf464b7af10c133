/**
 * Tolerations against taints.
 * Upstream: staging/src/k8s.io/component-helpers/scheduling/corev1/helpers.go; api/core/v1/toleration.go
 * Left out: the operators Gt and Lt (gate TaintTolerationComparisonOperators, off).
 */
import type { KubeObject } from '../../api/types.ts';

export interface Taint { readonly key: string; readonly value?: string; readonly effect: string }
export interface Toleration { readonly key?: string; readonly operator?: string; readonly value?: string; readonly effect?: string }

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (!toleration.operator || toleration.operator === 'Equal') return (toleration.value ?? '') === (taint.value ?? '');
  return toleration.operator === 'Exists';
}

export function toleratedBy(taint: Taint, tolerations: readonly Toleration[] | undefined): boolean {
  return tolerations?.some((one) => tolerates(one, taint)) === true;
}

/** The first taint of effect NoSchedule or NoExecute that the pod does not tolerate. */
export function untoleratedTaint(node: KubeObject, pod: KubeObject): Taint | undefined {
  const taints: readonly Taint[] | undefined = node.spec?.taints;
  if (!taints) return undefined;
  return taints.find((taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !toleratedBy(taint, pod.spec.tolerations));
}
