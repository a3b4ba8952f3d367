// The offices where they are, by what most of their people lack at the end of the chosen day.
const MAP = { width: 1080, pad: 26 };
const curvesOf = (office) => {
  if (!office.curves) office.curves = { unprintable: running(office.unprintable), waiting: running(office.waiting), blanks: running(office.blanks) };
  return office.curves;
};
const withoutCard = (office, day) => curvesOf(office).unprintable[day] + curvesOf(office).waiting[day];
const lackOn = (office, day) => lackName(Number(office.lack[day]));

function drawMap() {
  const placed = D.offices.filter((office) => office.lat !== null && office.lon !== null);
  const depots = D.depots.filter((depot) => depot.lat !== null && depot.lon !== null);
  const missing = D.offices.length - placed.length;
  get("map_missing").textContent = missing ? say("map_missing", { offices: count(missing) }) : "";
  const key = get("map_legend");
  const points = [...placed, ...depots];
  const [lons, lats] = [points.map((p) => p.lon), points.map((p) => p.lat)];
  let [west, east, south, north] = points.length ? [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)] : [0, 1, 0, 1];
  const margin = Math.max(0.3, (east - west) * 0.01, (north - south) * 0.02);
  [west, east, south, north] = [west - margin, east + margin, south - margin, north + margin];
  const squeeze = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = Math.min((MAP.width - 2 * MAP.pad) / ((east - west) * squeeze), 560 / (north - south));
  const height = (north - south) * scale + 2 * MAP.pad;
  const wide = (east - west) * squeeze * scale;
  const x = (lon) => (MAP.width - wide) / 2 + (lon - west) * squeeze * scale;
  const y = (lat) => MAP.pad + (north - lat) * scale;
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${MAP.width} ${height.toFixed(0)}`, role: "group", "aria-label": W.map_heading });
  const grid = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45].find((n) => Math.max(east - west, north - south) / n <= 8) || 45;
  for (const lon of multiples(grid, west, east)) chart.append(svg("line", { class: "grid", x1: x(lon), x2: x(lon), y1: y(north), y2: y(south) }), svg("text", { x: x(lon) + 3, y: y(south) + 14 }, degrees(lon, W.east, W.west)));
  for (const lat of multiples(grid, south, north)) chart.append(svg("line", { class: "grid", x1: x(west), x2: x(east), y1: y(lat), y2: y(lat) }), svg("text", { x: x(west) + 3, y: y(lat) - 3 }, degrees(lat, W.north, W.south)));
  const layer = svg("g", {});
  chart.append(layer);
  for (const depot of depots) chart.append(svg("path", { d: star(x(depot.lon), y(depot.lat), 11), fill: "#1b2430", stroke: "#fff" }, svg("title", {}, `${W.depot}: ${depot.name}`)));
  get("map_chart").replaceChildren(chart);
  const most = Math.max(1, ...placed.map((office) => Math.max(...Array.from({ length: DAYS }, (_, day) => withoutCard(office, day)))));

  const show = (day) => {
    const numbers = Object.fromEntries([...D.lacks, "nothing"].map((name) => [name, 0]));
    D.offices.forEach((office) => { numbers[lackOn(office, day)] += 1; });
    const marks = [...placed].sort((a, b) => withoutCard(b, day) - withoutCard(a, day)).map((office) => {
      const name = lackOn(office, day);
      const mark = svg("g", { class: "office", "data-lack": name }, shape(name, x(office.lon), y(office.lat), 3.4 + 9 * Math.sqrt(withoutCard(office, day) / most)),
        svg("title", {}, `${office.name}: ${W[`lack_${name}`]} · ${W.left_day} ${count(withoutCard(office, day))}`));
      mark.addEventListener("click", () => openOffice(office));
      return mark;
    });
    layer.replaceChildren(...marks);
    key.replaceChildren(...[...D.lacks, "nothing"].filter((name) => numbers[name] || ["slot", "blank", "printer", "nothing"].includes(name)).map((name) => element("li", {},
      svg("svg", { width: 18, height: 18 }, shape(name, 9, 9, 6.5)), `${W[`lack_${name}`]}: ${numbered("offices_number", numbers[name])}`)),
      element("li", {}, svg("svg", { width: 20, height: 18 }, svg("path", { d: star(10, 9, 8), fill: "#1b2430" })), W.depot));
    get("day_text").textContent = longDate(day);
    get("map_date").textContent = longDate(day);
    get("day").setAttribute("aria-valuetext", longDate(day));
  };
  const slider = get("day");
  slider.max = String(DAYS - 1);
  slider.value = "0";
  slider.addEventListener("input", () => show(Number(slider.value)));
  let clock = 0;
  const stop = () => { clearInterval(clock); clock = 0; get("play").textContent = W.play; };
  get("play").addEventListener("click", () => {
    if (clock) { stop(); return; }
    if (Number(slider.value) >= DAYS - 1) slider.value = "0";
    get("play").textContent = W.pause;
    clock = setInterval(() => {
      slider.value = String(Number(slider.value) + 1);
      show(Number(slider.value));
      if (Number(slider.value) >= DAYS - 1) stop();
    }, 250);
  });
  show(0);
}

// Counted, not added up, so that the equator is 0 and not nearly so.
const multiples = (step, low, high) => Array.from({ length: Math.floor(high / step) - Math.ceil(low / step) + 1 }, (_, n) => (Math.ceil(low / step) + n) * step);
const degreeNumber = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const degrees = (value, above, below) => (value === 0 ? "0°" : `${degreeNumber.format(Math.abs(value))}° ${value > 0 ? above : below}`);
function star(x, y, r) {
  const points = Array.from({ length: 10 }, (_, n) => {
    const [angle, length] = [(Math.PI * n) / 5 - Math.PI / 2, n % 2 ? r * 0.42 : r];
    return `${(x + length * Math.cos(angle)).toFixed(1)} ${(y + length * Math.sin(angle)).toFixed(1)}`;
  });
  return `M${points.join("L")}Z`;
}
