// Entry of the page: the worker starts at once, then language and theme, then the first drawing.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@xyflow/react/dist/base.css';
import './ui/tokens.css';
import './ui/kit.css';
import './ui/page.css';
import { App } from './ui/App.tsx';
import { startKeys } from './ui/chrome/keys.ts';
import { start } from './ui/start.ts';
import { startView } from './ui/stores/view.ts';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
void startView();
startKeys();
void start(worker);
const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
