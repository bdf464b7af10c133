/**
 * Starts one container: back-off, image, configuration, create, start, postStart hook.
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer, kuberuntime_manager.go doBackOff
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { goDuration } from '../apimachinery/duration.ts';
import { milliOf, wholeOf } from '../apimachinery/quantity.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { criMessage } from '../cri-api/types.ts';
import type { ContainerConfig } from '../cri-api/types.ts';
import { backoffDelay, isInBackoff, nextBackoff } from './backoff.ts';
import { environment, expand, mounts } from './container-environment.ts';
import { cri, criFailed } from './cri-client.ts';
import { containerEvent } from './events.ts';
import type { EventType } from './events.ts';
import { ensureImage } from './images.ts';
import { killContainer } from './kill-container.ts';
import { runHook } from './lifecycle-hook.ts';
import { formatPod, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { containerHash } from './pod-actions.ts';
import { findContainer } from './runtime-status.ts';
import type { PodStatus } from './runtime-status.ts';
import type { KubeletConfig } from './state.ts';

export interface StartFailure { readonly error: string; readonly message: string; readonly backoffUntil?: number }

/** undefined: started. `error` is the waiting reason that the container's status shows. */
export function* startContainer(config: KubeletConfig, pod: Pod, status: PodStatus, container: Any, sandboxId: string, podIps: readonly string[]): Program<StartFailure | undefined> {
  const name: string = container.name;
  const event = (type: EventType, reason: string, message: string) => act((p: ProcessContext) => containerEvent(p, config, pod, name, type, reason, message));
  const subject = `${pod.metadata.namespace}/${pod.metadata.name} ${name}`;
  const ended = status.containers.find((c) => c.name === name && c.state === 'CONTAINER_EXITED');
  if (ended) {
    const key = `${uidOf(pod)} ${name} ${containerHash(container)}`;
    const waiting = yield* act((p: ProcessContext) => {
      if (!isInBackoff(p, 'container', key, ended.finishedAt)) {
        nextBackoff(p, 'container', key, ended.finishedAt);
        return null;
      }
      containerEvent(p, config, pod, name, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${formatPod(pod)}`);
      return backoffDelay(p, 'container', key);
    });
    if (waiting !== null) {
      return { error: 'CrashLoopBackOff', message: `back-off ${goDuration(waiting)} restarting failed container=${name} pod=${formatPod(pod)}`, backoffUntil: ended.finishedAt + waiting };
    }
  }

  const image = yield* ensureImage(config, pod, name, container.image, container.imagePullPolicy ?? 'IfNotPresent');
  if ('error' in image) {
    yield* event('Warning', 'Failed', `Error: ${image.error}`);
    return image;
  }

  const before = findContainer(status, name);
  const made = yield* containerConfig(config, pod, container, before ? before.attempt + 1 : 0, image.ref, podIps);
  if ('error' in made) {
    yield* event('Warning', 'Failed', `Error: ${made.error}`);
    return { error: 'CreateContainerConfigError', message: made.error };
  }
  const created = yield* cri<{ containerId: string }>(config.node, { method: 'CreateContainer', podSandboxId: sandboxId, config: made.config }, subject);
  if (criFailed(created)) {
    yield* event('Warning', 'Failed', `Error: ${criMessage(created)}`);
    return { error: 'CreateContainerError', message: criMessage(created) };
  }
  yield* event('Normal', 'Created', 'Container created');
  const started = yield* cri(config.node, { method: 'StartContainer', containerId: created.containerId }, subject);
  if (criFailed(started)) {
    yield* event('Warning', 'Failed', `Error: ${criMessage(started)}`);
    return { error: 'RunContainerError', message: criMessage(started) };
  }
  yield* event('Normal', 'Started', 'Container started');
  if (container.lifecycle?.postStart) {
    const hook = yield* runHook(config, pod, container, created.containerId, container.lifecycle.postStart);
    if (hook.error !== '') {
      yield* event('Warning', 'FailedPostStartHook', 'PostStartHook failed');
      yield* killContainer(config, { pod, id: created.containerId, name, message: 'FailedPostStartHook', reason: 'FailedPostStartHook' });
      return { error: 'PostStartHookError', message: hook.error };
    }
  }
  return undefined;
}

function* containerConfig(config: KubeletConfig, pod: Pod, container: Any, attempt: number, image: string, podIps: readonly string[]): Program<{ config: ContainerConfig } | { error: string }> {
  const env = yield* environment(config, pod, container, podIps);
  if ('error' in env) return env;
  const { mounts: mounted, volumes } = yield* mounts(pod, container);
  const context: Any = { ...(pod.spec as Any).securityContext, ...container.securityContext };
  if (context.runAsNonRoot && (context.runAsUser ?? 0) === 0) {
    return { error: context.runAsUser === 0 ? `container's runAsUser breaks non-root policy (pod: "${formatPod(pod)}", container: ${container.name})` : `container has runAsNonRoot and image will run as root (pod: "${formatPod(pod)}", container: ${container.name})` };
  }
  const gid: number = context.runAsGroup ?? 0;
  const groups: number[] = [gid];
  const fsGroup: number | undefined = (pod.spec as Any).securityContext?.fsGroup;
  for (const extra of [...(fsGroup !== undefined ? [fsGroup] : []), ...((pod.spec as Any).securityContext?.supplementalGroups ?? [])]) groups.push(extra);
  const resources = container.resources ?? {};
  const hostname: string = (pod.spec as Any).hostNetwork ? config.node : ((pod.spec as Any).hostname ?? pod.metadata.name);
  return {
    config: {
      name: container.name, attempt, image, userSpecifiedImage: container.image,
      command: (container.command ?? []).map((word: string) => expand(word, env.env)), args: (container.args ?? []).map((word: string) => expand(word, env.env)),
      workingDir: container.workingDir ?? '', envs: [{ key: 'HOSTNAME', value: hostname }, ...Object.keys(env.env).filter((key) => key !== 'HOSTNAME').map((key) => ({ key, value: env.env[key] }))],
      mounts: mounted, volumes, ports: (container.ports ?? []).map((port: Any) => port.containerPort),
      user: { uid: context.runAsUser ?? 0, gid, supplementalGroups: groups },
      resources: {
        ...(resources.requests?.cpu ? { cpuRequest: milliOf(resources.requests.cpu) } : {}), ...(resources.limits?.cpu ? { cpuLimit: milliOf(resources.limits.cpu) } : {}),
        ...(resources.limits?.memory ? { memoryLimit: wholeOf(resources.limits.memory) } : {}),
      },
      tty: container.tty === true, stdin: container.stdin === true, hash: containerHash(container),
      terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log', terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
    },
  };
}
