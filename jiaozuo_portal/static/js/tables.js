// Selected rows, or all that a list finds, in a bar at the bottom, and the table's roles kept where rows become cards.

import { word } from "./words.js";

const scopeOf = (control) => control.closest("form, section, main");

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-select], [data-select-all], [data-select-rest]")) return;
  const scope = scopeOf(box);
  if (box.matches("[data-select-all]")) {
    scope.querySelectorAll("[data-select]").forEach((one) => { one.checked = box.checked; });
  }
  count(scope);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-select-none]");
  if (!button) return;
  const scope = scopeOf(button);
  scope.querySelectorAll("[data-select]").forEach((one) => { one.checked = false; });
  count(scope);
});

function count(scope) {
  const boxes = [...scope.querySelectorAll("[data-select]")];
  const chosen = boxes.filter((one) => one.checked).length;
  const all = scope.querySelector("[data-select-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  scope.querySelectorAll("[data-selbar]").forEach((bar) => {
    bar.hidden = chosen === 0;
    const rest = bar.querySelector("[data-select-rest]");
    if (rest && bar.hidden) rest.checked = false;
    const count = rest?.checked ? rest.dataset.selectRest : chosen;
    bar.querySelector("[data-selected-count]").textContent = word("selected", { count });
  });
}

// `display` takes the meaning of a table away from screen readers; explicit roles keep it.
function giveRoles(table) {
  const role = (selector, name) => table.querySelectorAll(selector).forEach((cell) => {
    if (!cell.hasAttribute("role")) cell.setAttribute("role", name);
  });
  table.setAttribute("role", "table");
  role("thead, tbody, tfoot", "rowgroup");
  role("tr", "row");
  role("thead th", "columnheader");
  role("tbody th", "rowheader");
  role("td", "cell");
}

export function start(root = document) {
  root.querySelectorAll(".grid-cards").forEach(giveRoles);
  root.querySelectorAll("[data-selbar]").forEach((bar) => count(scopeOf(bar)));
}
