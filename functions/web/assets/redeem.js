// Takes the code out of the fragment, which no server, log or referrer sees, and out of the address bar. Without this script the
// code is typed.
"use strict";

(() => {
  const field = document.getElementById("code");
  const taken = () => {
    const said = location.hash.slice(1);
    if (!field || !said || document.getElementById(said)) return; // a link to a field of this page is no code
    history.replaceState(null, "", location.pathname);
    field.value = (said.replace(/[^A-Za-z0-9]/g, "").slice(0, 16).toUpperCase().match(/.{1,4}/g) || []).join("-");
    field.form.querySelector("[data-filled]").textContent = "Your code is filled in. Go on.";
    field.form.querySelector("button").focus();
  };
  taken();
  addEventListener("hashchange", taken); // a second slip is scanned in the same tab

  const show = document.querySelector("[data-show]");
  if (show) {
    show.hidden = false;
    show.querySelector("input").addEventListener("change", ({ target }) => {
      for (const input of document.querySelectorAll("[name^=password]")) input.type = target.checked ? "text" : "password";
    });
  }
})();
