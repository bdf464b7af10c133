/**
 * Services. Addresses and ports are allocated by service-allocation.ts.
 * Upstream: pkg/registry/core/service/strategy.go
 */
import type { KubeObject } from '../../api/types.ts';
import { statusKeepsSpec, withFields } from './strategy.ts';
import type { Strategy } from './strategy.ts';

export const SERVICE: Strategy = {
  prepareForCreate: (o) => withFields(o, { status: { loadBalancer: {} } }),
  prepareForUpdate: (next, old) => dropTypeDependent(withFields(next, { status: old['status'] }), old),
  subresources: { status: statusKeepsSpec },
  allowCreateOnUpdate: true,
  returnDeletedObject: true,
  selectable: ['spec.clusterIP', 'spec.type'],
  fields: (o) => ({ 'spec.clusterIP': o['spec']?.clusterIP ?? '', 'spec.type': o['spec']?.type ?? '' }),
  resetFields: { '': ['status'], status: ['spec'] },
};

/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

const needsClusterIP = (s: Any): boolean => s.type !== 'ExternalName';
const needsNodePort = (s: Any): boolean => s.type === 'NodePort' || s.type === 'LoadBalancer';
const needsHealthCheckPort = (s: Any): boolean => s.type === 'LoadBalancer' && s.externalTrafficPolicy === 'Local';

/** Fields that a change of type made meaningless, unless the user touched them. */
function dropTypeDependent(next: KubeObject, old: KubeObject): KubeObject {
  const a = old['spec'] as Any;
  let b = next['spec'] as Any;
  const drop = (...fields: string[]): void => {
    b = { ...b };
    for (const f of fields) delete b[f];
  };
  if (needsClusterIP(a) && !needsClusterIP(b)) {
    if (same(a.clusterIP, b.clusterIP) && same(a.clusterIPs, b.clusterIPs)) drop('clusterIP', 'clusterIPs');
    if (same(a.ipFamilies, b.ipFamilies)) drop('ipFamilies');
    if (same(a.ipFamilyPolicy, b.ipFamilyPolicy)) drop('ipFamilyPolicy');
  }
  if (needsNodePort(a) && !needsNodePort(b) && b.ports && samePorts(a.ports, b.ports)) {
    b = { ...b, ports: b.ports.map((p: Any) => { const { nodePort: _, ...rest } = p; return rest; }) };
  }
  if (needsHealthCheckPort(a) && !needsHealthCheckPort(b) && a.healthCheckNodePort === b.healthCheckNodePort) drop('healthCheckNodePort');
  if (a.type === 'LoadBalancer' && b.type !== 'LoadBalancer') {
    if (same(a.allocateLoadBalancerNodePorts, b.allocateLoadBalancerNodePorts)) drop('allocateLoadBalancerNodePorts');
    if (same(a.loadBalancerClass, b.loadBalancerClass)) drop('loadBalancerClass');
  }
  const external = (s: Any): boolean => s.type === 'NodePort' || s.type === 'LoadBalancer' || (s.type === 'ClusterIP' && (s.externalIPs?.length ?? 0) > 0);
  if (external(a) && !external(b) && a.externalTrafficPolicy === b.externalTrafficPolicy) drop('externalTrafficPolicy');
  const status = b.type !== 'LoadBalancer' && Object.keys(next['status']?.loadBalancer ?? {}).length > 0 ? { ...next['status'], loadBalancer: {} } : next['status'];
  return b === next['spec'] && status === next['status'] ? next : withFields(next, { spec: b, status });
}

function samePorts(a: Any[] | undefined, b: Any[]): boolean {
  const set = (ports: Any[] | undefined): string => (ports ?? []).map((p) => String(p.nodePort ?? 0)).sort().join();
  return set(a) === set(b);
}
