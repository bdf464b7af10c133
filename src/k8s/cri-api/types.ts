/**
 * What the kubelet and the container runtime of its node say to each other.
 * Upstream: staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto
 * Left out: streaming endpoints, stats, cgroup and SELinux settings, devices (nothing simulated reads them). ListPodSandbox, ListContainers,
 * PodSandboxStatus and ContainerStatus of one relist travel as one message (`ListPods`), so that a relist costs one hop, not one per pod.
 */
import type { CallFailed } from '../../sim/program.ts';
import type { Micros } from '../../sim/types.ts';

export type SandboxState = 'SANDBOX_READY' | 'SANDBOX_NOTREADY';
export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN';

export interface PodSandboxConfig {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  readonly hostname: string;
  readonly hostNetwork: boolean;
  /** Upstream: RunPodSandboxRequest.runtime_handler. '' is the default. */
  readonly runtimeHandler: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A directory or file of the node's disk in a container's file system. */
export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
}

/** Files that a volume brings along: path below the host path, and content. Written when the container is created. */
export interface VolumeFiles {
  readonly hostPath: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface ContainerUser { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] }

/** Milli-CPUs and bytes; undefined: not set. */
export interface LinuxResources {
  readonly cpuRequest?: number;
  readonly cpuLimit?: number;
  readonly memoryLimit?: number;
}

export interface ContainerConfig {
  readonly name: string;
  /** The restart count. */
  readonly attempt: number;
  /** Reference or id as the kubelet resolved it, and as the pod's author wrote it. */
  readonly image: string;
  readonly userSpecifiedImage: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly envs: readonly { readonly key: string; readonly value: string }[];
  readonly mounts: readonly Mount[];
  readonly volumes: readonly VolumeFiles[];
  readonly ports: readonly number[];
  readonly user: ContainerUser;
  readonly resources: LinuxResources;
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Upstream's annotation io.kubernetes.container.hash: of name and image. */
  readonly hash: string;
  /** Where the container may leave its last words. */
  readonly terminationMessagePath: string;
  readonly terminationMessagePolicy: 'File' | 'FallbackToLogsOnError';
}

export interface PodSandboxStatus {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
  readonly state: SandboxState;
  readonly createdAt: Micros;
  /** '' while it has none. */
  readonly ip: string;
  readonly hostNetwork: boolean;
}

export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly podUid: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: ContainerState;
  readonly createdAt: Micros;
  readonly startedAt: Micros;
  readonly finishedAt: Micros;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly image: string;
  readonly imageRef: string;
  readonly imageId: string;
  readonly hash: string;
  readonly user: ContainerUser;
  readonly resources: LinuxResources;
  readonly ports: readonly number[];
}

/** Everything the runtime knows of one pod; newest first. */
export interface RuntimePod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly sandboxes: readonly PodSandboxStatus[];
  readonly containers: readonly ContainerStatus[];
}

export interface Image {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigest: string;
  readonly size: number;
}

export interface LogLine { readonly at: Micros; readonly stream: 'stdout' | 'stderr'; readonly text: string }

/** What a network probe looks for. `declared`: the container's ports. */
export interface NetworkProbe {
  readonly scheme: 'http' | 'https' | 'tcp' | 'grpc';
  readonly port: number;
  readonly path: string;
  readonly host?: string;
}

export type CriRequest =
  | { readonly method: 'Version' | 'Status' }
  | { readonly method: 'UpdateRuntimeConfig'; readonly podCidr: string }
  | { readonly method: 'RunPodSandbox'; readonly config: PodSandboxConfig }
  | { readonly method: 'StopPodSandbox' | 'RemovePodSandbox'; readonly podSandboxId: string }
  /** All pods whose state changed after `since` (a token of an earlier answer; 0: all), and with `uid` that pod only, changed or not. */
  | { readonly method: 'ListPods'; readonly since: number; readonly uid?: string }
  | { readonly method: 'ImageStatus' | 'PullImage' | 'RemoveImage'; readonly image: string }
  | { readonly method: 'ListImages' }
  | { readonly method: 'CreateContainer'; readonly podSandboxId: string; readonly config: ContainerConfig }
  | { readonly method: 'StartContainer' | 'RemoveContainer' | 'ContainerStatus'; readonly containerId: string }
  | { readonly method: 'StopContainer'; readonly containerId: string; readonly timeoutSeconds: number }
  | { readonly method: 'UpdateContainerResources'; readonly containerId: string; readonly resources: LinuxResources }
  /** timeoutSeconds 0: none. */
  | { readonly method: 'ExecSync'; readonly containerId: string; readonly cmd: readonly string[]; readonly timeoutSeconds: number }
  /** Not CRI: the kubelet's own connection to the pod's address, which the simulated machine answers. */
  | { readonly method: 'Probe'; readonly containerId: string; readonly probe: NetworkProbe }
  /** Not CRI: the kubelet reads the log file that the runtime writes; all lines, oldest first. */
  | { readonly method: 'ReadLog'; readonly containerId: string }
  /** Not CRI: the kubelet writes into a volume on the node's disk. */
  | { readonly method: 'WriteVolume'; readonly volume: VolumeFiles };

/** A gRPC status. `code` as gRPC spells it: NotFound, Unknown, DeadlineExceeded … */
export interface CriError { readonly code: string; readonly message: string }

export interface ListPodsResponse { readonly token: number; readonly pods: readonly RuntimePod[]; /** uids of pods of which nothing is left. */ readonly gone: readonly string[] }
export interface RunPodSandboxResponse { readonly podSandboxId: string; readonly ip: string }
export interface ExecSyncResponse { readonly stdout: string; readonly stderr: string; readonly exitCode: number }

export function isCriError(answer: unknown): answer is CriError {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer;
}

/** The error text a Go client prints for an answer that is none. */
export function criErrorText(answer: CriError | CallFailed): string {
  return 'code' in answer ? `rpc error: code = ${answer.code} desc = ${answer.message}` : `rpc error: code = Unavailable desc = connection error: ${answer.error}`;
}

/** The message without the gRPC prefix, as `status.FromError(err).Message()`. */
export function criMessage(answer: CriError | CallFailed): string {
  return 'code' in answer ? answer.message : `connection error: ${answer.error}`;
}

/** Address of a node's runtime. */
export function runtimeAddress(node: string): string {
  let address = ADDRESSES.get(node);
  if (address === undefined) {
    if (ADDRESSES.size >= 10_000) ADDRESSES.clear();
    ADDRESSES.set(node, (address = `container-runtime/${node}`));
  }
  return address;
}
/** A pure memo: the same text for the same node. */
const ADDRESSES = new Map<string, string>();
