// `[data-chart]` draws the table that `data-table` names; the table stays behind it, folded.
// A bar leads where the number in the table leads.

const style = getComputedStyle(document.documentElement);
const colour = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
const INK = colour("--ink", "#1a2430");
const MUTED = colour("--ink-muted", "#54606c");
const LINE = colour("--line", "#d8dde2");
const SERIES = [colour("--brand", "#1d4f91"), colour("--warn", "#9a5b00"), "#5b7f95", colour("--good", "#1f7a4d"), colour("--danger", "#ab2a20")];
const FONT = getComputedStyle(document.body).fontFamily;

function read(table) {
  const rows = [...table.tBodies[0].rows];
  const number = (cell) => Number(cell.textContent.replaceAll(",", "").trim());
  return {
    names: [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim()),
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    values: rows.map((row) => [...row.cells].slice(1).map(number)),
    links: rows.map((row) => row.cells[1]?.querySelector("a")?.href),
  };
}

function bars({ labels, values, names, links }) {
  const longest = Math.max(...labels.map((label) => label.length));
  return {
    grid: { left: 0, right: 56, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category", data: labels, inverse: true,
      axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false },
      axisLabel: { color: INK, fontSize: 13, width: Math.min(longest * 14, 150), overflow: "truncate" },
    },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (value) => `${value.toLocaleString("en")} ${names[0]}`, confine: true },
    series: [{
      type: "bar", cursor: links.some(Boolean) ? "pointer" : "default", data: values.map((row) => row[0]), barMaxWidth: 16, itemStyle: { color: SERIES[0] },
      label: { show: true, position: "right", color: INK, formatter: ({ value }) => value.toLocaleString("en") },
    }],
  };
}

function lines({ labels, values, names }) {
  return {
    color: SERIES,
    grid: { left: 8, right: 16, top: 40, bottom: 4, containLabel: true },
    legend: { type: "scroll", top: 0, left: 0, right: 0, textStyle: { color: INK } },
    tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: labels, axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: MUTED } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: MUTED } },
    series: names.map((name, at) => ({ name, type: "line", symbolSize: 5, data: values.map((row) => row[at]) })),
  };
}

const KINDS = { bars, lines };

function draw(box) {
  const table = document.getElementById(box.dataset.table);
  if (!window.echarts || !table) return;
  const told = read(table);
  box.hidden = false;
  box.style.height = box.dataset.chart === "bars" ? `${Math.max(told.labels.length, 2) * 30 + 12}px` : "280px";
  const chart = window.echarts.init(box, null, { renderer: "svg" });
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT }, aria: { enabled: false }, ...KINDS[box.dataset.chart](told) });
  // The table says the same, and is what a screen reader reads.
  box.setAttribute("aria-hidden", "true");
  chart.on("click", ({ dataIndex }) => { if (told.links[dataIndex]) location.assign(told.links[dataIndex]); });
  new ResizeObserver(() => chart.resize()).observe(box);
  box.parentElement.querySelector("[data-behind]").open = false;
}

document.querySelectorAll("[data-chart]").forEach(draw);
