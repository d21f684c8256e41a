"""Which files were read into a store: a row each, in the order of reading."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Final

import polars as pl

from graphfraud_features.intake.feed import FeedFile

LEDGER: Final = "ledger.parquet"
SCHEMA: Final = {
    "table": pl.String,
    "file": pl.String,
    "digest": pl.String,
    "bytes": pl.Int64,
    "rows": pl.Int64,
    "unreadable": pl.Boolean,
    "repeats": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One file by its name and what it held."""

    table: str
    file: str
    """Its path within the feed."""
    digest: str
    """SHA-256 over its bytes."""
    bytes: int
    rows: int
    unreadable: bool
    repeats: bool
    """Whether a file of the same bytes had been read before: then it was not read again."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file of the feed that the ledger does not know by this name and these bytes."""

    file: FeedFile
    digest: str
    bytes: int
    repeats: LedgerEntry | None
    """The entry of the same bytes, where the ledger has one."""


def read_ledger(path: Path) -> list[LedgerEntry]:
    """The entries of a ledger, none where there is none yet."""
    if not path.exists():
        return []
    return [LedgerEntry(**row) for row in pl.read_parquet(path, glob=False).iter_rows(named=True)]


def ledger_table(entries: Iterable[LedgerEntry]) -> pl.DataFrame:
    """The entries as a table."""
    return pl.DataFrame([asdict(entry) for entry in entries], schema=SCHEMA)


def new_files(files: dict[str, list[FeedFile]], entries: Sequence[LedgerEntry], threads: int) -> list[NewFile]:
    """Files that the ledger does not know, by table and name."""
    seen = {(entry.table, entry.file, entry.digest) for entry in entries}
    by_bytes = {(entry.table, entry.digest): entry for entry in reversed(entries)}
    every = [file for table in files for file in files[table]]
    with ThreadPoolExecutor(threads) as pool:
        digests = list(pool.map(lambda file: _file_digest(file.path), every))
    return [
        NewFile(file, digest, _size(file.path), by_bytes.get((file.table, digest)))
        for file, digest in zip(every, digests, strict=True)
        if (file.table, file.name, digest) not in seen
    ]


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _file_digest(path: Path) -> str:
    """SHA-256 over the file's bytes; of one that cannot be read, what stands for it until it can."""
    try:
        with path.open("rb") as content:
            return file_digest(content, "sha256").hexdigest()
    except OSError as error:
        return f"unread: {error.strerror}"


def read_counts(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """Rows read of each table."""
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.table] = counts.get(entry.table, 0) + entry.rows
    return counts
