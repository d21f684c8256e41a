"""What of an answer is drawn: subjects and means with their judgement, and what ties them.

Runs and rings are not drawn: what they say of a subject, its verdict and its role, stands at the subject.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from neo4j.graph import Node, Path, Relationship

from graphfraud.neo4j.asking.plain import node_id, properties, told
from graphfraud.printable import printable
from graphfraud.vocabulary.database import (
    HAS_MEMBER_TYPE,
    JUDGED_TYPE,
    MEANS_LABELS,
    RELEASE_LABEL,
    RING_LABEL,
    SUBJECT_LABELS,
)

_TOO_LONG: Final = "hour_plays"
_KINDS: Final = {label.name: kind for kind, label in (SUBJECT_LABELS | MEANS_LABELS).items()}
_KINDS[RELEASE_LABEL.name] = "release"


@dataclass(slots=True, kw_only=True)
class DrawnNode:
    """A subject or means; its texts are fit to print, not yet to stand in markup."""

    kind: str
    """account, track, listener, device, address, payee, plan_group or release."""
    id: str
    title: str = ""
    """A track's."""
    role: str = ""
    verdict: str = ""
    risk: str = ""
    carries: list[tuple[str, str]] = field(default_factory=list)
    """What else is known: name and value."""

    @property
    def label(self) -> str:
        """What is written at it: its title, or its id."""
        return self.title or self.id.removeprefix(f"{self.kind}:")

    @property
    def standing(self) -> str:
        """Role and verdict in words."""
        return ", ".join(filter(None, (self.role, self.verdict)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnEdge:
    """What ties two that are drawn, by their keys in `Drawing.nodes`."""

    source: str
    target: str
    type: str
    says: str
    """What the tie carries, in words."""
    plays: int = 0


@dataclass(slots=True, kw_only=True)
class Drawing:
    """Nodes and edges in the order in which the answer brings them."""

    nodes: dict[str, DrawnNode] = field(default_factory=dict)
    edges: list[DrawnEdge] = field(default_factory=list)


def drawing(rows: Iterable[Iterable[Any]]) -> Drawing:
    """The graph that an answer's rows hold, each node and tie once."""
    entities = {each.element_id + type(each).__name__: each for row in rows for each in _entities(list(row))}
    drawn = Drawing()
    for entity in entities.values():
        if isinstance(entity, Node) and (kind := _kind(entity)) is not None:
            drawn.nodes[entity.element_id] = _node(entity, kind)
    for entity in entities.values():
        if isinstance(entity, Relationship):
            _add(drawn, entity)
    return drawn


def _entities(value: Any) -> Iterator[Node | Relationship]:
    if isinstance(value, Node | Relationship):
        yield value
    elif isinstance(value, Path):
        yield from value.nodes
        yield from value.relationships
    elif isinstance(value, list):
        for each in value:
            yield from _entities(each)


def _kind(node: Node) -> str | None:
    """None of what is not drawn."""
    return next((kind for label, kind in _KINDS.items() if label in node.labels and RING_LABEL.name != label), None)


def _node(node: Node, kind: str) -> DrawnNode:
    own, title = node_id(node), node.get("title") or ""
    carries = [(name, printable(told(value))) for name, value in properties(node).items() if value not in {own, title}]
    return DrawnNode(kind=kind, id=printable(own), title=printable(title), carries=carries)


def _add(drawn: Drawing, tie: Relationship) -> None:
    start, end = (node.element_id if node else "" for node in tie.nodes)
    carried = {name: value for name, value in properties(tie).items() if name != _TOO_LONG}
    subject = drawn.nodes.get(end)
    if tie.type == JUDGED_TYPE.name and subject is not None:
        subject.verdict, subject.risk = str(carried.get("verdict", "")), told(carried.get("risk"))
    elif tie.type == HAS_MEMBER_TYPE.name and subject is not None:
        subject.role = subject.role or str(carried.get("role", ""))
    elif start in drawn.nodes and subject is not None:
        says = ", ".join(f"{name} {printable(told(value))}" for name, value in sorted(carried.items()))
        edge = DrawnEdge(source=start, target=end, type=tie.type, says=says, plays=int(carried.get("plays") or 0))
        drawn.edges.append(edge)
