// Requests that say plainly what became of them, and the banner for a lost connection.

let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
const banner = document.getElementById("offline");

export const csrfToken = () => token;

/** Show or hide the banner that the connection is gone. */
export function connection(isThere) {
  if (banner) banner.hidden = isThere;
}

/**
 * POST form-encoded values. Never throws; gives {kind, status, data, text, after}:
 * ok · conflict · invalid · refused (with a reason) · signed-out · later (server busy) · offline.
 * `after` is the number of seconds that the server asked to wait.
 */
export async function post(url, values, { keepalive = false } = {}) {
  const first = await attempt(url, values, keepalive);
  if (first.kind !== "signed-out" || keepalive) return first;
  // Signing in again in another window renews the token: the page's own may only be old.
  return (await renewToken()) ? attempt(url, values, keepalive) : first;
}

/** Whether the same person is signed in again; takes the new token if so. */
export async function renewToken() {
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // SECURITY: what one person typed is never sent in the name of another.
    if (page.body.dataset.user !== document.body.dataset.user) return false;
    const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!fresh) return false;
    token = fresh;
    document.querySelectorAll('input[name="csrfmiddlewaretoken"]').forEach((field) => {
      field.value = fresh;
    });
    return true;
  } catch {
    return false;
  }
}

async function attempt(url, values, keepalive) {
  let answer;
  try {
    answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(values),
      headers: { "X-CSRFToken": token, "X-Requested-With": "fetch", Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive,
    });
  } catch {
    connection(false);
    return { kind: "offline", data: {} };
  }
  connection(true);
  return understand(answer);
}

async function understand(answer) {
  if (answer.type === "opaqueredirect") return { kind: "signed-out", data: {} };
  const text = await answer.text().catch(() => "");
  const data = parsed(text);
  const told = { status: answer.status, data: data ?? {}, text };
  if (answer.ok) return { kind: "ok", ...told };
  if (answer.status === 401) return { kind: "signed-out", ...told };
  // A 403 without a reason in JSON is the CSRF check, which means the same to the person.
  if (answer.status === 403) return { kind: data?.error ? "refused" : "signed-out", ...told };
  if (answer.status === 409) return { kind: data?.conflict ? "conflict" : "refused", ...told };
  if (answer.status === 422) return { kind: "invalid", ...told };
  if (answer.status === 429 || answer.status >= 500) {
    return { kind: "later", after: Number(answer.headers.get("Retry-After")) || 0, ...told };
  }
  return { kind: "refused", ...told };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

addEventListener("offline", () => connection(false));
addEventListener("online", () => connection(true));
if (!navigator.onLine) connection(false);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token;
});
