/// <reference lib="webworker" />
// The service worker: keeps every file of one build, so that the page starts without a network. A new build is taken in beside the
// old one and used at the next start, never under a page that is open: chunks of two builds are never mixed.
declare const self: ServiceWorkerGlobalScope;
/** Put in place of this name when the page is built: the version, and every file relative to the scope. */
declare const __PRECACHE__: { version: string; files: string[] };

const PREFIX = `kube-orrery ${new URL(self.registration.scope).pathname} `;
const NAME = PREFIX + __PRECACHE__.version;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(__PRECACHE__.files.map((file) => new Request(new URL(file, self.registration.scope), { cache: 'reload' })))));
});
self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
    // the first visit has no older build to disturb
    await self.clients.claim();
  })());
});
self.addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  url.search = ''; url.hash = '';
  event.respondWith((async () => {
    const cache = await caches.open(NAME), kept = await cache.match(url.href) ?? (request.mode === 'navigate' ? await cache.match(self.registration.scope) : undefined);
    return kept ?? fetch(request);
  })());
});
export {};
