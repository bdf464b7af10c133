import { describe, expect, it } from 'vitest';
import { normalise } from '../../apimachinery/decode.ts';
import { deepFreeze } from '../../apimachinery/change.ts';
import { schemaOf } from '../schema.ts';
import { applyDefaults } from './defaulting.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
function make(group: string, kind: string, o: object): any {
  const type = schemaOf(group, 'v1', kind)!;
  return applyDefaults(type, normalise(type, deepFreeze(o)));
}

describe('defaults', () => {
  it('Deployment and its template', () => {
    const d = make('apps', 'Deployment', { metadata: { name: 'web' }, spec: { template: { spec: { containers: [{ name: 'a', image: 'nginx', resources: { limits: { cpu: '1.0005' } }, ports: [{ containerPort: 80 }] }] } } } });
    expect(d.spec).toMatchObject({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } } });
    expect(d.spec.template.spec).toEqual({
      containers: [{ name: 'a', image: 'nginx', imagePullPolicy: 'Always', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', ports: [{ containerPort: 80, protocol: 'TCP' }], resources: { limits: { cpu: '1001m' } } }],
      dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', securityContext: {}, terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler',
    });
  });
  it('only a Pod itself copies limits to requests and links services', () => {
    const p = make('', 'Pod', { spec: { hostNetwork: true, containers: [{ name: 'a', image: 'r.io/nginx:1.2', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } }, livenessProbe: { httpGet: { port: 1 } } }], volumes: [{ name: 'v' }, { name: 's', secret: { secretName: 'x' } }] } });
    expect(p.spec.enableServiceLinks).toBe(true);
    expect(p.spec.containers[0]).toMatchObject({ imagePullPolicy: 'IfNotPresent', resources: { limits: { cpu: '1' }, requests: { cpu: '1' } }, ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }], livenessProbe: { httpGet: { path: '/', port: 1, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 } });
    expect(p.spec.volumes).toEqual([{ name: 'v', emptyDir: {} }, { name: 's', secret: { secretName: 'x', defaultMode: 420 } }]);
  });
  it('Service, Secret, Namespace', () => {
    expect(make('', 'Service', { spec: { type: 'NodePort', ports: [{ port: 80 }] } }).spec).toEqual({ type: 'NodePort', sessionAffinity: 'None', externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] });
    expect(make('', 'Secret', { stringData: { a: 'hé' }, data: { a: 'eA==', b: 'eQ==' } })).toEqual({ metadata: {}, type: 'Opaque', data: { a: 'aMOp', b: 'eQ==' } });
    expect(make('', 'Namespace', { metadata: { name: 'n' } })).toMatchObject({ metadata: { labels: { 'kubernetes.io/metadata.name': 'n' } }, status: { phase: 'Active' } });
  });
  it('is stable: a second pass returns the same reference', () => {
    const type = schemaOf('', 'v1', 'Pod')!;
    const once = make('', 'Pod', { spec: { containers: [{ name: 'a' }] } });
    expect(applyDefaults(type, once)).toBe(once);
    expect(normalise(type, once)).toBe(once);
    expect(applyDefaults(type, JSON.parse(JSON.stringify(once)))).toEqual(once);
  });
});
