/** `npx vitest bench src/k8s/kube-scheduler`: 10,000 pods on 100 nodes, a verdict of a pod on a node. */
import { bench } from 'vitest';
import type { KubeObject } from '../api/types.ts';
import { schedule } from './framework/cycle.ts';
import { newNodeInfo, withPod } from './framework/node-info.ts';
import type { NodeInfo } from './framework/types.ts';

const NODES = 100;
const RS: KubeObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', uid: 'rs', resourceVersion: '1', creationTimestamp: '' }, spec: { selector: { matchLabels: { app: 'web' } } } };

bench('place 10,000 pods of one deployment on 100 nodes', () => {
  const nodes: NodeInfo[] = Array.from({ length: NODES }, (_, i) => newNodeInfo({
    apiVersion: 'v1', kind: 'Node', metadata: { name: `n${i}`, uid: `n${i}`, resourceVersion: '1', creationTimestamp: '', labels: { 'kubernetes.io/hostname': `n${i}`, 'topology.kubernetes.io/zone': `z${i % 3}` } },
    spec: {}, status: { allocatable: { cpu: '64', memory: '256Gi', pods: '110' } },
  }));
  const index = new Map(nodes.map((one, i) => [one.name, i]));
  const snapshot = {
    nodes, get: (name: string) => nodes[index.get(name)!], nominated: () => [],
    listers: { namespaceLabels: () => undefined, services: () => [], get: (gvr: string) => (gvr === 'apps/v1/replicasets' ? RS : undefined), list: () => [] },
  };
  for (let n = 0; n < 10_000; n++) {
    const pod: KubeObject = {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${n}`, namespace: 'default', uid: `p${n}`, resourceVersion: '1', creationTimestamp: '', labels: { app: 'web' }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }] },
      spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m', memory: '100Mi' } } }], tolerations: [] },
    };
    const outcome = schedule({ pod, snapshot }, 0, withPod);
    if (outcome.kind !== 'scheduled') throw new Error('does not fit');
    const at = index.get(outcome.node)!;
    nodes[at] = withPod(nodes[at], pod);
  }
}, { iterations: 2, warmupIterations: 0, time: 0 });
