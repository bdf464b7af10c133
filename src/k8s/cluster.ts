/**
 * The only file that wires components together: which processes there are, where they stand, and how long their links take.
 * Upstream: what kubeadm sets up (one control plane), with the runtime of the recorded clusters.
 */
import { Simulator, type SimulatorOptions } from '../sim/simulator.ts';
import type { LatencyTable, LinkModel } from '../sim/network.ts';
import { addonObjects, NODE_IMAGES } from './addons.ts';
import { createContainerRuntime } from './container-runtime/container-runtime.ts';
import { createCoreDNS } from './coredns/coredns.ts';
import { createEtcd } from './etcd/etcd.ts';
import { createApiserver } from './kube-apiserver/kube-apiserver.ts';
import { createControllerManager } from './kube-controller-manager/kube-controller-manager.ts';
import { createKubeProxy } from './kube-proxy/kube-proxy.ts';
import { createScheduler } from './kube-scheduler/kube-scheduler.ts';
import { createKubelet } from './kubelet/kubelet.ts';
import { createWorkstation } from './shell/workstation.ts';
import { timing } from './timing.ts';

export interface ClusterConfig {
  readonly seed: number;
  /** 1 to 5000. */
  readonly nodes: number;
  /** Capacity of each node, as quantities. */
  readonly cpu: string;
  readonly memory: string;
  /** kube-proxy on every node, CoreDNS and the network plugin. The recorded clusters have none of them. */
  readonly addons: boolean;
  readonly simulator?: Partial<SimulatorOptions>;
}

/** kubelet/node-1 -> node-1; processes of the control plane have no node. */
function nodeOf(address: string): string {
  const slash = address.indexOf('/');
  return slash < 0 ? '' : address.slice(slash + 1);
}

export const latency: LatencyTable = (from: string, to: string): LinkModel => {
  const { network } = timing;
  if (from === 'workstation' || to === 'workstation' || from === 'outside' || to === 'outside') return network.user;
  const [a, b] = [nodeOf(from), nodeOf(to)];
  if (a !== '' && a === b) return network.insideNode;
  return a === '' && b === '' ? network.controlPlane : network.toNode;
};

/** Builds a cluster that is not yet started: `boot()` it. */
export function createCluster(config: ClusterConfig): Simulator {
  const sim = new Simulator({ seed: config.seed, latency, ...config.simulator });
  sim.add(createEtcd(sim, { writeTime: timing.etcd.write, readTime: timing.etcd.read }));
  sim.add(createApiserver(sim, { readTime: timing.apiserver.read, writeTime: timing.apiserver.write, ...(config.addons ? { objects: addonObjects() } : {}) }));
  sim.add(createControllerManager(sim));
  sim.add(createScheduler(sim, {}));
  for (let n = 1; n <= config.nodes; n++) {
    const node = `node-${n}`;
    sim.add(createContainerRuntime(sim, { node, ordinal: n, ...(config.addons ? { images: NODE_IMAGES } : {}) }));
    sim.add(createKubelet(sim, { node, ordinal: n, cpu: config.cpu, memory: config.memory, zone: n % 2 === 1 ? 'zone-a' : 'zone-b' }));
    if (config.addons) sim.add(createKubeProxy(sim, node));
  }
  if (config.addons) sim.add(createCoreDNS(sim));
  sim.add(createWorkstation(sim));
  return sim;
}
