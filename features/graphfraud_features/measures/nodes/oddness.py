"""How odd each listener is among those of its platform, by what no forger picks."""

import polars as pl

from graphfraud.tables import feature_facts
from graphfraud.vocabulary import LISTENER


def listener_oddness(listeners: pl.DataFrame, has_played: pl.Series) -> pl.Series:
    """The rank of each listener, 0 to 1, by its mean rank in the unforgeable features that accuse; 0.5 without plays.

    Ranks are among those who played, so that they mean the same on a platform of any size.
    """
    facts = feature_facts(LISTENER)
    ways = {name: one["suspicious"] for name, one in facts.items() if one["suspicious"] and not one["forgeable"]}
    signed = [_rank(way * pl.col(name)) for name, way in ways.items()]
    oddness = listeners.filter(has_played).select(_rank(pl.sum_horizontal(signed)).alias("oddness"))
    # A sum of so many floats is equal for equal parts only: the same order of columns, always.
    rows = pl.int_range(listeners.height, eager=True).filter(has_played)
    neutral = pl.repeat(0.5, listeners.height, dtype=pl.Float64, eager=True)
    return neutral.scatter(rows, oddness["oddness"])


def _rank(values: pl.Expr) -> pl.Expr:
    return (values.rank("average") - 0.5) / pl.len()
