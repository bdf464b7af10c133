// What a reader does with the real engine: the lesson, kubectl, YAML, the inspector, links, faults, reloading.
import { expect, test } from './page.ts';
import { openPage, stateOf, type, wait } from './workbench.ts';

const CREATE = 'kubectl create deployment web --image=nginx:1.27 --replicas=3';

test('the lesson: the first press, then nine steps by keyboard alone', async ({ page }) => {
  test.setTimeout(90_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openPage(page);
  await page.getByRole('button', { name: 'Run this command' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Run this command' })).toHaveCount(0);
  const current = page.locator('.rail [aria-current=step]'), seen: string[] = [];
  for (let step = 1; step <= 9; step++) {
    await expect(current).not.toHaveText(seen.at(-1) ?? '-', { timeout: 10_000 });
    await expect.poll(() => page.getByText(/· paused/).count(), { timeout: 10_000 }).toBe(1);
    seen.push((await current.innerText()).trim());
    await page.waitForTimeout(700);
    // beyond the last step the caption speaks of the messages that follow
    if (step === 9) await expect(page.getByText(/runs and is Ready/).first()).toBeVisible();
    await page.locator('body').press('ArrowRight');
  }
  expect(seen.map((name) => name[0]).join('')).toBe('123456789');
});

test('typing kubectl: completion, history, output at the cursor', async ({ page }) => {
  await openPage(page);
  await page.locator('body').press('`');
  const prompt = page.getByRole('textbox', { name: 'Command line' });
  await expect(prompt).toBeFocused();
  await prompt.pressSequentially('kubectl get nod');
  await prompt.press('Tab');
  await expect(prompt).toHaveValue('kubectl get nodes ');
  await prompt.press('Enter');
  await expect(page.getByRole('log', { name: 'Terminal output' })).toContainText('$ kubectl get nodes');
  await wait(page, 2);
  await expect(page.getByRole('log', { name: 'Terminal output' })).toContainText(/node-3\s+Ready/);
  await prompt.press('ArrowUp');
  await expect(prompt).toHaveValue('kubectl get nodes ');
  await prompt.fill('');
  await prompt.press('Control+r');
  await prompt.pressSequentially('nod');
  await prompt.press('Enter');
  await expect(prompt).toHaveValue('kubectl get nodes ');
});

test('Ctrl-C ends a command that watches', async ({ page }) => {
  await openPage(page);
  await type(page, 'kubectl get pods -A -w');
  await wait(page, 2);
  await page.getByRole('textbox', { name: 'Command line' }).press('Control+c');
  await wait(page, 1);
  await expect(page.getByRole('log')).toContainText('^C');
  await expect(page.getByRole('button', { name: 'Stop ^C' })).toHaveCount(0);
});

test('YAML: an error at its field, completion, apply', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'YAML', exact: true }).click();
  const editor = page.getByRole('textbox', { name: 'YAML of web.yaml' });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  color: brass\nimutable: true\n');
  await expect(page.getByRole('status').filter({ hasText: 'Line 7:' })).toContainText('unknown field "imutable"');
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  color: brass\n');
  await page.keyboard.type('immu');
  await expect(page.getByRole('option', { name: /immutable/ })).toBeVisible();
  for (let i = 0; i < 4; i++) await page.keyboard.press('Backspace');
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect.poll(async () => (await stateOf(page)).transcript).toContain('$ kubectl apply -f web.yaml');
  await wait(page, 2);
  expect((await stateOf(page)).transcript).toContain('configmap/settings created');
});

test('the inspector: find by keyboard, history, the chain of causes back to the key press, going there', async ({ page }) => {
  await openPage(page);
  await type(page, CREATE);
  await wait(page, 8);
  await page.locator('.brand').click();
  await page.locator('body').press('i');
  await page.getByRole('searchbox', { name: 'Find an object' }).fill('deployment web');
  await page.getByRole('button', { name: 'web', exact: true }).press('Enter');
  const side = page.getByRole('complementary', { name: 'Inspector' });
  await expect(side.getByRole('heading', { name: 'Deployment/web' })).toBeVisible();
  await side.getByRole('tab', { name: 'Object' }).press('ArrowRight');
  await expect(side.getByText('Every write to it')).toBeVisible();
  const writes = side.locator('.writes > li > button');
  expect(await writes.count()).toBeGreaterThan(3);
  const before = (await stateOf(page)).at;
  await writes.last().click();
  await expect.poll(async () => (await stateOf(page)).at).toBeLessThan(before);
  await side.getByRole('tab', { name: 'Cause' }).click();
  await expect(side.locator('.chain li').last()).toContainText(CREATE);
  await side.locator('.chain button').last().click();
  await expect.poll(async () => (await stateOf(page)).at).toBeLessThan(20_010_000);
  await side.getByRole('tab', { name: 'Managers' }).click();
  await expect(side.getByText('kubectl-create').first()).toBeVisible();
});

test('a link opens elsewhere at the same moment with the same hash, and leaves the reader’s work alone', async ({ page, browser }) => {
  await openPage(page);
  await type(page, CREATE);
  await wait(page, 3);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByLabel('Title').fill('<b>Three</b> Pods');
  await expect(page.getByLabel(/^Link to this moment/)).toHaveValue(/#1/);
  await page.waitForTimeout(400);
  const link = await page.getByLabel(/^Link to this moment/).inputValue(), here = await stateOf(page);
  const context = await browser.newContext({ locale: 'en-US' }), reader = await context.newPage();
  await openPage(reader);
  await type(reader, 'kubectl create namespace mine');
  await reader.goto('about:blank');
  await reader.goto(link);
  await expect(reader.getByRole('heading', { name: '<b>Three</b> Pods' })).toBeVisible();
  await expect(reader.getByText(CREATE)).toBeVisible();
  await expect(reader.getByText(/kubectl create namespace mine.*is saved/)).toBeVisible();
  await reader.getByRole('button', { name: /^Open, paused/ }).click();
  await expect.poll(() => stateOf(reader).then((s) => s.event)).toBe(here.event);
  const there = await stateOf(reader);
  expect(there.traceHash).toBe(here.traceHash);
  await reader.goto('about:blank');
  await reader.goto('./');
  await expect.poll(async () => (await stateOf(reader)).transcript).toContain('kubectl create namespace mine');
  await context.close();
});

test('a reload brings the work back', async ({ page }) => {
  await openPage(page);
  await type(page, 'kubectl create deployment one --image=nginx:1.27');
  await wait(page, 2);
  await type(page, 'kubectl create deployment two --image=nginx:1.27');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.waitForTimeout(1000);
  const before = await stateOf(page);
  await page.reload();
  await expect.poll(async () => (await stateOf(page)).event).toBe(before.event);
  expect((await stateOf(page)).traceHash).toBe(before.traceHash);
});

test('a second tab says that the run is open in another one', async ({ page, context }) => {
  await openPage(page);
  await type(page, 'kubectl create deployment one --image=nginx:1.27');
  const second = await context.newPage();
  await second.goto(page.url());
  await expect(second.getByText(/is being run in another tab/)).toBeVisible();
});

test('a node is powered off, and on', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Break…' }).click();
  await page.getByRole('button', { name: /^node-2 Power off/ }).click();
  await expect(page.getByRole('button', { name: /^node-2 Power on/ })).toHaveAttribute('aria-pressed', 'true');
  await wait(page, 60);
  await expect(page.getByRole('button', { name: /^node-2, Unknown/ })).toBeVisible();
  // a node that is off uses nothing that anybody could know
  await expect(page.getByText(/^cpu \d+%$/)).toHaveCount(2);
  await page.getByRole('button', { name: /^node-2 Power on/ }).click();
  await wait(page, 60);
  await expect(page.getByRole('button', { name: /^node-2, Ready/ })).toBeVisible();
});

test('a scenario of the library opens at its beginning, with its future known', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Scenarios' }).click();
  await page.getByRole('button', { name: /^Image pull back-off/ }).click();
  await expect.poll(async () => (await stateOf(page)).status).toBe('running');
  await wait(page, 65);
  await expect.poll(async () => (await stateOf(page)).transcript).toMatch(/ErrImagePull|ImagePullBackOff/);
});
