// The list of people: each tick is kept on the server at once and counted, the head's box ticks a page, each row gets a menu, and
// on a phone the filters are folded. Without this script the form does the same: it is sent with whatever is pressed.
"use strict";
const form = document.querySelector(".people-form"), bar = form?.querySelector(".selection-bar");
const boxes = form ? [...form.querySelectorAll('tbody input[type="checkbox"]')] : [];
const idOf = (box) => box.name.slice(3);
let waits = Promise.resolve();
const keep = (body) => {
  waits = waits.then(async () => {
    const answer = await fetch(form.dataset.live, {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body),
    });
    if (answer.ok) show(await answer.json());
  }).catch(() => {}); // what is ticked is sent once more with whatever is pressed
};
const show = (found) => {
  if (!bar) return;
  bar.dataset.count = found.count;
  bar.querySelector("[data-picked]").textContent = found.count.toLocaleString("en-GB");
  form.elements.selection.value = found.id ?? "";
};
if (boxes.length) {
  const all = document.createElement("input"), place = form.querySelector("[data-all]");
  all.type = "checkbox";
  all.setAttribute("aria-label", `Choose the ${boxes.length} on this page`);
  place.append(all);
  const look = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    keep({ [all.checked ? "add" : "remove"]: boxes.map(idOf) });
  });
  for (const box of boxes) box.addEventListener("change", () => { look(); keep({ [box.checked ? "add" : "remove"]: [idOf(box)] }); });
  look();
  const menu = document.getElementById("row-menu"), head = document.createElement("th");
  head.scope = "col";
  head.innerHTML = '<span class="hidden">What to do</span>';
  place.parentElement.append(head);
  for (const box of boxes) {
    const row = box.closest("tr"), cell = row.insertCell(), link = row.querySelector("th a"), made = menu.content.cloneNode(true);
    for (const button of made.querySelectorAll("button")) {
      button.value = idOf(box);
      if (button.getAttribute("formaction") === "codes") button.setAttribute("formaction", `${link.pathname}/codes`);
      if ("student" in button.dataset && !("s" in row.dataset)) button.remove();
    }
    made.querySelector("a").href = `${link.pathname}/edit`;
    made.querySelector(".hidden").textContent += link.textContent;
    cell.className = "pick menu-cell";
    cell.append(made);
  }
}
const filter = form?.querySelector(".filter-line");
if (filter && matchMedia("(max-width: 48rem)").matches) filter.open = false;
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.activeElement?.closest("details.several[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const each of document.querySelectorAll("details.several[open]")) if (!each.contains(event.target)) each.open = false;
});
