import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../api/types.ts';
import type { ProcessContext } from '../../client-go/types.ts';
import { isPodActive, isPodTerminating } from '../pods.ts';
import { selectorMatches } from '../selector.ts';
import { countPods, countTally } from './status.ts';
import { Tallies } from './tally.ts';

function context(): ProcessContext {
  const values = new Map<string, unknown>();
  const cell = { get: (key: string) => values.get(key), has: (key: string) => values.has(key), set: (key: string, value: unknown) => void values.set(key, JSON.parse(JSON.stringify(value))), delete: (key: string) => void values.delete(key) };
  return { cell: () => cell } as unknown as ProcessContext;
}

function draws(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
}

const rs: KubeObject = {
  apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', namespace: 'default', uid: 'rs0', resourceVersion: '1', creationTimestamp: '' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web', tier: 'a' } } } },
};

/** `wild`: so many different labels, or pods that the selector does not match. */
function podOf(draw: (n: number) => number, name: string, wild: boolean): KubeObject {
  const owner = draw(6);
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: {
      name, namespace: 'default', uid: name, resourceVersion: '1', creationTimestamp: '',
      labels: { app: wild && draw(9) === 0 ? 'other' : 'web', ...(draw(2) ? { tier: 'a' } : {}), zone: `z${draw(wild ? 60 : 3)}` },
      ...(owner < 4 ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: owner < 3 ? 'rs0' : 'rs1', controller: true }] } : {}),
      ...(draw(4) === 0 ? { deletionTimestamp: 'now' } : {}),
    },
    spec: {}, status: { phase: ['Pending', 'Running', 'Running', 'Failed'][draw(4)], conditions: [{ type: 'Ready', status: draw(2) ? 'True' : 'False' }] },
  };
}

describe('tallies', () => {
  it('say what visiting every pod says, whatever happens to the pods', () => {
    let answered = 0;
    let declined = 0;
    for (let seed = 0; seed < 60; seed++) {
      const draw = draws(seed);
      const wild = seed % 3 === 0;
      const p = context();
      const tallies = new Tallies('tallies');
      const pods = new Map<string, KubeObject>();
      for (let step = 0; step < 300; step++) {
        const name = `p${draw(step % 100 < 50 ? 80 : 8)}`;
        const old = pods.get(name);
        const next = draw(4) === 0 ? undefined : podOf(draw, name, wild);
        if (old === undefined && next === undefined) continue;
        tallies.observe(p, old, next);
        if (next) pods.set(name, next);
        else pods.delete(name);
        const mine = [...pods.values()].filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === 'rs0');
        const all = mine.every((pod) => selectorMatches(rs.spec.selector, pod.metadata.labels));
        const counts = countTally(rs, rs.spec.selector, tallies.of(p, 'rs0'));
        if (counts === undefined) {
          declined++;
          expect(wild).toBe(true);
          continue;
        }
        answered++;
        expect(all).toBe(true);
        expect(counts).toEqual({ ...countPods(0, rs, mine.filter(isPodActive)), terminating: mine.filter(isPodTerminating).length });
      }
    }
    expect(answered).toBeGreaterThan(8_000);
    expect(declined).toBeGreaterThan(1_000);
  });

  it('write nothing when neither labels, owner nor state change', () => {
    const p = context();
    const tallies = new Tallies('tallies');
    const pod = podOf(draws(3), 'p', false);
    const owned = { ...pod, metadata: { ...pod.metadata, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs0', controller: true as const }] } };
    tallies.observe(p, undefined, owned);
    const before = tallies.of(p, 'rs0');
    tallies.observe(p, owned, { ...owned, status: { ...(pod['status'] as object), podIP: '10.0.0.1' } } as typeof owned);
    expect(tallies.of(p, 'rs0')).toBe(before);
    tallies.observe(p, owned, undefined);
    expect(tallies.of(p, 'rs0')).toEqual({ groups: [], others: 0 });
  });

  it('leaves sets with minReadySeconds to the clock', () => {
    expect(countTally({ ...rs, spec: { ...rs.spec, minReadySeconds: 5 } }, rs.spec.selector, { groups: [], others: 0 })).toBeUndefined();
  });
});
