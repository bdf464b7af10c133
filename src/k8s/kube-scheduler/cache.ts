/**
 * What the scheduler believes of nodes and placed pods, ahead of the server: assumed pods count as soon as a node is chosen.
 * Cells: `nodes` (name -> NodeInfo), `node tree` ('' -> order), `assumed` (pod uid -> placement), `nominated` ('' -> by uid).
 * Upstream: pkg/scheduler/backend/cache/cache.go, backend/queue/nominator.go
 * Left out: expiry of assumed pods (off by default), pods on nodes that are not known yet are kept on a node without object upstream; here likewise.
 */
import type { Cell } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import type { Labels } from '../apimachinery/labels.ts';
import type { ProcessContext } from '../client-go/types.ts';
import { newNodeInfo, withNewerPod, withNode, withoutPod, withPod } from './framework/node-info.ts';
import { addToTree, EMPTY_TREE, namesOf, removeFromTree, zoneKey, type NodeTree } from './framework/node-tree.ts';
import type { Listers, NodeInfo, Snapshot } from './framework/types.ts';

export interface Assumed { readonly pod: KubeObject; readonly node: string }
export interface Nomination { readonly node: string; readonly pod: KubeObject }

export function listersOf(p: ProcessContext): Listers {
  return {
    namespaceLabels: (namespace): Labels | undefined => p.informer('namespaces').get(namespace)?.metadata.labels,
    services: (namespace) => p.informer('services').list(namespace),
    get: (gvr, key) => p.informer(gvr).get(key),
    list: (gvr, namespace) => p.informer(gvr).list(namespace),
  };
}

export class SchedulerCache {
  private readonly nodes: Cell<NodeInfo>;
  private readonly tree: Cell<NodeTree>;
  private readonly assumed: Cell<Assumed>;
  private readonly nominations: Cell<Readonly<Record<string, Nomination>>>;

  constructor(p: ProcessContext, readonly listers: Listers) {
    this.nodes = p.cell('nodes');
    this.tree = p.cell('node tree');
    this.assumed = p.cell('assumed');
    this.nominations = p.cell('nominated');
  }

  addNode(node: KubeObject): void {
    const name = node.metadata.name;
    const known = this.nodes.get(name);
    this.nodes.set(name, known ? withNode(known, node) : newNodeInfo(node));
    this.tree.set('', addToTree(this.tree.get('') ?? EMPTY_TREE, node));
  }

  updateNode(old: KubeObject, node: KubeObject): void {
    const known = this.nodes.get(node.metadata.name);
    this.nodes.set(node.metadata.name, known ? withNode(known, node) : newNodeInfo(node));
    if (zoneKey(old) !== zoneKey(node)) this.tree.set('', addToTree(removeFromTree(this.tree.get('') ?? EMPTY_TREE, old), node));
  }

  /** Pods may outlive their node for a while: the sums stay until the last is gone, but the node is in no snapshot. */
  removeNode(node: KubeObject): void {
    const known = this.nodes.get(node.metadata.name);
    this.tree.set('', removeFromTree(this.tree.get('') ?? EMPTY_TREE, node));
    if (!known || known.pods.length === 0) this.nodes.delete(node.metadata.name);
  }

  private onNode(name: string): NodeInfo {
    return this.nodes.get(name) ?? newNodeInfo({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: '', resourceVersion: '', creationTimestamp: '' } });
  }

  /** A pod is on its node, by the server's word. Confirms an assumption or corrects it. */
  addPod(pod: KubeObject): void {
    const uid = pod.metadata.uid;
    const believed = this.assumed.get(uid);
    if (believed) {
      if (believed.node !== pod.spec.nodeName) this.takeOff(believed.node, uid);
      this.assumed.delete(uid);
    }
    this.nodes.set(pod.spec.nodeName, withNewerPod(this.onNode(pod.spec.nodeName), pod));
  }

  updatePod(pod: KubeObject): void {
    this.addPod(pod);
  }

  removePod(pod: KubeObject): void {
    this.assumed.delete(pod.metadata.uid);
    this.takeOff(pod.spec.nodeName, pod.metadata.uid);
  }

  private takeOff(node: string, uid: string): void {
    const known = this.nodes.get(node);
    if (!known) return;
    const next = withoutPod(known, uid);
    if (next.pods.length === 0 && !this.inTree(node)) this.nodes.delete(node);
    else this.nodes.set(node, next);
  }

  private inTree(node: string): boolean {
    return namesOf(this.tree.get('') ?? EMPTY_TREE).includes(node);
  }

  /** The pod counts on the node from now on. */
  assume(pod: KubeObject, node: string): void {
    const placed: KubeObject = { ...pod, spec: { ...pod.spec, nodeName: node } };
    this.assumed.set(pod.metadata.uid, { pod: placed, node });
    this.nodes.set(node, withPod(this.onNode(node), placed));
  }

  isAssumed(uid: string): boolean {
    return this.assumed.has(uid);
  }

  assumedPod(uid: string): Assumed | undefined {
    return this.assumed.get(uid);
  }

  /** The binding failed. */
  forget(uid: string): void {
    const believed = this.assumed.get(uid);
    if (!believed) return;
    this.assumed.delete(uid);
    this.takeOff(believed.node, uid);
  }

  nominate(pod: KubeObject, node: string): void {
    const all = this.nominations.get('') ?? {};
    this.nominations.set('', { ...all, [pod.metadata.uid]: { node, pod } });
  }

  unnominate(uid: string): void {
    const all = this.nominations.get('');
    if (!all?.[uid]) return;
    const { [uid]: _gone, ...rest } = all;
    this.nominations.set('', rest);
  }

  nominationOf(uid: string): Nomination | undefined {
    return this.nominations.get('')?.[uid];
  }

  snapshot(): Snapshot {
    const names = namesOf(this.tree.get('') ?? EMPTY_TREE);
    const nodes = new Array<NodeInfo>(names.length);
    for (let i = 0; i < names.length; i++) nodes[i] = this.nodes.get(names[i])!;
    const nominations = this.nominations.get('');
    const uids = nominations ? Object.keys(nominations).sort() : [];
    return {
      nodes,
      get: (name) => (names.includes(name) ? this.nodes.get(name) : undefined),
      listers: this.listers,
      nominated: (node) => (uids.length === 0 ? NO_PODS : uids.filter((uid) => nominations![uid].node === node).map((uid) => nominations![uid].pod)),
    };
  }
}

const NO_PODS: readonly KubeObject[] = [];
