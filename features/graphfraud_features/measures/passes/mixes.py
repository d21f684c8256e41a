"""How plays spread over kinds of things: sources, hours of the week, listeners.

A mix is kept as the sum of n log n over its counts n, in fixed point: sums of it add up over slices.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from graphfraud_features.measures.platform import FIXED_POINT, fixed

WEEK_HOURS: Final = 168
KNOWN_SOURCES: Final = 8
"""Sources that the contract names; a platform with more reaches an evenness of 1 sooner."""


def mix_fp(count: pl.Expr) -> pl.Expr:
    """The sum of n log n over counts n, in fixed point."""
    return fixed(count * count.cast(pl.Float64).log()).sum()


MOST_PLAYS: Final = pl.col("plays").max()
KIND_COUNT: Final = pl.len().cast(pl.Int64)
MIX_FP: Final = mix_fp(pl.col("plays"))


def mixes(plays: pl.DataFrame, key: str, of: pl.Expr, wanted: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """For each key what is wanted (MOST_PLAYS, KIND_COUNT, MIX_FP) of its plays by the values of `of` but null."""
    counts = plays.lazy().select(key, kind=of).drop_nulls("kind").group_by(key, "kind").len("plays")
    return counts.with_columns(pl.col("plays").cast(pl.Int64)).group_by(key).agg(**wanted).collect()


def evenness(mix: pl.Expr, count: pl.Expr, kinds: pl.Expr | int) -> pl.Expr:
    """The entropy of a mix as a share of what so many plays over so many kinds could have.

    Null under two plays, which say nothing of a spread; 0 where all are of one kind, also where there is no other.
    """
    most = pl.min_horizontal(count, kinds)
    entropy = count.cast(pl.Float64).log() - mix / (count * FIXED_POINT)
    spread = (entropy / most.cast(pl.Float64).log()).clip(0.0, 1.0)
    return pl.when(count > 1).then(pl.when(most > 1).then(spread).otherwise(0.0))
