import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const CSP = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/** The policy as a meta element, in builds only: the dev server needs inline scripts. */
const policy = (): Plugin => ({ name: 'policy', apply: 'build', transformIndexHtml: (html) => html.replace('<!--csp-->', `<meta http-equiv="Content-Security-Policy" content="${CSP}">`) });

export default defineConfig({
  base: './',
  plugins: [react(), policy()],
  worker: { format: 'es' },
  build: { target: 'es2022', modulePreload: { polyfill: false }, chunkSizeWarningLimit: 700, outDir: 'dist/page' },
});
