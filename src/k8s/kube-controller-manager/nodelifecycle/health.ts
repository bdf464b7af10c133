/**
 * A node's health as the controller sees it: when it last gave a sign of life, and what its conditions become without one.
 *
 * Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go (tryUpdateNodeHealth)
 * The time of a sign is when the monitor's next pass would have noticed it, so that signs may be noted as they arrive.
 */
import type { Micros } from '../../../sim/types.ts';
import type { KubeObject } from '../../api/types.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { InformerEvent, ProcessContext } from '../../client-go/types.ts';
import type { Condition } from '../objects.ts';
import { conditionOf } from '../objects.ts';

export const monitorPeriod: Micros = 5_000_000;
const gracePeriod: Micros = 50_000_000;
const startupGracePeriod: Micros = 60_000_000;

/** Node -> when its last sign of life came. */
export const signsCell = 'node lifecycle signs';

export function ready(node: KubeObject): Condition | undefined {
  return conditionOf(node.status?.conditions, 'Ready');
}

export function noteNode(p: ProcessContext, event: InformerEvent): void {
  const node = event.object;
  const signs = p.cell<Micros>(signsCell);
  const { name } = node.metadata;
  if (event.type === 'delete') {
    if (signs.has(name)) signs.delete(name);
    return;
  }
  const now = ready(node);
  if (event.type === 'add') {
    signs.set(name, now === undefined ? parseTime(node.metadata.creationTimestamp) ?? p.now : p.now);
    return;
  }
  const before = ready(event.old);
  if ((before === undefined) !== (now === undefined) || before?.lastHeartbeatTime !== now?.lastHeartbeatTime) signs.set(name, p.now);
}

export function noteLease(p: ProcessContext, event: InformerEvent): void {
  const { namespace, name } = event.object.metadata;
  if (namespace !== 'kube-node-lease' || event.type === 'delete') return;
  if (event.type === 'update' && !((parseTime(event.old.spec?.renewTime) ?? 0) < (parseTime(event.object.spec?.renewTime) ?? 0))) return;
  p.cell<Micros>(signsCell).set(name, p.now);
}

/** `tick`: the time of this pass. */
export function isSilent(p: ProcessContext, node: KubeObject, tick: Micros): boolean {
  const sign = p.cell<Micros>(signsCell).get(node.metadata.name);
  if (sign === undefined) return false;
  const noticed = ready(node) === undefined ? sign : tick - Math.floor((tick - sign) / monitorPeriod) * monitorPeriod;
  // The passes drift by their own work, so that the tenth after a sign is just beyond the grace period.
  return ready(node) === undefined ? tick > noticed + startupGracePeriod : tick >= noticed + gracePeriod;
}

const types = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The node with its conditions unknown; the same node if Ready is so already. */
export function unknown(node: KubeObject, now: Micros): KubeObject {
  if (ready(node)?.status === 'Unknown') return node;
  const at = formatTime(now);
  const conditions: Condition[] = [...(node.status?.conditions ?? [])];
  for (const type of types) {
    const i = conditions.findIndex((c) => c.type === type);
    if (i < 0) {
      conditions.push({ type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.', lastHeartbeatTime: node.metadata.creationTimestamp, lastTransitionTime: at });
    } else if (conditions[i]!.status !== 'Unknown') {
      conditions[i] = { ...conditions[i]!, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: at };
    }
  }
  return { ...node, status: { ...node.status, conditions } };
}
