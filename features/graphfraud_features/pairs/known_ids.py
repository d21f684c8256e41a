"""Ids that were met, each with a code: the number of different ones met before it."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
import pyarrow as pa
from jaxtyping import Int32, Int64, UInt8, UInt64

from graphfraud_features.pairs import id_kernel


@dataclass(slots=True, eq=False)
class KnownIds:
    """Grows with the ids themselves: each takes its bytes, rounded up to 8, and about a hundred more."""

    slots: UInt64[np.ndarray, "slot 4"] = field(default_factory=lambda: np.zeros((2_048, 4), np.uint64))
    records: UInt64[np.ndarray, " word"] = field(default_factory=lambda: np.zeros(4_096, np.uint64))
    places: Int64[np.ndarray, " code"] = field(default_factory=lambda: np.zeros(1_024, np.int64))
    used: Int64[np.ndarray, "3"] = field(default_factory=lambda: np.array([0, 1, 0]))

    @property
    def count(self) -> int:
        """Number of different ids so far."""
        return int(self.used[0])

    def codes(self, ids: pl.Series) -> Int32[np.ndarray, " row"]:
        """The code of each id, new or not.

        Raises: ValueError for an id that is null.
        """
        if ids.null_count():
            raise ValueError(f"a row has no {ids.name}")
        codes = np.empty(len(ids), np.int32)
        begin = 0
        for chunk in ids.get_chunks():
            self._encode(chunk, codes[begin : begin + len(chunk)])
            begin += len(chunk)
        return codes

    def strings(self, codes: Int64[np.ndarray, " asked"]) -> pl.Series:
        """The ids of some codes."""
        asked = np.ascontiguousarray(codes, np.int64)
        offsets = id_kernel.end_offsets(self.records, self.places, asked)
        text = np.empty(int(offsets[-1]), np.uint8)
        id_kernel.copy_bytes(self.records, self.places, asked, offsets, text)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text)]
        return pl.Series(pa.Array.from_buffers(pa.large_string(), len(asked), buffers))

    def ranges(self, bounds: "KnownIds", first_code: int) -> Int32[np.ndarray, " new"]:
        """For the codes from `first_code` on: how many ids of `bounds`, whose codes are sorted, stand up to each."""
        ranges = np.empty(self.count - first_code, np.int32)
        bound_places = bounds.places[: bounds.count]
        id_kernel.enter_ranges(self.records, self.places, bounds.records, bound_places, first_code, ranges)
        return ranges

    def _encode(self, chunk: pl.Series, codes: Int32[np.ndarray, " row"]) -> None:
        views, data, bases = _string_views(chunk)
        begins, hashes = np.empty(len(views), np.int64), np.empty(len(views), np.uint64)
        words = np.empty(int(((views[:, 0] & id_kernel.LOW) + 7 >> 3).sum()), np.uint64)
        id_kernel.spell(views, data, bases, words, begins, hashes)
        row = 0
        while True:
            row = id_kernel.encode(
                views, words, begins, hashes, self.slots, self.records, self.places, self.used, codes, row
            )
            if row == len(views):
                return
            self._grow(int(views[row, 0] & id_kernel.LOW))

    def _grow(self, id_bytes: int) -> None:
        """Makes room for one id more, at least."""
        if 2 * (self.count + 1) > len(self.slots):
            self.slots = np.zeros((2 * len(self.slots), 4), np.uint64)
            id_kernel.fill_slots(self.records, self.places, self.count, self.slots)
        if self.count == len(self.places):
            self.places = np.concatenate([self.places, np.zeros_like(self.places)])
        needed = int(self.used[1]) + id_bytes // 8 + 2
        if needed > len(self.records):
            grown = np.zeros(max(needed, len(self.records) * 3 // 2), np.uint64)
            grown[: self.used[1]] = self.records[: self.used[1]]
            self.records = grown


def _string_views(
    chunk: pl.Series,
) -> tuple[UInt64[np.ndarray, "row 2"], UInt8[np.ndarray, " byte"], Int64[np.ndarray, " buffer"]]:
    """The views of one chunk, the bytes that they point into, and where each of its buffers begins in them."""
    array = chunk.to_arrow(compat_level=pl.CompatLevel.newest())
    _, views, *buffers = array.buffers()
    words = np.frombuffer(views, np.uint64).reshape(-1, 2)[array.offset : array.offset + len(array)]
    bytes_of = [np.frombuffer(buffer, np.uint8) for buffer in buffers if buffer is not None]
    sizes = [len(one) for one in bytes_of]
    bases = np.cumsum([0, *sizes], dtype=np.int64)
    data = bytes_of[0] if len(bytes_of) == 1 else np.concatenate([np.zeros(0, np.uint8), *bytes_of])
    return words, data, bases
