// Scenarios of the library: each opens with its own lesson, which begins by itself and answers the question of its title.
import { expect, test } from './page.ts';
import { openPage } from './workbench.ts';

test('a node dies: seven steps of its own, from silence to the Pod elsewhere', async ({ page }) => {
  test.setTimeout(90_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page);
  await page.getByRole('button', { name: 'Scenarios' }).click();
  await page.getByRole('button', { name: /^A node dies/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('A node dies', { timeout: 20_000 });
  const rail = page.getByRole('navigation', { name: 'Steps of the lesson' });
  await expect(rail.getByRole('button', { name: /^Step/ })).toHaveCount(7);
  await expect(rail).not.toContainText('ReplicaSet');
  const said = [/Nothing announces it/, /renews its Lease/, /NodeStatusUnknown/, /unreachable/, /tolerationSeconds: 300/, /wants three, has two/, /stays Terminating/];
  for (const [i, words] of said.entries()) {
    await expect(page.locator('.cap p').first()).toHaveText(words, { timeout: 15_000 });
    await expect(page.locator('.cap .kick')).toContainText(`Step ${i + 1} of 7`);
    if (i + 1 < said.length) await page.getByRole('button', { name: /^Next step/ }).click();
  }
  await expect(page.getByRole('button', { name: /^Next message/ })).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Step by' })).toHaveValue('message');
});

test('free play has no steps of a lesson: its rail marks what was typed', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Scenarios' }).click();
  await page.locator('.free').getByRole('button', { name: 'Start' }).click();
  const prompt = page.getByRole('textbox', { name: 'Command line' });
  await expect(page.getByText('Nothing typed yet')).toBeVisible({ timeout: 20_000 });
  await prompt.fill('kubectl get nodes');
  await prompt.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Commands of this run' }).getByRole('button', { name: 'kubectl get nodes' })).toBeVisible();
});
