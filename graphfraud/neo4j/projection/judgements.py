"""What a run thinks: every subject's judgement, rings and their members, and the run itself."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

import numpy as np
import polars as pl

from graphfraud.folders.finished import FinishedRun
from graphfraud.graph.typed import Graph
from graphfraud.neo4j.projection.kept import Kept
from graphfraud.neo4j.projection.rows import DTYPES, End, HeldRows, RelationshipTable, end_of
from graphfraud.vocabulary import ACCOUNT, LISTENER, SUBJECT_KINDS, TRACK
from graphfraud.vocabulary.database import (
    HAS_MEMBER_TYPE,
    JUDGED_TYPE,
    PAYEE,
    PAYS_TYPE,
    RING_LABEL,
    RUN_LABEL,
    SUBJECT_LABELS,
    Label,
    RelationshipType,
)

EVIDENCE: Final = {
    "measures": "measure",
    "values": "value",
    "expected": "expected",
    "log_odds": "log_odds",
    "sentences": "sentence",
}
"""Lists of a ring by the field of its evidence that they hold."""
JUDGED_TABLES: Final = ("scores", "rings", "ring_members", "rings/details", "track_months")
"""Tables of a run that judgements are made of."""
RUN_ID_DIGITS: Final = 16
UNKNOWN: Final = float("nan")
"""Stands in a list for a number that was not measured: the database keeps no gaps in lists."""


def run_properties(finished: FinishedRun, graph: Graph) -> dict[str, Any]:
    """The run as a node: who judged, by what, as of when."""
    identity = finished.identity
    judged_by = {name: identity.get(name) for name in ("versions", "config", "seed", "calibrated", "device")}
    return {
        "run_id": _digest(identity)[:RUN_ID_DIGITS],
        "as_of": identity["as_of"],
        "graph_digest": identity["tables"]["graph"],
        "policy_digest": _digest(identity["policy"]),
        "model_digest": _digest(judged_by),
        "version": str(identity["versions"]["graphfraud"]),
        "currency": str(identity["policy"]["payout"]["currency"]),
        "listeners": graph.nodes[LISTENER].count,
    }


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def ring_rows(rings: pl.DataFrame, number: int) -> pl.DataFrame:
    """Rings as nodes of a load: `ring_key` and the properties of its label."""
    lists = [
        pl.col("evidence").list.eval(pl.element().struct.field(inner)).alias(outer) for outer, inner in EVIDENCE.items()
    ]
    gapless = [pl.col(name).list.eval(pl.element().fill_null(UNKNOWN)) for name in ("values", "expected")]
    rows = rings.with_columns(*lists).with_columns(*gapless, run=pl.lit(number, pl.Int64))
    keyed = rows.with_columns(ring_key=ring_key(pl.col("ring_id"), number))
    return keyed.select("ring_key", *(each.name for each in RING_LABEL.properties)).sort("ring_key")


def ring_key(ring_id: pl.Expr, number: int) -> pl.Expr:
    """The key of a ring as one load brought it."""
    return pl.format("{}@{}", ring_id, pl.lit(number))


def judgement_tables(
    judged: Mapping[str, pl.DataFrame],
    amount_per_stream: float,
    subjects: Mapping[str, pl.DataFrame],
    graph: Graph,
    kept: Kept,
    number: int,
) -> Iterator[RelationshipTable]:
    """What a load says of every subject, of the members of its rings, and of payees.

    `judged` holds the run's tables that JUDGED_TABLES names, `subjects` those of accounts, tracks and listeners.
    """
    scores, tracks = judged["scores"], _track_facts(judged["track_months"], amount_per_stream, graph)
    for kind in SUBJECT_KINDS:
        known = subjects[kind].select("label", "label_decided_at", "label_source", subject_id=f"{kind}_id")
        of_kind = scores.filter(subject_kind=kind).join(known, on="subject_id", how="left")
        if kind == TRACK:
            of_kind = of_kind.join(tracks, on="subject_id", how="left")
        yield _of_run(JUDGED_TYPE, SUBJECT_LABELS[kind], kept.of_kind(_judged(of_kind), kind, "target"), number)
    members = judged["ring_members"].join(
        judged["rings/details"], on=["ring_id", "subject_kind", "subject_id"], how="left"
    )
    for kind in SUBJECT_KINDS:
        rows = kept.of_kind(members.filter(subject_kind=kind).rename({"subject_id": "target"}), kind, "target")
        held = said(rows, HAS_MEMBER_TYPE, number, ring_key(pl.col("ring_id"), number)).sort("source", "target")
        yield RelationshipTable(
            type=HAS_MEMBER_TYPE,
            source=end_of(RING_LABEL),
            target=end_of(SUBJECT_LABELS[kind]),
            rows=HeldRows(held),
        )
    paid = kept.of_kind(subjects[ACCOUNT], ACCOUNT, "account_id").select("payee_hash").unique()
    payees = _payees(subjects, tracks).join(paid, on="payee_hash", how="semi")
    yield _of_run(PAYS_TYPE, PAYEE, payees.with_columns(target="payee:" + pl.col("payee_hash")), number)


def _of_run(type_: RelationshipType, target: Label, rows: pl.DataFrame, number: int) -> RelationshipTable:
    held = HeldRows(said(rows, type_, number, pl.lit(number, pl.Int64)).sort("target"), "target")
    run = End(label=RUN_LABEL.name, key=RUN_LABEL.key)
    return RelationshipTable(type=type_, source=run, target=end_of(target), rows=held, cut_by="target")


def _judged(scores: pl.DataFrame) -> pl.DataFrame:
    return scores.with_columns(
        target="subject_id",
        reasons=pl.when(pl.col("reasons").list.len() > 0).then("reasons"),
        restriction=pl.when(pl.col("verdict") != "allow").then("verdict"),
    )


def _payees(subjects: Mapping[str, pl.DataFrame], tracks: pl.DataFrame) -> pl.DataFrame:
    """What each payee earns by the tracks of the accounts that pay it."""
    paying = subjects[ACCOUNT].select("account_id", "payee_hash").drop_nulls("payee_hash")
    owned = subjects[TRACK].select("account_id", subject_id="track_id").join(tracks, on="subject_id")
    earned = (
        paying.join(owned, on="account_id")
        .sort("payee_hash", "subject_id")  # a sum in another order ends otherwise
        .group_by("payee_hash", maintain_order=True)
        .agg(pl.col("income_amount", "artificial_amount").sum(), tracks=(pl.col("artificial_amount") > 0).sum())
    )
    counted = paying.group_by("payee_hash").agg(accounts=pl.len().cast(pl.Int64))
    return counted.join(earned, on="payee_hash", how="left").with_columns(
        pl.col("income_amount", "artificial_amount").fill_null(0.0), pl.col("tracks").cast(pl.Int64).fill_null(0)
    )


def said(rows: pl.DataFrame, type_: RelationshipType, number: int, source: pl.Expr) -> pl.DataFrame:
    """source, target and the properties of a type, null where there is no such column."""
    named = rows.with_columns(source=source, run=pl.lit(number, pl.Int64))
    absent = [
        pl.lit(None, DTYPES[each.type]).alias(each.name) for each in type_.properties if each.name not in named.columns
    ]
    return named.with_columns(absent).select("source", "target", *(each.name for each in type_.properties))


def _track_facts(months: pl.DataFrame, amount_per_stream: float, graph: Graph) -> pl.DataFrame:
    """What a run counted of each track, and what it earns; a month that is known to earn nothing adds nothing."""
    listeners = np.diff(graph.edges["streamed"].target_offsets).astype(np.int64)
    earning = pl.col("payable_streams").filter(pl.col("eligible").fill_null(value=True))
    artificial = (pl.col("payable_streams") * pl.col("artificial_share")).filter(
        pl.col("eligible").fill_null(value=True)
    )
    earned = (
        months.sort("track_id", "month")
        .group_by(subject_id="track_id", maintain_order=True)
        .agg(
            pl.col("streams", "artificial_streams", "withheld_streams").sum(),
            income_amount=earning.sum() * amount_per_stream,
            artificial_amount=artificial.sum() * amount_per_stream,
        )
    )
    every = pl.DataFrame({"subject_id": pl.Series(graph.nodes[TRACK].ids(), dtype=pl.String), "listeners": listeners})
    return every.join(earned, on="subject_id", how="left").with_columns(
        pl.col("streams", "withheld_streams").fill_null(0),
        pl.col("artificial_streams", "income_amount", "artificial_amount").fill_null(0.0),
    )
