"""Which files a feed holds, and their rows as they were written.

Parquet rows come typed; CSV and NDJSON rows come as text, a column of strings each, so that
one place (`rows.py`) decides what a value means whatever the format it came in.
"""

import csv
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.errors import TableMissing, UsageError
from graphfraud.tables import INPUTS, REQUIRED_INPUTS
from graphfraud_features.intake.salvage import BROKEN, ROW_NUMBER, csv_header, csv_rows, ndjson_rows, set_apart

FORMATS: Final = ("parquet", "csv", "ndjson")
BATCH_ROWS: Final = 500_000
UNREADABLE: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, csv.Error, OSError, ValueError)
"""What a damaged file makes its reader raise."""


class UnreadableFile(Exception):
    """A file of the feed cannot be decoded, or not to its end."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One file of one table."""

    table: str
    path: Path
    name: str
    """Path within the feed, with forward slashes."""

    @property
    def format(self) -> str:
        """Parquet, csv or ndjson, by the file's ending."""
        return self.path.suffix.removeprefix(".").lower()


@contextmanager
def _reading(file: FeedFile) -> Iterator[None]:
    try:
        str(file.path).encode()  # a name that is no UTF-8 stops here: the readers take none
        if file.format not in FORMATS:
            raise ValueError(f"no {', '.join(FORMATS)} by its ending: write one of these")
        yield
    except UNREADABLE as error:
        raise UnreadableFile(str(error).strip().split("\n", 1)[0] or type(error).__name__) from error


def feed_files(feed: Path, *, optional: Container[str] = ()) -> dict[str, list[FeedFile]]:
    """The files of each table, sorted by name; optional tables that are absent have none.

    Whatever lies in a table's folder belongs to it, but for names that begin with a dot or an
    underscore: a file of another format is not passed over in silence, but refused when it is read.
    Required tables that are `optional` here were delivered before.

    Raises: UsageError when there is no such folder, TableMissing for a required table.
    """
    if not feed.is_dir():
        raise UsageError(f"{feed}: no such folder: give the folder that holds accounts, tracks, listeners and streams")
    try:
        found = {table: _table_files(feed, table) for table in INPUTS}
        present = sorted(path.name for path in feed.iterdir())
    except PermissionError as error:
        raise UsageError(f"{error.filename}: the feed cannot be listed: permission denied") from error
    for table in REQUIRED_INPUTS:
        if not found[table] and table not in optional:
            raise TableMissing(feed, table, present)
    return found


def _table_files(feed: Path, table: str) -> list[FeedFile]:
    single = [feed / f"{table}.{ending}" for ending in FORMATS]
    paths = [path for path in [*single, *(feed / table).rglob("*")] if path.is_file()]
    names = [(os.fsencode(path.relative_to(feed)).decode(errors="backslashreplace"), path) for path in paths]
    return [FeedFile(table, path, name) for name, path in sorted(names) if not _is_hidden(path.relative_to(feed))]


def _is_hidden(name: Path) -> bool:
    return any(part.startswith((".", "_")) for part in name.parts)


def raw_batches(file: FeedFile) -> Iterator[pl.DataFrame]:
    """The rows of a file in order, some at a time, each with its `row_number` and `broken`.

    Raises: UnreadableFile when the file, or a page of it, cannot be decoded.
    """
    with _reading(file):
        if file.format == "parquet":
            rows = pl.scan_parquet(file.path, glob=False).rename(set_apart).with_row_index(ROW_NUMBER, offset=1)
            batches: Iterable[pl.DataFrame] = rows.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True)
        elif file.format == "csv":
            batches = csv_rows(file.path, BATCH_ROWS)
        else:
            batches = ndjson_rows(file.path, BATCH_ROWS, _list_columns(file.table))
        for batch in batches:
            yield _with_provenance(batch)


def raw_columns(file: FeedFile) -> list[str]:
    """The columns that a file has; for NDJSON, all that any of its rows names.

    Raises: UnreadableFile.
    """
    with _reading(file):
        if file.format == "parquet":
            return pl.scan_parquet(file.path, glob=False).collect_schema().names()
        if file.format == "csv":
            return csv_header(file.path)
    return sorted({column for batch in raw_batches(file) for column in batch.columns})


def _list_columns(table: str) -> set[str]:
    return {name for name, column in INPUTS[table].columns().items() if isinstance(column.dtype, pl.List)}


def _with_provenance(batch: pl.DataFrame) -> pl.DataFrame:
    broken = [] if BROKEN in batch.columns else [pl.lit(None, pl.String).alias(BROKEN)]
    return batch.with_columns(pl.col(ROW_NUMBER).cast(pl.Int64), *broken)
