// The nation over time, what binds when, and how long people wait.
function drawTime() {
  const n = D.nation;
  stackedChart(get("lacking_chart"), W.lacking_heading, D.lacks.map((key) => ({ key, name: W[`lack_${key}`], values: n[`lack_${key}`] })));
  lineChart(get("queues_chart"), W.queues_heading, [
    { name: W.unprintable, values: n.unprintable, colour: "#0072b2" },
    { name: W.waiting, values: n.waiting, colour: "#d55e00", dash: "7 3" }]);
  lineChart(get("blanks_chart"), W.blanks_heading, [
    { name: W.office_blanks, values: n.office_blanks, colour: "#0072b2" },
    { name: W.depot_blanks, values: n.depot_blanks, colour: "#d55e00", dash: "7 3" }]);
  lineChart(get("cards_chart"), W.cards_heading, [
    { name: W.cards_day, values: n.cards, colour: "#0072b2" },
    { name: W.printers_day, values: n.print_capacity, colour: "#56616f", dash: "2 3", thin: true }]);
  lineChart(get("slots_chart"), W.slots_heading, [
    { name: W.slots_used, values: n.ingested, colour: "#0072b2" },
    { name: W.quota, values: n.quota, colour: "#d55e00", dash: "7 3", thin: true },
    { name: W.arrivals, values: n.arrivals, colour: "#56616f", dash: "2 3", thin: true }]);
}

// One strip for each limit: the height of a bar is how far it is used, and a full bar is dark with a tick on top.
function drawBinds() {
  const [width, strip, left] = [widthOf(get("binds_chart")), 58, FRAME.left];
  const binding = D.limits.filter((limit) => limit.shares.some(Boolean));
  const never = D.limits.filter((limit) => !limit.shares.some(Boolean));
  const height = strip * binding.length + 22;
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": W.binds_heading });
  const step = (width - left - FRAME.right) / DAYS;
  const x = (day) => left + (day + 0.5) * step;
  binding.forEach((limit, index) => {
    const floor = strip * (index + 1) - 4;
    chart.append(svg("text", { x: left, y: floor - 40, class: "strong" }, W[`limit_${limit.kind}`]));
    chart.append(svg("text", { x: left - 6, y: floor - 24, "text-anchor": "end" }, percent(1)), svg("text", { x: left - 6, y: floor + 2, "text-anchor": "end" }, percent(0)));
    chart.append(svg("line", { class: "grid", x1: left, x2: width - FRAME.right, y1: floor, y2: floor }));
    chart.append(svg("line", { class: "grid", x1: left, x2: width - FRAME.right, y1: floor - 32, y2: floor - 32, "stroke-dasharray": "2 3" }));
    limit.shares.forEach((share, day) => {
      if (!share) return;
      const tall = 32 * share;
      chart.append(svg("rect", { x: x(day) - step / 2 + 0.5, width: Math.max(0.6, step - 1), y: floor - tall, height: tall, fill: share === 1 ? "#0b4f8a" : "#8fb8da" }));
    });
  });
  dayTicks(chart, x, height - 4, width);
  get("binds_chart").replaceChildren(chart);
  readable(get("binds_chart"), { chart, x, step, height, width }, (day) => binding.map((limit) => `${W[`limit_${limit.kind}`]} ${percent(limit.shares[day])}`));
  if (never.length) get("binds_chart").append(element("p", { class: "soft" }, say("binds_never", { limits: never.map((limit) => W[`limit_${limit.kind}`]).join("; ") })));
}

const ROUND_DAYS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
function drawWaits() {
  const [waits, cards] = D.waits;
  const total = sum(cards);
  get("waits_text").textContent = total ? say("waits_text", { mean: days(THIS.kpis.mean_wait_days), p90: numbered("days_number", THIS.kpis.p90_wait_days), oldest: numbered("days_number", THIS.kpis.oldest_wait_days) }) : W.waits_none;
  if (!total) return;
  const longest = waits[waits.length - 1];
  const size = ROUND_DAYS.find((n) => longest / n <= 40) || Math.ceil(longest / 40);
  const bins = Array(Math.floor(longest / size) + 1).fill(0);
  waits.forEach((wait, index) => { bins[Math.floor(wait / size)] += cards[index]; });
  const [width, height] = [widthOf(get("waits_chart")), 250];
  const top = niceTop(Math.max(...bins));
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": W.waits_heading });
  const y = (value) => height - 40 - (value * (height - 64)) / top;
  const x = (wait) => FRAME.left + (wait * (width - FRAME.left - FRAME.right)) / (bins.length * size);
  for (const part of [0, 0.5, 1]) {
    chart.append(svg("line", { class: "grid", x1: FRAME.left, x2: width - FRAME.right, y1: y(top * part), y2: y(top * part) }), svg("text", { x: FRAME.left - 6, y: y(top * part) + 4, "text-anchor": "end" }, axis(top * part)));
  }
  bins.forEach((cardsHere, bin) => {
    const [low, high] = [bin * size, bin * size + size - 1];
    chart.append(svg("rect", { x: x(low) + 0.7, width: x(low + size) - x(low) - 1.4, y: y(cardsHere), height: y(0) - y(cardsHere), fill: "#0b4f8a" },
      svg("title", {}, say("waits_bar", { low: count(low), high: numbered("days_number", high), cards: numbered("cards_number", cardsHere) }))));
  });
  const end = bins.length * size;
  const every = ROUND_DAYS.find((n) => n >= size && end / n <= width / 80) || size * Math.ceil((end * 80) / (size * width));
  for (let wait = 0; wait <= end; wait += every) chart.append(svg("text", { class: "tick", x: x(wait), y: height - 23, "text-anchor": "middle" }, count(wait)));
  chart.append(svg("text", { x: width - FRAME.right, y: height - 5, "text-anchor": "end" }, W.waits_axis));
  const mark = (wait, name, rise) => {
    const label = `${name} ${wait === Math.round(wait) ? count(wait) : days(wait)}`;
    const left = x(wait) + 5 + 8 * label.length > width; // a letter is at most 8 wide
    chart.append(svg("line", { x1: x(wait), x2: x(wait), y1: rise + 4, y2: y(0), stroke: "#a83f00", "stroke-width": 1.6, "stroke-dasharray": "5 3" }),
      svg("text", { x: x(wait) + (left ? -5 : 5), y: rise + 12, class: "strong mark", "text-anchor": left ? "end" : "start" }, label));
  };
  mark(THIS.kpis.mean_wait_days, W.mean_short, 0);
  mark(THIS.kpis.p90_wait_days, W.p90_short, 16);
  get("waits_chart").replaceChildren(chart);
}
