"""Which files were read into a store: a row each, in the order of reading."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud.folders.digest import file_digest
from graphfraud_features.intake.feed import FeedFile

LEDGER: Final = "ledger.parquet"
SCHEMA: Final = {
    "table": pl.String,
    "file": pl.String,
    "digest": pl.String,
    "byte_count": pl.Int64,
    "row_count": pl.Int64,
    "is_unreadable": pl.Boolean,
    "is_repeat": pl.Boolean,
    "feed": pl.String,
}


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One file by its name and what it held."""

    table: str
    file: str
    """Its path within the feed."""
    digest: str
    """SHA-256 over its bytes."""
    byte_count: int
    row_count: int
    is_unreadable: bool
    is_repeat: bool
    """Whether a file of the same bytes had been read before: then it was not read again."""
    feed: str
    """The folder that it was delivered in; in no digest."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of the feed that the ledger does not know by this name and these bytes."""

    feed: str
    file: FeedFile
    digest: str
    byte_count: int
    same_as: LedgerEntry | None
    """The entry of a file that holds the same bytes now, where the ledger has one."""


def read_ledger(path: Path) -> list[LedgerEntry]:
    """The entries of a ledger."""
    return [LedgerEntry(**row) for row in pl.read_parquet(path, glob=False).iter_rows(named=True)]


def ledger_table(entries: Iterable[LedgerEntry]) -> pl.DataFrame:
    """The entries as a table."""
    return pl.DataFrame([asdict(entry) for entry in entries], schema=SCHEMA)


def new_files(
    feed: Path, files: dict[str, list[FeedFile]], entries: Iterable[LedgerEntry], threads: int
) -> list[NewFile]:
    """Files of a feed that the ledger does not know as they are now, by table and name."""
    standing = standing_entries(entries)
    by_bytes = {(entry.table, entry.digest): entry for entry in standing.values() if not entry.is_unreadable}
    every = [file for table in files for file in files[table]]
    with ThreadPoolExecutor(threads) as pool:
        digests = list(pool.map(lambda file: _file_digest(file.path), every))
    return [
        NewFile(str(feed), file, digest, _size(file.path), by_bytes.get((file.table, digest)))
        for file, digest in zip(every, digests, strict=True)
        if (known := standing.get((str(feed), file.table, file.name))) is None or known.digest != digest
    ]


def standing_entries(entries: Iterable[LedgerEntry]) -> dict[tuple[str, str, str], LedgerEntry]:
    """The latest entry of each file, by feed, table and name."""
    return {(entry.feed, entry.table, entry.file): entry for entry in entries}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _file_digest(path: Path) -> str:
    """SHA-256 over the file's bytes; of one that cannot be read, what stands for it until it can."""
    try:
        return file_digest(path)
    except OSError as error:
        return f"unread: {error.strerror}"


def read_counts(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """Rows read of each table, in all builds."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[entry.table] += entry.row_count
    return dict(counts)


def standing_counts(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """Rows of each table in its files as they are now, each as often as it was read, and once at least."""
    standing = standing_entries(entries).values()
    read = [entry for entry in standing if not entry.is_repeat]
    known = {(entry.table, entry.digest) for entry in read}
    rotated = {(entry.table, entry.digest): entry for entry in standing if (entry.table, entry.digest) not in known}
    return read_counts([*read, *rotated.values()])


def heir(entries: Iterable[LedgerEntry], feed: str, table: str, file: str) -> str | None:
    """The name of another file that now holds what this one held last; None where none does."""
    standing = standing_entries(entries)
    held = standing.pop((feed, table, file), None)
    others = [e.file for e in standing.values() if held is not None and (e.table, e.digest) == (table, held.digest)]
    return min(others, default=None)
