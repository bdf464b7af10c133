// Commands of several lines at the prompt: typed line by line, pasted whole, left by Ctrl-C, found again whole.
import { expect, test } from './page.ts';
import type { Page } from '@playwright/test';
import { openPage, stateOf, wait } from './workbench.ts';

const MAP = (name: string): string => `kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "1"\n\nEOF`;
const paste = (page: Page, text: string): Promise<void> => page.getByRole('textbox', { name: 'Command line' }).evaluate((field, t) => { const d = new DataTransfer(); d.setData('text', t); field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: d, bubbles: true, cancelable: true })); }, text);

test('a here-document typed line by line is one command, whole in the history and in the run', async ({ page }) => {
  await openPage(page);
  await page.locator('body').press('`');
  const prompt = page.getByRole('textbox', { name: 'Command line' }), mark = page.locator('.tty-mark');
  for (const line of MAP('typed').split('\n')) {
    await expect(mark).toHaveText(line.startsWith('kubectl') ? '$' : '>');
    await prompt.fill(line);
    await prompt.press('Enter');
  }
  await expect.poll(async () => (await stateOf(page)).transcript).toBe(`$ ${MAP('typed')}\n`);
  await wait(page, 2);
  await expect(page.getByRole('log')).toContainText('configmap/typed created');
  await expect(page.locator('.tty-in').first()).toHaveText(`$ ${MAP('typed').replaceAll('\n', '\n> ')}`);
  const { inputs } = await page.evaluate(() => window.orrery.document());
  expect(inputs.map(({ input }) => input)).toEqual([{ kind: 'command', line: MAP('typed') }]);
  await prompt.press('ArrowUp');
  await expect(prompt).toHaveValue(MAP('typed'));
});

test('what is pasted runs command by command, each after the one before', async ({ page }) => {
  await openPage(page);
  await page.locator('body').press('`');
  await paste(page, `${MAP('first')}\n# a remark\nkubectl get configmap first -o name\nfor n in 1 2; do\n  echo "round $n"\ndone\n`);
  await expect.poll(async () => (await stateOf(page)).transcript, { timeout: 20_000 }).toBe(`$ ${MAP('first')}\nconfigmap/first created\n$ kubectl get configmap first -o name\nconfigmap/first\n$ for n in 1 2; do\n  echo "round $n"\ndone\nround 1\nround 2\n`);
  await expect(page.locator('.tty-mark')).toHaveText('$');
});

test('Ctrl-C leaves what is open', async ({ page }) => {
  await openPage(page);
  await page.locator('body').press('`');
  const prompt = page.getByRole('textbox', { name: 'Command line' });
  await prompt.fill('echo "open');
  await prompt.press('Enter');
  await expect(page.locator('.tty-mark')).toHaveText('>');
  await prompt.press('Control+c');
  await expect(page.locator('.tty-mark')).toHaveText('$');
  await prompt.fill('echo free');
  await prompt.press('Enter');
  await expect.poll(async () => (await stateOf(page)).transcript).toContain('$ echo free\n');
  await wait(page, 1);
  expect((await stateOf(page)).transcript).toBe('$ echo free\nfree\n');
});
