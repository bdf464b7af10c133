/**
 * Reading a pod: its containers by name, references for events, what its spec says about restarts.
 * Upstream: pkg/api/v1/pod/util.go, pkg/kubelet/container/{helpers,ref}.go
 */
import type { KubeObject } from '../api/types.ts';
import type { ObjectReference } from '../client-go/types.ts';

export type Pod = KubeObject;
// Specs and statuses are read as the wire has them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Any = any;

export const uidOf = (pod: Pod): string => pod.metadata.uid;
export const namespaceOf = (pod: Pod): string => pod.metadata.namespace ?? '';
/** `name_namespace(uid)`. Upstream: util/format.Pod. */
export const formatPod = (pod: Pod): string => `${pod.metadata.name}_${namespaceOf(pod)}(${uidOf(pod)})`;

export function initContainers(pod: Pod): readonly Any[] {
  return (pod.spec as Any)?.initContainers ?? [];
}
export function containers(pod: Pod): readonly Any[] {
  return (pod.spec as Any)?.containers ?? [];
}
export function ephemeralContainers(pod: Pod): readonly Any[] {
  return (pod.spec as Any)?.ephemeralContainers ?? [];
}
export function containerSpec(pod: Pod, name: string): Any {
  return containers(pod).find((c) => c.name === name) ?? initContainers(pod).find((c) => c.name === name) ?? ephemeralContainers(pod).find((c) => c.name === name);
}
/** A sidecar: an init container that is kept running. */
export function isRestartableInit(container: Any): boolean {
  return container.restartPolicy === 'Always';
}
export function restartPolicy(pod: Pod): 'Always' | 'OnFailure' | 'Never' {
  return (pod.spec as Any)?.restartPolicy ?? 'Always';
}
export function isHostNetwork(pod: Pod): boolean {
  return (pod.spec as Any)?.hostNetwork === true;
}
export function isTerminalPhase(phase: unknown): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** The first restart rule that matches an exit code. */
export function matchingRestartRule(container: Any, exitCode: number): Any {
  for (const rule of container.restartPolicyRules ?? []) {
    const codes = rule.exitCodes;
    if (!codes) continue;
    const among = (codes.values ?? []).includes(exitCode);
    if (codes.operator === 'In' ? among : codes.operator === 'NotIn' ? !among : false) return rule;
  }
  return undefined;
}

/** Whether a container that ended with `exitCode` is started again. Upstream: podutil.ContainerShouldRestart. */
export function containerShouldRestart(container: Any, pod: Pod, exitCode: number): boolean {
  if (container.restartPolicy) {
    const rule = matchingRestartRule(container, exitCode);
    if (rule && (rule.action === 'Restart' || rule.action === 'RestartAllContainers')) return true;
    if (container.restartPolicy === 'Always') return true;
    if (container.restartPolicy === 'Never') return false;
    if (container.restartPolicy === 'OnFailure') return exitCode !== 0;
  }
  const policy = restartPolicy(pod);
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

export function podReference(pod: Pod): ObjectReference {
  return { reference: true, kind: 'Pod', apiVersion: 'v1', namespace: namespaceOf(pod), name: pod.metadata.name, uid: uidOf(pod), resourceVersion: pod.metadata.resourceVersion };
}
/** With the path of the container in the pod: `spec.containers{nginx}`. */
export function containerReference(pod: Pod, name: string): ObjectReference {
  const list = containers(pod).some((c) => c.name === name) ? 'containers' : initContainers(pod).some((c) => c.name === name) ? 'initContainers' : 'ephemeralContainers';
  return { ...podReference(pod), fieldPath: `spec.${list}{${name}}` };
}

/** Semantic equality of JSON values: absent, null, empty list and empty map are the same. */
export function semanticEqual(a: Any, b: Any): boolean {
  if (a === b) return true;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((value, i) => semanticEqual(value, b[i]));
  }
  for (const key of Object.keys(a)) if (!semanticEqual(a[key], b[key])) return false;
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && !isEmpty(b[key])) return false;
  return true;
}
function isEmpty(value: Any): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
