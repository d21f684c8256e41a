"""Features of tracks, as declared in `graphfraud.tables.TrackFeatures`."""

import polars as pl

from graphfraud.vocabulary import TRACK
from graphfraud_features.measures.edges import PlayPairs, audiences, effort_share
from graphfraud_features.measures.finish import days_between, finished_features, log1p
from graphfraud_features.measures.plays import play_shape
from graphfraud_features.view import View


def track_features(view: View, plays: pl.LazyFrame, pairs: PlayPairs) -> pl.LazyFrame:
    """One row for each track of the view."""
    key = "track_id"
    effort = effort_share(pairs.by_track.join(pairs.by_account.drop("plays"), on=["listener_id", "account_id"]), key)
    joined = view.tracks.select(key, "uploaded_at", "duration_ms", "end_at")
    parts = [play_shape(plays, key), audiences(pairs.by_track, key), effort, _bursts(plays), same_titles(view)]
    for part in parts:
        joined = joined.join(part, on=key, how="left")
    measured = joined.with_columns(
        play_log=log1p(pl.col("play_count")),
        audience_log=log1p(pl.col("audience_count")),
        loyalty_log=pl.col("loyalty_ratio").log1p(),
        devices_per_listener_log=(pl.col("device_count") / pl.col("audience_count")).log(),
        duration_log=log1p(pl.col("duration_ms")),
        same_title_log=log1p(pl.col("same_title_count")),
        age_log=log1p(days_between(pl.col("uploaded_at"), pl.col("end_at"))),
    )
    return finished_features(TRACK, key, measured)


def _bursts(plays: pl.LazyFrame) -> pl.LazyFrame:
    """Share of plays on the busiest day, and devices that played the track."""
    days = plays.group_by("track_id", "day").len().group_by("track_id")
    peak = days.agg(peak_day_share=pl.col("len").max() / pl.col("len").sum())
    devices = plays.drop_nulls("device_id").select("track_id", "device_id").unique().group_by("track_id")
    return peak.join(devices.agg(device_count=pl.len()), on="track_id", how="left")


def title_words() -> pl.Expr:
    """The words of a track's title in lower case, whatever their order, with a space between."""
    return pl.col("title").str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+").list.sort().list.join(" ")


def same_titles(view: View) -> pl.LazyFrame:
    """For each track: how many tracks of other accounts carry the same words, in whatever order."""
    titled = view.tracks.select("track_id", "account_id", words=title_words())
    everywhere = pl.len().over("words")
    own = pl.len().over("words", "account_id")
    return titled.select(
        "track_id", same_title_count=pl.when(pl.col("words") != "").then(everywhere - own).otherwise(0)
    )
