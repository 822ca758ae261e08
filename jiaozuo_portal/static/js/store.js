// What was typed and is not saved yet, kept in this browser until it is.
//
// SECURITY: computers are shared. Entries belong to one account, are never read for another, go
// when they are saved, on signing out and after a week; private fields are never written.

const PREFIX = "portal:";
const WEEK = 7 * 24 * 3600 * 1000;
const owner = document.body.dataset.user ?? "";

const place = (form, field = "") => `${PREFIX}${owner}:${form}:${field}`;

export function keep(form, field, values, base) {
  if (!owner) return;
  quietly(() => {
    localStorage.setItem(place(form, field), JSON.stringify({ values, base, at: Date.now() }));
  });
}

export function drop(form, field) {
  quietly(() => localStorage.removeItem(place(form, field)));
}

/** Field name to {values, base, at} of one form. */
export function kept(form) {
  const found = new Map();
  if (!owner) return found;
  quietly(() => {
    for (const key of ours()) {
      if (!key.startsWith(place(form))) continue;
      found.set(key.slice(place(form).length), JSON.parse(localStorage.getItem(key)));
    }
  });
  return found;
}

export function clear() {
  quietly(() => ours().forEach((key) => localStorage.removeItem(key)));
}

/** Whether a control may be kept in the browser at all. */
export function mayKeep(control) {
  return !("private" in control.dataset) && !["password", "file", "hidden"].includes(control.type);
}

function ours() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

function forgetOld() {
  for (const key of ours()) {
    const entry = JSON.parse(localStorage.getItem(key));
    if (!entry?.at || Date.now() - entry.at > WEEK) localStorage.removeItem(key);
  }
}

// A browser may forbid storage or have none left; typing goes on without it.
function quietly(work) {
  try {
    work();
  } catch {
    /* nothing can be kept */
  }
}

quietly(forgetOld);

let leaving = false;
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-sign-out]")) leaving = true;
});
addEventListener("pagehide", () => {
  if (leaving) clear();
});
