// A form or button with data-confirm asks in a dialog of the page's own, once, and then does what it would have done.
const dialog = () => document.getElementById("confirm");

function ask(text, label, then) {
  const box = dialog();
  if (!box) {
    then();
    return;
  }
  box.querySelector("[data-confirm-text]").textContent = text;
  const yes = box.querySelector("[data-confirm-yes]");
  yes.textContent = label || yes.dataset.label;
  box.returnValue = "no";
  box.onclose = () => box.returnValue === "yes" && then();
  box.showModal();
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const by = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!by.dataset.confirm || form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(by.dataset.confirm, by.dataset.confirmLabel, () => {
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter ?? undefined);
    });
  },
  true,
);
