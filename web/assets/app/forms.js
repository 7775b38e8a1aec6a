// Small things of forms: send a choice at once, and say before leaving that something is not saved.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-send-at-once]")) event.target.form.requestSubmit();
});

let changed = null;
document.addEventListener("input", (event) => {
  if (event.target.form?.matches("[data-keep]")) changed = event.target.form;
});
document.addEventListener("submit", () => {
  changed = null;
});
window.addEventListener("beforeunload", (event) => {
  if (changed?.isConnected) event.preventDefault();
});
