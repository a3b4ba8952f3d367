// Headline numbers, the plan beside the simple policies, and how good it is proven to be.
const THIS = D.contenders[0];
const BEST = D.contenders.find((one) => one.policy && one.policy !== "empty") || D.contenders[1];
const policyName = (one) => (one.policy === null ? W.this_plan : W[`policy_${one.policy.replace("-", "_")}`] || one.policy);
const saved = (one) => (one.cost.total ? (one.cost.total - THIS.cost.total) / one.cost.total : null);

function drawHeader() {
  get("name").textContent = D.instance.name;
  get("span").textContent = say("span", { first: longDate(0), last: longDate(DAYS - 1), days: numbered("days_number", DAYS), offices: numbered("offices_number", D.offices.length) });
  get("description").textContent = D.instance.description || "";
  get("pack_meaning").textContent = say("pack_meaning", { size: count(D.instance.pack_size) });
}

function drawSummary() {
  const { kpis, cost } = THIS;
  const better = saved(BEST);
  get("lead").textContent = say("lead", { cards: count(kpis.cards), left: count(kpis.interim_certificates_end) }) + " " +
    (better !== null && better > 1e-6 ? say("lead_saves", { share: percent(better), amount: money(BEST.cost.total - cost.total), policy: policyName(BEST) }) : W.lead_equal);
  const figures = [
    [count(kpis.cards), W.cards], [days(kpis.mean_wait_days), W.mean_wait], [count(kpis.p90_wait_days), W.p90_wait],
    [count(kpis.interim_certificates_end), W.left], [money(cost.total), W.cost], [money(kpis.freight_cost), W.freight],
    [percent(kpis.quota_used_share, "floor"), W.quota_used], [percent(D.proof.avoidable_gap, "ceil"), W.avoidable_gap],
  ];
  get("figures").replaceChildren(...figures.map(([value, label]) => element("div", {}, element("dt", {}, label), element("dd", {}, value))));
  drawAgainst();
  drawTerms();
}

function drawAgainst() {
  get("against").replaceChildren(
    head([[W.plan, true], [inCurrency(W.cost)], [W.dearer], [W.cards], [W.mean_wait], [W.p90_column], [W.left], [W.oldest], [inCurrency(W.freight)]]),
    element("tbody", {}, ...D.contenders.map((one) => row([
      element("th", { scope: "row", class: "text" }, policyName(one)), cell(amount(one.cost.total)),
      cell(one === THIS ? "" : THIS.cost.total ? `${one.cost.total >= THIS.cost.total ? "+" : ""}${percent((one.cost.total - THIS.cost.total) / THIS.cost.total)}` : "–"),
      cell(count(one.kpis.cards)), cell(days(one.kpis.mean_wait_days)), cell(count(one.kpis.p90_wait_days)),
      cell(count(one.kpis.interim_certificates_end)), cell(count(one.kpis.oldest_wait_days)), cell(amount(one.kpis.freight_cost)),
    ], { class: one === THIS ? "this" : null }))));
}

function drawTerms() {
  const terms = Object.keys(THIS.cost).filter((term) => term === "total" || D.contenders.some((one) => one.cost[term]));
  get("terms").replaceChildren(
    head([[inCurrency(W.term), true], ...D.contenders.map((one) => [policyName(one)])]),
    element("tbody", {}, ...terms.map((term) => row([
      element("th", { scope: "row", class: "text" }, W[`term_${term}`]), ...D.contenders.map((one) => cell(amount(one.cost[term]))),
    ], { class: term === "total" ? "total" : null }))));
}

function drawProof() {
  const { proof } = D;
  const made = proof.method ? " " + say("proof_method", { method: proof.method, solver: proof.solver || "–" }) : "";
  if (proof.bound === null) { get("proof_text").textContent = W.proof_none + made; return; }
  get("proof_text").textContent = say("proof_text", {
    bound: money(proof.bound, "floor"), gap: percent(proof.gap, "ceil"), at_most: money(Math.max(0, proof.cost - proof.bound), "ceil"), avoidable: percent(proof.avoidable_gap, "ceil"),
  }) + made;
  const marks = [[proof.bound, W.bound], [proof.cost, W.this_plan], [BEST.cost.total, policyName(BEST)], [proof.empty, W.policy_empty]];
  const [low, high] = [Math.min(...marks.map((mark) => mark[0])), Math.max(...marks.map((mark) => mark[0]))];
  const height = 38 * marks.length + 4;
  const width = widthOf(get("proof_chart"));
  const chart = svg("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": W.proof_heading });
  marks.forEach(([value, name], index) => {
    const length = high > 0 ? (Math.max(0, value) / high) * (width - 10) : 0;
    const y = 38 * index;
    chart.append(svg("text", { x: 0, y: y + 13, class: index === 1 ? "strong" : "" }, `${name}: ${money(value, index === 0 ? "floor" : undefined)}`));
    chart.append(svg("rect", { x: 0, y: y + 18, width: Math.max(1, length), height: 12, fill: index === 1 ? "#0b4f8a" : index === 0 ? "#fff" : "#8796a5", stroke: index === 0 ? "#0b4f8a" : "none", "stroke-dasharray": index === 0 ? "4 3" : "none" }));
  });
  if (high > low) get("proof_chart").replaceChildren(chart);
}
