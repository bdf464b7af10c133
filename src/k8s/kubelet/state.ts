/**
 * The kubelet's tables. Every cell is volatile: a restarted kubelet knows only what the API server and the runtime tell it.
 */
import type { ProcessContext } from '../client-go/types.ts';
import type { Cell } from '../../sim/types.ts';
import type { Any, Pod } from './pod.ts';
import type { PodStatus } from './runtime-status.ts';
import type { Reason } from './status-containers.ts';
import type { Usage } from './usage.ts';

/** The configuration of a node, as createKubelet was given it. */
export interface KubeletConfig {
  readonly node: string;
  /** Number of the node, from 1: its address is 172.18.0.(ordinal + 2). */
  readonly ordinal: number;
  readonly cpu: string;
  readonly memory: string;
  readonly disk: string;
  readonly maxPods: number;
  readonly nodeIp: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Any[];
}

export interface VersionedStatus {
  readonly status: Any;
  readonly version: number;
  readonly name: string;
  readonly namespace: string;
  readonly podIsFinished: boolean;
}

export interface PodUpdate {
  readonly pod: Pod;
  readonly type: 'create' | 'update' | 'sync' | 'kill';
  /** Set when the kubelet itself kills the pod (eviction, active deadline). */
  readonly kill?: { readonly evict: boolean; readonly gracePeriod?: number; readonly status?: Any };
}
export type WorkType = 'sync' | 'terminating' | 'terminated';

/** Upstream: podSyncStatus. Times are microseconds; 0: not yet. */
export interface Worker {
  readonly uid: string;
  readonly pending?: PodUpdate;
  readonly active?: PodUpdate;
  /** What the running (or waiting) sync does; absent: idle. */
  readonly work?: WorkType;
  readonly startedAt: number;
  readonly terminatingAt: number;
  readonly startedTerminating: boolean;
  readonly terminatedAt: number;
  readonly finished: boolean;
  readonly deleted: boolean;
  readonly evicted: boolean;
  readonly gracePeriod: number;
  /** Upstream: statusPostTerminating. */
  readonly killStatus?: Any;
  readonly lastSync: number;
}

export interface CachedPod { readonly status: PodStatus; readonly observed: number }

/**
 * What the kubelet knows beside its pods, one number for each. `phase`: offset of the one-second grids of relist and sync ticker. `relistTime`: time of
 * the last complete relist. `relistArmed`, `relistRunning`: one is due at the next tick; or is on its way. Flags are 0 or 1.
 */
export type Flag = 'startedAt' | 'phase' | 'relistToken' | 'relistTime' | 'relistArmed' | 'relistRunning' | 'statusPending' | 'statusRunning' | 'nodeReady' | 'counters';

export interface Backoff { readonly delay: number; readonly updated: number }
export interface ProbeResult { readonly result: 'Success' | 'Failure' | 'Unknown' }
export interface ProbeWorker {
  readonly uid: string;
  readonly container: string;
  readonly type: 'liveness' | 'readiness' | 'startup';
  readonly containerId: string;
  readonly onHold: boolean;
  readonly last: string;
  readonly run: number;
  readonly busy: boolean;
}

export interface Tables {
  /** uid -> pod as its source shows it. Upstream: the pod manager. */
  readonly pods: Cell<Pod>;
  readonly workers: Cell<Worker>;
  /** uids whose sync waits for a relist newer than their last one. */
  readonly waiting: Cell<1>;
  /** uids whose sync waits for volumes: a cancellation ends the wait. */
  readonly awaiting: Cell<1>;
  /** uids of pods that are gone from their source, or were never there, and may have left something. */
  readonly departed: Cell<1>;
  /** uid -> what the status manager means to tell. */
  readonly statuses: Cell<VersionedStatus>;
  /** uid -> version that the API server has. */
  readonly apiVersions: Cell<number>;
  /** uids of statuses newer than what the API server has. */
  readonly untold: Cell<1>;
  /** uids whose status or pod changed since a periodic pass found them settled; those of `untold` are among them. */
  readonly unchecked: Cell<1>;
  /** uids of statuses with podIsFinished. */
  readonly finished: Cell<1>;
  /** uid -> what the pod takes of the node, as long as it takes anything; '' -> the sum of all. */
  readonly usage: Cell<Usage>;
  /** `protocol/port uid`: host ports of those. */
  readonly ports: Cell<1>;
  /** uid -> what the runtime last said. Upstream: the pod cache. */
  readonly cache: Cell<CachedPod>;
  /** `uid container` -> why it could not start. */
  readonly reasons: Cell<Reason>;
  /** Crash loops and image pulls. */
  readonly backoff: Cell<Backoff>;
  /** Last error of an image pull. */
  readonly pullErrors: Cell<string>;
  /** uid -> when to sync it again. */
  readonly due: Cell<number>;
  /** `time uid`: the same by time. */
  readonly dueAt: Cell<string>;
  /** container id + type -> result. */
  readonly probeResults: Cell<ProbeResult>;
  readonly probeWorkers: Cell<ProbeWorker>;
  /** uid -> mounted volumes. */
  readonly volumes: Cell<Any>;
  /** Mailboxes of the image pulls that wait for their turn, the one that runs first, by their order. */
  readonly pulls: Cell<string>;
  readonly flags: Cell<number>;
  /** The node's own range of pod addresses, as the runtime was told. */
  readonly podCidr: Cell<string>;
  /** Node status and lease as last written. */
  readonly node: Cell<Any>;
}

export const CELLS: readonly (keyof Tables)[] = [
  'pods', 'workers', 'waiting', 'awaiting', 'departed', 'statuses', 'apiVersions', 'untold', 'unchecked', 'finished', 'usage', 'ports', 'cache', 'reasons', 'backoff', 'pullErrors', 'due', 'dueAt',
  'probeResults', 'probeWorkers', 'volumes', 'pulls', 'flags', 'podCidr', 'node',
];

/** Those that are walked through, or of which a part is. None of them is a table of all pods: what happens to one pod costs the same on a full node. */
export const ORDERED: readonly (keyof Tables)[] = ['waiting', 'departed', 'untold', 'unchecked', 'ports', 'reasons', 'backoff', 'pullErrors', 'dueAt', 'probeWorkers', 'pulls'];

/** A table of the kubelet whose context this is. */
export function table<K extends keyof Tables>(p: ProcessContext, name: K): Tables[K] {
  return p.cell(name) as unknown as Tables[K];
}

export function flag(p: ProcessContext, name: Flag, initially = 0): number {
  return p.cell<number>('flags').get(name) ?? initially;
}
export function setFlag(p: ProcessContext, name: Flag, value: number): void {
  p.cell<number>('flags').set(name, value);
}
/** A number that no other of this kubelet's life has. */
export function nextCounter(p: ProcessContext): number {
  const n = flag(p, 'counters');
  setFlag(p, 'counters', n + 1);
  return n;
}

/** The next moment of a grid of `period` through the kubelet's phase, after now. */
export function nextTick(p: ProcessContext, period: number): number {
  const since = p.now - flag(p, 'phase');
  return period - (((since % period) + period) % period);
}
