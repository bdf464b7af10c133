/**
 * One sync of a pod: bring it up, take it down, or clean up after it.
 * Upstream: pkg/kubelet/kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod; kuberuntime_manager.go SyncPod
 */
import { act, sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { ListPodsResponse, RunPodSandboxResponse } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { cri, criErrorText, criFailed } from './cri-client.ts';
import { podEvent } from './events.ts';
import { killContainer, killPod } from './kill-container.ts';
import { armRelist, cachedStatus } from './pleg.ts';
import { containers, ephemeralContainers, initContainers, isHostNetwork, isRestartableInit, isTerminalPhase, namespaceOf, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { computePodActions } from './pod-actions.ts';
import { generatePodStatus, untilDeadline } from './pod-status.ts';
import { changeWorker, enqueue, worker } from './pod-workers.ts';
import type { SyncOutcome } from './pod-workers.ts';
import { addProbes, probeResult, removeProbes, stopLivenessAndStartup } from './prober.ts';
import { podStatusOf } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import { startContainer } from './start-container.ts';
import type { StartFailure } from './start-container.ts';
import { table } from './state.ts';
import type { KubeletConfig, WorkType } from './state.ts';
import { getStatus, setPodStatus, setSandboxReady, terminatePod } from './status-manager.ts';
import { waitForVolumes } from './volumes.ts';

export interface SyncArgs { readonly uid: string; readonly work: WorkType }

export function* syncPod(config: KubeletConfig, args: SyncArgs): Program<SyncOutcome> {
  yield* sleep(timing.kubelet.podSync);
  const begun = yield* act((p: ProcessContext) => {
    const w = worker(p, args.uid);
    return w?.active ? { pod: w.active.pod, grace: w.gracePeriod, killStatus: w.killStatus ?? null } : null;
  });
  if (!begun) return {};
  const { pod } = begun;
  if (args.work === 'terminating') return yield* terminating(config, pod, begun.grace, begun.killStatus);
  if (args.work === 'terminated') return yield* terminated(config, pod);
  return yield* running(config, pod);
}

function* running(config: KubeletConfig, pod: Pod): Program<SyncOutcome> {
  const uid = uidOf(pod);
  const state = yield* act((p: ProcessContext) => {
    const status = cachedStatus(p, uid);
    const api = generatePodStatus(p, config, pod, status, false);
    setPodStatus(p, pod, api);
    const left = untilDeadline(p, pod, getStatus(p, uid));
    if (left !== undefined && left > 0) enqueue(p, uid, left);
    return { status, terminal: isTerminalPhase(api.phase) };
  });
  if (state.terminal) return { terminal: true };
  const waited = yield* waitForVolumes(config, pod);
  if (waited === 'cancelled') return { cancelled: true };
  if (waited !== '') return { error: waited };
  yield* act((p: ProcessContext) => addProbes(p, pod));
  return yield* runtimeSync(config, pod, state.status);
}

function* runtimeSync(config: KubeletConfig, pod: Pod, status: PodStatus): Program<SyncOutcome> {
  const uid = uidOf(pod);
  const subject = `${namespaceOf(pod)}/${pod.metadata.name}`;
  const actions = yield* act((p: ProcessContext) => {
    const actions = computePodActions(pod, status, (id, type) => probeResult(p, id, type));
    if (actions.createSandbox && actions.sandboxId !== '') podEvent(p, config, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    return actions;
  });
  let did = false;
  if (actions.killPod) {
    if (status.sandboxes.length > 0 || status.containers.length > 0) did = true;
    const error = yield* killPod(config, pod, status);
    if (error) return { error };
    if (actions.createSandbox) {
      for (const c of status.containers) if (initContainers(pod).some((spec) => spec.name === c.name)) yield* cri(config.node, { method: 'RemoveContainer', containerId: c.id }, subject);
    }
  } else {
    for (const kill of actions.toKill) {
      did = true;
      const error = yield* killContainer(config, { pod, ...kill });
      if (error) return { error };
    }
  }
  // Only the newest ended run of each init container is kept.
  for (const spec of initContainers(pod)) {
    const ended = status.containers.filter((c) => c.name === spec.name && (c.state === 'CONTAINER_EXITED' || c.state === 'CONTAINER_UNKNOWN'));
    for (const c of ended.slice(1)) yield* cri(config.node, { method: 'RemoveContainer', containerId: c.id }, subject);
  }
  let sandboxId = actions.sandboxId;
  let ips = status.ips;
  if (actions.createSandbox) {
    did = true;
    const made = yield* cri<RunPodSandboxResponse>(config.node, {
      method: 'RunPodSandbox',
      config: {
        name: pod.metadata.name, namespace: namespaceOf(pod), uid, attempt: actions.attempt, hostname: (pod.spec as Any).hostname ?? pod.metadata.name, hostNetwork: isHostNetwork(pod),
        runtimeHandler: (pod.spec as Any).runtimeClassName ?? '', ...(pod.metadata.labels ? { labels: pod.metadata.labels } : {}),
      },
    }, subject);
    if (criFailed(made)) {
      const text = criErrorText(made);
      yield* act((p: ProcessContext) => podEvent(p, config, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${text}`));
      return { error: `failed to "CreatePodSandbox" for "${subject}" with CreatePodSandboxError: "${text}"` };
    }
    sandboxId = made.podSandboxId;
    if (!isHostNetwork(pod)) ips = made.ip ? [made.ip] : [];
    yield* act((p: ProcessContext) => {
      armRelist(p);
      setSandboxReady(p, pod);
    });
  }
  const failures: StartFailure[] = [];
  const attempt = function* (spec: Any): Program<boolean> {
    did = true;
    const failure = yield* startContainer(config, pod, status, spec, sandboxId, ips);
    yield* act((p: ProcessContext) => {
      const key = `${uid} ${spec.name}`;
      if (failure) table(p, 'reasons').set(key, { reason: failure.error, message: failure.message });
      else table(p, 'reasons').delete(key);
      armRelist(p);
    });
    if (failure) failures.push(failure);
    return !failure;
  };
  for (const i of actions.ephemeralToStart) yield* attempt(ephemeralContainers(pod)[i]);
  let aborted = false;
  for (const i of actions.initToStart) {
    const spec = initContainers(pod)[i];
    if (!(yield* attempt(spec)) && !isRestartableInit(spec)) {
      aborted = true;
      break;
    }
  }
  if (!aborted) for (const i of actions.toStart) yield* attempt(containers(pod)[i]);
  if (failures.length > 0) {
    const waits = failures.filter((f) => f.backoffUntil !== undefined).map((f) => f.backoffUntil!);
    return { error: failures[0].message, ...(waits.length === failures.length ? { backoffUntil: Math.min(...waits) } : {}) };
  }
  return did ? { relist: true } : {};
}

function* terminating(config: KubeletConfig, pod: Pod, grace: number, killStatus: Any): Program<SyncOutcome> {
  const uid = uidOf(pod);
  const status = yield* act((p: ProcessContext) => {
    const status = cachedStatus(p, uid);
    changeWorker(p, uid, { startedTerminating: true });
    setPodStatus(p, pod, { ...generatePodStatus(p, config, pod, status, false), ...killStatus });
    stopLivenessAndStartup(p, pod);
    return status;
  });
  const error = yield* killPod(config, pod, status, grace);
  if (error) {
    yield* act((p: ProcessContext) => podEvent(p, config, pod, 'Warning', 'FailedKillPod', `error killing pod: ${error}`));
    return { error };
  }
  yield* act((p: ProcessContext) => removeProbes(p, uid));
  const now = yield* cri<ListPodsResponse>(config.node, { method: 'ListPods', since: 0, uid }, uid);
  if (criFailed(now)) return { error: criErrorText(now) };
  const found = now.pods[0];
  // The address is gone with the sandbox; the API goes on showing it.
  const stopped: PodStatus = found ? { ...podStatusOf(found), ips: status.ips } : { ips: status.ips, sandboxes: [], containers: [] };
  if (stopped.containers.some((c) => c.state === 'CONTAINER_RUNNING')) return { error: 'detected running containers after a successful KillPod, CRI violation' };
  yield* act((p: ProcessContext) => setPodStatus(p, pod, generatePodStatus(p, config, pod, stopped, true)));
  return {};
}

function* terminated(config: KubeletConfig, pod: Pod): Program<SyncOutcome> {
  const uid = uidOf(pod);
  yield* act((p: ProcessContext) => {
    setPodStatus(p, pod, generatePodStatus(p, config, pod, cachedStatus(p, uid), true));
    table(p, 'volumes').delete(uid);
    terminatePod(p, pod);
  });
  return {};
}
