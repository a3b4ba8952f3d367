// Tables that sort by any column, and the table of the offices with its search.
// Columns: {label, value, show, text}; rows without a value come last in either direction.
function sortable(table, columns, first, build) {
  let [column, descending] = [first, !columns[first].text];
  const body = element("tbody");
  const heads = columns.map((one, index) => element("th", { scope: "col", class: one.text ? "text" : null },
    element("button", { type: "button", onclick: () => { descending = index === column ? !descending : !one.text; column = index; fill(); } }, one.label)));
  table.replaceChildren(element("thead", {}, row(heads)), body);
  let rows = [];
  const compare = (a, b) => {
    const [left, right] = [columns[column].value(a), columns[column].value(b)];
    if (left === null || right === null) return (left === null) - (right === null);
    const order = typeof left === "string" ? left.localeCompare(right, LOCALE, { numeric: true }) : left - right;
    return descending ? -order : order;
  };
  function fill() {
    heads.forEach((one, index) => { if (index === column) one.setAttribute("aria-sort", descending ? "descending" : "ascending"); else one.removeAttribute("aria-sort"); });
    body.replaceChildren(...[...rows].sort(compare).map(build));
  }
  return (shown) => { rows = shown; fill(); };
}
const cellsOf = (columns, one) => columns.map((column, index) => {
  const shown = column.show ? column.show(one) : column.value(one);
  return index === 0 ? element("th", { scope: "row", class: column.text ? "text" : null }, shown) : cell(shown, { class: column.text ? "text" : null });
});

// The lack that holds on most days on which somebody is without a card.
function mostlyLacks(office) {
  const numbers = {};
  for (const digit of office.lack) if (lackName(Number(digit)) !== "nothing") numbers[digit] = (numbers[digit] || 0) + 1;
  const [best] = Object.entries(numbers).sort((a, b) => b[1] - a[1]);
  return best ? { name: lackName(Number(best[0])), days: best[1] } : { name: "nothing", days: 0 };
}

function drawOffices() {
  for (const office of D.offices) { office.mostly = mostlyLacks(office); office.left = office.still_unprintable + office.still_waiting; office.find = `${office.id} ${office.name} ${office.province || ""}`.toLocaleLowerCase(LOCALE); }
  const lackShown = (office) => {
    const made = element("span", {}, svg("svg", { width: 16, height: 14, viewBox: "0 0 16 14", "aria-hidden": "true" }, shape(office.mostly.name, 8, 7, 5)));
    made.append(` ${W[`lack_${office.mostly.name}`]}${office.mostly.days ? ` (${numbered("days_number", office.mostly.days).replaceAll(" ", "\u00a0")})` : ""}`);
    return made;
  };
  const columns = [
    { label: W.office, text: true, value: (o) => o.name, show: (o) => { const made = element("button", { type: "button", class: "open", "data-office": o.id, onclick: () => openOffice(o) }, o.name); return made; } },
    { label: W.id, text: true, value: (o) => o.id },
    { label: W.province, text: true, value: (o) => o.province, show: (o) => o.province || "–" },
    { label: W.mostly_lacks, text: true, value: (o) => W[`lack_${o.mostly.name}`], show: lackShown },
    { label: W.left, value: (o) => o.left, show: (o) => count(o.left) },
    { label: W.cards, value: (o) => o.cards, show: (o) => count(o.cards) },
    { label: W.mean_wait, value: (o) => o.mean, show: (o) => days(o.mean) },
    { label: W.p90_column, value: (o) => o.p90, show: (o) => count(o.p90) },
    { label: W.slots_total, value: (o) => o.slots, show: (o) => count(o.slots) },
    { label: W.packs_in, value: (o) => o.packs_in, show: (o) => count(o.packs_in) },
    { label: inCurrency(W.cost), value: (o) => o.cost, show: (o) => amount(o.cost) },
  ];
  const fill = sortable(get("office_table"), columns, 4, (office) => row(cellsOf(columns, office)));
  const provinces = [...new Set(D.offices.map((office) => office.province).filter(Boolean))].sort((a, b) => a.localeCompare(b, LOCALE));
  get("province").replaceChildren(element("option", { value: "" }, W.all_provinces), ...provinces.map((name) => element("option", { value: name }, name)));
  const filter = () => {
    const words = get("search").value.toLocaleLowerCase(LOCALE).split(/\s+/).filter(Boolean);
    const province = get("province").value;
    const shown = D.offices.filter((office) => (!province || office.province === province) && words.every((word) => office.find.includes(word)));
    get("found").textContent = say("found", { shown: count(shown.length), offices: count(D.offices.length) });
    fill(shown);
  };
  get("search").addEventListener("input", filter);
  get("province").addEventListener("change", filter);
  filter();
}
