// Buttons that copy a text of the page; where the browser does not allow it, the text is marked, to be copied by hand.
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent, source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = document.getElementById("copied-said");
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = "Copied";
      said.textContent = "It is copied.";
      setTimeout(() => { button.textContent = words; said.textContent = ""; }, 4000);
    } catch {
      getSelection().selectAllChildren(source);
      said.textContent = "It is marked. Copy it by hand.";
    }
  });
}
