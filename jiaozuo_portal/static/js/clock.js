// The strip with the simulated clock runs on while the page is open.

const strip = document.querySelector("[data-clock]");

if (strip) {
  const shownAt = strip.dataset.clock;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(shownAt) ?? [null, "+", 0, 0];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  const start = Date.parse(shownAt) + offset;
  const opened = performance.now();
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });

  setInterval(() => {
    const now = new Date(start + performance.now() - opened);
    const time = now.toISOString().slice(11, 16);
    const sameDay = now.getUTCDate() === new Date(start).getUTCDate();
    strip.textContent = sameDay ? strip.textContent.replace(/\d\d:\d\d$/, time) : `${day.format(now)} ${time}`;
  }, 5000);
}
