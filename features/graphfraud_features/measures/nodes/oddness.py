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
    # Twice an average rank is whole: sums of floats would part ties now one way, now another.
    doubled = [(2 * (way * pl.col(name)).rank("average")).cast(pl.Int64) for name, way in ways.items()]
    place = (pl.sum_horizontal(doubled).rank("average") - 0.5) / pl.len()
    oddness = listeners.filter(has_played).select(place.alias("oddness"))["oddness"]
    rows = pl.int_range(listeners.height, eager=True).filter(has_played)
    return pl.repeat(0.5, listeners.height, dtype=pl.Float64, eager=True).scatter(rows, oddness)
