import react from '@vitejs/plugin-react';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build, defineConfig } from 'vite';
import type { Plugin } from 'vite';

const CSP = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** The policy as a meta element, in builds only: the dev server needs inline scripts. */
const policy = (): Plugin => ({ name: 'policy', apply: 'build', transformIndexHtml: (html) => html.replace('<!--csp-->', `<meta http-equiv="Content-Security-Policy" content="${CSP}">`) });

const OUT = 'dist/page';
const filesIn = (dir: string): string[] => readdirSync(dir).flatMap((name) => { const path = join(dir, name); return statSync(path).isDirectory() ? filesIn(path) : [path]; });
/** The service worker, built last: it holds the list of all files and is named by what is in them. */
const serviceWorker = (): Plugin => ({
  name: 'service-worker', apply: 'build',
  async closeBundle() {
    const paths = filesIn(OUT).filter((path) => !/\.map$|_headers$|sw\.js$/.test(path)).sort(), hash = createHash('sha256');
    for (const path of paths) hash.update(relative(OUT, path)).update(readFileSync(path));
    const files = ['./', ...paths.map((path) => `./${relative(OUT, path).replaceAll('\\', '/')}`).filter((path) => path !== './index.html')];
    const made = await build({ configFile: false, logLevel: 'warn', publicDir: false, define: { __PRECACHE__: JSON.stringify({ version: hash.digest('hex').slice(0, 16), files }) }, build: { write: false, target: 'es2022', lib: { entry: 'src/sw.ts', formats: ['es'], fileName: 'sw' } } });
    const [output] = (Array.isArray(made) ? made[0] : made as { output: { type: string; code?: string }[] }).output;
    if (!('code' in output) || output.code === undefined) throw new Error('the service worker was not built');
    writeFileSync(join(OUT, 'sw.js'), output.code);
  },
});

export default defineConfig({
  base: './',
  plugins: [react(), policy(), serviceWorker()],
  // named apart from the document's own scripts
  worker: { format: 'es', rolldownOptions: { output: { chunkFileNames: 'assets/worker-[name]-[hash].js' } } },
  build: { target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700, outDir: OUT },
});
