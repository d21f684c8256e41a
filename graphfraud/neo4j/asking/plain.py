"""What the driver answers with, as JSON knows it and as people read it."""

import math
from datetime import date, datetime
from functools import singledispatch
from typing import Any, Final

from neo4j.graph import Node, Path, Relationship
from neo4j.time import Date, DateTime

from graphfraud.vocabulary.database import LABELS

NOTHING: Final = "–"  # noqa: RUF001 - a dash, as in all our tables
_MARKS: Final = frozenset({"digest", "since", "until"})
_KEY: Final = {label.keyed: label.key for label in LABELS}


@singledispatch
def plain(value: Any) -> Any:
    """The value as JSON knows it: instants and days in ISO 8601, nodes and relationships with what they carry."""
    return value


@plain.register
def _(value: float) -> float | None:
    return value if math.isfinite(value) else None


@plain.register
def _(value: DateTime | Date) -> str:
    return value.to_native().isoformat()


@plain.register(list)
def _(value: list[Any]) -> list[Any]:
    return [plain(each) for each in value]


@plain.register(dict)
def _(value: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(each) for name, each in value.items()}


@plain.register
def _(value: Node) -> dict[str, Any]:
    return {"labels": sorted(value.labels), "properties": plain(properties(value))}


@plain.register
def _(value: Relationship) -> dict[str, Any]:
    start, end = (node_id(node) if node else None for node in value.nodes)
    return {"type": value.type, "from": start, "to": end, "properties": plain(properties(value))}


@plain.register
def _(value: Path) -> dict[str, Any]:
    return {"nodes": plain(list(value.nodes)), "relationships": plain(list(value.relationships))}


@singledispatch
def told(value: Any) -> str:
    """The value as people read it; not yet fit for a terminal: a title may hold anything."""
    return NOTHING if value is None else str(value)


@told.register
def _(value: bool) -> str:  # noqa: FBT001 - dispatched upon
    return "yes" if value else "no"


@told.register
def _(value: int) -> str:
    return f"{value:,}"


@told.register
def _(value: float) -> str:
    if not math.isfinite(value):
        return NOTHING
    if value != 0 and abs(value) < 0.0001:
        return f"{value:.1e}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


@told.register
def _(value: DateTime | Date) -> str:
    return told(value.to_native())


@told.register
def _(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M}"


@told.register
def _(value: date) -> str:
    return f"{value:%Y-%m-%d}"


@told.register(list)
def _(value: list[Any]) -> str:
    return ", ".join(map(told, value)) or NOTHING


@told.register
def _(value: Node) -> str:
    return node_id(value)


@told.register
def _(value: Relationship) -> str:
    return value.type


@told.register
def _(value: Path) -> str:
    steps = zip(value.relationships, value.nodes[1:], strict=True)
    return node_id(value.nodes[0]) + "".join(f" -[{tie.type}]- {node_id(node)}" for tie, node in steps)


def node_id(node: Node) -> str:
    """What a node is called by whoever asks: the value of its key."""
    return next((str(node[key]) for label, key in _KEY.items() if label in node.labels and key in node), NOTHING)


def properties(entity: Node | Relationship) -> dict[str, Any]:
    """What a node or relationship says; the loader's own marks tell nobody anything."""
    return {name: entity[name] for name in entity if name not in _MARKS}
