// axe on every panel with the real engine, in both themes and languages, on a wide and a narrow screen.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './page.ts';
import { openPage } from './workbench.ts';

for (const [colorScheme, locale] of [['dark', 'en-US'], ['light', 'zh-CN']] as const) for (const [width, height] of [[1440, 900], [390, 844]] as const) {
  test.describe(`panels ${width} ${colorScheme} ${locale}`, () => {
    test.use({ colorScheme, locale, viewport: { width, height }, reducedMotion: 'reduce' });
    test('have no violation', async ({ page }) => {
      test.setTimeout(90_000);
      const said: string[] = [];
      const look = async (where: string): Promise<void> => { const { violations } = await new AxeBuilder({ page }).analyze(); for (const v of violations) said.push(`${where}: ${v.id} ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`); };
      await openPage(page);
      await page.evaluate(async () => { const o = window.orrery; await o.run('kubectl create deployment web --image=nginx:1.27'); await o.seek({ at: o.state().at + 6_000_000 }); });
      await page.locator('body').press('`');
      await page.getByRole('log').waitFor();
      await look('terminal');
      await page.getByRole('button', { name: /Close the terminal|关闭终端/ }).click();
      if (width < 640) await page.getByRole('button', { name: /^(Menu|菜单)$/ }).click();
      await page.getByRole('button', { name: 'YAML', exact: true }).click();
      await page.locator('.cm-content').waitFor();
      await look('editor');
      await page.getByRole('button', { name: /Close the editor|关闭编辑器/ }).click();
      await page.locator('.brand').click();
      await page.keyboard.press('i');
      await page.getByRole('button', { name: 'web', exact: true }).first().click();
      for (const tab of [0, 1, 2, 3]) { await page.getByRole('tab').nth(tab).click(); await page.waitForTimeout(200); await look(`inspector ${tab}`); }
      await page.getByRole('button', { name: /Hide the inspector|隐藏检查器/ }).click();
      for (const name of [/^(Scenarios|场景)$/, /^(Break…|故障…)$/, /^(Share|分享)$/]) {
        if (width < 640 && !name.test('Share')) continue;
        await page.getByRole('button', { name }).click();
        await page.waitForTimeout(300);
        await look(String(name));
      }
      const link = await page.evaluate(() => window.orrery.link());
      await page.goto('about:blank');
      await page.goto(link);
      await page.getByRole('button', { name: /^(Open|打开)/ }).first().waitFor();
      await look('preview');
      expect(said).toEqual([]);
    });
  });
}
