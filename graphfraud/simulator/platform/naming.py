"""Names for numbers, in shuffled order, so that no id tells who made the row or when."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from jaxtyping import Int

from graphfraud.simulator.platform.chance import GOLDEN, Ints, mixed, rng_for
from graphfraud.simulator.platform.rows import (
    ACCOUNT,
    ADDRESS,
    COLLECTION,
    DEVICE,
    FAMILY,
    LISTENER,
    PAYEE,
    TRACK,
    Numbers,
)

PREFIX: Final = {
    ACCOUNT: "acc",
    TRACK: "trk",
    LISTENER: "lis",
    DEVICE: "dev",
    ADDRESS: "ip",
    PAYEE: "pay",
    FAMILY: "fam",
    COLLECTION: "col",
}
KIND_OF_COLUMN: Final = {
    "account_id": ACCOUNT,
    "track_id": TRACK,
    "listener_id": LISTENER,
    "device_id": DEVICE,
    "ip_hash": ADDRESS,
    "payee_hash": PAYEE,
    "plan_group_hash": FAMILY,
    "release_id": COLLECTION,
    "context_id": COLLECTION,
}
HEX: Final = np.array([f"{byte:02x}".encode() for byte in range(256)]).view(np.uint16)
"""The two characters of each byte, as one number."""
STREAM_ID_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class Names:
    """The name of each number of each kind, wherever it stands."""

    by_kind: dict[str, pl.Series]
    seed: int

    def put_on(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with names for numbers; `subject_id` is named by its `subject_kind`."""
        columns = [self._named(rows[name], KIND_OF_COLUMN[name]) for name in rows.columns if name in KIND_OF_COLUMN]
        if "subject_id" in rows.columns:
            columns.append(self._named_subjects(rows))
        return rows.with_columns(columns)

    def _named(self, numbers: pl.Series, kind: str) -> pl.Series:
        return self.by_kind[kind].gather(numbers).alias(numbers.name)

    def _named_subjects(self, rows: pl.DataFrame) -> pl.Series:
        named = pl.Series("subject_id", [None], dtype=pl.String).new_from_index(0, rows.height)
        for kind in (ACCOUNT, TRACK, LISTENER):
            of_kind = rows["subject_kind"] == kind
            theirs = rows["subject_id"].zip_with(of_kind, pl.Series([None], dtype=pl.Int64))
            named = self._named(theirs, kind).zip_with(of_kind, named)
        return named.alias("subject_id")

    def of_streams(self, first: int, count: int) -> pl.Series:
        """Ids of the streams numbered from `first` on: all different, and none tells its number."""
        number = np.arange(first, first + count, dtype=np.uint64)
        mark = np.uint64(_salt(self.seed))
        digits = HEX[mixed(mixed(number + mark) * GOLDEN).view(np.uint8)]
        offsets = np.arange(0, STREAM_ID_SIZE * (count + 1), STREAM_ID_SIZE, dtype=np.int64)
        text = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(digits.tobytes()))
        return pl.Series("stream_id", pl.from_arrow(text))


def _salt(seed: int) -> int:
    """A number of 63 bits that belongs to the seed."""
    return int(rng_for(seed, "stream ids").integers(0, 1 << 63))


def names_drawn(numbers: Numbers, seed: int) -> Names:
    """A name for every number taken."""
    drawn = {kind: _names(prefix, numbers.counts[kind], seed) for kind, prefix in PREFIX.items()}
    return Names(drawn, seed)


def _names(prefix: str, count: int, seed: int) -> pl.Series:
    places: Int[Ints, " name"] = rng_for(seed, f"names of {prefix}").permutation(count)
    width = max(6, len(str(count)))
    return f"{prefix}-" + pl.Series(places, dtype=pl.Int64).cast(pl.String).str.zfill(width)
