// axe on the stage, in both themes and languages, at three widths, with panels open.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './page.ts';

const widths = [[1440, 900], [1024, 768], [390, 844]] as const;
for (const colorScheme of ['dark', 'light'] as const) for (const locale of ['en-US', 'zh-CN'] as const) for (const [width, height] of widths) {
  test.describe(`${width} ${colorScheme} ${locale}`, () => {
    test.use({ colorScheme, locale, viewport: { width, height }, reducedMotion: 'reduce' });
    test('has no violation', async ({ page }) => {
      await page.goto('./?recorded');
      await page.getByRole('button', { name: /Run this command|运行这条命令/ }).waitFor();
      for (const key of ['', 't', 'i', 'settings']) {
        if (key === 'settings') await page.getByRole('button', { name: /^(Settings|设置|Menu|菜单)$/ }).click({ force: true, timeout: 2000 }).catch(() => {});
        else if (key !== '') await page.locator('body').press(key);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`), `after "${key}"`).toEqual([]);
      }
    });
  });
}
test('no text is smaller than 11 px', async ({ page }) => {
  await page.goto('./?recorded');
  await page.getByRole('button', { name: 'Run this command' }).waitFor();
  await page.locator('body').press('t');
  const small = await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && (n.textContent ?? '').trim() !== '') && !(e instanceof HTMLStyleElement) && !(e instanceof HTMLScriptElement) && parseFloat(getComputedStyle(e).fontSize) < 11).map((e) => e.outerHTML.slice(0, 90)));
  expect(small).toEqual([]);
});
