/**
 * Refuses nodes where a host port of the pod is taken.
 * Upstream: pkg/scheduler/framework/plugins/nodeports/node_ports.go
 */
import { hostPortsOf, newNodeInfo, portConflict, withPod } from '../framework/node-info.ts';
import { Action, type Plugin, type Status } from '../framework/types.ts';

const REFUSED: Status = { code: 'Unschedulable', reasons: ["node(s) didn't have free ports for the requested pod ports"] };

export const nodePorts: Plugin = {
  name: 'NodePorts',
  weight: 0,
  events: [
    {
      resource: 'Pod', actions: Action.Delete,
      hint(pod, event) {
        const gone = event.old!;
        if (!gone.spec.nodeName && !gone.status?.nominatedNodeName) return false;
        const node = newNodeInfo({ apiVersion: 'v1', kind: 'Node', metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' } });
        return portConflict(withPod(node, gone), hostPortsOf(pod));
      },
    },
    { resource: 'Node', actions: Action.Add },
  ],
  preFilter({ pod }) {
    const wanted = hostPortsOf(pod);
    return wanted.length === 0 ? 'skip' : { check: (info) => (info.ports && portConflict(info, wanted) ? REFUSED : undefined) };
  },
};
