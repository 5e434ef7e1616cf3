// Takes the code out of the fragment, which no server, log or referrer sees, and out of the address bar. Without this script the
// code is typed.
"use strict";

(() => {
  const field = document.getElementById("code");
  const taken = () => {
    const said = location.hash.slice(1);
    if (!field || !said || document.getElementById(said)) return; // a link to a field of this page is no code
    field.value = fragment.code(fragment.take());
    field.form.querySelector("[data-filled]").textContent = "Your code is filled in. Go on.";
    field.form.querySelector("button").focus();
  };
  taken();
  addEventListener("hashchange", taken); // a second slip is scanned in the same tab

  // What phones make by themselves of ' " and -, and no keyboard has as a key.
  const typographic = /[\u2010-\u2015\u2018-\u201f\u2032\u2033]/;
  const password = document.getElementById("password");
  if (password) {
    password.addEventListener("input", () => {
      document.querySelector("[data-sign]").hidden = !typographic.test(password.value.normalize("NFKC"));
    });
  }

  const show = document.querySelector("[data-show]");
  if (show) {
    show.hidden = false;
    show.querySelector("input").addEventListener("change", ({ target }) => {
      for (const input of document.querySelectorAll("[name^=password]")) input.type = target.checked ? "text" : "password";
    });
  }
})();
