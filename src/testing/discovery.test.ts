/**
 * Discovery does not lie: every resource that says it can be created is created through kube-apiserver, read, listed (as objects and as a table),
 * patched and deleted, in every version it is served in, and a watch tells all of it. Reviews, which are never stored, are answered.
 */
import { expect, it } from 'vitest';
import { ALL_RESOURCES } from '../k8s/api/resources.ts';
import type { Resource } from '../k8s/api/resources.ts';
import type { KubeList, KubeObject } from '../k8s/api/types.ts';
import type { Table } from '../k8s/apimachinery/request.ts';
import { createApiHarness } from './api-harness.ts';

const POD = { containers: [{ name: 'main', image: 'nginx:1.27' }] };
const ONCE = { ...POD, restartPolicy: 'Never' };
const LABELS = { app: 'one' };
const workload = { selector: { matchLabels: LABELS }, template: { metadata: { labels: LABELS }, spec: POD } };
const attributes = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };
const hook = { clientConfig: { url: 'https://hook.example.com/' }, sideEffects: 'None', admissionReviewVersions: ['v1'], name: 'one.example.com' };
const everything = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] };

/** What a real kube-apiserver asks of the smallest object of a kind, besides its name. */
const LEAST: Readonly<Record<string, object>> = {
  APIService: { metadata: { name: 'v1.example.com' }, spec: { group: 'example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 10, service: { name: 'one', namespace: 'default' }, insecureSkipTLSVerify: true } },
  Binding: { metadata: { name: 'pod' }, target: { apiVersion: 'v1', kind: 'Node', name: 'one' } },
  CertificateSigningRequest: { spec: { request: 'LS0=', signerName: 'example.com/one', usages: ['client auth'] } },
  ClusterRoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } },
  ControllerRevision: { data: { spec: {} }, revision: 1 },
  CronJob: { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: ONCE } } } } },
  CSIStorageCapacity: { storageClassName: 'one' },
  CSINode: { spec: { drivers: [] } },
  CustomResourceDefinition: { metadata: { name: 'things.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] } },
  DaemonSet: { spec: workload }, Deployment: { spec: workload }, ReplicaSet: { spec: workload }, StatefulSet: { spec: { ...workload, serviceName: 'one' } },
  DeviceClass: { spec: {} },
  EndpointSlice: { addressType: 'IPv4', endpoints: [] },
  Event: { involvedObject: { kind: 'Pod', name: 'one', namespace: 'default' }, reason: 'Tested', message: 'of the core group', type: 'Normal', source: { component: 'test' }, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:00Z', count: 1 },
  'events.k8s.io/v1 Event': { regarding: { kind: 'Pod', name: 'one', namespace: 'default' }, reason: 'Tested', action: 'Testing', type: 'Normal', eventTime: '2026-01-01T00:00:00.000000Z', reportingController: 'example.com/test', reportingInstance: 'test-1' },
  FlowSchema: { spec: { priorityLevelConfiguration: { name: 'global-default' }, matchingPrecedence: 5000 } },
  HorizontalPodAutoscaler: { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one' } } },
  Ingress: { spec: { defaultBackend: { service: { name: 'one', port: { number: 80 } } } } },
  IngressClass: { spec: { controller: 'example.com/one' } },
  IPAddress: { metadata: { name: '10.96.7.7' }, spec: { parentRef: { resource: 'services', namespace: 'default', name: 'one' } } },
  Job: { spec: { template: { spec: ONCE } } },
  Lease: { spec: { holderIdentity: 'one', leaseDurationSeconds: 15 } },
  LocalSubjectAccessReview: { metadata: { namespace: 'default' }, spec: { ...attributes, user: 'ann' } },
  MutatingAdmissionPolicy: { spec: { reinvocationPolicy: 'Never', matchConstraints: everything, mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }] } },
  MutatingAdmissionPolicyBinding: { spec: { policyName: 'one' } },
  MutatingWebhookConfiguration: { webhooks: [hook] }, ValidatingWebhookConfiguration: { webhooks: [hook] },
  PersistentVolume: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp' } } },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  Pod: { spec: POD }, PodTemplate: { template: { spec: POD } }, ReplicationController: { spec: { selector: LABELS, template: workload.template } },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector: { matchLabels: LABELS } } },
  PriorityClass: { value: 1000 },
  PriorityLevelConfiguration: { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } } },
  ResourceClaim: { spec: {} }, ResourceClaimTemplate: { spec: { spec: {} } },
  ResourceSlice: { spec: { driver: 'example.com', nodeName: 'one', pool: { name: 'one', generation: 1, resourceSliceCount: 1 } } },
  RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one' } },
  RuntimeClass: { handler: 'one' },
  SelfSubjectAccessReview: { spec: attributes }, SelfSubjectRulesReview: { spec: { namespace: 'default' } }, SubjectAccessReview: { spec: { ...attributes, user: 'ann' } },
  Service: { spec: { ports: [{ port: 80 }] } },
  ServiceCIDR: { spec: { cidrs: ['10.97.0.0/24'] } },
  StorageClass: { provisioner: 'example.com/one' },
  TokenReview: { spec: { token: 'not-a-token' } },
  ValidatingAdmissionPolicy: { spec: { matchConstraints: everything, validations: [{ expression: 'true' }] } },
  ValidatingAdmissionPolicyBinding: { spec: { policyName: 'one', validationActions: ['Deny'] } },
  VolumeAttachment: { spec: { attacher: 'example.com', nodeName: 'one', source: { persistentVolumeName: 'one' } } },
  VolumeAttributesClass: { driverName: 'example.com' },
};
const created = ALL_RESOURCES.filter((r) => r.verbs.includes('create'));

it('discovery has the kinds of a real cluster', () => {
  expect(created.length).toBeGreaterThan(60);
  expect(created.filter((r) => r.verbs.length === 1).map((r) => r.kind).sort()).toEqual(['Binding', 'LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectReview', 'SelfSubjectRulesReview', 'SubjectAccessReview', 'TokenReview']);
});

it.each(created.map((r) => [`${r.apiVersion} ${r.kind}`, r] as const))('%s', (title, r: Resource) => {
  const api = createApiHarness();
  api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
  const where = { resource: r.resource, group: r.group, version: r.version, ...(r.namespaced ? { namespace: 'default' } : {}) };
  const { metadata, ...fields } = { metadata: { name: 'one' }, ...(LEAST[title] ?? LEAST[r.kind]) };
  const name = metadata.name, body = { apiVersion: r.apiVersion, kind: r.kind, metadata: r.verbs.includes('get') || r.kind === 'Binding' ? { ...metadata, labels: LABELS } : metadata, ...fields };
  const create = () => api.ask({ ...where, verb: 'create', text: JSON.stringify(body), contentType: 'application/json', options: { fieldValidation: 'Strict' } });
  if (!r.verbs.includes('get')) {
    if (r.kind === 'Binding') api.ask({ verb: 'create', resource: 'pods', namespace: 'default', body: { metadata: { name }, spec: POD } });
    const { code, body: answer } = create();
    expect([code, (answer as { message?: string }).message]).toEqual([201, undefined]);
    if (r.kind === 'Binding') expect((api.ask({ verb: 'get', resource: 'pods', namespace: 'default', name }).body as unknown as { spec: { nodeName: string } }).spec.nodeName).toBe('one');
    else expect(Object.keys((answer as unknown as { status: object }).status).length).toBeGreaterThan(0);
    return;
  }
  expect(api.ask({ ...where, verb: 'watch', options: { query: { stream: 's' }, labelSelector: 'app=one' } }).code).toBe(200);
  const made = create();
  expect([made.code, (made.body as { message?: string }).message ?? '']).toEqual([201, expect.not.stringContaining('invalid')]);
  const object = made.body as KubeObject;
  expect(object).toMatchObject({ apiVersion: r.apiVersion, kind: r.kind, metadata: { name, uid: expect.stringMatching(/^[0-9a-f-]{36}$/), resourceVersion: expect.stringMatching(/^\d+$/), managedFields: expect.any(Array) } });
  expect(create().code).toBe(409);
  api.run(50_000);
  expect(api.ask({ ...where, verb: 'get', name })).toMatchObject({ code: 200, body: object as object });
  const list = api.ask({ ...where, verb: 'list', options: { labelSelector: 'app=one' } });
  expect((list.body as KubeList).items.map((item) => item.metadata.name)).toEqual([name]);
  expect((list.body as KubeList).kind).toBe(`${r.kind}List`);
  const table = api.ask({ ...where, verb: 'list', accept: 'table', options: { labelSelector: 'app=one' } }).body as Table;
  expect([table.kind, table.rows.length, table.rows[0].cells.length]).toEqual(['Table', 1, table.columnDefinitions.length]);
  const patched = api.ask({ ...where, verb: 'patch', name, patchType: 'application/merge-patch+json', text: '{"metadata":{"annotations":{"seen":"yes"}}}' });
  expect([patched.code, (patched.body as KubeObject).metadata?.annotations]).toEqual([200, expect.objectContaining({ seen: 'yes' })]);
  const deleted = api.ask({ ...where, verb: 'delete', name, body: { gracePeriodSeconds: 0 } });
  expect([200, 202]).toContain(deleted.code);
  api.run(50_000);
  const told = api.events('s').map((event) => event.type), after = api.ask({ ...where, verb: 'get', name });
  // what has a finalizer waits for its controller, which is not part of this server
  const finalizers = after.code === 200 ? [...((after.body as KubeObject).metadata.finalizers ?? []), ...((after.body as unknown as { spec?: { finalizers?: string[] } }).spec?.finalizers ?? [])] : [];
  if (finalizers.length > 0) expect([told.slice(0, 2), (after.body as KubeObject).metadata.deletionTimestamp]).toEqual([['ADDED', 'MODIFIED'], expect.any(String)]);
  // a Pod is marked before it goes, even without grace
  else expect([after.code, told]).toEqual([404, ['ADDED', 'MODIFIED', ...(r.kind === 'Pod' ? ['MODIFIED'] : []), 'DELETED']]);
});
