#!/usr/bin/env node
// npm run check: types, lint and all unit tests (goldens and a hundred random scenarios among them), without a browser.
// Every suite prints its time; over its budget (seconds, on 2 cores) it fails, unless CI says times do not count.
import { suites } from './suites.mjs';

await suites([
  ['types', 'npm', ['run', '-s', 'types'], 40],
  ['lint', 'npm', ['run', '-s', 'lint'], 20],
  ['unit', 'npx', ['vitest', 'run'], 60],
]);
