"""Features of accounts, as declared in `graphfraud.tables.AccountFeatures`."""

import polars as pl

from graphfraud.vocabulary import ACCOUNT
from graphfraud_features.measures.edges import PlayPairs, audiences, effort_share, most_shared
from graphfraud_features.measures.finish import days_between, finished_features, log1p
from graphfraud_features.measures.plays import play_shape
from graphfraud_features.measures.tracks import same_titles
from graphfraud_features.view import View


def account_features(view: View, plays: pl.LazyFrame, pairs: PlayPairs, used: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each account of the view."""
    key = "account_id"
    shared = most_shared(used, ACCOUNT).rename({"subject_id": key})
    joined = view.accounts.select(key, "created_at", pl.col("verified").cast(pl.Float64))
    parts = [
        _catalogue(view),
        play_shape(plays, key),
        audiences(pairs.by_account, key),
        effort_share(pairs.by_account, key),
        _spread(pairs),
        shared,
    ]
    for part in parts:
        joined = joined.join(part, on=key, how="left")
    overlap = pl.col("track_audience_count") / (pl.col("audience_count") * pl.col("played_track_count"))
    measured = joined.with_columns(
        track_log=log1p(pl.col("track_count")),
        peak_upload_log=log1p(pl.col("peak_upload_count")),
        same_title_log=log1p(pl.col("same_title_mean")),
        play_log=log1p(pl.col("play_count")),
        audience_log=log1p(pl.col("audience_count")),
        loyalty_log=pl.col("loyalty_ratio").log1p(),
        overlap_share=pl.when(pl.col("played_track_count") > 1).then(overlap),
        device_sharing_log=log1p(pl.col("device_others")),
        address_sharing_log=log1p(pl.col("address_others")),
        payee_sharing_log=log1p(pl.col("payee_others")),
        age_at_upload_log=days_between(pl.col("created_at"), pl.col("first_upload_at")).log1p(),
    )
    return finished_features(ACCOUNT, key, measured)


def uploads_before_the_end(view: View) -> pl.LazyFrame:
    """Tracks that their account had uploaded before its end."""
    ends = view.accounts.select("account_id", account_end="end_at")
    return view.tracks.join(ends, on="account_id").filter(pl.col("uploaded_at") < pl.col("account_end"))


def _catalogue(view: View) -> pl.LazyFrame:
    """Tracks, the busiest upload day, the first upload and how common the titles are."""
    uploads = uploads_before_the_end(view).join(same_titles(view), on="track_id")
    days = uploads.group_by("account_id", pl.col("uploaded_at").dt.date().alias("day")).len()
    peaks = days.group_by("account_id").agg(peak_upload_count=pl.col("len").max())
    catalogue = uploads.group_by("account_id").agg(
        track_count=pl.len(),
        first_upload_at=pl.col("uploaded_at").min(),
        same_title_mean=pl.col("same_title_count").sum() / pl.len(),
    )
    return catalogue.join(peaks, on="account_id")


def _spread(pairs: PlayPairs) -> pl.LazyFrame:
    """How an account's plays spread over its tracks."""
    tracks = pairs.by_track.group_by("account_id", "track_id").agg(pl.col("plays").sum(), audience_count=pl.len())
    return tracks.group_by("account_id").agg(
        played_track_count=pl.len(),
        track_audience_count=pl.col("audience_count").sum(),
        top_track_share=pl.col("plays").max() / pl.col("plays").sum(),
    )
