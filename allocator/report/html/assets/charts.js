// Charts over the days: lines, stacked bars and strips, with one way to read them by mouse, finger or keyboard.
const FRAME = { left: 52, right: 14, top: 10, bottom: 24 };

// Charts are as wide as their place, so that their letters are as large as those around them.
let onPaper = false;
function widthOf(place) {
  const width = Math.max(300, place.clientWidth || 520);
  return Math.round(onPaper ? width * Math.min(1, 700 / get("main").clientWidth) : Math.min(1080, width));
}
const redraws = new Set();
function drawn(draw) {
  redraws.add(draw);
  draw();
}
const redraw = () => redraws.forEach((draw) => draw());
function readyResize() {
  for (const [event, paper] of [["beforeprint", true], ["afterprint", false]]) window.addEventListener(event, () => { onPaper = paper; redraw(); });
  let [width, clock] = [window.innerWidth, 0];
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(clock);
    clock = setTimeout(redraw, 150);
  });
}

function niceTop(most) {
  if (most <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((n) => n * unit).find((n) => n >= most);
}

function frame(height, top, label, width) {
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  const x = (day) => FRAME.left + ((day + 0.5) * (width - FRAME.left - FRAME.right)) / DAYS;
  const y = (value) => height - FRAME.bottom - (value * (height - FRAME.top - FRAME.bottom)) / top;
  for (const part of [0, 0.5, 1]) {
    chart.append(svg("line", { class: "grid", x1: FRAME.left, x2: width - FRAME.right, y1: y(top * part), y2: y(top * part) }));
    chart.append(svg("text", { x: FRAME.left - 6, y: y(top * part) + 4, "text-anchor": "end" }, axis(top * part)));
  }
  dayTicks(chart, x, height - 6, width);
  return { chart, x, y, step: (width - FRAME.left - FRAME.right) / DAYS, height, width };
}

function dayTicks(chart, x, y, width) {
  const every = Math.max(1, Math.ceil(DAYS / Math.max(2, Math.floor((width - 60) / 95))));
  for (let day = 0; day < DAYS; day += every) chart.append(svg("text", { x: x(day), y, "text-anchor": "middle" }, shortDate(day)));
}

// Series: {name, values, colour, dash}. Lines differ in dash as well as in colour, and are named at their legend.
function lineChart(place, label, series, height = 210) {
  const width = widthOf(place);
  const top = niceTop(Math.max(0, ...series.flatMap((one) => one.values)));
  const made = frame(height, top, label, width);
  for (const one of series) {
    const points = one.values.map((value, day) => (one.step
      ? `${day ? "L" : "M"}${(made.x(day) - made.step / 2).toFixed(1)} ${made.y(value).toFixed(1)}H${(made.x(day) + made.step / 2).toFixed(1)}`
      : `${day ? "L" : "M"}${made.x(day).toFixed(1)} ${made.y(value).toFixed(1)}`));
    made.chart.append(svg("path", { d: points.join(""), fill: "none", stroke: one.colour, "stroke-width": one.thin ? 1.4 : 2.4, "stroke-dasharray": one.dash || "none", "stroke-linejoin": "round" }));
  }
  const swatch = (one) => svg("svg", { width: 30, height: 10 }, svg("line", { x1: 0, x2: 30, y1: 5, y2: 5, stroke: one.colour, "stroke-width": one.thin ? 1.4 : 2.4, "stroke-dasharray": one.dash || "none" }));
  place.replaceChildren(legend(series.map((one) => [swatch(one), one.name])), made.chart);
  readable(place, made, (day) => series.map((one) => `${one.name} ${count(one.values[day])}`));
}

// Layers: {key, name, values}, stacked from below.
function stackedChart(place, label, layers, height = 260) {
  const width = widthOf(place);
  const totals = Array.from({ length: DAYS }, (_, day) => sum(layers.map((layer) => layer.values[day])));
  const made = frame(height, niceTop(Math.max(0, ...totals)), label, width);
  const base = Array(DAYS).fill(0);
  for (const layer of layers) {
    let d = "";
    layer.values.forEach((value, day) => {
      if (value) d += `M${(made.x(day) - made.step / 2).toFixed(1)} ${made.y(base[day]).toFixed(1)}h${made.step.toFixed(2)}V${made.y(base[day] + value).toFixed(1)}h${(-made.step).toFixed(2)}Z`;
      base[day] += value;
    });
    if (d) made.chart.append(svg("path", { d, fill: `url(#fill-${layer.key})` }));
  }
  const shown = layers.filter((layer) => layer.values.some(Boolean));
  place.replaceChildren(legend(shown.map((layer) => [fillSwatch(layer.key), layer.name])), made.chart);
  readable(place, made, (day) => shown.map((layer) => `${layer.name} ${count(layer.values[day])}`));
}

const fillSwatch = (key) => svg("svg", { width: 22, height: 16 }, svg("rect", { width: 22, height: 16, fill: `url(#fill-${key})` }));
const legend = (items) => element("ul", { class: "legend" }, ...items.map(([mark, name]) => element("li", {}, mark, name)));

// A line of numbers below the chart for the day under the pointer, or the one chosen with the arrow keys.
function readable(place, made, parts) {
  const line = element("p", { class: "read screen", "aria-live": "polite" });
  const cursor = svg("line", { class: "cursor", y1: FRAME.top, y2: made.height - FRAME.bottom, visibility: "hidden" });
  let day = 0;
  const show = (wanted) => {
    day = Math.min(DAYS - 1, Math.max(0, wanted));
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, made.x(day));
    cursor.setAttribute("visibility", "visible");
    line.textContent = `${longDate(day)}: ${parts(day).join(" · ")}`;
  };
  made.chart.setAttribute("tabindex", "0");
  made.chart.addEventListener("pointermove", (event) => {
    const box = made.chart.getBoundingClientRect();
    show(Math.floor((((event.clientX - box.left) / box.width) * made.width - FRAME.left) / made.step));
  });
  made.chart.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -DAYS, End: DAYS }[event.key];
    if (move) { event.preventDefault(); show(day + move); }
  });
  made.chart.append(cursor);
  place.append(line);
}
