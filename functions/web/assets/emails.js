// Two things that a form alone cannot do: going from row to row in the grid, and taking a file.
// Without this script the grid is a form like any other, and a file is opened and pasted.
"use strict";
(() => {
  const grid = document.getElementById("grid");
  if (grid) {
    const fields = [...grid.querySelectorAll('input[name^="email."]')];
    grid.addEventListener("keydown", (event) => {
      const at = fields.indexOf(event.target);
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (at < 0 || !step || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault(); // Enter would send the form
      const next = fields[at + step];
      if (next) { next.focus(); next.select(); }
      else if (event.key === "Enter") grid.querySelector("button").focus();
    });
  }

  const place = document.getElementById("from-file");
  if (!place) return;
  const LARGEST = 120000, LARGEST_WORKBOOK = 170000; // bytes; in base64 it fits into one request
  const file = document.getElementById("file"), said = document.getElementById("file-said");
  const workbook = document.getElementById("workbook");
  place.hidden = false;
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    workbook.value = "";
    if (!chosen) { said.textContent = ""; return; }
    const bytes = chosen.size > LARGEST_WORKBOOK ? null : new Uint8Array(await chosen.arrayBuffer());
    if (bytes && bytes[0] === 0x50 && bytes[1] === 0x4b) { // a workbook, or a zip: only the server reads these
      workbook.value = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      document.getElementById("text").value = "";
      said.textContent = `${chosen.name} is read when you check the addresses.`;
      return;
    }
    if (!bytes || chosen.size > LARGEST) { said.textContent = "This file is too large: at most 120 kB, a workbook 170 kB. Use a roster, or a part of it."; return; }
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    let text;
    try {
      text = new TextDecoder(wide ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8", { fatal: true }).decode(bytes);
    } catch {
      text = new TextDecoder("windows-1252").decode(bytes); // what Excel calls plain "CSV"
    }
    document.getElementById("text").value = text;
    said.textContent = `The text of ${chosen.name} stands in the field above.`;
  });
})();
