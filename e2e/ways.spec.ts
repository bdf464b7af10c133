// The ways there are: on a phone to terminal, YAML, faults and scenarios; on every screen from one run to another.
import { expect, test } from './page.ts';
import { openPage, stateOf, wait } from './workbench.ts';

for (const [locale, menu, names] of [['en-US', 'Menu', ['Terminal', 'YAML', 'Break…', 'Scenarios']], ['zh-CN', '菜单', ['终端', 'YAML', '故障…', '场景']]] as const) test.describe(`phone ${locale}`, () => {
  test.use({ viewport: { width: 390, height: 844 }, locale });
  test('a menu leads to terminal, YAML, faults and scenarios', async ({ page }) => {
    await openPage(page);
    for (const name of names) {
      await page.getByRole('button', { name: menu, exact: true }).click();
      await page.getByRole('navigation', { name: menu }).getByRole('button', { name, exact: true }).click();
      if (name === names[0]) { await expect(page.getByRole('log')).toBeVisible(); await page.getByRole('button', { name: /Close the terminal|关闭终端/ }).click(); }
      else if (name === 'YAML') { await expect(page.locator('.cm-content')).toBeVisible(); await page.getByRole('button', { name: /Close the editor|关闭编辑器/ }).click(); }
      else { await expect(page.getByRole('region', { name })).toBeVisible(); await page.keyboard.press('Escape'); }
    }
  });
});
test('a fork is a run of its own, and a control names the runs and leads from one to the other', async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => { await window.orrery.run('kubectl create deployment web --image=nginx:1.27'); });
  await wait(page, 3);
  const before = await page.evaluate(async () => { const { at } = window.orrery.state(); await window.orrery.run('kubectl scale deployment web --replicas=2'); return at; });
  await page.evaluate((at) => window.orrery.seek({ at: at - 1_000_000 }), before);
  await expect(page.getByRole('combobox', { name: 'Which run is shown' })).toHaveCount(0);
  await page.evaluate(async () => { await window.orrery.run('kubectl delete deployment web'); });
  const runs = page.getByRole('combobox', { name: 'Which run is shown' });
  await expect(runs.getByRole('option')).toHaveText([/^Run 1 of 2/, /^Run 2 of 2/]);
  const second = await runs.inputValue();
  await runs.selectOption({ index: 0 });
  await expect(runs).not.toHaveValue(second);
  expect((await stateOf(page)).transcript).not.toContain('kubectl delete');
  await runs.selectOption({ index: 1 });
  await expect(runs).toHaveValue(second);
});
test('the right arrow starts the lesson by its command', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await stateOf(page)).transcript, { timeout: 15_000 }).toContain('kubectl create deployment web');
});
test('at a hundred times the speed the caption says a rate; changed while paused, a speed moves nothing', async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => { await window.orrery.run('kubectl create deployment web --image=nginx:1.27'); });
  await wait(page, 20);
  const caption = page.locator('.cap'), said = await caption.locator('p').textContent();
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('100');
  await expect(caption.locator('p')).toHaveText(said ?? '');
  await expect(page.getByText(/in flight$/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText(/^\d+ messages a second of virtual time$/)).toBeVisible();
});
test('a cause that was gone to leads back to where one was', async ({ page }) => {
  await openPage(page);
  await page.evaluate(async () => { await window.orrery.run('kubectl create deployment web --image=nginx:1.27'); });
  const { at } = await wait(page, 6);
  await page.locator('.brand').click();
  await page.keyboard.press('i');
  await page.getByRole('button', { name: 'web', exact: true }).first().click();
  await page.getByRole('tab', { name: 'Cause' }).click();
  await page.locator('.chain button').last().click();
  await expect.poll(async () => (await stateOf(page)).at).toBeLessThan(at);
  await page.getByRole('button', { name: /^← Back to/ }).click();
  await expect.poll(async () => (await stateOf(page)).at).toBe(at);
  await expect(page.getByRole('button', { name: /Back to/ })).toHaveCount(0);
});
test('under a command that does not exist stands a way out, not in the output', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('`');
  await page.getByRole('textbox', { name: 'Command line' }).fill('kubectl gett pods');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Not a command there is/)).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('log')).not.toContainText('Not a command there is');
});
