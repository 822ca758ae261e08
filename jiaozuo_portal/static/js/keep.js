// `form[data-keep="key"]`: the text of a form that does not save itself (a remark, a comment) is
// kept in the browser and brought back with a notice, until the page is sent and comes back
// without the form. Give the key the version it speaks of, so that it ends with it.

import { isFilledIn, loadedValuesOf, namesOf, same, setValues, valuesOf, controlsOf } from "./controls.js";
import * as store from "./store.js";
import { piece, word } from "./words.js";

const keyOf = (form) => `keep.${form.dataset.keep}`;

document.addEventListener("input", (event) => {
  const { form, name } = event.target;
  if (!form?.dataset?.keep || !isFilledIn(event.target) || !store.mayKeep(event.target)) return;
  store.keep(keyOf(form), name, valuesOf(form, name), loadedValuesOf(form, name));
});

function restore(form) {
  const back = [];
  for (const [name, entry] of store.kept(keyOf(form))) {
    if (!controlsOf(form, name).length) continue;
    if (same(entry.values, valuesOf(form, name))) continue;
    setValues(form, name, entry.values);
    back.push(name);
  }
  if (!back.length) return;
  const notice = piece("restored-template");
  notice.querySelector("[data-text]").textContent = word("restored");
  notice.querySelector("[data-drop]").addEventListener("click", () => {
    notice.remove();
    for (const name of namesOf(form)) {
      store.drop(keyOf(form), name);
      if (back.includes(name)) setValues(form, name, loadedValuesOf(form, name));
    }
  });
  form.prepend(notice);
}

/** The server says on the page after a success which keys are done: `data-kept-done="key"`. */
function forgetDone(root) {
  root.querySelectorAll("[data-kept-done]").forEach((mark) => {
    const key = `keep.${mark.dataset.keptDone}`;
    for (const name of store.kept(key).keys()) store.drop(key, name);
  });
}

export function start(root = document) {
  forgetDone(root);
  root.querySelectorAll("form[data-keep]").forEach(restore);
}
