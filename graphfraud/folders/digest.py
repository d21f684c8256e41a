"""SHA-256 over the values of a table: the same for the same rows, however and by whom they were written.

Each column is digested by itself, as its name, where it is null, and its values in a fixed
width or with their lengths; the table's digest is that of its columns' digests in order.
"""

import hashlib
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

DIGESTED_ROWS: Final = 1_000_000


def table_digest(rows: pl.LazyFrame) -> str:
    """The digest of a table whose rows stand in key order; holds one column in memory at a time."""
    whole = sha256()
    for name in rows.collect_schema().names():
        column = sha256(name.encode())
        _feed(column, rows.select(name).collect().to_series())
        whole.update(column.digest())
    return whole.hexdigest()


def large_table_digest(rows: pl.LazyFrame) -> str:
    """The digest of a table of any size: beyond a million rows that of the digests of each million of them.

    Memory does not grow with the table where the rows are read from files.
    """
    count = rows.select(pl.len()).collect().item()
    if count <= DIGESTED_ROWS:
        return table_digest(rows)
    digests = [table_digest(rows.slice(start, DIGESTED_ROWS)) for start in range(0, count, DIGESTED_ROWS)]
    return sha256("".join(digests).encode()).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 over a file's bytes, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _feed(digest: Any, values: pl.Series) -> None:
    digest.update(len(values).to_bytes(8, "little"))
    digest.update(np.packbits(values.is_not_null().to_numpy()))
    dtype = values.dtype
    if dtype == pl.String:
        _feed_text(digest, values.fill_null(""))
    elif isinstance(dtype, pl.Array):
        _feed(digest, values.arr.to_list())
    elif isinstance(dtype, pl.List):
        lengths = values.list.len().fill_null(0)
        digest.update(lengths.cast(pl.Int64).to_numpy().tobytes())
        _feed(digest, values.filter(lengths > 0).explode())
    elif isinstance(dtype, pl.Struct):
        for part in dtype.fields:
            _feed(digest, values.struct.field(part.name))
    elif dtype.is_float():
        digest.update(values.fill_null(0.0).cast(pl.Float64).to_numpy() + 0.0)
    else:
        digest.update(np.ascontiguousarray(values.to_physical().cast(pl.Int64).fill_null(0).to_numpy()))


def _feed_text(digest: Any, values: pl.Series) -> None:
    digest.update(values.str.len_bytes().cast(pl.Int64).to_numpy().tobytes())
    text = values.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.large_binary())
    chunks = text.chunks if isinstance(text, pa.ChunkedArray) else [text]
    for chunk in chunks:
        offsets = np.frombuffer(chunk.buffers()[1], np.int64)[chunk.offset : chunk.offset + len(chunk) + 1]
        content = chunk.buffers()[2]
        if content is not None and len(offsets) > 1:
            digest.update(memoryview(content)[offsets[0] : offsets[-1]])
