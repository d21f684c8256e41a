"""Streams of one id that came with different content: which ids those are.

Days are kept apart, and an id may come again on another day. So each day keeps the hashes of its
ids, sorted; equal hashes of two days are looked at more closely, and nothing else is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from jaxtyping import UInt64

from graphfraud_features.partitions import STREAMS
from graphfraud_features.store.stored import Store

HASHES: Final = f"hashes-{pl.__version__}"
"""Hashes are the same within one release of Polars alone, so its name is in theirs."""
CHUNK_IDS: Final = 20_000_000


def hashes_path(folder: Path, partition: str) -> Path:
    """Where the hashes of a day's stream ids lie."""
    return folder / HASHES / f"{partition}.npy"


def write_hashes(folder: Path, partition: str, stream_ids: pl.Series) -> None:
    """Writes the hashes of a day's stream ids."""
    path = hashes_path(folder, partition)
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    np.save(path, np.sort(stream_ids.hash(seed=0).to_numpy()), allow_pickle=False)


def contested_ids(store: Store) -> pl.Series:
    """Ids that more than one accepted stream has, in order; hashes of days that have none yet are written."""
    for partition, part in store.parts[STREAMS].items():
        if _hash_count(hashes_path(store.folder, partition)) != part.row_count:
            ids = store.rows(STREAMS, [partition]).select("stream_id").collect()["stream_id"]
            write_hashes(store.folder, partition, ids)
    repeated = pl.Series("hash", np.concatenate([*_repeated_hashes(store), np.empty(0, np.uint64)]))
    if repeated.is_empty():
        return pl.Series("stream_id", dtype=pl.String)
    alike = store.rows(STREAMS).select("stream_id").filter(pl.col("stream_id").hash(seed=0).is_in(repeated.implode()))
    shared = alike.group_by("stream_id").len().filter(pl.col("len") > 1).select("stream_id").sort("stream_id")
    return shared.collect(engine="streaming")["stream_id"]


def _hash_count(path: Path) -> int:
    """How many hashes a file holds; -1 where it is missing or damaged: they are made anew."""
    try:
        return len(np.load(path, mmap_mode="r"))
    except (OSError, ValueError, EOFError):
        return -1


def _repeated_hashes(store: Store) -> Iterator[UInt64[np.ndarray, " hash"]]:
    """Hashes that occur more than once, range by range: no more are held at once than a range has."""
    days = [np.load(hashes_path(store.folder, partition), mmap_mode="r") for partition in store.parts[STREAMS]]
    range_count = 1 + sum(len(day) for day in days) // CHUNK_IDS
    bounds = [np.uint64(n * 2**64 // range_count) for n in range(1, range_count)]
    cuts = [[0, *np.searchsorted(day, bounds).tolist(), len(day)] for day in days]
    for n in range(range_count):
        within = [day[cut[n] : cut[n + 1]] for day, cut in zip(days, cuts, strict=True)]
        hashes = np.sort(np.concatenate([np.empty(0, np.uint64), *within]))
        yield np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
