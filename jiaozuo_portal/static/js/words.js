// The words and small pieces of page that templates/_script_words.html holds for the scripts.

const words = document.getElementById("script-words")?.dataset ?? {};

/** A word by its name, with {places} filled in. */
export function word(name, places = {}) {
  return (words[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => places[key] ?? whole);
}

/** A fresh copy of the first element of a <template>. */
export function piece(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
