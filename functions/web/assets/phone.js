// "Use this phone": makes a passkey in place of a password, and sends it with the form. Without this script, or where the browser
// cannot make one, a password is chosen as before. Its sentences stand in the page.
"use strict";

(() => {
  const CANNOT = !window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON
    || !PublicKeyCredential.prototype.toJSON;

  for (const form of document.querySelectorAll("form[data-phone]")) {
    if (CANNOT) continue;
    const { credential, person } = form.elements, told = form.querySelector("[data-said]");
    form.querySelector("[data-phone-part]").hidden = false;
    credential.value = person.value = ""; // of an earlier try

    form.addEventListener("submit", async (event) => {
      const pressed = event.submitter;
      if (!pressed || !pressed.matches("[data-phone-button]")) return;
      // Enter in a field presses the form's first button, whatever was meant: who has typed a password means that.
      if (document.activeElement?.matches("input") && form.elements.password?.value) return;
      if (!form.dataset.also && form.elements.password.value) return; // Enter presses the first button; they typed a password
      event.preventDefault();
      told.hidden = true;
      const asked = [...form.querySelectorAll("input[required]")].filter((each) => each.type !== "password" || form.dataset.also);
      const missing = asked.find((each) => !each.checkValidity());
      if (missing) {
        missing.reportValidity();
        return;
      }
      pressed.disabled = true;
      try {
        const fields = { ...Object.fromEntries(new FormData(form)), login: form.elements.email?.value || "" };
        const begun = await post(form.dataset.phone, Object.fromEntries(form.dataset.sends.split(" ").map((name) => [name, fields[name] || ""])));
        const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(begun.challenge) });
        credential.value = JSON.stringify(made.toJSON());
        person.value = begun.person;
        form.submit();
      } catch (error) {
        told.textContent = error.said || form.dataset.failed;
        told.hidden = false;
        told.scrollIntoView({ block: "center" });
      } finally {
        pressed.disabled = false;
      }
    });
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
})();
