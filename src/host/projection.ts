/** The cluster at the cursor, as small as the stage needs it. Made anew for every view; costs O(nodes + pods). */
import type { ControllerView, NodeView, PodState, PodView, StageProjection, TerminalLine } from '../protocol/stage.ts';
import type { KubeObject } from '../k8s/api/types.ts';
import { milliOf } from '../k8s/apimachinery/quantity.ts';
import { parseTime } from '../k8s/apimachinery/time.ts';
import type { Peek } from './peek.ts';
import { genericImages } from './simplified.ts';
import { transcriptOf } from './workstation.ts';

/** How many rows of etcd's history the card can show. */
const LEDGER = 12;

export function projectionOf(peek: Peek, controllers: readonly string[]): StageProjection {
  const { sim } = peek;
  const pods = peek.objects('/registry/pods/');
  const byNode = new Map<string, KubeObject[]>();
  let unbound = 0;
  for (const pod of pods) {
    const node = pod.spec?.nodeName as string | undefined;
    if (!node) unbound++;
    else if (byNode.has(node)) byNode.get(node)!.push(pod);
    else byNode.set(node, [pod]);
  }
  const revision = peek.container<number>('etcd', 'meta')?.get('revision') ?? 1;
  return {
    at: sim.now, revision, ledger: ledgerOf(peek, revision), controllers: controllers.map((name) => controllerOf(peek, name)), controllersUp: sim.isUp('kube-controller-manager'),
    scheduler: schedulerOf(peek), nodes: peek.objects('/registry/minions/').map((node) => nodeOf(peek, node, byNode.get(node.metadata.name) ?? [])),
    timers: timersOf(peek), terminal: terminalOf(peek), unbound,
  };
}

function ledgerOf(peek: Peek, revision: number): { revision: number; key: string }[] {
  const history = peek.container<readonly { kv: { key: string } }[]>('etcd', 'history');
  const rows: { revision: number; key: string }[] = [];
  for (let r = revision; r > 0 && rows.length < LEDGER && r > revision - 64; r--) {
    const events = history?.get(String(r).padStart(12, '0'));
    if (events?.length) rows.push({ revision: r, key: events[0].kv.key });
  }
  return rows;
}

function controllerOf(peek: Peek, name: string): ControllerView {
  const owner = 'kube-controller-manager';
  return { name, queued: peek.size(owner, `queue ${name} waiting`), working: peek.size(owner, `queue ${name} processing`) > 0 };
}

function schedulerOf(peek: Peek): StageProjection['scheduler'] {
  const owner = 'kube-scheduler';
  const order = peek.container<string>(owner, 'queue order');
  const count = (letter: string): number => order?.prefix(`${letter}/`).length ?? 0;
  const flying = peek.container<{ key: string }>(owner, 'in flight')?.get('');
  return { up: peek.sim.isUp(owner), active: count('a'), backoff: count('b') + count('e'), unschedulable: count('u'), pod: flying?.key ?? '', node: '' };
}

function nodeOf(peek: Peek, node: KubeObject, pods: readonly KubeObject[]): NodeView {
  const name = node.metadata.name;
  const ready = (node.status?.conditions as { type: string; status: string }[] | undefined)?.find((condition) => condition.type === 'Ready')?.status ?? 'Unknown';
  const allocatable = milliOf(node.status?.allocatable?.cpu);
  let requested = 0;
  for (const pod of pods) {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    for (const container of pod.spec.containers) requested += milliOf(container.resources?.requests?.cpu);
  }
  const silent = ready === 'Unknown';
  const services = peek.size(`kube-proxy/${name}`, 'informer services');
  return {
    name, ready: ready as NodeView['ready'], cordoned: node.spec?.unschedulable === true, cpu: allocatable > 0 ? Math.round((requested * 100) / allocatable) : 0,
    pods: inOrderOfArrival(pods).map((pod) => podOf(pod, silent)), kubelet: peek.sim.isUp(`kubelet/${name}`), proxy: peek.sim.isUp(`kube-proxy/${name}`),
    runtime: peek.sim.isUp(`container-runtime/${name}`) ? 'containerd' : '', services, rules: 'iptables',
    ...(silent || !peek.sim.isUp(`kubelet/${name}`) ? { silent: silenceOf(peek, node) } : {}),
  };
}

/** The last the cluster heard of a node, and what was done about it. */
function silenceOf(peek: Peek, node: KubeObject): NonNullable<NodeView['silent']> {
  const lease = peek.objects(`/registry/leases/kube-node-lease/${node.metadata.name}`).find((one) => one.metadata.name === node.metadata.name);
  const taints = (node.spec?.taints as { key: string; effect: string }[] | undefined) ?? [];
  return { renewed: parseTime(lease?.spec?.renewTime) ?? -1, taints: [...new Set(taints.map((taint) => taint.key))] };
}

/** A Pod keeps its place in the tray: those that came later stand behind it, whatever their names. */
function inOrderOfArrival(pods: readonly KubeObject[]): readonly KubeObject[] {
  const at = (pod: KubeObject): string => String(pod.status?.startTime ?? '~');
  return pods.length < 2 ? pods : [...pods].sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
}

export function podOf(pod: KubeObject, silent: boolean): PodView {
  return { namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, state: podState(pod, silent), containers: pod.spec.containers.length, ...(genericImages(pod).length > 0 ? { simplified: true } : {}) };
}

interface ContainerStatus { readonly ready?: boolean; readonly state?: { readonly waiting?: { readonly reason?: string }; readonly running?: unknown; readonly terminated?: { readonly exitCode: number } } }

const CRASHING = ['CrashLoopBackOff', 'ImagePullBackOff', 'ErrImagePull', 'RunContainerError', 'CreateContainerConfigError', 'CreateContainerError', 'InvalidImageName'];

function podState(pod: KubeObject, silent: boolean): PodState {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded') return 'done';
  if (phase === 'Failed') return 'failed';
  // deleted on a silent node: it goes on terminating until that kubelet answers
  if (pod.metadata.deletionTimestamp) return 'term';
  if (silent && pod.spec?.nodeName) return 'unknown';
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])] as ContainerStatus[];
  if (statuses.some((status) => CRASHING.includes(status.state?.waiting?.reason ?? ''))) return 'crash';
  if (phase === 'Pending') return statuses.length > 0 ? 'creating' : 'pending';
  const ready = (pod.status?.conditions as { type: string; status: string }[] | undefined)?.find((condition) => condition.type === 'Ready')?.status;
  return ready === 'True' ? 'ready' : 'notready';
}

/** Periodic things that stand on the orbits: the Leases of nodes and leaders. */
function timersOf(peek: Peek): StageProjection['timers'] {
  const out: { name: string; period: number; next: number }[] = [];
  for (const event of peek.sim.pending()) {
    if (event.kind !== 'timer' || (event.name !== 'renew' && event.name !== 'lease')) continue;
    out.push({ name: `${event.target} ${event.name}`, period: event.name === 'renew' ? 2_000_000 : 10_000_000, next: event.at });
  }
  return out.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, 8);
}

function terminalOf(peek: Peek): StageProjection['terminal'] {
  const transcript = transcriptOf(peek);
  const lines: TerminalLine[] = [];
  for (const chunk of transcript.chunks.slice(-200)) for (const text of chunk.text.replace(/\n$/, '').split('\n')) lines.push({ text, tone: chunk.stream });
  return { lines: lines.slice(-12), running: transcript.running, done: transcript.done };
}
