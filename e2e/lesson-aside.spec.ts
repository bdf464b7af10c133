// What a lesson shows beside the stage, and runs switched on the timeline.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './page.ts';
import type { Page } from '@playwright/test';
import { openPage, stateOf } from './workbench.ts';

const violations = async (page: Page): Promise<string[]> => (await new AxeBuilder({ page }).analyze()).violations.map((v) => `${v.id} ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
async function toStep(page: Page, step: number): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page);
  await page.getByRole('button', { name: 'Run this command' }).click();
  for (let at = 1; at <= step; at++) {
    if (at > 1) await page.locator('body').press('ArrowRight');
    await expect(page.getByText(`Step ${at} of 9`)).toBeVisible({ timeout: 15_000 });
    await expect.poll(() => page.getByText(/· paused/).count(), { timeout: 10_000 }).toBe(1);
  }
}
test('at the gates: what was sent and what was added, counted by the engine', async ({ page }) => {
  test.setTimeout(60_000);
  await toStep(page, 2);
  const aside = page.getByRole('complementary', { name: 'Inspector' });
  await expect(aside.getByText('9 you sent')).toBeVisible();
  await expect(aside.locator('.add')).toHaveCount(14);
  await expect(page.getByText(/the 9 fields you sent; defaulting has just added 13/).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
test('before the binding: a prediction by key, graded by the cycle’s own numbers', async ({ page }) => {
  test.setTimeout(90_000);
  await toStep(page, 7);
  const ask = page.getByRole('region', { name: 'Prediction' });
  await expect(ask.getByText(/Which node will/)).toBeVisible();
  await expect(page.locator('.cycle .sum')).toContainText('???');
  expect(await violations(page)).toEqual([]);
  await page.locator('body').press('2');
  await expect(ask.getByRole('status')).toHaveText(/Yes: node-2|It went to node-\d: \d+ points against|A tie at/);
  await expect(page.locator('.cycle .sum')).not.toContainText('?');
});
test('a run that was left is a line on the timeline: a press goes back to it', async ({ page }) => {
  test.setTimeout(60_000);
  await openPage(page);
  await page.evaluate(async () => { const o = window.orrery; await o.run('kubectl create namespace one'); await o.seek({ at: o.state().at + 3_000_000 }); await o.run('kubectl create namespace two'); await o.seek({ at: o.state().at - 2_000_000 }); await o.run('kubectl create namespace three'); });
  const forked = (await stateOf(page)).branch;
  await page.locator('body').press('t');
  const old = page.getByRole('button', { name: /^Go to run \d, kubectl create namespace/ }).first();
  await old.focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await stateOf(page)).branch).not.toBe(forked);
  await expect(page.getByRole('button', { name: /^Go to run \d, kubectl create namespace three/ })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
