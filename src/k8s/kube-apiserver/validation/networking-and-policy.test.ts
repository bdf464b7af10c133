import { describe, expect, it } from 'vitest';
import type { Obj } from './field-checks.ts';
import * as hpa from './horizontal-pod-autoscaler.ts';
import * as ingress from './ingress.ts';
import * as networkPolicy from './network-policy.ts';
import * as pdb from './pod-disruption-budget.ts';
import * as storageClass from './storage-class.ts';
import { meta, texts } from './valid-objects.ts';

describe('Ingress', () => {
  const path = (more: Obj): Obj => ({ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } }, ...more });
  const one = (p: Obj, host = 'a.example'): string[] => texts(ingress.validateCreate({ metadata: meta('i'), spec: { rules: [{ host, http: { paths: [p] } }] } }));
  it('routes paths of hosts to backends', () => {
    expect(one(path({}))).toEqual([]);
    expect(one(path({ path: 'x' }))).toEqual(['spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path']);
    expect(one(path({ pathType: undefined }))).toEqual(['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified']);
    expect(one(path({ backend: { service: { name: 'web', port: {} } } }))).toEqual(['spec.rules[0].http.paths[0].backend: Required value: port name or number is required']);
    expect(one(path({}), '10.0.0.1')).toEqual(['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address']);
    expect(texts(ingress.validateCreate({ metadata: meta('i'), spec: {} }))).toEqual(['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']);
  });
  it('warns of the annotation that named the class', () => {
    expect(ingress.warnings({ metadata: { annotations: { 'kubernetes.io/ingress.class': 'x' } }, spec: {} })).toHaveLength(1);
  });
});

it('NetworkPolicies', () => {
  const np = (rule: Obj): string[] => texts(networkPolicy.validateCreate({ metadata: meta('n'), spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [rule] } }));
  expect(np({ ports: [{ protocol: 'TCP', port: 80 }], from: [{ podSelector: {} }] })).toEqual([]);
  expect(np({ from: [{}] })).toEqual(['spec.ingress[0].from[0]: Required value: must specify a peer']);
  expect(np({ from: [{ ipBlock: { cidr: '10.0.0.0/24', except: ['10.0.0.0/16'] } }] })).toEqual(['spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/16": must be a strict subset of `cidr`']);
  expect(np({ ports: [{ protocol: 'TCP', port: 'web', endPort: 5 }] })).toEqual(['spec.ingress[0].ports[0].endPort: Invalid value: 5: may not be specified when `port` is non-numeric']);
});

it('HorizontalPodAutoscalers', () => {
  const a = (more: Obj, apiVersion = 'autoscaling/v2'): string[] => texts(hpa.validateCreate({ apiVersion, metadata: meta('h'), spec: { minReplicas: 1, maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...more } }));
  expect(a({})).toEqual([]);
  expect(a({ maxReplicas: 0 })).toEqual(['spec.maxReplicas: Required value: must be set and greater than 0', 'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`']);
  expect(a({ scaleTargetRef: { apiVersion: 'v1', kind: 'Deployment', name: 'web' } })).toEqual(['spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group']);
  expect(a({ scaleTargetRef: { apiVersion: 'v1', kind: 'ReplicationController', name: 'web' } })).toEqual([]);
  expect(a({ targetCPUUtilizationPercentage: -1 }, 'autoscaling/v1')).toEqual(['spec.metrics[0].resource.target.averageUtilization: Invalid value: -1: must be greater than 0']);
  expect(a({ metrics: [{ type: 'Pods', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } } }] })).toEqual(['spec.metrics[0].pods: Required value: must populate information for the given metric source', 'spec.metrics[0].resource: Forbidden: must populate the given metric source only'].slice(0, 1));
});

it('PodDisruptionBudgets', () => {
  expect(texts(pdb.validateCreate({ metadata: meta('p'), spec: { minAvailable: 1, maxUnavailable: '101%' } }))).toEqual([
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":"101%","UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
    'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%']);
  expect(texts(pdb.validateStatusUpdate({ status: { expectedPods: -1 } }))).toEqual(['status.expectedPods: Invalid value: -1: must be greater than or equal to 0']);
});

it('StorageClasses', () => {
  const sc = { metadata: meta('s', false), provisioner: 'a.io/x', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', parameters: { b: '1', a: '2' } };
  expect(storageClass.validateCreate(sc)).toEqual([]);
  expect(texts(storageClass.validateUpdate(sc, { ...sc, parameters: {} }))).toEqual(['parameters: Invalid value: {"a":"2","b":"1"}: field is immutable']);
  expect(texts(storageClass.validateCreate({ ...sc, volumeBindingMode: 'Late' }))).toEqual(['volumeBindingMode: Unsupported value: "Late": supported values: "Immediate", "WaitForFirstConsumer"']);
});
