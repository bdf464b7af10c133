import { describe, expect, it } from 'vitest';
import { createApiHarness } from '../../testing/api-harness.ts';
import { createKubeProxy } from './kube-proxy.ts';
import { chainName, type Rule } from './rules.ts';

describe('kube-proxy', () => {
  it('follows services and endpoint slices', () => {
    const api = createApiHarness({}, 1, [(host) => createKubeProxy(host, 'node-1')]);
    const chains = (): Record<string, readonly Rule[]> => Object.fromEntries((api.sim as unknown as { containers: { owner: string; name: string; copy(): ReadonlyMap<string, readonly Rule[]> }[] }).containers.find((one) => one.owner === 'kube-proxy/node-1' && one.name === 'iptables')!.copy());
    api.ask({ verb: 'create', resource: 'serviceaccounts', namespace: 'kube-system', body: { metadata: { name: 'kube-proxy' } } });
    api.ask({ verb: 'create', resource: 'clusterrolebindings', group: 'rbac.authorization.k8s.io', body: { metadata: { name: 'kubeadm:node-proxier' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-proxier' }, subjects: [{ kind: 'ServiceAccount', name: 'kube-proxy', namespace: 'kube-system' }] } });
    const made = api.ask({ verb: 'create', resource: 'services', namespace: 'default', body: { metadata: { name: 'web' }, spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], selector: { app: 'web' }, ports: [{ port: 80 }] } } });
    expect(made.code, JSON.stringify(made.body)).toBe(201);
    api.run(30_000_000);
    const svc = `nat ${chainName('SVC', 'default/web', 'tcp')}`;
    expect(chains()['filter KUBE-SERVICES'].some((rule) => rule.target === 'REJECT' && rule.comment === 'default/web has no endpoints')).toBe(true);
    const slice = api.ask({
      verb: 'create', group: 'discovery.k8s.io', resource: 'endpointslices', namespace: 'default',
      body: { metadata: { name: 'web-x', labels: { 'kubernetes.io/service-name': 'web' } }, addressType: 'IPv4', ports: [{ name: '', port: 80, protocol: 'TCP' }], endpoints: [{ addresses: ['10.244.1.2'], conditions: { ready: true }, nodeName: 'node-1' }] },
    });
    expect(slice.code, JSON.stringify(slice.body)).toBe(201);
    api.run(2_000_000);
    expect(chains()[svc].at(-1)!.comment).toBe('default/web -> 10.244.1.2:80');
    api.ask({ verb: 'delete', resource: 'services', namespace: 'default', name: 'web' });
    api.run(2_000_000);
    expect(chains()[svc]).toBeUndefined();
  });
});
