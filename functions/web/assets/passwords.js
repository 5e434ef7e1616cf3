// A button that shows what stands in a password field, and a word about signs that phones make by themselves. Sentences stand in the
// page; without this script the field works as it is.
"use strict";

(() => {
  // What phones make by themselves of ' " and -, and no keyboard has as a key.
  const typographic = /[\u2010-\u2015\u2018-\u201f\u2032\u2033]/;

  for (const button of document.querySelectorAll("button[data-shows]")) {
    const field = document.getElementById(button.dataset.shows);
    const words = { password: button.textContent, text: button.dataset.hide };
    const show = (type) => {
      field.type = type;
      button.textContent = words[type];
      button.setAttribute("aria-pressed", String(type === "text"));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      show(field.type === "text" ? "password" : "text");
      field.focus();
    });
    field.form.addEventListener("submit", () => show("password")); // a browser keeps what was shown as text among its suggestions
    const notice = document.getElementById(`${field.id}-sign`);
    if (notice) {
      field.addEventListener("input", () => {
        notice.hidden = !typographic.test(field.value.normalize("NFKC"));
      });
    }
  }

  // Of several problems the first line takes the reader to its field; the summary itself is what is read out first.
  document.getElementById("problem")?.focus();
})();
