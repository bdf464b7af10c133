/**
 * Ends containers: preStop hook, SIGTERM, grace period, SIGKILL. Sidecars end after the containers they serve, last first.
 * Upstream: pkg/kubelet/kuberuntime/{kuberuntime_container,kuberuntime_termination_order}.go
 */
import { act, receive } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { cri, criAll, criErrorText, criFailed } from './cri-client.ts';
import { containerEvent } from './events.ts';
import { runHook } from './lifecycle-hook.ts';
import { armRelist } from './pleg.ts';
import { containerSpec, initContainers, isRestartableInit } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import type { KillReason } from './pod-actions.ts';
import type { PodStatus } from './runtime-status.ts';
import { nextCounter } from './state.ts';
import type { KubeletConfig } from './state.ts';

/** Upstream: minimumGracePeriodInSeconds. */
const MINIMUM = 2;

export interface KillArgs {
  readonly pod: Pod;
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly reason: KillReason;
  readonly override?: number;
  /** Mailbox that hears when it is this container's turn, for sidecars. */
  readonly turn?: string;
  /** Mailbox that hears of the end, for containers killed in parallel. */
  readonly report?: string;
}

function gracePeriod(pod: Pod, spec: Any, reason: KillReason): number {
  if (pod.metadata.deletionGracePeriodSeconds !== undefined) return pod.metadata.deletionGracePeriodSeconds;
  const own: number | undefined = (pod.spec as Any).terminationGracePeriodSeconds;
  if (own === undefined) return MINIMUM;
  const probe = reason === 'StartupProbe' ? spec?.startupProbe : reason === 'LivenessProbe' ? spec?.livenessProbe : undefined;
  return probe?.terminationGracePeriodSeconds ?? own;
}

/** '' or the error's text. */
export function* killContainer(config: KubeletConfig, args: KillArgs): Program<string> {
  const { pod, id, name } = args;
  const spec = containerSpec(pod, name);
  const start = yield* act((p: ProcessContext) => {
    containerEvent(p, config, pod, name, 'Normal', 'Killing', args.message || `Stopping container ${name}`);
    return p.now;
  });
  let grace = args.override ?? gracePeriod(pod, spec, args.reason);
  if (spec?.lifecycle?.preStop && grace > 0) {
    const result = yield* runHook(config, pod, spec, id, spec.lifecycle.preStop, grace);
    if (result.error !== '' && !result.late) yield* act((p: ProcessContext) => containerEvent(p, config, pod, name, 'Warning', 'FailedPreStopHook', 'PreStopHook failed'));
    const now = yield* act((p: ProcessContext) => p.now);
    grace -= Math.floor((now - start) / 1_000_000);
  }
  if (args.turn !== undefined && grace > 0) {
    const before = yield* act((p: ProcessContext) => p.now);
    yield* receive(args.turn, grace * 1_000_000);
    const now = yield* act((p: ProcessContext) => p.now);
    grace -= Math.floor((now - before) / 1_000_000);
  }
  if (grace < MINIMUM) grace = MINIMUM;
  const stopped = yield* cri(config.node, { method: 'StopContainer', containerId: id, timeoutSeconds: grace }, `${pod.metadata.namespace}/${pod.metadata.name} ${name}`);
  yield* act((p: ProcessContext) => armRelist(p));
  return criFailed(stopped) && !('code' in stopped && stopped.code === 'NotFound') ? criErrorText(stopped) : '';
}

/** Kills all running containers in parallel, then the sandboxes. '' or the error's text. */
export function* killPod(config: KubeletConfig, pod: Pod, status: PodStatus, override?: number): Program<string> {
  const running = status.containers.filter((c) => c.state === 'CONTAINER_RUNNING');
  const subject = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (running.length === 1) {
    const error = yield* killContainer(config, { pod, id: running[0].id, name: running[0].name, message: '', reason: 'Unknown', override });
    if (error) return error;
  } else if (running.length > 1) {
    const sidecars = initContainers(pod).filter(isRestartableInit).map((c) => c.name as string);
    const names = running.map((c) => c.name);
    const box = yield* act((p: ProcessContext) => {
      const report = `kill ${nextCounter(p)}`;
      for (const c of running) {
        const ordered = sidecars.includes(c.name) && waitsFor(c.name, names, sidecars).length > 0;
        p.spawn('killContainer', { pod, id: c.id, name: c.name, message: '', reason: 'Unknown', override, report, ...(ordered ? { turn: `${report} ${c.name}` } : {}) } satisfies KillArgs);
      }
      return report;
    });
    const ended: string[] = [];
    let error = '';
    for (let i = 0; i < running.length; i++) {
      const done = (yield* receive<{ name: string; error: string }>(box))!;
      ended.push(done.name);
      if (done.error) error = done.error;
      yield* act((p: ProcessContext) => {
        for (const name of names) {
          if (!sidecars.includes(name) || ended.includes(name)) continue;
          const waits = waitsFor(name, names, sidecars);
          if (waits.length > 0 && waits.includes(done.name) && waits.every((other) => ended.includes(other))) p.deliver(`${box} ${name}`, true);
        }
      });
    }
    yield* act((p: ProcessContext) => {
      p.closeBox(box);
      for (const name of names) p.closeBox(`${box} ${name}`);
    });
    if (error) return error;
  }
  const answers = yield* criAll(config.node, status.sandboxes.map((s) => ({ request: { method: 'StopPodSandbox' as const, podSandboxId: s.id }, subject })));
  const failed = answers.find(criFailed);
  return failed ? criErrorText(failed) : '';
}

/** A sidecar ends after all regular containers and all sidecars that were started after it. */
function waitsFor(sidecar: string, running: readonly string[], sidecars: readonly string[]): string[] {
  const at = sidecars.indexOf(sidecar);
  return running.filter((name) => name !== sidecar && (!sidecars.includes(name) || sidecars.indexOf(name) > at));
}
