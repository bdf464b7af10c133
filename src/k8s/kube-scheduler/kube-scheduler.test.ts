import { describe, expect, it } from 'vitest';
import { createApiHarness, type ApiHarness } from '../../testing/api-harness.ts';
import type { KubeList, KubeObject } from '../api/types.ts';
import { createScheduler } from './kube-scheduler.ts';

const SECOND = 1_000_000;

function start(nodes: number): ApiHarness {
  const api = createApiHarness({}, 1, [(host) => createScheduler(host)]);
  api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
  for (let n = 1; n <= nodes; n++) addNode(api, `node-${n}`);
  api.run(3 * SECOND);
  return api;
}

function addNode(api: ApiHarness, name: string, zone = 'zone-a', spec: object = {}): void {
  const made = api.ask({ verb: 'create', resource: 'nodes', body: { metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } }, spec } });
  expect(made.code).toBe(201);
  // The taint of a new node is the kubelet's and the lifecycle controller's to take away; here nobody else does.
  api.ask({ verb: 'patch', resource: 'nodes', name, patchType: 'application/merge-patch+json', body: { spec: { taints: null } } });
  const list = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' };
  const patched = api.ask({ verb: 'patch', resource: 'nodes', name, subresource: 'status', patchType: 'application/merge-patch+json', body: { status: { capacity: list, allocatable: list } } });
  expect(patched.code).toBe(200);
}

function addPod(api: ApiHarness, name: string, spec: object = {}, labels: object = {}): void {
  const made = api.ask({ verb: 'create', resource: 'pods', namespace: 'default', body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec } } });
  expect(made.code, JSON.stringify(made.body)).toBe(201);
}

const requests = (cpu: string): object => ({ containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] });
const pod = (api: ApiHarness, name: string): KubeObject => api.ask({ verb: 'get', resource: 'pods', namespace: 'default', name }).body as KubeObject;
const events = (api: ApiHarness): KubeObject[] => [...(api.ask({ verb: 'list', resource: 'events', group: 'events.k8s.io', namespace: 'default' }).body as KubeList).items];

describe('kube-scheduler', () => {
  it('places pods one by one on the emptiest nodes and says so', () => {
    const api = start(3);
    for (const name of ['a', 'b', 'c']) addPod(api, name);
    api.run(2 * SECOND);
    const nodes = ['a', 'b', 'c'].map((name) => pod(api, name)['spec'].nodeName);
    expect([...nodes].sort()).toEqual(['node-1', 'node-2', 'node-3']);
    const scheduled = events(api).filter((one) => one['reason'] === 'Scheduled');
    expect(scheduled.map((one) => one['note']).sort()).toEqual(['a', 'b', 'c'].map((name, i) => `Successfully assigned default/${name} to ${nodes[i]}`));
    expect(scheduled[0]['action']).toBe('Binding');
  });

  it('says why a pod fits nowhere, and places it when a label makes room', () => {
    const api = start(3);
    addPod(api, 'fast', { nodeSelector: { disk: 'ssd' } });
    api.run(2 * SECOND);
    const condition = pod(api, 'fast')['status'].conditions.find((one: { type: string }) => one.type === 'PodScheduled');
    const text = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
    expect(condition).toMatchObject({ status: 'False', reason: 'Unschedulable', message: text, observedGeneration: 1 });
    expect(events(api).map((one) => [one['type'], one['reason'], one['action'], one['note']])).toEqual([['Warning', 'FailedScheduling', 'Scheduling', text]]);
    api.ask({ verb: 'patch', resource: 'nodes', name: 'node-2', patchType: 'application/merge-patch+json', body: { metadata: { labels: { disk: 'ssd' } } } });
    api.run(2 * SECOND);
    expect(pod(api, 'fast')['spec'].nodeName).toBe('node-2');
  });

  it('counts reasons per node and waits for room', () => {
    const api = start(2);
    addNode(api, 'node-3', 'zone-b', { unschedulable: true });
    addPod(api, 'big', requests('3'));
    addPod(api, 'big2', requests('3'));
    api.run(2 * SECOND);
    addPod(api, 'big3', requests('3'));
    api.run(2 * SECOND);
    expect(pod(api, 'big3')['status'].conditions[0].message).toBe(
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.');
    api.ask({ verb: 'delete', resource: 'pods', namespace: 'default', name: 'big', body: { gracePeriodSeconds: 0 } });
    api.run(3 * SECOND);
    expect(pod(api, 'big3')['spec'].nodeName).toBeDefined();
  });

  it('keeps gated pods out until the gates are gone', () => {
    const api = start(1);
    addPod(api, 'gated', { schedulingGates: [{ name: 'example.com/wait' }] });
    api.run(2 * SECOND);
    expect(pod(api, 'gated')['spec'].nodeName).toBeUndefined();
    expect(events(api)).toEqual([]);
    api.ask({ verb: 'patch', resource: 'pods', namespace: 'default', name: 'gated', patchType: 'application/merge-patch+json', body: { spec: { schedulingGates: null } } });
    api.run(2 * SECOND);
    expect(pod(api, 'gated')['spec'].nodeName).toBe('node-1');
  });

  it('keeps pods that must not meet apart', () => {
    const api = start(2);
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' }] } };
    for (const name of ['a', 'b', 'c']) addPod(api, name, { affinity }, { app: 'db' });
    api.run(3 * SECOND);
    expect(['a', 'b', 'c'].map((name) => pod(api, name)['spec'].nodeName ?? '').sort()).toEqual(['', 'node-1', 'node-2']);
    const waiting = ['a', 'b', 'c'].map((name) => pod(api, name)).find((one) => !one['spec'].nodeName)!;
    expect(waiting['status'].conditions[0].message).toContain("2 node(s) didn't match pod anti-affinity rules. no new claims to deallocate, preemption: 0/2 nodes are available: 2 No preemption victims found");
  });

  it('evicts pods of lower priority for one that fits nowhere else', () => {
    const api = start(2);
    const prioritised = (name: string, value: number): number => api.ask({ verb: 'create', resource: 'priorityclasses', group: 'scheduling.k8s.io', body: { metadata: { name }, value } }).code;
    expect([prioritised('high', 1000), prioritised('middle', 10)]).toEqual([201, 201]);
    addPod(api, 'low', requests('3'));
    addPod(api, 'middle', { ...requests('3'), priorityClassName: 'middle' });
    api.run(2 * SECOND);
    const node = pod(api, 'low')['spec'].nodeName;
    addPod(api, 'urgent', { ...requests('2'), priorityClassName: 'high' });
    api.run(2 * SECOND);
    const urgent = pod(api, 'urgent');
    expect(urgent['status'].nominatedNodeName).toBe(node);
    expect(urgent['status'].conditions[0].message).toBe('0/2 nodes are available: 2 Insufficient cpu.');
    const low = pod(api, 'low');
    expect(low.metadata.deletionTimestamp).toBeDefined();
    expect(low['status'].conditions).toContainEqual(expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }));
    expect(pod(api, 'middle').metadata.deletionTimestamp).toBeUndefined();
    expect(events(api).find((one) => one['reason'] === 'Preempted')!['note']).toBe(`Preempted by pod ${urgent.metadata.uid} on node ${node}`);
    api.ask({ verb: 'delete', resource: 'pods', namespace: 'default', name: 'low', body: { gracePeriodSeconds: 0 } });
    api.run(3 * SECOND);
    expect(pod(api, 'urgent')['spec'].nodeName).toBe(node);
  });
});
