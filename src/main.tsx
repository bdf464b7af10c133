// Entry of the page: the worker starts at once, then language and theme, then the first drawing.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@xyflow/react/dist/base.css';
import './ui/tokens.css';
import './ui/kit.css';
import './ui/page.css';
import { App } from './ui/App.tsx';
import { startKeys } from './ui/chrome/keys.ts';
import { startEmbedding } from './ui/embed/orrery.ts';
import './ui/panels.css';
import './ui/panels.ts';
import { start } from './ui/runs.ts';
import { atTopLevel, startView } from './ui/stores/view.ts';

const first = makeWorker();
let used = false;
function makeWorker(): Worker { return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }); }
void startView();
startKeys();
startEmbedding();
void start(() => { if (used) return makeWorker(); used = true; return first; });
const root = document.getElementById('root');
if (import.meta.env.PROD && atTopLevel && 'serviceWorker' in navigator) addEventListener('load', () => { navigator.serviceWorker.register('./sw.js', { scope: './' }).catch(() => { /* served without https: the page works, but not offline */ }); });
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
