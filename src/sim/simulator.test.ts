import { describe, expect, it } from 'vitest';
import { makePair, stateOf } from '../testing/pair.ts';

describe('Simulator', () => {
  it('gives the same trace for the same seed, and another for another', () => {
    const hashes = [1, 1, 2].map((seed) => {
      const sim = makePair(seed);
      sim.runUntil(100_000);
      return sim.traceHash();
    });
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('undoes to the exact state it had, and redoes', () => {
    const sim = makePair(3);
    const states: string[] = [];
    for (let i = 0; i < 300; i++) {
      states.push(stateOf(sim));
      sim.step();
    }
    const end = stateOf(sim);
    for (const n of [299, 0, 7, 150, 1, 298]) {
      sim.seek(n === 0 ? 1 : n);
      expect(stateOf(sim)).toBe(states[(n === 0 ? 1 : n) - 1]);
    }
    sim.seek(sim.branch.end);
    expect(stateOf(sim)).toBe(end);
  });

  it('runs on after undo without redo exactly as before', () => {
    const first = makePair(4);
    first.runUntil(60_000);
    const second = makePair(4);
    second.runUntil(40_000);
    second.seek(second.position - 57);
    second.fork();
    second.runUntil(60_000);
    expect(second.traceHash()).toBe(first.traceHash());
    expect(stateOf(second) === stateOf(first)).toBe(true);
  });

  it('remembers nothing outside its containers', () => {
    const first = makePair(5);
    first.runUntil(50_000);
    let second = makePair(5);
    while (second.nextTime()! <= 50_000) {
      second.step();
      if (second.position % 50 !== 0) continue;
      const saved = JSON.parse(stateOf(second));
      second = makePair(5);
      second.restore(saved);
    }
    second.runUntil(50_000);
    expect(stateOf(second) === stateOf(first)).toBe(true);
  });

  it('finds the same state by re-execution when history is gone or was never kept', () => {
    const reference = makePair(6);
    reference.runUntil(400_000);
    const wanted = 700;
    reference.seek(wanted);
    for (const options of [{ historyEntries: 10, checkpointEvery: 256 }, { journal: false, checkpointEvery: 512 }]) {
      const sim = makePair(6, options);
      sim.runUntil(400_000);
      sim.seek(wanted);
      expect(stateOf(sim) === stateOf(reference)).toBe(true);
      expect(sim.traceHash()).toBe(reference.traceHash());
      sim.seek(sim.branch.end);
      sim.runUntil(500_000);
      const straight = makePair(6);
      straight.runUntil(500_000);
      expect(sim.traceHash()).toBe(straight.traceHash());
    }
  });

  it('keeps both branches of a fork and switches between them', () => {
    const sim = makePair(7);
    sim.runUntil(50_000);
    const trunk = sim.branch;
    const trunkHash = sim.traceHash();
    const trunkState = stateOf(sim);
    sim.seek(100);
    sim.input({ kind: 'stop', component: 'b' });
    sim.runUntil(50_000);
    const forkHash = sim.traceHash();
    const forkState = stateOf(sim);
    const fork = sim.branch;
    expect(fork).not.toBe(trunk);
    expect(forkHash).not.toBe(trunkHash);
    sim.switchTo(trunk, trunk.end);
    expect(sim.traceHash()).toBe(trunkHash);
    sim.runUntil(50_000);
    expect(stateOf(sim)).toBe(trunkState);
    sim.switchTo(fork, fork.end);
    sim.runUntil(50_000);
    expect(stateOf(sim)).toBe(forkState);
    expect(sim.traceHash()).toBe(forkHash);
  });

  it('refuses connections to a stopped process and parks messages on a cut link', () => {
    const sim = makePair(8);
    sim.runUntil(20_000);
    sim.input({ kind: 'stop', component: 'b' });
    sim.runUntil(40_000);
    const a = (key: string): number => (sim.allContainers().find((c) => c.owner === 'a' && c.name === 'counts')!.get(key) as number) ?? 0;
    expect(a('connection refused')).toBeGreaterThan(0);
    sim.input({ kind: 'start', component: 'b' });
    sim.runUntil(60_000);
    sim.input({ kind: 'cut', a: 'a', b: 'b' });
    const before = a('answer');
    sim.runUntil(61_000);
    sim.runUntil(90_000);
    expect(a('answer') - before).toBeLessThanOrEqual(1);
    sim.input({ kind: 'heal', a: 'a', b: 'b' });
    sim.runUntil(120_000);
    expect(a('answer') - before).toBeGreaterThan(5);
  });

  it('gives every record a cause that came before it, or none for inputs', () => {
    const sim = makePair(9);
    sim.runUntil(50_000);
    for (let id = 0; id < sim.trace.end; id++) {
      const record = sim.trace.get(id);
      expect(record.cause).toBeLessThan(id);
      if (record.cause === -1) expect(record.kind).toBe('input');
    }
  });
});
