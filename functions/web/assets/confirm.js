// Confirms an address with the link in a mail. The token stands in the fragment, which no server, log or referrer sees; it leaves
// this page only in the body of our own POSTs. All sentences stand in the page.
"use strict";

(() => {
  const root = document.getElementById("confirm");
  const part = (name) => root.querySelector(`[data-state=${name}]`);
  const token = fragment.token(fragment.take());
  const form = root.querySelector("form");
  const accounts = root.querySelector("[data-accounts]");
  const others = root.querySelector("[data-others]");
  const summary = root.querySelector("[data-summary]");

  // A second link opened in this tab changes only the fragment: begin again with it.
  addEventListener("hashchange", () => location.hash.length > 1 && location.reload());

  function show(name) {
    for (const section of root.querySelectorAll("[data-state]")) section.hidden = section.dataset.state !== name;
    const heading = part(name).querySelector("h1:not([hidden])");
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

  function choice(template, id, words) {
    const made = template.content.cloneNode(true);
    made.querySelector("input").value = id;
    made.querySelector("span").textContent = words;
    return made;
  }

  const parentOf = (names) => root.dataset.of.replace("{children}", names.join(", "));

  function fill({ kind, school, school_name: name, children, own, accounts: known, others: more }) {
    const meant = kind === "change" ? "change" : known.length ? "known" : "address";
    pointTo(school);
    for (const each of root.querySelectorAll("[data-for]")) each.hidden = each.dataset.for !== meant;
    for (const each of root.querySelectorAll("[data-school-name]")) each.textContent = name;
    root.querySelector("[data-children]").textContent = children.join(", ");
    root.querySelector("[data-children-line]").hidden = !children.length;
    const template = root.querySelector("[data-account-template]");
    for (const { id, given_name: given, role, children: theirs } of known) {
      const words = theirs.length ? parentOf(theirs) : root.dataset[role];
      template.before(choice(template, id, `${given} (${role === "parent" ? words : [root.dataset[role], ...(theirs.length ? [words] : [])].join(", ")})`));
    }
    accounts.hidden = !known.length;
    accounts.querySelector("[data-own]").hidden = !own;
    if (known.length === 1) form.elements.into[0].checked = true;
    const other = root.querySelector("[data-other-template]");
    for (const { id, children: theirs } of more) other.before(choice(other, id, parentOf(theirs)));
    others.hidden = !more.length;
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

  function sum(text) {
    root.querySelector("[data-summary-text]").textContent = text;
    summary.hidden = !text;
    if (text) summary.focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    sum("");
    const said = new FormData(form);
    const buttons = [...form.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      const answer = await post(root.dataset.use, { token, into: said.get("into") || "", also: said.getAll("also") });
      const { status, data } = answer;
      if (status === 200) return show(data.outcome);
      if (status === 410) return refused(answer);
      sum(Object.values(data.fields || {})[0] || data.detail || root.dataset.trouble);
    } catch {
      sum(root.dataset.unreached);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });

  root.querySelector("[data-again-button]").addEventListener("click", check);

  pointTo(token.split(".")[2]);
  token ? check() : show("missing");
})();
