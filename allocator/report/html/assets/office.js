// One office's own story: its figures, its curves, what it lacked from when to when, its arrivals of packs.
function runsOf(office) {
  const runs = [];
  [...office.lack].forEach((digit, day) => {
    const last = runs[runs.length - 1];
    if (last && last.digit === digit) last.to = day; else runs.push({ digit, from: day, to: day });
  });
  return runs.filter((run) => lackName(Number(run.digit)) !== "nothing");
}

function openOffice(office) {
  const c = curvesOf(office);
  if (!get("story").open) get("story").showModal();
  get("story_title").textContent = `${office.name} (${office.id})`;
  const figures = [[count(office.cards), W.cards], [days(office.mean), W.mean_wait], [count(office.p90), W.p90_wait], [count(office.left), W.left], [count(office.slots), W.slots_total], [money(office.cost), W.cost]];
  const line = element("p", {}, say("story", { province: office.province || W.no_province, start: numbered("people_without", c.unprintable[0] + c.waiting[0]), end: count(office.left), packs: numbered("packs_arrive", office.packs_in), cards: numbered("cards_printed", office.cards) }));
  const later = []; // a chart is drawn when its place is in the page and has a width
  const part = (heading, series) => {
    const place = element("div");
    later.push(() => lineChart(place, heading, series));
    return element("div", {}, element("h3", {}, heading), place);
  };
  const charts = element("div", { class: "two" },
    part(W.queues_heading, [{ name: W.unprintable, values: c.unprintable, colour: "#0072b2" }, { name: W.waiting, values: c.waiting, colour: "#d55e00", dash: "7 3" }]),
    part(W.office_blanks, [{ name: W.blanks_hand, values: c.blanks, colour: "#0072b2" }]),
    part(W.cards_heading, [{ name: W.cards_day, values: office.cards_by_day, colour: "#0072b2" }, { name: W.printers_day, values: everyDay(office.printers), colour: "#56616f", dash: "2 3", thin: true }]),
    part(W.slots_heading, [{ name: W.slots_used, values: office.ingested, colour: "#0072b2" }, { name: W.arrivals, values: everyDay(office.arrivals), colour: "#56616f", dash: "2 3", thin: true }]));
  const packs = element("table", {}, head([[W.arrival, true], [W.packs], [W.cards_word]]),
    element("tbody", {}, ...office.packs.map(([day, number]) => row([textCell(longDate(day)), cell(count(number)), cell(count(number * D.instance.pack_size))]))));
  const lacks = element("table", {}, head([[W.lacks_word, true], [W.from, true], [W.to, true], [W.days_word]]),
    element("tbody", {}, ...runsOf(office).map((run) => row([textCell(W[`lack_${lackName(Number(run.digit))}`]), textCell(shortDate(run.from)), textCell(shortDate(run.to)), cell(count(run.to - run.from + 1))]))));
  const tables = element("div", { class: "two" },
    element("div", {}, element("h3", {}, W.arrivals_of_packs), office.packs.length ? packs : element("p", {}, W.no_packs)),
    element("div", {}, element("h3", {}, W.lacks_heading), runsOf(office).length ? lacks : element("p", {}, W.lacks_none)));
  const numbers = element("dl", { class: "figures" }, ...figures.map(([value, label]) => element("div", {}, element("dt", {}, label), element("dd", {}, value))));
  get("story_body").replaceChildren(line, numbers, charts, tables);
  later.forEach((draw) => draw());
  history.replaceState(null, "", `#office=${encodeURIComponent(office.id)}`);
  get("story").scrollTop = 0;
}

function readyStory() {
  const story = get("story");
  get("close").addEventListener("click", () => story.close());
  story.addEventListener("click", (event) => { if (event.target === story) story.close(); });
  story.addEventListener("close", () => history.replaceState(null, "", location.pathname + location.search));
  const open = () => {
    const asked = /^#office=(.+)$/.exec(location.hash);
    if (!asked) return;
    let id = asked[1];
    try { id = decodeURIComponent(id); } catch { /* an address typed by hand: taken as it stands */ }
    const office = D.offices.find((one) => one.id === id);
    if (office) openOffice(office);
  };
  window.addEventListener("hashchange", open);
  open();
}
