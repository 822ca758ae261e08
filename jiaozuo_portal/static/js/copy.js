// `[data-copy]` copies its text and says so. An intranet without TLS has no clipboard API.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await put(button.dataset.copy);
  const said = button.querySelector(".copy-said");
  if (!said) return;
  said.textContent = button.dataset.copied;
  setTimeout(() => { said.textContent = ""; }, 2500);
});

async function put(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  return field.remove();
}
