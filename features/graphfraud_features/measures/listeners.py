"""Features of listeners, as declared in `graphfraud.tables.ListenerFeatures`."""

import polars as pl

from graphfraud.vocabulary import LISTENER
from graphfraud_features.measures.edges import PlayPairs, audiences, most_shared
from graphfraud_features.measures.finish import days_between, finished_features, log1p
from graphfraud_features.measures.plays import FIXED_POINT, fixed, play_shape
from graphfraud_features.view import View


def listener_features(view: View, plays: pl.LazyFrame, pairs: PlayPairs, used: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each listener of the view."""
    key = "listener_id"
    shared = most_shared(used, LISTENER).rename({"subject_id": key})
    parts = [play_shape(plays, key), _choice(pairs), _company(pairs), _rhythm(plays), shared]
    joined = view.listeners.select(key, "created_at", "end_at")
    for part in parts:
        joined = joined.join(part, on=key, how="left")
    measured = joined.with_columns(
        play_log=log1p(pl.col("play_count")),
        distinct_track_log=log1p(pl.col("track_count")),
        distinct_account_log=log1p(pl.col("account_count")),
        repeat_share=1 - pl.col("track_count") / pl.col("play_count"),
        plays_per_day_log=(pl.col("play_count") / pl.col("day_count")).log1p(),
        active_day_share=pl.col("day_count") / pl.col("span_days"),
        device_log=log1p(pl.col("device_count")),
        device_sharing_log=log1p(pl.col("device_others")),
        address_sharing_log=log1p(pl.col("address_others")),
        age_log=log1p(days_between(pl.col("created_at"), pl.col("end_at"))),
    )
    return finished_features(LISTENER, key, measured)


def _choice(pairs: PlayPairs) -> pl.LazyFrame:
    """How widely each listener chooses."""
    tracks = pairs.by_track.group_by("listener_id").agg(track_count=pl.len())
    accounts = pairs.by_account.group_by("listener_id").agg(
        account_count=pl.len(), top_account_share=pl.col("plays").max() / pl.col("plays").sum()
    )
    return tracks.join(accounts, on="listener_id")


def _company(pairs: PlayPairs) -> pl.LazyFrame:
    """Who else hears what each listener plays: audience_log and loyalty_log, means over plays."""
    reach = audiences(pairs.by_track, "track_id").select("track_id", audience_fp=fixed(pl.col("audience_count").log()))
    loyalty = audiences(pairs.by_account, "account_id").select(
        "account_id", loyalty_fp=fixed(pl.col("loyalty_ratio").log())
    )
    company = pairs.by_track.join(reach, on="track_id").join(loyalty, on="account_id")
    total = pl.col("plays").sum() * FIXED_POINT
    return company.group_by("listener_id").agg(
        audience_log=(pl.col("plays") * pl.col("audience_fp")).sum() / total,
        loyalty_log=(pl.col("plays") * pl.col("loyalty_fp")).sum() / total,
    )


def _rhythm(plays: pl.LazyFrame) -> pl.LazyFrame:
    """Days with plays, and the spread of the gaps between plays in nats: the deviation of log(1 + seconds)."""
    days = plays.group_by("listener_id").agg(
        day_count=pl.col("day").n_unique(),
        span_days=(pl.col("day").max() - pl.col("day").min()).dt.total_days() + 1,
    )
    ordered = plays.select("listener_id", "started_at").sort("listener_id", "started_at")
    gap_s = pl.col("started_at").diff().over("listener_id").dt.total_milliseconds() / 1_000
    gaps = ordered.with_columns(gap_fp=fixed(gap_s.log1p())).drop_nulls("gap_fp")
    moments = gaps.group_by("listener_id").agg(
        mean=pl.col("gap_fp").sum() / (pl.len() * FIXED_POINT),
        square=(pl.col("gap_fp") // 1_024).pow(2).sum() / (pl.len() * (FIXED_POINT / 1_024) ** 2),
    )
    variance = (pl.col("square") - pl.col("mean").pow(2)).clip(lower_bound=0.0)
    return days.join(moments.select("listener_id", gap_spread_nats=variance.sqrt()), on="listener_id", how="left")
