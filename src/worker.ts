/// <reference lib="webworker" />
// The worker: the engine behind the protocol, in a thread of its own. Nothing of the network is left to it.
import { Engine } from './host/engine.ts';
import type { RequestMessage } from './protocol/protocol.ts';

declare const self: DedicatedWorkerGlobalScope;
declare const __BUILD__: string;

const breathing = new MessageChannel();
let resume: () => void = () => {};
breathing.port1.onmessage = () => resume();

const engine = new Engine({
  post: (answer, transfer) => self.postMessage(answer, transfer ?? []),
  breathe: () => new Promise((resolve) => {
    resume = resolve;
    breathing.port2.postMessage(null);
  }),
  build: typeof __BUILD__ === 'string' ? __BUILD__ : 'development',
});

self.onmessage = (event: MessageEvent<RequestMessage>) => engine.take(event.data);

for (const name of ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'importScripts'] as const) Reflect.deleteProperty(globalThis, name);
