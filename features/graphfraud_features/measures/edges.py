"""Who touched what, counted: the weighted edges of the graph, still by id."""

from dataclasses import dataclass

import polars as pl

from graphfraud.vocabulary import ACCOUNT, LISTENER
from graphfraud_features.measures.plays import FIXED_POINT, fixed
from graphfraud_features.view import View


@dataclass(frozen=True, slots=True)
class PlayPairs:
    """Plays, counted by who played whose what."""

    by_track: pl.LazyFrame
    """listener_id, track_id, account_id, plays."""
    by_account: pl.LazyFrame
    """listener_id, account_id, plays, effort_fp: the share of the listener's plays, in fixed point."""


def play_pairs(plays: pl.LazyFrame) -> PlayPairs:
    """The plays of each listener on each track and each account."""
    by_track = plays.group_by("listener_id", "track_id", "account_id").agg(plays=pl.len().cast(pl.Int64))
    pairs = by_track.collect(engine="streaming").lazy()
    by_account = pairs.group_by("listener_id", "account_id").agg(pl.col("plays").sum())
    effort = by_account.with_columns(effort_fp=fixed(pl.col("plays") / pl.col("plays").sum().over("listener_id")))
    return PlayPairs(pairs, effort.collect().lazy())


def audiences(pairs: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Audience of each track or account: audience_count, loyalty_ratio (plays a listener), top_listener_share."""
    return pairs.group_by(key).agg(
        audience_count=pl.len().cast(pl.Int64),
        loyalty_ratio=pl.col("plays").sum() / pl.len(),
        top_listener_share=pl.col("plays").max() / pl.col("plays").sum(),
    )


def effort_share(pairs: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Mean over plays of the share of its listener's effort that goes to the account, by `key`."""
    weighted = (pl.col("plays") * pl.col("effort_fp")).sum() / (pl.col("plays").sum() * FIXED_POINT)
    return pairs.group_by(key).agg(effort_share=weighted)


def means_used(view: View) -> pl.LazyFrame:
    """Which device, address, payee or plan group each account and listener used.

    Columns: subject_kind, subject_id, mean_kind, mean_id (its kind and the platform's id).
    """
    streamed = view.streams.select(
        subject_kind=pl.lit(LISTENER), subject_id="listener_id", device="device_id", address="ip_hash"
    )
    logged_in = view.logins.select("subject_kind", "subject_id", device="device_id", address="ip_hash")
    seen = pl.concat([streamed, logged_in]).unique()
    paid = view.accounts.select(subject_kind=pl.lit(ACCOUNT), subject_id="account_id", payee="payee_hash")
    grouped = view.listeners.select(
        subject_kind=pl.lit(LISTENER), subject_id="listener_id", plan_group="plan_group_hash"
    )
    return (
        pl.concat([_long(frame) for frame in (seen, paid, grouped)])
        .unique()
        .with_columns(mean_id=pl.format("{}:{}", "mean_kind", "mean_id"))
    )


def _long(seen: pl.LazyFrame) -> pl.LazyFrame:
    subject = ["subject_kind", "subject_id"]
    return seen.unpivot(index=subject, variable_name="mean_kind", value_name="mean_id").drop_nulls("mean_id")


def most_shared(used: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """For each subject of a kind: how many others of its kind share its most shared device, address, payee.

    Columns: subject_id, device_others, address_others, payee_others, plan_group_others, device_count; null where none.
    """
    own = used.filter(subject_kind=kind)
    others = own.with_columns(others=pl.len().over("mean_id") - 1)
    by_kind = {
        f"{mean}_others": pl.col("others").filter(pl.col("mean_kind") == mean).max()
        for mean in ("device", "address", "payee", "plan_group")
    }
    return others.group_by("subject_id").agg(
        **by_kind, device_count=(pl.col("mean_kind") == "device").sum().cast(pl.Int64)
    )
