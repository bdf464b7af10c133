// The stage on a recorded run of a real cluster: the first press, stepping both ways, keys, panels, choices that stay.
import { expect, test } from './page.ts';
import type { Page } from '@playwright/test';

const open = async (page: Page): Promise<void> => { await page.goto('./?recorded'); await expect(page.getByRole('button', { name: 'Run this command' })).toBeVisible(); };
const pixels = (page: Page): Promise<string> => page.evaluate(() => { const c = document.querySelector<HTMLCanvasElement>('canvas.flights'); return c ? c.toDataURL() : ''; });
const time = (page: Page): Promise<string> => page.getByRole('timer').innerText();

test('the first press types the command and sends it', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Run this command' }).click();
  await expect(page.getByRole('button', { name: 'Next message' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run this command' })).toHaveCount(0);
  await expect.poll(() => page.locator('canvas.flights').getAttribute('data-inflight').then(Number)).toBeGreaterThan(0);
});
test('a step back returns to the same picture', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Pause' }).click();
  for (let i = 0; i < 3; i++) { await page.keyboard.press('ArrowRight'); await page.waitForTimeout(60); }
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.getByText(/· paused/).count()).toBe(1);
  const at = await time(page), seen = await pixels(page);
  await page.keyboard.press('ArrowRight'); await page.waitForTimeout(60); await page.keyboard.press('ArrowLeft');
  await expect.poll(() => page.getByText(/· paused/).count()).toBe(1);
  // two presses at once: the second completes the first step, so one step on and one back are left
  await expect.poll(() => time(page)).toBe(at);
  expect(await pixels(page)).toBe(seen);
});
test('space plays and pauses, and nothing needs a mouse', async ({ page }) => {
  await open(page);
  await page.locator('body').press('Space');
  await expect(page.getByText(/· paused/)).toBeVisible();
  await page.locator('body').press('t');
  await expect(page.getByRole('slider', { name: 'Position in time' })).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Position in time' });
  await slider.focus();
  const before = await time(page);
  await page.keyboard.press('PageDown');
  await expect.poll(() => time(page)).not.toBe(before);
  await page.keyboard.press('Home');
  await page.locator('.brand').click();
  await page.keyboard.press('i');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toHaveCount(0);
});
test('things on the stage are buttons that say what they are', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('button', { name: /^node-1, Ready, \d+ Pods$/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Pod coredns-.*, Ready$/ }).first()).toBeVisible();
  await page.getByRole('button', { name: /^node-1, Ready/ }).click({ position: { x: 150, y: 160 } });
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible();
});
test('theme and language stay, at top level', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Light theme' }).click();
  await page.getByRole('button', { name: '切换到中文' }).click();
  await expect(page.getByRole('button', { name: '运行这条命令' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: '运行这条命令' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});
test('works from a sub-path', async ({ page }) => {
  await page.goto('./a/b/?recorded');
  await expect(page.getByRole('button', { name: 'Run this command' })).toBeVisible();
});
