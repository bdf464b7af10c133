/**
 * What the stage and the timeline are drawn from. Types and the names of the kinds only; the worker makes it, the page draws it.
 */

/** The five kinds of message, in the order of their numbers in `Messages.kind`. */
export const KINDS = ['req', 'res', 'watch', 'cri', 'pkt'] as const;
export type Kind = (typeof KINDS)[number];

export type PodState = 'pending' | 'creating' | 'notready' | 'ready' | 'term' | 'crash' | 'done' | 'failed' | 'unknown';

export interface PodView { namespace: string; name: string; state: PodState; containers: number; /** Runs an image without a program of its own: a generic server stands for it. */ simplified?: boolean }
export interface NodeView {
  name: string;
  ready: 'True' | 'False' | 'Unknown';
  cordoned: boolean;
  /** Requested cpu in percent of allocatable. */
  cpu: number;
  pods: readonly PodView[];
  kubelet: boolean;
  proxy: boolean;
  /** Of a node that is not heard of: when its Lease was last renewed (virtual microseconds), and the keys of its taints. */
  silent?: { renewed: number; taints: readonly string[] };
  runtime: string;
  /** Number of Services the node's kernel rules know, and how the rules are kept. */
  services: number;
  rules: 'iptables' | 'nftables' | 'ipvs';
}
export interface ControllerView { name: string; queued: number; working: boolean }
export interface SchedulerView {
  up: boolean;
  active: number;
  backoff: number;
  unschedulable: number;
  /** What it is doing: a Pod's name, and the node it chose once it has. */
  pod: string;
  node: string;
}
export interface EtcdRow { revision: number; key: string }
/** A periodic thing: drawn as a body on an orbit, at its mark when it fires. Times in microseconds of virtual time. */
export interface TimerView { name: string; period: number; next: number }
export interface TerminalView { lines: readonly TerminalLine[]; running: boolean; done: string }
export interface TerminalLine { text: string; tone: 'in' | 'out' | 'err' }

/** The cluster at one moment. */
export interface StageProjection {
  /** Virtual time in microseconds since the scenario's epoch. */
  at: number;
  revision: number;
  ledger: readonly EtcdRow[];
  controllers: readonly ControllerView[];
  controllersUp: boolean;
  scheduler: SchedulerView;
  nodes: readonly NodeView[];
  timers: readonly TimerView[];
  terminal: TerminalView;
  /** Pods without a node. */
  unbound: number;
}

/** Messages, a row each, ordered by `sent`. Actors are indexes into `actors`, texts into `texts`. */
export interface Messages {
  count: number;
  /** The record's number in the trace. */
  seq: Float64Array;
  kind: Uint8Array;
  from: Uint16Array;
  to: Uint16Array;
  /** Microseconds of virtual time. */
  sent: Float64Array;
  arrives: Float64Array;
  label: Uint32Array;
  /** Of a watch event or a request: its resource ("pods"). */
  resource: Uint32Array;
  /** Status code of a response, else 0. */
  code: Uint16Array;
  /** Sequence number of the message that caused this one, or -1. */
  cause: Float64Array;
}
/** A request passed a gate (0..8) of kube-apiserver. */
export interface Gates {
  count: number;
  /** The request's `seq`. */
  request: Float64Array;
  gate: Uint8Array;
  at: Float64Array;
  /** 0 passed, 1 refused. */
  verdict: Uint8Array;
}
/** Work of a component, drawn as a bar on its lane. */
export interface Spans { count: number; actor: Uint16Array; from: Float64Array; to: Float64Array; label: Uint32Array; waits: Uint8Array }
export interface Writes { count: number; at: Float64Array; revision: Float64Array; mine: Uint8Array; key: Uint32Array }

export type ActorKind = 'you' | 'kube-apiserver' | 'etcd' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet' | 'kube-proxy' | 'container-runtime' | 'coredns' | 'client';
export interface Actor { kind: ActorKind; name: string; node: string }

/** Monotone, piecewise linear: virtual time (us) against story time (ms). */
export interface StoryMap { virtual: Float64Array; story: Float64Array }

/** A stretch of the trace. */
export interface TraceWindow {
  /** Virtual time, microseconds, up to which everything is in it: what was asked for, or less where there was too much. */
  to: number;
  actors: readonly Actor[];
  texts: readonly string[];
  messages: Messages;
  gates: Gates;
  spans: Spans;
  writes: Writes;
}
