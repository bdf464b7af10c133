// Links and frames from strangers: nothing of them is run as script, and what is wrong is said in one line.
import { expect, test } from './page.ts';
import { encodeLink } from '../src/scenario/link.ts';
import { openPage, stateOf } from './workbench.ts';

const XSS = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>';
const bad: readonly (readonly [string, string, RegExp])[] = [
  ['damaged', encodeLink({ behaviour: 1, scenario: '', seed: 1, inputs: [{ at: 0, input: { kind: 'command', line: 'kubectl get pods' } }] }).slice(0, -9), /damaged/],
  ['of another version', '9abcdef', /another version/],
  ['not a link', XSS.replaceAll(' ', '%20'), /damaged|another version/],
  ['too large', `1${'A'.repeat(70_000)}`, /too large/],
];
for (const [name, hash, said] of bad) test(`a link that is ${name}`, async ({ page }) => {
  await page.goto(`./#${hash}`);
  await expect(page.getByRole('alert')).toContainText(said);
  await page.getByRole('alert').getByRole('button', { name: 'Keep my work' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
});
test('an author’s words are plain text', async ({ page }) => {
  await page.goto(`./#${encodeLink({ behaviour: 1, scenario: '', seed: 1, inputs: [{ at: 20_000_000, input: { kind: 'command', line: XSS } }], title: XSS, note: XSS, selection: XSS })}`);
  await expect(page.getByRole('heading', { name: XSS })).toBeVisible();
  await page.getByRole('button', { name: /^Open/ }).click();
  await expect.poll(async () => (await stateOf(page)).transcript).toContain(XSS);
  expect(await page.evaluate(() => 'broken' in window)).toBe(false);
});
test('a scenario that cannot be read is said, with its line', async ({ page }) => {
  // nothing but the preview is ever seen before the reader has decided
  await page.addInitScript(() => { const seen = new MutationObserver(() => { if (document.querySelector('.app')) document.documentElement.dataset.workbench = 'seen'; }); document.addEventListener('readystatechange', () => seen.observe(document.documentElement, { childList: true, subtree: true }), { once: true }); });
  await page.goto(`./#${encodeLink({ behaviour: 1, scenario: '@ nodes 99999\n', seed: 1, inputs: [] })}`);
  await page.getByRole('button', { name: /^Open, paused/ }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.workbench)).toBe(undefined);
  await page.getByRole('button', { name: /^Open/ }).click();
  await expect(page.getByRole('alert')).toContainText('line 1', { timeout: 20_000 });
  await page.getByRole('button', { name: 'Keep my work' }).click();
  await expect(page.getByRole('button', { name: 'Run this command' })).toBeVisible();
});
test('in a frame: the parent is obeyed, nothing is stored', async ({ page, baseURL }) => {
  // the parent is a page of the same server; it speaks to the frame only by messages
  await page.route('**/parent.html', (route) => route.fulfill({ contentType: 'text/html', body: `<iframe src="./" style="width:1200px;height:700px"></iframe>` }));
  await page.goto(`${baseURL}parent.html`);
  const answer = await page.evaluate(() => new Promise((resolve) => {
    const frame = document.querySelector('iframe')!;
    addEventListener('message', (e) => { if (e.data?.id === 6 && e.data.result.status === 'running') frame.contentWindow!.postMessage({ orrery: 1, id: 7, method: 'run', params: ['kubectl get nodes'] }, '*'); else if (e.data?.id === 6) setTimeout(ask, 200); if (e.data?.id === 7) resolve(e.data); });
    const ask = (): void => frame.contentWindow!.postMessage({ orrery: 1, id: 6, method: 'state' }, '*');
    ask();
  }));
  expect(answer).toMatchObject({ orrery: 1, id: 7, result: { status: 'running' } });
  const frame = page.frames()[1];
  expect(await frame.evaluate(async () => ({ stored: Object.keys(localStorage).length, databases: (await indexedDB.databases()).length }))).toEqual({ stored: 0, databases: 0 });
  // a message from the frame itself is not its parent's
  const obeyed = await frame.evaluate(() => new Promise((resolve) => { const before = window.orrery.state().event; window.postMessage({ orrery: 1, id: 8, method: 'run', params: ['kubectl get pods'] }, '*'); setTimeout(() => resolve(window.orrery.state().transcript.includes('get pods') || window.orrery.state().event < before), 600); }));
  expect(obeyed).toBe(false);
});
test('window.orrery: run, step, seek, object, link', async ({ page }) => {
  await openPage(page);
  const seen = await page.evaluate(async () => {
    const o = window.orrery, ran = await o.run('kubectl create namespace one');
    await o.seek({ at: ran.at + 2_000_000 });
    const object = await o.object({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'one' }), stepped = await o.step('message', 1), back = await o.seek({ at: ran.at });
    return { yaml: object?.yaml.split('\n')[1], forward: stepped.at > ran.at, back: back.at === ran.at, link: (await o.link()).includes('#1'), refused: await o.seek({ at: -1 }).catch((e: Error) => e.message) };
  });
  expect(seen).toEqual({ yaml: 'kind: Namespace', forward: true, back: true, link: true, refused: 'at: a whole number from 0' });
});
