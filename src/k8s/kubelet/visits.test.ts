/** What happens to one pod costs a node the same, however many pods it has: counts of reads, not times. */
import { describe, expect, it } from 'vitest';
import { Simulator } from '../../sim/simulator.ts';
import { sleep } from '../../sim/program.ts';
import type { Program } from '../../sim/program.ts';
import type { Cell } from '../../sim/types.ts';
import { clientFor } from '../client-go/client.ts';
import { createProcess } from '../client-go/process.ts';
import type { ClientIdentity, ProcessContext } from '../client-go/types.ts';
import { createContainerRuntime } from '../container-runtime/container-runtime.ts';
import { createEtcd } from '../etcd/etcd.ts';
import { createApiserver } from '../kube-apiserver/kube-apiserver.ts';
import { createKubelet } from './kubelet.ts';

const S = 1_000_000;
const ADMIN: ClientIdentity = { name: 'admin', user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }, userAgent: 'kubectl/v1.36.3', qps: 100_000, burst: 100_000 };
const pod = (name: string) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' },
  spec: { nodeName: 'node-1', automountServiceAccountToken: false, containers: [{ name: 'main', image: 'nginx:1.27', resources: { requests: { cpu: '1m', memory: '1Mi' } }, ports: [{ containerPort: 80, hostPort: name === 'last' ? 8080 : undefined }] }] },
});

/** A node on which `count` pods run, and one more comes at 200 s and goes at 240 s. */
function node(count: number): Simulator {
  const sim = new Simulator({ seed: 1, latency: () => ({ base: 500, jitter: 500 }) });
  sim.add(createEtcd(sim, { writeTime: 1000, readTime: 300 }));
  sim.add(createApiserver(sim, {}));
  sim.add(createContainerRuntime(sim, { node: 'node-1', ordinal: 1 }));
  sim.add(createKubelet(sim, { node: 'node-1', ordinal: 1, cpu: 64, memory: '64Gi', maxPods: 300 }));
  sim.add(createProcess(sim, {
    address: 'hand', reader: ADMIN,
    programs: {
      *play(): Program {
        yield* sleep(S);
        const client = clientFor(ADMIN);
        yield* client.create('serviceaccounts', 'default', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
        yield* sleep(2 * S);
        for (let i = 0; i < count; i++) yield* client.create('pods', 'default', pod(`pod-${i}`));
        yield* sleep(200 * S);
        const made = yield* client.create('pods', 'default', pod('last'));
        if (made.code !== 201) throw new Error(JSON.stringify(made.body));
        yield* sleep(40 * S);
        yield* client.delete('pods', 'default', 'last');
      },
    },
    start(p: ProcessContext) { p.spawn('play', {}); },
  }));
  sim.boot();
  return sim;
}

interface Count { reads: number; running: number }

/** Entries of their tables that kubelet and runtime look at for the last pod, from its creation until it is gone. */
function readsForOnePod(count: number): Count {
  const sim = node(count);
  sim.runUntil(190 * S);
  const seen: Count = { reads: 0, running: 0 };
  for (const container of sim.allContainers()) {
    if (container.owner !== 'kubelet/node-1' && container.owner !== 'container-runtime/node-1') continue;
    if (container.name === 'containers') seen.running = container.size;
    const cell = container as Cell<unknown>;
    const { get, has, keys, range } = cell;
    Object.assign(cell, {
      get(key: string) { seen.reads++; return get.call(cell, key); },
      has(key: string) { seen.reads++; return has.call(cell, key); },
      keys() { const all = keys.call(cell); seen.reads += all.length; return all; },
      range(from: string, to?: string, limit?: number) { const some = range.call(cell, from, to, limit); seen.reads += some.length; return some; },
    });
  }
  sim.runUntil(290 * S);
  return seen;
}

describe('a pod on a full node', () => {
  it('costs as many reads among 200 pods as among 50', () => {
    const [few, more, many] = [50, 100, 200].map(readsForOnePod);
    expect([few.running, more.running, many.running]).toEqual([50, 100, 200]);
    expect(few.reads).toBeGreaterThan(100);
    expect(more.reads).toBeLessThan(few.reads * 1.05);
    expect(many.reads).toBeLessThan(few.reads * 1.05);
  }, 60_000);
});
