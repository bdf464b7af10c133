import { describe, expect, it } from 'vitest';
import { ADMIN, createApiHarness } from '../../testing/api-harness.ts';
import type { KubeObject } from '../api/types.ts';
import type { Apiserver } from './kube-apiserver.ts';

const pod = (name: string): unknown => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } });

describe('kube-apiserver', () => {
  it('creates, reads, updates, patches, binds, deletes a pod, and tells watchers', () => {
    const api = createApiHarness();
    api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
    expect(api.ask({ verb: 'watch', resource: 'pods', namespace: 'default', options: { query: { stream: 's' }, labelSelector: 'app=web' } }).code).toBe(200);
    const made = api.ask({ verb: 'create', resource: 'pods', namespace: 'default', body: pod('web') });
    expect(made.code).toBe(201);
    const a = made.body as KubeObject;
    expect(a.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(a['status'].phase).toBe('Pending');
    expect(api.ask({ verb: 'create', resource: 'pods', namespace: 'default', body: pod('web') }).code).toBe(409);
    const got = api.ask({ verb: 'get', resource: 'pods', namespace: 'default', name: 'web' });
    expect(got.body).toEqual(a);
    const stale = { ...a, metadata: { ...a.metadata, resourceVersion: '1' } };
    expect(api.ask({ verb: 'update', resource: 'pods', namespace: 'default', name: 'web', body: stale }).code).toBe(409);
    const labelled = api.ask({ verb: 'patch', resource: 'pods', namespace: 'default', name: 'web', patchType: 'application/merge-patch+json', body: { metadata: { labels: { app: 'other' } } } });
    expect((labelled.body as KubeObject).metadata.labels).toEqual({ app: 'other' });
    const bound = api.ask({ verb: 'create', resource: 'pods', subresource: 'binding', namespace: 'default', name: 'web', body: { metadata: { name: 'web' }, target: { kind: 'Node', name: 'node-1' } } });
    expect(bound.code).toBe(201);
    const same = api.ask({ verb: 'patch', resource: 'pods', namespace: 'default', name: 'web', patchType: 'application/merge-patch+json', body: { metadata: { labels: { app: 'other' } } } });
    const marked = api.ask({ verb: 'delete', resource: 'pods', namespace: 'default', name: 'web' });
    expect((marked.body as KubeObject).metadata.deletionGracePeriodSeconds).toBe(30);
    expect(Number((marked.body as KubeObject).metadata.resourceVersion)).toBe(Number((same.body as KubeObject).metadata.resourceVersion) + 1);
    expect(api.ask({ verb: 'delete', resource: 'pods', namespace: 'default', name: 'web', body: { gracePeriodSeconds: 0 } }).code).toBe(200);
    expect(api.ask({ verb: 'get', resource: 'pods', namespace: 'default', name: 'web' }).code).toBe(404);
    api.run(10_000);
    expect(api.events('s').map((e) => e.type)).toEqual(['ADDED', 'DELETED']);
  });

  it('lists with selectors, in pages, as a table', () => {
    const api = createApiHarness();
    for (const name of ['a', 'b', 'c']) expect(api.ask({ verb: 'create', resource: 'configmaps', namespace: 'default', body: { metadata: { name, labels: { n: name } }, data: { k: 'v' } } }).code).toBe(201);
    const names = (body: unknown): string[] => (body as { items: KubeObject[] }).items.map((o) => o.metadata.name);
    expect(names(api.ask({ verb: 'list', resource: 'configmaps', namespace: 'default', options: { labelSelector: 'n in (a,c)' } }).body)).toEqual(['a', 'c']);
    const first = api.ask({ verb: 'list', resource: 'configmaps', namespace: 'default', options: { limit: 2 } });
    const meta = (first.body as { metadata: { continue?: string; remainingItemCount?: number } }).metadata;
    expect(names(first.body)).toEqual(['a', 'b']);
    expect(meta.remainingItemCount).toBe(1);
    expect(names(api.ask({ verb: 'list', resource: 'configmaps', namespace: 'default', options: { limit: 2, continue: meta.continue! } }).body)).toEqual(['c']);
  });

  it('allows what RBAC allows, and says why not', () => {
    const api = createApiHarness();
    const user = { username: 'system:kube-scheduler', groups: ['system:authenticated'] };
    expect(api.ask({ verb: 'list', resource: 'pods', user }).code).toBe(200);
    const no = api.ask({ verb: 'delete', resource: 'nodes', name: 'n', user });
    expect(no.code).toBe(403);
    expect((no.body as { message: string }).message).toBe('nodes "n" is forbidden: User "system:kube-scheduler" cannot delete resource "nodes" in API group "" at the cluster scope');
    expect(ADMIN.groups).toContain('system:masters');
  });
});

describe('gates', () => {
  it('explain what they did to a pod, and reproduce what was stored', () => {
    const api = createApiHarness();
    api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
    const request = { verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', body: pod('x'), user: ADMIN, userAgent: 'kubectl/v1' } as const;
    const server = api.sim.component('kube-apiserver') as Apiserver;
    const said = server.explain(request, api.sim.now, () => 7);
    expect(said.gates.map((g) => g.gate)).toEqual(['authentication', 'audit', 'priority and fairness', 'authorization', 'decode', 'mutating admission', 'validation', 'validating admission', 'storage']);
    const mutating = said.gates.find((g) => g.gate === 'mutating admission')!;
    expect(mutating.detail).toBe('ServiceAccount, Priority, DefaultTolerationSeconds');
    expect(mutating.changes.map((c) => c.path)).toContain('spec.tolerations');
    const made = api.ask(request).body as KubeObject;
    expect((said.result as KubeObject)['spec'].tolerations).toEqual(made['spec'].tolerations);
    expect(api.ask({ verb: 'get', resource: 'pods', namespace: 'default', name: 'x' }).code).toBe(200);
  });
});

describe('what comes with objects', () => {
  it('prints tables, gives Services addresses and takes them back, counts quotas', () => {
    const api = createApiHarness();
    api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
    api.ask({ verb: 'create', resource: 'pods', namespace: 'default', body: pod('x') });
    const table = api.ask({ verb: 'list', resource: 'pods', namespace: 'default', accept: 'table' }).body as unknown as { rows: { cells: unknown[] }[] };
    expect(table.rows[0].cells.slice(0, 4)).toEqual(['x', '0/1', 'Pending', '0']);
    const service = api.ask({ verb: 'create', resource: 'services', namespace: 'default', body: { metadata: { name: 's' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } } }).body as KubeObject;
    const ip = service['spec'].clusterIP as string;
    expect(ip).toMatch(/^10\.(9[6-9]|10\d|11[01])\./);
    expect(service['spec'].ports[0].nodePort).toBeGreaterThanOrEqual(30000);
    const address = { verb: 'get', group: 'networking.k8s.io', version: 'v1', resource: 'ipaddresses', name: ip } as const;
    expect(api.ask(address).code).toBe(200);
    expect(api.ask({ verb: 'delete', resource: 'services', namespace: 'default', name: 's' }).code).toBe(200);
    expect(api.ask(address).code).toBe(404);
    api.ask({ verb: 'create', resource: 'resourcequotas', namespace: 'default', body: { metadata: { name: 'q' }, spec: { hard: { configmaps: '1' } } } });
    const quota = (api.ask({ verb: 'get', resource: 'resourcequotas', namespace: 'default', name: 'q' }).body) as KubeObject;
    api.ask({ verb: 'update', resource: 'resourcequotas', subresource: 'status', namespace: 'default', name: 'q', body: { ...quota, status: { hard: { configmaps: '1' }, used: { configmaps: '0' } } } });
    const config = (name: string): number => api.ask({ verb: 'create', resource: 'configmaps', namespace: 'default', body: { metadata: { name } } }).code;
    api.run(5_000);
    expect(config('a')).toBe(201);
    api.run(5_000);
    expect(config('b')).toBe(403);
  });
});
