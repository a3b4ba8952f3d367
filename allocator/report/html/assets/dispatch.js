// The dispatch calendar: packs of each day, and the trips of the day that is chosen.
function drawDispatch() {
  const { trips, lanes } = D.dispatch;
  const names = Object.fromEntries([...D.depots, ...D.offices].map((place) => [place.id, place.name]));
  const busiest = Math.max(1, ...D.nation.packs);
  const byDay = Array.from({ length: DAYS }, () => []);
  for (const trip of trips) byDay[trip[0]].push(trip);
  const weekday = new Intl.DateTimeFormat(LOCALE, { weekday: "narrow", timeZone: "UTC" });
  const monthName = new Intl.DateTimeFormat(LOCALE, { month: "long", year: "numeric", timeZone: "UTC" });
  const months = [];
  const buttons = [];
  for (let day = 0; day < DAYS; day += 1) {
    const date = dateOf(day);
    const title = monthName.format(date);
    if (!months.length || months[months.length - 1].title !== title) {
      const week = element("div", { class: "week" });
      for (let n = 0; n < 7; n += 1) week.append(element("span", { "aria-hidden": "true" }, weekday.format(new Date(Date.UTC(2024, 0, 1 + n)))));
      for (let n = (date.getUTCDay() + 6) % 7; n > 0; n -= 1) week.append(element("span"));
      months.push({ title, week });
    }
    const packs = D.nation.packs[day];
    const button = element("button", {
      type: "button", "aria-pressed": "false", disabled: packs === 0, class: packs === 0 ? null : packs > busiest / 2 ? "many" : "some",
      "aria-label": say("calendar_day", { date: longDate(day), packs: numbered("packs_number", packs), trips: numbered("trips_number", byDay[day].length) }), onclick: () => show(day),
    }, String(date.getUTCDate()), element("b", {}, packs ? axis(packs) : "·"));
    buttons.push(button);
    months[months.length - 1].week.append(button);
  }
  get("calendar").replaceChildren(element("div", { class: "months" }, ...months.map(({ title, week }) => element("div", { class: "month" }, element("h4", {}, title), week))));
  const price = (trip) => lanes[trip[1]][3] + lanes[trip[1]][4] * trip[2];
  const columns = [
    { label: W.to_place, text: true, value: (t) => names[lanes[t[1]][1]] },
    { label: W.from_place, text: true, value: (t) => names[lanes[t[1]][0]] },
    { label: W.packs, value: (t) => t[2], show: (t) => count(t[2]) },
    { label: W.cards_word, value: (t) => t[2] * D.instance.pack_size, show: (t) => count(t[2] * D.instance.pack_size) },
    { label: W.arrival, text: true, value: (t) => String(1e6 + t[0] + lanes[t[1]][2]), show: (t) => longDate(t[0] + lanes[t[1]][2]) },
    { label: inCurrency(W.freight), value: price, show: (t) => count(price(t)) },
  ];
  const fill = sortable(get("trips"), columns, 2, (trip) => row(cellsOf(columns, trip)));
  function show(day) {
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(index === day)));
    get("trips_title").textContent = say("trips_title", { date: longDate(day), trips: numbered("trips_number", byDay[day].length), packs: numbered("packs_number", D.nation.packs[day]) });
    fill(byDay[day]);
  }
  const first = D.nation.packs.findIndex((packs) => packs > 0);
  if (first >= 0) show(first); else get("trips_title").textContent = W.no_trips;
}
