"use strict";
(() => {
  const cases = new Map([...document.querySelectorAll("script.case")].map((node) => [node.dataset.ring, node]));
  const families = JSON.parse(document.getElementById("families").textContent);
  const currency = JSON.parse(document.getElementById("currency").textContent);
  const main = document.getElementById("case");
  const links = [...document.querySelectorAll("#rings a")];
  const ROWS_AT_FIRST = 20;
  const ROWS_MORE = 200;
  let graph = null;

  const number = (value, digits = 0) =>
    value === null || value === undefined ? "–" : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const percent = (share) => {
    if (share > 0.9995 && share < 1) return "over 99.9%";
    const digits = (share > 0 && share < 0.01) || (share > 0.99 && share < 1) ? 2 : 0;
    return `${(100 * share).toFixed(digits)}%`;
  };
  const shown = (value, unit) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (unit === "share") return percent(value);
    if (unit === "days") return `${number(value, value < 10 ? 1 : 0)} d`;
    if (unit === "factor") return `× ${number(value, 2)}`;
    return number(value, Number.isInteger(value) ? 0 : 1);
  };

  // Every text goes in as text: a title that looks like markup stays a title.
  const element = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

  const summary = (ring) => {
    const who = ring.listeners
      ? `${plural(ring.listeners, "listener")} play ${plural(ring.tracks, "track")} of ${plural(ring.accounts, "account")}`
      : `${plural(ring.accounts, "account")} uploaded ${plural(ring.tracks, "track")}`;
    return `${who}. Seen from ${ring.first_seen} to ${ring.last_seen} UTC.`;
  };

  const evidenceRow = (each, most) => {
    const scale = each.unit === "share" ? 1 : Math.max(each.value ?? 0, each.expected ?? 0, 1e-9);
    const width = (value) => `width: ${Math.max(0, Math.min(100, (100 * (value ?? 0)) / scale))}%`;
    const size = `width: ${(70 * Math.abs(each.log_odds)) / most}%`;
    const told = `${each.log_odds >= 0 ? "+" : "−"}${number(Math.abs(each.log_odds), 1)}`;
    return element("li", {},
      element("div", {},
        element("div", { class: "title" }, each.title),
        element("div", { class: "sentence" }, each.sentence)),
      element("div", { class: "bars" },
        element("span", {}, "here"), element("span", {}, element("div", { class: "bar", style: width(each.value) })), element("span", {}, shown(each.value, each.unit)),
        element("span", {}, "chance"), element("span", {}, element("div", { class: "bar expected", style: width(each.expected) })), element("span", {}, shown(each.expected, each.unit))),
      element("div", { class: "worth", title: families[each.family] ?? "" },
        element("div", { class: "left" }, ...(each.log_odds < 0 ? [element("span", {}, told), element("i", { style: size })] : [])),
        element("div", { class: "right" }, ...(each.log_odds >= 0 ? [element("i", { style: size }), element("span", {}, told)] : []))));
  };

  const evidence = (ring) => {
    const most = Math.max(...ring.evidence.map((each) => Math.abs(each.log_odds)), 0.1);
    const accusing = ring.evidence.filter((each) => each.log_odds > 0.05);
    const defending = ring.evidence.filter((each) => each.log_odds < -0.05).reverse();
    const silent = ring.evidence.filter((each) => Math.abs(each.log_odds) <= 0.05);
    const total = ring.evidence.reduce((sum, each) => sum + each.log_odds, 0);
    const signed = (value) => `${value >= 0 ? "+" : "−"}${number(Math.abs(value), 1)}`;
    const list = (rows) => element("ul", { class: "evidence" }, ...rows.map((each) => evidenceRow(each, most)));
    return element("section", {},
      element("h3", {}, "What speaks against chance"), list(accusing),
      element("h3", {}, "What speaks for the defence"),
      defending.length ? list(defending) : element("p", {}, "Nothing that was measured."),
      silent.length ? element("details", {}, element("summary", {}, `${plural(silent.length, "measure")} that told nothing`), list(silent)) : null,
      element("p", { class: "total" },
        `In log-odds: ${signed(ring.start_log_odds)} before any evidence, ${signed(total)} by the evidence, ${signed(ring.start_log_odds + total)} together: a risk of ${percent(ring.risk)}.`));
  };

  const svg = (tag, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const dayCurve = (ring) => {
    const sum = ring.hours.plays.reduce((all, plays) => all + plays, 0);
    if (!sum) return null;
    const shares = ring.hours.plays.map((plays) => plays / sum);
    const top = Math.max(...shares, ...ring.hours.expected);
    const height = 130, step = 28, left = 8;
    const y = (share) => height - (share / top) * (height - 12);
    const night = shares.map((share, hour) => `${hour} h ${percent(share)}`).join(", ");
    const drawing = svg("svg", { class: "day", viewBox: `0 0 ${left + 24 * step} ${height + 20}`, role: "img", "aria-label": `Plays by hour, UTC: ${night}` });
    shares.forEach((share, hour) => {
      const bar = svg("rect", { x: left + hour * step + 2, y: y(share), width: step - 4, height: height - y(share) });
      bar.append(svg("title", {}, `${hour}:00 ${percent(share)}, expected ${percent(ring.hours.expected[hour])}`));
      drawing.append(bar);
      if (hour % 3 === 0) drawing.append(svg("text", { x: left + hour * step + 2, y: height + 15 }, `${hour} h`));
    });
    const line = ring.hours.expected.map((share, hour) => `${hour ? "L" : "M"}${left + (hour + 0.5) * step} ${y(share)}`).join("");
    drawing.append(svg("path", { d: line }));
    return element("section", {}, element("h3", {}, "When it plays"), drawing,
      element("p", { class: "picked" }, "Bars: this ring, by hour (UTC). Dashed: people of its listeners' countries."));
  };

  const cell = (column, value) => {
    if (column === "role") return element("td", {}, element("span", { class: "role" }, element("i", { class: `swatch ${value}` }), value));
    const digits = { weight: 2, artificial_streams: 1 }[column] ?? 0;
    if (column === "risk") return element("td", { class: "n" }, value === null ? "–" : percent(value));
    if (typeof value === "number") return element("td", { class: "n" }, number(value, digits));
    return element("td", {}, value === null ? "–" : String(value));
  };
  const HEADINGS = { subject_id: "id", since: "since", ring_plays: "plays in the ring", all_plays: "of all its plays", account_id: "account", artist_name: "artist", artificial_streams: "artificial", withheld_streams: "withheld" };
  const membersTable = (kind, table) => {
    const body = element("tbody");
    const more = element("button", { type: "button" });
    let next = 0;
    const show = (count) => {
      for (const row of table.rows.slice(next, next + count)) {
        body.append(element("tr", {}, ...row.map((value, ix) => cell(table.columns[ix], value))));
      }
      next = Math.min(next + count, table.rows.length);
      more.textContent = `Show more (${number(table.rows.length - next)} left)`;
      more.hidden = next >= table.rows.length;
    };
    more.addEventListener("click", () => show(ROWS_MORE));
    const block = element("details", { "data-kind": kind },
      element("summary", {}, plural(table.rows.length, kind)),
      element("div", { class: "scroll" },
        element("table", {}, element("thead", {}, element("tr", {}, ...table.columns.map((column) =>
          element("th", { scope: "col", class: ["weight", "risk", "ring_plays", "all_plays", "artificial_streams", "withheld_streams"].includes(column) ? "n" : null }, HEADINGS[column] ?? column)))), body)),
      more);
    // Rows are made when somebody looks.
    block.addEventListener("toggle", () => { if (block.open && next === 0) show(ROWS_AT_FIRST); });
    return table.rows.length ? block : null;
  };

  const months = (ring) => ring.months.length ? element("section", {}, element("h3", {}, "Artificial streams and money withheld"),
    element("div", { class: "scroll" }, element("table", {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "month"), ...["streams", "artificial", "withheld"].map((name) => element("th", { scope: "col", class: "n" }, name)))),
      element("tbody", {}, ...ring.months.map((row) => element("tr", {}, element("th", { scope: "row" }, row.month),
        element("td", { class: "n" }, number(row.streams)), element("td", { class: "n" }, number(row.artificial_streams, 0)), element("td", { class: "n" }, number(row.withheld_streams)))))))) : null;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const ORDER = { means: 0, account: 1, track: 2, listener: 3 };
  const SHAPE = { means: "diamond", account: "round-rectangle", track: "ellipse", listener: "triangle" };
  // One column a kind; a kind of many stands in several rows side by side, so that none is squeezed.
  const places = (nodes, width, height) => {
    const used = [0, 1, 2, 3].filter((column) => nodes.some((node) => ORDER[node.kind] === column));
    const at = new Map();
    for (const [rank, column] of used.entries()) {
      const here = nodes.filter((node) => ORDER[node.kind] === column);
      const files = Math.ceil(here.length / 15);
      const lines = Math.ceil(here.length / files);
      here.forEach((node, ix) => {
        const file = Math.floor(ix / lines), line = ix % lines;
        const inFile = Math.min(lines, here.length - file * lines);
        at.set(node.id, { x: ((rank + 0.5) / used.length) * width + (file - (files - 1) / 2) * 42 * Math.min(1, width / 640), y: ((line + 0.5) / inFile) * height });
      });
    }
    return at;
  };
  const COLUMN_NAMES = ["what they share", "who gains", "what is played", "who plays"];
  const columnNames = (ring) => element("div", { class: "column-names", "aria-hidden": "true" },
    ...COLUMN_NAMES.filter((_, column) => ring.picture.nodes.some((node) => ORDER[node.kind] === column)).map((name) => element("span", {}, name)));
  const draw = (ring, box, picked) => {
    const { nodes, edges } = ring.picture;
    const width = Math.max(box.clientWidth, 320), height = box.clientHeight;
    const at = places(nodes, width, height);
    const most = Math.max(...edges.map((edge) => edge.plays), 1);
    const names = nodes.length <= 28;
    const small = Math.min(1, width / 640);
    graph = cytoscape({
      container: box,
      elements: [
        ...nodes.map((node) => ({ data: { ...node, size: small * (16 + 5 * Math.min(4, Math.log10(node.count)) + 8 * node.weight) }, position: at.get(node.id) })),
        ...edges.map((edge, ix) => ({ data: { id: `edge:${ix}`, ...edge, width: edge.plays ? 1 + (3 * Math.log1p(edge.plays)) / Math.log1p(most) : 1.5 } })),
      ],
      layout: { name: "preset", fit: true, padding: 24 },
      userZoomingEnabled: false,
      boxSelectionEnabled: false,
      autoungrabify: false,
      style: [
        { selector: "node", style: { shape: (node) => SHAPE[node.data("kind")], width: "data(size)", height: "data(size)", "background-color": (node) => colour(node.data("kind") === "means" ? "means" : node.data("role") === "rest" ? "bystander" : node.data("role")), "border-width": 1, "border-color": colour("ink"), label: (node) => (names || node.data("count") > 1 || ["means", "account"].includes(node.data("kind")) ? node.data("label") : ""), "font-size": 10, color: colour("ink"), "text-valign": "bottom", "text-margin-y": 3, "text-max-width": 110, "text-wrap": "ellipsis" } },
        { selector: "node[role = 'victim']", style: { "background-color": colour("panel"), "border-width": 3, "border-style": "dashed", "border-color": colour("victim") } },
        { selector: "node[role = 'rest']", style: { "border-style": "dotted" } },
        { selector: "edge", style: { width: "data(width)", "line-color": colour("chance"), opacity: 0.45, "curve-style": "straight" } },
        { selector: "edge[kind = 'uploaded']", style: { "line-color": colour("beneficiary"), opacity: 0.9 } },
        { selector: "edge[kind = 'shares']", style: { "line-color": colour("means"), "line-style": "dashed", opacity: 0.9 } },
        { selector: ".near", style: { opacity: 1, "line-color": colour("focus") } },
        { selector: "node:selected", style: { "border-width": 4, "border-color": colour("focus") } },
      ],
    });
    graph.on("tap select", "node", (event) => {
      const node = event.target;
      graph.elements().removeClass("near");
      node.connectedEdges().addClass("near");
      const plays = node.connectedEdges("[kind = 'streamed']").reduce((sum, edge) => sum + edge.data("plays"), 0);
      const role = ["rest", "device", "address", "payee", "plan_group"].includes(node.data("role")) ? "" : `, ${node.data("role")}, weight ${number(node.data("weight"), 2)}`;
      picked.textContent = `${node.data("label")}: ${node.data("kind") === "means" ? `shared by ${node.data("count")}` : `${node.data("kind")}${role}`}${plays ? `, ${plural(plays, "play")} in this picture` : ""}`;
    });
  };

  const show = (name, { focus } = {}) => {
    const ring = JSON.parse(cases.get(name).textContent);
    if (graph) { graph.destroy(); graph = null; }
    const box = element("div", { class: "graph", role: "img", "aria-label": `Picture: ${summary(ring)} Its members are listed below.` });
    const picked = element("p", { class: "picked", role: "status" }, "Point at or tap a node to read its name.");
    main.replaceChildren(...[
      element("header", {}, element("h2", {}, `${ring.kind === "stream" ? "Stream" : "Upload"} ring `, element("code", {}, ring.ring_id))),
      element("p", { class: "summary" }, summary(ring)),
      element("ul", { class: "numbers" },
        element("li", {}, "risk ", element("b", {}, percent(ring.risk))),
        element("li", {}, "streams of its tracks ", element("b", {}, number(ring.streams))),
        element("li", {}, "expected artificial ", element("b", {}, number(ring.artificial_streams))),
        element("li", {}, "withheld ", element("b", {}, number(ring.withheld_streams))),
        element("li", {}, "money withheld ", element("b", {}, `${number(ring.withheld_amount, 2)} ${currency}`))),
      columnNames(ring), box, picked, document.getElementById("legend").content.cloneNode(true),
      evidence(ring), dayCurve(ring),
      element("section", {}, element("h3", {}, "Members"), ...["account", "track", "listener"].map((kind) => membersTable(kind, ring.members[kind]))),
      months(ring),
    ].filter((part) => part !== null));
    links.forEach((link) => (link.dataset.ring === name ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    draw(ring, box, picked);
    if (focus) {
      main.focus({ preventScroll: true });
      main.scrollIntoView({ block: "start" });
    }
  };

  const asked = () => decodeURIComponent(location.hash.slice(1));
  const open = (options) => { const name = cases.has(asked()) ? asked() : links[0]?.dataset.ring; if (name) show(name, options); };
  window.addEventListener("hashchange", () => open({ focus: true }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => open({}));
  document.getElementById("rings")?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const seen = links.filter((link) => !link.parentElement.hidden);
    const next = seen[seen.indexOf(document.activeElement) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });
  document.getElementById("find")?.addEventListener("input", (event) => {
    const text = event.target.value.trim();
    const part = JSON.stringify(text).slice(1, -1).replaceAll("<", "\\u003c").replaceAll(">", "\\u003e").replaceAll("&", "\\u0026");
    let count = 0;
    for (const link of links) {
      const fits = cases.get(link.dataset.ring).textContent.includes(part);
      link.parentElement.hidden = !fits;
      count += fits ? 1 : 0;
    }
    document.getElementById("found").textContent = text ? `${plural(count, "ring")} of ${number(links.length)}` : "";
  });
  open({});
})();
