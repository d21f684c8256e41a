"""A small platform with planted fraud: a feed, and the truth about it."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.errors import EnvironmentFault, UsageError
from graphfraud.folders.whole import whole_folder
from graphfraud.simulator.audience.clock import Window
from graphfraud.simulator.audience.sessions import honest_rows
from graphfraud.simulator.audience.stage import stage_set
from graphfraud.simulator.cast import CAST, NO_GROUP, groups_played
from graphfraud.simulator.labels import review, without_stopped
from graphfraud.simulator.money import ledger
from graphfraud.simulator.platform.naming import named
from graphfraud.simulator.platform.rows import Rows, together

END_AT: Final = datetime(2026, 10, 29, tzinfo=UTC)
DAY_COUNT: Final = 28
SMALLEST_SCALE: Final = 0.02
LARGEST_SCALE: Final = 100.0

FEED_ORDER: Final = {
    "accounts": ("account_id",),
    "tracks": ("track_id",),
    "listeners": ("listener_id",),
    "streams": ("started_at", "stream_id"),
    "logins": ("at", "subject_kind", "subject_id", "device_id", "ip_hash"),
    "embeddings": ("track_id",),
    "labels": ("decided_at", "subject_kind", "subject_id"),
}
TRUTH_ORDER: Final = {
    "rings": ("ring", "subject_kind", "subject_id"),
    "lookalikes": ("kind", "subject_kind", "subject_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A feed's tables, and those of its truth, by name."""

    feed: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    ring_counts: dict[str, int]
    """Rings by the kind of attack."""
    lookalike_counts: dict[str, int]
    """Groups of honest people by what they look like."""


def simulated_world(*, scale: float, seed: int, end_at: datetime = END_AT, honest: bool = False) -> World:
    """The world of this seed, the same whenever it is made: the 28 days before `end_at`.

    Scale 1 is about 3,000 honest listeners, 1,200 accounts, 8,000 tracks and 400,000 streams. An `honest` world
    is the same without its attacks.

    Raises: UsageError for a scale, seed or end of which no world can be made.
    """
    refuse_impossible(scale, seed, end_at)
    window = Window(end_ms=int(end_at.timestamp()) * 1_000, day_count=DAY_COUNT)
    stage = stage_set(scale=scale, window=window, seed=seed)
    cast = tuple(actor for actor in CAST if not (honest and actor.is_attack))
    groups = groups_played(stage, scale=scale, seed=seed, cast=cast)
    rings = pl.concat([NO_GROUP, *(group.subjects for group in groups if group.is_attack)])
    lookalikes = pl.concat([group.subjects for group in groups if not group.is_attack])
    reviewed = review(rings, lookalikes, stage.subject_counts, window=window, seed=seed)
    rows = together([honest_rows(stage, seed), *(group.rows for group in groups)])
    streams = without_stopped(_possible_streams(rows, window), reviewed.stops, listener="listener_id", at="started_at")
    tables = {
        "accounts": rows.accounts,
        "tracks": rows.tracks,
        "listeners": rows.listeners,
        "embeddings": rows.embeddings,
        "streams": streams.with_columns(stream_id=pl.int_range(pl.len())),
        # No other kind of subject has a bot's number, so that nobody else's logins go.
        "logins": without_stopped(rows.logins, reviewed.stops, listener="subject_id", at="at"),
        "labels": reviewed.labels,
        "rings": rings.with_columns(labelled=pl.col("ring").is_in(reviewed.found.implode())),
        "lookalikes": lookalikes,
    }
    return _world(named(tables, seed), ledger(rings, streams))


def refuse_impossible(scale: float, seed: int, end_at: datetime = END_AT) -> None:
    """Raises: UsageError for a world that cannot be simulated."""
    if not SMALLEST_SCALE <= scale <= LARGEST_SCALE:
        raise UsageError(f"scale {scale:g} is out of range: choose one from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}")
    if seed < 0:
        raise UsageError(f"seed {seed} is negative: choose 0 or more")
    if end_at.tzinfo is None:
        raise UsageError(f"end {end_at} has no time zone: add one, for instance +00:00")


def _possible_streams(rows: Rows, window: Window) -> pl.DataFrame:
    """The streams within the window whose track was already there, and whose listener had joined."""
    start_at, end_at = _instant(window.start_ms), _instant(window.end_ms)
    uploads, joins = rows.tracks.select("track_id", "uploaded_at"), rows.listeners.select("listener_id", "created_at")
    known = rows.streams.join(uploads, on="track_id", maintain_order="left").join(
        joins, on="listener_id", maintain_order="left"
    )
    there_from = pl.max_horizontal("uploaded_at", "created_at", pl.lit(start_at))
    return known.filter(pl.col("started_at") >= there_from, pl.col("started_at") < end_at).drop(
        "uploaded_at", "created_at"
    )


def _instant(instant_ms: int) -> datetime:
    return datetime.fromtimestamp(instant_ms / 1_000, UTC)


def _world(tables: dict[str, pl.DataFrame], taken: pl.DataFrame) -> World:
    """The named tables, in the order of names and instants; the feed keeps no trace of the truth."""
    feed = {name: tables[name].sort(order) for name, order in FEED_ORDER.items()}
    truth = {name: tables[name].sort(order) for name, order in TRUTH_ORDER.items()}
    streams = feed["streams"]
    return World(
        feed=feed | {"streams": streams.select("stream_id", pl.exclude("stream_id", "fake"))},
        truth={
            "rings": truth["rings"],
            "lookalikes": truth["lookalikes"].select("kind", "subject_kind", "subject_id").unique(maintain_order=True),
            "streams": streams.select("stream_id", "fake").sort("stream_id"),
            "ledger": taken,
        },
        ring_counts=_counts_by_kind(tables["rings"]),
        lookalike_counts=_counts_by_kind(tables["lookalikes"]),
    )


def _counts_by_kind(groups: pl.DataFrame) -> dict[str, int]:
    return dict(groups.group_by("kind").agg(pl.col("ring").n_unique()).sort("kind").iter_rows())


def write_world(out: Path, *, scale: float, seed: int, end_at: datetime = END_AT, honest: bool = False) -> World:
    """The world of this seed, written to `out/feed` and `out/truth`: whole, or not at all.

    Raises: UsageError when `out` is already there or no such world can be made, EnvironmentFault when
    it cannot be written.
    """
    if os.path.lexists(out):
        raise UsageError(f"{out} exists: choose another folder, or remove it first")
    world = simulated_world(scale=scale, seed=seed, end_at=end_at, honest=honest)
    with whole_folder(out, replace=False) as partial:
        try:
            _write_tables(world, partial)
        except OSError as error:
            raise EnvironmentFault(f"{out}: world cannot be written: {error.strerror or error}") from error
    return world


def _write_tables(world: World, folder: Path) -> None:
    (folder / "feed" / "streams").mkdir(parents=True)
    (folder / "truth").mkdir()
    for name, table in world.truth.items():
        table.write_parquet(folder / "truth" / f"{name}.parquet")
    for name, table in world.feed.items():
        if name != "streams":
            table.write_parquet(folder / "feed" / f"{name}.parquet")
    days = world.feed["streams"].group_by(pl.col("started_at").dt.date(), maintain_order=True)
    for (day,), streams in days:
        streams.write_parquet(folder / "feed" / "streams" / f"{day}.parquet")
