// What the journeys share: the page at its first second, and the commands of `window.orrery` typed by program.
import { expect } from './page.ts';
import type { Page } from '@playwright/test';
import type { Orrery, OrreryState } from '../src/ui/embed/orrery.ts';

declare global { interface Window { orrery: Orrery } }
export async function openPage(page: Page, address = './'): Promise<void> { await page.goto(address); await expect(page.getByRole('button', { name: /Run this command|运行这条命令/ })).toBeVisible(); }
export const stateOf = (page: Page): Promise<OrreryState> => page.evaluate(() => window.orrery.state());
/** Virtual seconds on. */
export const wait = (page: Page, seconds: number): Promise<OrreryState> => page.evaluate((s) => window.orrery.seek({ at: window.orrery.state().at + s * 1_000_000 }), seconds);
export async function type(page: Page, line: string): Promise<void> {
  const prompt = page.getByRole('textbox', { name: 'Command line' });
  if (!(await prompt.isVisible())) await page.getByRole('button', { name: /^Terminal/ }).click();
  await prompt.fill(line);
  await prompt.press('Enter');
  await expect.poll(async () => (await stateOf(page)).transcript).toContain(`$ ${line}`);
}
