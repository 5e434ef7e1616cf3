// Keeps the frame beside a form of settings as the form is: posts the form into it, a moment after the last change.
// Each time into a new frame, which takes the old one's place when it has loaded: so Back leaves the page, and nothing flickers.
"use strict";
(() => {
  const pane = document.querySelector("[data-framed]"), button = pane?.querySelector("[data-framed-button]");
  const form = document.getElementById("settings");
  if (!pane || !button || !form) return;
  const WAIT = 500;
  let timer = 0, number = 0;

  const refresh = () => {
    const old = pane.querySelector("iframe:not([data-coming])"), fresh = old.cloneNode();
    pane.querySelectorAll("[data-coming]").forEach((each) => each.remove());
    fresh.removeAttribute("src");
    fresh.name = `preview-frame-${++number}`;
    fresh.dataset.coming = "1";
    fresh.hidden = true;
    let begun = false;
    fresh.addEventListener("load", () => {
      if (!begun) return; // the empty page of a frame that was just made
      delete fresh.dataset.coming;
      fresh.hidden = false;
      old.remove();
      button.formTarget = fresh.name;
    });
    pane.append(fresh);
    begun = true;
    button.formTarget = fresh.name;
    form.requestSubmit(button);
  };
  const plan = () => { clearTimeout(timer); timer = setTimeout(refresh, WAIT); };
  form.addEventListener("input", plan);
  form.addEventListener("change", plan);
  document.getElementById("show").addEventListener("change", plan);
  document.getElementById("logo-content")?.addEventListener("latchkey:chosen", plan);
  button.hidden = true;
})();
