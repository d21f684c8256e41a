"""What rings are sought and judged by, beyond the graph: every play with its signs, and plain facts of subjects.

Row numbers are those of the graph of the same view: the rank of an id in sorted order.
"""

import polars as pl

from graphfraud.config import FeatureSettings
from graphfraud_features.measures.nodes.titles import title_words
from graphfraud_features.measures.platform import numbered, platform_of
from graphfraud_features.measures.plays import enriched_plays
from graphfraud_features.view import View


def play_log(view: View, settings: FeatureSettings) -> pl.LazyFrame:
    """One row a play, by listener and then by instant.

    Columns: listener_ix, track_ix, started_at, hour (UTC), device and address (numbers that are equal where the
    platform's ids are, null where there is none), is_paid, is_just_paid, is_night.
    """
    return (
        enriched_plays(view.streams, platform_of(view), settings)
        .select(
            "listener_ix",
            "track_ix",
            "started_at",
            hour=pl.col("started_at").dt.hour().cast(pl.UInt8),
            device=_number_of("device_id"),
            address=_number_of("ip_hash"),
            is_paid="is_paid",
            is_just_paid="is_just_paid",
            is_night="is_night",
        )
        .sort("listener_ix", "started_at", "track_ix")
    )


def listener_facts(view: View) -> pl.LazyFrame:
    """In row order: created_at, and numbers that are equal where the home country, and where the plan, is the same."""
    alone = "alone " + pl.col("listener_id")
    household = pl.coalesce("plan " + pl.col("plan_group_hash"), alone)
    ordered = view.listeners.sort("listener_id").with_columns(household=household)
    return ordered.select("created_at", country=_number_of("country"), household=_number_of("household"))


def account_facts(view: View) -> pl.LazyFrame:
    """In row order: created_at, payee (a number that is equal where the payee is, null where it is unknown)."""
    return view.accounts.sort("account_id").select("created_at", payee=_number_of("payee_hash"))


def track_facts(view: View) -> pl.LazyFrame:
    """In row order: account_ix, uploaded_at, words (equal numbers are titles of the same words, null under three)."""
    words = title_words()
    return (
        view.tracks.join(numbered(view.accounts.select("account_id"), "account"), on="account_id")
        .sort("track_id")
        .with_columns(words=pl.when(words.str.count_matches(" ") >= 2).then(words))
        .select("account_ix", "uploaded_at", words=_number_of("words"))
    )


def _number_of(column: str) -> pl.Expr:
    """Numbers from 0 on by the order of the values; null stays null."""
    return (pl.col(column).rank("dense").cast(pl.Int32) - 1).alias(column)
