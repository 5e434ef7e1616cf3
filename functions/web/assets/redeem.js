// Takes the code out of the fragment, which no server, log or referrer sees, and out of the address bar. Without this script the
// code is typed.
"use strict";

(() => {
  const field = document.getElementById("code");
  const taken = () => {
    const said = location.hash.slice(1);
    if (!field || !said || document.getElementById(said)) return; // a link to a field of this page is no code
    field.value = fragment.code(fragment.take());
    const filled = field.form.querySelector("[data-filled]");
    filled.textContent = filled.dataset.filled;
    field.form.querySelector("button").focus();
  };
  taken();
  addEventListener("hashchange", taken); // a second slip is scanned in the same tab
})();
