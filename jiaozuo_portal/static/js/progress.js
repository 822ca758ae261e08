// `[data-progress-url]` shows how far long work is; it can be left and found again.
// JSON: {state: waiting|running|finished|failed, done, total, message, next}.

const OVER = new Set(["finished", "failed"]);

async function follow(meter) {
  let pause = 700;
  while (meter.isConnected) {
    const job = await look(meter.dataset.progressUrl);
    if (job) show(meter, job);
    if (job && OVER.has(job.state)) {
      if (job.next) location.assign(job.next);
      return;
    }
    pause = job ? Math.min(pause * 1.15, 3000) : Math.min(pause * 2, 30_000);
    await new Promise((done) => { setTimeout(done, pause); });
  }
}

async function look(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(meter, job) {
  meter.dataset.state = job.state;
  const bar = meter.querySelector("progress");
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
    const figure = (number) => Number(number).toLocaleString("en");
    meter.querySelector("[data-progress-figure]").textContent = `${figure(job.done)} / ${figure(job.total)}`;
  }
  const text = meter.querySelector("[data-progress-text]");
  if (job.message !== undefined && text.textContent !== job.message) text.textContent = job.message;
}

export function start(root = document) {
  root.querySelectorAll("[data-progress-url]").forEach((meter) => {
    if (!OVER.has(meter.dataset.state)) follow(meter);
  });
}
