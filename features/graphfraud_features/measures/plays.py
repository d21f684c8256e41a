"""Streams as plays: each with its owner, its signs, and what its hour says about who is awake.

Sums over plays accumulate in integers (counts and fixed point), so that they are the same in
whatever order the plays come.
"""

from typing import Final

import polars as pl

from graphfraud.config import FeatureSettings
from graphfraud_features.view import View

FIXED_POINT: Final = 2**20
"""One unit of a share or of a nat, in the integers that sums accumulate in."""
PAID_FROM_MS: Final = 30_000
CHOSEN_SOURCES: Final = ("search", "album", "artist", "library")
"""Sources by which a person picks what to hear."""
CURVE_PRIOR_PLAYS: Final = 200
"""A country's day curve starts as the platform's, with the weight of so many plays."""
NIGHT_HOURS: Final = 8
YOUNG_DAYS: Final = 60


def fixed(share: pl.Expr) -> pl.Expr:
    """A share or a number of nats as an integer in fixed point."""
    return (share * FIXED_POINT).round(0).cast(pl.Int64)


def enriched_plays(view: View, settings: FeatureSettings) -> pl.LazyFrame:
    """One row a play: ids, day, signs (0/1 or fixed point).

    Columns: listener_id, track_id, account_id, started_at, device_id, ip_hash, source, day, and the summable
    is_paid, is_just_paid, is_skip, is_night, is_chosen, is_young, completion_fp, flat_day_fp.
    """
    plays = (
        view.streams.join(view.tracks.select("track_id", "account_id", "duration_ms"), on="track_id")
        .join(view.listeners.select("listener_id", "created_at", home="country"), on="listener_id")
        .with_columns(hour=pl.col("started_at").dt.hour())
    )
    played, duration = pl.col("played_ms"), pl.col("duration_ms")
    completion = pl.when(duration > 0).then(pl.min_horizontal(played / duration, 1.0)).otherwise(1.0)
    is_paid = played >= PAID_FROM_MS
    ends_early = played < duration - 2_000
    return plays.join(day_curves(plays), on=["home", "hour"]).select(
        *("listener_id", "track_id", "account_id", "started_at", "device_id", "ip_hash"),
        *("source", "is_night", "flat_day_fp"),
        day=pl.col("started_at").dt.date(),
        is_paid=is_paid,
        is_just_paid=is_paid & ends_early & (played < PAID_FROM_MS + settings.just_paid_window_ms),
        is_skip=~is_paid & ends_early,
        is_chosen=pl.col("source").is_in(CHOSEN_SOURCES),
        is_young=pl.col("started_at") - pl.col("created_at") < pl.duration(days=YOUNG_DAYS),
        completion_fp=fixed(completion),
    )


def day_curves(plays: pl.LazyFrame) -> pl.LazyFrame:
    """For each home country and UTC hour: is_night, and flat_day_fp = log((1/24) / share of plays).

    Averaged over a listener's plays, the latter says in nats how much better a flat day explains
    them than the country's; its mean does not depend on how many plays there are.
    """
    hours = pl.LazyFrame({"hour": range(24)}, schema={"hour": pl.Int8})
    platform = hours.join(plays.group_by("hour").len(), on="hour", how="left").select(
        "hour", platform_share=(pl.col("len").fill_null(0) + 1) / (pl.col("len").fill_null(0) + 1).sum()
    )
    observed = plays.group_by("home", "hour").len()
    grid = observed.select("home").unique().join(platform, how="cross")
    seen = grid.join(observed, on=["home", "hour"], how="left").with_columns(pl.col("len").fill_null(0))
    smoothed = pl.col("len") + CURVE_PRIOR_PLAYS * pl.col("platform_share")
    share = smoothed / (pl.col("len").sum().over("home") + CURVE_PRIOR_PLAYS)
    quietness = pl.struct(share=share, hour="hour").rank("ordinal").over("home")
    return seen.select("home", "hour", is_night=quietness <= NIGHT_HOURS, flat_day_fp=fixed(-(24 * share).log()))


def play_shape(plays: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """How the plays of each listener, track or account look; one row for each that has plays.

    Columns: the key, play_count, and shares just_paid, skip, completion, flat_day_nats, night,
    chosen, top_source, young.
    """
    sums = plays.group_by(key).agg(
        pl.len().cast(pl.Int64).alias("play_count"),
        pl.col("is_paid", "is_just_paid", "is_skip", "is_night", "is_chosen", "is_young").sum().cast(pl.Int64),
        pl.col("completion_fp", "flat_day_fp").sum(),
    )
    top_source = plays.group_by(key, "source").len().group_by(key).agg(pl.col("len").max().alias("top_source"))
    count = pl.col("play_count")
    return sums.join(top_source, on=key).select(
        key,
        "play_count",
        just_paid_share=pl.when(pl.col("is_paid") > 0).then(pl.col("is_just_paid") / pl.col("is_paid")),
        skip_share=pl.col("is_skip") / count,
        night_share=pl.col("is_night") / count,
        chosen_share=pl.col("is_chosen") / count,
        new_listener_share=pl.col("is_young") / count,
        completion_share=pl.col("completion_fp") / (count * FIXED_POINT),
        flat_day_nats=pl.col("flat_day_fp") / (count * FIXED_POINT),
        top_source_share=pl.col("top_source") / count,
    )
