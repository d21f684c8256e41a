"""The last step of every feature table: logs, and a neutral value where there is nothing to measure."""

import polars as pl

from graphfraud.tables import feature_names


def log1p(count: pl.Expr) -> pl.Expr:
    """log(1 + count), 0 where there is no count."""
    return count.cast(pl.Float64).fill_null(0.0).log1p()


def share(part: str, whole: str) -> pl.Expr:
    """A part of a whole, null where there is no whole."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


def days_between(earlier: pl.Expr, later: pl.Expr) -> pl.Expr:
    """Days from one instant to a later one, 0 when they are the other way round."""
    return ((later - earlier).dt.total_microseconds() / 86_400e6).clip(lower_bound=0.0)


def finished_features(kind: str, key: str, measured: pl.LazyFrame) -> pl.LazyFrame:
    """The features of a kind, every one finite, in the order of their ids.

    What cannot be measured (the habits of who never played) gets the platform's median: it
    speaks neither for nor against.
    """
    columns = [pl.col(name).cast(pl.Float64) for name in feature_names(kind)]
    neutral = [column.fill_null(column.median()).fill_null(0.0) for column in columns]
    return measured.select(key, *neutral).sort(key)
