// Keys for who reviews all day: `[data-key="a"]` is pressed by its letter, j and k go from section
// to section of the document, c opens the form for a point about the section one is at, and ?
// opens the list of keys. Ctrl (or Cmd) with Enter sends the form that one is typing in, or else
// the form that the page is there for, `form[data-own-form]`.
//
// A single letter does nothing while somebody types, and who dictates or has unsteady hands turns
// the letters off (WCAG 2.1.4): the switch is kept in this browser.

const OFF = "shortcuts.off";
const legend = document.querySelector("[data-shortcuts]");
const sections = () => [...document.querySelectorAll(".doc > .section")];
let current = null;

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

if (legend) {
  legend.hidden = false;
  const choice = legend.querySelector("[data-shortcuts-switch]");
  choice.checked = !isOff();
  choice.addEventListener("change", () => {
    try {
      if (choice.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
    } catch {
      // A browser that keeps nothing has the keys on, as before.
    }
  });
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return send(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || isOff()) return;
  if (press(event.key)) event.preventDefault();
});

function isTyping(target) {
  return Boolean(target.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])"));
}

function send(event) {
  const form = event.target.closest("form") ?? document.querySelector("form[data-own-form]");
  if (form?.method !== "post") return;
  const buttons = form.querySelectorAll("button:not([type=button]):not(:disabled)");
  // Where there are several, only the person knows which one is meant.
  if (buttons.length !== 1) return;
  event.preventDefault();
  form.requestSubmit(buttons[0]);
}

function press(key) {
  if (legend && key === "?") {
    legend.open = true;
    legend.querySelector("summary").focus();
    return true;
  }
  if (legend && (key === "j" || key === "k")) return step(key === "j" ? 1 : -1);
  if (legend && key === "c") return comment();
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  target?.click();
  return Boolean(target);
}

/** The section whose head has passed the upper third of the window, or the one stepped to. */
function place() {
  const all = sections();
  if (current) return all.indexOf(current);
  const line = innerHeight / 3;
  return all.findLastIndex((section) => section.getBoundingClientRect().top <= line);
}

function step(by) {
  const all = sections();
  const next = all[Math.min(Math.max(place() + by, 0), all.length - 1)];
  if (!next) return false;
  show(next);
  return true;
}

function show(section) {
  const head = section.querySelector("h2");
  head.tabIndex = -1;
  section.scrollIntoView({ block: "start" });
  head.focus({ preventScroll: true });
  current = section;
}

// Whoever scrolls on by wheel or finger, or clicks, is somewhere else.
for (const name of ["wheel", "touchmove", "pointerdown"]) {
  document.addEventListener(name, () => { current = null; }, { passive: true });
}

/** The section one is at, or the first one behind it that takes a point. */
function comment() {
  const from = sections().slice(Math.max(place(), 0));
  const link = from.map((section) => section.querySelector(".point-add")).find(Boolean);
  link?.click();
  return Boolean(link);
}

// The form of a point has come in: its text is what one wants to type.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches?.(".mark-slot")) event.target.querySelector("textarea")?.focus();
});
