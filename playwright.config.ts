import { defineConfig } from '@playwright/test';

// `npm run build` first: the browser tests run on what is shipped.
const port = Number(process.env.E2E_PORT ?? 4173);
export default defineConfig({
  testDir: 'e2e',
  timeout: 30_000,
  workers: 2,
  // Times are noisy on small machines: a journey may be walked again, and is then reported as flaky.
  retries: process.env.CI ? 2 : 0,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`, viewport: { width: 1440, height: 900 }, colorScheme: 'dark', locale: 'en-US',
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] },
  },
  webServer: { command: `node scripts/start.mjs --no-build --port ${port}`, url: `http://127.0.0.1:${port}/`, reuseExistingServer: true, timeout: 60_000 },
});
