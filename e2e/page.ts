// Every journey starts here: a page that must not report a policy violation or an error of ours.
import { test as base, expect } from '@playwright/test';

export { expect };
export const test = base.extend<{ quiet: string[] }>({
  quiet: [async ({ page }, use) => {
    const said: string[] = [];
    page.on('pageerror', (e) => said.push(`error: ${e.message}`));
    page.on('console', (m) => { if (m.type() === 'error') said.push(`console: ${m.text()}`); });
    await page.addInitScript(() => { document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)); });
    await use(said);
    expect(said).toEqual([]);
  }, { auto: true }],
});
