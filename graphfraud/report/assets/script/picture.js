// The picture of a ring: one column a kind, from what they share to who plays.
const COLUMN = { means: 0, account: 1, track: 2, listener: 3 };
const COLUMN_NAMES = ["what they share", "who gains", "what is played", "who plays"];
const SHAPE = { means: "diamond", account: "round-rectangle", track: "ellipse", listener: "triangle" };
const MOST_IN_FILE = 15;
const MOST_NAMED = 10; // of one kind, up to which each of them bears its name
const MARGIN = 24;
let graph = null;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const usedColumns = (nodes) => [0, 1, 2, 3].filter((column) => nodes.some((node) => COLUMN[node.kind] === column));

// A kind of many stands in several files side by side, so that none is squeezed.
const places = (nodes, width, height) => {
  const used = usedColumns(nodes);
  const at = new Map();
  for (const [rank, column] of used.entries()) {
    const here = nodes.filter((node) => COLUMN[node.kind] === column);
    const files = Math.ceil(here.length / MOST_IN_FILE);
    const lines = Math.ceil(here.length / files);
    const apart = 42 * Math.min(1, width / 640);
    here.forEach((node, ix) => {
      const file = Math.floor(ix / lines), line = ix % lines;
      const inFile = Math.min(lines, here.length - file * lines);
      at.set(node.id, {
        x: ((rank + 0.5) / used.length) * width + (file - (files - 1) / 2) * apart,
        y: MARGIN / 2 + ((line + 0.5) / inFile) * (height - MARGIN),
      });
    });
  }
  return at;
};

const columnNames = (ring) => element("div", { class: "column-names", "aria-hidden": "true" },
  ...usedColumns(ring.picture.nodes).map((column) => element("span", {}, COLUMN_NAMES[column])));

const fill = (node) => {
  if (node.data("kind") === "means") return colour("means");
  return colour(node.data("role") === "rest" ? "bystander" : node.data("role"));
};

const looks = (isNamed) => [
  { selector: "node", style: {
    shape: (node) => SHAPE[node.data("kind")], width: "data(size)", height: "data(size)", "background-color": fill,
    "border-width": 1, "border-color": colour("ink"), label: (node) => (isNamed(node) ? node.data("label") : ""),
    "font-size": 10, color: colour("ink"), "text-valign": "bottom", "text-margin-y": 3, "text-max-width": 110,
    "text-wrap": "ellipsis", "text-background-color": colour("page"), "text-background-opacity": 0.75,
  } },
  { selector: "node[role = 'victim']", style: {
    "background-color": colour("panel"), "border-width": 3, "border-style": "dashed", "border-color": colour("victim"),
  } },
  { selector: "node[role = 'rest']", style: { "border-style": "dotted" } },
  { selector: "edge", style: {
    width: "data(width)", "line-color": colour("plays"), opacity: 0.55, "curve-style": "straight",
  } },
  { selector: "edge[kind = 'uploaded']", style: { "line-color": colour("beneficiary"), opacity: 0.95 } },
  { selector: "edge[kind = 'shares']", style: {
    "line-color": colour("means"), "line-style": "dashed", opacity: 0.95,
  } },
  { selector: ".near", style: { opacity: 1, "line-color": colour("focus") } },
  { selector: "node:selected", style: { "border-width": 4, "border-color": colour("focus") } },
];

const read = (node) => {
  const data = node.data();
  const plays = node.connectedEdges("[kind = 'streamed']").reduce((sum, edge) => sum + edge.data("plays"), 0);
  const isPlain = data.role === "rest" || data.label === data.name;
  const parts = [isPlain ? data.name : `${data.label} (${data.name})`];
  const isSubject = data.role !== "rest" && data.kind !== "means";
  if (isSubject) parts.push(data.kind, data.role, `weight ${number(data.weight, 2)}`);
  if (plays) parts.push(`${plural(plays, "play")} in this picture`);
  return parts.join(", ");
};

const draw = (ring, box, picked) => {
  const { nodes, edges } = ring.picture;
  const width = Math.max(box.clientWidth, 300), height = box.clientHeight;
  const at = places(nodes, width, height);
  const most = Math.max(...edges.map((edge) => edge.plays), 1);
  const small = Math.min(1, width / 640);
  const size = (node) => small * (16 + 5 * Math.min(4, Math.log10(node.count)) + 8 * node.weight);
  const thickness = (edge) => (edge.plays ? 1 + (3 * Math.log1p(edge.plays)) / Math.log1p(most) : 1.5);
  const ofKind = (kind) => nodes.filter((node) => node.kind === kind).length;
  const isNamed = (node) => node.data("count") > 1 || ofKind(node.data("kind")) <= MOST_NAMED;
  graph = cytoscape({
    container: box,
    elements: [
      ...nodes.map((node) => ({ data: { ...node, size: size(node) }, position: at.get(node.id) })),
      ...edges.map((edge, ix) => ({ data: { id: `edge:${ix}`, ...edge, width: thickness(edge) } })),
    ],
    layout: { name: "preset", fit: false },
    userZoomingEnabled: false,
    boxSelectionEnabled: false,
    style: looks(isNamed),
  });
  graph.on("tap select mouseover", "node", (event) => {
    graph.elements().removeClass("near");
    event.target.connectedEdges().addClass("near");
    picked.textContent = read(event.target);
  });
};

const forgetPicture = () => { graph?.destroy(); graph = null; };
