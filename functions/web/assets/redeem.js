// Takes the code out of the fragment, which no server, log or referrer sees, and out of the address bar. Without this script the
// code is typed.
"use strict";

(() => {
  const field = document.getElementById("code");
  // P and eleven signs, or F and fifteen; between them what people and word processors put there.
  const sign = "[\\s\\u00ad\\u200b\\ufeff\\u2010-\\u2015\\u2212_.'\"-]*[2346789CDFHJKMNPQRTVWXY]";
  const code = new RegExp(`(?<![A-Z0-9])(?:F(?:${sign}){15}|P(?:${sign}){11})(?![A-Z0-9])`);
  // The code in what stands in the fragment, of which mail programs and scanners make more, or escape a part.
  const codeIn = (fragment) => {
    let said = fragment;
    try {
      for (let again = 0; again < 3; again += 1) said = decodeURIComponent(said);
    } catch { /* what is left is no escape */ }
    said = said.toUpperCase();
    const found = said.match(code);
    return (found ? found[0] : said).replace(/[^A-Z0-9]/g, "").slice(0, 16);
  };
  const taken = () => {
    const said = location.hash.slice(1);
    if (!field || !said || document.getElementById(said)) return; // a link to a field of this page is no code
    history.replaceState(null, "", location.pathname);
    field.value = (codeIn(said).match(/.{1,4}/g) || []).join("-");
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
