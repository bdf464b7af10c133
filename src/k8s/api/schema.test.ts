import { describe, expect, it } from 'vitest';
import { ALL_RESOURCES, byCategory, preferredVersion, resourceByName, resourceFor } from './resources.ts';
import { bootstrapObjects } from './bootstrap.ts';
import { columnsOf } from './columns.ts';
import { fieldAt, schemaOf, typeNames, typeOf } from './schema.ts';

describe('schema', () => {
  it('every type parses, with all its fields', () => {
    for (const name of typeNames()) for (const f of typeOf(name).fields) expect(f.type.kind).toBeTruthy();
  });
  it('knows Go’s names, pointers and omitempty', () => {
    const d = schemaOf('apps', 'v1', 'Deployment')!;
    const replicas = fieldAt(d, ['spec', 'replicas'])!;
    expect([replicas.type.go, replicas.pointer, replicas.omitEmpty]).toEqual(['int32', true, true]);
    expect(fieldAt(d, ['spec', 'template', 'spec', 'containers'])).toMatchObject({ listType: 'map', listKeys: ['name'], patchMergeKey: 'name', omitEmpty: false });
    expect(fieldAt(d, ['spec', 'template', 'spec', 'containers', 'imagePullPolicy'])!.type).toMatchObject({ kind: 'string', go: 'v1.PullPolicy' });
    expect(fieldAt(d, ['spec', 'template', 'spec', 'containers', 'resources', 'limits'])!.type).toMatchObject({ kind: 'map', go: 'v1.ResourceList' });
    expect(fieldAt(d, ['spec', 'nope'])).toBeUndefined();
  });
  it('every resource but the option kinds has a schema and columns', () => {
    for (const r of ALL_RESOURCES) {
      expect(schemaOf(r.group, r.version, r.kind), r.groupResource).toBeDefined();
      expect(columnsOf(r.group, r.version, r.resource)[0].name.length).toBeGreaterThan(0);
    }
  });
});

describe('resources', () => {
  it('finds by what users type', () => {
    expect(resourceByName('deploy')?.resource).toBe('deployments');
    expect(resourceByName('deployments.v1.apps')?.kind).toBe('Deployment');
    expect(resourceByName('events')?.group).toBe('');
    expect(resourceByName('events.events.k8s.io')?.group).toBe('events.k8s.io');
    expect(resourceByName('deployments.batch')).toBeUndefined();
    expect(resourceFor('apps', 'v1', 'deployments')?.subresources.map((s) => [s.name, s.group])).toEqual([['scale', 'autoscaling'], ['status', 'apps']]);
  });
  it('orders versions and categories as discovery does', () => {
    expect(preferredVersion('autoscaling')).toBe('v2');
    expect(byCategory('all').map((r) => r.resource)[0]).toBe('pods');
  });
  it('bootstraps the namespaces', () => {
    expect(bootstrapObjects().filter((o) => o.kind === 'Namespace').map((o) => o.metadata.name)).toContain('kube-system');
  });
});
