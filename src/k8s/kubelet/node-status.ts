/**
 * The kubelet's own Node: registration, status, Lease.
 * Upstream: pkg/kubelet/{kubelet_node_status.go,nodestatus/setters.go}, component-helpers/apimachinery/lease
 * Left out: pressure (a simulated machine has memory and disk enough), swap, cloud providers.
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import { canonicalText, milliOf, quantity, quantityOf, subtractQuantities, wholeOf } from '../apimachinery/quantity.ts';
import { isStatus } from '../apimachinery/request.ts';
import { formatMicroTime, formatTime } from '../apimachinery/time.ts';
import { clientFor } from '../client-go/client.ts';
import type { ProcessContext } from '../client-go/types.ts';
import type { Image } from '../cri-api/types.ts';
import { hashString, hex32 } from '../../base/hash.ts';
import { timing } from '../timing.ts';
import { cri, criFailed } from './cri-client.ts';
import { clients, nodeEvent } from './events.ts';
import type { Any } from './pod.ts';
import { semanticEqual } from './pod.ts';
import { flag, setFlag, table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { statusPatch } from './status-patch.ts';

export function capacityOf(config: KubeletConfig): Readonly<Record<string, string>> {
  return { cpu: config.cpu, 'ephemeral-storage': config.disk, memory: config.memory, pods: String(config.maxPods) };
}
/** Capacity without the hard eviction thresholds: 100Mi of memory and a tenth of the disk. */
export function allocatableOf(config: KubeletConfig): Readonly<Record<string, string>> {
  const minus = (a: string, bytes: number): string => canonicalText(subtractQuantities(quantity(a), quantityOf(bytes, 'BinarySI')));
  return { cpu: config.cpu, 'ephemeral-storage': minus(config.disk, Math.floor(wholeOf(config.disk) / 10)), memory: minus(config.memory, 100 * 1048576), pods: String(config.maxPods) };
}

/** The same as numbers: milli-CPUs, bytes, pods. Derived from the configuration alone, made once for each. */
const ALLOCATABLE = new WeakMap<KubeletConfig, { readonly cpu: number; readonly memory: number; readonly storage: number; readonly pods: number }>();
export function allocatableUsage(config: KubeletConfig): { readonly cpu: number; readonly memory: number; readonly storage: number; readonly pods: number } {
  let known = ALLOCATABLE.get(config);
  if (!known) {
    const all = allocatableOf(config);
    known = { cpu: milliOf(all.cpu), memory: wholeOf(all.memory), storage: wholeOf(all['ephemeral-storage']), pods: config.maxPods };
    ALLOCATABLE.set(config, known);
  }
  return known;
}

function nodeInfo(config: KubeletConfig): Any {
  const hex = (salt: string): string => hex32(hashString(`${salt} ${config.node}`));
  const id = hex('a') + hex('b') + hex('c') + hex('d');
  const dashed = (h: string): string => `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;
  return {
    machineID: id, systemUUID: dashed(id), bootID: dashed(hex('e') + hex('f') + hex('g') + hex('h')), kernelVersion: '6.8.0-generic', osImage: 'Debian GNU/Linux 12 (bookworm)',
    containerRuntimeVersion: 'containerd://2.1.4', kubeletVersion: 'v1.36.3', kubeProxyVersion: '', operatingSystem: 'linux', architecture: 'amd64',
  };
}

const handlerFeatures = { recursiveReadOnlyMounts: true, userNamespaces: true };
const NOT_READY = (config: KubeletConfig): string => `failed to initialize CSINode: error updating CSINode annotation: timed out waiting for the condition; caused by: nodes "${config.node}" not found`;

interface NodeTable { readonly images?: readonly Image[]; readonly shownImages?: readonly Any[]; readonly lease?: Any; readonly reported?: number; readonly unschedulable?: boolean }
const CELL = '';
function nodeTable(p: ProcessContext): NodeTable {
  return (table(p, 'node').get(CELL) as NodeTable | undefined) ?? {};
}
function setNodeTable(p: ProcessContext, change: NodeTable): void {
  table(p, 'node').set(CELL, { ...nodeTable(p), ...change });
}

function conditions(p: ProcessContext, config: KubeletConfig, ready: boolean, old: readonly Any[]): Any[] {
  const at = formatTime(p.now);
  const make = (type: string, status: string, reason: string, message: string): Any => {
    const before = old.find((c) => c.type === type);
    return { type, status, lastHeartbeatTime: at, lastTransitionTime: before?.status === status ? before.lastTransitionTime : at, reason, message };
  };
  return [
    make('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    make('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    make('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    ready ? make('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status') : make('Ready', 'False', 'KubeletNotReady', NOT_READY(config)),
  ];
}

function status(p: ProcessContext, config: KubeletConfig, ready: boolean, old: Any): Any {
  const images = nodeTable(p).shownImages ?? [];
  return {
    ...old,
    capacity: capacityOf(config), allocatable: allocatableOf(config), conditions: mergeForeign(conditions(p, config, ready, old.conditions ?? []), old.conditions ?? []),
    addresses: [{ type: 'InternalIP', address: config.nodeIp }, { type: 'Hostname', address: config.node }],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } }, nodeInfo: nodeInfo(config),
    ...(images.length > 0 ? { images } : {}),
    runtimeHandlers: [{ name: '', features: handlerFeatures }, { name: 'runc', features: handlerFeatures }], features: { supplementalGroupsPolicy: true },
    declaredFeatures: ['ExtendWebSocketsToKubelet', 'InPlacePodLevelResourcesVerticalScaling', 'InPlacePodVerticalScalingInitContainers', 'RestartAllContainersOnContainerExits'],
  };
}
/** Conditions of others (NetworkUnavailable) stay where they are. */
function mergeForeign(own: readonly Any[], old: readonly Any[]): Any[] {
  const kept = old.map((c) => own.find((o) => o.type === c.type) ?? c);
  return [...kept, ...own.filter((o) => !old.some((c) => c.type === o.type))];
}

/** Registers the node, or finds it registered, and begins the heartbeats. */
export function* register(args: { config: KubeletConfig }): Program {
  const { config } = args;
  const client = clientFor(clients.kubelet(config));
  yield* act((p: ProcessContext) => {
    nodeEvent(p, config, 'Normal', 'Starting', 'Starting kubelet.');
    for (const what of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) nodeEvent(p, config, 'Normal', what, `Node ${config.node} status is now: ${what}`);
  });
  const images = yield* cri<{ images: readonly Image[] }>(config.node, { method: 'ListImages' }, config.node);
  const node = yield* act((p: ProcessContext) => {
    if (!criFailed(images)) setNodeTable(p, { images: images.images, shownImages: shown(images.images) });
    return {
      kind: 'Node', apiVersion: 'v1',
      metadata: {
        name: config.node,
        labels: { 'beta.kubernetes.io/arch': 'amd64', 'beta.kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': config.node, 'kubernetes.io/os': 'linux', ...config.labels },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: config.taints.length > 0 ? { taints: config.taints } : {}, status: status(p, config, false, {}),
    };
  });
  const created = yield* client.create('nodes', '', node);
  if (created.code !== 201 && created.code !== 409) {
    // Upstream: registerWithAPIServer waits 100 ms, doubling up to 7 s.
    yield* act((p: ProcessContext) => p.setTimer('register', 1_000_000));
    return;
  }
  const uid: string = created.code === 201 ? (created.body as Any).metadata.uid : '';
  yield* act((p: ProcessContext) => {
    if (uid !== '') for (const what of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) nodeEvent(p, config, 'Normal', what, `Node ${config.node} status is now: ${what}`);
    p.setTimer('lease', 0);
    // The first report follows the CSINode, a fifth of a second later.
    p.setTimer('nodeStatus', 200_000);
  });
  if (uid !== '') {
    yield* client.create('storage.k8s.io/v1/csinodes', '', {
      kind: 'CSINode', apiVersion: 'storage.k8s.io/v1',
      metadata: {
        name: config.node,
        annotations: { 'storage.alpha.kubernetes.io/migrated-plugins': 'kubernetes.io/aws-ebs,kubernetes.io/azure-disk,kubernetes.io/azure-file,kubernetes.io/cinder,kubernetes.io/gce-pd,kubernetes.io/portworx-volume,kubernetes.io/vsphere-volume' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: config.node, uid }],
      },
      spec: { drivers: null },
    });
  }
}

function shown(images: readonly Image[]): Any[] {
  return [...images].sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1)).slice(0, 50).map((image) => ({ names: [image.repoDigest, ...image.repoTags], sizeBytes: image.size }));
}

/** An image arrived. The list in the node's status follows at the cache's next half minute. */
export function imagePulled(p: ProcessContext, image: Image): void {
  const images = nodeTable(p).images ?? [];
  if (!images.some((i) => i.id === image.id)) {
    setNodeTable(p, { images: [...images, image] });
    p.setTimer('imageCache', IMAGE_CACHE - ((p.now - flag(p, 'startedAt')) % IMAGE_CACHE));
  }
}
/** Upstream: imageGCManager's cache is filled every 30 s. */
const IMAGE_CACHE = 30_000_000;
export function imageCacheTick(p: ProcessContext): void {
  setNodeTable(p, { shownImages: shown(nodeTable(p).images ?? []) });
}

/** The timer of the node's status: reports on change, else every five minutes. */
export function nodeStatusTimer(p: ProcessContext, config: KubeletConfig): void {
  const n = Math.floor(p.now / 1_000_000);
  const period = timing.kubelet.nodeStatusUpdate;
  // wait.JitterUntil with factor 0.04.
  p.setTimer('nodeStatus', period + Math.floor((period * 0.04 * (p.draw('node-status-jitter', config.node, n) % 1000)) / 1000));
  const node = p.informer('nodes').get(config.node);
  const old: Any = node?.status ?? {};
  const unschedulable = (node?.spec as Any)?.unschedulable === true;
  if (unschedulable !== (nodeTable(p).unschedulable ?? false)) {
    setNodeTable(p, { unschedulable });
    const what = unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable';
    nodeEvent(p, config, 'Normal', what, `Node ${config.node} status is now: ${what}`);
  }
  const next = status(p, config, true, old);
  const strip = (s: Any): Any => ({ ...s, conditions: (s.conditions ?? []).map((c: Any) => ({ ...c, lastHeartbeatTime: undefined })) });
  const changed = !node || !semanticEqual(strip(next), strip(old));
  const reported = nodeTable(p).reported;
  if (!changed && reported !== undefined && p.now - reported < timing.kubelet.nodeStatusReport) return;
  p.spawn('nodeStatus', { config });
}

export function* reportNodeStatus(args: { config: KubeletConfig }): Program {
  const { config } = args;
  const client = clientFor(clients.heartbeat(config));
  let old: Any = yield* act((p: ProcessContext) => p.informer('nodes').get(config.node) ?? null);
  if (!old) {
    const got = yield* client.get('nodes', '', config.node);
    if (got.code !== 200 || isStatus(got.body)) return;
    old = got.body;
  }
  const patch = yield* act((p: ProcessContext) => {
    const next = status(p, config, true, old.status ?? {});
    if (flag(p, 'nodeReady') === 0) {
      setFlag(p, 'nodeReady', 1);
      const before = (old.status?.conditions ?? []).find((c: Any) => c.type === 'Ready');
      if (before?.status !== 'True') nodeEvent(p, config, 'Normal', 'NodeReady', `Node ${config.node} status is now: NodeReady`);
    }
    setNodeTable(p, { reported: p.now });
    return statusPatch(old.status ?? {}, next) ?? {};
  });
  yield* client.patch('nodes', '', config.node, 'application/strategic-merge-patch+json', { status: patch }, 'status');
}

/** Creates or renews the node's Lease, and sets the timer for the next time. */
export function* renewLease(args: { config: KubeletConfig }): Program {
  const { config } = args;
  const client = clientFor(clients.heartbeat(config));
  const known = yield* act((p: ProcessContext) => {
    // wait.JitterUntil with factor 0.04.
    const period = timing.kubelet.leaseRenew;
    p.setTimer('lease', period + Math.floor((period * 0.04 * (p.draw('lease-jitter', config.node, Math.floor(p.now / 1_000_000)) % 1000)) / 1000));
    return { lease: nodeTable(p).lease ?? null, now: formatMicroTime(p.now), uid: p.informer('nodes').get(config.node)?.metadata.uid ?? '' };
  });
  const spec = { holderIdentity: config.node, leaseDurationSeconds: timing.kubelet.leaseDurationSeconds, renewTime: known.now };
  let answer;
  if (known.lease) answer = yield* client.update('coordination.k8s.io/v1/leases', { ...known.lease, spec: { ...known.lease.spec, ...spec } });
  else {
    const found = yield* client.get('coordination.k8s.io/v1/leases', 'kube-node-lease', config.node);
    if (found.code === 200) answer = yield* client.update('coordination.k8s.io/v1/leases', { ...(found.body as Any), spec: { ...(found.body as Any).spec, ...spec } });
    else {
      answer = yield* client.create('coordination.k8s.io/v1/leases', 'kube-node-lease', {
        apiVersion: 'coordination.k8s.io/v1', kind: 'Lease',
        metadata: { name: config.node, namespace: 'kube-node-lease', ...(known.uid ? { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: config.node, uid: known.uid }] } : {}) },
        spec,
      });
    }
  }
  const body = answer.body as Any;
  yield* act((p: ProcessContext) => setNodeTable(p, { lease: answer.code < 300 && answer.code > 0 ? body : undefined }));
}
