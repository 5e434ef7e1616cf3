// Uses the invitation in a mail. The token stands in the fragment, which no server, log or referrer sees; it leaves this page only
// in the body of our own POSTs. All sentences stand in the page.
"use strict";

(() => {
  const root = document.getElementById("join");
  const part = (name) => root.querySelector(`[data-state=${name}]`);
  const token = fragment.token(fragment.take());
  const form = root.querySelector("form");
  const { password, given_name: given, family_name: family, username } = form.elements;
  const phones = [...form.querySelectorAll("[data-phone-button]")];
  const CAN_PHONE = Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON && PublicKeyCredential.prototype.toJSON);
  const summary = root.querySelector("[data-summary]");
  let found = null;

  // A second link opened in this tab changes only the fragment: begin again with it.
  addEventListener("hashchange", () => location.hash.length > 1 && location.reload());

  function show(name) {
    for (const section of root.querySelectorAll("[data-state]")) section.hidden = section.dataset.state !== name;
    const heading = part(name).querySelector("h1:not([hidden])");
    document.title = heading.textContent;
    if (name !== "checking") heading.focus();
  }

  // Only what may sign somebody in takes the cookie of its answer.
  async function post(url, fields, credentials = "omit") {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(fields),
      credentials,
    });
    const text = await answer.text();
    return { status: answer.status, data: text ? JSON.parse(text) : {} };
  }

  function pointTo(school) {
    if (!/^[a-z][a-z0-9-]{1,39}$/.test(school || "")) return;
    for (const link of root.querySelectorAll("[data-sign-in]")) link.href = `/schools/${school}/sessions`;
    for (const link of root.querySelectorAll("[data-forgot]")) link.href = `/schools/${school}/forgot-password`;
    for (const link of root.querySelectorAll("[data-school]")) link.href = `/schools/${school}`;
  }

  function refused({ status, data }) {
    if (status === 410 && part(data.code)) {
      for (const link of root.querySelectorAll("[data-way]")) link.href = data.sign_in || "/";
      show(data.code);
    } else if (status === 400 || status === 422) show("damaged");
    else show("trouble");
  }

  const say = (where, text) => { for (const each of root.querySelectorAll(`[${where}]`)) each.textContent = text; };
  const chosen = () => (found.accounts.length ? new FormData(form).get("account") || "" : "new");
  const account = () => found.accounts.find((each) => each.id === chosen());

  // What the form asks for depends on the account that was chosen: none yet, a new one, one with a password or without.
  function settle() {
    const known = account();
    const makes = chosen() === "new";
    const sets = makes || (known && !known.has_way_in);
    const phone = sets && CAN_PHONE && (makes ? found.phone : known.phone);
    for (const each of root.querySelectorAll("[data-for]")) each.hidden = each.dataset.for !== (found.accounts.length ? "known" : "new");
    root.querySelector("[data-names]").hidden = !makes || (!found.needs.length && !found.accounts.length);
    root.querySelector("[data-password]").hidden = !sets;
    root.querySelector("[data-phone-part]").hidden = !phone || !found.phone_alone;
    root.querySelector("[data-phone-beside]").hidden = !phone || found.phone_alone;
    root.querySelector("[data-keeps]").hidden = !known || !known.has_way_in;
    const login = known ? known.login : found.email;
    say("data-login", login);
    username.value = login;
    say("data-shortest", known ? known.shortest : found.password.shortest);
  }

  function fill(data) {
    found = data;
    pointTo(data.school);
    say("data-school-name", data.school_name);
    const list = root.querySelector("[data-children]");
    list.replaceChildren(...data.children.map((name) => Object.assign(document.createElement("li"), { textContent: name, dir: "auto" })));
    for (const old of root.querySelectorAll("[data-made]")) old.remove();
    const template = root.querySelector("[data-account-template]");
    for (const { id, name, role, login } of data.accounts) {
      const made = template.content.cloneNode(true);
      made.querySelector("label").dataset.made = "";
      made.querySelector("input").value = id;
      const words = { name, role: root.dataset[role], login };
      made.querySelector("span").textContent = root.dataset.account.replace(/\{(\w+)\}/g, (_, word) => words[word]);
      template.before(made);
    }
    root.querySelector("[data-accounts]").hidden = !data.accounts.length;
    if (data.accounts.length === 1) form.querySelector("[data-made] input").checked = true;
    given.value = data.given_name;
    family.value = data.family_name;
    settle();
  }

  async function check() {
    show("checking");
    try {
      const answer = await post(root.dataset.check, { token });
      if (answer.status !== 200) return refused(answer);
      fill(answer.data);
      show("ready");
    } catch {
      show("trouble");
    }
  }

  // All that is wrong at once, each with its field.
  function wrong(fields, whole = "") {
    for (const name of ["account", "given_name", "family_name", "password"]) {
      const error = document.getElementById(`${name}-error`);
      error.textContent = fields[name] || "";
      error.hidden = !fields[name];
      const field = document.getElementById(name);
      field.closest(".field")?.classList.toggle("wrong", Boolean(fields[name]));
      fields[name] ? field.setAttribute("aria-invalid", "true") : field.removeAttribute("aria-invalid");
    }
    const items = Object.entries(fields).map(([name, text]) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("a"), { href: `#${name}`, textContent: text }));
      return item;
    });
    if (fields.credential) items.splice(0, items.length, Object.assign(document.createElement("li"), { textContent: fields.credential }));
    if (!items.length && whole) items.push(Object.assign(document.createElement("li"), { textContent: whole }));
    root.querySelector("[data-summary-list]").replaceChildren(...items);
    summary.hidden = !items.length;
    if (items.length) summary.focus();
    return items.length > 0;
  }

  function mistakes(known, makes, byPhone) {
    const fields = {};
    if (!makes && !known) fields.account = root.dataset.noAccount;
    // Before the phone is asked: it would keep a passkey that opens nothing.
    if (makes && found.needs.length && !given.value.trim() && !family.value.trim()) fields.given_name = root.dataset.noName;
    const shortest = known ? known.shortest : found.password.shortest;
    const asked = (makes || (known && !known.has_way_in)) && (!byPhone || !found.phone_alone || password.value);
    if (asked && [...password.value.normalize("NFKC")].length < shortest) fields.password = root.dataset.short.replace("{count}", shortest);
    return fields;
  }

  form.addEventListener("change", ({ target }) => {
    if (target.name === "account") settle();
  });

  document.getElementById("show").addEventListener("change", ({ target }) => {
    password.type = target.checked ? "text" : "password";
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(false);
  });
  for (const button of phones) button.addEventListener("click", () => send(true));

  // What the phone has made for the account that is chosen; nothing is used up yet.
  async function made(fields) {
    const begun = await post(root.dataset.phone, { token, account: fields.account });
    if (begun.status !== 200) return begun;
    try {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.data.challenge);
      const credential = (await navigator.credentials.create({ publicKey })).toJSON();
      return { status: 200, data: { credential, person: begun.data.person } };
    } catch {
      return { status: 0, data: { detail: root.dataset.notMade } };
    }
  }

  async function send(byPhone) {
    const known = account();
    const makes = chosen() === "new";
    if (wrong(mistakes(known, makes, byPhone))) return;
    const fields = { token, account: known ? known.id : "new" };
    if (makes || !known.has_way_in) fields.password = password.value;
    if (makes) Object.assign(fields, { given_name: given.value, family_name: family.value });
    const buttons = [...form.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      let answer = byPhone ? await made(fields) : { status: 200, data: {} };
      if (answer.status === 200) answer = await post(root.dataset.use, { ...fields, ...answer.data }, byPhone ? "same-origin" : "omit");
      const { status, data } = answer;
      if (status === 201) return location.assign("/account");
      if (status === 200) {
        form.reset();
        say("data-names-of", data.children.join(", "));
        say("data-login", data.login);
        return show(data.outcome === "joined" ? "joined" : "made");
      }
      if (status === 410) return refused(answer);
      wrong(data.fields || {}, data.detail || root.dataset.trouble);
    } catch {
      wrong({}, root.dataset.unreached);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  // In the error summary, a link to a field: without a fragment in the address bar.
  summary.addEventListener("click", (event) => {
    const field = event.target.hash && document.getElementById(event.target.hash.slice(1));
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });

  root.querySelector("[data-again-button]").addEventListener("click", check);

  pointTo(token.split(".")[2]);
  token ? check() : show("missing");
})();
