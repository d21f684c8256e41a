"""Streams as plays: each with its owner, its signs, and what its hour says about who is awake.

Sums over plays accumulate in integers (counts and fixed point), so that they are the same in
whatever order, and in whatever slices, the plays come.
"""

from typing import Final

import polars as pl

from graphfraud.config import FeatureSettings
from graphfraud_features.measures.platform import FIXED_POINT, Platform, fixed
from graphfraud_features.pairs.paid import PAID_FROM_MS, stops_once_paid

CHOSEN_SOURCES: Final = ("search", "album", "artist", "library")
"""Sources by which a person picks what to hear."""
YOUNG_DAYS: Final = 60
WINDOW_DAYS: Final = (1, 7, 28)
"""Beside life: half-open windows that end where the play's listener, track or account stops being seen."""
SIGNS: Final = (
    *("is_paid", "is_just_paid", "is_skip", "is_night", "is_chosen", "is_young", "is_placed", "is_abroad"),
    *(f"in_{days}d" for days in WINDOW_DAYS),
)
"""Of each play 0 or 1."""
AMOUNTS: Final = ("completion_fp", "flat_day_fp", "age_fp")
"""Of each play in fixed point."""


def enriched_plays(streams: pl.LazyFrame, platform: Platform, settings: FeatureSettings) -> pl.LazyFrame:
    """One row a play: who played what and whose, when, from where and by what; signs and amounts.

    Columns: listener_ix, track_ix, account_ix, started_at, played_ms, source, device_id, ip_hash, country,
    and those of SIGNS and AMOUNTS.
    """
    plays = (
        streams.join(platform.listeners.lazy(), on="listener_id")
        .join(platform.tracks.lazy(), on="track_id")
        .with_columns(hour=pl.col("started_at").dt.hour())
        .join(platform.day_curves.lazy(), on=["home", "hour"])
    )
    kept = ("listener_ix", "track_ix", "account_ix", "started_at", "played_ms", "source", "device_id", "ip_hash")
    return plays.select(
        *kept,
        "country",
        "is_night",
        "flat_day_fp",
        **_play_signs(settings),
        **_window_signs(),
        is_placed=pl.col("country").is_not_null(),
        is_abroad=(pl.col("country") != pl.col("home")).fill_null(value=False),
    )


def _play_signs(settings: FeatureSettings) -> dict[str, pl.Expr]:
    """What the play's length, source and subscription say."""
    played, duration = pl.col("played_ms"), pl.col("duration_ms")
    completion = pl.when(duration > 0).then(pl.min_horizontal(played / duration, 1.0)).otherwise(1.0)
    is_paid = played >= PAID_FROM_MS
    ends_early = played < duration - 2_000
    age = pl.col("started_at") - pl.col("joined_at")
    return {
        "is_paid": is_paid,
        "is_just_paid": stops_once_paid(settings.just_paid_window_ms) & ends_early,
        "is_skip": ~is_paid & ends_early,
        "is_chosen": pl.col("source").is_in(CHOSEN_SOURCES),
        "is_young": age < pl.duration(days=YOUNG_DAYS),
        "completion_fp": fixed(completion),
        "age_fp": fixed((age.dt.total_seconds() / 86_400).clip(lower_bound=0.0).log1p()),
    }


def _window_signs() -> dict[str, pl.Expr]:
    """Whether the play lies in the last days before anybody who takes part in it stops being seen.

    A labelled track takes its last week with it: the silence after its label is in nobody's window.
    """
    end = pl.min_horizontal("listener_end", "track_end")
    return {f"in_{days}d": pl.col("started_at") >= end - pl.duration(days=days) for days in WINDOW_DAYS}


def summed() -> list[pl.Expr]:
    """The count of plays, and the sums of all signs and amounts."""
    return [
        pl.len().cast(pl.Int64).alias("play_count"),
        *(pl.col(name).sum().cast(pl.Int64) for name in SIGNS + AMOUNTS),
    ]


def play_shape() -> dict[str, pl.Expr]:
    """How plays look, from the sums of their signs and amounts: shares and means; null where there is no play."""
    count = pl.when(pl.col("play_count") > 0).then(pl.col("play_count"))
    return {
        "just_paid_share": pl.when(pl.col("is_paid") > 0).then(pl.col("is_just_paid") / pl.col("is_paid")),
        "skip_share": pl.col("is_skip") / count,
        "night_share": pl.col("is_night") / count,
        "chosen_share": pl.col("is_chosen") / count,
        "new_listener_share": pl.col("is_young") / count,
        "completion_share": pl.col("completion_fp") / (count * FIXED_POINT),
        "flat_day_nats": pl.col("flat_day_fp") / (count * FIXED_POINT),
        "age_at_play_log": pl.col("age_fp") / (count * FIXED_POINT),
        **{f"plays_{days}d_share": pl.col(f"in_{days}d") / count for days in WINDOW_DAYS},
    }
