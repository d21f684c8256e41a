"""The page that shows an answer's graph: a picture, how to read it, and the same in tables."""

from importlib.resources import files
from math import log1p
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from graphfraud.neo4j.ask import Answer
from graphfraud.neo4j.asking.plain import told
from graphfraud.neo4j.picture.drawing import DrawnEdge, DrawnNode, drawing
from graphfraud.neo4j.picture.layout import Layout, layout
from graphfraud.printable import printable
from graphfraud.vocabulary import ROLES

ASSETS: Final = "assets"
MOST_CHARACTERS: Final = 24
SHAPES: Final = {
    "account": "M-9,-8H9V8H-9Z",
    "track": "M-9,0A9,9 0 1 1 9,0A9,9 0 1 1 -9,0Z",
    "listener": "M0,-10L10,8H-10Z",
    "means": "M0,-11L11,0L0,11L-11,0Z",
}
"""By kind, round (0, 0); every kind of means has one."""
TIES: Final = {
    "UPLOADED": "brought the track",
    "STREAMED": "played it, thicker for more",
    "SOUNDS_LIKE": "nearly the same recording",
    "USED": "was seen on it",
    "PAID_OUT_TO": "is paid there",
}


def answer_page(answer: Answer) -> str:
    """The page of an answer that holds nodes; whatever a feed brought stands in it as text, never as markup."""
    drawn = drawing(answer.rows)
    placed = layout(drawn)
    environment = Environment(
        loader=PackageLoader("graphfraud.neo4j.picture", ASSETS), autoescape=True, undefined=StrictUndefined
    )
    most = max((edge.plays for edge in drawn.edges), default=0)
    return environment.get_template("answer.html.j2").render(
        style=files("graphfraud.neo4j.picture").joinpath(ASSETS, "answer.css").read_text(encoding="utf-8"),
        question=answer.question,
        asked=[(name, printable(told(value))) for name, value in answer.values.items()],
        run=answer.run,
        layout=placed,
        read=answer.question.read[0].upper() + answer.question.read[1:],
        nodes=[_placed(node, placed.at[key]) for key, node in drawn.nodes.items()],
        edges=[_line(edge, drawn.nodes, placed, most) for edge in drawn.edges],
        shapes=SHAPES,
        kinds=[kind for kind in SHAPES if kind in {_shape(node) for node in drawn.nodes.values()}],
        ties={type_: says for type_, says in TIES.items() if type_ in {edge.type for edge in drawn.edges}},
        roles={role: says for role, says in ROLES.items() if role in {node.role for node in drawn.nodes.values()}},
    )


def _shape(node: DrawnNode) -> str:
    return node.kind if node.kind in SHAPES else "means"


def _placed(node: DrawnNode, at: tuple[float, float]) -> dict[str, Any]:
    short = node.label if len(node.label) <= MOST_CHARACTERS else node.label[: MOST_CHARACTERS - 1] + "…"
    shape = _shape(node)
    kind = node.kind.replace("_", " ")
    beneath = node.standing or (kind if shape == "means" else "")
    known = [("risk", node.risk), *node.carries] if node.risk else node.carries
    words = (f"{kind} {node.id}", node.title, node.standing, *(f"{name}: {value}" for name, value in known))
    says = "\n".join(filter(None, words))
    return {"node": node, "x": at[0], "y": at[1], "short": short, "beneath": beneath, "shape": shape, "says": says}


def _line(edge: DrawnEdge, nodes: dict[str, DrawnNode], placed: Layout, most: int) -> dict[str, Any]:
    (x, y), (to_x, to_y) = placed.at[edge.source], placed.at[edge.target]
    bend = 60 if x == to_x else 0  # two of one column are tied round those between them
    path = f"M{x:.0f},{y:.0f}Q{(x + to_x) / 2 - bend:.0f},{(y + to_y) / 2:.0f} {to_x:.0f},{to_y:.0f}"
    width = 1.5 if not edge.plays else 1 + 3 * log1p(edge.plays) / log1p(most)
    source, target = nodes[edge.source], nodes[edge.target]
    says = f"{source.id} {edge.type} {target.id}" + (f"\n{edge.says}" if edge.says else "")
    return {"edge": edge, "path": path, "width": f"{width:.1f}", "source": source, "target": target, "says": says}
