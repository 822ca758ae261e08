// The clause editor: a change is worked out by the server at once, and the cursor stays where it was.

let last = "";

document.addEventListener("focusin", (event) => {
  if (event.target.closest("#editor")) last = event.target.name ?? "";
});

// Another fact or another comparison needs another control; any other change moves the cases.
document.addEventListener("change", (event) => {
  const form = event.target.closest("#editor");
  if (!form) return;
  last = event.target.name ?? "";
  const quiet = form.querySelector('button[name="do"][value=""]');
  form.requestSubmit(quiet);
});

document.addEventListener("htmx:afterSettle", () => {
  const form = document.querySelector("#editor");
  if (!form || !last || last === "do") return;
  form.elements.namedItem(last)?.focus?.({ preventScroll: true });
});
