// A script as the value of every field that takes a text, looked at on every panel: it is a text there too.
import { expect, test } from './page.ts';
import { openPage, stateOf, type, wait } from './workbench.ts';
import type { Page } from '@playwright/test';
import { SCRIPT, scripted } from '../src/testing/mutate-manifest.ts';

const TEXT = JSON.stringify(SCRIPT);
/** Valid with any text in these fields. */
const ANY = `apiVersion: v1
kind: ConfigMap
metadata: {name: evil, annotations: {note: ${TEXT}}}
data:
  one: ${TEXT}
---
apiVersion: v1
kind: Pod
metadata: {name: evil, annotations: {note: ${TEXT}}}
spec:
  containers:
  - name: c
    image: ${TEXT}
    args: [${TEXT}]
    env: [{name: A, value: ${TEXT}}]
`;
/** Refused, with the texts in the answer. */
const REFUSED = scripted(`apiVersion: apps/v1
kind: Deployment
metadata: {name: bad}
spec:
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app: bad
  template:
    metadata:
      labels:
        app: bad
    spec:
      restartPolicy: Always
      dnsPolicy: Default
      containers:
      - name: c
        image: nginx
`, false);
const SOME = 'onerror="globalThis.broken=1"';
async function unbroken(page: Page): Promise<void> {
  await page.waitForTimeout(150);
  expect(await page.evaluate(() => 'broken' in globalThis || document.querySelector('img, script:not([src])') !== null)).toBe(false);
}
test('a script in every string stays a text on every panel', async ({ page }) => {
  test.setTimeout(90_000);
  await openPage(page);
  for (const [path, text] of [['evil.yaml', ANY], ['bad.yaml', REFUSED]]) await page.evaluate(([path, text]) => window.orrery.input({ kind: 'edit', path, text, apply: true }), [path, text]);
  await wait(page, 15);
  await type(page, `echo '${SCRIPT.replaceAll("'", '')}'`);
  await type(page, 'kubectl get events');
  await wait(page, 3);
  await type(page, 'kubectl describe pod evil');
  await wait(page, 3);
  const { transcript } = await stateOf(page);
  // both were carried out: one is there, the other was refused and says what it refused
  expect(transcript).toContain('pod/evil created');
  expect(transcript).toContain('Unsupported value: ');
  expect(transcript.split(SOME).length, transcript.slice(0, 2000)).toBeGreaterThan(4);
  await expect(page.getByRole('log', { name: 'Terminal output' })).toContainText(SOME);
  await unbroken(page);
  await page.getByRole('button', { name: 'Close the terminal' }).click();

  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  await page.locator('.cm-content').fill(REFUSED);
  await expect(page.locator('.cm-content')).toContainText('<img src=x onerror');
  await expect(page.locator('.cm-lint-marker-error, .cm-lintRange-error').first()).toBeVisible();
  await page.locator('.cm-lintRange-error').first().hover();
  await unbroken(page);
  await page.getByRole('button', { name: 'Close the editor' }).click();

  await page.locator('.brand').click();
  await page.keyboard.press('i');
  const side = page.getByRole('complementary', { name: 'Inspector' });
  for (const kind of ['configmap', 'pod', 'event']) {
    await page.getByRole('searchbox', { name: 'Find an object' }).fill(`${kind} evil`);
    await side.getByRole('button', { name: /^evil/ }).first().click();
    for (let tab = 0; tab < 4; tab++) { await side.getByRole('tab').nth(tab).click(); if (tab === 0 && kind !== 'event') await expect(side).toContainText(kind === 'pod' ? SOME : 'onerror'); await unbroken(page); }
    await side.getByRole('button', { name: '‹ Everything' }).click();
  }
  await side.getByRole('button', { name: 'kubelet/node-1', exact: true }).click();
  await unbroken(page);
  await page.locator('.brand').click();
  await page.keyboard.press('t');
  await expect(page.getByRole('slider', { name: 'Position in time' })).toBeVisible();
  await unbroken(page);

  await page.getByRole('button', { name: /^Share/ }).click();
  await page.getByLabel('Title').fill(SCRIPT);
  await page.getByLabel('A question or a hint').fill(SCRIPT);
  await page.waitForTimeout(500);
  const link = await page.getByLabel(/^Link to this moment/).inputValue();
  await unbroken(page);
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByRole('heading', { name: SOME })).toBeVisible();
  await unbroken(page);
  await page.getByRole('button', { name: /^Open, paused/ }).click();
  await expect.poll(async () => (await stateOf(page)).transcript).toContain(SOME);
  await unbroken(page);
});
