/// <reference lib="webworker" />
// The worker: the engine behind the protocol, in a thread of its own. Nothing of the network is left to it.
import { Engine } from './host/engine.ts';
import { provideProse } from './k8s/kubectl/asset.ts';
import type { ProseTable } from './host/prose.ts';
import type { RequestMessage } from './protocol/protocol.ts';

declare const self: DedicatedWorkerGlobalScope;
declare const __BUILD__: string;

const breathing = new MessageChannel();
let resume: () => void = () => {};
breathing.port1.onmessage = () => resume();

const engine = new Engine({
  post: (answer, transfer) => self.postMessage(answer, transfer ?? []),
  clock: () => performance.now(),
  breathe: () => new Promise((resolve) => {
    resume = resolve;
    breathing.port2.postMessage(null);
  }),
  build: typeof __BUILD__ === 'string' ? __BUILD__ : 'development',
  assets: async (text) => {
    await import('./k8s/kubectl/eager.ts');
    if (/\bexplain\b/.test(text)) await prose();
  },
});

// The one thing that is fetched: the prose of `kubectl explain`, when it is first asked for.
const download = self.fetch.bind(self);
let asked: Promise<void> | null = null;
function prose(): Promise<void> {
  asked ??= download(self.location.pathname.replace(/[^/]*\/[^/]*$/, 'explain-prose.json')).then((answer) => answer.json() as Promise<ProseTable>)
    .then((table) => provideProse((type, field) => table[type]?.[field]), () => { asked = null; });
  return asked;
}

self.onmessage = (event: MessageEvent<RequestMessage>) => engine.take(event.data);

for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'importScripts'] as const) Reflect.deleteProperty(globalThis, name);
