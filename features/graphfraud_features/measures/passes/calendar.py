"""A pass over slices of tracks: on which days each is played, and by how many devices."""

from typing import Final

import numpy as np
import polars as pl

from graphfraud_features.measures.passes.slices import slices
from graphfraud_features.measures.platform import FIXED_POINT, fixed

PLAYS_AT_ONCE: Final = 8
"""Slices of tracks may hold so many times the plays: only days and devices are kept, and each reads all streams."""

PRIOR_COUPLES: Final = 30
"""A track's plays start as the platform's, with the weight of so many couples of plays."""


def track_days(streams: pl.LazyFrame, tracks: pl.DataFrame, plays: pl.Series, limit: int) -> pl.DataFrame:
    """One row a played track, in no order: track_ix, peak_day_share, device_count, burst_nats.

    `tracks` are those of a platform, `plays` their counts.
    """
    volume = _volume(streams)
    counts = plays.to_numpy().astype(np.int64)
    parts = []
    for cut in slices(tracks, "track_id", counts, limit * PLAYS_AT_ONCE):
        named = cut.subjects.lazy().select("track_id", "track_ix")
        seen = (
            cut.of(streams)
            .join(named, on="track_id")
            .select("track_ix", "device_id", day=pl.col("started_at").dt.date())
        )
        days, devices = pl.collect_all(
            [
                seen.group_by("track_ix", "day").agg(plays=pl.len().cast(pl.Int64)),
                seen.drop_nulls("device_id")
                .unique(["track_ix", "device_id"])
                .group_by("track_ix")
                .agg(device_count=pl.len()),
            ],
            engine="streaming",
        )
        parts.append(_bursts(days, cut.subjects, volume).join(devices, on="track_ix", how="left"))
    return pl.concat(parts)


def _volume(streams: pl.LazyFrame) -> pl.DataFrame:
    """The platform's days in order: day, volume (its plays), up_to (those of the day and all before)."""
    days = streams.group_by(day=pl.col("started_at").dt.date()).agg(volume=pl.len().cast(pl.Int64))
    return days.collect(engine="streaming").sort("day").with_columns(up_to=pl.col("volume").cum_sum())


def _bursts(days: pl.DataFrame, tracks: pl.DataFrame, volume: pl.DataFrame) -> pl.DataFrame:
    """How far each track's days are from the platform's, of those on which it could be played.

    burst_nats is the log of how much likelier two of its plays share a day than two of the platform's do, each day
    weighed by its volume (the second Renyi divergence), drawn to 0 where there are few plays; below 0 where
    they are steadier than chance.
    """
    plays = pl.col("plays")
    total = volume["volume"].sum() if volume.height else 1
    count = plays.sum().over("track_ix")
    chance = plays * (plays - 1) / (count * (count - 1)).clip(lower_bound=1)
    summed = (
        days.lazy()
        .join(volume.lazy(), on="day")
        .with_columns(together_fp=fixed(chance * total / pl.col("volume")))
        .group_by("track_ix")
        .agg(
            play_count=plays.sum(),
            peak_day_share=plays.max() / plays.sum(),
            first_day=pl.col("day").min(),
            together_fp=pl.col("together_fp").sum(),
        )
        .join(tracks.lazy().select("track_ix", "uploaded_at", "track_end"), on="track_ix")
    )
    couples = pl.col("play_count").cast(pl.Float64) * (pl.col("play_count") - 1)
    together = pl.col("together_fp") / FIXED_POINT * pl.col("open_volume") / total
    return (
        _with_open_volume(summed, volume)
        .select(
            "track_ix",
            "peak_day_share",
            burst_nats=((PRIOR_COUPLES + couples * together) / (PRIOR_COUPLES + couples)).log(),
        )
        .collect()
    )


def _with_open_volume(tracks: pl.LazyFrame, volume: pl.DataFrame) -> pl.LazyFrame:
    """The tracks with open_volume: the platform's plays from the day of their upload to that of their end."""
    up_to = volume.lazy().select("day", "up_to")
    before = volume.lazy().select("day", before=pl.col("up_to") - pl.col("volume"))
    last = (pl.col("track_end") - pl.duration(microseconds=1)).dt.date()
    opened = tracks.with_columns(first=pl.min_horizontal(pl.col("uploaded_at").dt.date(), "first_day"), last=last)
    return (
        opened.sort("first")
        .join_asof(before, left_on="first", right_on="day", strategy="forward")
        .sort("last")
        .join_asof(up_to, left_on="last", right_on="day", strategy="backward")
        .with_columns(open_volume=pl.col("up_to") - pl.col("before"))
    )
