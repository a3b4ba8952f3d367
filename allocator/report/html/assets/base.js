// Data, words, numbers and elements: what every other part uses.
const D = JSON.parse(document.getElementById("data").textContent);
const W = JSON.parse(document.getElementById("words").textContent);
const LOCALE = document.documentElement.lang === "id" ? "id-ID" : "en-GB";
const DAYS = D.instance.days;
const get = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumSignificantDigits: 3 });
const count = (n) => (n === null || n === undefined ? "–" : whole.format(n));
const days = (n) => (n === null || n === undefined ? "–" : tenth.format(n));
const axis = (n) => (Math.abs(n) < 1e3 ? few.format(n) : short.format(n));
const few = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 3 });
// What is said to be "at most" or "not less than" is rounded so that it stays true: direction is "ceil" or "floor".
const rounding = (options, direction) => new Intl.NumberFormat(LOCALE, direction ? { ...options, roundingMode: direction } : options);
const LONG = { notation: "compact", compactDisplay: "long", minimumSignificantDigits: 4, maximumSignificantDigits: 4 };
function amount(n, direction) {
  if (n === null) return "–";
  if (Math.abs(n) < 1e3) return rounding({ maximumSignificantDigits: 3 }, direction).format(n);
  return rounding(Math.abs(n) < 1e5 ? { maximumFractionDigits: 0 } : LONG, direction).format(n);
}
const money = (n, direction) => (n === null ? "–" : `${D.instance.currency} ${amount(n, direction)}`);
const inCurrency = (label) => `${label}, ${D.instance.currency}`;
function percent(n, direction) {
  if (n === null || n === undefined) return "–";
  const digits = Math.abs(n) >= 0.01 || n === 0 ? 1 : 3;
  return rounding({ style: "percent", maximumFractionDigits: digits }, direction).format(n);
}
const START = Date.parse(`${D.instance.start}T00:00:00Z`);
const dateOf = (day) => new Date(START + day * 864e5);
const dated = (options) => { const f = new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options }); return (day) => f.format(dateOf(day)); };
const longDate = dated({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const shortDate = dated({ day: "numeric", month: "short" });
const say = (key, values = {}) => W[key].replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
// A number with its noun: languages with a plural have another text for one.
const numbered = (key, n) => say(n === 1 ? `${key}_one` : key, { number: count(n) });
const sum = (list) => list.reduce((total, n) => total + n, 0);
const running = (differences) => { let total = 0; return differences.map((n) => (total += n)); };
const everyDay = (value) => (Array.isArray(value) ? value : Array(DAYS).fill(value));

// Text goes into the page as text only; nothing of the data is ever read as HTML.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.map(asNode));
  return made;
}
const asNode = (child) => (child instanceof Node ? child : document.createTextNode(String(child)));
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.map(asNode));
  return made;
}
const row = (cells, attributes = {}) => element("tr", attributes, ...cells);
const cell = (text, attributes = {}) => element("td", attributes, text);
const textCell = (text) => cell(text, { class: "text" });
function head(labels) {
  return element("thead", {}, row(labels.map(([label, text]) => element("th", { scope: "col", class: text ? "text" : null }, label))));
}

// What is lacking: a colour of the Okabe-Ito palette, a pattern and a shape each.
const LOOK = {
  slot: { colour: "#0072b2", shape: "triangle", pattern: "plain" },
  link: { colour: "#56b4e9", shape: "flag", pattern: "dots" },
  processing: { colour: "#999999", shape: "dot", pattern: "thin" },
  blank: { colour: "#d55e00", shape: "square", pattern: "rising" },
  printer: { colour: "#e69f00", shape: "diamond", pattern: "falling" },
  held: { colour: "#882255", shape: "cross", pattern: "upright" },
  nothing: { colour: "#56616f", shape: "ring", pattern: "plain" },
};
const lackName = (index) => D.lacks[index] || "nothing";
function pattern(name) {
  const { colour, pattern: kind } = LOOK[name];
  const lines = { rising: "M0 8L8 0", falling: "M0 0L8 8", upright: "M4 0V8", thin: "M0 4H8" }[kind];
  const made = svg("pattern", { id: `fill-${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, svg("rect", { width: 8, height: 8, fill: colour }));
  if (lines) made.append(svg("path", { d: lines, stroke: "#fff", "stroke-width": 1.6 }));
  if (kind === "dots") made.append(svg("circle", { cx: 4, cy: 4, r: 1.6, fill: "#1b2430" }));
  return made;
}
function shape(name, x, y, r) {
  const { colour, shape: kind } = LOOK[name];
  const solid = { fill: colour, stroke: "#fff", "stroke-width": 0.8 };
  const at = (points) => points.map(([a, b]) => `${(x + a * r).toFixed(1)},${(y + b * r).toFixed(1)}`).join(" ");
  if (kind === "triangle") return svg("polygon", { points: at([[0, -1.15], [1.1, 0.85], [-1.1, 0.85]]), ...solid });
  if (kind === "flag") return svg("polygon", { points: at([[-1.1, -0.85], [1.1, -0.85], [0, 1.15]]), ...solid, stroke: "#1b2430" });
  if (kind === "square") return svg("rect", { x: x - r * 0.9, y: y - r * 0.9, width: r * 1.8, height: r * 1.8, ...solid });
  if (kind === "diamond") return svg("polygon", { points: at([[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]]), ...solid, stroke: "#5c4000" });
  if (kind === "cross") return svg("path", { d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x - r} ${y + r}L${x + r} ${y - r}`, stroke: colour, "stroke-width": 2.4, fill: "none" });
  if (kind === "dot") return svg("circle", { cx: x, cy: y, r: r * 0.6, ...solid });
  return svg("circle", { cx: x, cy: y, r: Math.max(2, r * 0.7), fill: "#fff", stroke: colour, "stroke-width": 1.2 });
}
