import { describe, expect, it } from 'vitest';
import { base64Length } from './base64-length.ts';
import { base64Text } from './base64-text.ts';
import * as configMap from './config-map.ts';
import * as controllerRevision from './controller-revision.ts';
import * as endpointSlice from './endpoint-slice.ts';
import * as endpoints from './endpoints.ts';
import * as event from './event.ts';
import type { Obj } from './field-checks.ts';
import { VALIDATION } from './index-by-kind.ts';
import { jsonObjectError } from './json-object.ts';
import * as lease from './lease.ts';
import * as limitRange from './limit-range.ts';
import * as namespace from './namespace.ts';
import * as node from './node.ts';
import * as persistentVolume from './persistent-volume.ts';
import * as persistentVolumeClaim from './persistent-volume-claim.ts';
import * as priorityClass from './priority-class.ts';
import * as rbac from './rbac.ts';
import * as resourceQuota from './resource-quota.ts';
import * as secret from './secret.ts';
import * as service from './service.ts';
import * as serviceAccount from './service-account.ts';
import { claim, copy, meta, pod, service as aService, texts } from './valid-objects.ts';

describe('metadata of every kind', () => {
  const refused = (more: Obj): string[] => texts(configMap.validateCreate({ metadata: { ...meta('cm'), ...more } }));
  it('is told in upstream\'s words', () => {
    expect(refused({})).toEqual([]);
    expect(refused({ name: '' })).toEqual(['metadata.name: Required value: name or generateName is required']);
    expect(refused({ finalizers: ['x'] })).toEqual(['metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified']);
    expect(refused({ finalizers: ['orphan', 'foregroundDeletion'] })).toEqual(['metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set']);
    expect(refused({ ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'x', uid: 'u' }] })).toEqual(['metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"x","uid":"u"}: /v1, Kind=Event is disallowed from being an owner']);
    expect(refused({ annotations: { a: 'x'.repeat(262144) } })).toEqual(['metadata.annotations: Too long: may not be more than 262144 bytes']);
    expect(refused({ managedFields: [{ operation: 'Merge', fieldsType: 'FieldsV1' }] })).toEqual(['metadata.managedFields[0].operation: Invalid value: "Merge": must be `Apply` or `Update`']);
  });
  it('takes no finalizer once deletion began', () => {
    const old = { metadata: { ...meta('cm'), deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.io/x'] } };
    expect(texts(configMap.validateUpdate({ metadata: { ...old.metadata, finalizers: ['a.io/x', 'a.io/y'] } }, old))).toEqual(['metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.io/y"}']);
  });
});

describe('Service', () => {
  const created = (change: (s: Obj) => void): string[] => { const s = aService(); change(s); return texts(service.validateCreate(s)); };
  it('is accepted when right', () => expect(created(() => undefined)).toEqual([]));
  const table: [string, (s: Obj) => void, string[]][] = [
    ['no ports', (s) => { s.spec.ports = []; }, ['spec.ports: Required value']],
    ['two ports without names', (s) => { s.spec.ports.push({ port: 81, protocol: 'TCP', targetPort: 81 }); }, ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
    ['a port twice', (s) => { s.spec.ports = ['a', 'b'].map((name) => ({ name, port: 80, protocol: 'TCP', targetPort: 80 })); }, ['spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}']],
    ['node port of a ClusterIP', (s) => { s.spec.ports[0].nodePort = 30000; }, ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]],
    ['unknown type', (s) => { s.spec.type = 'Magic'; }, ['spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"']],
    ['external name', (s) => { s.spec = { type: 'ExternalName', sessionAffinity: 'None' }; }, ['spec.externalName: Required value']],
    ['affinity without time', (s) => { s.spec.sessionAffinity = 'ClientIP'; }, ['spec.sessionAffinityConfig: Required value: when session affinity type is ClientIP']],
    ['bad address', (s) => { s.spec.clusterIP = '10.0.0'; s.spec.clusterIPs = ['10.0.0']; }, ['spec.clusterIPs[0]: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ['loopback outside', (s) => { s.spec.externalIPs = ['127.0.0.1']; s.spec.externalTrafficPolicy = 'Cluster'; }, ['spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  ];
  it.each(table)('%s', (_w, change, errors) => expect(created(change)).toEqual(errors));
  it('keeps its address', () => {
    const old = aService(); const s = copy(old);
    s.spec.clusterIP = '10.96.0.11'; s.spec.clusterIPs = ['10.96.0.11'];
    expect(texts(service.validateUpdate(s, old))).toEqual(['spec.clusterIPs[0]: Invalid value: ["10.96.0.11"]: may not change once set']);
    expect(service.validateUpdate(copy(old), old)).toEqual([]);
  });
  it('has ingress only behind a balancer', () => {
    const s = aService(); s.status = { loadBalancer: { ingress: [{ ip: '1.2.3.4', ipMode: 'VIP' }] } };
    expect(texts(service.validateStatusUpdate(s, aService()))).toEqual(["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]);
  });
  it('warns of external addresses', () => {
    const s = aService(); s.spec.externalIPs = ['1.2.3.4'];
    expect(service.warnings(s)).toEqual(['spec.externalIPs is deprecated and may no longer be implemented in some clusters']);
  });
});

it('ConfigMaps and Secrets', () => {
  expect(texts(configMap.validateCreate({ metadata: meta('c'), data: { 'a b': '1', k: '1' }, binaryData: { k: '' } }))).toEqual([
    "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    'data[k]: Invalid value: "k": duplicate of key present in binaryData']);
  const old = { metadata: meta('c'), data: { a: '1' }, immutable: true };
  expect(texts(configMap.validateUpdate({ ...old, data: { a: '2' } }, old))).toEqual(['data: Forbidden: field is immutable when `immutable` is set']);
  expect(texts(secret.validateCreate({ metadata: meta('s'), type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }))).toEqual(['data[tls.key]: Required value']);
  expect(texts(secret.validateCreate({ metadata: meta('s'), type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'bm90IGpzb24=' } }))).toEqual(['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character \'o\' in literal null (expecting \'u\')']);
  expect(texts(secret.validateUpdate({ metadata: meta('s'), type: 'a' }, { metadata: meta('s'), type: 'b' }))).toEqual(['type: Invalid value: "a": field is immutable']);
  expect(secret.warnings({ type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } })).toEqual(['tls: failed to find any PEM data in certificate input']);
  expect(base64Length('YWJj')).toBe(3);
  expect(base64Length('YWI=')).toBe(2);
  expect(base64Text('eyJhIjoxfQ==')).toBe('{"a":1}');
});

it.each([
  ['{"a":[1,true,null,"x\\u0041"]}', undefined], ['null', undefined], ['', 'unexpected end of JSON input'], ['{', 'unexpected end of JSON input'], ['[1]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['{"a":1}x', "invalid character 'x' after top-level value"], ['{a:1}', "invalid character 'a' looking for beginning of object key string"], ['{"a":01}', "invalid character '1' after object key:value pair"], ['['.repeat(20000), 'exceeded max depth'],
])('JSON %#', (text, error) => expect(jsonObjectError(text)).toBe(error));

it('Namespaces', () => {
  expect(texts(namespace.validateCreate({ metadata: meta('a.b', false) }))).toEqual(['metadata.name: Invalid value: "a.b": must not contain dots']);
  const ns = { metadata: meta('a', false), status: { phase: 'Terminating' } };
  expect(texts(namespace.validateStatusUpdate(ns, ns))).toEqual(["status.Phase: Invalid value: \"Terminating\": may only be 'Active' if `deletionTimestamp` is empty"]);
  expect(texts(namespace.validateFinalizeUpdate({ ...ns, spec: { finalizers: ['x'] } }, ns))).toEqual(['spec.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified']);
});

it('Nodes', () => {
  const n = (): Obj => ({ metadata: meta('n', false), spec: { podCIDRs: ['10.0.0.0/24'] }, status: {} });
  expect(node.validateCreate(n())).toEqual([]);
  expect(texts(node.validateCreate({ ...n(), spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }, { key: 'a', effect: 'NoSchedule' }] } }))).toEqual(['metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair']);
  expect(texts(node.validateStatusUpdate({ ...n(), spec: { podCIDRs: ['10.0.1.0/24'] } }, n()))).toEqual(['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid']);
  expect(texts(node.validateStatusUpdate({ ...n(), status: { capacity: { pods: '1.5' } } }, n()))).toEqual(['status.capacity.pods: Invalid value: "1500m": must be an integer']);
});

it('Endpoints and EndpointSlices', () => {
  expect(texts(endpoints.validateCreate({ metadata: meta('e'), subsets: [{ ports: [{ port: 0, protocol: 'TCP' }] }] }))).toEqual(['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`', 'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive']);
  const slice = { metadata: meta('e'), addressType: 'IPv4', ports: [], endpoints: [{ addresses: ['2001:db8::1'] }] };
  expect(texts(endpointSlice.validateCreate(slice))).toEqual(['endpoints[0].addresses: Invalid value: "2001:db8::1": must be an IPv4 address']);
  expect(endpointSlice.validateUpdate({ ...slice }, slice)).toEqual([]);
  expect(texts(endpointSlice.validateUpdate({ ...slice, addressType: 'IPv6' }, slice))).toEqual(['addressType: Invalid value: "IPv6": field is immutable']);
});

it('Events', () => {
  expect(event.validateCreate({ apiVersion: 'v1', metadata: meta('e'), involvedObject: { namespace: 'default' } })).toEqual([]);
  expect(texts(event.validateCreate({ apiVersion: 'v1', metadata: meta('e'), involvedObject: { namespace: 'other' } }))).toEqual(['involvedObject.namespace: Invalid value: "other": does not match event.namespace']);
  const e = { apiVersion: 'events.k8s.io/v1', metadata: meta('e'), eventTime: '2026-01-01T00:00:00.000000Z', regarding: { namespace: 'default' }, reportingController: 'a', reportingInstance: 'b', action: 'c', reason: 'd', type: 'Normal' };
  expect(event.validateCreate(e)).toEqual([]);
  expect(texts(event.validateCreate({ ...e, type: 'Odd' }))).toEqual(['type: Invalid value: "": has invalid value: Odd']);
  expect(texts(event.validateUpdate({ ...e, note: 'x' }, e))).toEqual(['message: Invalid value: "x": field is immutable']);
});

it('Leases, ControllerRevisions, PriorityClasses, ServiceAccounts', () => {
  expect(texts(lease.validateCreate({ metadata: meta('l'), spec: { leaseDurationSeconds: 0, preferredHolder: 'x' } }))).toEqual(['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0', 'spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined']);
  expect(texts(controllerRevision.validateCreate({ metadata: meta('r'), revision: -1 }))).toEqual(['revision: Invalid value: -1: must be greater than or equal to 0', 'data: Required value: data is mandatory']);
  expect(texts(priorityClass.validateCreate({ metadata: meta('system-x', false), value: 1 }))).toEqual(["metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class"]);
  expect(texts(priorityClass.validateUpdate({ metadata: meta('p', false), value: 1 }, { metadata: meta('p', false), value: 2 }))).toEqual(['value: Forbidden: may not be changed in an update.']);
  expect(serviceAccount.warnings({ metadata: { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } } })).toHaveLength(1);
});

it('LimitRanges and ResourceQuotas', () => {
  const limits = (l: Obj): string[] => texts(limitRange.validateCreate({ metadata: meta('l'), spec: { limits: [{ type: 'Container', ...l }] } }));
  expect(limits({ min: { cpu: '1' }, max: { cpu: '2' } })).toEqual([]);
  expect(limits({ min: { cpu: '2' }, max: { cpu: '1' } })).toEqual(['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1']);
  expect(limits({ min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3' } })).toEqual(['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000']);
  const quota = (spec: Obj): string[] => texts(resourceQuota.validateCreate({ metadata: meta('q'), spec }));
  expect(quota({ hard: { pods: '1.5' } })).toEqual(['spec.hard[pods]: Invalid value: "1500m": must be an integer']);
  expect(quota({ hard: { services: '1' }, scopes: ['BestEffort'] })).toEqual(['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource']);
  expect(texts(resourceQuota.validateUpdate({ metadata: meta('q'), spec: { scopes: ['Terminating'] } }, { metadata: meta('q'), spec: {} }))).toEqual(['spec.scopes: Invalid value: ["Terminating"]: field is immutable']);
  expect(resourceQuota.warnings({ spec: { hard: { 'requests.cpu': '2', 'limits.cpu': '1' } } })).toEqual(['ResourceQuota requests.cpu (2) should be less than limits.cpu (1)']);
});

it('RBAC', () => {
  expect(texts(rbac.roleValidation.validateCreate({ metadata: meta('r'), rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }))).toEqual(['rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs']);
  expect(texts(rbac.clusterRoleValidation.validateCreate({ metadata: meta('r', false), rules: [{}] }))).toEqual(['rules[0].verbs: Required value: verbs must contain at least one value', 'rules[0].apiGroups: Required value: resource rules must supply at least one api group', 'rules[0].resources: Required value: resource rules must supply at least one resource']);
  const b = { metadata: meta('b'), roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'u' }] };
  expect(rbac.roleBindingValidation.validateCreate(b)).toEqual([]);
  expect(texts(rbac.roleBindingValidation.validateUpdate({ ...b, roleRef: { ...b.roleRef, name: 'x' } }, b))).toEqual(['roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"x"}: cannot change roleRef']);
});

it('claims and volumes', () => {
  const old = claim(); const c = copy(old);
  expect(persistentVolumeClaim.validateCreate(c)).toEqual([]);
  c.spec.accessModes = ['ReadWriteMany'];
  expect(texts(persistentVolumeClaim.validateUpdate(c, old))).toEqual(['spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n@@ -1,6 +1,6 @@\n {\n  "AccessModes": [\n-  "ReadWriteOnce"\n+  "ReadWriteMany"\n  ],\n  "Selector": null,\n  "Resources": {\n']);
  const bound = copy(old); bound.status = { phase: 'Bound', capacity: { storage: '1Gi' } };
  const grown = copy(bound); grown.spec.resources.requests.storage = '2Gi';
  expect(persistentVolumeClaim.validateUpdate(grown, bound)).toEqual([]);
  const pv = (): Obj => ({ metadata: meta('pv', false), spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/a', type: '' }, persistentVolumeReclaimPolicy: 'Retain' } });
  expect(persistentVolume.validateCreate(pv())).toEqual([]);
  const two = pv(); two.spec.nfs = { server: 's', path: '/p' };
  expect(texts(persistentVolume.validateCreate(two))).toEqual(['spec.nfs: Forbidden: may not specify more than 1 volume type']);
});

it('the index wraps every kind with the general rules', () => {
  const v = VALIDATION['/Pod'];
  const p = pod();
  expect(v?.create(p)).toEqual([]);
  expect(v?.update(p, p)).toEqual([]);
  expect(texts(v?.status?.({ ...p, metadata: { ...p.metadata, uid: 'x' } }, p) ?? [])).toEqual(['metadata.uid: Invalid value: "x": field is immutable', 'metadata.uid: Invalid value: "x": field is immutable']);
  expect(VALIDATION['events.k8s.io/Event']?.errorGroup).toBe('');
});
