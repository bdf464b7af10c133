/** Sends the recorded requests (the written ones, of the kinds that are whole) and asserts how many answers equal the real server's. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { answerCase, preparedHarness, type AdmissionCase } from '../admission-cases.ts';
import { score, totals, type Mark } from './score-admission.mjs';

/** Least share of right answers, in percent. */
const FLOORS: Partial<Record<Mark, number>> = { code: 98.5, reason: 98.5, message: 98, causes: 98, object: 99, warnings: 99.5 };
/** Without ORRERY_FULL every fifth case is sent. */
const STRIDE = process.env.ORRERY_FULL === '1' ? 1 : 5;

it('answers as a real kube-apiserver', () => {
  const lines = readFileSync(new URL('admission.jsonl', import.meta.url), 'utf8').split('\n').filter((line) => line !== '');
  const cases = lines.filter((_, i) => i % STRIDE === 0).map((line) => JSON.parse(line) as AdmissionCase);
  const rows = score(cases, cases.map((one) => answerCase(preparedHarness(), one)));
  const sums = totals(rows);
  const wrong = rows.filter((row) => !row.s.pass).map((row) => `${row.c.id}: ${JSON.stringify(row.s.why[0])?.slice(0, 300)}`).join('\n');
  expect(sums.answered).toBe(cases.length);
  for (const [mark, least] of Object.entries(FLOORS)) {
    const [right, all] = sums[mark as Mark];
    expect((100 * right) / all, `${mark}\n${wrong}`).toBeGreaterThanOrEqual(STRIDE === 1 ? least : least - 2);
  }
}, 120_000);
