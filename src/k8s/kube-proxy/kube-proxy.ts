/**
 * kube-proxy of one node: watches Services, EndpointSlices and its Node, and keeps the node's iptables as they would stand.
 * The ordered cell `iptables` holds a chain under `table CHAIN` (durable: rules outlive the process, as in a kernel).
 * Upstream: cmd/kube-proxy, pkg/proxy/iptables/proxier.go, pkg/proxy/runner
 * Left out: nftables and IPVS modes, conntrack cleaning, health check servers.
 */
import type { Cell, Component, Host } from '../../sim/types.ts';
import type { KubeObject } from '../api/types.ts';
import { createProcess } from '../client-go/process.ts';
import type { ClientIdentity, ProcessContext } from '../client-go/types.ts';
import { buildTables, type ProxyState } from './iptables.ts';
import { sameRules } from './rules.ts';
import type { Rule } from './rules.ts';

const SECOND = 1_000_000;
/** KubeProxyIPTablesConfiguration.minSyncPeriod. */
const MIN_SYNC = SECOND;
/** proxyutil.FullSyncPeriod. */
const FULL_SYNC = 3600 * SECOND;
const SLICES = 'discovery.k8s.io/v1/endpointslices';
const CLUSTER_CIDR = '10.244.0.0/16';

export function identityOf(node: string): ClientIdentity {
  return {
    name: `kube-proxy ${node}`, user: { username: 'system:serviceaccount:kube-system:kube-proxy', groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'] },
    userAgent: 'kube-proxy/v1.36.3 (linux/amd64) kubernetes/$Format', qps: 5, burst: 10,
  };
}

function serviceOf(slice: KubeObject): readonly string[] {
  const service = slice.metadata.labels?.['kubernetes.io/service-name'];
  return service ? [`${slice.metadata.namespace}/${service}`] : [];
}

/** What the rules of the node are made from, now. */
export function proxyState(p: ProcessContext, node: string): ProxyState {
  return {
    services: p.informer('services').list(), slicesOf: (service) => p.informer(SLICES).byIndex('service', service), node,
    zone: p.informer('nodes').get(node)?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '', clusterCIDR: CLUSTER_CIDR,
  };
}

/** Chains are rewritten only when their rules changed. */
function sync(p: ProcessContext, node: string): void {
  const cell = p.cell<readonly Rule[]>('iptables');
  const tables = buildTables(proxyState(p, node));
  let changed = 0;
  for (const key of [...cell.keys()]) {
    if (tables[key] !== undefined) continue;
    cell.delete(key);
    changed++;
  }
  for (const key of Object.keys(tables).sort()) {
    const old = cell.get(key);
    if (old !== undefined && sameRules(old, tables[key])) continue;
    cell.set(key, tables[key]);
    changed++;
  }
  p.record('state', 'iptables-restore', node, changed);
}

/** At most one sync a second; the first change of a quiet time is synced at once. */
function request(p: ProcessContext): void {
  const runner: Cell<number> = p.cell('runner');
  if (!runner.has('running') || runner.has('pending')) return;
  runner.set('pending', 1);
  const last = runner.get('last');
  p.setTimer('sync', last === undefined ? 0 : Math.max(0, last + MIN_SYNC - p.now));
}

export function createKubeProxy(host: Host, node: string): Component {
  return createProcess(host, {
    address: `kube-proxy/${node}`,
    reader: identityOf(node),
    informers: [
      { gvr: 'services', labelSelector: '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name' },
      { gvr: SLICES, labelSelector: '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name', indexes: { service: serviceOf } },
      { gvr: 'nodes', fieldSelector: `metadata.name=${node}` },
    ],
    handlers: {
      services: request,
      [SLICES]: request,
      nodes(p, event) {
        const zone = (one: KubeObject): string | undefined => one.metadata.labels?.['topology.kubernetes.io/zone'];
        if (event.type !== 'update' || zone(event.old) !== zone(event.object)) request(p);
      },
    },
    cells: ['runner'],
    durableCells: ['iptables'],
    started(p) {
      p.cell<number>('runner').set('running', 1);
      request(p);
    },
    timer(p, name) {
      if (name !== 'sync') return;
      const runner = p.cell<number>('runner');
      runner.delete('pending');
      runner.set('last', p.now);
      sync(p, node);
      p.setTimer('sync', FULL_SYNC);
    },
  });
}
