// Keeps a preview (parts/preview_pane.html) beside a form as the form is: asks the pane's page with the form's fields, and takes the
// pane out of the answer. Nothing that is secret may stand in such a form; files and hidden keys are not sent.
"use strict";
for (const pane of document.querySelectorAll("[data-preview]")) {
  const form = document.getElementById(pane.dataset.previewOf);
  if (!form) continue;
  const WAIT = 400, LONGEST = 6000, SECRET = new Set(["password", "file"]);
  const body = pane.querySelector("[data-preview-body]"), said = pane.querySelector("[data-preview-said]");
  let timer = 0, asked = 0, shown = "";
  const query = () => {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const input = form.elements[name];
      if (typeof value === "string" && value && name !== "idempotency_key" && !SECRET.has(input?.type)) fields.append(name, value);
    }
    return fields.toString();
  };
  const refresh = async () => {
    const fields = query();
    if (fields === shown || fields.length > LONGEST) return;
    shown = fields;
    const mine = ++asked;
    try {
      const answer = await fetch(`${pane.dataset.preview}?${fields}`, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (mine !== asked) return;
      if (answer.redirected || (!answer.ok && answer.status !== 422)) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(`#${CSS.escape(pane.id)} [data-preview-body]`);
      if (!fresh) throw new Error("no preview");
      body.replaceChildren(...[...document.importNode(fresh, true).childNodes]);
      said.textContent = "The preview is up to date.";
    } catch {
      if (mine === asked) shown = "";
    }
  };
  const plan = () => { clearTimeout(timer); said.textContent = ""; timer = setTimeout(refresh, WAIT); };
  form.addEventListener("input", plan);
  form.addEventListener("change", plan);
  form.querySelectorAll("[data-preview-button]").forEach((button) => { button.hidden = true; });
  shown = query();
}
