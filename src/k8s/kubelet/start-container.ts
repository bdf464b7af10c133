/**
 * Starts one container: back-off, image, configuration, create, start, postStart hook.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer, kuberuntime_manager.go doBackOff
 */
import { doing } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { goDuration } from '../apimachinery/duration.ts';
import { milliOf, wholeOf } from '../apimachinery/quantity.ts';
import { goQuote } from '../apimachinery/goquote.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { criMessage } from '../cri-api/types.ts';
import type { ContainerConfig, ContainerStatus } from '../cri-api/types.ts';
import { backoffDelay, isInBackoff, nextBackoff } from './backoff.ts';
import { environment, expand, isOwnEnvironment, mounts, ownEnvironment } from './container-environment.ts';
import { criCall, criFailed } from './cri-client.ts';
import type { CriAnswer } from './cri-client.ts';
import { containerEvent } from './events.ts';
import { ensureImage, withDefaultTag } from './images.ts';
import type { ImageStatus } from './images.ts';
import { killContainer } from './kill-container.ts';
import { runHook } from './lifecycle-hook.ts';
import { armRelist } from './pleg.ts';
import { formatPod, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { containerHash } from './pod-actions.ts';
import { findContainer } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import { table } from './state.ts';
import type { KubeletConfig } from './state.ts';

export interface StartFailure { readonly error: string; readonly message: string; readonly backoffUntil?: number }

/** A container that is to run, in which sandbox. */
export interface Start { readonly pod: Pod; readonly status: PodStatus; readonly container: Any; readonly sandboxId: string; readonly podIps: readonly string[] }

/** What the last start of a container came to. */
function settle(p: ProcessContext, pod: Pod, name: string, failure: StartFailure | undefined): void {
  const key = `${uidOf(pod)} ${name}`;
  if (failure) table(p, 'reasons').set(key, { reason: failure.error, message: failure.message });
  else table(p, 'reasons').delete(key);
  armRelist(p);
}

/** undefined: started. `error` is the waiting reason that the container's status shows. */
export function* startContainer(config: KubeletConfig, start: Start): Program<StartFailure | undefined> {
  const { pod, status, container } = start;
  const name: string = container.name;
  let ref = '';
  const ended = exited(status, name);
  if (ended) {
    const failure = (yield doing((p: ProcessContext) => crashLoop(p, config, pod, container, ended))) as StartFailure | null;
    if (failure) return failure;
  }
  const policy: string = container.imagePullPolicy ?? 'IfNotPresent';
  const image = withDefaultTag(container.image);
  let asked: CriAnswer<ImageStatus> | null = null;
  if (image !== undefined && policy !== 'Always') {
    asked = (yield criCall(config.node, { method: 'ImageStatus', image }, container.image)) as CriAnswer<ImageStatus>;
    if (!criFailed(asked) && asked.image) ref = asked.image.id;
  }
  const present = ref !== '';
  if (!present) {
    const pulled = yield* ensureImage(config, pod, name, container.image, policy, asked);
    if ('error' in pulled) {
      yield doing((p: ProcessContext) => failed(p, config, pod, name, pulled.error, pulled));
      return pulled;
    }
    ref = pulled.ref;
  }
  let env: Record<string, string> | null = null;
  if (!isOwnEnvironment(container)) {
    if (present) yield doing((p: ProcessContext) => noteImage(p, config, pod, container));
    const found = yield* environment(config, pod, container, start.podIps);
    if ('error' in found) {
      const failure = { error: 'CreateContainerConfigError', message: found.error };
      yield doing((p: ProcessContext) => failed(p, config, pod, name, found.error, failure));
      return failure;
    }
    env = found.env;
  }
  const made = (yield doing((p: ProcessContext) => {
    if (env === null && present) noteImage(p, config, pod, container);
    const made = containerConfig(p, config, start, env ?? ownEnvironment(config, pod, container, start.podIps), ref);
    if ('error' in made) failed(p, config, pod, name, made.error, { error: 'CreateContainerConfigError', message: made.error });
    return made;
  })) as { config: ContainerConfig } | { error: string };
  if ('error' in made) return { error: 'CreateContainerConfigError', message: made.error };

  const subject = `${pod.metadata.namespace}/${pod.metadata.name} ${name}`;
  const created = (yield criCall(config.node, { method: 'CreateContainer', podSandboxId: start.sandboxId, config: made.config }, subject)) as CriAnswer<{ containerId: string }>;
  if (criFailed(created)) {
    const failure = { error: 'CreateContainerError', message: criMessage(created) };
    yield doing((p: ProcessContext) => failed(p, config, pod, name, failure.message, failure));
    return failure;
  }
  yield doing((p: ProcessContext) => containerEvent(p, config, pod, name, 'Normal', 'Created', 'Container created'));
  const started = (yield criCall(config.node, { method: 'StartContainer', containerId: created.containerId }, subject)) as CriAnswer<object>;
  if (criFailed(started)) {
    const failure = { error: 'RunContainerError', message: criMessage(started) };
    yield doing((p: ProcessContext) => failed(p, config, pod, name, failure.message, failure));
    return failure;
  }
  const postStart = container.lifecycle?.postStart;
  yield doing((p: ProcessContext) => {
    containerEvent(p, config, pod, name, 'Normal', 'Started', 'Container started');
    if (!postStart) settle(p, pod, name, undefined);
  });
  if (!postStart) return undefined;
  const hook = yield* runHook(config, pod, container, created.containerId, postStart);
  if (hook.error === '') {
    yield doing((p: ProcessContext) => settle(p, pod, name, undefined));
    return undefined;
  }
  yield doing((p: ProcessContext) => containerEvent(p, config, pod, name, 'Warning', 'FailedPostStartHook', 'PostStartHook failed'));
  yield* killContainer(config, { pod, id: created.containerId, name, message: 'FailedPostStartHook', reason: 'FailedPostStartHook' });
  const failure = { error: 'PostStartHookError', message: hook.error };
  yield doing((p: ProcessContext) => settle(p, pod, name, failure));
  return failure;
}

/** The newest run of the container that ended. */
function exited(status: PodStatus, name: string): ContainerStatus | undefined {
  for (const c of status.containers) if (c.name === name && c.state === 'CONTAINER_EXITED') return c;
  return undefined;
}

/** A container that ended waits before it is started again. null: it waited. */
function crashLoop(p: ProcessContext, config: KubeletConfig, pod: Pod, container: Any, ended: ContainerStatus): StartFailure | null {
  const name: string = container.name;
  const key = `${uidOf(pod)} ${name} ${containerHash(container)}`;
  if (!isInBackoff(p, 'container', key, ended.finishedAt)) {
    nextBackoff(p, 'container', key, ended.finishedAt);
    return null;
  }
  containerEvent(p, config, pod, name, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${formatPod(pod)}`);
  const waiting = backoffDelay(p, 'container', key);
  const failure = { error: 'CrashLoopBackOff', message: `back-off ${goDuration(waiting)} restarting failed container=${name} pod=${formatPod(pod)}`, backoffUntil: ended.finishedAt + waiting };
  settle(p, pod, name, failure);
  return failure;
}

function failed(p: ProcessContext, config: KubeletConfig, pod: Pod, name: string, text: string, failure: StartFailure): void {
  containerEvent(p, config, pod, name, 'Warning', 'Failed', `Error: ${text}`);
  settle(p, pod, name, failure);
}

function noteImage(p: ProcessContext, config: KubeletConfig, pod: Pod, container: Any): void {
  containerEvent(p, config, pod, container.name, 'Normal', 'Pulled', `Container image ${goQuote(container.image)} already present on machine and can be accessed by the pod`);
}

function expanded(words: readonly string[] | undefined, env: Readonly<Record<string, string>>): readonly string[] {
  if (!words || words.length === 0) return NONE;
  return words.map((word) => expand(word, env));
}
const NONE: readonly never[] = [];

function containerConfig(p: ProcessContext, config: KubeletConfig, start: Start, env: Record<string, string>, image: string): { config: ContainerConfig } | { error: string } {
  const { pod, container } = start;
  const spec = pod.spec as Any;
  const ofPod = spec.securityContext;
  const own = container.securityContext;
  const context: Any = { ...ofPod, ...own };
  if (context.runAsNonRoot && (context.runAsUser ?? 0) === 0) {
    return { error: context.runAsUser === 0 ? `container's runAsUser breaks non-root policy (pod: "${formatPod(pod)}", container: ${container.name})` : `container has runAsNonRoot and image will run as root (pod: "${formatPod(pod)}", container: ${container.name})` };
  }
  const gid: number = context.runAsGroup ?? 0;
  const groups: number[] = [gid];
  if (ofPod?.fsGroup !== undefined) groups.push(ofPod.fsGroup);
  for (const extra of ofPod?.supplementalGroups ?? NONE) groups.push(extra);
  const resources: { cpuRequest?: number; cpuLimit?: number; memoryLimit?: number } = {};
  const given = container.resources;
  if (given?.requests?.cpu) resources.cpuRequest = milliOf(given.requests.cpu);
  if (given?.limits?.cpu) resources.cpuLimit = milliOf(given.limits.cpu);
  if (given?.limits?.memory) resources.memoryLimit = wholeOf(given.limits.memory);
  const hostname: string = spec.hostNetwork ? config.node : (spec.hostname ?? pod.metadata.name);
  const envs = [{ key: 'HOSTNAME', value: hostname }];
  for (const key of Object.keys(env)) if (key !== 'HOSTNAME') envs.push({ key, value: env[key] });
  const ports: number[] = [];
  for (const port of container.ports ?? NONE) ports.push(port.containerPort);
  const before = findContainer(start.status, container.name);
  const mounted = mounts(p, pod, container);
  return {
    config: {
      name: container.name, attempt: before ? before.attempt + 1 : 0, image, userSpecifiedImage: container.image,
      command: expanded(container.command, env), args: expanded(container.args, env),
      workingDir: container.workingDir ?? '', envs, mounts: mounted.mounts, volumes: mounted.volumes, ports,
      user: { uid: context.runAsUser ?? 0, gid, supplementalGroups: groups }, resources,
      tty: container.tty === true, stdin: container.stdin === true, hash: containerHash(container),
      terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log', terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    },
  };
}
