/**
 * One sync of a pod: bring it up, take it down, or clean up after it.
 * Upstream: pkg/kubelet/kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod; kuberuntime_manager.go SyncPod
 */
import { act, doing } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { ListPodsResponse, PodSandboxConfig, RunPodSandboxResponse } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { cri, criCall, criErrorText, criFailed } from './cri-client.ts';
import type { CriAnswer } from './cri-client.ts';
import { podEvent } from './events.ts';
import { killContainer, killPod } from './kill-container.ts';
import { armRelist, cachedStatus } from './pleg.ts';
import { containers, ephemeralContainers, initContainers, isHostNetwork, isRestartableInit, isTerminalPhase, namespaceOf, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { computePodActions } from './pod-actions.ts';
import type { PodActions } from './pod-actions.ts';
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
import { VOLUME_LOOKS, beginWait, endWait, missingVolumes, unmountedText } from './volumes.ts';

export interface SyncArgs { readonly uid: string; readonly work: WorkType }

export function syncPod(config: KubeletConfig, args: SyncArgs): Program<SyncOutcome> {
  return args.work === 'terminating' ? terminating(config, args.uid) : args.work === 'terminated' ? terminated(config, args.uid) : running(config, args.uid);
}

/** What a sync begins with. `actions`: nothing has to be waited for. */
interface Begun { readonly pod: Pod; readonly status: PodStatus; readonly terminal: boolean; readonly actions: PodActions | null }

/** Tells the status of the pod as it is, and sees to its volumes. null: there is nothing to sync. */
function begin(p: ProcessContext, config: KubeletConfig, uid: string): Begun | null {
  const pod = worker(p, uid)?.active?.pod;
  if (!pod) return null;
  const status = cachedStatus(p, uid);
  const api = generatePodStatus(p, config, pod, status, false);
  setPodStatus(p, pod, api);
  const left = untilDeadline(p, pod, getStatus(p, uid));
  if (left !== undefined && left > 0) enqueue(p, uid, left);
  if (isTerminalPhase(api.phase)) return { pod, status, terminal: true, actions: null };
  if (missingVolumes(p, pod).length === 0) return { pod, status, terminal: false, actions: decide(p, config, pod, status) };
  beginWait(p, config, uid);
  return { pod, status, terminal: false, actions: null };
}

/** The volumes are there. */
function decide(p: ProcessContext, config: KubeletConfig, pod: Pod, status: PodStatus): PodActions {
  addProbes(p, pod);
  const actions = computePodActions(pod, status, (id, type) => probeResult(p, id, type));
  if (actions.createSandbox && actions.sandboxId !== '') podEvent(p, config, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  return actions;
}

/** One look at the volumes of a pod that waits for them: what is missing yet, or what to do now. */
function look(p: ProcessContext, config: KubeletConfig, pod: Pod, status: PodStatus, last: boolean): { readonly missing: readonly string[]; readonly actions: PodActions | null } {
  const missing = missingVolumes(p, pod);
  if (missing.length === 0 || last) endWait(p, uidOf(pod));
  return { missing, actions: missing.length === 0 ? decide(p, config, pod, status) : null };
}

function* running(config: KubeletConfig, uid: string): Program<SyncOutcome> {
  yield { op: 'sleep', us: timing.kubelet.podSync };
  const begun = (yield doing((p: ProcessContext) => begin(p, config, uid))) as Begun | null;
  if (!begun) return {};
  if (begun.terminal) return { terminal: true };
  const { pod, status } = begun;
  let actions = begun.actions;
  for (let i = 1; !actions; i++) {
    const cancelled = yield { op: 'receive', box: `cancel ${uid}`, timeout: timing.kubelet.volumePoll };
    if (cancelled) {
      yield doing((p: ProcessContext) => p.closeBox(`cancel ${uid}`));
      return { cancelled: true };
    }
    const found = (yield doing((p: ProcessContext) => look(p, config, pod, status, i === VOLUME_LOOKS))) as ReturnType<typeof look>;
    if (!found.actions && i === VOLUME_LOOKS) return { error: unmountedText(found.missing) };
    actions = found.actions;
  }

  const subject = `${namespaceOf(pod)}/${pod.metadata.name}`;
  let did = actions.toStart.length + actions.initToStart.length + actions.ephemeralToStart.length > 0;
  if (actions.killPod) {
    if (status.sandboxes.length > 0 || status.containers.length > 0) {
      did = true;
      const error = yield* killPod(config, pod, status);
      if (error) return { error };
    }
    if (actions.createSandbox) {
      for (const c of status.containers) if (initContainers(pod).some((spec) => spec.name === c.name)) yield criCall(config.node, { method: 'RemoveContainer', containerId: c.id }, subject);
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
    for (const c of ended.slice(1)) yield criCall(config.node, { method: 'RemoveContainer', containerId: c.id }, subject);
  }
  let sandboxId = actions.sandboxId;
  let podIps = status.ips;
  if (actions.createSandbox) {
    did = true;
    const made = (yield criCall(config.node, { method: 'RunPodSandbox', config: sandboxConfig(pod, actions.attempt) }, subject)) as CriAnswer<RunPodSandboxResponse>;
    if (criFailed(made)) {
      const text = criErrorText(made);
      yield doing((p: ProcessContext) => podEvent(p, config, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${text}`));
      return { error: `failed to "CreatePodSandbox" for "${subject}" with CreatePodSandboxError: "${text}"` };
    }
    sandboxId = made.podSandboxId;
    if (!isHostNetwork(pod)) podIps = made.ip ? [made.ip] : [];
    yield doing((p: ProcessContext) => {
      armRelist(p);
      setSandboxReady(p, pod);
    });
  }
  const failures: StartFailure[] = [];
  for (const i of actions.ephemeralToStart) {
    const failure = yield* startContainer(config, { pod, status, container: ephemeralContainers(pod)[i], sandboxId, podIps });
    if (failure) failures.push(failure);
  }
  let aborted = false;
  for (const i of actions.initToStart) {
    const container = initContainers(pod)[i];
    const failure = yield* startContainer(config, { pod, status, container, sandboxId, podIps });
    if (!failure) continue;
    failures.push(failure);
    aborted = !isRestartableInit(container);
    if (aborted) break;
  }
  if (!aborted) {
    for (const i of actions.toStart) {
      const failure = yield* startContainer(config, { pod, status, container: containers(pod)[i], sandboxId, podIps });
      if (failure) failures.push(failure);
    }
  }
  if (failures.length > 0) {
    const waits = failures.filter((f) => f.backoffUntil !== undefined).map((f) => f.backoffUntil!);
    return { error: failures[0].message, ...(waits.length === failures.length ? { backoffUntil: Math.min(...waits) } : {}) };
  }
  return did ? { relist: true } : {};
}

function sandboxConfig(pod: Pod, attempt: number): PodSandboxConfig {
  const { name, uid, labels } = pod.metadata;
  const spec = pod.spec as Any;
  const out: { -readonly [K in keyof PodSandboxConfig]: PodSandboxConfig[K] } = {
    name, namespace: namespaceOf(pod), uid, attempt, hostname: spec.hostname ?? name, hostNetwork: isHostNetwork(pod), runtimeHandler: spec.runtimeClassName ?? '',
  };
  if (labels) out.labels = labels;
  return out;
}

function* terminating(config: KubeletConfig, uid: string): Program<SyncOutcome> {
  yield { op: 'sleep', us: timing.kubelet.podSync };
  const begun = yield* act((p: ProcessContext) => {
    const w = worker(p, uid);
    const pod = w?.active?.pod;
    if (!pod) return null;
    const status = cachedStatus(p, uid);
    changeWorker(p, uid, { startedTerminating: true });
    const api = generatePodStatus(p, config, pod, status, false);
    setPodStatus(p, pod, w.killStatus ? { ...api, ...w.killStatus } : api);
    stopLivenessAndStartup(p, pod);
    return { pod, status, grace: w.gracePeriod };
  });
  if (!begun) return {};
  const { pod, status, grace } = begun;
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

function* terminated(config: KubeletConfig, uid: string): Program<SyncOutcome> {
  yield { op: 'sleep', us: timing.kubelet.podSync };
  yield doing((p: ProcessContext) => {
    const pod = worker(p, uid)?.active?.pod;
    if (!pod) return;
    setPodStatus(p, pod, generatePodStatus(p, config, pod, cachedStatus(p, uid), true));
    table(p, 'volumes').delete(uid);
    terminatePod(p, pod);
  });
  return {};
}
