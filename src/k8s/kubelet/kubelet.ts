/**
 * The kubelet: runs the pods that are bound to its node, and tells the API server how they are.
 * Upstream: pkg/kubelet/kubelet.go (syncLoop, HandlePod…), pkg/kubelet/config
 * Left out: static pods, eviction for node pressure, in-place resize, exec and port-forward streams.
 */
import { act } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Component, Host, Message } from '../../sim/types.ts';
import { createProcess } from '../client-go/process.ts';
import type { InformerEvent, ProcessContext } from '../client-go/types.ts';
import { runtimeAddress } from '../cri-api/types.ts';
import { timing } from '../timing.ts';
import { admit } from './admission.ts';
import { containerLogs } from './container-logs.ts';
import type { LogRequest } from './container-logs.ts';
import { cri } from './cri-client.ts';
import { clients, podEvent } from './events.ts';
import { armHousekeeping, housekeeping, removeFromRuntime } from './housekeeping.ts';
import { killContainer } from './kill-container.ts';
import type { KillArgs } from './kill-container.ts';
import { imageCacheTick, nodeStatusTimer, register, renewLease, reportNodeStatus } from './node-status.ts';
import { armRelist, beginRelist, relist, relistTick } from './pleg.ts';
import type { RelistArgs } from './pleg.ts';
import { isTerminalPhase, semanticEqual, uidOf } from './pod.ts';
import type { Any, Pod } from './pod.ts';
import { isTerminationRequested, syncDone, syncTicker, updatePod } from './pod-workers.ts';
import type { SyncOutcome } from './pod-workers.ts';
import { probeTimer, runProbe } from './prober.ts';
import { CELLS, ORDERED, setFlag, table } from './state.ts';
import type { KubeletConfig } from './state.ts';
import { podReady } from './status-conditions.ts';
import { armStatusTicker, batchDone, setPodStatus, statusTicker, syncBatch } from './status-manager.ts';
import { syncPod } from './sync-pod.ts';
import type { SyncArgs } from './sync-pod.ts';
import { recount } from './usage.ts';
import { mountVolumes } from './volumes.ts';

/** What the cluster says of a node; everything but the name has a default. */
export interface KubeletOptions {
  readonly node: string;
  /** From 1; decides the node's address. */
  readonly ordinal: number;
  readonly cpu?: string | number;
  readonly memory?: string;
  readonly disk?: string;
  readonly maxPods?: number;
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** --register-with-taints */
  readonly taints?: readonly Any[];
}

/** Address of a node's kubelet. */
export function kubeletAddress(node: string): string {
  return `kubelet/${node}`;
}
export function nodeIp(ordinal: number): string {
  // 172.18.0.1 and .2 are the gateway and the control plane.
  const n = ordinal + 2;
  return `172.18.${Math.floor(n / 256)}.${n % 256}`;
}

export function createKubelet(host: Host, options: KubeletOptions): Component {
  const config: KubeletConfig = {
    node: options.node, ordinal: options.ordinal, cpu: String(options.cpu ?? 4), memory: options.memory ?? '8Gi', disk: options.disk ?? '100Gi', maxPods: options.maxPods ?? 110,
    nodeIp: nodeIp(options.ordinal), labels: { ...(options.zone ? { 'topology.kubernetes.io/zone': options.zone } : {}), ...options.labels }, taints: options.taints ?? [],
  };

  const rejectPod = (p: ProcessContext, pod: Pod, reason: string, message: string): void => {
    podEvent(p, config, pod, 'Warning', reason, message);
    setPodStatus(p, pod, { ...(pod.status?.qosClass ? { qosClass: pod.status.qosClass } : {}), phase: 'Failed', reason, message: `Pod was rejected: ${message}` });
  };

  const gone = (p: ProcessContext, uid: string): void => {
    table(p, 'pods').delete(uid);
    table(p, 'departed').set(uid, 1);
    recount(p, uid);
  };

  const added = (p: ProcessContext, pod: Pod): void => {
    table(p, 'pods').set(uidOf(pod), pod);
    if (table(p, 'statuses').has(uidOf(pod))) table(p, 'unchecked').set(uidOf(pod), 1);
    if (!isTerminationRequested(p, uidOf(pod)) && !isTerminalPhase(pod.status?.phase) && pod.metadata.deletionTimestamp === undefined) {
      const rejection = admit(p, config, pod);
      if (rejection) return rejectPod(p, pod, rejection.reason, rejection.message);
    }
    recount(p, uidOf(pod));
    updatePod(p, { pod, type: 'create' });
  };

  /** Changes of spec, labels, annotations or a deletion are work; a changed status is only noted. */
  const differs = (a: Pod, b: Pod): boolean => a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp || a.metadata.deletionGracePeriodSeconds !== b.metadata.deletionGracePeriodSeconds
    || !semanticEqual(a.spec, b.spec) || !semanticEqual(a.metadata.labels, b.metadata.labels) || !semanticEqual(a.metadata.annotations, b.metadata.annotations);

  const podChanged = (p: ProcessContext, event: InformerEvent): void => {
    const pod = event.object as Pod;
    const uid = uidOf(pod);
    const pods = table(p, 'pods');
    const known = pods.get(uid);
    if (event.type === 'delete') {
      gone(p, uid);
      if (known) updatePod(p, { pod: { ...known, metadata: pod.metadata }, type: 'kill' });
      armHousekeeping(p);
      return;
    }
    // A pod of the same name with another uid took the place of one whose deletion was not seen.
    if (event.type === 'update' && uidOf(event.old) !== uid) {
      const old = pods.get(uidOf(event.old));
      gone(p, uidOf(event.old));
      if (old) updatePod(p, { pod: old, type: 'kill' });
      armHousekeeping(p);
    }
    if (!known) return added(p, pod);
    pods.set(uid, pod);
    if (pod.spec !== known.spec || isTerminalPhase(pod.status?.phase) || isTerminalPhase(known.status?.phase)) recount(p, uid);
    if (differs(known, pod)) updatePod(p, { pod, type: 'update' });
    else if ((((pod.spec as Any).readinessGates ?? []) as Any[]).length > 0) {
      const status: Any = pod.status ?? {};
      const now = (status.conditions ?? []).find((c: Any) => c.type === 'Ready');
      const should = podReady(pod, status.conditions ?? [], status.containerStatuses ?? [], status.phase);
      if (now && (now.status !== should.status || (now.message ?? '') !== (should.message ?? ''))) updatePod(p, { pod, type: 'sync' });
    }
    if (table(p, 'statuses').has(uid)) {
      table(p, 'unchecked').set(uid, 1);
      armStatusTicker(p);
    }
  };

  return createProcess(host, {
    address: kubeletAddress(config.node),
    reader: clients.kubelet(config),
    informers: [{ gvr: 'pods', fieldSelector: `spec.nodeName=${config.node}` }, { gvr: 'nodes', fieldSelector: `metadata.name=${config.node}` }],
    peers: [runtimeAddress(config.node)],
    cells: CELLS.filter((name) => !ORDERED.includes(name)),
    orderedCells: ORDERED,
    handlers: {
      pods: podChanged,
      nodes: (p, event) => {
        const cidr: string = event.type === 'delete' ? '' : ((event.object.spec as Any)?.podCIDR ?? '');
        if (cidr !== '' && cidr !== table(p, 'podCidr').get('')) {
          table(p, 'podCidr').set('', cidr);
          p.spawn('updateRuntimeConfig', { podCidr: cidr });
        }
      },
    },
    programs: {
      syncPod: (args: SyncArgs) => syncPod(config, args),
      statusBatch: (args: { all: boolean }) => syncBatch(config, args.all),
      relist: (args: RelistArgs) => relist(config, args),
      killContainer: (args: KillArgs) => killContainer(config, args),
      mountVolumes,
      probe: runProbe,
      register,
      nodeStatus: reportNodeStatus,
      renewLease,
      removeFromRuntime: (args: { containers: readonly string[]; sandboxes: readonly string[] }) => removeFromRuntime(config, args),
      *updateRuntimeConfig(args: { podCidr: string }): Program {
        yield* cri(config.node, { method: 'UpdateRuntimeConfig', podCidr: args.podCidr }, args.podCidr);
      },
      *serve(args: { request: Message }): Program {
        const answer = yield* containerLogs(config, args.request.body as LogRequest);
        yield* act((p: ProcessContext) => p.reply(args.request, answer, { verb: args.request.label.verb, subject: args.request.label.subject, code: answer.code }));
      },
    },
    start(p) {
      // The grids of two kubelets do not coincide.
      setFlag(p, 'startedAt', p.now);
      setFlag(p, 'phase', p.now + (p.draw('phase', config.node, 0) % 1_000_000));
      relistTick(p);
      p.setTimer('register', timing.kubelet.registration);
    },
    started(p) {
      armHousekeeping(p);
    },
    message(p, message) {
      if (message.type === 'signal') armRelist(p);
      else if (message.re) p.spawn('serve', { request: message });
    },
    timer(p, name, body) {
      const space = name.indexOf(' ');
      const rest = name.slice(space + 1);
      switch (space < 0 ? name : name.slice(0, space)) {
        case 'relist': relistTick(p); break;
        case 'syncTicker': syncTicker(p); break;
        case 'housekeeping': housekeeping(p); break;
        case 'statusBatch': p.spawn('statusBatch', body); break;
        case 'statusTicker': statusTicker(p); break;
        case 'probe': probeTimer(p, config, rest); break;
        case 'mount': if (table(p, 'volumes').has(rest)) p.spawn('mountVolumes', { config, uid: rest }); break;
        case 'register': p.spawn('register', { config }); break;
        case 'nodeStatus': nodeStatusTimer(p, config); break;
        case 'imageCache': imageCacheTick(p); break;
        case 'lease': p.spawn('renewLease', { config }); break;
      }
    },
    done(p, program, args, result) {
      if (program === 'syncPod') {
        const { uid, work } = args as SyncArgs;
        syncDone(p, uid, work, (result ?? {}) as SyncOutcome);
        if ((result as SyncOutcome | undefined)?.relist) beginRelist(p, uid);
        if (work === 'terminated') armHousekeeping(p);
      } else if (program === 'statusBatch') batchDone(p);
      else if (program === 'killContainer') {
        const kill = args as KillArgs;
        if (kill.report !== undefined) p.deliver(kill.report, { name: kill.name, error: result });
      }
    },
  });
}
