// Before anything is drawn: light or dark as the system has it, where nobody chose one of the two.
const page = document.documentElement;
if (page.dataset.theme === "auto") {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => page.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
}
page.classList.add("has-script");
