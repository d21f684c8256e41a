"""The rows of a store that count as of an instant, and what became of the others."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from graphfraud.errors import NothingToScore
from graphfraud.folders.digest import large_table_digest
from graphfraud_features.admission.desk import Desk
from graphfraud_features.admission.streams import admit_streams
from graphfraud_features.intake.ledger import read_counts
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.partitions import GRACE, STREAMS, TABLES_IN_ORDER
from graphfraud_features.store.stored import Store


@dataclass(frozen=True, slots=True)
class Admitted:
    """The rows that count as of an instant; of streams by listener and instant, of all else in key order."""

    as_of: datetime
    folder: Path
    read_counts: dict[str, int]
    """Rows read of each table, in all builds."""
    judged_counts: dict[str, int]
    """Different rows of each table that the store holds, in its partitions and in quarantine."""
    left_out: dict[str, dict[str, int]]

    def table(self, name: str) -> pl.LazyFrame:
        """The rows of one table in the columns of its schema."""
        return pl.scan_parquet(self._paths(name), glob=False)

    def digest(self, name: str) -> str:
        """The digest of one table."""
        return large_table_digest(self.table(name))

    def superseded(self, name: str) -> pl.LazyFrame:
        """Earlier versions of the accounts, tracks or listeners in force."""
        return pl.scan_parquet(self.folder / f"{name}-superseded.parquet", glob=False)

    def first_labels(self) -> pl.LazyFrame:
        """When each labelled subject was first judged: subject_kind, subject_id, decided_at."""
        return pl.scan_parquet(self.folder / "first-labels.parquet", glob=False)

    def _paths(self, name: str) -> list[Path]:
        return sorted((self.folder / name).iterdir()) if name == STREAMS else [self.folder / f"{name}.parquet"]


def admitted(store: Store, quarantine: Quarantine, work: Path, *, as_of: datetime, clock: datetime) -> Admitted:
    """Writes the rows that count as of `as_of` into `work`; the others go to quarantine or are counted.

    `quarantine` becomes the store's, and what is refused here.
    Raises: NothingToScore when no stream counts.
    """
    work.mkdir(parents=True, exist_ok=True)
    store.read_quarantine(quarantine)
    refused = quarantine.counts()
    judged = {table: store.row_count(table) + sum(refused.get(table, {}).values()) for table in TABLES_IN_ORDER}
    quarantine.drop_waiting()
    desk = Desk(store, quarantine, work, as_of, max(as_of, clock) + GRACE)
    for table in TABLES_IN_ORDER:
        desk.settle_waiting(table)
        if table == STREAMS:
            admit_streams(desk)
        else:
            desk.admit(table)
    left_out = {table: dict(sorted(fates.items())) for table, fates in desk.left_out.items() if fates}
    result = Admitted(as_of, work, read_counts(store.ledger), judged, left_out)
    if result.table(STREAMS).select(pl.len()).collect().item() == 0:
        raise NothingToScore(_why_nothing(store, as_of))
    return result


def latest_event_at(store: Store, clock: datetime) -> datetime | None:
    """The last stream or login that is not later than the clock."""
    found = []
    for table, column in ((STREAMS, "started_at"), ("logins", "at")):
        for partition in reversed(sorted(store.parts[table])):  # noqa: C413 - the last days first
            rows = store.rows(table, [partition])
            latest = rows.select(pl.col(column).filter(pl.col(column) <= clock).max()).collect().item()
            if latest is not None:
                found.append(latest)
                break
    return max(found, default=None)


def default_as_of(store: Store, clock: datetime) -> datetime:
    """The instant just after the last stream or login that is not later than the clock.

    Raises: NothingToScore when there is none.
    """
    latest = latest_event_at(store, clock)
    if latest is None and store.waiting(STREAMS).height:
        raise NothingToScore("no stream names a known listener and track: see quarantine/streams.parquet")
    if latest is None:
        raise NothingToScore(f"the feed holds no stream up to now ({_utc(clock)}): deliver streams, or check the clock")
    return latest + timedelta(microseconds=1)


def _why_nothing(store: Store, as_of: datetime) -> str:
    rows = pl.concat([store.rows(STREAMS).select("started_at"), store.waiting(STREAMS).lazy().select("started_at")])
    first = rows.select(pl.col("started_at").min()).collect().item()
    if first is None:
        return "table 'streams' holds no sound row: deliver streams"
    if first >= as_of:
        return f"no stream lies before as_of {_utc(as_of)}: the first one is at {_utc(first)}: choose a later --as-of"
    return f"no stream before as_of {_utc(as_of)} names a known listener and track: see quarantine/streams.parquet"


def _utc(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
