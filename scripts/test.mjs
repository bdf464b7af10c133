#!/usr/bin/env node
// npm test: everything, the browser's journeys included. Finds a Chromium on the machine, else installs Debian's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { suites } from './suites.mjs';

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!browser && !process.env.ORRERY_CHROMIUM) {
  console.log('no Chromium found: installing the packages chromium and fonts-noto-cjk');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  for (const args of [['apt-get', 'update', '-qq'], ['apt-get', 'install', '-y', '-qq', 'chromium', 'fonts-noto-cjk']]) {
    const [command, ...rest] = [...sudo, ...args];
    spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

await suites([
  ['types', 'npm', ['run', '-s', 'types'], 60],
  ['lint', 'npm', ['run', '-s', 'lint'], 30],
  ['build', 'npm', ['run', '-s', 'build'], 120],
  // All recorded scenarios at five seeds, and a thousand random ones.
  ['unit', 'npx', ['vitest', 'run'], 400, { ORRERY_FULL: '1', ORRERY_SCENARIOS: '1000' }],
  ...(existsSync('playwright.config.ts') ? [['browser', 'npx', ['playwright', 'test'], 400]] : []),
]);
