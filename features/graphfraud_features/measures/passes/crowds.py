"""How crowded the devices and addresses are that plays come from."""

from typing import Final

import polars as pl

from graphfraud.vocabulary import LISTENER
from graphfraud_features.measures.platform import fixed

MEANS: Final = {"device": "device_id", "address": "ip_hash"}


def crowds(used: pl.LazyFrame) -> dict[str, pl.DataFrame]:
    """For devices and for addresses: each id with crowd_fp, the log of how many listeners use it."""
    sizes = used.filter(subject_kind=LISTENER).group_by("mean_kind", "mean_id").len().collect()
    return {
        kind: sizes.filter(mean_kind=kind).select(
            pl.col("mean_id").str.strip_prefix(f"{kind}:").alias(column),
            crowd_fp=fixed(pl.col("len").cast(pl.Float64).log()),
        )
        for kind, column in MEANS.items()
    }


def crowding(plays: pl.DataFrame, kind: str, crowd: pl.DataFrame) -> pl.DataFrame:
    """Of each listener KIND_plays, those whose means is known, and KIND_crowd_fp, the sum of its crowd over them."""
    column = MEANS[kind]
    uses = plays.lazy().drop_nulls(column).group_by("listener_ix", column).agg(plays=pl.len().cast(pl.Int64))
    return (
        uses.join(crowd.lazy(), on=column)
        .group_by("listener_ix")
        .agg(
            pl.col("plays").sum().alias(f"{kind}_plays"),
            (pl.col("plays") * pl.col("crowd_fp")).sum().alias(f"{kind}_crowd_fp"),
        )
        .collect()
    )
