/**
 * The row of a pod.
 * Upstream: pkg/printers/internalversion/printers.go printPod
 */
import { parseTime } from '../../apimachinery/time.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import type { Printer } from './printer.ts';
import { age, orNone } from './text.ts';

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const condition = (s: Any, type: string): Any => (s.conditions ?? []).find((c: Any) => c.type === type);
const endedAt = (c: Any): number => parseTime(c.lastState?.terminated?.finishedAt) ?? -1;

interface Tally { reason: string; restarts: number; ready: number; lastRestart: number; sidecarRestarts: number; lastSidecarRestart: number; initializing: boolean }

function initContainers(spec: Any, s: Any, t: Tally): void {
  const always = new Set((spec.initContainers ?? []).filter((c: Any) => c.restartPolicy === 'Always').map((c: Any) => c.name));
  const statuses = (s.initContainerStatuses ?? []) as Any[];
  for (let i = 0; i < statuses.length; i++) {
    const c = statuses[i];
    const sidecar = always.has(c.name);
    t.restarts += c.restartCount ?? 0;
    t.lastRestart = Math.max(t.lastRestart, endedAt(c));
    if (sidecar) {
      t.sidecarRestarts += c.restartCount ?? 0;
      t.lastSidecarRestart = Math.max(t.lastSidecarRestart, endedAt(c));
    }
    const terminated = c.state?.terminated;
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && c.started === true) {
      if (c.ready) t.ready++;
      continue;
    }
    if (terminated) t.reason = terminated.reason ? 'Init:' + terminated.reason : terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`;
    else if (c.state?.waiting?.reason && c.state.waiting.reason !== 'PodInitializing') t.reason = 'Init:' + c.state.waiting.reason;
    else t.reason = `Init:${i}/${(spec.initContainers ?? []).length}`;
    t.initializing = true;
    break;
  }
}

function containers(s: Any, t: Tally): void {
  t.restarts = t.sidecarRestarts;
  t.lastRestart = t.lastSidecarRestart;
  let running = false;
  let error = '';
  const statuses = (s.containerStatuses ?? []) as Any[];
  for (let i = statuses.length - 1; i >= 0; i--) {
    const c = statuses[i];
    t.restarts += c.restartCount ?? 0;
    t.lastRestart = Math.max(t.lastRestart, endedAt(c));
    const terminated = c.state?.terminated;
    if (c.state?.waiting?.reason) t.reason = c.state.waiting.reason;
    else if (terminated) {
      t.reason = terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`);
      if (terminated.exitCode) error = t.reason;
    } else if (c.ready && c.state?.running) {
      running = true;
      t.ready++;
    }
  }
  if (t.reason !== 'Completed') return;
  if (running && condition(s, 'Ready')?.status === 'True') t.reason = 'Running';
  else if (error !== '') t.reason = error;
  else if (running) t.reason = 'NotReady';
}

export const printPod: Printer = (pod, now) => {
  const spec = (pod['spec'] ?? {}) as Any;
  const s = (pod['status'] ?? {}) as Any;
  const t: Tally = { reason: s.reason || s.phase || '', restarts: 0, ready: 0, lastRestart: -1, sidecarRestarts: 0, lastSidecarRestart: -1, initializing: false };
  if (condition(s, 'PodScheduled')?.reason === 'SchedulingGated') t.reason = 'SchedulingGated';
  const total = (spec.containers ?? []).length + (spec.initContainers ?? []).filter((c: Any) => c.restartPolicy === 'Always').length;
  initContainers(spec, s, t);
  if (!t.initializing || condition(s, 'Initialized')?.status === 'True') containers(s, t);
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (s.reason === 'NodeLost') t.reason = 'Unknown';
    else if (s.phase !== 'Failed' && s.phase !== 'Succeeded') t.reason = 'Terminating';
  }
  const restarts = t.restarts !== 0 && t.lastRestart >= 0 ? `${t.restarts} (${humanDuration(now - t.lastRestart)} ago)` : String(t.restarts);
  const gates = (spec.readinessGates ?? []) as Any[];
  const open = gates.filter((g) => condition(s, g.conditionType)?.status === 'True').length;
  return [pod.metadata.name, `${t.ready}/${total}`, t.reason, restarts, age(pod, now), orNone(s.podIPs?.[0]?.ip ?? s.podIP), orNone(spec.nodeName), orNone(s.nominatedNodeName), gates.length > 0 ? `${open}/${gates.length}` : '<none>'];
};
