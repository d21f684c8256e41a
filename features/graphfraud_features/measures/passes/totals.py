"""Sums by row number that grow a slice at a time."""

import numpy as np
import polars as pl


class Totals:
    """Integers of each track or account: sums, and of columns named `top_` the largest.

    Whole numbers, so that it leaves no trace in which slices they came.
    """

    def __init__(self, key: str, count: int) -> None:
        self._key, self._count = key, count
        self._columns: dict[str, np.ndarray] = {}

    def add(self, part: pl.DataFrame) -> None:
        """Counts in what one slice has of some rows, each of them once."""
        ix = part[self._key].to_numpy()
        for name in part.columns:
            if name == self._key:
                continue
            total = self._columns.setdefault(name, np.zeros(self._count, np.int64))
            more = part[name].cast(pl.Int64).to_numpy()
            total[ix] = np.maximum(total[ix], more) if name.startswith("top_") else total[ix] + more

    def frame(self) -> pl.DataFrame:
        """All rows in order, 0 where nothing was counted."""
        return pl.DataFrame({self._key: np.arange(self._count, dtype=np.int32), **self._columns})
