/**
 * The scheduling framework's shapes: node infos, the snapshot of a cycle, statuses, plugins.
 * Upstream: staging/src/k8s.io/kube-scheduler/framework/{interface,types,cycle_state}.go
 * Left out: waiting pods of Permit (no default plugin waits), extenders, pod groups (alpha), PodSignature (batching never applies
 * with default topology constraints). A plugin's cycle state is what its preFilter and preScore return, for the one cycle only.
 */
import type { KubeObject } from '../../api/types.ts';
import type { Labels, Selector } from '../../apimachinery/labels.ts';

/** Amounts of a pod or a node: CPU in thousandths, memory and ephemeral storage in bytes, the others in whole units. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
  readonly ephemeral: number;
  /** Extended resources and huge pages; absent when there are none. */
  readonly scalar?: Readonly<Record<string, number>>;
}

/** What the scheduler knows of a node: the object and the sums over its pods, assumed ones included. Plain and immutable. */
export interface NodeInfo {
  readonly name: string;
  readonly node: KubeObject;
  readonly allocatable: Resources;
  readonly allowedPods: number;
  readonly requested: Resources;
  /** As requested, but a container that asks for nothing counts 100m and 200Mi: for scores only. */
  readonly nonZero: { readonly cpu: number; readonly memory: number };
  readonly pods: readonly KubeObject[];
  readonly withAffinity: number;
  readonly withRequiredAntiAffinity: number;
  /** Host ports taken: `protocol/port` to the addresses. */
  readonly ports?: Readonly<Record<string, readonly string[]>>;
}

export type Code = 'Error' | 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending';

/** A refusal. Success is the absence of a status. */
export interface Status {
  readonly code: Code;
  readonly reasons: readonly string[];
}

/** What plugins may look at beside nodes and pods. All answers are of the moment of the cycle. */
export interface Listers {
  namespaceLabels(namespace: string): Labels | undefined;
  services(namespace: string): readonly KubeObject[];
  /** gvr as in client-go; key `namespace/name` or `name`. */
  get(gvr: string, key: string): KubeObject | undefined;
  list(gvr: string, namespace?: string): readonly KubeObject[];
}

export interface Snapshot {
  /** In the order of the node tree: one of each zone in turn. */
  readonly nodes: readonly NodeInfo[];
  get(name: string): NodeInfo | undefined;
  readonly listers: Listers;
  /** Pods nominated to a node by preemption, of any priority. */
  nominated(node: string): readonly KubeObject[];
}

export interface Cycle {
  readonly pod: KubeObject;
  readonly snapshot: Snapshot;
}

/** The answer of preFilter: nothing to filter, a refusal for all nodes, or a check per node. */
export type PreFilter =
  | 'skip'
  | { readonly reject: Status }
  | {
    /** Only these nodes come into question. */
    readonly nodeNames?: readonly string[];
    check(node: NodeInfo): Status | undefined;
    /** Preemption's what-if: the state as if a pod were added to or removed from the node. Returns a new check. */
    with?(pod: KubeObject, node: NodeInfo, delta: 1 | -1): PreFilter;
  };

/** The answer of preScore: nothing to score (0 for all), or a score per node and its normalisation. */
export type PreScore =
  | 'skip'
  | {
    score(node: NodeInfo): number;
    /** Changes raw scores in place to 0..100. */
    normalize?(scores: number[], nodes: readonly NodeInfo[]): void;
  };

/** Bits of ClusterEvent's actions. */
export const Action = {
  Add: 1, Delete: 2, UpdateNodeAllocatable: 4, UpdateNodeLabel: 8, UpdateNodeTaint: 16, UpdateNodeCondition: 32, UpdateNodeAnnotation: 64, UpdateNodeDeclaredFeature: 128,
  UpdatePodLabel: 256, UpdatePodScaleDown: 512, UpdatePodToleration: 1024, UpdatePodSchedulingGatesEliminated: 2048, UpdatePodGeneratedResourceClaim: 4096,
  Update: 8188,
} as const;

export type EventResource = 'Pod' | 'Node' | 'PersistentVolume' | 'PersistentVolumeClaim' | 'StorageClass' | 'CSINode' | 'CSIDriver' | 'CSIStorageCapacity' | 'VolumeAttachment' | '*';

/** Something happened to an object that may make an unschedulable pod schedulable. */
export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: number;
  readonly old?: KubeObject;
  readonly object?: KubeObject;
}

export interface EventRegistration {
  readonly resource: EventResource;
  readonly actions: number;
  /** Whether the event may help the pod that this plugin refused. Absent: always. */
  readonly hint?: (pod: KubeObject, event: ClusterEvent, listers: Listers) => boolean;
}

export interface Plugin {
  readonly name: string;
  /** Weight of its score; 0 when it does not score. */
  readonly weight: number;
  readonly events?: readonly EventRegistration[];
  preEnqueue?(pod: KubeObject): Status | undefined;
  preFilter?(cycle: Cycle): PreFilter;
  preScore?(cycle: Cycle, feasible: readonly NodeInfo[]): PreScore;
}

export interface AffinityTerm {
  readonly namespaces: readonly string[];
  readonly namespaceSelector: Selector | null;
  readonly selector: Selector;
  readonly topologyKey: string;
  readonly weight: number;
}
