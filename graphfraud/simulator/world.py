"""A small platform with planted fraud: a feed, and the truth about it."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from graphfraud.errors import EnvironmentFault, UsageError
from graphfraud.folders.whole import whole_folder
from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.people import people_login_rows, people_rows
from graphfraud.simulator.audience.stage import Stage, stage_set
from graphfraud.simulator.cast import (
    EVERY_ATTACK,
    AskedAttack,
    Group,
    lookalike_subjects,
    lookalikes_entered,
    ring_subjects,
    rings_entered,
)
from graphfraud.simulator.days import Counts, arriving_by_day, bounds_of, counts_of, takings_of
from graphfraud.simulator.labels import Review, ReviewTeam, of_those_there, review
from graphfraud.simulator.money import PAYOUT_PER_STREAM_EUR, ledger_rows
from graphfraud.simulator.platform.catalogue import track_rows
from graphfraud.simulator.platform.chance import rng_for
from graphfraud.simulator.platform.naming import Names, names_drawn
from graphfraud.simulator.platform.owners import account_login_rows, account_rows
from graphfraud.simulator.platform.rows import LISTENER, TRACK, Numbers, Rows, together
from graphfraud.simulator.platform.sound import embedding_rows

END_AT: Final = datetime(2026, 10, 29, tzinfo=UTC)
DAY_COUNT: Final = 28
MOST_DAYS: Final = 730
SMALLEST_SCALE: Final = 0.002
LARGEST_SCALE: Final = 100.0
HIGHEST_PAYOUT_EUR: Final = 1_000.0
FEWEST_ACTORS: Final = 2
"""Accounts and listeners of a ring: a farm whose bots never came to play is none."""

FEED_ORDER: Final = {
    "accounts": ("account_id",),
    "tracks": ("track_id",),
    "listeners": ("listener_id",),
    "logins": ("at", "subject_kind", "subject_id", "device_id", "ip_hash"),
    "embeddings": ("track_id",),
    "labels": ("decided_at", "subject_kind", "subject_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSettings:
    """Which world to make: the same settings make the same bytes."""

    scale: float
    """1 is about 40,000 listeners, 45,000 tracks and 4 million streams."""
    seed: int
    day_count: int = DAY_COUNT
    end_at: datetime = END_AT
    attacks: Mapping[str, AskedAttack] = field(default_factory=lambda: EVERY_ATTACK)
    """What is asked of each attack that takes place, by kind; empty for an honest platform."""
    level: int = 0
    """How far the attackers have adapted."""
    team: ReviewTeam = field(default_factory=ReviewTeam)
    payout_eur: float = PAYOUT_PER_STREAM_EUR
    """What a stream of 30 s or more earns."""

    def __post_init__(self) -> None:
        """Raises: UsageError for a world that cannot be made."""
        if not SMALLEST_SCALE <= self.scale <= LARGEST_SCALE:
            choose = f"choose one from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}"
            raise UsageError(f"scale {self.scale:g} is out of range: {choose}")
        if not 0 <= self.payout_eur <= HIGHEST_PAYOUT_EUR:
            choose = f"choose from 0 to {HIGHEST_PAYOUT_EUR:,.0f}"
            raise UsageError(f"payout {self.payout_eur:g} EUR is out of range: {choose}")
        if self.seed < 0:
            raise UsageError(f"seed {self.seed} is negative: choose 0 or more")
        if not 1 <= self.day_count <= MOST_DAYS:
            raise UsageError(f"days {self.day_count} is out of range: choose from 1 to {MOST_DAYS}")
        if self.end_at.tzinfo is None:
            raise UsageError(f"end {self.end_at} has no time zone: add one, for instance +00:00")
        if self.end_at.timestamp() % 86_400:
            raise UsageError(f"end {self.end_at} is within a UTC day: choose a midnight, when a day's file is whole")

    @property
    def window(self) -> Window:
        """The days that the feed covers."""
        return Window(end_ms=int(self.end_at.timestamp()) * 1_000, day_count=self.day_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenWorld:
    """What was written."""

    row_counts: dict[str, int]
    """Rows of each table of the feed."""
    ring_counts: dict[str, int]
    """Rings by the kind of attack."""
    lookalike_counts: dict[str, int]
    """Groups of honest people by what they look like."""
    fake_count: int
    """Streams that nobody listened to."""


def write_world(out: Path, settings: WorldSettings, *, told: Callable[[int], None] = lambda _: None) -> WrittenWorld:
    """The world of these settings, written to `out/feed` and `out/truth`: whole, or not at all.

    Day by day, so that memory does not grow with the days; `told` hears of each day that is done.

    Raises: UsageError when `out` is already there, EnvironmentFault when it cannot be written.
    """
    _refuse_odd_name(out)
    if os.path.lexists(out):
        raise UsageError(f"{out} exists: choose another folder, or remove it first")
    with whole_folder(out, replace=False) as partial:
        try:
            return _written(partial, settings, told)
        except (OSError, pl.exceptions.ComputeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise EnvironmentFault(f"{out}: world cannot be written: {reason}") from error


def _refuse_odd_name(out: Path) -> None:
    try:
        str(out).encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{str(out)!a}: the name is not UTF-8: choose another folder") from error


def _written(folder: Path, settings: WorldSettings, told: Callable[[int], None]) -> WrittenWorld:
    seed, numbers = settings.seed, Numbers()
    stage = stage_set(scale=settings.scale, window=settings.window, seed=seed, numbers=numbers)
    rings = rings_entered(stage, numbers, settings.attacks, level=settings.level, seed=seed)
    groups = [*rings, *lookalikes_entered(stage, numbers, seed=seed)]
    rows = together([_honest_rows(stage, seed), *(group.act.rows for group in groups)])
    reviewed = review(groups, stage.subject_counts, team=settings.team, window=stage.window, seed=seed)
    reviewed = of_those_there(reviewed, rows)
    names, tables = names_drawn(numbers, seed), _tables(rows, reviewed)
    (folder / "feed" / "streams").mkdir(parents=True)
    (folder / "truth").mkdir()
    row_counts = {name: _write_table(folder, names, name, table) for name, table in tables.items()}
    counts, bounds = counts_of(groups, numbers), bounds_of(tables, reviewed.stops, numbers)
    arriving = arriving_by_day(stage, groups, bounds, counts, numbers=numbers, seed=seed)
    stream_count, fake_count = _write_streams(folder, arriving, names, settings, told)
    _write_truth(folder, groups, reviewed, names, counts)
    _write_ledger(folder, rings, counts, settings)
    return WrittenWorld(
        row_counts=row_counts | {"streams": stream_count},
        ring_counts=_counts_by_kind(rings),
        lookalike_counts=_counts_by_kind(groups[len(rings) :]),
        fake_count=fake_count,
    )


def _write_streams(
    folder: Path, arriving: Iterator[pl.DataFrame], names: Names, settings: WorldSettings, told: Callable[[int], None]
) -> tuple[int, int]:
    """Writes a file of streams a day, and the truth about them; how many there are, and how many are fake."""
    stream_count = fake_count = 0
    first_date = (settings.end_at - timedelta(days=settings.day_count)).date()
    with _StreamTruth(folder) as truth:
        for day, rows in enumerate(arriving):
            named = names.put_on(rows).with_columns(names.of_streams(stream_count, rows.height))
            feed = named.select("stream_id", pl.exclude("stream_id", "fake"))
            feed.write_parquet(folder / "feed" / "streams" / f"{first_date + timedelta(days=day)}.parquet")
            truth.write(named.select("stream_id", "fake"))
            stream_count, fake_count = stream_count + rows.height, fake_count + int(rows["fake"].sum())
            told(day + 1)
    return stream_count, fake_count


def _write_ledger(folder: Path, rings: list[Group], counts: Counts, settings: WorldSettings) -> None:
    """The rings are the first of the groups that were counted."""
    day_count, payout_eur = settings.day_count, settings.payout_eur
    ledgers = [
        ledger_rows(ring.name, takings_of(counts, ix, ring, day_count=day_count), ring.act.costs_eur, payout_eur)
        for ix, ring in enumerate(rings)
    ]
    pl.concat([_NO_LEDGER, *ledgers]).sort("ring", "item").write_parquet(folder / "truth" / "ledger.parquet")


_NO_LEDGER: Final = pl.DataFrame(schema={"ring": pl.String, "item": pl.String, "amount": pl.Float64})


def _tables(rows: Rows, reviewed: Review) -> dict[str, pl.DataFrame]:
    """All tables of the feed but for the streams; ids are numbers."""
    stopped = reviewed.stops.rename({"stopped_at": "until"})
    logins = rows.logins.join(stopped, on=["subject_kind", "subject_id"], how="left", maintain_order="left")
    return {
        "accounts": rows.accounts,
        "tracks": rows.tracks,
        "listeners": rows.listeners,
        "logins": logins.filter(pl.col("until").is_null() | (pl.col("at") < pl.col("until"))).drop("until"),
        "embeddings": rows.embeddings,
        "labels": reviewed.labels,
    }


def _honest_rows(stage: Stage, seed: int) -> Rows:
    owners, people, window = stage.catalogue.owners, stage.people, stage.window
    account_logins = account_login_rows(
        owners, start_ms=window.start_ms, end_ms=window.end_ms, rng=rng_for(seed, "account logins")
    )
    people_logins = people_login_rows(people, window=window, rng=rng_for(seed, "listener logins"))
    return Rows(
        accounts=account_rows(owners, stage.market, rng_for(seed, "verification")),
        tracks=track_rows(stage.catalogue, stage.artist_names, rng_for(seed, "titles")),
        listeners=people_rows(people),
        logins=pl.concat([account_logins, people_logins]),
        embeddings=embedding_rows(np.arange(stage.catalogue.count), stage.sounds),
    )


def _write_table(folder: Path, names: Names, name: str, table: pl.DataFrame) -> int:
    """Writes a table of the feed in the order of names and instants; how many rows it has."""
    names.put_on(table).sort(FEED_ORDER[name]).write_parquet(folder / "feed" / f"{name}.parquet")
    return table.height


def _write_truth(folder: Path, groups: list[Group], reviewed: Review, names: Names, counts: Counts) -> None:
    members = ring_subjects(groups)
    members = members.filter(_took_part(members, reviewed, counts))
    is_actor = pl.col("subject_kind") != TRACK
    rings = names.put_on(members.filter(is_actor.sum().over("ring") >= FEWEST_ACTORS)).with_columns(
        labelled=pl.col("ring").is_in(pl.Series(reviewed.found, dtype=pl.String).implode())
    )
    rings.sort("ring", "subject_kind", "subject_id").write_parquet(folder / "truth" / "rings.parquet")
    lookalikes = names.put_on(lookalike_subjects(groups)).select("kind", "subject_kind", "subject_id").unique()
    lookalikes.sort("kind", "subject_kind", "subject_id").write_parquet(folder / "truth" / "lookalikes.parquet")


def _took_part(members: pl.DataFrame, reviewed: Review, counts: Counts) -> pl.Series:
    """Whether each is of its ring: a listener in whose name nothing is played is not, unless labelled."""
    is_listener = members["subject_kind"] == LISTENER
    active = pl.Series(np.flatnonzero(counts.fake_by_listener))
    labelled = reviewed.labels.filter(pl.col("subject_kind") == LISTENER)["subject_id"]
    return ~is_listener | members["subject_id"].is_in(pl.concat([active, labelled]).implode())


class _StreamTruth:
    """`truth/streams.parquet`, written a day at a time, in the order of the feed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "truth" / "streams.parquet"
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, rows: pl.DataFrame) -> None:
        """Adds the rows of a day."""
        table = rows.to_arrow()
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()


def _counts_by_kind(groups: list[Group]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for group in groups:
        counts[group.kind] = counts.get(group.kind, 0) + 1
    return counts
