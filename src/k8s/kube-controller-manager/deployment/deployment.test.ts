import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../sim/program.ts';
import { runProgram } from '../../../sim/program.ts';
import type { KubeObject } from '../../api/types.ts';
import { newRSReplicas, proportion } from './arithmetic.ts';
import { deploymentController } from './controller.ts';
import { newReplicaSetAnnotations } from './revision.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
const web: KubeObject = {
  apiVersion: 'apps/v1', kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', uid: 'd', resourceVersion: '1', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { replicas: 4, selector: { matchLabels: { app: 'web' } }, template, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }, progressDeadlineSeconds: 600, revisionHistoryLimit: 10 },
  status: {},
};

/** A process whose caches hold `objects`, and what it asks of the server. */
function run(objects: Record<string, KubeObject[]>, answer: (request: { verb: string; resource: string; subresource?: string; body: KubeObject }) => { code: number; body: unknown }) {
  const requests: string[] = [];
  const events: string[] = [];
  const cells = new Map<string, Map<string, unknown>>();
  const p = {
    now: 5_000_000,
    informer: (gvr: string) => ({ get: (key: string) => objects[gvr]?.find((o) => `${o.metadata.namespace}/${o.metadata.name}` === key), list: () => objects[gvr] ?? [], byIndex: () => [] }),
    cell: (name: string) => cells.get(name) ?? cells.set(name, new Map()).get(name)!,
    queue: () => ({ add() {}, addAfter() {}, addRateLimited() {} }),
    event: (_source: unknown, _object: unknown, _type: string, reason: string, message: string) => events.push(`${reason}: ${message}`),
  };
  const { result } = runProgram(deploymentController.sync('default/web'), p, (effect: Effect) => {
    if (effect.op !== 'call') return undefined;
    const request = effect.body as { verb: string; resource: string; subresource?: string; body: KubeObject };
    requests.push(`${request.verb} ${request.resource}${request.subresource === undefined ? '' : `/${request.subresource}`}`);
    return answer(request);
  });
  return { result, requests, events };
}

describe('the deployment controller', () => {
  test('a new Deployment: ReplicaSet, status, and a second status write with a stale version', () => {
    let writes = 0;
    const { result, requests, events } = run({ 'apps/v1/deployments': [web] }, (r) => {
      if (r.resource === 'replicasets') return { code: 201, body: { ...r.body, metadata: { ...r.body.metadata, uid: 'rs', resourceVersion: '2', creationTimestamp: '2026-01-01T00:00:05Z' } } };
      return ++writes === 1 ? { code: 200, body: r.body } : { code: 409, body: { kind: 'Status', reason: 'Conflict', message: 'the object has been modified' } };
    });
    expect(requests).toEqual(['create replicasets', 'update deployments/status', 'update deployments/status']);
    expect(events).toEqual([expect.stringMatching(/^ScalingReplicaSet: Scaled up replica set web-[bcdfghjklmnpqrstvwxz2456789]+ from 0 to 4$/)]);
    expect(result).toBe('retry');
  });
  test('surge and shares', () => {
    expect(newRSReplicas({ ...web, spec: { ...web.spec, replicas: 10 } }, [{ ...web, spec: { replicas: 10 } }], 0)).toBe(3);
    const rs = { ...web, metadata: { ...web.metadata, annotations: { 'deployment.kubernetes.io/max-replicas': '13' } }, spec: { replicas: 8 } };
    expect(proportion({ ...web, spec: { ...web.spec, replicas: 15 } }, rs, 6, 0)).toBe(4);
  });
  test('a revision taken up again keeps its history', () => {
    expect(newReplicaSetAnnotations(web, { 'deployment.kubernetes.io/revision': '1' }, 3, true)).toEqual({ 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' });
    expect(newReplicaSetAnnotations(web, { 'deployment.kubernetes.io/revision': '3' }, 3, true)).toBeUndefined();
  });
});
