#!/usr/bin/env node
// Builds the page (dist/page) and the command line (dist/cli). `build.mjs cli` builds only the latter.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';

const only = process.argv[2];

await build({
  entryPoints: { orrery: 'src/cli.ts' }, outdir: 'dist/cli', outExtension: { '.js': '.mjs' }, bundle: true, splitting: true,
  format: 'esm', platform: 'node', target: 'node20', minifySyntax: true, logLevel: 'warning', chunkNames: 'chunk-[hash]',
});
if (only !== 'cli') run('npx', ['vite', 'build', '--logLevel', 'warn']);
run('node', ['scripts/explain-prose.mjs']);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
