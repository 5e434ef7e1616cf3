// Makes a passkey, or signs with one, and hands the result to the server in an ordinary form post. Its sentences stand in the page.
"use strict";

(() => {
  const CANNOT = !window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON
    || !PublicKeyCredential.parseRequestOptionsFromJSON || !PublicKeyCredential.prototype.toJSON;

  for (const form of document.querySelectorAll("form[data-passkeys]")) {
    const told = form.querySelector("[data-said]");
    const parts = form.querySelectorAll("[data-passkey-button]");
    const say = (text) => { told.textContent = text; told.hidden = !text; };
    const makes = form.dataset.passkeys === "make";

    if (CANNOT) {
      if (!makes) say(form.dataset.none);
      continue;
    }
    for (const each of parts) each.hidden = false;

    form.addEventListener("submit", async (event) => {
      const pressed = event.submitter;
      if (!pressed || !pressed.matches("[data-passkey-button]")) return;
      event.preventDefault();
      say("");
      pressed.disabled = true;
      try {
        await (makes ? make() : show());
      } catch (error) {
        say(error.said || (error.name === "InvalidStateError" && form.dataset.there) || form.dataset.failed);
        told.scrollIntoView({ block: "center" });
      } finally {
        pressed.disabled = false;
      }
    });

    async function make() {
      const { name, current } = form.elements;
      const asked = { way: "passkey", name: name.value, ...(current && { current: current.value }) };
      const { id, challenge } = await post(form.getAttribute("action"), asked);
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(challenge);
      const made = await navigator.credentials.create({ publicKey });
      hand(`${form.getAttribute("action")}/${encodeURIComponent(id)}/confirm`, { credential: JSON.stringify(made.toJSON()) });
    }

    async function show() {
      const { challenge } = await post(form.dataset.options, {});
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(challenge);
      const shown = await navigator.credentials.get({ publicKey });
      form.elements.credential.value = JSON.stringify(shown.toJSON());
      form.submit();
    }
  }

  async function post(url, fields) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(fields),
    });
    const data = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(), { said: Object.values(data.fields || {})[0] || data.detail });
    return data;
  }

  // The answer may show something once, so it is a page: a form post, not a fetch.
  function hand(url, fields) {
    const form = Object.assign(document.createElement("form"), { method: "post", action: url, hidden: true });
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
  }
})();
