// The page: one ring at a time, found by link, keyboard or search.
const KINDS = ["account", "track", "listener"];
const SEARCHED = ["subject_id", "title", "artist_name", "account_id"];
const embedded = (id) => JSON.parse(document.getElementById(id).textContent);
const cases = new Map([...document.querySelectorAll("script.case")].map((node) => [node.dataset.ring, node]));
const families = embedded("families");
const currency = embedded("currency");
const main = document.getElementById("case");
const said = document.getElementById("said");
const links = [...document.querySelectorAll("#rings a")];

const legend = (ring) => {
  const list = document.getElementById("legend").content.cloneNode(true);
  const present = new Set(Object.values(ring.members).flatMap((table) => Object.keys(table.roles)));
  for (const entry of list.querySelectorAll("[data-role]")) entry.hidden = !present.has(entry.dataset.role);
  return list;
};

const numbers = (ring) => element("ul", { class: "numbers" }, ...[
  ["risk", percent(ring.risk)],
  ["streams of its tracks", number(ring.streams)],
  ["expected artificial", number(ring.artificial_streams)],
  ["withheld", number(ring.withheld_streams)],
  ["money withheld", `${number(ring.withheld_amount, 2)} ${currency}`],
].map(([name, value]) => element("li", {}, `${name} `, element("b", {}, value))));

const show = (name, { focus } = {}) => {
  const ring = JSON.parse(cases.get(name).textContent);
  const title = `${ring.kind === "stream" ? "Stream" : "Upload"} ring ${ring.ring_id}`;
  forgetPicture();
  const told = `Picture: ${summary(ring)} Its members are listed below.`;
  const box = element("div", { class: "graph", role: "img", "aria-label": told });
  const picked = element("p", { class: "picked" }, "Point at or tap a node to read its name.");
  main.replaceChildren(...[
    element("header", {}, element("h2", {}, title)),
    element("p", { class: "summary" }, summary(ring)),
    numbers(ring), columnNames(ring), box, picked, legend(ring),
    evidence(ring), dayCurve(ring),
    element("section", {}, element("h3", {}, "Members"), ...KINDS.map((kind) => membersTable(ring, kind))),
    tiesTable(ring), months(ring),
  ].filter(Boolean));
  mark(name);
  draw(ring, box, picked);
  if (focus) {
    said.textContent = `Showing ${title}`;
    toTheRing();
  }
};

const mark = (name) => {
  for (const link of links) {
    if (link.dataset.ring === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};

const toTheRing = () => {
  main.focus({ preventScroll: true });
  main.scrollIntoView({ block: "start" });
};

const tellUnknown = (name) => {
  forgetPicture();
  mark(null);
  main.replaceChildren(element("p", { class: "empty" }, `This page holds no ring ${name}: choose one from the list.`));
};

const asked = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
};

const follow = (options) => {
  const name = asked() || links[0]?.dataset.ring;
  if (cases.has(name)) show(name, options);
  else if (name) tellUnknown(name);
};

let index = null;
let isWhole = true; // of very large rings the page holds the weightiest members only
const searchable = () => {
  index ??= links.map((link) => {
    const ring = JSON.parse(cases.get(link.dataset.ring).textContent);
    const texts = Object.values(ring.members).flatMap(({ columns, rows }) => {
      const told = columns.flatMap((column, ix) => (SEARCHED.includes(column) ? [ix] : []));
      return rows.flatMap((row) => told.map((ix) => row[ix] ?? ""));
    });
    isWhole &&= Object.values(ring.members).every((table) => table.rows.length === table.count);
    return [ring.ring_id, ...texts, ...ring.ties.rows.map((tie) => tie.name)].join("\n").toLowerCase();
  });
  return index;
};

const find = (text) => {
  const part = text.trim().toLowerCase();
  const fits = links.map((_, ix) => !part || searchable()[ix].includes(part));
  links.forEach((link, ix) => { link.parentElement.hidden = !fits[ix]; });
  const count = fits.filter(Boolean).length;
  const note = isWhole ? "" : "; of very large rings only the members on this page are searched";
  const told = `${plural(count, "ring")} of ${number(links.length)}${note}`;
  document.getElementById("found").textContent = part ? told : "";
};

window.addEventListener("hashchange", () => follow({ focus: true }));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => follow({}));
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names a ring, and the link is none
  toTheRing();
});
document.getElementById("rings")?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const seen = links.filter((link) => !link.parentElement.hidden);
  const next = seen[seen.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});
document.getElementById("find")?.addEventListener("input", (event) => find(event.target.value));
follow({});
