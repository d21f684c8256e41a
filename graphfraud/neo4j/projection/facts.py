"""What a run's graph and catalogue say, as rows of the database: nodes, and relationships that hold for a while."""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from graphfraud.graph.typed import EdgeSet, Graph
from graphfraud.neo4j.projection.kept import Kept
from graphfraud.neo4j.projection.rows import (
    HeldRows,
    NodeTable,
    RelationshipTable,
    StreamedRows,
    end_of,
    with_digest,
)
from graphfraud.vocabulary import ACCOUNT, LISTENER, MEAN, RELEASE, SUBJECT_KINDS, TRACK
from graphfraud.vocabulary.database import (
    ACCOUNT_LABEL,
    DEVICE,
    LISTENER_LABEL,
    MEANS_LABELS,
    PAID_OUT_TO_TYPE,
    PAYEE,
    RELEASE_LABEL,
    RELEASED_TYPE,
    SOUNDS_LIKE_TYPE,
    STREAMED_TYPE,
    SUBJECT_LABELS,
    TRACK_LABEL,
    UPLOADED_TYPE,
    USED_TYPE,
    Label,
    RelationshipType,
)

MEANS_END = end_of(DEVICE)
"""Every means is found alike."""


def node_tables(subjects: Mapping[str, pl.DataFrame], graph: Graph, kept: Kept) -> Iterator[NodeTable]:
    """Subjects with what is known of them, means and releases.

    `subjects` holds the run's tables of accounts, tracks and listeners by kind.
    """
    for kind in SUBJECT_KINDS:
        label = SUBJECT_LABELS[kind]
        yield _node_table(label, kept.of_kind(subjects[kind].rename({f"{kind}_id": "id"}), kind, "id"))
    payees = subjects[ACCOUNT].select(id="payee:" + pl.col("payee_hash"), account_id="account_id").drop_nulls("id")
    means = pl.DataFrame({"id": kept.of_rows(graph, MEAN)}).with_columns(kind=pl.col("id").str.split(":").list.first())
    for kind, label in MEANS_LABELS.items():
        ids = means.filter(kind=kind).select("id")
        if label is PAYEE:
            ids = kept.of_kind(payees, ACCOUNT, "account_id").select("id").unique()
        yield _node_table(label, ids)
    yield _node_table(RELEASE_LABEL, pl.DataFrame({"id": kept.of_rows(graph, RELEASE)}))


def _node_table(label: Label, rows: pl.DataFrame) -> NodeTable:
    named = rows.select(pl.col("id").alias(label.key), *(each.name for each in label.properties))
    return NodeTable(label=label, rows=with_digest(named.sort(label.key), label))


def fact_tables(
    subjects: Mapping[str, pl.DataFrame], graph: Graph, hours: pl.LazyFrame, twins: pl.DataFrame, kept: Kept
) -> Iterator[RelationshipTable]:
    """Everything between nodes that holds from one load on until another.

    `hours` has a row of 24 counts for each streamed edge, in order; `twins` the pairs that sound alike.
    """
    ids = {kind: pl.Series(nodes.ids(), dtype=pl.String) for kind, nodes in graph.nodes.items()}
    uploads = _kept_edges(graph.edges["uploaded"], ids, kept)
    yield _held(UPLOADED_TYPE, ACCOUNT_LABEL, TRACK_LABEL, uploads)
    yield _held(RELEASED_TYPE, RELEASE_LABEL, TRACK_LABEL, _kept_edges(graph.edges["released"], ids, kept))
    for label, relation in ((ACCOUNT_LABEL, "account_used"), (LISTENER_LABEL, "listener_used")):
        uses = _kept_edges(graph.edges[relation], ids, kept)
        yield _held(USED_TYPE, label, DEVICE, uses.filter(~pl.col("target").str.starts_with("payee:")))
    yield _held(PAID_OUT_TO_TYPE, ACCOUNT_LABEL, PAYEE, kept.of_kind(_payouts(subjects[ACCOUNT]), ACCOUNT, "source"))
    alike = twins.select(source="track_id", target="twin_track_id", cosine="cosine")
    alike = kept.of_kind(kept.of_kind(alike, TRACK, "source"), TRACK, "target")
    yield _held(SOUNDS_LIKE_TYPE, TRACK_LABEL, TRACK_LABEL, alike)
    streamed = StreamedRows(
        edges=graph.edges["streamed"],
        listener_ids=ids[LISTENER],
        track_ids=ids[TRACK],
        hours=hours,
        keeps_listener=kept.mask(LISTENER),
        keeps_track=kept.mask(TRACK),
    )
    yield RelationshipTable(
        type=STREAMED_TYPE, source=end_of(LISTENER_LABEL), target=end_of(TRACK_LABEL), rows=streamed
    )


def _held(type_: RelationshipType, source: Label, target: Label, rows: pl.DataFrame) -> RelationshipTable:
    said = ["source", "target", *(each.name for each in type_.properties)]
    held = HeldRows(with_digest(rows.select(said).sort("source", "target"), type_))
    return RelationshipTable(type=type_, source=end_of(source), target=end_of(target), rows=held)


def _kept_edges(edges: EdgeSet, ids: Mapping[str, pl.Series], kept: Kept) -> pl.DataFrame:
    """Edges between nodes that are kept: source, target, weight."""
    source_ix = np.repeat(np.arange(edges.source_count), np.diff(edges.source_offsets))
    keeps_source, keeps_target = kept.mask(edges.relation.source), kept.mask(edges.relation.target)
    stays = np.ones(edges.count, np.bool_)
    if keeps_source is not None and keeps_target is not None:
        stays = keeps_source[source_ix] & keeps_target[edges.target_ix]
    return pl.DataFrame(
        {
            "source": ids[edges.relation.source].gather(source_ix[stays]),
            "target": ids[edges.relation.target].gather(edges.target_ix[stays]),
            "weight": edges.weight[stays].astype(np.float64).round(6),
        }
    )


def _payouts(accounts: pl.DataFrame) -> pl.DataFrame:
    """Whom each account pays, shared or not: source, target, weight."""
    paid = accounts.select(source="account_id", target="payee:" + pl.col("payee_hash")).drop_nulls("target")
    return paid.with_columns(weight=1.0 / pl.len().over("target"))
