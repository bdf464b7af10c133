import { describe, expect, it } from 'vitest';
import { schemaOf } from '../api/schema.ts';
import { deepFreeze } from './change.ts';
import { applyJsonPatch } from './patch-json.ts';
import { applyMergePatch, createMergePatch } from './patch-merge.ts';
import { applyStrategicMergePatch, createThreeWayMergePatch, createTwoWayMergePatch } from './patch-strategic.ts';

const pod = schemaOf('', 'v1', 'Pod')!;
const deployment = schemaOf('apps', 'v1', 'Deployment')!;
const node = schemaOf('', 'v1', 'Node')!;
const apply = (type: typeof pod, a: object, p: object): unknown => { const r = applyStrategicMergePatch(type, deepFreeze(a), deepFreeze(p)); return r.error ?? r.value; };

describe('JSON patch', () => {
  it('edits without touching the original', () => {
    const doc = deepFreeze({ a: [1, 2], b: { 'c/d': 1 } });
    expect(applyJsonPatch(doc, [{ op: 'add', path: '/a/-', value: 3 }, { op: 'remove', path: '/a/0' }, { op: 'replace', path: '/b/c~1d', value: 2 }, { op: 'copy', from: '/a', path: '/e' }]).value).toEqual({ a: [2, 3], b: { 'c/d': 2 }, e: [2, 3] });
    expect(applyJsonPatch(doc, [{ op: 'test', path: '/a/0', value: 2 }]).error).toBeDefined();
    expect(applyJsonPatch(doc, [{ op: 'remove', path: '/x' }]).error).toBeDefined();
    expect(applyJsonPatch(doc, [{ op: 'add', path: '/x/y', value: 1 }]).error).toBeDefined();
  });
});

describe('merge patch', () => {
  it('merges, removes and shares', () => {
    const doc = deepFreeze({ a: { b: 1 }, c: { d: 1 } });
    const out = applyMergePatch(doc, { a: { b: null, e: [1] } }) as typeof doc;
    expect(out).toEqual({ a: { e: [1] }, c: { d: 1 } });
    expect(out.c).toBe(doc.c);
    expect(createMergePatch(doc, { a: { b: 2 }, f: 1 })).toEqual({ a: { b: 2 }, f: 1, c: null });
  });
});

describe('strategic merge patch', () => {
  it('merges lists by key and keeps the server’s order', () => {
    const p = { spec: { containers: [{ name: 'a', image: 'x', env: [{ name: 'E', value: '1' }] }, { name: 'b', image: 'y' }] } };
    expect(apply(pod, p, { spec: { containers: [{ name: 'b', image: 'z' }, { name: 'c', image: 'q' }] } })).toEqual({ spec: { containers: [p.spec.containers[0], { name: 'b', image: 'z' }, { name: 'c', image: 'q' }] } });
  });
  it('knows its directives', () => {
    const p = { metadata: { finalizers: ['a', 'b'], labels: { x: '1' } }, spec: { containers: [{ name: 'a' }, { name: 'b' }] } };
    expect(apply(pod, p, { spec: { containers: [{ $patch: 'delete', name: 'a' }] } })).toMatchObject({ spec: { containers: [{ name: 'b' }] } });
    expect(apply(pod, p, { spec: { containers: [{ name: 'n' }, { $patch: 'replace' }] } })).toMatchObject({ spec: { containers: [{ name: 'n' }] } });
    expect(apply(pod, p, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], labels: null } })).toEqual({ metadata: { finalizers: ['b'] }, spec: p.spec });
    expect(apply(pod, p, { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } })).toMatchObject({ spec: { containers: [{ name: 'b' }, { name: 'a' }] } });
    expect(apply(deployment, { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } }, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } })).toEqual({ spec: { strategy: { type: 'Recreate' } } });
  });
  it('replaces lists without a strategy and returns the original when nothing changes', () => {
    const p = deepFreeze({ spec: { tolerations: [{ key: 'a' }], containers: [{ name: 'a' }] }, status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    expect(apply(pod, p, { spec: { tolerations: [{ key: 'b' }] } })).toMatchObject({ spec: { tolerations: [{ key: 'b' }] } });
    expect(apply(pod, p, { status: { conditions: [{ type: 'Ready', status: 'True' }] } })).toBe(p);
  });
  it('fails as upstream', () => {
    expect(apply(pod, { spec: { containers: [{ name: 'a' }] } }, { spec: { containers: [{ image: 'x' }] } })).toBe('map: map[image:x] does not contain declared merge key: name');
  });
  it('makes two-way patches, as the kubelet does for node addresses', () => {
    const before = { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'x' }, { type: 'Disk', status: 'False' }] } };
    const after = { status: { conditions: [{ type: 'Ready', status: 'False', reason: 'x' }, { type: 'Disk', status: 'False' }] } };
    expect(createTwoWayMergePatch(node, before, after).value).toEqual({ status: { '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'Disk' }], conditions: [{ type: 'Ready', status: 'False' }] } });
    expect(createTwoWayMergePatch(node, before, before).value).toEqual({});
  });
  it('makes three-way patches: removes what was applied, leaves what others set', () => {
    const last = { metadata: { labels: { a: '1', b: '2' } }, spec: { template: { spec: { containers: [{ name: 'x', image: '1' }, { name: 'gone', image: 'g' }] } } } };
    const mine = { metadata: { labels: { a: '1' } }, spec: { template: { spec: { containers: [{ name: 'x', image: '2' }] } } } };
    const live = { metadata: { labels: { a: '1', b: '2', c: '3' } }, spec: { replicas: 3, template: { spec: { containers: [{ name: 'x', image: '1', imagePullPolicy: 'Always' }, { name: 'gone', image: 'g' }, { name: 'sidecar', image: 's' }] } } } };
    const patch = createThreeWayMergePatch(deployment, last, mine, live).value!;
    expect(patch).toEqual({ metadata: { labels: { b: null } }, spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'x' }], containers: [{ image: '2', name: 'x' }, { $patch: 'delete', name: 'gone' }] } } } });
    expect(apply(deployment, live, patch)).toEqual({ metadata: { labels: { a: '1', c: '3' } }, spec: { replicas: 3, template: { spec: { containers: [{ name: 'x', image: '2', imagePullPolicy: 'Always' }, { name: 'sidecar', image: 's' }] } } } });
  });
});
