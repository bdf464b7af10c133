// A journey far ahead in a heavy run: how far it has come is told, the page answers meanwhile, and Escape leaves everything as it was.
import { expect, test } from './page.ts';
import { openPage, stateOf, wait } from './workbench.ts';

test('a seek far ahead among a thousand Pods tells its progress and is left by Escape', async ({ page }) => {
  test.setTimeout(90_000);
  await openPage(page);
  await page.evaluate(() => window.orrery.open({ scenario: '@ nodes 10\n', seed: 1, inputs: [] }));
  await page.evaluate(() => window.orrery.run('kubectl create deployment web --image=nginx:1.27 --replicas=1000'));
  const before = await wait(page, 1), caption = page.getByText(/Computing the way to that moment: [\d.]+ of \d+ s/);
  await page.evaluate(() => { void window.orrery.seek({ at: window.orrery.state().at + 2_000_000_000 }).then(() => { document.title = 'arrived'; }); });
  await expect(caption).toBeVisible();
  const said = async (): Promise<number> => Number(/([\d.]+) of/.exec(await caption.innerText())?.[1] ?? -1), first = await said();
  await expect.poll(said, { timeout: 15_000 }).toBeGreaterThan(first);
  // the page is alive meanwhile
  await page.getByRole('button', { name: /^Share/ }).click();
  await expect(page.getByRole('button', { name: /^Share/ })).toHaveAttribute('aria-expanded', 'true');
  const pressed = Date.now();
  await page.keyboard.press('Escape');
  await expect(caption).toBeHidden();
  expect(Date.now() - pressed, 'ms until Escape is heard').toBeLessThan(2000);
  await expect(page).toHaveTitle('arrived');
  const after = await stateOf(page);
  expect([after.event, after.branch, after.traceHash, after.at, after.status]).toEqual([before.event, before.branch, before.traceHash, before.at, 'running']);
  // and goes on from there as ever
  const later = await wait(page, 2);
  expect(later.at).toBe(before.at + 2_000_000);
  expect((await page.evaluate(() => window.orrery.run('kubectl get deployment web'))).transcript).toContain('$ kubectl get deployment web');
});
