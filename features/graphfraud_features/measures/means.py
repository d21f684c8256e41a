"""Devices, addresses, payees and plan groups: who uses which, who shares them, and how little a crowd's says."""

from typing import Final

import polars as pl

from graphfraud.vocabulary import ACCOUNT, LISTENER
from graphfraud_features.view import View

HUMAN_TIES: Final = ("payee", "plan_group")
"""Means that tie people by themselves; a tie is no witness to itself."""


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


def shared_means(used: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """One row for each means that two subjects or more use: mean_id, mean_kind, subject_count, stranger_count, weight.

    Strangers are users who are not tied otherwise: a household of one plan counts as one on its devices and addresses,
    and so do accounts of one payee. The weight of a use is 1 / strangers, so that whoever uses several means is told
    mostly by those that few strangers share, a campus still says a little, and nothing is dropped. Averages take the
    logarithm of the weight and one, which is nearly the weight itself below 1, and damp these hubs no further.

    Costs a row for each use: users of a means are never paired.
    """
    parties = pl.concat([_parties(view.listeners, LISTENER, "plan_group"), _parties(view.accounts, ACCOUNT, "payee")])
    alone = pl.format("{} {}", "subject_kind", "subject_id")
    party = pl.when(pl.col("mean_kind").is_in(HUMAN_TIES)).then(alone).otherwise(pl.coalesce("party", alone))
    users = used.join(parties, on=["subject_kind", "subject_id"], how="left").with_columns(party=party)
    counts = users.group_by("mean_id", "mean_kind").agg(subject_count=pl.len(), stranger_count=pl.n_unique("party"))
    return counts.filter(pl.col("subject_count") >= 2).with_columns(weight=1 / pl.col("stranger_count"))


def _parties(subjects: pl.LazyFrame, kind: str, tie: str) -> pl.LazyFrame:
    """For each subject that such a tie binds, a name that is equal where the tie is."""
    bound = subjects.select(pl.lit(kind).alias("subject_kind"), subject_id=f"{kind}_id", party=f"{tie}_hash")
    return bound.drop_nulls("party").with_columns(party=f"{tie} " + pl.col("party"))


def mean_features(shared: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each shared means, as declared in `graphfraud.tables.MeanFeatures`."""
    kinds = {f"is_{kind}": (pl.col("mean_kind") == kind).cast(pl.Float64) for kind in ("device", "address", "payee")}
    return shared.select("mean_id", subject_log=pl.col("subject_count").log1p(), **kinds).sort("mean_id")


def uses(used: pl.LazyFrame, shared: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """Who of a kind uses which shared means: the id, mean_id and weight."""
    own = used.filter(subject_kind=kind).select(pl.col("subject_id").alias(f"{kind}_id"), "mean_id")
    return own.join(shared.select("mean_id", "weight"), on="mean_id")
