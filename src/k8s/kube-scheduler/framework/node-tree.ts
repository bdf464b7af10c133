/**
 * The order in which nodes are looked at: one of each zone in turn, zones and nodes in the order in which they came.
 * Upstream: pkg/scheduler/backend/cache/node_tree.go; pkg/util/node GetZoneKey
 */
import type { KubeObject } from '../../api/types.ts';

export interface NodeTree { readonly zones: readonly { readonly zone: string; readonly nodes: readonly string[] }[] }

export const EMPTY_TREE: NodeTree = { zones: [] };

export function zoneKey(node: KubeObject): string {
  const labels = node.metadata.labels ?? {};
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

export function addToTree(tree: NodeTree, node: KubeObject): NodeTree {
  const zone = zoneKey(node);
  const at = tree.zones.findIndex((one) => one.zone === zone);
  if (at < 0) return { zones: [...tree.zones, { zone, nodes: [node.metadata.name] }] };
  if (tree.zones[at].nodes.includes(node.metadata.name)) return tree;
  return { zones: tree.zones.with(at, { zone, nodes: [...tree.zones[at].nodes, node.metadata.name] }) };
}

export function removeFromTree(tree: NodeTree, node: KubeObject): NodeTree {
  const zone = zoneKey(node);
  const name = node.metadata.name;
  return { zones: tree.zones.map((one) => (one.zone === zone ? { zone, nodes: one.nodes.filter((other) => other !== name) } : one)).filter((one) => one.nodes.length > 0) };
}

const lists = new WeakMap<NodeTree, readonly string[]>();

export function namesOf(tree: NodeTree): readonly string[] {
  let known = lists.get(tree);
  if (known === undefined) {
    const names: string[] = [];
    const longest = tree.zones.reduce((most, one) => Math.max(most, one.nodes.length), 0);
    for (let i = 0; i < longest; i++) for (const one of tree.zones) if (i < one.nodes.length) names.push(one.nodes[i]);
    lists.set(tree, (known = names));
  }
  return known;
}
