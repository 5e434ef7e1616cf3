// Registers the service worker, which keeps one page for when there is no connection, and nothing of anybody.
"use strict";
if ("serviceWorker" in navigator) {
  addEventListener("load", () => { navigator.serviceWorker.register("/service-worker.js").catch(() => {}); });
}
