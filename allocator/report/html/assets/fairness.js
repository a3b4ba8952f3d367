// Fairness: how long people of each province wait, and how far its offices lie apart.
function drawProvinces() {
  const most = Math.max(1, ...D.provinces.map((one) => one.most || 0));
  const scale = (wait) => (wait / most) * 200 + 10;
  const spread = (one) => {
    if (one.mean === null) return "–";
    return svg("svg", { width: 220, height: 18, role: "img", "aria-label": `${days(one.least)} – ${days(one.most)}` },
      svg("line", { x1: scale(one.least), x2: scale(one.most), y1: 9, y2: 9, stroke: "#8796a5", "stroke-width": 4, "stroke-linecap": "round" }),
      svg("line", { x1: scale(THIS.kpis.mean_wait_days), x2: scale(THIS.kpis.mean_wait_days), y1: 0, y2: 18, stroke: "#a83f00", "stroke-dasharray": "3 2" }),
      svg("circle", { cx: scale(one.mean), cy: 9, r: 5.5, fill: "#0b4f8a", stroke: "#fff" }));
  };
  const share = (one) => (one.cards + one.left ? one.left / (one.cards + one.left) : null);
  const columns = [
    { label: W.province, text: true, value: (one) => one.name, show: (one) => one.name || W.no_province },
    { label: W.offices_word, value: (one) => one.offices, show: (one) => count(one.offices) },
    { label: W.mean_wait, value: (one) => one.mean, show: (one) => days(one.mean) },
    { label: say("spread", { national: days(THIS.kpis.mean_wait_days) }), text: true, value: (one) => (one.most === null ? null : one.most - one.least), show: spread },
    { label: W.cards, value: (one) => one.cards, show: (one) => count(one.cards) },
    { label: W.left, value: (one) => one.left, show: (one) => count(one.left) },
    { label: W.left_share, value: share, show: (one) => percent(share(one)) },
  ];
  sortable(get("province_table"), columns, 2, (one) => row(cellsOf(columns, one)))(D.provinces);
}
