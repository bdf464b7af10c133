// Every journey starts here: no page of it may report a policy violation or an error of ours, or ask anything in a dialog.
import { test as base, expect } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';

export { expect };
export const test = base.extend<{ quiet: string[] }>({
  quiet: [async ({ browser, context }, use) => {
    const said: string[] = [], open = browser.newContext.bind(browser);
    const watch = (page: Page): void => {
      page.on('pageerror', (e) => said.push(`error: ${e.message}`));
      page.on('console', (m) => { if (m.type() === 'error') said.push(`console: ${m.text()}`); });
      page.on('dialog', (d) => { said.push(`${d.type()}: ${d.message()}`); void d.dismiss(); });
    };
    const follow = async (c: BrowserContext): Promise<BrowserContext> => {
      c.on('page', watch);
      await c.addInitScript(() => { document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)); });
      return c;
    };
    await follow(context);
    for (const page of context.pages()) watch(page);
    // a second reader is watched as the first
    browser.newContext = async (options) => follow(await open(options));
    await use(said);
    browser.newContext = open;
    expect(said).toEqual([]);
  }, { auto: true }],
});
