"""Who of a slice played what, and what that says of audiences: a listener lies in one slice, so it adds up."""

from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from graphfraud.vocabulary import STREAMED
from graphfraud_features.measures.passes.mixes import mix_fp
from graphfraud_features.pairs.totals import PairTotals, pair_totals

EDGE: Final = ("listener_ix", "track_ix", "plays", *(fact.name for fact in STREAMED.facts))


def slice_totals(plays: pl.DataFrame, *, by_hour: bool) -> PairTotals:
    """The pairs of listeners and tracks of a slice's plays, in order."""
    # The listeners of a slice are neighbours: counted from its first, they take no room for all before them.
    listeners = plays["listener_ix"].to_numpy()
    first_ix = listeners.min() if len(listeners) else np.int32(0)
    totals = pair_totals(
        listeners - first_ix,
        plays["track_ix"].to_numpy(),
        plays["started_at"].to_physical().to_numpy(),
        plays["is_just_paid"].to_numpy(),
        by_hour=by_hour,
    )
    return replace(totals, listener_ix=totals.listener_ix + first_ix)


def slice_pairs(plays: pl.DataFrame, totals: PairTotals, track_owner: pl.Series) -> pl.DataFrame:
    """The pairs in order: what their edge says, account_ix, and plays of the last 28 days.

    `track_owner` is the account_ix of every track.
    """
    pairs = pl.DataFrame(
        {
            "listener_ix": totals.listener_ix,
            "track_ix": totals.track_ix,
            "plays": totals.plays.astype(np.int32),
            "first_us": totals.first_us,
            "last_us": totals.last_us,
            "just_paid_share": totals.just_paid_share.astype(np.float32),
            "hour_entropy_nats": totals.hour_entropy_nats.astype(np.float32),
        }
    )
    recent = plays.lazy().group_by("listener_ix", "track_ix").agg(recent_plays=pl.col("in_28d").sum().cast(pl.Int32))
    return pairs.join(recent.collect(), on=["listener_ix", "track_ix"], how="left", maintain_order="left").with_columns(
        account_ix=track_owner.gather(totals.track_ix)
    )


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
