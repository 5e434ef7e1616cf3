// Shows "you are offline" where there is no connection. Keeps that page and the files it needs (KEPT), and nothing else ever:
// no page of the site, no answer, nothing of anybody. EDITION and KEPT are put before this text by the server.
"use strict";
const NAME = "latchkey-offline-" + EDITION;
const PAGES = /^\/($|account|schools)/; // not the console: it downloads files, and is used where there is a connection

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(NAME);
    await Promise.all(KEPT.map(async (address) => {
      const headers = address === KEPT[0] ? { Accept: "text/html" } : {};
      const answer = await fetch(address, { headers, credentials: "omit", cache: "no-cache" });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      await cache.put(address, answer);
    }));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const forget = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(forget());
});

self.addEventListener("fetch", (event) => {
  const asked = event.request, url = new URL(asked.url);
  if (asked.method !== "GET" || url.origin !== self.location.origin) return;
  if (KEPT.indexOf(url.pathname + url.search) > 0) {
    event.respondWith(caches.match(asked.url, { ignoreVary: true }).then((kept) => kept || fetch(asked)));
  } else if (asked.mode === "navigate" && PAGES.test(url.pathname) && !url.hash) { // a fragment is a link or a code: this has no business with it
    event.respondWith(fetch(asked).catch(async (error) => {
      const kept = await caches.match(KEPT[0], { ignoreVary: true });
      if (!kept) throw error;
      return kept;
    }));
  }
});
