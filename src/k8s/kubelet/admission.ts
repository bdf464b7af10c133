/**
 * Whether the node can take a pod that was bound to it.
 * Upstream: pkg/kubelet/lifecycle/predicate.go, pkg/scheduler AdmissionCheck
 * Left out: preemption for critical pods, extended resources, topology manager.
 */
import type { ProcessContext } from '../client-go/types.ts';
import type { Any, Pod } from './pod.ts';
import type { KubeletConfig } from './state.ts';
import { allocatableUsage } from './node-status.ts';
import { portTaken, totalUsage, usageOf } from './usage.ts';

export interface Rejection { readonly reason: string; readonly message: string }

const insufficient = (reason: string, name: string, requested: number, used: number, capacity: number): Rejection => ({ reason, message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}` });
const predicate = (name: string, text: string): Rejection => ({ reason: name, message: `Predicate ${name} failed: ${text}` });

function matchesTerm(term: Any, labels: Readonly<Record<string, string>>, node: string): boolean {
  const fits = (r: Any, value: string | undefined): boolean => {
    switch (r.operator) {
      case 'In': return value !== undefined && (r.values ?? []).includes(value);
      case 'NotIn': return value === undefined || !(r.values ?? []).includes(value);
      case 'Exists': return value !== undefined;
      case 'DoesNotExist': return value === undefined;
      case 'Gt': return value !== undefined && Number(value) > Number(r.values?.[0]);
      case 'Lt': return value !== undefined && Number(value) < Number(r.values?.[0]);
      default: return false;
    }
  };
  if (!term.matchExpressions && !term.matchFields) return false;
  return (term.matchExpressions ?? []).every((r: Any) => fits(r, labels[r.key])) && (term.matchFields ?? []).every((r: Any) => r.key === 'metadata.name' && fits(r, node));
}

export function toleratesTaint(pod: Pod, taint: Any): boolean {
  return ((pod.spec as Any).tolerations ?? []).some((t: Any) => (!t.effect || t.effect === taint.effect) && (!t.key || t.key === taint.key) && (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')));
}

/** undefined: admitted. The pod itself must not be counted yet. */
export function admit(p: ProcessContext, config: KubeletConfig, pod: Pod): Rejection | undefined {
  const spec = pod.spec as Any;
  if (spec.os?.name && spec.os.name !== 'linux') return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  const used = totalUsage(p);
  const capacity = allocatableUsage(config);
  if (used.pods + 1 > capacity.pods) return insufficient('OutOfpods', 'pods', 1, used.pods, capacity.pods);
  const asked = usageOf(pod);
  if (asked.cpu !== 0 && asked.cpu > capacity.cpu - used.cpu) return insufficient('OutOfcpu', 'cpu', asked.cpu, used.cpu, capacity.cpu);
  if (asked.memory !== 0 && asked.memory > capacity.memory - used.memory) return insufficient('OutOfmemory', 'memory', asked.memory, used.memory, capacity.memory);
  if (asked.storage !== 0 && asked.storage > capacity.storage - used.storage) return insufficient('OutOfephemeral-storage', 'ephemeral-storage', asked.storage, used.storage, capacity.storage);
  const node = p.informer('nodes').get(config.node);
  const labels = node?.metadata.labels ?? config.labels;
  const selector: Readonly<Record<string, string>> = spec.nodeSelector ?? {};
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (Object.keys(selector).some((key) => labels[key] !== selector[key]) || (terms && !terms.some((term: Any) => matchesTerm(term, labels, config.node)))) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  }
  for (const port of asked.ports) if (portTaken(p, port)) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  for (const taint of (node?.spec as Any)?.taints ?? []) {
    if (taint.effect === 'NoExecute' && !toleratesTaint(pod, taint)) return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  }
  return undefined;
}
