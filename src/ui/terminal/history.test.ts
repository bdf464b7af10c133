import { expect, it } from 'vitest';
import { commonStart, searchBack, typedLines } from './history.ts';
import { blocksOf } from './Terminal.tsx';

it('keeps lines without repetitions in a row, newest last', () => { expect(typedLines(['a', 'a', 'b'], ['b', 'c'])).toEqual(['a', 'b', 'c']); });
it('finds the newest line that holds a text', () => { expect(searchBack(['get pods', 'get nodes', 'x'], 'get')).toBe('get nodes'); expect(searchBack(['a'], '')).toBeUndefined(); });
it('knows what all words begin with', () => { expect(commonStart(['rollout', 'role', 'rolx'])).toBe('rol'); expect(commonStart([])).toBe(''); });
it('gathers output under its command, also when two run at once', () => {
  const c = (process: number, stream: 'in' | 'out' | 'err', text: string) => ({ process, stream, text, at: 0, event: 0 });
  expect(blocksOf([c(1, 'in', 'a\n'), c(2, 'in', 'b\n'), c(1, 'out', 'x'), c(1, 'out', 'y'), c(2, 'err', 'z')])).toEqual([{ process: 1, line: 'a', parts: [{ stream: 'out', text: 'xy' }] }, { process: 2, line: 'b', parts: [{ stream: 'err', text: 'z' }] }]);
});
