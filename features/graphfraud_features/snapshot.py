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
    TRACK,
    UPLOADED,
    Relation,
)
from graphfraud_features.measures.accounts import account_features, uploads_before_the_end
from graphfraud_features.measures.edges import means_used, play_pairs
from graphfraud_features.measures.listeners import listener_features
from graphfraud_features.measures.pairs import numbered_totals
from graphfraud_features.measures.plays import enriched_plays
from graphfraud_features.measures.releases import release_features, released
from graphfraud_features.measures.shared_means import mean_features, shared_means, uses
from graphfraud_features.measures.tracks import track_features
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


def graph_tables(view: View, settings: FeatureSettings) -> GraphTables:
    """The graph of a view."""
    plays = enriched_plays(view, settings).collect(engine="streaming").lazy()
    pairs = play_pairs(plays)
    used = means_used(view).collect(engine="streaming").lazy()
    shared, on_releases = (one.collect(engine="streaming").lazy() for one in (shared_means(used, view), released(view)))
    features = {
        ACCOUNT: account_features(view, plays, pairs, used),
        TRACK: track_features(view, plays, pairs),
        LISTENER: listener_features(view, plays, pairs, used),
        MEAN: mean_features(shared),
        RELEASE: release_features(on_releases),
    }
    nodes = dict(zip(features, pl.collect_all(list(features.values())), strict=True))
    nodes = {kind: FEATURES[kind].validate(frame) for kind, frame in nodes.items()}
    uploads = uploads_before_the_end(view).select("account_id", "track_id", weight=pl.lit(1.0))
    edges = [
        _edge_table(UPLOADED, uploads, nodes),
        _edge_table(RELEASED, on_releases, nodes),
        _streamed_table(plays, nodes),
        _edge_table(ACCOUNT_USED, uses(used, shared, ACCOUNT), nodes),
        _edge_table(LISTENER_USED, uses(used, shared, LISTENER), nodes),
    ]
    return GraphTables(nodes, edges)


def _streamed_table(plays: pl.LazyFrame, nodes: dict[str, pl.DataFrame]) -> EdgeTable:
    """Who streamed what how often, with the facts that the relation declares."""
    numbered = plays.join(_row_numbers(nodes[LISTENER], "listener_id", "listener_ix"), on="listener_id").join(
        _row_numbers(nodes[TRACK], "track_id", "track_ix"), on="track_id"
    )
    totals = numbered_totals(numbered)
    return EdgeTable(
        STREAMED,
        totals.listener_ix,
        totals.track_ix,
        totals.plays.astype(np.float32),
        {
            "first_us": totals.first_us,
            "last_us": totals.last_us,
            "just_paid_share": totals.just_paid_share.astype(np.float32),
            "hour_entropy_nats": totals.hour_entropy_nats.astype(np.float32),
        },
    )


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
