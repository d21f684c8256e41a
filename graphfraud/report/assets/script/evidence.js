// What speaks against a ring and for its defence, each beside what is usual, and when it plays.
const TELLING = 0.05; // log-odds below which a measure told nothing

const bar = (label, kind, value, scale, unit) => {
  const width = `width: ${Math.max(0, Math.min(100, (100 * (value ?? 0)) / scale))}%`;
  return [
    element("span", {}, label),
    element("span", {}, element("div", { class: kind, style: width })),
    element("span", {}, inUnit(value, unit)),
  ];
};

const evidenceRow = (each, most) => {
  const scale = each.unit === "share" ? 1 : Math.max(each.value ?? 0, each.expected ?? 0, 1e-9);
  const size = element("i", { style: `width: ${(70 * Math.abs(each.log_odds)) / most}%` });
  const told = element("span", {}, signed(each.log_odds));
  const accuses = each.log_odds >= 0;
  return element("li", {},
    element("div", {},
      element("div", { class: "title" }, each.title),
      element("div", { class: "sentence" }, each.sentence)),
    element("div", { class: "bars" },
      ...bar("here", "bar", each.value, scale, each.unit),
      ...bar("usual", "bar expected", each.expected, scale, each.unit)),
    element("div", { class: "worth", title: families[each.family] ?? "" },
      element("div", { class: "left" }, ...(accuses ? [] : [told, size])),
      element("div", { class: "right" }, ...(accuses ? [size, told] : []))));
};

const evidence = (ring) => {
  const most = Math.max(...ring.evidence.map((each) => Math.abs(each.log_odds)), 0.1);
  const accusing = ring.evidence.filter((each) => each.log_odds > TELLING);
  const defending = ring.evidence.filter((each) => each.log_odds < -TELLING).reverse();
  const silent = ring.evidence.filter((each) => Math.abs(each.log_odds) <= TELLING);
  const total = ring.evidence.reduce((sum, each) => sum + each.log_odds, 0);
  const list = (rows) => element("ul", { class: "evidence" }, ...rows.map((each) => evidenceRow(each, most)));
  const quiet = () => element("details", {},
    element("summary", {}, `${plural(silent.length, "measure")} that told nothing`), list(silent));
  return element("section", {},
    element("h3", {}, "What speaks against it"), list(accusing),
    element("h3", {}, "What speaks for the defence"),
    defending.length ? list(defending) : element("p", {}, "Nothing that was measured."),
    silent.length ? quiet() : null,
    element("p", { class: "total" },
      `In log-odds: ${signed(ring.start_log_odds)} before any evidence, ${signed(total)} by the evidence, `
      + `${signed(ring.start_log_odds + total)} together: a risk of ${percent(ring.risk)}.`));
};

const dayCurve = (ring) => {
  const sum = ring.hours.plays.reduce((all, plays) => all + plays, 0);
  if (!sum) return null;
  const shares = ring.hours.plays.map((plays) => plays / sum);
  const greatest = Math.max(...shares, ...ring.hours.expected);
  const height = 130, step = 28, left = 8;
  const y = (share) => height - (share / greatest) * (height - 12);
  const told = shares.map((share, hour) => `${hour} h ${percent(share)}`).join(", ");
  const curve = drawn("svg", {
    class: "day",
    viewBox: `0 0 ${left + 24 * step} ${height + 20}`,
    role: "img",
    "aria-label": `Plays by hour, UTC: ${told}`,
  });
  shares.forEach((share, hour) => {
    const x = left + hour * step + 2;
    const column = drawn("rect", { x, y: y(share), width: step - 4, height: height - y(share) });
    column.append(drawn("title", {}, `${hour}:00 ${percent(share)}, usual ${percent(ring.hours.expected[hour])}`));
    curve.append(column);
    if (hour % 3 === 0) curve.append(drawn("text", { x, y: height + 15 }, `${hour} h`));
  });
  const line = ring.hours.expected.map((share, hour) => `${hour ? "L" : "M"}${left + (hour + 0.5) * step} ${y(share)}`);
  curve.append(drawn("path", { d: line.join("") }));
  return element("section", {}, element("h3", {}, "When it plays"), curve,
    element("p", { class: "picked" }, "Bars: this ring, by hour (UTC). Dashed: people of its listeners' countries."));
};
