"""Rows that share a key: which one is in force, and what becomes of the others.

Content decides, never arrival: the latest `recorded_at` where rows carry one, else the row
whose content has the smallest SHA-256.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from graphfraud_features.partitions import content_digests

REPEATED: Final = "repeated"
SUPERSEDED: Final = "superseded"
CONFLICTING: Final = "conflicting_content"
CONTRADICTING: Final = "contradicting_labels"


def shared_key_fates(
    rows: pl.DataFrame, key: Sequence[str], content: Sequence[str], provenance: Sequence[str]
) -> pl.DataFrame:
    """The rows with a `fate` each: null for the one in force, else why it is not.

    `rows` hold every row of each key that more than one row has, each content once.
    """
    recorded = pl.col("recorded_at") if "recorded_at" in content else pl.lit(None, pl.Datetime("us", "UTC"))
    ordered = rows.with_columns(content_digest=content_digests(rows.select(content)), version_at=recorded).sort(
        [*key, "version_at", "content_digest", *provenance],
        descending=[False] * len(key) + [True] + [False] * (1 + len(provenance)),
        nulls_last=True,
    )
    newest = pl.col("version_at").first().over(key)
    fate = (
        pl.when(pl.struct(key).is_first_distinct())
        .then(None)
        .when(pl.col("version_at").eq_missing(newest))
        .then(pl.lit(CONFLICTING))
        .otherwise(pl.lit(SUPERSEDED))
    )
    return ordered.with_columns(fate=fate).drop("content_digest", "version_at")


def label_fates(labels: pl.DataFrame) -> pl.DataFrame:
    """The labels with a `fate` each: one a subject is in force, the latest; of one instant all must agree."""
    subject = ["subject_kind", "subject_id"]
    instant = [*subject, "decided_at"]
    judged = labels.sort([*instant, "label", "source"]).with_columns(
        fate=pl.when(pl.col("label").n_unique().over(instant) > 1)
        .then(pl.lit(CONTRADICTING))
        .when(~pl.struct(*instant).is_first_distinct())
        .then(pl.lit(REPEATED))
    )
    agreed = pl.col("fate").is_null()
    latest = pl.col("decided_at").filter(agreed).max().over(subject)
    return judged.with_columns(
        fate=pl.when(agreed & (pl.col("decided_at") < latest)).then(pl.lit(SUPERSEDED)).otherwise("fate")
    )
