"""Nodes and relationships on their way into the database: held, or made slice by slice."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, Protocol

import numpy as np
import polars as pl

from graphfraud.graph.typed import EdgeSet
from graphfraud.neo4j.projection.digests import row_digests
from graphfraud.vocabulary.database import STREAMED_TYPE, Label, RelationshipType

SLICE_ROWS: Final = 250_000
"""Rows in memory at once."""
DAY_US: Final = 86_400_000_000
DTYPES: Final[dict[str, pl.DataType]] = {
    "string": pl.String(),
    "long": pl.Int64(),
    "double": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us", "UTC"),
    "string[]": pl.List(pl.String),
    "long[]": pl.List(pl.Int64),
    "double[]": pl.List(pl.Float64),
}
"""Of a column by the type of its property."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The label and key by which an end of a relationship is found."""

    label: str
    key: str


def end_of(label: Label) -> End:
    """How nodes of a label are found: by the label under which its key is unique."""
    return End(label=label.keyed, key=label.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTable:
    """All nodes of one label."""

    label: Label
    rows: pl.DataFrame
    """The key, the label's properties and `digest`, sorted by key."""


class Rows(Protocol):
    """Relationships of one type between nodes of two labels, in the order of the keys of the end they are cut by."""

    @property
    def count(self) -> int:
        """Number of relationships."""

    def slices(self, most: int = SLICE_ROWS) -> Iterator[pl.DataFrame]:
        """The rows, about `most` at once, never cut between two of one key: source, target, properties, digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipTable:
    """All relationships of one type between nodes of two labels."""

    type: RelationshipType
    source: End
    target: End
    rows: Rows
    cut_by: Literal["source", "target"] = "source"
    """The end whose keys the slices follow."""

    @property
    def name(self) -> str:
        """What it holds, in words: no two tables of facts have the same."""
        return f"{self.source.label} {self.type.name}"

    @property
    def anchor(self) -> End:
        """The end that the slices follow."""
        return self.source if self.cut_by == "source" else self.target


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Rows in memory, sorted by the end they are cut by."""

    rows: pl.DataFrame
    cut_by: Literal["source", "target"] = "source"

    @property
    def count(self) -> int:
        """Number of relationships."""
        return self.rows.height

    def slices(self, most: int = SLICE_ROWS) -> Iterator[pl.DataFrame]:
        """See `Rows`."""
        keys = self.rows[self.cut_by]
        starts = np.flatnonzero((keys != keys.shift()).fill_null(value=True).to_numpy()).tolist()
        for start, end in cuts([*starts, self.rows.height], most):
            yield self.rows.slice(start, end - start)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedRows:
    """Who played what, of the listeners and tracks that are kept; made from the graph's arrays."""

    edges: EdgeSet
    listener_ids: pl.Series
    track_ids: pl.Series
    hours: pl.LazyFrame
    """`hour_plays`, a row for each edge, in order."""
    keeps_listener: np.ndarray | None = None
    keeps_track: np.ndarray | None = None
    """Truth values by row number; all are kept where it is None."""

    @property
    def count(self) -> int:
        """Number of relationships."""
        if self.keeps_listener is None or self.keeps_track is None:
            return self.edges.count
        sources = np.repeat(self.keeps_listener, np.diff(self.edges.source_offsets))
        return int((sources & self.keeps_track[self.edges.target_ix]).sum())

    def slices(self, most: int = SLICE_ROWS) -> Iterator[pl.DataFrame]:
        """See `Rows`."""
        offsets = self.edges.source_offsets
        for start, end in cuts(np.unique(offsets).tolist(), most):
            rows = self._rows(start, end)
            if rows.height:
                yield rows

    def _rows(self, start: int, end: int) -> pl.DataFrame:
        edges = self.edges
        first_row = int(np.searchsorted(edges.source_offsets, start, "right")) - 1
        last_row = int(np.searchsorted(edges.source_offsets, end, "left"))
        degrees = np.diff(edges.source_offsets[first_row : last_row + 1])
        listener_ix = np.repeat(np.arange(first_row, last_row), degrees)
        track_ix = edges.target_ix[start:end]
        facts = edges.facts
        rows = pl.DataFrame(
            {
                "source": self.listener_ids.gather(listener_ix),
                "target": self.track_ids.gather(track_ix),
                "plays": edges.weight[start:end].astype(np.int64),
                "first_on": pl.Series(facts["first_us"][start:end] // DAY_US).cast(pl.Int32).cast(pl.Date),
                "last_on": pl.Series(facts["last_us"][start:end] // DAY_US).cast(pl.Int32).cast(pl.Date),
                "just_paid_share": facts["just_paid_share"][start:end].astype(np.float64),
            }
        ).with_columns(self.hours.slice(start, end - start).collect()["hour_plays"].list.to_array(24))
        if self.keeps_listener is not None and self.keeps_track is not None:
            rows = rows.filter(pl.Series(self.keeps_listener[listener_ix] & self.keeps_track[track_ix]))
        return with_digest(rows, STREAMED_TYPE)


def with_digest(rows: pl.DataFrame, of: Label | RelationshipType) -> pl.DataFrame:
    """The rows and the digest of what they say beside their keys."""
    said = rows.select([each.name for each in of.properties])
    return rows.with_columns(row_digests(said) if said.width else pl.lit(0, pl.Int64).alias("digest"))


def cuts(starts: list[int], most: int) -> Iterator[tuple[int, int]]:
    """Where to cut: from and to of about `most` rows each, at some of `starts`, whose last is the end of all."""
    begin = starts[0]
    for start, following in pairwise(starts):
        if following - begin > most and start > begin:
            yield begin, start
            begin = start
    if starts[-1] > begin:
        yield begin, starts[-1]
