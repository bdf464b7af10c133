// Long work is done in pieces: their size, interruptions and what is asked meanwhile change nothing of the run.
import { expect, it } from 'vitest';
import type { AnswerMessage, Method, Methods } from '../protocol/protocol.ts';
import { Engine } from './engine.ts';

interface Desk { call<M extends Method>(method: M, params: Methods[M][0]): Promise<Methods[M][1]>; told: number[]; whenTold: () => void }
/** An engine whose clock goes on by `tick` milliseconds whenever it is looked at. */
function desk(tick: number): Desk {
  const waiting = new Map<number, (answer: AnswerMessage) => void>();
  let now = 0, id = 0;
  const engine = new Engine({
    post: (answer) => { if ('progress' in answer) { made.told.push(answer.progress.done / answer.progress.total); made.whenTold(); } else waiting.get(answer.id)?.(answer); },
    clock: () => (now += tick), breathe: () => Promise.resolve(), build: 'test', assets: () => Promise.resolve(),
  });
  const made: Desk = {
    told: [], whenTold: () => undefined,
    call: (method, params) => new Promise((resolve, reject) => {
      id++;
      waiting.set(id, (answer) => ('error' in answer ? reject(new Error(answer.error.code)) : resolve((answer as unknown as { result: never }).result)));
      engine.take({ id, method, params } as never);
    }),
  };
  return made;
}
const DOCUMENT = { scenario: '', seed: 5, inputs: [{ at: 21_000_000, input: { kind: 'command' as const, line: 'kubectl create deployment web --image=nginx:1.27 --replicas=3' } }] };
const FAR = { at: 27_000_000 };

it('gives the same hash in one piece, in many, and after running ahead', async () => {
  const [whole, pieces, ahead] = [desk(0), desk(40), desk(40)];
  await whole.call('open', { document: DOCUMENT });
  const { traceHash, cursor } = await whole.call('view', FAR);
  expect(whole.told).toEqual([]);
  await pieces.call('open', { document: DOCUMENT });
  pieces.told.length = 0;
  const far = await pieces.call('view', FAR);
  expect([far.traceHash, far.cursor]).toEqual([traceHash, cursor]);
  expect(pieces.told.length).toBeGreaterThan(3);
  expect([...pieces.told].sort((a, b) => a - b)).toEqual(pieces.told);
  expect(Math.max(...pieces.told)).toBeLessThanOrEqual(1);
  await ahead.call('open', { document: DOCUMENT });
  // running ahead makes way for what is asked meanwhile
  const [{ end }] = await Promise.all([ahead.call('ahead', { until: FAR.at }), ahead.call('files', {})]);
  expect(end.at).toBeLessThan(FAR.at);
  expect(end.at).toBeGreaterThan(21_000_000);
  expect((await ahead.call('view', FAR)).traceHash).toBe(traceHash);
});

it('is left as asked: the cursor stands where it stood, and the way can be gone again', async () => {
  const whole = desk(0), left = desk(40);
  await whole.call('open', { document: DOCUMENT });
  await left.call('open', { document: DOCUMENT });
  const before = await left.call('view', { at: 21_500_000 });
  left.whenTold = () => { left.whenTold = () => undefined; void left.call('cancel', {}); };
  await expect(left.call('view', FAR)).rejects.toThrow('cancelled');
  const after = await left.call('view', {});
  expect([after.cursor.event, after.cursor.branch, after.traceHash]).toEqual([before.cursor.event, before.cursor.branch, before.traceHash]);
  expect(after.end.event).toBeGreaterThan(before.end.event);
  expect((await left.call('view', FAR)).traceHash).toBe((await whole.call('view', FAR)).traceHash);
});
