"""Features of listeners, as declared in `graphfraud.tables.ListenerFeatures`."""

import polars as pl

from graphfraud.vocabulary import LISTENER
from graphfraud_features.measures.means import most_shared
from graphfraud_features.measures.measured import Measured
from graphfraud_features.measures.nodes.finish import days_between, finished_features, log1p, share
from graphfraud_features.measures.passes.crowds import MEANS
from graphfraud_features.measures.passes.mixes import KNOWN_SOURCES, WEEK_HOURS, evenness
from graphfraud_features.measures.platform import FIXED_POINT, Platform
from graphfraud_features.measures.plays import play_shape


def listener_features(platform: Platform, measured: Measured, used: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each listener of the platform."""
    key = "listener_id"
    joined = (
        platform.listeners.lazy()
        .join(measured.listeners.lazy(), on="listener_ix", how="left")
        .join(most_shared(used, LISTENER).rename({"subject_id": key}), on=key, how="left")
        .with_columns(**play_shape())
    )
    finished = joined.with_columns(**_choice(), **_rhythm(), **_means(), **_journeys())
    return finished_features(LISTENER, key, finished)


def _choice() -> dict[str, pl.Expr]:
    return {
        "play_log": log1p(pl.col("play_count")),
        "distinct_track_log": log1p(pl.col("track_count")),
        "distinct_track_28d_log": log1p(pl.col("recent_track_count")),
        "distinct_account_log": log1p(pl.col("account_count")),
        "repeat_share": 1 - pl.col("track_count") / pl.col("play_count"),
        "top_source_share": share("top_source_plays", "play_count"),
        "source_evenness": evenness(pl.col("source_mix_fp"), pl.col("play_count"), KNOWN_SOURCES),
    }


def _rhythm() -> dict[str, pl.Expr]:
    return {
        "week_evenness": evenness(pl.col("week_hour_mix_fp"), pl.col("play_count"), WEEK_HOURS),
        "plays_per_day_log": (pl.col("play_count") / pl.col("day_count")).log1p(),
        "active_day_share": pl.col("day_count") / pl.col("span_days"),
        "longest_awake_log": pl.col("longest_awake_h").log1p(),
        "back_to_back_share": share("seam_count", "gap_count"),
    }


def _means() -> dict[str, pl.Expr]:
    """Devices and addresses: how many, and whom else they carry."""
    # A crowd is held against that of the platform's mean play: on some every address is a carrier's.
    usual = {kind: pl.col(f"{kind}_crowd_fp").sum() / pl.col(f"{kind}_plays").sum() for kind in MEANS}
    return {
        **{f"{kind}_log": log1p(pl.col(f"{kind}_count")) for kind in MEANS},
        **{f"{kind}_sharing_log": log1p(pl.col(f"{kind}_others")) for kind in MEANS},
        **{
            f"{kind}_crowd_log": (pl.col(f"{kind}_crowd_fp") / pl.col(f"{kind}_plays") - usual[kind]) / FIXED_POINT
            for kind in MEANS
        },
    }


def _journeys() -> dict[str, pl.Expr]:
    return {
        "country_log": log1p(pl.col("country_count")),
        "abroad_share": share("is_abroad", "is_placed"),
        "impossible_travel_share": share("leap_count", "placed_gap_count"),
        "age_log": log1p(days_between(pl.col("joined_at"), pl.col("listener_end"))),
    }
