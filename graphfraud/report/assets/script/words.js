// Numbers and sentences as people read them, and elements that take every text as text: a title that looks like
// markup stays a title.
const number = (value, digits = 0) =>
  value === null || value === undefined
    ? "–"
    : value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

const percent = (share) => {
  if (share > 0.9995 && share < 1) return "over 99.9%";
  const digits = (share > 0 && share < 0.01) || (share > 0.99 && share < 1) ? 2 : 0;
  return `${(100 * share).toFixed(digits)}%`;
};

const inUnit = (value, unit) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (unit === "share") return percent(value);
  if (unit === "days") return `${number(value, value < 10 ? 1 : 0)} d`;
  if (unit === "factor") return `× ${number(value, 2)}`;
  return number(value, Number.isInteger(value) ? 0 : 1);
};

const signed = (value) => `${value >= 0 ? "+" : "−"}${number(Math.abs(value), 1)}`;

const plural = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

const element = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};

const drawn = (tag, attributes, text) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
};

const deed = (ring) => {
  const accounts = plural(ring.accounts, "account");
  const tracks = plural(ring.tracks, "track") + (ring.accounts ? ` of ${accounts}` : "");
  const victims = ring.members.listener.roles.victim ?? 0, bots = ring.listeners - victims;
  if (!ring.listeners) return `${accounts} uploaded ${plural(ring.tracks, "track")}`;
  const inNames = `in the names of ${plural(victims, "honest listener")}`;
  if (!bots) return `Somebody plays ${tracks} ${inNames}`;
  const plays = `${plural(bots, "listener")} ${bots === 1 ? "plays" : "play"} ${tracks}`;
  return victims ? `${plays}, and somebody plays them ${inNames}` : plays;
};

const summary = (ring) => `${deed(ring)}. Seen from ${ring.first_seen} to ${ring.last_seen} UTC.`;
