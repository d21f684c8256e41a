"""One plan from admitted events to the tables of a graph: nodes with features, edges by row number.

A row number is the rank of an id in sorted order; order of arrival leaves no trace.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from jaxtyping import Float32, Int32

from graphfraud.config import FeatureSettings
from graphfraud.tables import FEATURES
from graphfraud.vocabulary import (
    ACCOUNT,
    ACCOUNT_USED,
    ID_COLUMN,
    LISTENER,
    LISTENER_USED,
    MEAN,
    STREAMED,
    UPLOADED,
    Relation,
)
from graphfraud_features.measures.edges import means_used
from graphfraud_features.measures.measured import measured
from graphfraud_features.measures.nodes.accounts import uploads_before_the_end
from graphfraud_features.measures.nodes.features import subject_features
from graphfraud_features.measures.passes.slices import MAX_SLICE_PLAYS
from graphfraud_features.measures.platform import platform_of
from graphfraud_features.view import View


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Edges of one relation, by row numbers."""

    relation: Relation
    source_ix: Int32[np.ndarray, " edge"]
    target_ix: Int32[np.ndarray, " edge"]
    weight: Float32[np.ndarray, " edge"]


@dataclass(frozen=True, slots=True)
class GraphTables:
    """Nodes by kind, sorted by id, with their features; edges between their rows."""

    nodes: dict[str, pl.DataFrame]
    edges: list[EdgeTable]

    @property
    def row_count(self) -> int:
        """Nodes and edges together."""
        return sum(frame.height for frame in self.nodes.values()) + sum(len(edge.source_ix) for edge in self.edges)


def graph_tables(view: View, settings: FeatureSettings, *, slice_plays: int = MAX_SLICE_PLAYS) -> GraphTables:
    """The graph of a view; at most `slice_plays` plays are held at once, and where they are cut leaves no trace."""
    used = means_used(view).collect(engine="streaming").lazy()
    platform = platform_of(view)
    plays = measured(view, platform, used, settings, slice_plays=slice_plays)
    nodes = {
        **subject_features(view, platform, plays, used),
        MEAN: mean_features(used, settings.max_shared_subjects).collect(),
    }
    nodes = {kind: FEATURES[kind].validate(frame) for kind, frame in nodes.items()}
    uploads = uploads_before_the_end(view).select("account_id", "track_id", weight=pl.lit(1.0))
    edges = [
        _edge_table(UPLOADED, uploads, nodes),
        _streamed(plays.pairs),
        _edge_table(ACCOUNT_USED, _uses(used, ACCOUNT), nodes),
        _edge_table(LISTENER_USED, _uses(used, LISTENER), nodes),
    ]
    return GraphTables(nodes, edges)


def mean_features(used: pl.LazyFrame, max_subjects: int) -> pl.LazyFrame:
    """One row for each means that two or more subjects use, but not more than link anybody."""
    users = used.group_by("mean_id", "mean_kind").agg(subject_count=pl.len())
    shared = users.filter(pl.col("subject_count").is_between(2, max_subjects))
    kinds = {f"is_{kind}": (pl.col("mean_kind") == kind).cast(pl.Float64) for kind in ("device", "address", "payee")}
    return shared.select("mean_id", subject_log=pl.col("subject_count").log1p(), **kinds).sort("mean_id")


def _uses(used: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    own = used.filter(subject_kind=kind)
    return own.select(pl.col("subject_id").alias(ID_COLUMN[kind]), "mean_id", weight=pl.lit(1.0))


def _streamed(pairs: list[pl.DataFrame]) -> EdgeTable:
    """The pairs of all slices, which are in order."""
    listener, track, plays = (pl.concat(part[column] for part in pairs) for column in pairs[0].columns)
    return EdgeTable(STREAMED, listener.to_numpy(), track.to_numpy(), plays.cast(pl.Float32).to_numpy())


def _edge_table(relation: Relation, edges: pl.LazyFrame, nodes: dict[str, pl.DataFrame]) -> EdgeTable:
    """The edges whose ends are both nodes of the graph, sorted by source and target."""
    source, target = ID_COLUMN[relation.source], ID_COLUMN[relation.target]
    by_row = (
        edges.join(_row_numbers(nodes[relation.source], source, "source_ix"), on=source)
        .join(_row_numbers(nodes[relation.target], target, "target_ix"), on=target)
        .select("source_ix", "target_ix", pl.col("weight").cast(pl.Float32))
        .sort("source_ix", "target_ix")
        .collect(engine="streaming")
    )
    return EdgeTable(relation, *(by_row[column].to_numpy() for column in by_row.columns))


def _row_numbers(nodes: pl.DataFrame, key: str, name: str) -> pl.LazyFrame:
    return nodes.lazy().select(key).with_row_index(name).with_columns(pl.col(name).cast(pl.Int32))
