// Says beside the field of a colour whether text in it can be read on white (WCAG 2.2, 1.4.3), as the server says it.
"use strict";
(() => {
  const field = document.getElementById("colour"), said = document.getElementById("colour-said");
  if (!field || !said) return;
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);

  field.addEventListener("input", () => {
    const [red, green, blue] = [1, 3, 5].map((start) => linear(parseInt(field.value.slice(start, start + 2), 16) / 255));
    const contrast = 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
    const shown = `Contrast to white ${Math.floor(contrast * 10) / 10} to 1`;
    said.textContent = contrast >= 4.5 ? `${shown}: it can be read.` : `${shown}: too light, so it is used darker, until it can be read.`;
  });
})();
