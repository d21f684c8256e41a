"""A store as it stands: which partitions it has, and their rows.

STORE/manifest.json       format, what each partition holds (rows, digest), what was left out
STORE/ledger.parquet      the files that were read
STORE/TABLE/2026-09-01.parquet    accepted rows
STORE/waiting/TABLE.parquet       rows that name a subject which nobody has delivered yet
STORE/quarantine/         what was refused, and again what waits, for people
STORE/contested.parquet   ids of streams that came with different content
STORE/gone.parquet        subjects that were erased, so that no late row brings them back
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from json import dumps
from pathlib import Path
from typing import Any, Final

import polars as pl

from graphfraud.errors import InputRefused, UsageError
from graphfraud.folders.manifest import MANIFEST, read_manifest
from graphfraud.folders.whole import kind_of, restore_interrupted_swap
from graphfraud.tables import INPUTS
from graphfraud_features.intake.ledger import LEDGER, LedgerEntry, ledger_table, read_ledger
from graphfraud_features.partitions import stored_schema

WHAT: Final = "store"
WAITING: Final = "waiting"
QUARANTINE: Final = "quarantine"
CONTESTED: Final = "contested.parquet"
GONE: Final = "gone.parquet"
SUBJECT_COLUMNS: Final = ("subject_kind", "subject_id")


@dataclass(frozen=True, slots=True)
class Part:
    """One partition of one table."""

    rows: int
    bytes: int
    digest: str
    """Over the content of its rows in their order; where they came from is not in it."""


@dataclass(frozen=True, slots=True)
class Store:
    """What a store's folder holds."""

    folder: Path
    parts: dict[str, dict[str, Part]] = field(default_factory=lambda: {table: {} for table in INPUTS})
    """By table and partition, both in order."""
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows of each table that were accepted and are not kept: `repeated`, `erased`."""
    ledger: tuple[LedgerEntry, ...] = ()

    def path(self, table: str, partition: str) -> Path:
        """Where a partition lies."""
        return self.folder / table / f"{partition}.parquet"

    def rows(self, table: str, partitions: Iterable[str] | None = None) -> pl.LazyFrame:
        """The accepted rows of a table, or of some of its partitions: content, then origin."""
        names = self.parts[table] if partitions is None else partitions
        paths = [self.path(table, name) for name in names]
        return pl.scan_parquet(paths, glob=False) if paths else pl.LazyFrame(schema=stored_schema(table))

    def waiting(self, table: str) -> pl.DataFrame:
        """Rows that wait for a subject: content, origin and `reason`."""
        path = self.folder / WAITING / f"{table}.parquet"
        return _read(path) if path.exists() else pl.DataFrame(schema={**stored_schema(table), "reason": pl.String})

    def contested(self) -> pl.Series:
        """Ids of streams that came with different content."""
        path = self.folder / CONTESTED
        return _read(path)["stream_id"] if path.exists() else pl.Series("stream_id", dtype=pl.String)

    def gone(self) -> pl.DataFrame:
        """subject_kind and subject_id of who was erased, or belonged to who was."""
        path = self.folder / GONE
        return _read(path) if path.exists() else pl.DataFrame(schema=dict.fromkeys(SUBJECT_COLUMNS, pl.String))

    def row_count(self, table: str) -> int:
        """Accepted rows of a table."""
        return sum(part.rows for part in self.parts[table].values())

    def file_names(self) -> pl.Series:
        """The names of the files read, by their row in the ledger."""
        return pl.Series([entry.file for entry in self.ledger], dtype=pl.String)

    def part_facts(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What its manifest says of every partition."""
        return {table: {name: asdict(part) for name, part in sorted(parts.items())} for table, parts in self._tables()}

    def tables_digest(self) -> str:
        """SHA-256 over the accepted rows, in hex: the same however they came."""
        return _digest({table: {n: part.digest for n, part in parts.items()} for table, parts in self._tables()})

    def digest(self) -> str:
        """SHA-256 over the accepted rows and the ledger, in hex."""
        return _digest([self.tables_digest(), ledger_table(self.ledger).rows()])

    def _tables(self) -> list[tuple[str, dict[str, Part]]]:
        return sorted(self.parts.items())


def _digest(facts: Any) -> str:
    return sha256(dumps(facts, sort_keys=True).encode()).hexdigest()


def stored(folder: Path) -> Store:
    """The store in a folder.

    Raises: UsageError when none is there or it has a newer format, InputRefused when it is damaged.
    """
    restore_interrupted_swap(folder)
    if kind_of(folder) != WHAT:
        raise UsageError(f"{folder}: no store is here: make one with `graphfraud build FEED --store {folder}`")
    facts = read_manifest(folder, WHAT)
    try:
        parts = {table: {name: Part(**part) for name, part in said.items()} for table, said in facts["parts"].items()}
        store = Store(
            folder=folder,
            parts={table: parts.get(table, {}) for table in INPUTS},
            left_out=facts["left_out"],
            ledger=tuple(read_ledger(folder / LEDGER)),
        )
    except (KeyError, TypeError, AttributeError, OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(f"{folder / MANIFEST}: the store is damaged: build it again from its feed") from error
    _refuse_damage(store)
    return store


def _refuse_damage(store: Store) -> None:
    """Raises: InputRefused where a partition is missing or has another size than was written."""
    for table, parts in store.parts.items():
        for name, part in parts.items():
            path = store.path(table, name)
            if not path.is_file() or path.stat().st_size != part.bytes:
                raise InputRefused(f"{path}: the store is damaged: not the file that was written: build it again")


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path, glob=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise InputRefused(f"{path}: the store is damaged: this is no whole Parquet file: build it again") from error
