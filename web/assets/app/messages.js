// Messages can be closed, and those that say only that something went well go by themselves.
const GONE_AFTER = 10000;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close]");
  button?.closest("[data-message]")?.remove();
});

function watch(message) {
  if (message.dataset.message !== "done" || message.dataset.watched) return;
  message.dataset.watched = "yes";
  let timer = setTimeout(() => message.remove(), GONE_AFTER);
  const stay = () => clearTimeout(timer);
  message.addEventListener("mouseenter", stay);
  message.addEventListener("focusin", stay);
}

const all = () => document.querySelectorAll("[data-message]").forEach(watch);
document.addEventListener("DOMContentLoaded", all);
document.addEventListener("htmx:after:swap", all);
