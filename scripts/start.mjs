#!/usr/bin/env node
// Builds the page if need be and serves it on loopback, with the headers of a strict Content-Security-Policy.
//   npm start [-- --port N]
import { createServer } from 'node:http';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize, resolve } from 'node:path';

const root = resolve('dist/page');
const at = process.argv.indexOf('--port');
const wanted = at > 0 ? Number(process.argv[at + 1]) : 4173;

if (!existsSync(join(root, 'index.html')) || !process.argv.includes('--no-build')) {
  const { status } = spawnSync('node', ['scripts/build.mjs'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const headers = Object.fromEntries(
  (existsSync(join(root, '_headers')) ? readFileSync(join(root, '_headers'), 'utf8') : '')
    .split('\n').filter((line) => /^\s+\S+:/.test(line)).map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
);
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json', '.txt': 'text/plain; charset=utf-8', '.woff2': 'font/woff2' };

const server = createServer((request, response) => {
  // Any sub-path serves the page, so that /a/b/ can be tried: the last known file name decides.
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  const parts = path.split('/').filter(Boolean);
  let file = null;
  for (let i = 0; i <= parts.length && !file; i++) {
    const candidate = join(root, ...parts.slice(i));
    if (!candidate.startsWith(root)) continue;
    if (existsSync(candidate) && statSync(candidate).isFile()) file = candidate;
    else if (path.endsWith('/') && i === parts.length) file = join(root, 'index.html');
  }
  if (!file) {
    response.writeHead(404, { 'content-type': 'text/plain' });
    response.end('not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache', ...headers });
  response.end(readFileSync(file));
});
listen(wanted);

function listen(port) {
  server.once('error', (error) => {
    if (error.code === 'EADDRINUSE' && port < wanted + 20) listen(port + 1);
    else throw error;
  });
  server.listen(port, '127.0.0.1', () => console.log(`Kube Orrery: http://127.0.0.1:${server.address().port}/`));
}
