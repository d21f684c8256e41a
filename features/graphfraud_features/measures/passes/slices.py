"""Cuts of a platform into contiguous ranges of ids that hold few enough plays to be measured at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import Int64

MAX_SLICE_PLAYS: Final = 2_000_000
"""One subject with more is a slice of its own."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The subjects from row `first` up to, and without, row `stop`, in the order of their ids."""

    subjects: pl.DataFrame
    key: str
    is_whole: bool
    """It has all subjects of the platform."""

    def of(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows that name a subject of the slice; files sorted by it are read only where they hold some."""
        if self.is_whole:
            return rows
        ids = self.subjects[self.key]
        return rows.filter(pl.col(self.key).is_between(pl.lit(ids[0]), pl.lit(ids[-1])))


def slices(subjects: pl.DataFrame, key: str, plays: Int64[np.ndarray, " subject"], limit: int) -> list[Slice]:
    """Slices of at most `limit` plays, that together hold all subjects; one empty slice where there is nobody.

    `subjects` are sorted by `key`, and `plays` says how many each has.
    """
    up_to = np.cumsum(plays)
    first, cuts = 0, []
    while first < len(plays):
        before = up_to[first - 1] if first else 0
        stop = max(first + 1, int(np.searchsorted(up_to, before + limit, side="right")))
        cuts.append(Slice(subjects[first:stop], key, is_whole=stop - first == len(plays)))
        first = stop
    return cuts or [Slice(subjects, key, is_whole=True)]


def listener_slices(streams: pl.LazyFrame, listeners: pl.DataFrame, limit: int) -> list[Slice]:
    """Slices of listeners, by a count of their streams."""
    counts = streams.group_by("listener_id").len().collect(engine="streaming")
    plays = listeners.select("listener_id").join(counts, on="listener_id", how="left", maintain_order="left")["len"]
    return slices(listeners, "listener_id", plays.fill_null(0).cast(pl.Int64).to_numpy(), limit)
