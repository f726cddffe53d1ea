"use strict";
// Filters the failures, and opens what is closed for print. Without this script everything is there, unfiltered.
const form = document.getElementById("filters");
if (form) {
  const items = [...document.querySelectorAll("details.failure")];
  const texts = items.map((item) => item.textContent.toLowerCase());
  const names = ["system", "step", "kind", "language", "split", "difficulty"].filter((name) => form.elements[name]);
  const apply = () => {
    const words = form.elements.text.value.toLowerCase();
    let shown = 0;
    items.forEach((item, n) => {
      const fits = names.every((name) => !form.elements[name].value || item.dataset[name] === form.elements[name].value);
      const found = fits && texts[n].includes(words);
      item.parentElement.hidden = !found;
      shown += found;
    });
    form.elements.count.value = `${shown} of ${items.length} failures`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  const toggle = form.elements.toggle;
  toggle.addEventListener("click", () => {
    const open = toggle.textContent === "Open all";
    for (const item of items) if (!item.parentElement.hidden) item.open = open;
    toggle.textContent = open ? "Close all" : "Open all";
  });
  form.hidden = false;
  apply();
}
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const item of closed) item.open = true;
});
addEventListener("afterprint", () => {
  for (const item of closed) item.open = false;
});
