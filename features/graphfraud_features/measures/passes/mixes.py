"""How plays spread over kinds of things: sources, hours of the week, listeners.

A mix is kept as the sum of n log n over its counts n, in fixed point: sums of it add up over slices.
"""

from typing import Final

import polars as pl

from graphfraud_features.measures.platform import FIXED_POINT, fixed

WEEK_HOURS: Final = 168
KNOWN_SOURCES: Final = 8
"""Sources that the contract names; a platform with more reaches an evenness of 1 sooner."""


def mix_fp(count: pl.Expr) -> pl.Expr:
    """The sum of n log n over counts n, in fixed point."""
    return fixed(count * count.cast(pl.Float64).log()).sum()


def mixes(plays: pl.DataFrame, key: str, of: pl.Expr, name: str) -> pl.DataFrame:
    """For each key its mix over the values of `of`, none of them null: top_NAME_plays, NAME_count and NAME_mix_fp."""
    counts = plays.lazy().select(key, kind=of).drop_nulls("kind").group_by(key, "kind").len()
    count = pl.col("len").cast(pl.Int64)
    mixed = counts.group_by(key).agg(
        count.max().alias(f"top_{name}_plays"),
        pl.len().cast(pl.Int64).alias(f"{name}_count"),
        mix_fp(count).alias(f"{name}_mix_fp"),
    )
    return mixed.collect()


def evenness(mix: pl.Expr, count: pl.Expr, kinds: pl.Expr | int) -> pl.Expr:
    """The entropy of a mix as a share of what so many plays over so many kinds could have; null under two of either."""
    most = pl.min_horizontal(count, kinds)
    entropy = count.cast(pl.Float64).log() - mix / (count * FIXED_POINT)
    return pl.when(most > 1).then((entropy / most.cast(pl.Float64).log()).clip(0.0, 1.0))
