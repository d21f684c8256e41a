"""One plan from admitted events to the tables of a graph: nodes with features, edges by row number.

A row number is the rank of an id in sorted order; order of arrival leaves no trace.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from jaxtyping import Float32, Int32, Real

from graphfraud.config import FeatureSettings
from graphfraud.tables import FEATURES
from graphfraud.vocabulary import (
    ACCOUNT,
    ACCOUNT_USED,
    ID_COLUMN,
    LISTENER,
    LISTENER_USED,
    MEAN,
    RELEASE,
    RELEASED,
    STREAMED,
    UPLOADED,
    Relation,
)
from graphfraud_features.measures.hours import HoursFile
from graphfraud_features.measures.means import mean_features, means_used, shared_means, uses
from graphfraud_features.measures.measured import measured
from graphfraud_features.measures.nodes.accounts import uploads_before_the_end
from graphfraud_features.measures.nodes.features import subject_features
from graphfraud_features.measures.nodes.releases import release_features, released
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
    facts: Mapping[str, Real[np.ndarray, " edge"]] = field(default_factory=dict)
    """What else the relation says of each edge, by name."""


@dataclass(frozen=True, slots=True)
class GraphTables:
    """Nodes by kind, sorted by id, with their features; edges between their rows."""

    nodes: dict[str, pl.DataFrame]
    edges: list[EdgeTable]

    @property
    def row_count(self) -> int:
        """Nodes and edges together."""
        return sum(frame.height for frame in self.nodes.values()) + sum(len(edge.source_ix) for edge in self.edges)


def graph_tables(
    view: View, settings: FeatureSettings, *, hours: HoursFile | None = None, slice_plays: int = MAX_SLICE_PLAYS
) -> GraphTables:
    """The graph of a view; at most `slice_plays` plays are held at once, and where they are cut leaves no trace.

    `hours` gets the hours of the streamed edges, in their order.
    """
    used = means_used(view).collect(engine="streaming").lazy()
    shared, on_releases = (one.collect(engine="streaming").lazy() for one in (shared_means(used, view), released(view)))
    platform = platform_of(view)
    plays = measured(view, platform, used, settings, slice_plays=slice_plays, hours=hours)
    nodes = {
        **subject_features(view, platform, plays, used),
        MEAN: mean_features(shared).collect(),
        RELEASE: release_features(on_releases).collect(),
    }
    nodes = {kind: FEATURES[kind].validate(frame) for kind, frame in nodes.items()}
    uploads = uploads_before_the_end(view).select("account_id", "track_id", weight=pl.lit(1.0))
    edges = [
        _edge_table(UPLOADED, uploads, nodes),
        _edge_table(RELEASED, on_releases, nodes),
        _streamed(plays.pairs),
        _edge_table(ACCOUNT_USED, uses(used, shared, ACCOUNT), nodes),
        _edge_table(LISTENER_USED, uses(used, shared, LISTENER), nodes),
    ]
    return GraphTables(nodes, edges)


def _streamed(pairs: list[pl.DataFrame]) -> EdgeTable:
    """The pairs of all slices, which are in order."""
    listener, track, plays, *facts = (
        pl.concat(part[column] for part in pairs).to_numpy() for column in pairs[0].columns
    )
    named = {fact.name: values for fact, values in zip(STREAMED.facts, facts, strict=True)}
    return EdgeTable(STREAMED, listener, track, plays.astype(np.float32), named)


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
    source_ix, target_ix, weight = (by_row[column].to_numpy() for column in by_row.columns)
    return EdgeTable(relation, source_ix, target_ix, weight)


def _row_numbers(nodes: pl.DataFrame, key: str, name: str) -> pl.LazyFrame:
    return nodes.lazy().select(key).with_row_index(name).with_columns(pl.col(name).cast(pl.Int32))
