// Sets a password with the link in a mail. The token stands in the fragment, which no server, log or referrer sees;
// it leaves this page only in the body of our own POSTs. Every sentence stands in the page.
"use strict";

(() => {
  const root = document.getElementById("set-password");
  const part = (name) => root.querySelector(`[data-state=${name}]`);
  const token = fragment.token(fragment.take());
  const language = new URLSearchParams(location.search).get("language") || document.documentElement.lang.slice(0, 2);
  const { words } = root.dataset;
  const say = JSON.parse(words);
  let shortest = 0;

  // A second link opened in this tab changes only the fragment: begin again with it.
  addEventListener("hashchange", () => location.hash.length > 1 && location.reload());

  function show(name) {
    for (const section of root.querySelectorAll("[data-state]")) section.hidden = section.dataset.state !== name;
    const heading = part(name).querySelector("h1");
    document.title = heading.textContent;
    if (name !== "checking") heading.focus();
  }

  async function post(url, fields, credentials = "omit") {
    const answer = await fetch(`${url}?language=${language}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(fields),
      credentials,
    });
    const text = await answer.text();
    return { status: answer.status, place: answer.headers.get("Location"), data: text ? JSON.parse(text) : {} };
  }

  const fill = (name, text) => {
    for (const place of root.querySelectorAll(`[data-${name}]`)) place.textContent = text;
    for (const place of root.querySelectorAll(`[data-has=${name}]`)) place.hidden = !text;
    for (const place of root.querySelectorAll(`[data-lacks=${name}]`)) place.hidden = Boolean(text);
  };

  function pointTo(school) {
    if (!/^[a-z][a-z0-9-]{1,39}$/.test(school || "")) return;
    for (const link of root.querySelectorAll("[data-sign-in]")) link.href = `/schools/${school}/sessions`;
    for (const link of root.querySelectorAll("[data-forgot]")) link.href = `/schools/${school}/forgot-password`;
  }

  function refused({ status, data }) {
    if (status === 410 && part(data.code)) {
      for (const link of root.querySelectorAll("[data-way]")) link.href = data.sign_in || "/";
      show(data.code);
    } else if (status === 400 || status === 422) show("damaged");
    else show("trouble");
  }

  async function check() {
    show("checking");
    try {
      const answer = await post(root.dataset.check, { token });
      if (answer.status !== 200) return refused(answer);
      const { school, school_name: name, expires_at: expires, password: rules, person, help, language: theirs } = answer.data;
      if (theirs && theirs !== language && !location.search) {
        location.replace(`${location.pathname}?language=${theirs}#${token}`); // the whole page in their language
        return undefined;
      }
      shortest = rules.shortest;
      pointTo(school);
      fill("school-name", name);
      fill("shortest", shortest);
      fill("given-name", person.given_name || "");
      fill("username", person.username || "");
      fill("login", person.login || "");
      fill("help", help || "");
      document.getElementById("login").value = person.login || "";
      fill("expires", new Date(expires).toLocaleString(document.documentElement.lang, {
        weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: "Europe/London",
      }));
      show("ready");
    } catch {
      show("trouble");
    }
    return undefined;
  }

  const form = root.querySelector("form");
  const { password } = form.elements;
  const hint = document.getElementById("password-count");
  const spoken = root.querySelector("[data-spoken]");
  const summary = root.querySelector("[data-summary]");
  let speaking = 0;

  // Code points, as the server counts them.
  const count = () => [...password.value.normalize("NFKC")].length;

  // The same words at the field and in the summary, which is read out; a problem without a field stands in the summary alone.
  function wrong(text, ofField = true) {
    const error = document.getElementById("password-error");
    const link = root.querySelector("[data-summary-text]");
    error.textContent = ofField ? text : "";
    error.hidden = !text || !ofField;
    link.textContent = text;
    summary.hidden = !text;
    password.closest(".field").classList.toggle("wrong", Boolean(text) && ofField);
    if (text && ofField) password.setAttribute("aria-invalid", "true");
    else password.removeAttribute("aria-invalid");
    if (text) summary.focus();
  }

  password.addEventListener("input", () => {
    const missing = shortest - count();
    hint.textContent = !password.value ? "" : missing > 0 ? say.more.replace("{count}", missing) : say.enough;
    clearTimeout(speaking); // a screen reader hears it once somebody pauses
    speaking = setTimeout(() => { spoken.textContent = hint.textContent; }, 1200);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!password.value) return wrong(say.none);
    if (count() < shortest) return wrong(say.short.replace("{count}", shortest));
    wrong("");
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    try {
      // Where the school signs people in afterwards, the answer sets a cookie and says where to go on.
      const answer = await post(root.dataset.use, { token, password: password.value }, "same-origin");
      const { status, data, place } = answer;
      if (status === 204) {
        form.reset();
        fill("signed-in", place ? " " : "");
        return show("done");
      }
      if (status === 422 && data.fields && data.fields.password) return wrong(data.fields.password);
      if (status === 410) return refused(answer);
      return wrong(data.detail || say.failed, false);
    } catch {
      return wrong(say.unreachable, false);
    } finally {
      button.disabled = false;
    }
  });

  // In the error summary, a link to a field: without a fragment in the address bar.
  summary.addEventListener("click", (event) => {
    if (event.target.hash) {
      event.preventDefault();
      password.focus();
    }
  });

  for (const button of root.querySelectorAll("[data-renew-button]")) {
    button.addEventListener("click", async () => {
      const told = button.closest("section").querySelector("[data-renewed]");
      button.disabled = true;
      try {
        const { status } = await post(root.dataset.renew, { token });
        if (status !== 202) throw new Error();
        told.textContent = say.renewed;
      } catch {
        told.textContent = say.again;
        button.disabled = false;
      }
    });
  }
  root.querySelector("[data-again-button]").addEventListener("click", check);

  pointTo(token.split(".")[2]);
  token ? check() : show("missing");
})();
