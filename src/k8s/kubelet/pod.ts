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
  return named(containers(pod), name) ?? named(initContainers(pod), name) ?? named(ephemeralContainers(pod), name);
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
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  return { reference: true, kind: 'Pod', apiVersion: 'v1', namespace: namespace ?? '', name, uid, resourceVersion };
}
/** With the path of the container in the pod: `spec.containers{nginx}`. */
export function containerReference(pod: Pod, container: string): ObjectReference {
  const list = named(containers(pod), container) ? 'containers' : named(initContainers(pod), container) ? 'initContainers' : 'ephemeralContainers';
  const { namespace, name, uid, resourceVersion } = pod.metadata;
  return { reference: true, kind: 'Pod', apiVersion: 'v1', namespace: namespace ?? '', name, uid, resourceVersion, fieldPath: `spec.${list}{${container}}` };
}

/** The first of a list that has this name. */
export function named(list: readonly Any[], name: string): Any {
  for (const one of list) if (one.name === name) return one;
  return undefined;
}

/** Semantic equality of JSON values: absent, null and empty list are the same. */
export function semanticEqual(a: Any, b: Any): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return isEmpty(a) && isEmpty(b);
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!semanticEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  return semanticFields(a, b, NO_FIELDS);
}
const NO_FIELDS: readonly string[] = [];
/** semanticEqual of two objects, some fields aside. */
export function semanticFields(a: Any, b: Any, except: readonly string[]): boolean {
  for (const key of Object.keys(a)) {
    const x = a[key];
    const y = b[key];
    if (x !== y && !except.includes(key) && !semanticEqual(x, y)) return false;
  }
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && !isEmpty(b[key]) && !except.includes(key)) return false;
  return true;
}
function isEmpty(value: Any): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
