/**
 * Whether the node can take a pod that was bound to it.
 * Upstream: pkg/kubelet/lifecycle/predicate.go, pkg/scheduler AdmissionCheck
 * Left out: preemption for critical pods, extended resources, topology manager.
 */
import { milliOf, wholeOf } from '../apimachinery/quantity.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { containers, initContainers, isTerminalPhase, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { podRequests } from './pod-resources.ts';
import { table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { allocatableOf } from './node-status.ts';

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

const hostPorts = (pod: Pod): string[] => [...containers(pod), ...initContainers(pod)].flatMap((c) => (c.ports ?? []).filter((port: Any) => port.hostPort).map((port: Any) => `${port.protocol ?? 'TCP'}/${port.hostPort}`));

/** undefined: admitted. */
export function admit(p: ProcessContext, config: KubeletConfig, pod: Pod): Rejection | undefined {
  const spec = pod.spec as Any;
  if (spec.os?.name && spec.os.name !== 'linux') return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  const pods = table(p, 'pods');
  const workers = table(p, 'workers');
  const statuses = table(p, 'statuses');
  const others: Pod[] = [];
  for (const uid of pods.keys()) {
    if (uid === uidOf(pod)) continue;
    const other = pods.get(uid)!;
    const worker = workers.get(uid);
    const phase = statuses.get(uid)?.status.phase ?? other.status?.phase;
    // Rejected and ended pods use nothing.
    if (isTerminalPhase(phase) || isTerminalPhase(other.status?.phase) || (worker && worker.terminatedAt > 0)) continue;
    others.push(other);
  }
  const allocatable = allocatableOf(config);
  if (others.length + 1 > config.maxPods) return insufficient('OutOfpods', 'pods', 1, others.length, config.maxPods);
  const requests = podRequests(pod);
  for (const [name, reason, of] of [['cpu', 'OutOfcpu', milliOf], ['memory', 'OutOfmemory', wholeOf], ['ephemeral-storage', 'OutOfephemeral-storage', wholeOf]] as const) {
    const asked = of(requests[name]);
    if (asked === 0) continue;
    const capacity = of(allocatable[name]);
    let used = 0;
    for (const other of others) used += of(podRequests(other)[name]);
    if (asked > capacity - used) return insufficient(reason, name, asked, used, capacity);
  }
  const node = p.informer('nodes').get(config.node);
  const labels = node?.metadata.labels ?? config.labels;
  const selector: Readonly<Record<string, string>> = spec.nodeSelector ?? {};
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (Object.keys(selector).some((key) => labels[key] !== selector[key]) || (terms && !terms.some((term: Any) => matchesTerm(term, labels, config.node)))) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  }
  const ports = hostPorts(pod);
  if (ports.length > 0 && others.some((other) => hostPorts(other).some((port) => ports.includes(port)))) return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  for (const taint of (node?.spec as Any)?.taints ?? []) {
    if (taint.effect === 'NoExecute' && !toleratesTaint(pod, taint)) return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  }
  return undefined;
}
