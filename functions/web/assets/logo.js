// Puts the chosen logo into the form, as the server takes it: a PNG of at most 300 by 120 pixels and 20 KB, in base64.
// Whatever else the browser can read is made smaller here.
"use strict";
(() => {
  const WIDEST = 300, HIGHEST = 120, LONGEST = 20 * 1024;
  const chosen = document.getElementById("logo"), content = document.getElementById("logo-content"), said = document.getElementById("logo-said");

  const smaller = (picture, scale) => {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png").split(",")[1];
  };

  chosen.addEventListener("change", async () => {
    content.value = "";
    said.textContent = "";
    const file = chosen.files[0];
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      let scale = Math.min(1, WIDEST / picture.width, HIGHEST / picture.height);
      let made = smaller(picture, scale);
      while (made.length * 0.75 > LONGEST && scale > 0.05) made = smaller(picture, scale *= 0.8);
      content.value = made;
      content.dispatchEvent(new Event("latchkey:chosen", { bubbles: true }));
      said.textContent = "Save the settings to use this logo.";
    } catch {
      chosen.value = "";
      said.textContent = "This file is no picture that can be used. Choose a PNG file.";
    }
  });
})();
