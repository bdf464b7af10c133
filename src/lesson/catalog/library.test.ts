import { describe, expect, it } from 'vitest';
import { Session } from '../../host/session.ts';
import { performStep } from '../../host/steps.ts';
import { loadLessons } from '../../i18n/index.ts';
import { lessonById } from './index-by-id.ts';
import { LIBRARY } from '../../scenario/library/index-by-id.ts';

describe('a lesson for every scenario of the library', () => {
  it.each(LIBRARY.map((entry) => [entry.id, entry.text] as const))('%s: each step is found in what the engine did, in order, and has its words', async (id, text) => {
    const session = new Session({ scenario: text, seed: 2, inputs: [], lesson: id }, lessonById(id));
    for (const step of session.scenario.steps) await performStep(session, step, async (at) => { session.sim.runUntil(at); });
    const { lesson } = session.view(), languages = [await loadLessons('en'), await loadLessons('zh-CN')];
    expect(lesson!.steps.filter((step) => step.event < 0).map((step) => step.id)).toEqual([]);
    for (const { caption } of lesson!.steps) {
      for (const words of languages) {
        expect(words[`${caption.id}.name`], caption.id).toBeTruthy();
        const holes = [...(words[caption.id] ?? '{no text}').matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
        expect(holes.filter((hole) => !(hole in caption.values)), caption.id).toEqual([]);
      }
    }
  }, 60_000);
});

it('a dead node: 40 seconds until it is unknown, 300 more until its Pods are deleted', async () => {
  const { text } = LIBRARY.find((entry) => entry.id === 'node-loss')!;
  const session = new Session({ scenario: text, seed: 2, inputs: [], lesson: 'node-loss' }, lessonById('node-loss'));
  for (const step of session.scenario.steps) await performStep(session, step, async (at) => { session.sim.runUntil(at); });
  const at = Object.fromEntries(session.view().lesson!.steps.map((step) => [step.id, step.at]));
  expect(at.unknown - at.silent).toBeGreaterThan(30_000_000);
  expect(at.unknown - at.silent).toBeLessThan(60_000_000);
  expect(Math.round((at.evict - at.taint) / 1_000_000)).toBe(300);
}, 60_000);
