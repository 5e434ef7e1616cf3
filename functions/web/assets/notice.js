// A notice ends by itself: also on a page that was opened before, and on a copy that was made before.
for (const each of document.querySelectorAll("[data-until]")) {
  const left = Date.parse(each.dataset.until) - Date.now();
  if (left <= 0) each.hidden = true;
  else if (left < 86400000) setTimeout(() => { each.hidden = true; }, left);
}
