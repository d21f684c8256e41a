"""Where each node of a drawing stands: one column a kind, from what is shared to who plays."""

from dataclasses import dataclass
from typing import Final

from graphfraud.neo4j.picture.drawing import Drawing
from graphfraud.vocabulary import ACCOUNT, LISTENER, RELEASE, TRACK
from graphfraud.vocabulary.database import MEANS_LABELS

COLUMNS: Final = ("what they share", "who brings it", "what is played", "who plays")
_COLUMN: Final = dict.fromkeys(MEANS_LABELS, 0) | {ACCOUNT: 1, RELEASE: 2, TRACK: 2, LISTENER: 3}
_APART_PX: Final = 50
_WIDE_PX: Final = 210
_TOP_PX: Final = 24
_BELOW_PX: Final = 14
"""For the words under the lowest."""
_SWEEPS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places in pixels."""

    at: dict[str, tuple[float, float]]
    headings: list[tuple[float, str]]
    width: float
    height: float


def layout(drawn: Drawing) -> Layout:
    """Columns whose nodes stand near what they are tied to, so that few lines cross; the same for the same drawing."""
    columns = [[key for key, node in drawn.nodes.items() if _COLUMN[node.kind] == column] for column in range(4)]
    used = [(name, column) for name, column in zip(COLUMNS, columns, strict=True) if column]
    ordered = _untangled([column for _, column in used], _neighbours(drawn))
    most = max(map(len, ordered), default=0)
    at = {
        key: (_WIDE_PX * (rank + 0.5), _TOP_PX + _APART_PX * most * (place + 0.5) / len(column))
        for rank, column in enumerate(ordered)
        for place, key in enumerate(column)
    }
    headings = [(_WIDE_PX * (rank + 0.5), name) for rank, (name, _) in enumerate(used)]
    return Layout(at=at, headings=headings, width=_WIDE_PX * len(used), height=_TOP_PX + _APART_PX * most + _BELOW_PX)


def _neighbours(drawn: Drawing) -> dict[str, list[str]]:
    beside: dict[str, list[str]] = {key: [] for key in drawn.nodes}
    for edge in drawn.edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    return beside


def _untangled(columns: list[list[str]], beside: dict[str, list[str]]) -> list[list[str]]:
    """The columns, each in the order of the mean height of what its nodes are tied to, again and again."""
    height = {key: (place + 0.5) / len(column) for column in columns for place, key in enumerate(column)}
    for _ in range(_SWEEPS):
        for column in columns:
            mean = {key: sum(height[each] for each in beside[key]) / len(beside[key]) for key in column if beside[key]}
            column.sort(key=lambda key: mean.get(key, height[key]))
            height |= {key: (place + 0.5) / len(column) for place, key in enumerate(column)}
    return columns
