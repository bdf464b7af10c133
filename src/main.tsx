// Entry of the page: language and theme, the engine's client, then the first drawing.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@xyflow/react/dist/base.css';
import './ui/tokens.css';
import './ui/kit.css';
import './ui/page.css';
import { App } from './ui/App.tsx';
import { startKeys } from './ui/chrome/keys.ts';
import { startFixture } from './ui/start.ts';
import { startView } from './ui/stores/view.ts';

void startView();
startKeys();
startFixture();
const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
