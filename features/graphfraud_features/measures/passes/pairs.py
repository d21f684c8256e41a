"""Who of a slice played what, and what that says of audiences: a listener lies in one slice, so it adds up."""

import polars as pl

from graphfraud_features.measures.passes.mixes import mix_fp

CONCERNED = ("listener_ix", "track_ix", "account_ix")


def slice_pairs(plays: pl.DataFrame) -> pl.DataFrame:
    """The pairs of listeners and tracks in order: plays, and those of the last 28 days."""
    counts = (
        plays.lazy()
        .group_by(CONCERNED)
        .agg(plays=pl.len().cast(pl.Int32), recent_plays=pl.col("in_28d").sum().cast(pl.Int32))
    )
    return counts.sort("listener_ix", "track_ix").collect()


def with_accounts(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs of listeners and accounts."""
    counts = pairs.lazy().group_by("listener_ix", "account_ix").agg(pl.col("plays", "recent_plays").sum())
    return counts.collect()


def audience(pairs: pl.DataFrame, key: str) -> pl.DataFrame:
    """Of each track or account, to be added up: (recent_)audience_count, top_listener_plays, listener_mix_fp."""
    plays = pl.col("plays").cast(pl.Int64)
    listeners = (
        pairs.lazy()
        .group_by(key)
        .agg(
            audience_count=pl.len().cast(pl.Int64),
            recent_audience_count=(pl.col("recent_plays") > 0).sum().cast(pl.Int64),
            top_listener_plays=plays.max(),
            listener_mix_fp=mix_fp(plays),
        )
    )
    return listeners.collect()


def recent_choice(pairs: pl.DataFrame) -> pl.DataFrame:
    """Of each listener recent_track_count, the tracks heard in the last 28 days."""
    heard = (pl.col("recent_plays") > 0).sum().cast(pl.Int64)
    return pairs.lazy().group_by("listener_ix").agg(recent_track_count=heard).collect()
