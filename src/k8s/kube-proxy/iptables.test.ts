import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../api/types.ts';
import { buildTables, type Tables } from './iptables.ts';
import { chainName, endpointChainName, probability, ruleText, sameRules } from './rules.ts';
import type { Rule } from './rules.ts';

const meta = (name: string, labels = {}): KubeObject['metadata'] => ({ name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '', labels });
const service = (spec: object): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }], ...spec } });
const slice = (endpoints: readonly [ip: string, node: string, ready?: boolean, terminating?: boolean][]): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: meta('web-1'), addressType: 'IPv4', ports: [{ name: '', port: 80, protocol: 'TCP' }],
  endpoints: endpoints.map(([ip, nodeName, ready = true, terminating = false]) => ({ addresses: [ip], nodeName, conditions: { ready, serving: true, terminating } })),
});
const build = (one: KubeObject, slices: readonly KubeObject[]): Tables => buildTables({ services: [one], slicesOf: () => slices, node: 'node-1', zone: '', clusterCIDR: '10.244.0.0/16' });
const lines = (tables: Tables, table: string, chain: string): string[] => (tables[`${table} ${chain}`] ?? []).map((rule) => ruleText(chain, rule));
const svc = chainName('SVC', 'default/web', 'tcp');
const sep = (ip: string): string => endpointChainName('default/web', 'tcp', `${ip}:80`);

describe('iptables', () => {
  it('names chains as upstream does', () => {
    // Names of upstream's own proxier tests (ns1/svc1:p80, endpoint 10.180.0.1:80).
    expect(chainName('SVC', 'ns1/svc1:p80', 'tcp')).toBe('KUBE-SVC-XPGD46QRK7WJZT7O');
    expect(endpointChainName('ns1/svc1:p80', 'tcp', '10.180.0.1:80')).toBe('KUBE-SEP-SXIVWICOYRO3J4NJ');
  });

  it('sees a changed rule', () => {
    const rule: Rule = { protocol: 'tcp', recent: { name: 'a', check: 10 }, target: 'X' };
    expect(sameRules([rule], [{ ...rule, recent: { name: 'a', check: 10 }, source: undefined }])).toBe(true);
    for (const other of [{ ...rule, target: 'Y' }, { ...rule, recent: { name: 'a', check: 11 } }, { ...rule, recent: { name: 'a' } }, { protocol: 'tcp', target: 'X' }, { ...rule, port: 1 }] satisfies Rule[]) {
      expect(sameRules([rule], [other])).toBe(false);
      expect(sameRules([other], [rule])).toBe(false);
    }
    expect(sameRules([rule], [rule, rule])).toBe(false);
  });

  it('prints probabilities with ten decimals', () => {
    expect([1, 2, 3, 6, 7].map(probability)).toEqual(['1.0000000000', '0.5000000000', '0.3333333333', '0.1666666667', '0.1428571429']);
    for (let n = 1; n < 500; n++) expect(Math.abs(Number(probability(n)) - 1 / n)).toBeLessThan(6e-11);
  });

  it('leads a cluster IP to its ready endpoints, each with its share', () => {
    const tables = build(service({}), [slice([['10.244.2.2', 'node-2'], ['10.244.1.2', 'node-1'], ['10.244.3.2', 'node-3'], ['10.244.3.9', 'node-3', false]])]);
    expect(lines(tables, 'nat', 'KUBE-SERVICES')[0]).toBe(`-A KUBE-SERVICES -m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.10/32 --dport 80 -j ${svc}`);
    expect(lines(tables, 'nat', svc)).toEqual([
      `-A ${svc} -m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.10/32 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ`,
      `-A ${svc} -m comment --comment "default/web -> 10.244.1.2:80" -m statistic --mode random --probability 0.3333333333 -j ${sep('10.244.1.2')}`,
      `-A ${svc} -m comment --comment "default/web -> 10.244.2.2:80" -m statistic --mode random --probability 0.5000000000 -j ${sep('10.244.2.2')}`,
      `-A ${svc} -m comment --comment "default/web -> 10.244.3.2:80" -j ${sep('10.244.3.2')}`,
    ]);
    expect(lines(tables, 'nat', sep('10.244.1.2'))[1]).toBe(`-A ${sep('10.244.1.2')} -m comment --comment default/web -m tcp -p tcp -j DNAT --to-destination 10.244.1.2:80`);
    expect(tables[`nat ${sep('10.244.3.9')}`]).toBeUndefined();
  });

  it('rejects what has no endpoints, and uses draining ones when nothing else is left', () => {
    expect(lines(build(service({}), []), 'filter', 'KUBE-SERVICES')).toEqual(['-A KUBE-SERVICES -m comment --comment "default/web has no endpoints" -m tcp -p tcp -d 10.96.0.10/32 --dport 80 -j REJECT']);
    const draining = build(service({}), [slice([['10.244.1.2', 'node-1', false, true]])]);
    expect(lines(draining, 'nat', svc)).toHaveLength(2);
    expect(lines(draining, 'filter', 'KUBE-SERVICES')).toEqual([]);
  });

  it('keeps clients with their endpoint and node ports local when asked', () => {
    const sticky = build(service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } }), [slice([['10.244.1.2', 'node-1']])]);
    expect(lines(sticky, 'nat', svc)[1]).toBe(`-A ${svc} -m comment --comment "default/web -> 10.244.1.2:80" -m recent --name ${sep('10.244.1.2')} --rcheck --seconds 60 --reap -j ${sep('10.244.1.2')}`);
    const local = build(service({ type: 'NodePort', externalTrafficPolicy: 'Local', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] }), [slice([['10.244.2.2', 'node-2']])]);
    expect(lines(local, 'filter', 'KUBE-EXTERNAL-SERVICES')).toEqual(['-A KUBE-EXTERNAL-SERVICES -m comment --comment "default/web has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j DROP']);
    expect(lines(local, 'nat', 'KUBE-NODEPORTS')).toEqual([`-A KUBE-NODEPORTS -m comment --comment default/web -m tcp -p tcp --dport 30080 -j ${chainName('EXT', 'default/web', 'tcp')}`]);
    expect(lines(local, 'nat', 'KUBE-SERVICES').at(-1)).toContain('this must be the last rule in this chain');
  });
});
