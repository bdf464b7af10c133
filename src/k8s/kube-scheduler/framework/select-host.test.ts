/** The order among equals is that of Go's heap over the nodes as they were found. */
import { expect, it } from 'vitest';
import { selectHost } from './cycle.ts';
import type { NodeInfo } from './types.ts';

const nodes = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name }) as NodeInfo);

it.each([
  [[5, 5, 5], 'a'],
  [[1, 5, 5], 'b'],
  [[1, 1, 5, 5], 'd'],
  [[3, 1, 5, 5, 5], 'd'],
  [[9, 9, 9, 9, 9], 'a'],
])('%j: %s', (totals, chosen) => {
  expect(selectHost(nodes.slice(0, totals.length), totals)).toBe(chosen);
});
