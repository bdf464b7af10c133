/**
 * What a pod costs does not grow with the cluster: counted, not timed. Every read and write of state goes through a container,
 * so who looks at all pods for each pod shows here.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCommand } from '../host/workstation.ts';
import { createCluster } from '../k8s/cluster.ts';
import '../k8s/kubectl/eager.ts';
import { Container } from '../sim/container.ts';
import { NumberedContainer } from '../sim/numbered-container.ts';

const SECOND = 1_000_000;

interface Counts { visits: number; writes: number; events: number }
let visits = 0;

/** Keys looked at: one for each get or has, as many as come out of keys, range and prefix. */
const restore: (() => void)[] = [];
function count(prototype: object, name: string, of: (result: unknown) => number): void {
  const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[name];
  methods[name] = function counted(...args: unknown[]): unknown {
    const result = original.apply(this, args);
    visits += of(result);
    return result;
  };
  restore.push(() => void (methods[name] = original));
}

beforeEach(() => {
  for (const name of ['get', 'has']) count(Container.prototype, name, () => 1);
  for (const name of ['keys', 'range', 'prefix']) count(Container.prototype, name, (keys) => (keys as string[]).length);
  for (const name of ['at', 'get']) count(NumberedContainer.prototype, name, () => 1);
  count(NumberedContainer.prototype, 'keys', (keys) => (keys as string[]).length);
});
afterEach(() => restore.splice(0).forEach((undo) => undo()));

/** Per pod, of `pods` more pods on a cluster that has `present` already. */
function costOf(present: number, pods: number, nodes: number): Counts {
  const sim = createCluster({ seed: 1, nodes, cpu: '64', memory: '256Gi', addons: false });
  sim.boot();
  sim.runUntil(20 * SECOND);
  const settle = (name: string, n: number): void => {
    startCommand(sim, `kubectl create deployment ${name} --image=nginx:1.27 --replicas=${n}`);
    sim.runUntil(sim.now + 20 * SECOND);
  };
  if (present > 0) settle('before', present);
  // What a cluster costs by itself in the same time is not the pods'.
  const idle = measure(() => sim.runUntil(sim.now + 20 * SECOND));
  const busy = measure(() => settle('more', pods));
  return { visits: (busy.visits - idle.visits) / pods, writes: (busy.writes - idle.writes) / pods, events: (busy.events - idle.events) / pods };

  function measure(run: () => void): Counts {
    const begin = { visits, writes: sim.branch.journal.length, events: sim.position };
    run();
    return { visits: visits - begin.visits, writes: sim.branch.journal.length - begin.writes, events: sim.position - begin.events };
  }
}

describe('the cost of a pod', () => {
  it('is the same beside 150 pods as beside 10', () => {
    const few = costOf(10, 30, 3);
    const many = costOf(150, 30, 3);
    expect(many.events / few.events).toBeLessThan(1.1);
    expect(many.writes / few.writes).toBeLessThan(1.1);
    expect(many.visits / few.visits).toBeLessThan(1.3);
    expect(few.writes / few.events).toBeLessThan(6);
  }, 60_000);

  it('is the same on twelve nodes as on three', () => {
    const few = costOf(0, 30, 3);
    const many = costOf(0, 30, 12);
    expect(many.events / few.events).toBeLessThan(1.1);
    expect(many.writes / few.writes).toBeLessThan(1.1);
    expect(many.visits / few.visits).toBeLessThan(1.2);
  }, 60_000);
});
