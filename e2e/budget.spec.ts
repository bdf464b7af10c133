// What the document loads before the first control works.
import { gzipSync } from 'node:zlib';
import { expect, test } from './page.ts';

test('initial scripts are at most 180 kB gzip', async ({ page }) => {
  let bytes = 0;
  const seen: string[] = [];
  page.on('response', async (r) => { if (!/javascript/.test(r.headers()['content-type'] ?? '') || /worker/i.test(r.url())) return; const size = gzipSync(await r.body()).length; bytes += size; seen.push(`${r.url().split('/').pop()} ${size}`); });
  await page.goto('./');
  await page.getByRole('button', { name: 'Run this command' }).waitFor();
  await page.waitForTimeout(200);
  expect(bytes, seen.join(', ')).toBeLessThanOrEqual(180_000);
});
