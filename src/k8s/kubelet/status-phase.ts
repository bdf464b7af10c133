/**
 * A pod's phase from the states of its containers.
 * Upstream: pkg/kubelet/kubelet_pods.go getPhase
 */
import { containers, containerShouldRestart, initContainers, isRestartableInit, named } from './pod.ts';
import type { Any, Pod } from './pod.ts';

/** `terminal`: no container runs or will run again. `initialized`: regular containers of the current sandbox were created. */
export function phaseOf(pod: Pod, statuses: readonly Any[], terminal: boolean, initialized: boolean): string {
  let pendingInit = 0;
  let pendingSidecars = 0;
  let failedForGood = 0;
  let unknown = 0;
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let stoppedForGood = 0;
  let succeeded = 0;
  for (const c of initContainers(pod)) {
    const status = named(statuses, c.name);
    if (isRestartableInit(c)) {
      if (!status) unknown++;
      else if (status.state.running) {
        if (status.started !== true) pendingSidecars++;
        running++;
      } else if (status.state.waiting) {
        if (!status.lastState?.terminated) {
          pendingSidecars++;
          waiting++;
        }
      } else if (!status.state.terminated) {
        pendingSidecars++;
        unknown++;
      }
      continue;
    }
    const ended = status?.state.terminated ?? (status?.state.waiting ? status.lastState?.terminated : undefined);
    if (!status || !ended) pendingInit++;
    else if ((ended.exitCode ?? 0) !== 0 && !containerShouldRestart(c, pod, ended.exitCode)) failedForGood++;
  }
  for (const c of containers(pod)) {
    const status = named(statuses, c.name);
    if (!status) unknown++;
    else if (status.state.running) running++;
    else if (status.state.terminated) {
      const code = status.state.terminated.exitCode ?? 0;
      stopped++;
      if (!containerShouldRestart(c, pod, code)) stoppedForGood++;
      if (code === 0) succeeded++;
    } else if (status.state.waiting) {
      const last = status.lastState?.terminated;
      if (last) {
        stopped++;
        if (!containerShouldRestart(c, pod, last.exitCode ?? 0)) stoppedForGood++;
      } else waiting++;
    } else unknown++;
  }
  if (failedForGood > 0) return 'Failed';
  if (pendingInit > 0 || (pendingSidecars > 0 && !initialized) || waiting > 0) return 'Pending';
  if (running > 0 && unknown === 0) return 'Running';
  if (running === 0 && stopped > 0 && unknown === 0) {
    if (!terminal && stopped !== stoppedForGood) return 'Running';
    return stopped === succeeded ? 'Succeeded' : 'Failed';
  }
  return 'Pending';
}
