"""Where each row's fate as of an instant is decided, a table at a time; subjects before what names them.

In this order: time, references, versions and conflicts. Every row that leaves is either in
quarantine or counted: `after_as_of`, `repeated`, `superseded`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.tables import INPUTS, key_columns
from graphfraud.vocabulary import ID_COLUMN, SUBJECT_KINDS, TRACK
from graphfraud_features.admission.conflicts import REPEATED, SUPERSEDED, label_fates, shared_key_fates
from graphfraud_features.intake.quarantine import Quarantine, with_file_names
from graphfraud_features.intake.rows import REASON
from graphfraud_features.partitions import HAPPENED_AT, ORIGIN, content_columns
from graphfraud_features.store.references import NAMED_KINDS, OWN_KIND, SUBJECT_TABLES
from graphfraud_features.store.stored import Store

LEFT_OUT: Final = ("after_as_of", REPEATED, SUPERSEDED)
"""Fates that are counted; every other one is a quarantine's reason."""


@dataclass(slots=True)
class Desk:
    """The tables of a store on their way to what counts."""

    store: Store
    quarantine: Quarantine
    work: Path
    as_of: datetime
    future_from: datetime
    left_out: dict[str, Counter[str]] = field(default_factory=dict)
    _standing: dict[str, pl.DataFrame] = field(default_factory=dict)
    """For each kind: id, standing (`known` or `later`), and a track's duration_ms."""

    def __post_init__(self) -> None:
        """Starts from what the store's builds left out."""
        self.left_out = {table: Counter(fates) for table, fates in self.store.left_out.items()}

    def admit(self, table: str) -> None:
        """Writes the table's rows in force, in key order, and settles the rest."""
        content = content_columns(table)
        judged_path = self.work / f"judged-{table}.parquet"
        self._judged(table).select(*content, *ORIGIN, "fate").sink_parquet(judged_path)
        judged = pl.scan_parquet(judged_path, glob=False)
        self.settle(table, judged.filter(pl.col("fate").is_not_null()))
        staying = judged.filter(pl.col("fate").is_null()).drop("fate")
        if table == "labels":
            settled, single = label_fates(staying.collect()), staying.clear()
            self._note_first_labels(settled)
        else:
            settled, single = _told_apart(staying, table)
        self.settle(table, settled.lazy().filter(pl.col("fate").is_not_null()))
        kept = settled.lazy().filter(pl.col("fate").is_null())
        in_force = pl.concat([single.select(content), kept.select(content)]).sort(key_columns(table))
        in_force.sink_parquet(self.work / f"{table}.parquet")
        if table in OWN_KIND:
            older = settled.filter(pl.col("fate") == SUPERSEDED).select(content)
            older.sort([*key_columns(table), "recorded_at"]).write_parquet(self.work / f"{table}-superseded.parquet")
            self._note_standing(OWN_KIND[table], table, judged)
        judged_path.unlink()

    def _judged(self, table: str) -> pl.LazyFrame:
        """The stored rows with a fate by time and reference; null while they stay."""
        rows, fates = self.store.rows(table), self.time_fates(table)
        if table in SUBJECT_TABLES:
            rows = rows.join(self._standing_of_any().lazy(), on=["subject_kind", "subject_id"], how="left")
            # A kind of subject that this release does not know is kept: enumerations stay open.
            unknown = pl.when(pl.col("subject_kind").is_in(SUBJECT_KINDS)).then("unknown_" + pl.col("subject_kind"))
            fates.append(_reference_fate(pl.col("subject_standing"), unknown))
        else:
            named = [kind for kind in NAMED_KINDS.get(table, ()) if kind != OWN_KIND.get(table)]
            for kind in named:
                rows = rows.join(self.standing_of(kind), on=ID_COLUMN[kind], how="left")
            fates.extend(self.reference_fates(named))
        judged = rows.with_columns(fate=pl.coalesce(fates))
        return _with_length_fate(judged) if table == "embeddings" else judged

    def time_fates(self, table: str) -> list[pl.Expr]:
        """`from_the_future` and `after_as_of`, by each instant that keeps a row back."""
        names = [HAPPENED_AT[table], *({"recorded_at"} & set(INPUTS[table].columns()) - {HAPPENED_AT[table]})]
        future = pl.any_horizontal(pl.col(name) > self.future_from for name in names)
        later = pl.any_horizontal(pl.col(name) >= self.as_of for name in names)
        if table == "erasures":  # who is to be forgotten is, whatever `as_of` is
            later = pl.lit(value=False)
        return [pl.when(future).then(pl.lit("from_the_future")), pl.when(later).then(pl.lit("after_as_of"))]

    def reference_fates(self, kinds: Sequence[str]) -> list[pl.Expr]:
        """`unknown_track` and the like, and `after_as_of` for what belongs to a subject of later."""
        return [_reference_fate(pl.col(f"{kind}_standing"), pl.lit(f"unknown_{kind}")) for kind in kinds]

    def standing_of(self, kind: str) -> pl.LazyFrame:
        """The id of each subject of a kind, with `KIND_standing`."""
        return self._standing[kind].lazy().rename({"standing": f"{kind}_standing"})

    def count(self, table: str, fates: Mapping[str, int]) -> None:
        """Counts rows that are left out."""
        told = {fate: count for fate, count in fates.items() if count}
        if told:
            self.left_out.setdefault(table, Counter()).update(told)

    def settle_waiting(self, table: str) -> None:
        """Settles the rows that wait for a subject: what happened later than `as_of` is not missing yet."""
        rows = self.store.waiting(table)
        if rows.height:
            fate = pl.coalesce(*self.time_fates(table), pl.col(REASON))
            self.settle(table, rows.lazy().with_columns(fate=fate).drop(REASON))

    def settle(self, table: str, gone: pl.LazyFrame) -> None:
        """Counts the rows that are left out and hands the others to quarantine."""
        rows = gone.collect()
        left = rows.filter(pl.col("fate").is_in(LEFT_OUT))
        self.count(table, dict(left.group_by("fate").len().iter_rows()))
        refused = rows.filter(~pl.col("fate").is_in(LEFT_OUT)).rename({"fate": REASON})
        self.quarantine.add_rows(table, with_file_names(refused, self.store.file_names()))

    def _note_first_labels(self, labels: pl.DataFrame) -> None:
        """Writes when each subject was first judged, even if otherwise later: what follows may be its consequence."""
        first = labels.group_by("subject_kind", "subject_id").agg(pl.col("decided_at").min())
        first.sort("subject_kind", "subject_id").write_parquet(self.work / "first-labels.parquet")

    def _note_standing(self, kind: str, table: str, judged: pl.LazyFrame) -> None:
        facts = [ID_COLUMN[kind], "duration_ms"] if kind == TRACK else [ID_COLUMN[kind]]
        known = pl.read_parquet(self.work / f"{table}.parquet", columns=facts, glob=False)
        later = judged.filter(pl.col("fate") == "after_as_of").select(facts).collect()
        both = [known.with_columns(standing=pl.lit("known")), later.with_columns(standing=pl.lit("later"))]
        self._standing[kind] = pl.concat(both).unique(ID_COLUMN[kind], keep="first", maintain_order=True)

    def _standing_of_any(self) -> pl.DataFrame:
        return pl.concat(
            rows.select(
                subject_kind=pl.lit(kind), subject_id=pl.col(ID_COLUMN[kind]), subject_standing=pl.col("standing")
            )
            for kind, rows in self._standing.items()
        )


def _reference_fate(standing: pl.Expr, unknown: pl.Expr) -> pl.Expr:
    return pl.when(standing.is_null()).then(unknown).when(standing == "later").then(pl.lit("after_as_of"))


def _told_apart(rows: pl.LazyFrame, table: str) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """The rows that share their key with another, each with its fate; and all others."""
    key, content = key_columns(table), content_columns(table)
    if set(key) == set(content):  # a store holds each content once
        return rows.clear().with_columns(fate=pl.lit(None, pl.String)).collect(), rows
    counted = rows.group_by(key).len().filter(pl.col("len") > 1)
    shared = counted.select(key).collect(engine="streaming").lazy()
    fates = shared_key_fates(rows.join(shared, on=key, how="semi").collect(), key, content, ORIGIN)
    return fates, rows.join(shared, on=key, how="anti")


def _with_length_fate(judged: pl.LazyFrame) -> pl.LazyFrame:
    """Refuses vectors of another length than their model's first: of the earliest record, the one of the least id."""
    length, first = pl.col("vector").list.len(), ("recorded_at", "track_id")
    staying = pl.col("fate").is_null()
    firsts = judged.filter(staying).group_by("model").agg(first_length=length.sort_by(*first, length).first())
    other = staying & (length != pl.col("first_length"))
    return judged.join(firsts, on="model", how="left").with_columns(
        fate=pl.when(other).then(pl.lit("vector_of_other_length")).otherwise("fate")
    )
