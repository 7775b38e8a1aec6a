// A new password: ticks its rules off while one types; the policy's slider: shows the rules of the level it stands at.
const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
const counts = {
  length: (text, least) => [...text].length >= least,
  longest: (text, most) => [...text].length <= most,
  classes: (text, least) => kinds.filter((kind) => kind.test(text)).length >= least,
};

function judge(field) {
  const text = field.value.normalize("NFC");
  for (const rule of field.form.querySelectorAll("[data-rule]")) {
    const keeps = counts[rule.dataset.rule];
    if (!keeps) continue; // what only the portal can judge
    const kept = text !== "" && keeps(text, Number(rule.dataset.bound));
    rule.classList.toggle("text-success", kept);
    rule.classList.toggle("text-danger", !kept && "broken" in rule.dataset);
    rule.querySelector(".rule-mark").textContent = kept ? "✓" : "•";
  }
}

function choose(slider) {
  for (const level of slider.form.querySelectorAll("[data-level]")) {
    level.hidden = level.dataset.level !== slider.value;
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-new-password]")) judge(event.target);
  if (event.target.matches("[data-levels]")) choose(event.target);
});

const all = () => {
  document.querySelectorAll("[data-new-password]").forEach(judge);
  document.querySelectorAll("[data-levels]").forEach(choose);
};
document.addEventListener("DOMContentLoaded", all);
document.addEventListener("htmx:after:swap", all);
if (document.readyState !== "loading") all();
