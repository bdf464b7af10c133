/**
 * The conditions the kubelet owns.
 * Upstream: pkg/kubelet/status/generate.go, pkg/kubelet/types/pod_status.go
 */
import { goQuote } from '../apimachinery/goquote.ts';
import { containers, initContainers, isRestartableInit, named } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { sandboxChanged } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';

export const OWNED_CONDITIONS: readonly string[] = ['PodScheduled', 'Ready', 'Initialized', 'ContainersReady', 'PodReadyToStartContainers', 'PodResizePending', 'PodResizeInProgress', 'AllContainersRestarting'];
const OWNED: ReadonlySet<string> = new Set(OWNED_CONDITIONS);
export const isOwned = (type: string): boolean => OWNED.has(type);
export const isShared = (type: string): boolean => type === 'DisruptionTarget';

/** A condition as Go writes it: `lastProbeTime` always there, empty texts left out. */
export function condition(pod: Pod, type: string, status: 'True' | 'False', reason = '', message = ''): Any {
  const out: Any = { type, observedGeneration: pod.metadata.generation, status, lastProbeTime: null, lastTransitionTime: null };
  if (reason) out.reason = reason;
  if (message) out.message = message;
  return out;
}

const NONE: readonly Any[] = [];
const list = (names: readonly string[]): string => `[${names.join(' ')}]`;

function messages(unknown: readonly string[], others: readonly string[], what: string): string {
  const out: string[] = [];
  if (unknown.length > 0) out.push(`containers with unknown status: ${list(unknown)}`);
  if (others.length > 0) out.push(`containers with ${what} status: ${list(others)}`);
  return out.join(', ');
}

function terminal(pod: Pod, type: string, phase: string): Any {
  return condition(pod, type, 'False', phase === 'Failed' ? 'PodFailed' : phase === 'Succeeded' ? 'PodCompleted' : '');
}
export function terminalReadyConditions(pod: Pod, phase: string): [Any, Any] {
  return [terminal(pod, 'ContainersReady', phase), terminal(pod, 'Ready', phase)];
}

export function containersReady(pod: Pod, statuses: readonly Any[] | undefined, phase: string, type = 'ContainersReady'): Any {
  if (!statuses) return condition(pod, type, 'False', 'UnknownContainerStatuses');
  const unknown: string[] = [];
  const unready: string[] = [];
  const look = (c: Any): void => {
    const status = named(statuses, c.name);
    if (!status) unknown.push(c.name);
    else if (!status.ready) unready.push(c.name);
  };
  for (const c of initContainers(pod)) if (isRestartableInit(c)) look(c);
  for (const c of containers(pod)) look(c);
  if (phase === 'Succeeded' && unknown.length === 0) return terminal(pod, type, phase);
  if (phase === 'Failed') return terminal(pod, type, phase);
  if (unknown.length + unready.length === 0) return condition(pod, type, 'True');
  return condition(pod, type, 'False', 'ContainersNotReady', messages(unknown, unready, 'unready'));
}

/** `conditions`: all of the pod so far, for its readiness gates. */
export function podReady(pod: Pod, conditions: readonly Any[], statuses: readonly Any[] | undefined, phase: string): Any {
  const ready = containersReady(pod, statuses, phase, 'Ready');
  if (ready.status !== 'True') return ready;
  const unready: string[] = [];
  for (const gate of (pod.spec as Any).readinessGates ?? NONE) {
    const found = conditions.find((c) => c.type === gate.conditionType);
    if (!found) unready.push(`corresponding condition of pod readiness gate ${goQuote(gate.conditionType)} does not exist.`);
    else if (found.status !== 'True') unready.push(`the status of pod readiness gate ${goQuote(gate.conditionType)} is not "True", but ${found.status}`);
  }
  return unready.length > 0 ? condition(pod, 'Ready', 'False', 'ReadinessGatesNotReady', unready.join(', ')) : ready;
}

export function podInitialized(pod: Pod, statuses: readonly Any[] | undefined, phase: string, old: readonly Any[]): Any {
  const type = 'Initialized';
  if (!statuses && initContainers(pod).length > 0) return condition(pod, type, 'False', 'UnknownContainerStatuses');
  const known = statuses ?? [];
  const unknown: string[] = [];
  const incomplete: string[] = [];
  for (const c of initContainers(pod)) {
    const status = named(known, c.name);
    if (!status) unknown.push(c.name);
    else if (isRestartableInit(c) ? status.started !== true : !status.ready) incomplete.push(c.name);
  }
  if (phase === 'Succeeded' && unknown.length === 0) return condition(pod, type, 'True', 'PodCompleted');
  for (const c of containers(pod)) {
    const state = named(known, c.name)?.state;
    if (state?.running || state?.terminated) return condition(pod, type, 'True');
  }
  const message = unknown.length + incomplete.length === 0 ? '' : messages(unknown, incomplete, 'incomplete');
  // A pod that was initialized once stays so, also while all its containers restart in place.
  if (message && old.some((c) => c.type === type && c.status === 'True')) return condition(pod, type, 'True');
  return message ? condition(pod, type, 'False', 'ContainersNotInitialized', message) : condition(pod, type, 'True');
}

export function readyToStartContainers(pod: Pod, status: PodStatus): Any {
  return condition(pod, 'PodReadyToStartContainers', sandboxChanged(pod, status).changed ? 'False' : 'True');
}
