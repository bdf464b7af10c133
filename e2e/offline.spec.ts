// From a sub-path, after one visit, without a network: terminal, editor, another language.
import { expect, test } from './page.ts';
import { openPage, type, wait } from './workbench.ts';

test('works offline after the first visit', async ({ page, context }) => {
  await openPage(page, './a/b/');
  await page.evaluate(async () => { await navigator.serviceWorker.ready; while (!navigator.serviceWorker.controller) await new Promise((r) => setTimeout(r, 50)); });
  await context.setOffline(true);
  await page.goto('about:blank');
  await openPage(page, './a/b/');
  await type(page, 'kubectl get nodes');
  await wait(page, 2);
  await expect(page.getByRole('log')).toContainText('node-1');
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'YAML of web.yaml' })).toBeVisible();
  await page.getByRole('button', { name: '切换到中文' }).click();
  await expect(page.getByRole('button', { name: '场景' })).toBeVisible();
  for (const name of ['场景', '故障…', '分享']) { await page.getByRole('button', { name, exact: true }).click(); await expect(page.getByRole('button', { name: '关闭', exact: true })).toBeVisible(); }
});
test('the manifest lets the page be installed', async ({ page, request }) => {
  await page.goto('./?recorded');
  const href = await page.locator('link[rel=manifest]').getAttribute('href'), manifest = await (await request.get(new URL(href ?? '', page.url()).href)).json() as { name: string; start_url: string; display: string; icons: unknown[] };
  expect(manifest).toMatchObject({ name: 'Kube Orrery', start_url: './', display: 'standalone' });
  expect(manifest.icons.length).toBeGreaterThan(0);
});
