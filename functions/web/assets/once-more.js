// The form of another site is posted once more, from here: only then do the cookies of this site come with it.
// Whoever comes back to this page by the browser's button finds its button, and is not sent away again.
const form = document.querySelector("[data-once-more]");
const [visit] = performance.getEntriesByType("navigation");
if (form && (!visit || visit.type !== "back_forward")) {
  form.requestSubmit();
}
