// Sets a password with the link in a mail. The token stands in the fragment, which no server, log or referrer sees;
// it leaves this page only in the body of our own POSTs.
"use strict";

(() => {
  const root = document.getElementById("set-password");
  const part = (name) => root.querySelector(`[data-state=${name}]`);
  const token = fragment.token(fragment.take());
  let shortest = 0;

  // A second link opened in this tab changes only the fragment: begin again with it.
  addEventListener("hashchange", () => location.hash.length > 1 && location.reload());

  function show(name) {
    for (const section of root.querySelectorAll("[data-state]")) section.hidden = section.dataset.state !== name;
    const heading = part(name).querySelector("h1");
    document.title = heading.textContent;
    if (name !== "checking") heading.focus();
  }

  async function post(url, fields) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(fields),
      credentials: "omit",
    });
    const text = await answer.text();
    return { status: answer.status, data: text ? JSON.parse(text) : {} };
  }

  function pointTo(school) {
    if (!/^[a-z][a-z0-9-]{1,39}$/.test(school || "")) return;
    for (const link of root.querySelectorAll("[data-sign-in]")) link.href = `/schools/${school}/sessions`;
    for (const link of root.querySelectorAll("[data-forgot]")) link.href = `/schools/${school}/forgot-password`;
  }

  function refused({ status, data }) {
    if (status === 410 && part(data.code)) show(data.code);
    else if (status === 400 || status === 422) show("damaged");
    else show("trouble");
  }

  async function check() {
    show("checking");
    try {
      const answer = await post(root.dataset.check, { token });
      if (answer.status !== 200) return refused(answer);
      const { school, school_name: name, expires_at: expires, password } = answer.data;
      shortest = password.shortest;
      pointTo(school);
      root.querySelector("[data-school-name]").textContent = name;
      root.querySelector("[data-shortest]").textContent = shortest;
      root.querySelector("[data-expires]").textContent = new Date(expires).toLocaleString("en-GB", {
        weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
      });
      show("ready");
    } catch {
      show("trouble");
    }
  }

  const form = root.querySelector("form");
  const { password, again } = form.elements;
  const hint = document.getElementById("password-hint");
  const spoken = root.querySelector("[data-spoken]");
  const summary = root.querySelector("[data-summary]");
  let speaking = 0;

  // What phones make by themselves of ' " and -, and no keyboard has as a key.
  const typographic = /[\u2010-\u2015\u2018-\u201f\u2032\u2033]/;

  // Code points, as the server counts them.
  const count = () => [...password.value.normalize("NFKC")].length;

  function wrong(field, text) {
    const error = document.getElementById(`${field.name}-error`);
    error.textContent = text;
    error.hidden = !text;
    field.closest(".field").classList.toggle("wrong", Boolean(text));
    text ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
    return !text;
  }

  function sum(text, field) {
    const link = root.querySelector("[data-summary-text]");
    link.textContent = text;
    link.href = `#${(field || password).name}`;
    summary.hidden = !text;
    if (text) (field || summary).focus();
  }

  password.addEventListener("input", () => {
    const missing = shortest - count();
    hint.textContent = !password.value ? "" : missing > 0 ? `${missing} more to go` : "Long enough";
    root.querySelector("[data-sign]").hidden = !typographic.test(password.value.normalize("NFKC"));
    clearTimeout(speaking); // a screen reader hears it once somebody pauses
    speaking = setTimeout(() => { spoken.textContent = hint.textContent; }, 1200);
  });

  document.getElementById("show").addEventListener("change", ({ target }) => {
    password.type = again.type = target.checked ? "text" : "password";
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const short = count() < shortest ? `This is too short: use at least ${shortest} characters.` : "";
    const other = again.value === password.value ? "" : "These two are not the same. Type the password again.";
    wrong(password, short);
    wrong(again, short ? "" : other);
    if (short) return sum(short, password);
    if (other) return sum(other, again);
    sum("");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await post(root.dataset.use, { token, password: password.value });
      const { status, data } = answer;
      if (status === 204) {
        form.reset();
        return show("done");
      }
      if (status === 422 && data.fields && data.fields.password) {
        wrong(password, data.fields.password);
        return sum(data.fields.password, password);
      }
      if (status === 410) return refused(answer);
      sum(data.detail || "That did not work. Your link still works; try again.");
    } catch {
      sum("We cannot reach the server. Nothing was set and your link still works; try again.");
    } finally {
      button.disabled = false;
    }
  });

  // In the error summary, a link to a field: without a fragment in the address bar.
  summary.addEventListener("click", (event) => {
    const field = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });

  for (const button of root.querySelectorAll("[data-renew-button]")) {
    button.addEventListener("click", async () => {
      const told = button.closest("section").querySelector("[data-renewed]");
      button.disabled = true;
      try {
        const { status, data } = await post(root.dataset.renew, { token });
        if (status !== 202) throw new Error();
        told.textContent = `${data.detail} Look in the junk folder too.`;
      } catch {
        told.textContent = "That did not work. Wait a moment, then try again.";
        button.disabled = false;
      }
    });
  }
  root.querySelector("[data-again-button]").addEventListener("click", check);

  pointTo(token.split(".")[2]);
  token ? check() : show("missing");
})();
