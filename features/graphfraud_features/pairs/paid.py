"""When a play pays, and which lengths lie just past that."""

from typing import Final

import polars as pl

PAID_FROM_MS: Final = 30_000


def stops_once_paid(window_ms: int) -> pl.Expr:
    """Whether `played_ms` is at most a window past where a play pays; half-open.

    A track so short that it was over by then looks the same: who knows its length asks for that as well.
    """
    played = pl.col("played_ms")
    return (played >= PAID_FROM_MS) & (played < PAID_FROM_MS + window_ms)
