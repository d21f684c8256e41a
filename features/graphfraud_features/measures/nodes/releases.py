"""Releases of two tracks or more: what came out together.

A release of one track would be a copy of the track under another name, and most releases are singles.
"""

import polars as pl

from graphfraud.vocabulary import RELEASE
from graphfraud_features.measures.nodes.accounts import uploads_before_the_end
from graphfraud_features.measures.nodes.finish import days_between, finished_features, log1p
from graphfraud_features.view import View


def released(view: View) -> pl.LazyFrame:
    """Which track is on which release of two tracks or more: release_key, track_id, uploaded_at, weight.

    The key is the account's id, with its length before it, and the release's: two accounts may name theirs alike.
    """
    account = pl.col("account_id")
    key = pl.format("{}:{}:{}", account.str.len_bytes(), account, "release_id")
    tracks = uploads_before_the_end(view).drop_nulls("release_id").with_columns(release_key=key)
    together = tracks.filter(pl.len().over("release_key") >= 2)
    return together.select("release_key", "track_id", "uploaded_at", weight=pl.lit(1.0))


def release_features(tracks: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each release, as declared in `graphfraud.tables.ReleaseFeatures`."""
    counted = tracks.group_by("release_key").agg(
        track_count=pl.len(), first_at=pl.col("uploaded_at").min(), last_at=pl.col("uploaded_at").max()
    )
    measured = counted.with_columns(
        track_log=log1p(pl.col("track_count")),
        upload_days_log=log1p(days_between(pl.col("first_at"), pl.col("last_at"))),
    )
    return finished_features(RELEASE, "release_key", measured)
