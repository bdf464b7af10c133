// The command line: run, api, hash, bench. Sets process.exitCode and lets the pipes drain; never calls process.exit.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { provideProse } from './k8s/kubectl/asset.ts';
import type { ProseTable } from './host/prose.ts';

const USAGE = `usage: npm run -s orrery -- <command>
  run [--seed N] FILE.scenario     carry out a scenario, print audit events and command output as JSON lines
  hash [--seed N] FILE.scenario    print the trace hash of a scenario
  api FILE.jsonl                   answer API requests, print {id, code, body, warnings} lines
  bench [--quick]                  measure the simulator, print JSON
`;

/** Files are named relative to where npm was called. */
const file = (name: string): string => readFileSync(resolve(process.env.INIT_CWD ?? process.cwd(), name), 'utf8');
const commands: Record<string, (args: string[], seed: number) => Promise<void> | void> = {
  run: async (args, seed) => (await import('./host/cli-run.ts')).run(file(args[0]), seed, print),
  hash: async (args, seed) => (await import('./host/cli-run.ts')).hash(file(args[0]), seed, print),
  api: async (args) => (await import('./host/cli-api.ts')).api(file(args[0]), print),
  bench,
};

/** Measures in a process whose heap is as large as the budget allows: a run that needed more would not end. */
const BENCH_HEAP = '--max-old-space-size=960';

async function bench(args: string[]): Promise<void> {
  if (process.execArgv.includes(BENCH_HEAP)) {
    (await import('./host/bench.ts')).bench(args.includes('--quick'), print);
    return;
  }
  const { status } = spawnSync(process.execPath, [...process.execArgv, BENCH_HEAP, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<void> {
  const [name, ...rest] = process.argv.slice(2);
  const at = rest.indexOf('--seed');
  const seed = at < 0 ? 1 : Number(rest.splice(at, 2)[1]);
  const command = commands[name ?? ''];
  const needsFile = name !== 'bench';
  if (!command || (needsFile && rest.length !== 1) || !Number.isInteger(seed)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  try {
    await load();
    await command(rest, seed);
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? (process.env.ORRERY_STACK ? error.stack : error.message) : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** kubectl, and the prose of `explain` where the build put it. */
async function load(): Promise<void> {
  await import('./k8s/kubectl/eager.ts');
  const prose = new URL('./explain-prose.json', import.meta.url);
  if (!existsSync(prose)) return;
  let table: ProseTable | undefined;
  provideProse((type, field) => (table ??= JSON.parse(readFileSync(prose, 'utf8')) as ProseTable)[type]?.[field]);
}

process.stdout.on('error', () => { process.exitCode = 0; });
void main();
