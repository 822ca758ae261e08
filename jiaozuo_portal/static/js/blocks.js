// `a[data-block][data-text]` in a form puts a text block into the form's text and notes which one
// it was; Alt with a digit does the same for the first nine. Without scripts the link brings the
// form back with the words in it.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-block]");
  if (!link || !insert(link)) return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !/^Digit[1-9]$/.test(event.code)) return;
  const form = event.target.closest("form") ?? document;
  const link = form.querySelectorAll("a[data-block]")[Number(event.code.at(-1)) - 1];
  if (!link || !insert(link)) return;
  event.preventDefault();
});

function insert(link) {
  const { text, block } = link.closest("form")?.elements ?? {};
  if (!text || !block) return false;
  const before = text.value.trimEnd();
  text.value = before ? `${before}\n${link.dataset.text}` : link.dataset.text;
  block.value = link.dataset.block;
  // What is kept in the browser until it is sent is kept on input.
  for (const field of [text, block]) field.dispatchEvent(new Event("input", { bubbles: true }));
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
  return true;
}
