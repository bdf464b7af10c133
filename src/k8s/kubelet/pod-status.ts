/**
 * The status of a pod for the API: containers, phase, conditions, addresses.
 * Upstream: pkg/kubelet/kubelet_pods.go generateAPIPodStatus, convertStatusToAPIStatus
 */
import { parseTime } from '../apimachinery/time.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { podEvent } from './events.ts';
import { containers, ephemeralContainers, initContainers, isHostNetwork, isTerminalPhase, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { podLevelResources, podRequests } from './pod-resources.ts';
import { updatePodStatus } from './prober.ts';
import { anyActiveRegularContainer } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import { table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { condition, containersReady, isOwned, podInitialized, podReady, readyToStartContainers } from './status-conditions.ts';
import { containerStatuses } from './status-containers.ts';
import { phaseOf } from './status-phase.ts';

const NONE: readonly Any[] = [];
const DEADLINE = 'Pod was active on the node longer than the specified deadline';

/** Microseconds until the pod has been active for too long; undefined: it has no deadline, or has not started. */
export function untilDeadline(p: ProcessContext, pod: Pod, status: Any): number | undefined {
  const seconds: number | undefined = (pod.spec as Any).activeDeadlineSeconds;
  if (seconds === undefined) return undefined;
  const start = parseTime(status?.startTime);
  return start === undefined ? undefined : start + seconds * 1_000_000 - p.now;
}
function pastDeadline(p: ProcessContext, pod: Pod, status: Any): boolean {
  const left = untilDeadline(p, pod, status);
  return left !== undefined && left <= 0;
}

/** `terminal`: no container runs or will run again. Times of conditions are set by the status manager. */
export function generatePodStatus(p: ProcessContext, config: KubeletConfig, pod: Pod, runtime: PodStatus, terminal: boolean): Any {
  const uid = uidOf(pod);
  const api: Any = pod.status ?? {};
  const old: Any = table(p, 'statuses').get(uid)?.status ?? api;
  const hasInitContainers = initContainers(pod).length > 0;
  const reasons = table(p, 'reasons');
  const reason = (name: string) => reasons.get(`${uid} ${name}`);
  const options = { hasInitContainers, isInitContainer: false, reason };
  const regular = containerStatuses(pod, runtime, old.containerStatuses ?? NONE, containers(pod), options);
  const init = hasInitContainers ? containerStatuses(pod, runtime, old.initContainerStatuses ?? NONE, initContainers(pod), { hasInitContainers, isInitContainer: true, reason }) : NONE;
  const ephemeral = containerStatuses(pod, runtime, old.ephemeralContainerStatuses ?? NONE, ephemeralContainers(pod), options);

  const late = pastDeadline(p, pod, old);
  let phase = phaseOf(pod, init.length > 0 ? [...regular, ...init] : regular, terminal, anyActiveRegularContainer(pod, runtime));
  if (!isTerminalPhase(phase)) {
    if (isTerminalPhase(old.phase)) phase = old.phase;
    else if (isTerminalPhase(api.phase)) phase = api.phase;
  }
  const same = phase === old.phase;
  let statusReason = same ? old.reason || api.reason : undefined;
  let statusMessage = same ? old.message || api.message : undefined;
  if (late) {
    podEvent(p, config, pod, 'Normal', 'DeadlineExceeded', DEADLINE);
    phase = 'Failed';
    statusReason = 'DeadlineExceeded';
    statusMessage = DEADLINE;
  }
  if (isTerminalPhase(api.phase)) phase = api.phase;

  const probed = updatePodStatus(p, pod, regular, init);
  const all = init.length > 0 ? [...probed.init, ...probed.regular] : probed.regular;
  const conditions: Any[] = [];
  for (const c of api.conditions ?? NONE) if (!isOwned(c.type)) conditions.push(c);
  let disruption: Any;
  for (const c of old.conditions ?? NONE) if (c.type === 'DisruptionTarget') { disruption = c; break; }
  if (disruption) {
    const at = conditions.findIndex((c) => c.type === 'DisruptionTarget');
    if (at >= 0) conditions[at] = disruption;
    else conditions.push(disruption);
  }
  conditions.push(readyToStartContainers(pod, runtime));
  conditions.push(podInitialized(pod, all, phase, old.conditions ?? NONE));
  conditions.push(podReady(pod, conditions, all, phase));
  conditions.push(containersReady(pod, all, phase));
  conditions.push(condition(pod, 'PodScheduled', 'True'));

  const ips = isHostNetwork(pod) ? [config.nodeIp] : runtime.ips;
  const allocated = podRequests(pod);
  const out: Any = { phase, conditions };
  if (statusMessage) out.message = statusMessage;
  if (statusReason) out.reason = statusReason;
  out.hostIP = config.nodeIp;
  out.hostIPs = [{ ip: config.nodeIp }];
  if (ips.length > 0) {
    out.podIP = ips[0];
    const podIPs: Any[] = [];
    for (const ip of ips) podIPs.push({ ip });
    out.podIPs = podIPs;
  }
  if (init.length > 0) out.initContainerStatuses = probed.init;
  out.containerStatuses = probed.regular;
  if (api.qosClass) out.qosClass = api.qosClass;
  if (ephemeral.length > 0) out.ephemeralContainerStatuses = ephemeral;
  out.resources = podLevelResources(pod, old);
  if (Object.keys(allocated).length > 0) out.allocatedResources = allocated;
  return out;
}
