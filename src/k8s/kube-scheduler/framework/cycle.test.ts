import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../api/types.ts';
import { explainCycle } from '../explain.ts';
import { fitErrorText } from './fit-error.ts';
import { numFeasibleNodesToFind, runScores, schedule } from './cycle.ts';
import { newNodeInfo, withoutPod, withPod } from './node-info.ts';
import { defaultNormalize, naturalLog } from './scores.ts';
import type { Cycle, NodeInfo, Snapshot } from './types.ts';

let uid = 0;
const meta = (name: string, labels: Record<string, string> = {}, more = {}): KubeObject['metadata'] => ({ name, namespace: 'default', uid: `u${++uid}`, resourceVersion: '1', creationTimestamp: '', labels, ...more });
const node = (name: string, spec: object = {}, labels: Record<string, string> = {}, allocatable = { cpu: '4', memory: '8Gi', pods: '110' }): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: meta(name, { 'kubernetes.io/hostname': name, ...labels }), spec, status: { allocatable } });
const pod = (spec: object = {}, labels: Record<string, string> = {}, more = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: meta(`p${uid}`, labels, more), spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec } });
const asking = (cpu: string, memory: string): object => ({ containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu, memory } } }] });
const RS: KubeObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta('web'), spec: { selector: { matchLabels: { app: 'web' } } } };
const OWNED = { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }] };

function snapshotOf(nodes: readonly NodeInfo[]): Snapshot {
  return {
    nodes, get: (name) => nodes.find((one) => one.name === name), nominated: () => [],
    listers: { namespaceLabels: () => ({}), services: () => [], get: (gvr, key) => (gvr === 'apps/v1/replicasets' && key === 'default/web' ? RS : undefined), list: () => [] },
  };
}
const scoresOf = (cycle: Cycle): Record<string, readonly number[]> => Object.fromEntries(runScores(cycle, cycle.snapshot.nodes).byPlugin.map((one) => [one.plugin, one.normalized]));

describe('scheduling cycle', () => {
  it('searches as many nodes as upstream', () => {
    expect([3, 99, 100, 1000, 5000, 10000].map(numFeasibleNodesToFind)).toEqual([3, 99, 100, 420, 500, 500]);
  });

  it('scores resources: least allocated and balance', () => {
    const used = withPod(newNodeInfo(node('b')), pod(asking('2', '1Gi')));
    const scores = scoresOf({ pod: pod(asking('1', '1Gi')), snapshot: snapshotOf([newNodeInfo(node('a')), used]) });
    // a: cpu (4000-1000)*100/4000 = 75, memory 87 -> 81. b: cpu 25, memory 75 -> 50.
    expect(scores['NodeResourcesFit']).toEqual([81, 50]);
    // a: from 100 to 93. b: from trunc(100 - 18.75) = 81 to 75 (shares 0.75 and 0.25). 50 + (50 + with - without) / 2.
    expect(scores['NodeResourcesBalancedAllocation']).toEqual([71, 72]);
  });

  it('counts what a pod without requests takes only in scores', () => {
    const one = withPod(newNodeInfo(node('a')), pod());
    expect(one.requested).toEqual({ cpu: 0, memory: 0, ephemeral: 0 });
    expect(one.nonZero).toEqual({ cpu: 100, memory: 200 * 1024 * 1024 });
    const scores = scoresOf({ pod: pod(), snapshot: snapshotOf([one]) });
    expect(scores['NodeResourcesBalancedAllocation']).toBeUndefined();
    expect(withoutPod(one, one.pods[0].metadata.uid).nonZero).toEqual({ cpu: 0, memory: 0 });
  });

  it('prefers fewer intolerable taints, matching affinity, images that are there', () => {
    const image = { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, images: [{ names: ['nginx:latest'], sizeBytes: 500 * 1024 * 1024 }] } };
    const nodes = [node('a', { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] }), { ...node('b', {}, { disk: 'ssd' }), ...image }].map((one) => newNodeInfo(one as KubeObject));
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } }] } };
    const scores = scoresOf({ pod: pod({ affinity }), snapshot: snapshotOf(nodes) });
    expect(scores['TaintToleration']).toEqual([0, 100]);
    expect(scores['NodeAffinity']).toEqual([0, 100]);
    // Half the nodes have it: 250 MiB; (250 - 23) / (1000 - 23).
    expect(scores['ImageLocality']).toEqual([0, 23]);
  });

  it('spreads the pods of a replica set by default', () => {
    const nodes = [1, 2, 3].map((n) => newNodeInfo(node(`n${n}`, {}, { 'topology.kubernetes.io/zone': n === 3 ? 'b' : 'a' })));
    nodes[0] = withPod(nodes[0], pod({ nodeName: 'n1' }, { app: 'web' }, OWNED));
    const cycle = { pod: pod({}, { app: 'web' }, OWNED), snapshot: snapshotOf(nodes) };
    // raw: n1 = 1*ln5 + 2 + 1*ln4 + 4 = 9, n2 = 2 + ln4 + 4 = 7, n3 = 6; normalised 100*(9+6-s)/9.
    expect(scoresOf(cycle)['PodTopologySpread']).toEqual([66, 88, 100]);
    expect(schedule(cycle, 0, withPod)).toMatchObject({ kind: 'scheduled', node: 'n3', feasible: 3 });
  });

  it('honours hard spread constraints', () => {
    const nodes = [1, 2].map((n) => newNodeInfo(node(`n${n}`)));
    nodes[0] = withPod(nodes[0], pod({ nodeName: 'n1' }, { app: 'x' }));
    const topologySpreadConstraints = [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'x' } } }];
    expect(schedule({ pod: pod({ topologySpreadConstraints }, { app: 'x' }), snapshot: snapshotOf(nodes) }, 0, withPod)).toMatchObject({ node: 'n2', feasible: 1 });
  });

  it('sends a pod that names its node there, and says so when it cannot go', () => {
    const nodes = [1, 2, 3].map((n) => newNodeInfo(node(`n${n}`)));
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }] } } };
    expect(schedule({ pod: pod({ affinity }), snapshot: snapshotOf(nodes) }, 0, withPod)).toMatchObject({ node: 'n2', feasible: 1 });
    const big = schedule({ pod: pod({ affinity, ...asking('5', '1Gi') }), snapshot: snapshotOf(nodes) }, 0, withPod);
    expect(big.kind === 'unschedulable' && fitErrorText(3, big.diagnosis, '')).toBe("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].");
  });

  it('waits for claims', () => {
    const snapshot = snapshotOf([newNodeInfo(node('a'))]);
    const waiting = schedule({ pod: pod({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }), snapshot }, 0, withPod);
    expect(waiting.kind === 'unschedulable' && fitErrorText(1, waiting.diagnosis, '')).toBe('0/1 nodes are available: persistentvolumeclaim "data" not found.');
  });

  it('explains exactly what it decided, over many random clusters', () => {
    let seed = 7;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >>> 8) % n;
    };
    let refusals = 0;
    for (let round = 0; round < 200; round++) {
      const infos = Array.from({ length: 1 + random(6) }, (_, i) => {
        let info = newNodeInfo(node(`n${i}`, random(5) === 0 ? { unschedulable: true } : random(4) === 0 ? { taints: [{ key: 'k', effect: random(2) ? 'NoSchedule' : 'PreferNoSchedule' }] } : {}, { 'topology.kubernetes.io/zone': `z${random(2)}`, ...(random(2) ? { disk: 'ssd' } : {}) }));
        for (let k = random(5); k > 0; k--) info = withPod(info, pod(random(2) ? asking(`${random(2000)}m`, '100Mi') : {}, { app: random(2) ? 'web' : 'x' }));
        return info;
      });
      const affinity = random(3) === 0 ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'x' } }, topologyKey: 'kubernetes.io/hostname' }] } } : undefined;
      const cycle = { pod: pod({ ...asking(`${random(4000)}m`, '1Gi'), ...(affinity ? { affinity } : {}), ...(random(4) === 0 ? { nodeSelector: { disk: 'ssd' } } : {}) }, { app: 'web' }, OWNED), snapshot: snapshotOf(infos) };
      const start = random(6);
      const again = schedule(cycle, start, withPod);
      const table = explainCycle(cycle, start);
      expect(table.chosen).toBe(again.kind === 'scheduled' ? again.node : null);
      if (again.kind === 'no nodes') continue;
      expect(table.nodes.filter((one) => one.filters.some((f) => !f.ok)).length).toBe(again.diagnosis.refusals.length);
      refusals += again.diagnosis.refusals.length;
      const best = Math.max(...table.nodes.map((one) => one.total ?? -1));
      if (best >= 0) expect(table.nodes.find((one) => one.name === table.chosen)!.total).toBe(best);
      for (const one of table.nodes) if (one.total !== null) expect(one.scores.reduce((sum, s) => sum + s.normalized * s.weight, 0)).toBe(one.total);
    }
    expect(refusals).toBeGreaterThan(100);
  });

  it('computes logarithms and normalises as Go does', () => {
    for (let n = 1; n < 6000; n += 7) expect(Math.abs(naturalLog(n) - Math.log(n))).toBeLessThan(1e-12);
    const scores = [0, 1, 3];
    defaultNormalize(scores, true);
    expect(scores).toEqual([100, 67, 0]);
    const none = [0, 0];
    defaultNormalize(none, true);
    expect(none).toEqual([100, 100]);
  });
});
