// The number beside a choice of people (parts/group_choice.html) follows what is ticked; ticking a box chooses its level, and boxes
// of other levels are not sent. Without this script the form is complete, and the next page has the number.
"use strict";
for (const place of document.querySelectorAll("[data-choice]")) {
  const levels = [...place.querySelectorAll('input[name="who"]')];
  const number = place.querySelector("[data-choice-number]"), words = place.querySelector("[data-choice-words]");
  const under = (level) => [...(level.closest(".level")?.querySelectorAll(".under input") ?? [])];
  const count = (input) => Number(input.dataset.people) || 0;
  const update = () => {
    const level = levels.find((each) => each.checked);
    for (const each of levels) for (const box of under(each)) box.disabled = each !== level;
    const boxes = level ? under(level) : [];
    const typed = boxes.some((box) => box.type !== "checkbox");
    const people = !level ? 0 : boxes.length ? boxes.reduce((sum, box) => sum + (box.checked ? count(box) : 0), 0) : count(level);
    number.parentElement.hidden = typed;
    number.textContent = people.toLocaleString("en-GB");
    words.textContent = people === 1 ? place.dataset.one : place.dataset.many;
  };
  place.addEventListener("change", update);
  window.addEventListener("pageshow", update); // Back: the browser has filled the form in again
  update();
}
