import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../api/types.ts';
import { lookup, type DnsState, type RecordType } from './lookup.ts';

const object = (kind: string, name: string, rest: object): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '', labels: { 'kubernetes.io/service-name': 'db' } }, ...rest });
const services: Record<string, KubeObject> = {
  web: object('Service', 'web', { spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] } }),
  db: object('Service', 'db', { spec: { clusterIP: 'None', clusterIPs: ['None'], ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] } }),
  out: object('Service', 'out', { spec: { type: 'ExternalName', externalName: 'example.com' } }),
};
const slice = object('EndpointSlice', 'db-1', {
  addressType: 'IPv4', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.244.2.2'], hostname: 'db-1', conditions: { ready: true } }, { addresses: ['10.244.1.2'], conditions: {} }, { addresses: ['10.244.3.3'], conditions: { ready: false } }],
});
const state: DnsState = {
  namespace: (name) => (name === 'default' ? object('Namespace', name, {}) : undefined),
  service: (namespace, name) => (namespace === 'default' && Object.hasOwn(services, name) ? services[name] : undefined),
  slices: (_namespace, name) => (name === 'db' ? [slice] : []),
  serviceByIP: (ip) => (ip === '10.96.0.10' ? services.web : undefined),
  slicesByIP: (ip) => (ip === '10.244.2.2' ? [slice] : []),
};
const ask = (name: string, type: RecordType = 'A'): string[] => {
  const answer = lookup(name, type, state);
  return answer.forwarded ? ['forwarded'] : answer.answers.length > 0 ? answer.answers.map((one) => `${one.type} ${one.data}`) : [answer.code];
};

describe('lookup', () => {
  it('answers services, headless ones with their ready endpoints', () => {
    expect(ask('Web.default.svc.cluster.local.')).toEqual(['A 10.96.0.10']);
    expect(ask('web.default.svc.cluster.local', 'AAAA')).toEqual(['NOERROR']);
    expect(ask('db.default.svc.cluster.local')).toEqual(['A 10.244.1.2', 'A 10.244.2.2']);
    expect(ask('db-1.db.default.svc.cluster.local')).toEqual(['A 10.244.2.2']);
    expect(ask('10-244-1-2.db.default.svc.cluster.local')).toEqual(['A 10.244.1.2']);
    expect(ask('out.default.svc.cluster.local')).toEqual(['CNAME example.com.']);
    expect(ask('10-1-2-3.default.pod.cluster.local')).toEqual(['A 10.1.2.3']);
  });

  it('answers SRV and PTR', () => {
    expect(ask('_http._tcp.web.default.svc.cluster.local', 'SRV')).toEqual(['SRV 0 100 80 web.default.svc.cluster.local.']);
    expect(ask('_sql._tcp.db.default.svc.cluster.local', 'SRV')).toEqual(['SRV 0 50 5432 10-244-1-2.db.default.svc.cluster.local.', 'SRV 0 50 5432 db-1.db.default.svc.cluster.local.']);
    expect(ask('_http._udp.web.default.svc.cluster.local', 'SRV')).toEqual(['NXDOMAIN']);
    expect(ask('10.0.96.10.in-addr.arpa', 'PTR')).toEqual(['PTR web.default.svc.cluster.local.']);
    expect(ask('2.2.244.10.in-addr.arpa', 'PTR')).toEqual(['PTR db-1.db.default.svc.cluster.local.']);
  });

  it('tells a name that is not there from a name without such a record, and passes on what is not its own', () => {
    expect(ask('nope.default.svc.cluster.local')).toEqual(['NXDOMAIN']);
    expect(ask('web.other.svc.cluster.local')).toEqual(['NXDOMAIN']);
    expect(ask('a.web.default.svc.cluster.local')).toEqual(['NXDOMAIN']);
    expect(ask('default.svc.cluster.local')).toEqual(['NOERROR']);
    expect(ask('svc..cluster.local')).toEqual(['NXDOMAIN']);
    expect(ask('example.com')).toEqual(['forwarded']);
    expect(lookup('a.'.repeat(300), 'A', state).code).toBe('SERVFAIL');
  });
});
