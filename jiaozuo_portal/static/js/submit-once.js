// A `form[data-submit-once]` is sent once: its button waits and says so. The form keeps the
// submission key that the server gave it, so that a second sending makes no second version.

const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-submit-once]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented) return;
  sent.add(form);
  const button = event.submitter ?? form.querySelector('button:not([type="button"])');
  if (!button) return;
  // A disabled button would not send its own name and value: only after the form is read.
  setTimeout(() => {
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) {
      button.dataset.idle = button.textContent;
      button.textContent = button.dataset.busy;
    }
  });
});

// Back again from the browser's memory: it may be sent again, with the same key.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.querySelectorAll("form[data-submit-once]").forEach((form) => {
    sent.delete(form);
    form.querySelectorAll("[aria-busy]").forEach((button) => {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
      if (button.dataset.idle) button.textContent = button.dataset.idle;
    });
  });
});
