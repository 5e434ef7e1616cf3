// Keeps one region of a page fresh while something runs in the background, without a reload.
//
//   <div id="live" data-live="running"> ... </div>         the region; data-live only while there is more to come
//   <p id="live-said" role="status" class="hidden"></p>    optional: what a screen reader hears, now and then
//   <a data-live-fallback href="">Refresh</a>              optional: for browsers without scripts; hidden by this script
//
// data-live-says on the region is the sentence to be heard. The same URL gives the same page to everyone: no API of its own.
// X-Latchkey-Poll tells the server that nobody may sit before the page, so that it does not keep its session alive.
"use strict";
(() => {
  const FIRST = 2000, SLOWEST = 30000, SPEAK_EVERY = 15000;
  let wait = FIRST, spokenAt = Date.now(), timer = 0;
  const region = () => document.getElementById("live");

  const say = (text, urgent) => {
    const place = document.getElementById("live-said");
    if (!place || !text || place.textContent === text) return;
    if (!urgent && Date.now() - spokenAt < SPEAK_EVERY) return;
    spokenAt = Date.now();
    place.textContent = text;
  };

  const swap = (fresh) => {
    const focused = document.activeElement && region().contains(document.activeElement) ? document.activeElement.id : "";
    region().replaceWith(fresh);
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus({ preventScroll: true });
    hideFallbacks();
  };

  // What stands still from now on must not look as if it went on: the sentence is to be seen, too, and the way to reload.
  const show = () => {
    const place = document.getElementById("live-said");
    if (place) place.classList.remove("hidden");
    document.querySelectorAll("[data-live-fallback]").forEach((link) => { link.hidden = false; });
  };

  const hideFallbacks = () => document.querySelectorAll("[data-live-fallback]").forEach((link) => { link.hidden = true; });

  const refresh = async () => {
    try {
      const headers = { Accept: "text/html", "X-Latchkey-Poll": "1" };
      const answer = await fetch(location.href, { headers, credentials: "same-origin", cache: "no-store" });
      if (answer.redirected || answer.status === 401 || answer.status === 404) {
        say("You have been signed out. Reload the page to sign in again.", true);
        show();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      if (!fresh) return;
      const ended = !fresh.dataset.live;
      document.title = page.title;
      swap(document.importNode(fresh, true));
      say(fresh.dataset.liveSays, ended);
      if (ended) return;
      wait = FIRST;
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
    }
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden && region() && region().dataset.live) timer = setTimeout(refresh, wait);
  };

  document.addEventListener("visibilitychange", plan);
  hideFallbacks();
  plan();
})();
