import { describe, expect, it } from 'vitest';
import { applyDefaults } from '../api/defaults/defaulting.ts';
import { schemaOf } from '../api/schema.ts';
import type { KubeObject } from '../api/types.ts';
import { deepFreeze, setAt } from './change.ts';
import { normalise } from './decode.ts';
import { difference, exclude, fieldPaths, intersection, union } from './field-set.ts';
import { applyConfiguration, ignoreManagedFieldsTimes, managerFromUserAgent, RESET_SPEC, RESET_STATUS, updateManagedFields } from './managed-fields.ts';

const type = schemaOf('apps', 'v1', 'Deployment')!;
const t = (s: number): string => `2026-01-01T00:00:${String(s).padStart(2, '0')}Z`;
const writer = (manager: string, s: number, more: object = {}) => ({ type, apiVersion: 'apps/v1', manager, time: t(s), reset: RESET_STATUS, force: false, ...more });
const make = (o: object): KubeObject => applyDefaults(type, normalise(type, deepFreeze({ apiVersion: 'apps/v1', kind: 'Deployment', ...o }))) as unknown as KubeObject;
const base = { metadata: { name: 'web', labels: { app: 'web' } }, spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'nginx', image: 'nginx:1' }] } } } };
const stored = (o: KubeObject): KubeObject => ({ ...o, metadata: { ...o.metadata, uid: 'u', resourceVersion: '1' } });
const entries = (o: KubeObject) => (o.metadata.managedFields ?? []).map((e) => [e.manager, e.operation, e.subresource ?? '', e.time, e.fieldsV1]);

describe('field sets', () => {
  const a = fieldPaths(['a'], ['a', 'b'], ['c']), b = fieldPaths(['a', 'b']);
  it('have members above members', () => {
    expect(a).toEqual({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} });
    expect(union(b, fieldPaths(['a']))).toEqual({ 'f:a': { '.': {}, 'f:b': {} } });
    expect(difference(a, b)).toEqual(fieldPaths(['a'], ['c']));
    expect(difference(a, fieldPaths(['a']))).toEqual(fieldPaths(['a', 'b'], ['c']));
    expect(difference(b, fieldPaths(['a']))).toBe(b);
    expect(intersection(a, b)).toEqual(b);
    expect(exclude(a, fieldPaths(['a']))).toEqual(fieldPaths(['c']));
    expect(union(a, b)).toBe(a);
  });
});

describe('managed fields', () => {
  const created = stored(updateManagedFields(writer('kubectl-create', 1), undefined, make(base)));
  it('a create owns what was set, not the structs around it', () => {
    expect(created.metadata.managedFields![0]).toMatchObject({ manager: 'kubectl-create', operation: 'Update', apiVersion: 'apps/v1', time: t(1), fieldsType: 'FieldsV1' });
    expect(created.metadata.managedFields![0].fieldsV1).toMatchObject({
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': { 'f:replicas': {}, 'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} }, 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"nginx"}': { '.': {}, 'f:image': {} } } } } },
    });
    expect(Object.keys((created.metadata.managedFields![0].fieldsV1 as Record<string, object>)['f:spec'])).not.toContain('.');
  });
  it('a change moves ownership; a status write has its own entry', () => {
    const scaled = updateManagedFields(writer('kubectl', 2, { subresource: 'scale', reset: undefined }), created, setAt(created, ['spec', 'replicas'], 3));
    expect(entries(scaled)[1]).toEqual(['kubectl', 'Update', 'scale', t(2), { 'f:spec': { 'f:replicas': {} } }]);
    expect(JSON.stringify(scaled.metadata.managedFields![0].fieldsV1)).not.toContain('f:replicas"');
    const status = updateManagedFields(writer('kcm', 3, { subresource: 'status', reset: RESET_SPEC }), scaled, setAt(setAt(scaled, ['status', 'replicas'], 3), ['spec', 'replicas'], 9));
    expect(entries(status)[2]).toEqual(['kcm', 'Update', 'status', t(3), { 'f:status': { 'f:replicas': {} } }]);
    expect(status.metadata.managedFields![0]).toBe(scaled.metadata.managedFields![0]);
  });
  it('times move only when something is owned anew', () => {
    const again = updateManagedFields(writer('kubectl-create', 9), created, created);
    expect(again.metadata.managedFields).toBe(created.metadata.managedFields);
    const there = stored(updateManagedFields(writer('kubectl-create', 9), created, setAt(created, ['spec', 'replicas'], 2)));
    expect(there.metadata.managedFields![0].time).toBe(t(9));
    const later = setAt(created, ['metadata', 'managedFields', 0, 'time'], t(20));
    expect(ignoreManagedFieldsTimes(created, later).metadata.managedFields).toBe(created.metadata.managedFields);
  });
  it('an empty list from the client resets, and a reset object stays untracked', () => {
    const reset = updateManagedFields(writer('x', 2), created, setAt(created, ['metadata', 'managedFields'], []));
    expect(reset.metadata.managedFields).toBeUndefined();
    expect(updateManagedFields(writer('x', 3), reset, setAt(reset, ['spec', 'replicas'], 7)).metadata.managedFields).toBeUndefined();
  });
  it('keeps at most ten updaters', () => {
    let o = created;
    for (let i = 0; i < 14; i++) o = updateManagedFields(writer('m' + i, i + 2), o, setAt(o, ['metadata', 'annotations', 'a' + i], 'x'));
    const names = o.metadata.managedFields!.map((e) => e.manager);
    expect(names.length).toBe(10);
    expect(names[0]).toBe('ancient-changes');
    expect(JSON.stringify(o.metadata.managedFields![0].fieldsV1)).toContain('f:a0');
  });
  it('the default manager is the user agent’s first word', () => { expect(managerFromUserAgent('kubectl/v1.36.3 (linux/amd64)')).toBe('kubectl'); });
});

describe('server-side apply', () => {
  const config = (spec: object): KubeObject => deepFreeze({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }) as unknown as KubeObject;
  const ok = (a: ReturnType<typeof applyConfiguration>): KubeObject => { if (a.object === undefined) throw new Error(a.status.message); return stored(a.object); };
  it('conflicts name manager and field; force takes over', () => {
    const live = stored(updateManagedFields(writer('unknown', 1), undefined, make(base)));
    const refused = applyConfiguration(writer('me', 2), live, config({ replicas: 5 }));
    expect(refused.status?.message).toBe('Apply failed with 1 conflict: conflict with "unknown" using apps/v1: .spec.replicas');
    expect(refused.status?.details?.causes).toEqual([{ reason: 'FieldManagerConflict', message: 'conflict with "unknown" using apps/v1', field: '.spec.replicas' }]);
    const forced = ok(applyConfiguration(writer('me', 2, { force: true }), live, config({ replicas: 5 })));
    expect(forced.spec.replicas).toBe(5);
    expect(entries(forced)[0]).toEqual(['me', 'Apply', '', t(2), { 'f:spec': { 'f:replicas': {} } }]);
  });
  it('removes what the applier no longer names and nobody else owns', () => {
    const container = (name: string, env?: object[]): object => ({ name, image: 'i', ...(env ? { env } : {}) });
    const tpl = (...containers: object[]): object => ({ template: { spec: { containers } } });
    const first = ok(applyConfiguration(writer('me', 1), undefined, config(tpl(container('a', [{ name: 'E', value: '1' }]), container('b')))));
    const second = ok(applyConfiguration(writer('you', 2), first, config(tpl({ name: 'b', image: 'i' }))));
    const third = ok(applyConfiguration(writer('me', 3), second, config(tpl(container('a')))));
    expect(third.spec.template.spec.containers).toEqual([{ name: 'a', image: 'i' }, { name: 'b', image: 'i' }].map((c) => expect.objectContaining(c)));
    expect(third.spec.template.spec.containers[0].env).toBeUndefined();
    const fourth = ok(applyConfiguration(writer('you', 4), third, config({ replicas: 1 })));
    expect(fourth.spec.template.spec.containers.map((c: { name: string }) => c.name)).toEqual(['a']);
  });
  it('an apply that changes nothing keeps its time', () => {
    const first = ok(applyConfiguration(writer('me', 1), undefined, config({ replicas: 1 })));
    expect(ok(applyConfiguration(writer('me', 5), first, config({ replicas: 1 }))).metadata.managedFields![0].time).toBe(t(1));
  });
});
