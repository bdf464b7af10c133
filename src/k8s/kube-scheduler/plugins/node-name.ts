/**
 * Admits only the node named in the pod's spec.
 * Upstream: pkg/scheduler/framework/plugins/nodename/node_name.go
 */
import { Action, type Plugin, type Status } from '../framework/types.ts';

const REFUSED: Status = { code: 'UnschedulableAndUnresolvable', reasons: ["node(s) didn't match the requested node name"] };

export const nodeName: Plugin = {
  name: 'NodeName',
  weight: 0,
  events: [{ resource: 'Node', actions: Action.Add }],
  preFilter: ({ pod }) => (pod.spec.nodeName ? { check: (info) => (info.name === pod.spec.nodeName ? undefined : REFUSED) } : 'skip'),
};
