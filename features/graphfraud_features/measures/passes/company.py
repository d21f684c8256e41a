"""A pass over the pairs, once all audiences are known: who else hears what a listener plays, and who that is."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from graphfraud_features.measures.passes.totals import Totals
from graphfraud_features.measures.platform import FIXED_POINT, fixed

RARE_SHARE: Final = 0.1
"""Rare is a track when less than this share of the platform's plays goes to smaller audiences and half of its like."""
CLOSED_FROM_SHARE: Final = 0.5
"""Whoever gives more than this to one account and to rare tracks is part of a closed audience of that account."""
TELLING_PLAYS: Final = 10
"""A listener with fewer has not shown where its effort goes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How every track and account stands with all listeners, by row number."""

    tracks: pl.DataFrame
    """account_ix, audience_fp (the log of its audience), is_rare; in the order of rows."""
    accounts: pl.DataFrame
    """loyalty_fp, the log of the plays that a listener gives it; in the order of rows."""


def standing(tracks: pl.DataFrame, accounts: pl.DataFrame, owner: pl.Series) -> Standing:
    """The standing, from the totals of tracks and accounts."""
    loyalty = pl.col("play_count") / pl.col("audience_count")
    levels = tracks.group_by("audience_count").agg(plays=pl.col("play_count").sum()).sort("audience_count")
    smaller = pl.col("plays").cum_sum() - pl.col("plays") / 2
    rare = levels.filter(smaller < RARE_SHARE * pl.col("plays").sum())["audience_count"].max()
    heard = pl.col("audience_count") > 0
    return Standing(
        tracks=tracks.select(
            account_ix=owner,
            audience_fp=pl.when(heard).then(fixed(pl.col("audience_count").cast(pl.Float64).log())).otherwise(0),
            is_rare=pl.col("audience_count") <= (rare or 0),
        ),
        accounts=accounts.select(loyalty_fp=pl.when(heard).then(fixed(loyalty.log())).otherwise(0)),
    )


def company(pairs: pl.DataFrame, known: Standing) -> pl.DataFrame:
    """One row a listener: how widely it chooses, and who else hears that.

    Columns: track_count, account_count, top_account_share, audience_log, loyalty_log, rare_play_share.
    """
    by_track = _placed(pairs, known)
    loyalty = pl.col("plays") * known.accounts["loyalty_fp"].gather(by_track["account_ix"])
    total = pl.col("plays").sum()
    tracks = (
        by_track.lazy()
        .with_columns(loyalty=loyalty)
        .group_by("listener_ix")
        .agg(
            track_count=pl.len(),
            audience_log=(pl.col("plays") * pl.col("audience_fp")).sum() / (total * FIXED_POINT),
            loyalty_log=pl.col("loyalty").sum() / (total * FIXED_POINT),
            rare_play_share=pl.col("rare_plays").sum() / total,
        )
    )
    accounts = by_track.lazy().group_by("listener_ix", "account_ix").agg(pl.col("plays").sum()).group_by("listener_ix")
    width = accounts.agg(account_count=pl.len(), top_account_share=pl.col("plays").max() / total)
    return tracks.join(width, on="listener_ix").collect()


def effort(pairs: pl.DataFrame, known: Standing, oddness_fp: pl.Series) -> pl.DataFrame:
    """Of each track, to be added up: sums over its plays of what their listeners are.

    Columns: effort_fp (the share of their plays that goes to its account), closed_plays, oddness_fp.
    """
    plays = pl.col("plays")
    here, everywhere = ("listener_ix", "account_ix"), "listener_ix"
    total = plays.sum().over(everywhere)
    concerned = (
        plays.sum().over(here) + pl.col("rare_plays").sum().over(everywhere) - pl.col("rare_plays").sum().over(here)
    )
    is_closed = (total >= TELLING_PLAYS) & (concerned > CLOSED_FROM_SHARE * total)
    return (
        _placed(pairs, known)
        .with_columns(oddness_fp=oddness_fp.gather(pairs["listener_ix"]))
        .lazy()
        .select(
            "track_ix",
            effort_fp=plays * fixed(plays.sum().over(here) / total),
            closed_plays=plays * is_closed,
            oddness_fp=plays * pl.col("oddness_fp"),
        )
        .group_by("track_ix")
        .sum()
        .collect()
    )


def audiences_seen(parts: list[pl.DataFrame], known: Standing, oddness: pl.Series) -> pl.DataFrame:
    """The sums of `effort` over all pairs, for every track in the order of rows."""
    totals = Totals("track_ix", known.tracks.height)
    oddness_fp = oddness.to_frame("oddness").select(fixed(pl.col("oddness")))["oddness"]
    for pairs in parts:
        totals.add(effort(pairs, known, oddness_fp))
    return totals.frame()


def _placed(pairs: pl.DataFrame, known: Standing) -> pl.DataFrame:
    """The pairs with what is known of their tracks, and rare_plays: those on rare ones."""
    of_track = known.tracks[pairs["track_ix"]]
    placed = pl.concat([pairs, of_track], how="horizontal").with_columns(pl.col("plays").cast(pl.Int64))
    return placed.with_columns(rare_plays=pl.col("plays") * pl.col("is_rare"))
