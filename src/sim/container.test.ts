import { describe, expect, it } from 'vitest';
import { Container } from './container.ts';
import { NetCollector, type Net } from './net.ts';
import { NumberedContainer } from './numbered-container.ts';

type Entry = [key: string | number, old: unknown, value: unknown];

function netOf(...entries: Entry[]): Net {
  const all = new NetCollector();
  for (const [key, old, value] of entries) all.add(0, key, old, value);
  return all.net();
}

const content = (container: Container<unknown>): [string, unknown][] => container.keys().map((key) => [key, container.get(key)]);

const READS: Record<string, (container: Container<number>) => unknown> = {
  size: (container) => container.size,
  get: (container) => [container.get('1'), container.get('2'), container.get('3')],
  has: (container) => [container.has('1'), container.has('2')],
  keys: (container) => container.keys(),
  range: (container) => container.range('1', '3'),
  prefix: (container) => container.prefix('2'),
  copy: (container) => [...container.copy()].map(([key, value]) => [String(key), value]),
  'set and delete': (container) => {
    container.set('1', 7);
    container.delete('2');
    return content(container);
  },
};

describe.each([
  ['a container', () => new Container<number>(0, 'a', 'c', false, true, { journal: null })],
  ['a container in no order', () => new Container<number>(0, 'a', 'c', false, false, { journal: null })],
  ['a numbered container', () => new NumberedContainer<number>(0, 'a', 'c', false, { journal: null }) as Container<number>],
])('%s that journeys passed by', (_, make) => {
  it.each(Object.keys(READS))('stands where they led when one asks for %s', (name) => {
    const late = make();
    late.set('1', 1);
    late.owe(netOf(['1', 1, undefined], ['2', undefined, 2]), 0, false);
    late.owe(netOf(['2', 2, 3], ['3', undefined, 3]), 0, false);
    const there = make();
    there.set('2', 3);
    there.set('3', 3);
    expect(READS[name](late)).toEqual(READS[name](there));
  });

  it('comes back the way it went, once and many times', () => {
    const net = netOf(['1', 1, 5], ['2', undefined, 2]);
    const next = netOf(['1', 5, 6]);
    const container = make();
    container.set('1', 1);
    for (let n = 0; n < 300; n++) {
      container.owe(net, 0, false);
      container.owe(next, 0, false);
      if (n % 7 === 0) expect(content(container)).toEqual([['1', 6], ['2', 2]]);
      container.owe(next, 0, true);
      container.owe(net, 0, true);
      if (n % 5 === 0) expect(content(container)).toEqual([['1', 1]]);
    }
  });

  it('goes far in one leap and part of the way back in a short one', () => {
    const container = make();
    container.set('1', 1);
    container.owe(netOf(['1', 1, 3], ['2', undefined, 2]), 0, false);
    container.owe(netOf(['1', 2, 3]), 0, true);
    expect(content(container)).toEqual([['1', 2], ['2', 2]]);
  });

  it('passes more than it may owe', () => {
    const container = make();
    container.set('1', 0);
    for (let n = 0; n < 1000; n++) container.owe(netOf(['1', n, n + 1], [String(1000 + n), undefined, n]), 0, false);
    expect(container.get('1')).toBe(1000);
    expect(container.size).toBe(1001);
  });

  it('takes what is restored, whatever it owed', () => {
    const container = make();
    container.owe(netOf(['1', undefined, 5]), 0, false);
    container.restore(new Map([['2', 2]]));
    expect(content(container)).toEqual([['2', 2]]);
  });
});
