// Who belongs to a ring, what they share, what its months are worth.
const ROWS_AT_FIRST = 20;
const ROWS_MORE = 200;
const HEADINGS = {
  subject_id: "id", ring_plays: "plays in the ring", all_plays: "of all its plays", account_id: "account",
  artist_name: "artist", artificial_streams: "artificial", withheld_streams: "withheld",
};
const DIGITS = { weight: 2, artificial_streams: 1, ring_plays: 0, all_plays: 0, withheld_streams: 0, risk: 0 };
const COUNTS = ["streams", "artificial_streams", "withheld_streams"];
const WORDS = ["title", "artist_name"];

// What is too wide scrolls by itself, by finger, mouse or arrow keys.
const scrolling = (label, table) =>
  element("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);

const headed = (headings, body) => element("table", {},
  element("thead", {}, element("tr", {}, ...headings.map(([text, isNumber]) =>
    element("th", { scope: "col", class: isNumber ? "n" : null }, text)))),
  body);

const cell = (column, value) => {
  if (column === "role") {
    const swatch = element("i", { class: `swatch ${value}` });
    return element("td", {}, element("span", { class: "role" }, swatch, value));
  }
  if (value === null) return element("td", { class: column in DIGITS ? "n" : null }, "–");
  if (column === "risk") return element("td", { class: "n" }, percent(value));
  if (typeof value === "number") return element("td", { class: "n" }, number(value, DIGITS[column]));
  return element("td", { class: WORDS.includes(column) ? "words" : null }, value);
};

// Rows are made when somebody looks.
const unfolding = (title, makeTable, rows, note) => {
  const body = element("tbody");
  const more = element("button", { type: "button" });
  let next = 0;
  const show = (count) => {
    body.append(...rows.slice(next, next + count).map((row) => element("tr", {}, ...row())));
    next = Math.min(next + count, rows.length);
    more.textContent = `Show more (${number(rows.length - next)} left)`;
    more.hidden = next >= rows.length;
  };
  more.addEventListener("click", () => show(ROWS_MORE));
  const block = element("details", {}, element("summary", {}, title), scrolling(title, makeTable(body)), more,
    note ? element("p", { class: "fine" }, note) : null);
  block.addEventListener("toggle", () => { if (block.open && next === 0) show(ROWS_AT_FIRST); });
  return block;
};

const membersTable = (ring, kind) => {
  const table = ring.members[kind];
  if (!table.count) return null;
  const roles = Object.entries(table.roles).map(([role, count]) => `${number(count)} ${role}`).join(", ");
  const left = table.count - table.rows.length;
  const where = `graphfraud rings RUN ${ring.ring_id} --json lists them all.`;
  const block = unfolding(
    `${plural(table.count, kind)} (${roles})`,
    (body) => headed(table.columns.map((column) => [HEADINGS[column] ?? column, column in DIGITS]), body),
    table.rows.map((row) => () => row.map((value, ix) => cell(table.columns[ix], value))),
    left > 0 ? `${number(left)} more are in ring_members.parquet; ${where}` : null);
  block.dataset.kind = kind;
  return block;
};

const users = (counts) => Object.entries(counts).map(([kind, count]) => plural(count, kind)).join(", ");

const tiesTable = (ring) => {
  const { rows, count } = ring.ties;
  if (!count) return null;
  const block = unfolding(
    `${number(count)} shared`,
    (body) => headed([["what"], ["id"], ["of"], ["who"]], body),
    rows.map((tie) => () => [
      element("td", {}, tie.kind),
      element("td", {}, tie.name),
      element("td", {}, users(tie.counts)),
      element("td", { class: "words" }, tie.users.join(", ") + (tie.left ? ` and ${number(tie.left)} more` : "")),
    ]),
    count > rows.length ? `${number(count - rows.length)} more are in rings/ties.parquet.` : null);
  block.dataset.kind = "ties";
  return element("section", {}, element("h3", {}, "What they share"), block);
};

const months = (ring) => {
  if (!ring.months.length) return null;
  const body = element("tbody", {}, ...ring.months.map((row) => element("tr", {},
    element("th", { scope: "row" }, row.month),
    ...COUNTS.map((name) => element("td", { class: "n" }, number(row[name]))),
    element("td", { class: "n" }, number(row.amount, 2)))));
  const money = `withheld, ${currency}`;
  const table = headed([["month"], ["streams", true], ["artificial", true], ["withheld", true], [money, true]], body);
  return element("section", {},
    element("h3", {}, "Artificial streams and money withheld"), scrolling("Months", table),
    element("p", { class: "fine" }, "Artificial: the expected number, of all streams. "
      + "Withheld: whole streams that would pay, from the risk on at which a listener is held."));
};
