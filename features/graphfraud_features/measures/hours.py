"""Who played what at which hours of the day, written a slice at a time while the plays are measured."""

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Int32, UInt32

from graphfraud_features.pairs.totals import PairTotals

ID: Final = pa.dictionary(pa.int32(), pa.large_string())
COUNTS: Final = pa.list_(pa.field("element", pa.uint32(), nullable=False))
SCHEMA: Final = pa.schema({"listener_id": ID, "track_id": ID, "hour_plays": COUNTS})
WRITING: Final[dict[str, Any]] = {
    "store_schema": False,  # readers shall see plain strings, which the file holds by dictionary
    "dictionary_pagesize_limit": 1 << 28,
    "compression": "zstd",
    "write_statistics": ["listener_id"],
}


GROUP_PAIRS: Final = 1 << 17
"""A row group, which the writer holds whole, with an integer more for each of its counts."""


class HoursFile:
    """`graphfraud.tables.PlaysByHour` on its way to disk: of what was added nothing stays in memory."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, SCHEMA, **WRITING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def add(self, totals: PairTotals, listeners: pl.Series, tracks: pl.Series) -> None:
        """Writes the pairs of the next slice; `listeners` and `tracks` are all ids by row number.

        Raises: ValueError for pairs that were not counted by hour.
        """
        if totals.hour_plays is None:
            raise ValueError("these pairs were not counted by hour")
        for start in range(0, len(totals.hour_plays), GROUP_PAIRS):
            group = slice(start, start + GROUP_PAIRS)
            columns = [
                _named(totals.listener_ix[group], listeners),
                _named(totals.track_ix[group], tracks),
                _lists(totals.hour_plays[group]),
            ]
            self._writer.write_table(pa.table(columns, schema=SCHEMA))


def _named(ix: Int32[np.ndarray, " pair"], ids: pl.Series) -> pa.DictionaryArray:
    """The ids of these rows; its dictionary, which is written whole, has no others."""
    is_used = np.zeros(len(ids), np.bool_)
    is_used[ix] = True
    place = np.cumsum(is_used, dtype=np.int32) - np.int32(1)
    return pa.DictionaryArray.from_arrays(place[ix], ids.gather(np.flatnonzero(is_used)).to_arrow())


def _lists(counts: UInt32[np.ndarray, "pair 24"]) -> pa.ListArray:
    offsets = np.arange(len(counts) + 1, dtype=np.int32) * np.int32(counts.shape[1])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(counts.reshape(-1)), type=COUNTS)
