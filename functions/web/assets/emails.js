// Two things that a form alone cannot do: going from row to row in the grid, and reading a file into the text field.
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
  const SHORT = 120000, LINES = 300, LARGEST = 180000; // bytes of a text for the field, its lines, bytes of a file as it is sent
  const file = document.getElementById("file"), said = document.getElementById("file-said");
  const text = document.getElementById("text"), content = document.getElementById("file-content");
  place.hidden = false;
  const packed = async (bytes) => {
    if (!("CompressionStream" in window)) return bytes;
    const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };
  const base64 = (bytes) => {
    let signs = "";
    for (const byte of bytes) signs += String.fromCharCode(byte);
    return btoa(signs).replaceAll("+", "-").replaceAll("/", "_");
  };
  const decoded = (bytes) => {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    try {
      return new TextDecoder(wide ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes); // what Excel calls plain "CSV"
    }
  };
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    content.value = "";
    said.textContent = "";
    if (!chosen) return;
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    const isText = !(bytes[0] === 0x50 && bytes[1] === 0x4b) && !/\.(xls|xlsx|xlsm|zip)$/i.test(chosen.name);
    if (isText && bytes.length <= SHORT) {
      const found = decoded(bytes);
      if (found.split("\n").length <= LINES) {
        text.value = found;
        said.textContent = `The text of ${chosen.name} stands in the field above.`;
        return;
      }
    }
    const small = await packed(bytes);
    if (small.length > LARGEST) { said.textContent = "This file is too large for this page. Use a roster, or a part of it."; return; }
    content.value = base64(small);
    text.value = "";
    said.textContent = `${chosen.name} is ready: choose "Check these addresses".`;
  });
})();
