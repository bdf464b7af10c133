/**
 * Valid objects for tests, as they stand after decoding and defaulting. Each call gives a fresh one that may be changed.
 * Upstream: none
 * Left out: fields no rule looks at.
 */
import type { FieldError } from '../../apimachinery/field-error.ts';
import { errorText } from '../../apimachinery/field-error.ts';
import type { Obj } from './field-checks.ts';

const UID = '0a0a0a0a-0000-0000-0000-000000000001';

export const meta = (name: string, namespaced = true): Obj => ({
  name, ...(namespaced ? { namespace: 'default' } : {}), uid: UID, resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z',
});

export const container = (name = 'app'): Obj => ({ name, image: 'nginx', imagePullPolicy: 'IfNotPresent', terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' });

export const podSpec = (): Obj => ({
  containers: [container()], restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', terminationGracePeriodSeconds: 30, schedulerName: 'default-scheduler', securityContext: {}, serviceAccountName: 'default',
});

export const pod = (): Obj => ({ apiVersion: 'v1', kind: 'Pod', metadata: meta('web'), spec: podSpec(), status: { phase: 'Pending', qosClass: 'BestEffort' } });

export const template = (): Obj => ({ metadata: { labels: { app: 'web' } }, spec: podSpec() });

export const deployment = (): Obj => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { ...meta('web'), generation: 1 },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template(), strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } }, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
});

export const service = (): Obj => ({
  apiVersion: 'v1', kind: 'Service', metadata: meta('web'),
  spec: { type: 'ClusterIP', clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster',
    selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] },
});

export const job = (): Obj => {
  const labels = { 'controller-uid': UID, 'job-name': 'once', 'batch.kubernetes.io/controller-uid': UID, 'batch.kubernetes.io/job-name': 'once' };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: meta('once'),
    spec: { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: 'TerminatingOrFailed',
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': UID } }, template: { metadata: { labels }, spec: { ...podSpec(), restartPolicy: 'Never' } } } };
};

export const claim = (): Obj => ({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta('data'), spec: { accessModes: ['ReadWriteOnce'], volumeMode: 'Filesystem', resources: { requests: { storage: '1Gi' } } }, status: { phase: 'Pending' } });

/** A copy to change. */
export const copy = (o: Obj): Obj => structuredCopy(o);
function structuredCopy(o: Obj): Obj {
  if (o === null || typeof o !== 'object') return o;
  if (Array.isArray(o)) return o.map(structuredCopy);
  return Object.fromEntries(Object.entries(o).map(([k, v]) => [k, structuredCopy(v)]));
}

/** What the errors print. */
export const texts = (errs: readonly FieldError[]): string[] => errs.map(errorText);
