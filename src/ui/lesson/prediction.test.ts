import { expect, it } from 'vitest';
import type { CycleView } from '../../protocol/protocol.ts';
import { grade } from './prediction.ts';

const node = (name: string, total: number, fit: number, spread: number): CycleView['nodes'][number] => ({ name, filters: [], total, scores: [{ plugin: 'NodeResourcesFit', raw: fit, normalized: fit, weight: 1 }, { plugin: 'PodTopologySpread', raw: spread, normalized: spread, weight: 2 }] });
const cycle: CycleView = { pod: 'default/web-a', attempt: 1, chosen: 'node-3', nodes: [node('node-1', 241, 91, 75), node('node-2', 290, 90, 100), node('node-3', 290, 90, 100)] };
it('grades by the numbers of the cycle itself', () => {
  expect(grade(cycle, 'node-3')).toEqual({ key: 'pred.right', values: { node: 'node-3', total: 290 } });
  expect(grade(cycle, 'node-2').key).toBe('pred.tie');
  expect(grade(cycle, 'node-1')).toEqual({ key: 'pred.wrong', values: { node: 'node-3', total: 290, other: 241, plugin: 'PodTopologySpread' } });
});
