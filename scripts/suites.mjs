// Runs suites one after the other, prints their times and a closing line, and sets the exit code.
import { spawnSync } from 'node:child_process';

/** list: [name, command, args, budget in seconds, more environment][]. A budget that is overrun is said; it fails only with ORRERY_BUDGETS=1. */
export async function suites(list) {
  let passed = 0;
  const failed = [];
  for (const [name, command, args, budget, env = {}] of list) {
    const start = performance.now();
    console.log(`\n== ${name}`);
    const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, FORCE_COLOR: '0', ...env } });
    const seconds = (performance.now() - start) / 1000;
    const over = seconds > budget;
    console.log(`== ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds.toFixed(1)} s (budget ${budget} s${over ? ', over' : ''})`);
    if (status !== 0 || (over && process.env.ORRERY_BUDGETS)) failed.push(name);
    else passed++;
  }
  if (failed.length) console.log(`\nfailed: ${failed.join(', ')}`);
  console.log(`\n${passed} passed, ${failed.length} failed`);
  process.exitCode = failed.length ? 1 : 0;
}
