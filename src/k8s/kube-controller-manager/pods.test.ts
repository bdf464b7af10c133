import { expect, test } from 'vitest';
import type { KubeObject } from '../api/types.ts';
import { sortForDeletion } from './pods.ts';

const pod = (name: string, fields: { node?: string; phase?: string; ready?: string; cost?: string; restarts?: number }): KubeObject => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', ...(fields.cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': fields.cost } }) },
  spec: fields.node === undefined ? {} : { nodeName: fields.node },
  status: {
    phase: fields.phase ?? 'Running', containerStatuses: [{ restartCount: fields.restarts ?? 0 }],
    ...(fields.ready === undefined ? {} : { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: fields.ready }] }),
  },
});

test('unassigned, pending, not ready, cheap, crowded, young: in this order', () => {
  const early = '2026-01-01T00:00:01Z';
  const pods = [
    pod('old', { node: 'a', ready: early }),
    pod('young', { node: 'b', ready: '2026-01-01T01:00:00Z' }),
    pod('crowded', { node: 'c', ready: early }),
    pod('cheap', { node: 'd', ready: early, cost: '-5' }),
    pod('unready', { node: 'e' }),
    pod('pending', { node: 'f', phase: 'Pending' }),
    pod('unassigned', { phase: 'Pending' }),
  ];
  const related = [...pods, pod('neighbour', { node: 'c', ready: early })];
  expect(sortForDeletion(pods, related, 3_700_000_000).map((p) => p.metadata.name)).toEqual(['unassigned', 'pending', 'unready', 'cheap', 'crowded', 'young', 'old']);
});
