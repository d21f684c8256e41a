"""What of a feed counts as of an instant: rules that one row alone cannot decide.

In this order: erasures, time, references, versions and conflicts. Every row that leaves is
either in quarantine or counted: `after_as_of`, `repeated`, `superseded`, `erased`.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from graphfraud.errors import NothingToScore
from graphfraud.tables import INPUTS, key_columns
from graphfraud.vocabulary import ACCOUNT, ID_COLUMN, LISTENER, SUBJECT_KINDS, TRACK
from graphfraud_features.intake.conflicts import REPEATED, SUPERSEDED, label_fates, shared_key_fates
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.intake.rows import REASON
from graphfraud_features.intake.salvage import ROW_NUMBER
from graphfraud_features.intake.staging import Staged

GRACE: Final = timedelta(hours=24)
"""How far past both `as_of` and the clock an event may lie before its clock is called wrong."""
LONGEST_OVERRUN_MS: Final = 3_600_000
"""How far past its track's length a play may last."""
PROVENANCE: Final = ("file_ix", ROW_NUMBER)
LEFT_OUT: Final = ("after_as_of", "repeated", "superseded", "erased")
"""Fates that are counted; every other one is a quarantine's reason."""
STREAM_ORDER: Final = ("listener_id", "started_at", "stream_id")
"""Streams lie by listener, so that a range of listeners is read without the others."""
ROW_GROUP_ROWS: Final = 131_072
"""Small enough that a range of listeners skips what it does not want."""
HAPPENED_AT: Final = {
    "accounts": "created_at",
    "tracks": "uploaded_at",
    "listeners": "created_at",
    "streams": "started_at",
    "logins": "at",
    "labels": "decided_at",
    "erasures": "at",
}
NAMED_KINDS: Final = {"tracks": (ACCOUNT,), "streams": (LISTENER, TRACK), "embeddings": (TRACK,)}
"""Kinds of the subjects that a row names by their id columns."""
ADMITTED_TABLES: Final = ("erasures", "accounts", "tracks", "listeners", "streams", "logins", "embeddings", "labels")
"""In the order in which they are admitted: who is gone, then subjects, then what names them."""
SUBJECT_TABLES: Final = {"accounts": ACCOUNT, "tracks": TRACK, "listeners": LISTENER}


@dataclass(frozen=True, slots=True)
class Admitted:
    """The rows of a feed that count as of an instant, in order (streams by listener); what became of the others."""

    as_of: datetime
    folder: Path
    read_counts: dict[str, int]
    left_out: dict[str, dict[str, int]]

    def table(self, name: str) -> pl.LazyFrame:
        """The rows of one table in the columns of its schema."""
        return pl.scan_parquet(self.folder / f"{name}.parquet", glob=False)

    def superseded(self, name: str) -> pl.LazyFrame:
        """Earlier versions of the accounts, tracks or listeners in force."""
        return pl.scan_parquet(self.folder / f"{name}-superseded.parquet", glob=False)

    def first_labels(self) -> pl.LazyFrame:
        """When each labelled subject was first judged: subject_kind, subject_id, decided_at."""
        return pl.scan_parquet(self.folder / "first-labels.parquet", glob=False)


def latest_event_at(staged: Staged, clock: datetime) -> datetime | None:
    """The last stream or login that is not later than the clock."""
    latest = [
        staged.rows(table).select(pl.col(column).filter(pl.col(column) <= clock).max()).collect().item()
        for table, column in (("streams", "started_at"), ("logins", "at"))
    ]
    return max((at for at in latest if at is not None), default=None)


def default_as_of(staged: Staged, clock: datetime) -> datetime:
    """The instant just after the last stream or login that is not later than the clock.

    Raises: NothingToScore when there is none.
    """
    latest = latest_event_at(staged, clock)
    if latest is None:
        raise NothingToScore(f"the feed holds no stream up to now ({_utc(clock)}): deliver streams, or check the clock")
    return latest + timedelta(microseconds=1)


def admitted(staged: Staged, quarantine: Quarantine, work: Path, *, as_of: datetime, clock: datetime) -> Admitted:
    """Writes the rows that count as of `as_of` into `work`; the others go to quarantine or are counted.

    Raises: NothingToScore when no stream counts.
    """
    desk = _Desk(staged, quarantine, work, as_of, max(as_of, clock) + GRACE)
    desk.note_erasures()
    for table in ADMITTED_TABLES[1:]:
        desk.admit(table)
    quarantine.forget(desk.ids_standing("erased"))
    result = Admitted(as_of, work, staged.read_counts, {t: dict(sorted(c.items())) for t, c in desk.left_out.items()})
    if result.table("streams").select(pl.len()).collect().item() == 0:
        raise NothingToScore(_why_nothing(staged, as_of))
    return result


def _why_nothing(staged: Staged, as_of: datetime) -> str:
    first = staged.rows("streams").select(pl.col("started_at").min()).collect().item()
    if first is None:
        return "table 'streams' holds no sound row: deliver streams"
    if first >= as_of:
        return f"no stream lies before as_of {_utc(as_of)}: the first one is at {_utc(first)}: choose a later --as-of"
    return f"no stream before as_of {_utc(as_of)} names a known listener and track: see quarantine/streams.parquet"


def _utc(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@dataclass(slots=True)
class _Desk:
    """Where each row's fate is decided, a table at a time; subjects before what names them."""

    staged: Staged
    quarantine: Quarantine
    work: Path
    as_of: datetime
    future_from: datetime
    left_out: dict[str, Counter[str]] = field(default_factory=dict)
    standing: dict[str, pl.DataFrame] = field(default_factory=dict)
    """For each kind: id, standing (`known`, `later`, `erased`), and a track's duration_ms."""
    erasures: dict[str, pl.Series] = field(default_factory=dict)

    def note_erasures(self) -> None:
        """Remembers who is to be forgotten, whatever `as_of` is: an erasure waits for nothing."""
        rows = self.staged.rows("erasures").with_columns(fate=self._future("erasures"))
        self._settle("erasures", rows.filter(pl.col("fate").is_not_null()))
        gone = rows.filter(pl.col("fate").is_null()).select(list(INPUTS["erasures"].columns())).unique().collect()
        self.work.mkdir(exist_ok=True)
        gone.sort(key_columns("erasures")).write_parquet(self.work / "erasures.parquet")
        self.erasures = {k: gone.filter(subject_kind=k)["subject_id"].unique() for k in SUBJECT_KINDS}

    def admit(self, table: str) -> None:
        """Writes the table's rows in force, in key order, and settles the rest."""
        content = list(INPUTS[table].columns())
        judged_path = self.work / f"judged-{table}.parquet"
        self._judged(table).select(*content, *PROVENANCE, "fate").sink_parquet(judged_path, mkdir=True)
        judged = pl.scan_parquet(judged_path, glob=False)
        self._settle(table, judged.filter(pl.col("fate").is_not_null()))
        staying = judged.filter(pl.col("fate").is_null()).drop("fate")
        if table == "labels":
            settled, single = label_fates(staying.collect()), staying.clear()
            self._note_first_labels(settled)
        else:
            settled, single = self._one_per_key(table, staying, content)
        self._settle(table, settled.lazy().filter(pl.col("fate").is_not_null()))
        kept = settled.lazy().filter(pl.col("fate").is_null())
        order = STREAM_ORDER if table == "streams" else key_columns(table)
        in_force = pl.concat([single.select(content), kept.select(content)]).sort(order)
        in_force.sink_parquet(self.work / f"{table}.parquet", row_group_size=ROW_GROUP_ROWS)
        if table in SUBJECT_TABLES:
            older = settled.filter(pl.col("fate") == SUPERSEDED).select(content)
            older.sort([*key_columns(table), "recorded_at"]).write_parquet(self.work / f"{table}-superseded.parquet")
            self._note_standing(SUBJECT_TABLES[table], table, judged)
        judged_path.unlink()

    def ids_standing(self, standing: str) -> dict[str, pl.Series]:
        """Ids of each kind with a standing."""
        return {kind: rows.filter(standing=standing)[ID_COLUMN[kind]] for kind, rows in self.standing.items()}

    def _judged(self, table: str) -> pl.LazyFrame:
        """The staged rows with a fate by erasure, time and reference; null while they stay."""
        rows = self.staged.rows(table)
        fates = [self._erased(table), self._future(table), self._later(table)]
        if table in NAMED_KINDS:
            for kind in NAMED_KINDS[table]:
                rows = rows.join(self._standing_of(kind), on=ID_COLUMN[kind], how="left")
                fates.append(_reference_fate(pl.col(f"{kind}_standing"), pl.lit(f"unknown_{kind}")))
        elif table in {"logins", "labels"}:
            rows = rows.join(self._standing_of_any().lazy(), on=["subject_kind", "subject_id"], how="left")
            # A kind of subject that this release does not know is kept: enumerations stay open.
            unknown = pl.when(pl.col("subject_kind").is_in(SUBJECT_KINDS)).then("unknown_" + pl.col("subject_kind"))
            fates.append(_reference_fate(pl.col("subject_standing"), unknown))
        if table == "streams":
            too_long = pl.col("played_ms") > pl.col("duration_ms") + LONGEST_OVERRUN_MS
            fates.append(pl.when(too_long).then(pl.lit("played_ms_far_past_the_end")))
        judged = rows.with_columns(fate=pl.coalesce(fates))
        return _with_length_fate(judged) if table == "embeddings" else judged

    def _erased(self, table: str) -> pl.Expr:
        kind = SUBJECT_TABLES.get(table)
        if kind is None:
            return pl.lit(None, pl.String)
        return pl.when(pl.col(ID_COLUMN[kind]).is_in(self.erasures[kind].implode())).then(pl.lit("erased"))

    def _instants(self, table: str) -> list[pl.Expr]:
        names = [HAPPENED_AT.get(table), "recorded_at" if "recorded_at" in INPUTS[table].columns() else None]
        return [pl.col(name) for name in names if name]

    def _future(self, table: str) -> pl.Expr:
        late = pl.any_horizontal(at > self.future_from for at in self._instants(table))
        return pl.when(late).then(pl.lit("from_the_future"))

    def _later(self, table: str) -> pl.Expr:
        late = pl.any_horizontal(at >= self.as_of for at in self._instants(table))
        return pl.when(late).then(pl.lit("after_as_of"))

    def _one_per_key(self, table: str, rows: pl.LazyFrame, content: list[str]) -> tuple[pl.DataFrame, pl.LazyFrame]:
        """The rows that conflict with another of their key, each with its fate; and all others, once each."""
        key = key_columns(table)
        on_key: dict[str, Any] = {"on": key, "nulls_equal": True}
        shared = _shared_keys(rows, key)
        candidates = rows.join(shared, how="semi", **on_key)
        distinct = candidates.sort(PROVENANCE).unique(content, keep="first", maintain_order=True)
        counts = pl.collect_all([candidates.select(pl.len()), distinct.select(pl.len())])
        self._count(table, {REPEATED: counts[0].item() - counts[1].item()})
        conflicting = _shared_keys(distinct, key)
        fates = shared_key_fates(distinct.join(conflicting, how="semi", **on_key).collect(), key, content, PROVENANCE)
        once = distinct.join(conflicting, how="anti", **on_key)
        return fates, pl.concat([rows.join(shared, how="anti", **on_key), once])

    def _note_first_labels(self, labels: pl.DataFrame) -> None:
        """Writes when each subject was first judged, even if otherwise later: what follows may be its consequence."""
        first = labels.group_by("subject_kind", "subject_id").agg(pl.col("decided_at").min())
        first.sort("subject_kind", "subject_id").write_parquet(self.work / "first-labels.parquet")

    def _count(self, table: str, fates: dict[str, int]) -> None:
        self.left_out.setdefault(table, Counter()).update({fate: count for fate, count in fates.items() if count})

    def _settle(self, table: str, gone: pl.LazyFrame) -> None:
        """Counts the rows that are left out and hands the others to quarantine."""
        left = gone.filter(pl.col("fate").is_in(LEFT_OUT)).group_by("fate").len().collect()
        self._count(table, dict(left.iter_rows()))
        refused = gone.filter(~pl.col("fate").is_in(LEFT_OUT)).rename({"fate": REASON}).collect()
        names = pl.Series(self.staged.file_names, dtype=pl.String)
        self.quarantine.add_rows(table, refused.with_columns(file=names.gather(refused["file_ix"])).drop("file_ix"))

    def _note_standing(self, kind: str, table: str, judged: pl.LazyFrame) -> None:
        key = ID_COLUMN[kind]
        facts = [key, "duration_ms"] if kind == TRACK else [key]
        known = pl.read_parquet(self.work / f"{table}.parquet", columns=facts, glob=False)
        away = judged.filter(pl.col("fate").is_in(("erased", "after_as_of"))).select(
            *facts, standing=pl.col("fate").replace("after_as_of", "later")
        )
        forgotten = self.erasures[kind].to_frame(key)
        self.standing[kind] = pl.concat(
            [
                known.with_columns(standing=pl.lit("known")),
                away.collect(),
                forgotten.with_columns(standing=pl.lit("erased")),
            ],
            how="diagonal",
        ).unique(key, keep="first", maintain_order=True)

    def _standing_of(self, kind: str) -> pl.LazyFrame:
        return self.standing[kind].lazy().rename({"standing": f"{kind}_standing"})

    def _standing_of_any(self) -> pl.DataFrame:
        return pl.concat(
            rows.select(
                subject_kind=pl.lit(kind), subject_id=pl.col(ID_COLUMN[kind]), subject_standing=pl.col("standing")
            )
            for kind, rows in self.standing.items()
        )


def _reference_fate(standing: pl.Expr, unknown: pl.Expr) -> pl.Expr:
    return (
        pl.when(standing.is_null())
        .then(unknown)
        .when(standing == "later")
        .then(pl.lit("after_as_of"))
        .when(standing == "erased")
        .then(pl.lit("erased"))
    )


def _shared_keys(rows: pl.LazyFrame, key: list[str]) -> pl.LazyFrame:
    """The keys that more than one row has."""
    return rows.group_by(key).len().filter(pl.col("len") > 1).select(key).collect(engine="streaming").lazy()


def _with_length_fate(judged: pl.LazyFrame) -> pl.LazyFrame:
    """Refuses vectors of another length than the first staying one of their model, in the order of the files."""
    length = pl.col("vector").list.len()
    staying = pl.col("fate").is_null()
    firsts = judged.filter(staying).sort(PROVENANCE).group_by("model").agg(first_length=length.first())
    other = staying & (length != pl.col("first_length"))
    return judged.join(firsts, on="model", how="left").with_columns(
        fate=pl.when(other).then(pl.lit("vector_of_other_length")).otherwise("fate")
    )
