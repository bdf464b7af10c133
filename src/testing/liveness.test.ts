/** Random scenarios come to rest once their faults are undone, and planted bugs that prevent it are noticed. */
import { describe, expect, it } from 'vitest';
import type { Container } from '../sim/container.ts';
import type { Simulator } from '../sim/simulator.ts';
import type { Message, Micros } from '../sim/types.ts';
import { cachesReachTheHead, deletionsFinish, queuesDrain, sameEveryTime, settleDown, staysConverged } from './liveness.ts';
import { bootedCluster, perform, randomActs } from './random-scenario.ts';

const SCENARIOS = process.env.ORRERY_FULL === '1' ? 60 : 12;

/** Images that do not exist and containers that crash are tried again for ever: such scenarios have no rest to come to. */
function restful(seed: number): ReturnType<typeof randomActs> {
  return randomActs(seed).filter(({ input }) => {
    const line = (input.body as { start?: { line: string } } | undefined)?.start?.line ?? '';
    return !line.includes('doesnotexist') && !line.includes('kubectl run');
  });
}

function settled(seed: number): Simulator {
  const sim = perform(bootedCluster({ journal: false }), restful(seed), 100);
  expect(settleDown(sim), `scenario ${seed} comes to rest`).toBe(true);
  return sim;
}

function type(sim: Simulator, line: string, stdin?: string): void {
  sim.input({ kind: 'signal', to: 'workstation', body: { start: { line, ...(stdin === undefined ? {} : { stdin }) } }, label: { verb: 'Enter', subject: line } });
  sim.runUntil(sim.now + 5_000_000);
}

describe('once undisturbed', () => {
  it.each(Array.from({ length: SCENARIOS }, (_, seed) => seed))('scenario %i', (seed) => {
    const sim = settled(seed);
    for (const check of [staysConverged, cachesReachTheHead, queuesDrain, deletionsFinish]) expect(check(sim)).toBeUndefined();
  }, 60_000);

  it('the same seed gives the same hash', () => {
    expect(sameEveryTime(() => perform(bootedCluster(), randomActs(3), 300))).toBeUndefined();
  });
});

describe('planted bugs', () => {
  const cell = (sim: Simulator, owner: string, name: string): Container<unknown> => sim.allContainers().find((one) => one.owner === owner && one.name === name)!;
  const converged = (): Simulator => {
    const sim = bootedCluster({ journal: false });
    type(sim, 'kubectl create deployment web --image=nginx:1.27 --replicas=2');
    sim.runUntil(sim.now + 60_000_000);
    return sim;
  };

  it('L2: a status that is written again and again', () => {
    const sim = converged();
    // A kubelet whose heartbeat says something new every time.
    let n = 0;
    const kvs = cell(sim, 'etcd', 'kvs');
    const set = kvs.set.bind(kvs);
    kvs.set = (key, kv) => set(key, key === '/registry/minions/node-1' ? { ...kv as object, value: { ...(kv as { value: object }).value, spec: { podCIDR: String(n++) } } } : kv);
    expect(staysConverged(sim)).toMatch(/^L2: /);
  });

  it('L3: a cache that lost an object', () => {
    const sim = converged();
    expect(cachesReachTheHead(sim)).toBeUndefined();
    const pods = cell(sim, 'kube-controller-manager', 'informer pods');
    pods.delete(pods.keys()[0]);
    expect(cachesReachTheHead(sim)).toMatch(/^L3: /);
  });

  it('L4: a queue whose worker never comes back', () => {
    const sim = converged();
    expect(queuesDrain(sim)).toBeUndefined();
    const queue = sim.allContainers().find((one) => one.owner === 'kube-controller-manager' && one.name.startsWith('queue ') && one.name.includes('deployment') && one.name.endsWith(' processing'))!;
    queue.set('default/web', 1);
    type(sim, 'kubectl scale deployment web --replicas=3');
    sim.runUntil(sim.now + 60_000_000);
    expect(queuesDrain(sim)).toMatch(/^L4: /);
  });

  it('L5: a deletion that a finalizer holds up', () => {
    const sim = converged();
    expect(deletionsFinish(sim)).toBeUndefined();
    type(sim, 'kubectl apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', finalizers: ['example.com/keep'] } }));
    type(sim, 'kubectl delete configmap kept --wait=false');
    expect(deletionsFinish(sim)).toBe('L5: /registry/configmaps/default/kept is still being deleted');
  });

  it('L7: a component that counts outside the state', () => {
    let count = 0;
    const build = (): Simulator => {
      const sim = bootedCluster();
      const network = sim as unknown as { transmit: (message: Message, delay: Micros) => void };
      const transmit = network.transmit.bind(sim);
      network.transmit = (message, delay) => transmit(message, delay + count++);
      return perform(sim, randomActs(3), 100);
    };
    expect(sameEveryTime(build)).toMatch(/^L7: /);
  });
});
