"""Which means each subject uses, and who shares them: edges of the graph, still by id."""

import polars as pl

from graphfraud.vocabulary import ACCOUNT, LISTENER
from graphfraud_features.view import View


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

    Columns: subject_id, device_others, address_others, payee_others, plan_group_others, null where none;
    device_count, address_count.
    """
    own = used.filter(subject_kind=kind)
    others = own.with_columns(others=pl.len().over("mean_id") - 1)
    by_kind = {
        f"{mean}_others": pl.col("others").filter(pl.col("mean_kind") == mean).max()
        for mean in ("device", "address", "payee", "plan_group")
    }
    counts = {f"{mean}_count": (pl.col("mean_kind") == mean).sum().cast(pl.Int64) for mean in ("device", "address")}
    return others.group_by("subject_id").agg(**by_kind, **counts)
