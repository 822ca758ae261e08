// Rows that repeat: a row is added or removed by the server and put in its place; without this
// script the same buttons post the form. Names of the fields hold the row's own key, so removing
// one row changes no other.

import { post } from "./net.js";
import { word } from "./words.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-row-add], [data-row-remove]");
  const box = button?.closest("[data-rows]");
  if (!box) return;
  event.preventDefault();
  if (button.disabled) return;
  if (button.matches("[data-row-add]")) add(box, button);
  else remove(box, button);
});

async function add(box, button) {
  const html = await ask(box, button, box.dataset.addUrl || button.getAttribute("formaction"));
  if (html === null) return;
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  const row = holder.content.firstElementChild;
  if (!row) return;
  box.querySelector("[data-rows-body]").append(row);
  count(box, word("added"));
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

async function remove(box, button) {
  const row = button.closest("[data-row]");
  if ((await ask(box, button, button.getAttribute("formaction"))) === null) return;
  const names = [...row.querySelectorAll("[name]")].map((control) => control.name);
  row.dispatchEvent(new CustomEvent("portal:row-removed", { bubbles: true, detail: { names } }));
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  count(box, word("removed"));
  (next?.querySelector("[data-row-remove]") ?? box.querySelector("[data-row-add]"))?.focus();
}

async function ask(box, button, url) {
  button.disabled = true;
  const answer = await post(url, []);
  button.disabled = false;
  if (answer.kind === "ok") return answer.data.html ?? answer.text;
  say(box, answer.data.error ?? word(answer.kind === "signed-out" ? "expired" : "notDone"), "danger");
  return null;
}

function count(box, said) {
  const rows = box.querySelectorAll("[data-row]").length;
  const empty = box.querySelector("[data-rows-empty]");
  if (empty) empty.hidden = rows > 0;
  box.querySelectorAll("[data-rows-count]").forEach((place) => { place.textContent = rows; });
  say(box, said, "");
}

function say(box, text, tone) {
  let place = box.querySelector(":scope > .field-status");
  if (!place) {
    place = document.createElement("p");
    place.className = "field-status";
    place.setAttribute("role", "status");
    box.append(place);
  }
  place.dataset.tone = tone;
  place.textContent = text;
}
